"""Checks on flows as they run today: one file a check, each with its rule and its ``find``."""
