"""Checks of a project: what will break, told before anything runs. One file a check."""
