"""The inherited stack: what a team has on disk after it exported everything, faults included."""
