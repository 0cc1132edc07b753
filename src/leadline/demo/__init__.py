"""The main job, end to end, with faults, against sandboxes that keep a truth of their own."""
