"""Taking events in: from the bytes of a request to rows that a crash cannot lose."""
