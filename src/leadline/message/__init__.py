"""Template in, mail out."""
