"""What became of a call, and what that means for its action.

A connector turns every answer, and every missing answer, into one of these values; nothing a
vendor does is an exception. The classes differ by what they say about the effect:

| outcome | effect | class |
|---|---|---|
| Accepted | yes | none: it succeeded |
| Rejected | no, and never as it stands | invalid data (a field is named), permanent |
| Throttled | no, try later | throttled |
| Unavailable | no, try later | transient |
| Unauthorised | no, until a person mends the connection | auth |
| Unknown | perhaps | unknown outcome |

So a 503 after the request may have been carried out is Unknown, never Unavailable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from leadline.ledger.retry import DEFAULT, Backoff, ceiling, next_attempt
from leadline.ledger.transitions import State


@dataclass(frozen=True, slots=True)
class Accepted:
    """The vendor took it. ``vendor_time`` is the vendor's own time of the change, where it says."""

    vendor_id: str | None
    vendor_time: datetime | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The vendor refused it for what it holds; ``field`` is the one that it blames, if any."""

    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """Refused for the rate. ``until``: come back then, where the vendor says.

    ``window`` names the budget window that refused, and ``strangers`` whether others filled
    it; None where the answer does not tell.
    """

    until: datetime | None
    strangers: bool | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The vendor could not, and surely did nothing: not connected, locked, 503 before effect."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """The credentials were refused or lack a right: the connection is paused, once for all."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The effect may have taken place or not: the answer was lost, or says nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Verification proved that there was no effect and that none can come any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Evidence that the effect reached its end: delivered, seen in a read-back."""

    source: str
    at: datetime
    vendor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Bounced:
    """Evidence that the vendor took it and it came back for good."""

    reason: str
    at: datetime
    vendor_id: str | None = None


Outcome = Accepted | Rejected | Throttled | Unavailable | Unauthorised | Unknown
"""What ``perform`` gives for each action."""

Verdict = Outcome | Absent
"""What ``verify`` gives. Rejected there proves no effect (a repeat under the key was refused)."""

Evidence = Accepted | Absent | Confirmed | Bounced
"""What comes by itself, at any time: a late answer, a delivery event, a bounce."""


class Settles(StrEnum):
    """How far a connector can find out what became of an unknown call."""

    EXACTLY_ONCE = "exactly once (vendor key)"
    VERIFIED = "verified (read-back)"
    HELD = "held"


class Failure(StrEnum):
    """The class of a failed outcome: what decides how it is handled."""

    THROTTLED = "throttled"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    INVALID_DATA = "invalid data"
    AUTH = "auth"
    UNKNOWN = "unknown outcome"


def classify(outcome: Outcome) -> Failure | None:
    """The class of a failure, None for success.

    >>> classify(Rejected("no such option", "lifecyclestage")), classify(Rejected("archived"))
    (<Failure.INVALID_DATA: 'invalid data'>, <Failure.PERMANENT: 'permanent'>)
    """
    match outcome:
        case Accepted():
            return None
        case Rejected(field=None):
            return Failure.PERMANENT
        case Rejected():
            return Failure.INVALID_DATA
        case Throttled():
            return Failure.THROTTLED
        case Unavailable():
            return Failure.TRANSIENT
        case Unauthorised():
            return Failure.AUTH
        case Unknown():
            return Failure.UNKNOWN
        case _:
            assert_never(outcome)


@dataclass(frozen=True, slots=True)
class Policy:
    """What ``settle`` must know beside the outcome.

    ``give_up_at``: when the step's failure policy ends (intended + retry_for). ``verify_at``:
    ``lease.verify_after`` of this call. ``verify_until``: from when an effect that could be
    neither found nor excluded is held. ``draw``: a random number from 0 to 1.
    """

    settles: Settles
    give_up_at: datetime
    verify_at: datetime
    verify_until: datetime
    draw: float
    backoff: Backoff = DEFAULT


@dataclass(frozen=True, slots=True)
class Settlement:
    """The states to write, in order, in one transaction; when to look again; and why.

    ``path`` is empty where the state stays (an unknown that is verified again at ``due_at``).
    ``pause`` is the reason to pause the whole connection, where the outcome calls for it.
    """

    path: tuple[State, ...]
    due_at: datetime | None
    reason: str
    pause: str | None = None

    def next_state(self, before: State) -> State:
        """The state after it."""
        return self.path[-1] if self.path else before


def settle(
    state: State, outcome: Verdict, attempt: int, policy: Policy, now: datetime
) -> Settlement:
    """What an answer means for a ``sending`` action, or a verdict for an ``unknown`` one.

    ``attempt`` counts the calls made so far (for ``sending``) or the verifications (for
    ``unknown``), from 1. ValueError for any other state: those move by ``weigh``.
    """
    if state is State.SENDING and not isinstance(outcome, Absent):
        return _settle_answer(outcome, attempt, policy, now)
    if state is State.UNKNOWN:
        return _settle_verdict(outcome, attempt, policy, now)
    raise ValueError(f"{type(outcome).__name__} cannot settle an action that is {state}.")


