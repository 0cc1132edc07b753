"""One person or company entered twice: the same mailbox after cleaning, or probably the same."""
