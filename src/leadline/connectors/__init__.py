"""One file a vendor: a frozen description and a few async functions."""