def _settle_answer(outcome: Outcome, attempt: int, policy: Policy, now: datetime) -> Settlement:
    match outcome:
        case Accepted():
            return Settlement((State.ACCEPTED,), None, "accepted")
        case Rejected(reason=reason):
            return Settlement((State.REJECTED,), None, reason)
        case Throttled(until=until):
            return _again("the vendor's limit was reached", until, attempt, policy, now)
        case Unavailable(reason=reason, until=until):
            return _again(reason, until, attempt, policy, now)
        case Unauthorised(reason=reason):
            # Due at once: the pause of the connection is what holds it back.
            return Settlement((State.PENDING,), now, reason, pause=reason)
        case Unknown(reason=reason):
            return Settlement((State.UNKNOWN,), policy.verify_at, reason)
        case _:
            assert_never(outcome)


def _settle_verdict(outcome: Verdict, attempt: int, policy: Policy, now: datetime) -> Settlement:
    match outcome:
        case Accepted():
            return Settlement((State.ACCEPTED,), None, "found at the vendor")
        case Absent(reason=reason):
            return _again(reason, None, attempt, policy, now)
        case Rejected(reason=reason):
            # A repeat under the vendor's key was refused for what it holds, so nothing took
            # effect; the next attempt is refused in the same words and settles it.
            return _again(reason, None, attempt, policy, now)
        case Unauthorised(reason=reason):
            return Settlement((), now, reason, pause=reason)
        case Unknown(reason=reason):
            if policy.settles is Settles.HELD:
                return Settlement((State.HELD,), None, reason)
            return _look_again(reason, None, attempt, policy, now)
        case Throttled(until=until):
            return _look_again("the vendor's limit was reached", until, attempt, policy, now)
        case Unavailable(reason=reason, until=until):
            return _look_again(reason, until, attempt, policy, now)
        case _:
            assert_never(outcome)


def _again(
    reason: str, until: datetime | None, attempt: int, policy: Policy, now: datetime
) -> Settlement:
    """No effect: the next attempt, or the dead letters where the policy allows none."""
    due = next_attempt(attempt, now, policy.give_up_at, until, policy.draw, policy.backoff)
    if due is None:
        return Settlement((State.PENDING, State.DEAD), None, f"given up: {reason}")
    return Settlement((State.PENDING,), due, reason)


def _look_again(
    reason: str, until: datetime | None, attempt: int, policy: Policy, now: datetime
) -> Settlement:
    """Still unknown: verify again after a wait, until the time for that has passed."""
    if now >= policy.verify_until:
        return Settlement((State.HELD,), None, f"could not be proved: {reason}")
    wait = ceiling(attempt, policy.backoff) * (0.5 + policy.draw / 2)
    due = min(now + wait, policy.verify_until)
    return Settlement((), due if until is None else max(due, until), reason)


def too_late(
    not_after: datetime | None, retry_until: datetime, reason: str | None
) -> tuple[State, str]:
    """Where a pending action ends whose time is over, and the reason that is written.

    It expires where it would be late for the person, and is given up where its policy ends.
    ``reason`` is that of its last attempt, if there was one.
    """
    if not_after is not None and not_after <= retry_until:
        return State.EXPIRED, "late: its time is over"
    return State.DEAD, f"given up: {reason or 'no room in time'}"


_LATE_EFFECT = frozenset(
    {State.PENDING, State.UNKNOWN, State.HELD, State.REJECTED, State.EXPIRED, State.DEAD}
)


def weigh(state: State, evidence: Evidence) -> tuple[State, ...]:
    """The states that evidence moves an action through; empty where it changes nothing.

    Evidence of an effect wins over everything that denies it. A ``sending`` action is left to
    its own answer (rule 2): the evidence is kept, and weighed again after that is written.
    Evidence about a ``superseded`` or ``skipped`` action changes nothing here and is an
    incident to whoever receives it.

    >>> weigh(State.DEAD, Accepted("m-1")), weigh(State.ACCEPTED, Accepted("m-1"))
    ((<State.ACCEPTED: 'accepted'>,), ())
    """
    match evidence:
        case Absent():
            return (State.PENDING,) if state in {State.UNKNOWN, State.HELD} else ()
        case Accepted():
            return (State.ACCEPTED,) if state in _LATE_EFFECT else ()
        case Confirmed():
            end = State.CONFIRMED
        case Bounced():
            end = State.BOUNCED
        case _:
            assert_never(evidence)
    if state in _LATE_EFFECT:
        return (State.ACCEPTED, end)
    if state is State.ACCEPTED or (state is State.CONFIRMED and end is State.BOUNCED):
        return (end,)
    return ()


Finding = Outcome | Evidence
"""Anything that says what became of a call."""


def merge(first: Finding, later: Finding) -> Finding:
    """What two findings about *one call* say together; the stronger one, the first among equals.

    An effect beats its denial, a known answer beats an unknown one, and among effects the
    later stage of life wins (accepted, confirmed, bounced).

    >>> merge(Unknown("no answer"), Accepted("m-1"))
    Accepted(vendor_id='m-1', vendor_time=None, detail=None)
    """
    return later if _strength(later) > _strength(first) else first


def _strength(finding: Finding) -> int:
    match finding:
        case Unknown():
            return 0
        case Rejected() | Throttled() | Unavailable() | Unauthorised() | Absent():
            return 1
        case Accepted():
            return 2
        case Confirmed():
            return 3
        case Bounced():
            return 4
        case _:
            assert_never(finding)
