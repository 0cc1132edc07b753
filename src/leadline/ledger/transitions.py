"""The states of an action, and the only ways from one to another.

Statements compare-and-set by this table: what is not in it cannot happen.

    pending ──claim──► sending ──answer──► accepted ──evidence──► confirmed | bounced
       ▲                  │
       └── before effect ─┤──► rejected ──► dead
                          └──► unknown ──proof──► accepted | pending | held
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """What is known of one action; the word is the one that people read."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    HELD = "held"
    SUPERSEDED = "superseded"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    DEAD = "dead"


class Cause(StrEnum):
    """What may move an action."""

    CLAIM = "claim"  # a worker takes it, by compare-and-set
    ANSWER = "answer"  # the vendor's answer, written under the claim's token
    LEASE_END = "lease end"  # the claim's lease passed without an answer
    PROOF = "proof"  # verification: a read-back, a repeat under the vendor's key
    FOLLOWED = "followed"  # the next full write of the same record was accepted
    EVIDENCE = "evidence"  # a delivery event, a late answer
    PERSON = "person"  # a named person, with a reason
    REPLAY = "replay"  # a named person replays a dead letter
    COALESCE = "coalesce"  # a later write says everything that this one said
    GATE = "gate"  # the gate refused for good
    DEADLINE = "deadline"  # it would be late
    GIVE_UP = "give up"  # the failure policy allows no further attempt


_S, _C = State, Cause

TRANSITIONS: Mapping[tuple[State, State], frozenset[Cause]] = MappingProxyType(
    {
        (_S.PENDING, _S.SENDING): frozenset({_C.CLAIM}),
        (_S.PENDING, _S.SUPERSEDED): frozenset({_C.COALESCE}),
        (_S.PENDING, _S.SKIPPED): frozenset({_C.GATE}),
        (_S.PENDING, _S.EXPIRED): frozenset({_C.DEADLINE}),
        (_S.PENDING, _S.DEAD): frozenset({_C.GIVE_UP, _C.PERSON}),
        (_S.PENDING, _S.ACCEPTED): frozenset({_C.EVIDENCE}),
        # Back to pending by lease end only where no call row stood under the token (rule 1).
        (_S.SENDING, _S.PENDING): frozenset({_C.ANSWER, _C.LEASE_END}),
        (_S.SENDING, _S.ACCEPTED): frozenset({_C.ANSWER}),
        (_S.SENDING, _S.REJECTED): frozenset({_C.ANSWER}),
        (_S.SENDING, _S.UNKNOWN): frozenset({_C.ANSWER, _C.LEASE_END}),
        (_S.UNKNOWN, _S.ACCEPTED): frozenset({_C.PROOF, _C.FOLLOWED, _C.EVIDENCE}),
        (_S.UNKNOWN, _S.PENDING): frozenset({_C.PROOF, _C.EVIDENCE}),
        (_S.UNKNOWN, _S.HELD): frozenset({_C.PROOF}),
        (_S.HELD, _S.ACCEPTED): frozenset({_C.EVIDENCE, _C.PERSON}),
        (_S.HELD, _S.PENDING): frozenset({_C.EVIDENCE, _C.PERSON}),
        (_S.HELD, _S.DEAD): frozenset({_C.EVIDENCE, _C.PERSON}),
        (_S.REJECTED, _S.DEAD): frozenset({_C.GIVE_UP, _C.PERSON}),
        (_S.REJECTED, _S.ACCEPTED): frozenset({_C.EVIDENCE}),
        (_S.EXPIRED, _S.ACCEPTED): frozenset({_C.EVIDENCE}),
        (_S.DEAD, _S.PENDING): frozenset({_C.REPLAY}),
        (_S.DEAD, _S.ACCEPTED): frozenset({_C.EVIDENCE}),
        (_S.ACCEPTED, _S.CONFIRMED): frozenset({_C.EVIDENCE}),
        (_S.ACCEPTED, _S.BOUNCED): frozenset({_C.EVIDENCE}),
        (_S.CONFIRMED, _S.BOUNCED): frozenset({_C.EVIDENCE}),
    }
)

OPEN = frozenset({State.PENDING, State.SENDING, State.UNKNOWN, State.HELD})
"""States whose action may still take effect, or be shown to have had one, as a matter of course."""

SETTLED = frozenset(State) - OPEN
"""States of which the outcome is known; only late evidence or a named person changes them."""

AT_REST = SETTLED | {State.HELD}
"""States in which the machine has nothing left to do (a held action waits for evidence)."""

EFFECT = frozenset({State.ACCEPTED, State.CONFIRMED, State.BOUNCED})
"""States that say: the vendor took it. A bounced mail was taken, then came back."""


def may(before: State, after: State) -> bool:
    """Whether an action may go from one state to the other.

    >>> may(State.SENDING, State.UNKNOWN), may(State.ACCEPTED, State.PENDING)
    (True, False)
    """
    return (before, after) in TRANSITIONS


def causes(before: State, after: State) -> frozenset[Cause]:
    """What may cause that transition; empty where it cannot happen."""
    return TRANSITIONS.get((before, after), frozenset())


class StepOver(StrEnum):
    """How a step stands once its action has gone far enough for the run to go on."""

    DONE = "done"  # the next step follows
    FAILED = "failed"  # if_it_fails follows
    UNRESOLVED = "unresolved"  # the next step follows, and the record says what is not known


def over_for_step(state: State) -> StepOver | None:
    """How the step is over, or None while it is not (its deadline has not passed).

    Accepted is enough. A skipped or superseded action is over without failure: a rule or a
    later write stands in its place, and the record says which.

    >>> over_for_step(State.ACCEPTED), over_for_step(State.PENDING), over_for_step(State.DEAD)
    (<StepOver.DONE: 'done'>, None, <StepOver.FAILED: 'failed'>)
    """
    match state:
        case State.ACCEPTED | State.CONFIRMED | State.BOUNCED | State.SKIPPED | State.SUPERSEDED:
            return StepOver.DONE
        case State.REJECTED | State.EXPIRED | State.DEAD:
            return StepOver.FAILED
        case State.PENDING | State.SENDING | State.UNKNOWN | State.HELD:
            return None


def over_past_deadline(state: State) -> StepOver | None:
    """The same once the deadline of the step's failure policy has passed.

    Sending is still not over: its answer, or the end of its lease, is seconds away.

    >>> over_past_deadline(State.HELD), over_past_deadline(State.SENDING)
    (<StepOver.UNRESOLVED: 'unresolved'>, None)
    """
    match state:
        case State.PENDING:
            return StepOver.FAILED
        case State.UNKNOWN | State.HELD:
            return StepOver.UNRESOLVED
        case _:
            return over_for_step(state)
