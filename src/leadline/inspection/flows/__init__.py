"""Definitions of automations: one file a vendor reads them into neutral flows."""
