"""What the answers of a connection mean for its actions: the law of ``ledger.outcome``."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from leadline.blueprint.forecast.calls import Claim
from leadline.blueprint.forecast.connection import LOOK, Connection
from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.moves import Intent
from leadline.blueprint.forecast.timeline import Timeline
from leadline.blueprint.forecast.waiting import Open, Waiting
from leadline.ledger.lease import verify_after
from leadline.ledger.outcome import (
    Accepted,
    Outcome,
    Policy,
    Settles,
    Unavailable,
    Unknown,
    settle,
)
from leadline.ledger.transitions import State

PROBE_S, PROBE_AT_MOST_S = 0.25, 5.0
"""A connection that could not be reached is left alone so long, then ever longer (see
``runtime.dispatch``)."""


class World(Protocol):
    """What a desk needs of the simulation around it."""

    begin: datetime
    timeline: Timeline

    def settled(self, action: Open, state: State, at: float) -> None:
        """Tell that an action is over for its run."""
        ...

    def text_length(self, intent: Intent) -> int | None:
        """How long the text of a message is; None where it cannot be filled in."""
        ...

    def written_at(self, run: int) -> float:
        """When the last write of a run was accepted."""
        ...


@dataclass(slots=True)
class Book:
    """What a desk writes down: when each action was intended and settled, when each call left,
    and how long actions waited for a slot, by their kind."""

    intended: array[float] = field(default_factory=lambda: array("d"))
    settled: array[float] = field(default_factory=lambda: array("d"))
    calls: array[float] = field(default_factory=lambda: array("d"))
    actions: int = 0
    superseded: int = 0
    failed_calls: int = 0
    waited_s: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(slots=True)
class Answers:
    """How the actions of one connection end. ``closed_until`` is how long it is left alone."""

    connection: Connection
    world: World
    chance: Stream
    book: Book
    waiting: Waiting
    look: Callable[[float], None]
    closed_until: float = 0.0
    unreachable: int = 0

    def give_up(self, action: Open, now: float) -> None:
        """The time of a waiting action is over: its run goes on without it."""
        action.state = State.DEAD
        self.book.settled.append(now)

    def ended(self, claim: Claim, outcome: Outcome, now: float) -> None:
        """Settle the members of a claim by what its calls came to."""
        match outcome:
            case Accepted():
                self.unreachable = 0
                self._accept(claim, now)
            case Unknown():
                self._lost(claim)
            case _:
                self._failed(claim, outcome, now)

    def _accept(self, claim: Claim, now: float) -> None:
        refused = self.connection.failing.refused
        lag_s = self.connection.lag_s if claim.kind == LOOK else 0.0
        if not (refused or lag_s):
            for action in claim.members:
                self.settle(action, State.ACCEPTED, now)
            self._let_go(claim)
            return
        for action in claim.members:
            if lag_s and now < self.world.written_at(action.run) + lag_s:
                self._again(action, Unavailable("not shown yet"), now, self.chance.next())
            elif refused and self.chance.next() < refused:
                self.settle(action, State.REJECTED, now)
            else:
                self.settle(action, State.ACCEPTED, now)
        self._let_go(claim)

    def _failed(self, claim: Claim, outcome: Outcome, now: float) -> None:
        """Nothing took effect: all of it again later. Where the vendor could not be reached the
        whole connection rests for a moment."""
        self.book.failed_calls += 1
        draw = self.chance.next()
        if isinstance(outcome, Unavailable) and claim.kind != LOOK:
            self.unreachable += 1
            pause = min(PROBE_S * 2 ** min(self.unreachable - 1, 10), PROBE_AT_MOST_S)
            self.closed_until = now + pause * (0.5 + draw / 2)
        for action in claim.members:
            self._again(action, outcome, now, draw)
        self._let_go(claim)

    def _again(self, action: Open, outcome: Outcome, now: float, draw: float) -> None:
        begin = self.world.begin
        give_up_at = begin + timedelta(seconds=min(action.until, 2.5e11))
        policy = Policy(self.connection.settles, give_up_at, begin, begin, draw)
        moment = begin + timedelta(seconds=now)
        found = settle(State.SENDING, outcome, action.attempt, policy, moment)
        state = found.next_state(State.SENDING)
        if state is not State.PENDING or found.due_at is None:
            self.settle(action, state, now)
            return
        action.due = (found.due_at - begin).total_seconds()
        self.waiting.again(action)

    def _lost(self, claim: Claim) -> None:
        """The effect is there and its answer is not: shown by reading back, or held."""
        self.book.failed_calls += 1
        held = self.connection.settles is Settles.HELD
        for action in claim.members:
            action.state = State.HELD if held else State.UNKNOWN
        if held:
            self._let_go(claim)
            return
        timing, begin = self.connection.timing, self.world.begin
        lease_s = timedelta(seconds=claim.claimed_at) + timing.time_out + timing.margin
        at = verify_after(begin + lease_s, timing.vendor_processing, timing.read_back)
        self.world.timeline.call((at - begin).total_seconds(), self._proved, claim)

    def _proved(self, claim: object, now: float) -> None:
        assert isinstance(claim, Claim)
        for action in claim.members:
            self.settle(action, State.ACCEPTED, now)
        self._let_go(claim)
        self.look(now)

    def settle(self, action: Open, state: State, now: float) -> None:
        """An action is over for its run."""
        action.state = state
        self.book.settled.append(now)
        self.world.settled(action, state, now)

    def _let_go(self, claim: Claim) -> None:
        if claim.kind == "save":
            self.waiting.let_go(claim.members)
