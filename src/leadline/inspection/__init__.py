"""What a team already has: exports and automations of any tool, recognised, joined and judged."""
