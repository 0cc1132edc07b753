"""Flows and systems as one neutral graph, whatever tool they come from."""
