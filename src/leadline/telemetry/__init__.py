"""What the running system says about itself: a closed list of events."""
