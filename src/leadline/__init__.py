"""Leadline: marketing automation that is engineered before it is automated."""

__version__ = "0.1.0"
