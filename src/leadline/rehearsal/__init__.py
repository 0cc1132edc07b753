"""Tests of workflows: a contact, what happens, a fake clock, and what is expected of it."""
