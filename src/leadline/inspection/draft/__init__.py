"""Drafts of project files from an inspection: what is understood, with what is open beside it."""
