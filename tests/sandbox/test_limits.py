"""Windows as a vendor counts them, on a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.sandbox.faults import Fault, FaultKind, Faults
from leadline.sandbox.limits import Concurrency, Limits
from leadline.sandbox.timing import AnswerTime, Delays


def midnight(day: int, hour: int = 0) -> float:
    return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()


def test_a_rolling_window_frees_room_as_each_call_ages() -> None:
    limits = Limits(1)
    window = limits.window("burst", 2, 10.0)
    assert limits.admit(100.0, [window], ours=True) is None
    assert limits.admit(104.0, [window], ours=True) is None
    refusal = limits.admit(109.0, [window], ours=True)
    assert refusal is not None
    assert (refusal.window, refusal.retry_after_s) == ("burst", pytest.approx(1.0))
    assert limits.admit(110.0, [window], ours=True) is None
    assert window.used(113.9) == 2
    assert window.used(114.0) == 1


def test_a_fixed_window_frees_all_room_at_the_accounts_midnight() -> None:
    limits = Limits(1)
    window = limits.window("day", 1, 86_400.0, "Europe/Berlin")
    assert limits.admit(midnight(24, 22), [window], ours=True) is None  # 23:00 in Berlin
    refusal = limits.admit(midnight(24, 22) + 60, [window], ours=True)
    assert refusal is not None
    assert refusal.retry_after_s == 3600 - 60
    assert limits.admit(midnight(24, 23), [window], ours=True) is None  # 00:00 in Berlin


def test_a_call_over_one_window_takes_no_room_in_the_other() -> None:
    limits = Limits(1)
    small, large = limits.window("small", 1, 1.0), limits.window("large", 9, 60.0)
    assert limits.admit(1.0, [small, large], ours=True) is None
    assert limits.admit(1.1, [small, large], ours=True) is not None
    assert large.used(1.2) == 1


def test_a_throttled_call_is_not_ours_when_strangers_fill_the_window() -> None:
    limits = Limits(1)
    window = limits.window("burst", 3, 10.0)
    for _ in range(2):
        assert limits.admit(1.0, [window], ours=False) is None
    assert limits.admit(1.1, [window], ours=True) is None
    refusal = limits.admit(1.2, [window], ours=True)
    assert refusal is not None
    assert not refusal.caused_by_us
    limits.admit(1.3, [window], ours=True)
    own = limits.admit(1.4, [window], ours=True)  # the fourth of ours within ten seconds
    assert own is not None
    assert own.caused_by_us
    figures = window.figures(1.5)
    assert (figures.throttled, figures.throttled_calls_caused) == (3, 1)
    assert (figures.own, figures.own_peak, figures.own_over_full) == (4, 4, True)
    assert figures.strangers == 2


def test_strangers_arrive_at_their_rate_and_only_where_they_were_sent() -> None:
    limits = Limits(7)
    limits.add_strangers("burst", 5.0, begins_at=0.0, ends_at=100.0)
    burst, other = limits.window("burst", 10_000, 1000.0), limits.window("day", 9, 1.0)
    assert 400 < burst.used(100.0) < 600
    assert burst.used(500.0) == burst.used(100.0)
    assert other.used(100.0) == 0
    assert burst.figures(100.0).strangers == burst.used(100.0)
    limits.remove_strangers()
    assert burst.used(2000.0) == 0


def test_strangers_eat_the_quota_without_making_the_refusal_ours() -> None:
    limits = Limits(7)
    window = limits.window("burst", 10, 10.0)
    limits.add_strangers("burst", 50.0, begins_at=0.0, ends_at=10.0)
    refusal = limits.admit(9.0, [window], ours=True)
    assert refusal is not None
    assert not refusal.caused_by_us


@given(st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(1, 3)), max_size=60), st.integers(3, 6))
def test_no_rolling_window_ever_holds_more_than_its_limit(
    calls: list[tuple[float, int]], limit: int
) -> None:
    limits = Limits(1)
    window = limits.window("rate", limit, 1.0)
    now, admitted = 0.0, list[tuple[float, int]]()
    for pause, cost in calls:
        now += pause
        if limits.admit(now, [window], ours=True, cost=cost) is None:
            admitted.append((now, cost))
        else:
            held = sum(c for at, c in admitted if at > now - 1.0)
            assert held + cost > limit  # never idle: it was refused for want of room
    for end, _ in admitted:
        assert sum(c for at, c in admitted if end - 1.0 < at <= end) <= limit


def test_concurrency_counts_what_is_open() -> None:
    gate = Concurrency(2)
    assert gate.enter()
    assert gate.enter()
    assert not gate.enter()
    gate.leave()
    assert gate.enter()
    assert gate.figures() == {"limit": 2, "peak": 2, "refused": 1}


def faults(*wanted: Fault) -> Faults:
    armed = Faults(11, frozenset(FaultKind))
    for fault in wanted:
        armed.add(fault)
    return armed


def hits(armed: Faults, calls: int, operation: str = "x", *, effectful: bool = True) -> list[int]:
    kinds = frozenset(FaultKind)
    return [i for i in range(calls) if armed.strike(kinds, operation, effectful=effectful)]


def test_one_in_a_hundred_and_at_least_one_of_the_first() -> None:
    cut = Fault(FaultKind.COMMIT_THEN_CUT, probability=0.01, times=None, at_least=1)
    struck = hits(faults(cut), 5_000)
    assert struck[0] < 3
    assert 25 < len(struck) < 80
    assert struck == hits(faults(cut), 5_000)  # the same seed, the same calls


def test_a_fault_strikes_what_it_matches_after_what_it_skips() -> None:
    armed = faults(Fault(FaultKind.ERROR, skip=2, times=2, match="upsert"))
    assert hits(armed, 9, "contacts.batch.read") == []
    assert hits(armed, 9, "contacts.batch.upsert", effectful=False) == []
    assert hits(armed, 9, "contacts.batch.upsert") == [2, 3]
    assert armed.report()[0]["hits"] == 2
    armed.clear()
    assert armed.report() == []


@pytest.mark.parametrize(
    "wrong",
    [
        Fault(FaultKind.ERROR, probability=1.5),
        Fault(FaultKind.STRANGERS, rate=0),
        Fault(FaultKind.SLOW_ANSWER, delay_s=-1),
        Fault(FaultKind.ERROR, times=1, at_least=2),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_a_sentence(wrong: Fault) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        faults(wrong)


def test_a_fault_that_this_sandbox_does_not_have_is_refused_with_those_it_has() -> None:
    armed = Faults(1, frozenset({FaultKind.ERROR}))
    with pytest.raises(ValueError, match=r'"feed_loss" is not .+ It has: error\.'):
        armed.add(Fault(FaultKind.FEED_LOSS))


def test_every_kind_of_fault_is_shown_by_a_test() -> None:
    here = Path(__file__).parent
    shown = "".join(
        (here / name).read_text(encoding="utf-8") for name in ("test_faults.py", "test_feed.py")
    )
    assert [kind for kind in FaultKind if f"Fault(FaultKind.{kind.name}" not in shown] == []


def test_answer_times_are_mildly_skewed_around_their_median() -> None:
    delays = Delays(AnswerTime(0.05), seed=3)
    drawn = [delays.draw() for _ in range(4_000)]
    whole = sorted(there + back for there, back in drawn)
    assert whole[2_000] == pytest.approx(0.05, rel=0.05)
    assert whole[-40] < 0.1
    assert sum(there for there, _ in drawn) == pytest.approx(sum(whole) / 2, rel=0.05)
    assert Delays(AnswerTime(0.0), seed=3).draw() == (0.0, 0.0)
