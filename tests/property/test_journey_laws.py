"""The laws of the interpreter, over made workflows and whatever may happen to their runs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.expression.tree import All
from leadline.expression.types import Value
from leadline.journey.action import Action
from leadline.journey.advance import MAX_VISITS, Advance, advance, facts_needed
from leadline.journey.encoding import decode, encode
from leadline.journey.facts import EventFact, Facts
from leadline.journey.match import once_value
from leadline.journey.program import Program, edges
from leadline.journey.record import Intended, Over, Record
from leadline.journey.reentry import enter
from leadline.journey.run import Run
from leadline.journey.signal import (
    ActionSettled,
    Due,
    EventArrived,
    Replayed,
    Signal,
    Started,
    Stopped,
)
from leadline.journey.state import (
    AwaitingAction,
    AwaitingSync,
    Ended,
    EndReason,
    Ready,
    State,
    wakes_at,
)
from leadline.journey.success import counts_as_success
from leadline.journey.timing import plus
from leadline.journey.wake import wake
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State as Ledger
from leadline.project.workflow import Stops
from tests.property.journey_programs import NOON, contacts, events, programs

ENROLLMENT = UUID("018f0000-0000-7000-8000-000000000001")
LEDGER = st.sampled_from(list(Ledger))
# A workflow with its story is much to draw; on a busy machine that takes long, and is no fault.
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(SOME, max_examples=100)


@dataclass(frozen=True)
class Settle:
    """The awaited action comes as far as this."""

    state: Ledger


@dataclass(frozen=True)
class Wait:
    """Time passes; True: until the run is due."""

    span: timedelta | None


Happening = Signal | Settle | Wait

HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    st.builds(Settle, LEDGER),
    st.builds(Settle, st.just(Ledger.ACCEPTED)),
    st.builds(Wait, st.none() | st.sampled_from([timedelta(hours=1), timedelta(days=4)])),
    st.just(Due()),
    st.just(Started()),
    st.builds(EventArrived, events()),
    st.builds(Stopped, st.none() | events()),
    st.builds(Replayed, st.just("ann")),
    st.builds(
        ActionSettled,
        st.builds(
            ActionKey,
            st.sampled_from([ENROLLMENT, UUID(int=7)]),
            st.sampled_from(["s0", "s1", "s2", "nowhere"]),
            st.integers(1, 3),
        ),
        LEDGER,
    ),
)


@dataclass(frozen=True)
class Moved:
    """A move with all that went into it."""

    run: Run
    signal: Signal
    facts: Facts
    now: datetime
    gave: Advance


@dataclass
class Tale:
    """One run, moved by happenings; each move is kept."""

    program: Program
    contact: dict[str, Value]
    trigger: EventFact | None
    now: datetime = NOON
    events: tuple[EventFact, ...] = ()
    state: State = field(init=False)
    moves: list[Moved] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = Ready(self.program.first, {})

    def run(self) -> Run:
        properties = {} if self.trigger is None else self.trigger.properties
        once = once_value(self.program, properties, self.contact) or ""
        return Run(ENROLLMENT, "made", once, NOON, NOON, self.state)

    def facts(self) -> Facts:
        return Facts(self.contact, self.trigger, self.events)

    def hear(self, signal: Signal) -> Advance:
        run, facts = self.run(), self.facts()
        gave = advance(self.program, run, signal, facts, self.now)
        self.moves.append(Moved(run, signal, facts, self.now, gave))
        self.state = gave.state
        return gave

    def happen(self, happening: Happening) -> None:
        match happening:
            case Settle(state):
                key = awaited(self.state)
                if key is not None:
                    self.hear(ActionSettled(key, state, "said so"))
            case Wait(span):
                due = wakes_at(self.state)
                self.now = max(self.now, due) if span is None and due else self.now
                self.now = plus(self.now, span or timedelta(0))
            case EventArrived(event):
                self.events = (*self.events, event)
                self.hear(happening)
            case _:
                self.hear(happening)

    @property
    def actions(self) -> list[Action]:
        return [action for moved in self.moves for action in moved.gave.actions]

    @property
    def records(self) -> list[Record]:
        return [record for moved in self.moves for record in moved.gave.records]


def awaited(state: State) -> ActionKey | None:
    match state:
        case AwaitingAction(key=key) | AwaitingSync(look=key) | Ended(key=key):
            return key
        case _:
            return None


@st.composite
def tales(draw: st.DrawFn) -> Tale:
    trigger = draw(
        st.none() | events().map(lambda e: replace(e, id=UUID(int=1), name="registered"))
    )
    tale = Tale(draw(programs()), draw(contacts()), trigger)
    tale.hear(Started())
    for happening in draw(st.lists(HAPPENINGS, max_size=12)):
        tale.happen(happening)
    return tale


@given(tales())
@MANY
def test_the_same_inputs_give_the_same_move_and_so_do_stored_ones(tale: Tale) -> None:
    program = stored(tale.program)
    assert program == tale.program
    assert isinstance(program, Program)
    for move in tale.moves:
        again = advance(tale.program, move.run, move.signal, move.facts, move.now)
        assert repr(again) == repr(move.gave)
        run = replace(move.run, state=cast(State, stored(move.run.state)))
        later = advance(program, run, cast(Signal, stored(move.signal)), move.facts, move.now)
        assert repr(later) == repr(move.gave)


@given(tales())
@MANY
def test_all_that_is_stored_comes_back_as_it_was(tale: Tale) -> None:
    for move in tale.moves:
        for value in (move.run.state, move.signal, move.gave.records, move.gave.actions):
            # By their text, for not a number is equal to nothing.
            assert repr(stored(value)) == repr(value)


def stored(value: object) -> object:
    """As a value comes back from a database."""
    return decode(json.loads(json.dumps(encode(value))))


@given(tales())
@MANY
def test_no_key_is_intended_twice_and_each_has_its_record(tale: Tale) -> None:
    keys = [action.key for action in tale.actions]
    assert max(Counter(keys).values(), default=0) <= 1
    assert keys == [r.key for r in tale.records if isinstance(r, Intended)]
    assert all(1 <= key.visit <= tale.state.visits[key.step] for key in keys)


@given(tales())
@MANY
def test_a_move_follows_the_edges_and_skips_no_step(tale: Tale) -> None:
    for move in tale.moves:
        before, moved = move.run.state, move.gave
        after = moved.state
        arrivals = Counter(after.visits)
        arrivals.subtract(before.visits)
        assert min(arrivals.values(), default=0) >= 0, "visits are only ever counted up"
        assert arrivals.total() <= tale.program.fuel
        path = [r.step for r in moved.records if getattr(r, "step", None) is not None]
        if not path:
            continue
        for here, there in pairwise(path):
            if here != there:
                assert there in edges(tale.program.steps[here])
        silent = {step for step, times in arrivals.items() if times} - set(path)
        assert all(edges(tale.program.steps[step]) == set() for step in silent), "only a stop"


@given(tales())
@MANY
def test_a_run_is_over_with_a_reason_or_waits_for_something(tale: Tale) -> None:
    for move in tale.moves:
        before, moved = move.run.state, move.gave
        if moved.state is before:
            assert not moved.actions
            assert not moved.records
        elif isinstance(moved.state, Ended):
            last = moved.records[-1]
            assert isinstance(last, Over)
            assert (last.reason, last.detail) == (moved.state.reason, moved.state.detail)
            if moved.state.reason is EndReason.DEAD_LETTER:
                assert moved.state.key is not None
        else:
            assert wakes_at(moved.state) is not None


@given(tales())
@SOME
def test_every_run_comes_to_an_end(tale: Tale) -> None:
    for _ in range(2 * tale.program.fuel * MAX_VISITS + 2):
        if isinstance(tale.state, Ended):
            break
        tale.happen(Wait(None))
        tale.happen(Settle(Ledger.ACCEPTED))
        tale.hear(Due())
    assert isinstance(tale.state, Ended)
    assert max(tale.state.visits.values(), default=0) <= MAX_VISITS
    assert tale.moves, "it was started"


@given(tales())
@SOME
def test_a_signal_for_another_key_changes_nothing(tale: Tale) -> None:
    tale.program = replace(tale.program, stops=None)
    before = tale.state
    for key in (ActionKey(UUID(int=7), "s0", 1), ActionKey(ENROLLMENT, "s0", MAX_VISITS + 1)):
        for state in Ledger:
            assert tale.hear(ActionSettled(key, state)).state is before


@given(tales(), st.sampled_from([True, False]))
@SOME
def test_a_stop_always_ends_a_run(tale: Tale, by_event: bool) -> None:
    tale.program = replace(tale.program, stops=Stops(("cancelled",), All(())))
    over = isinstance(tale.state, Ended)
    before = tale.state
    stop = EventFact(UUID(int=99), "cancelled", {}, NOON)
    moved = tale.hear(Stopped(stop) if by_event else Stopped(None, "ann", "enough"))
    if over:
        assert moved.state is before
    else:
        assert isinstance(moved.state, Ended)
        assert moved.state.reason is (EndReason.STOPPED if by_event else EndReason.BY_PERSON)


@given(tales(), events())
@MANY
def test_nothing_odd_raises(tale: Tale, event: EventFact) -> None:
    for signal in (Due(), EventArrived(event), Replayed("ann")):
        facts_needed(tale.program, tale.state, signal)
    wake(tale.program, tale.run(), tale.facts(), tale.now)
    enter(tale.program, event, tale.facts(), tale.now, timedelta(days=1))
    counts_as_success(tale.program, "w1", NOON, event, tale.contact)


@given(tales())
@MANY
def test_who_is_woken_moves(tale: Tale) -> None:
    if isinstance(tale.state, Ready):
        return
    woken = wake(tale.program, tale.run(), tale.facts(), tale.now)
    before = tale.state
    if woken is not None:
        assert tale.hear(woken).state is not before
    elif not isinstance(before, Ended):
        assert tale.hear(Due()).state is before, "nobody sleeps who could move"
