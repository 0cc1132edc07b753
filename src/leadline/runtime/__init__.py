"""Loops over ledger and journey: route, advance, dispatch, settle."""
