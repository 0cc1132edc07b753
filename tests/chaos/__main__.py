"""``python -m tests.chaos --minutes N --seed S``: what ``make chaos`` runs.

Exit 1 where an invariant is broken or a process ended by itself.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from tests.chaos.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="how long to disturb")
    parser.add_argument("--seed", type=int, help="the seed of an earlier run, to repeat it")
    parser.add_argument("--workers", type=int, default=3, help="how many worker processes, 2 to 4")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"chaos: seed {seed}, {given.minutes:g} minutes of faults", flush=True)
    result = run(seed, given.minutes * 60, given.workers, rest_within_s=600.0)
    print(result.report())
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main())
