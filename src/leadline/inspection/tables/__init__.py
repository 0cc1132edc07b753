"""Exports of records: one file a vendor says how its tables look and what their columns mean."""
