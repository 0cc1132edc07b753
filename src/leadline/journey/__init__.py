"""One subject's next move: a pure interpreter over a flat program."""
