"""What may be sent, when, and what its answer means. Pure: it imports nothing of ours."""
