"""What can be known before anything runs: the map, what fights with what, what will break. Pure."""
