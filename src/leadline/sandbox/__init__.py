"""Local stand-ins for vendors, each with limits, faults and a truth of its own."""
