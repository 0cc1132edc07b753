"""A minute of chaos: everything is disturbed for half of it, then judged against the truth."""

from __future__ import annotations

import os
import random

import pytest

from tests.chaos.result import Trial
from tests.chaos.run import run
from tests.chaos.schedule import PROCESS_CARDS, schedule
from tests.chaos.vendor import FOR_A_TIME, ONE_CALL

FAULTS_S = 30.0
SEED_VARIABLE = "LEADLINE_CHAOS_SEED"


def test_half_a_minute_of_every_fault_breaks_no_invariant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed = int(os.environ.get(SEED_VARIABLE) or random.SystemRandom().randrange(1_000_000))
    result = run(Trial(seed, FAULTS_S))
    with capsys.disabled():
        print(f"\nchaos (repeat with {SEED_VARIABLE}={seed}): {result.report()}")
    assert result.violations == ()
    assert result.crashes == ()
    # It proves nothing unless something was in doubt, tried again, and came out right.
    assert result.figures["effects"] > 100
    assert result.figures["ambiguous_requests"] > 5
    assert result.figures["doubted"] > 5
    assert result.figures["accepted"] > 100
    missing = set(PROCESS_CARDS) - result.strikes.keys() - result.spared.keys()
    assert missing == set()


def test_the_schedule_follows_from_the_seed_alone() -> None:
    assert schedule(7, 60.0, 3) == schedule(7, 60.0, 3)
    assert schedule(7, 60.0, 3) != schedule(8, 60.0, 3)


@pytest.mark.parametrize("seed", range(20))
def test_every_nemesis_has_its_turn_and_is_over_in_time(seed: int) -> None:
    strikes = schedule(seed, FAULTS_S, 3)
    assert set(PROCESS_CARDS) <= {s.nemesis for s in strikes}
    assert {s.nemesis for s in strikes} & ONE_CALL
    assert {s.nemesis for s in strikes} & FOR_A_TIME
    assert all(s.at_s >= 0.0 and s.at_s + s.for_s <= FAULTS_S for s in strikes)
    assert [s.at_s for s in strikes] == sorted(s.at_s for s in strikes)
