"""What other tools do with the same table; each script runs in an environment of its own."""
