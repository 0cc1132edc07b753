"""When the last of a burst goes out, before anything runs: the same law on a virtual clock."""
