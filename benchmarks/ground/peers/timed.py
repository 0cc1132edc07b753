"""Run one piece of work of a peer, and print its seconds, its peak memory and what it found."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Mapping


def timed(work: Callable[[], Mapping[str, int]]) -> None:
    """Print one JSON object: seconds without imports, MB at the peak, rows found by check."""
    began = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb, "found": dict(found)}))
