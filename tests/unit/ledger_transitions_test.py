from __future__ import annotations

from leadline.ledger.transitions import (
    AT_REST,
    EFFECT,
    OPEN,
    SETTLED,
    TRANSITIONS,
    Cause,
    State,
    StepOver,
    causes,
    may,
    over_for_step,
    over_past_deadline,
)


def test_the_table_is_the_one_of_the_design() -> None:
    written = {
        "pending": "sending superseded skipped expired dead accepted",
        "sending": "pending accepted rejected unknown",
        "unknown": "accepted pending held",
        "held": "accepted pending dead",
        "rejected": "dead accepted",
        "expired": "accepted",
        "dead": "pending accepted",
        "accepted": "confirmed bounced",
        "confirmed": "bounced",
    }
    pairs = {(State(a), State(b)) for a, after in written.items() for b in after.split()}
    assert set(TRANSITIONS) == pairs
    assert all(may(a, b) == ((a, b) in pairs) for a in State for b in State)


def test_every_transition_has_a_cause_and_every_cause_a_transition() -> None:
    assert all(TRANSITIONS.values())
    assert {cause for found in TRANSITIONS.values() for cause in found} == set(Cause)
    assert causes(State.ACCEPTED, State.PENDING) == frozenset()


def test_an_effect_is_never_taken_back() -> None:
    assert not [(a, b) for a, b in TRANSITIONS if a in EFFECT and b not in EFFECT]


def test_a_claim_is_the_only_way_to_send_and_only_people_revive_the_dead() -> None:
    assert [a for a, b in TRANSITIONS if b is State.SENDING] == [State.PENDING]
    assert causes(State.PENDING, State.SENDING) == {Cause.CLAIM}
    assert causes(State.DEAD, State.PENDING) == {Cause.REPLAY}


def test_every_state_is_open_or_settled() -> None:
    assert not OPEN & SETTLED
    assert set(State) == OPEN | SETTLED
    assert {State.HELD} == AT_REST - SETTLED


def test_every_open_state_can_reach_rest() -> None:
    for state in OPEN - AT_REST:
        reached, before = {state}, set[State]()
        while reached != before:
            before = set(reached)
            reached |= {b for a, b in TRANSITIONS if a in reached}
        assert reached & AT_REST


def test_a_step_is_over_when_its_action_is_accepted_or_cannot_be() -> None:
    over = {state: over_for_step(state) for state in State}
    assert {s for s, o in over.items() if o is None} == OPEN
    assert {s for s, o in over.items() if o is StepOver.FAILED} == {
        State.REJECTED,
        State.EXPIRED,
        State.DEAD,
    }


def test_past_the_deadline_doubt_carries_on_and_waiting_fails() -> None:
    assert over_past_deadline(State.UNKNOWN) is StepOver.UNRESOLVED
    assert over_past_deadline(State.HELD) is StepOver.UNRESOLVED
    assert over_past_deadline(State.PENDING) is StepOver.FAILED
    assert over_past_deadline(State.SENDING) is None
    assert all(over_past_deadline(s) is over_for_step(s) for s in SETTLED)
