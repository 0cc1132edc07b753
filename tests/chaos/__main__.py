"""``python -m tests.chaos --minutes N --seed S``: what ``make chaos`` runs.

Exit 1 where an invariant is broken or a process ended by itself; exit 3 where the harness broke
off, so that nothing was judged.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from tests.chaos.history import read_what_is_there
from tests.chaos.result import BROKEN_OFF, BrokenOff, Trial
from tests.chaos.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="how long to disturb")
    parser.add_argument("--seed", type=int, help="the seed of an earlier run, to repeat it")
    parser.add_argument("--workers", type=int, default=3, help="how many worker processes, 2 to 4")
    parser.add_argument(
        "--pace", type=int, default=1, help="so many times the people, and the vendor's limits"
    )
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    trial = Trial(seed, given.minutes * 60, given.workers, given.pace, rest_within_s=600.0)
    print(f"chaos: {trial}", flush=True)
    try:
        result = run(trial)
    except BrokenOff as off:
        print(f"chaos: {off.report(read_what_is_there(off.directory))}")
        return BROKEN_OFF
    print(f"chaos: {result.report()}")
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
