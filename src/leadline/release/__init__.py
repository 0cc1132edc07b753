"""A project becomes an immutable, content-addressed release."""
