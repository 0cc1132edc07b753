from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Bounced,
    Confirmed,
    Failure,
    Finding,
    Policy,
    Rejected,
    Settlement,
    Settles,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
    Verdict,
    classify,
    merge,
    settle,
    weigh,
)
from leadline.ledger.transitions import EFFECT, State, may

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def policy(settles: Settles = Settles.VERIFIED, *, hours_left: float = 6.0) -> Policy:
    end = NOW + timedelta(hours=hours_left)
    return Policy(settles, give_up_at=end, verify_at=NOW + MINUTE, verify_until=end, draw=0.5)


VERDICTS: list[Verdict] = [
    Accepted("m-1"),
    Rejected("no such option", "stage"),
    Throttled(None),
    Throttled(NOW + MINUTE),
    Unavailable("503"),
    Unauthorised("token revoked"),
    Unknown("no answer"),
    Absent("not found"),
]
FINDINGS: list[Finding] = [*VERDICTS, Confirmed("feed", NOW), Bounced("no mailbox", NOW)]


@pytest.mark.parametrize("settles", Settles)
@pytest.mark.parametrize("hours_left", [6.0, 0.0, -1.0])
def test_every_settlement_follows_the_table_and_says_why(
    settles: Settles, hours_left: float
) -> None:
    for state, verdict in product((State.SENDING, State.UNKNOWN), VERDICTS):
        if state is State.SENDING and isinstance(verdict, Absent):
            continue
        found = settle(state, verdict, 1, policy(settles, hours_left=hours_left), NOW)
        assert all(may(a, b) for a, b in pairwise((state, *found.path)))
        assert found.reason
        waits = found.next_state(state) in {State.PENDING, State.UNKNOWN}
        assert (found.due_at is not None) == waits
        assert found.due_at is None or found.due_at >= NOW


def test_an_answer_settles_what_is_sending() -> None:
    def after(outcome: Verdict) -> Settlement:
        return settle(State.SENDING, outcome, 1, policy(), NOW)

    assert after(Accepted("m-1")).path == (State.ACCEPTED,)
    assert after(Rejected("no")).path == (State.REJECTED,)
    assert after(Throttled(NOW + MINUTE)).due_at == NOW + MINUTE
    assert after(Unavailable("503")).path == (State.PENDING,)
    assert after(Unknown("no answer")).due_at == NOW + MINUTE  # verify_at


def test_refused_credentials_pause_the_connection_and_lose_nothing() -> None:
    found = settle(State.SENDING, Unauthorised("token revoked"), 1, policy(), NOW)
    assert found == Settlement((State.PENDING,), NOW, "token revoked", pause="token revoked")
    found = settle(State.UNKNOWN, Unauthorised("token revoked"), 1, policy(), NOW)
    assert (found.path, found.pause) == ((), "token revoked")


def test_past_its_deadline_an_action_without_effect_is_dead_and_says_of_what() -> None:
    found = settle(State.SENDING, Unavailable("503"), 9, policy(hours_left=0), NOW)
    assert found.path == (State.PENDING, State.DEAD)
    assert found.reason == "given up: 503"


def test_an_unknown_mail_is_held_at_once_and_an_unknown_record_is_looked_for_again() -> None:
    mail = settle(State.UNKNOWN, Unknown("no read-back"), 1, policy(Settles.HELD), NOW)
    assert mail.path == (State.HELD,)
    record = settle(State.UNKNOWN, Unknown("search lags"), 1, policy(), NOW)
    assert (record.path, record.due_at is not None) == ((), True)
    late = settle(State.UNKNOWN, Unknown("search lags"), 1, policy(hours_left=0), NOW)
    assert late.path == (State.HELD,)


def test_proved_absent_goes_back_to_pending() -> None:
    assert settle(State.UNKNOWN, Absent("not found"), 1, policy(), NOW).path == (State.PENDING,)


@pytest.mark.parametrize("state", [s for s in State if s not in {State.SENDING, State.UNKNOWN}])
def test_no_other_state_is_settled_by_an_answer(state: State) -> None:
    with pytest.raises(ValueError, match="cannot settle"):
        settle(state, Accepted("m-1"), 1, policy(), NOW)


def test_absence_is_a_verdict_and_never_an_answer() -> None:
    with pytest.raises(ValueError, match="cannot settle"):
        settle(State.SENDING, Absent("not found"), 1, policy(), NOW)


def test_evidence_follows_the_table_and_an_effect_wins() -> None:
    for state, evidence in product(
        State, (Accepted("m"), Absent("x"), Confirmed("feed", NOW), Bounced("gone", NOW))
    ):
        path = weigh(state, evidence)
        assert all(may(a, b) for a, b in pairwise((state, *path)))
        if isinstance(evidence, Absent):
            assert state not in EFFECT or not path
        elif state not in {State.SENDING, State.SUPERSEDED, State.SKIPPED}:
            assert (path or (state,))[-1] in EFFECT


def test_a_bounce_after_delivery_counts_and_a_delivery_after_a_bounce_does_not() -> None:
    assert weigh(State.CONFIRMED, Bounced("gone", NOW)) == (State.BOUNCED,)
    assert weigh(State.BOUNCED, Confirmed("feed", NOW)) == ()
    assert weigh(State.HELD, Confirmed("feed", NOW)) == (State.ACCEPTED, State.CONFIRMED)


def test_merging_keeps_the_strongest_in_any_grouping() -> None:
    for a, b, c in product(FINDINGS, repeat=3):
        assert merge(merge(a, b), c) == merge(a, merge(b, c))
    for a, b in product(FINDINGS, repeat=2):
        assert merge(a, a) == a
        assert merge(a, b) in (a, b)
        effect = (Accepted, Confirmed, Bounced)
        if isinstance(a, effect) or isinstance(b, effect):
            assert isinstance(merge(a, b), effect)


def test_each_failure_has_its_class() -> None:
    assert classify(Accepted(None)) is None
    assert classify(Throttled(None)) is Failure.THROTTLED
    assert classify(Unavailable("503")) is Failure.TRANSIENT
    assert classify(Unauthorised("revoked")) is Failure.AUTH
    assert classify(Unknown("no answer")) is Failure.UNKNOWN
    assert classify(Rejected("archived")) is Failure.PERMANENT
    assert classify(Rejected("no such option", "stage")) is Failure.INVALID_DATA


def test_the_printed_words_of_settles() -> None:
    assert [s.value for s in Settles] == [
        "exactly once (vendor key)",
        "verified (read-back)",
        "held",
    ]
