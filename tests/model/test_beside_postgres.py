"""The same steps in the model and in real PostgreSQL: after each both say the same.

Hypothesis chooses the steps among those that the model enables, with what the model leaves out as
far as it touches an action: intents that come later, writes that overwrite others, refusals for
good, replays, a person's word on what is held. What the runtime never does, to follow an unknown
write with the next one, is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Rejected,
    Settles,
    Unavailable,
    Unknown,
    Verdict,
)
from leadline.ledger.transitions import State
from tests.model.beside import Ledger, open_ledgers
from tests.model.protocol import Event, Work, Worker, World, claimable, enabled, step
from tests.model.rules import Rules, Vendor
from tests.model.search import violation

WORKERS, FAULTS, RECORDS, OPEN = 2, 6, 2, 4
EXAMPLES, STEPS = 20, 50
WRONG = ("crash", "freeze", "overrun", "lose_answer", "refuse")
SETTLES = {Vendor.READ_BACK: Settles.VERIFIED, Vendor.NONE: Settles.HELD}
OVER = {"accepted", "rejected", "superseded", "dead"}

MakeLedger = Callable[..., Ledger]


class Beside(RuleBasedStateMachine):
    """One connection, twice."""

    def __init__(self, make: MakeLedger) -> None:
        super().__init__()
        self.make = make

    @initialize(vendor=st.sampled_from(sorted(SETTLES)))
    def begin(self, vendor: Vendor) -> None:
        self.rules = Rules(vendor, ())
        self.world = World((), (Worker(),) * WORKERS, FAULTS)
        self.ledger = self.make(SETTLES[vendor])
        self.told: dict[int, str] = {}

    # ------------------------------------------------------------ choosing

    def events(self, *kinds: str) -> list[Event]:
        return [e for e in enabled(self.world, self.rules) if e.kind in kinds and e.follows < 0]

    def take(self, data: Any, *kinds: str) -> Event:
        """Choose an event, and let the model take it; what the store does is up to the caller."""
        event = data.draw(st.sampled_from(self.events(*kinds)))
        self.world = step(self.world, event, self.rules)
        return event

    def standing(self, *states: str) -> list[int]:
        return [i for i, work in enumerate(self.world.work) if work.state in states]

    def becomes(self, i: int, state: str) -> None:
        work = self.world.work
        self.world = self.world._replace(work=(*work[:i], Work(state), *work[i + 1 :]))

    # ------------------------------------------------------------ intents and claims

    @precondition(lambda self: len(self.world.work) - len(self.standing(*OVER)) < OPEN)
    @rule(record=st.integers(0, RECORDS - 1))
    def intend(self, record: int) -> None:
        if self.rules.vendor is Vendor.NONE:  # each mail is for itself
            record = len(self.world.work)
        self.rules = replace(self.rules, records=(*self.rules.records, record))
        self.world = self.world._replace(work=(*self.world.work, Work()))
        self.ledger.intend(None if self.rules.vendor is Vendor.NONE else str(record))

    @precondition(lambda self: self.events("claim"))
    @rule(data=st.data())
    def claim(self, data: Any) -> None:
        event = self.take(data, "claim")
        self.ledger.claim(event.members)

    @precondition(lambda self: self.overwriting())
    @rule(data=st.data())
    def claim_what_overwrites_the_others(self, data: Any) -> None:
        event = data.draw(st.sampled_from(self.overwriting()))
        *others, last = event.members
        self.world = step(self.world, event._replace(members=(last,)), self.rules)
        for i in others:
            self.becomes(i, "superseded")
        self.ledger.claim([last], superseded=others)

    def overwriting(self) -> list[Event]:
        return [event for event in self.events("claim") if len(event.members) > 1]

    # ------------------------------------------------------------ calls

    @precondition(lambda self: self.events("insert_row"))
    @rule(data=st.data())
    def write_the_call(self, data: Any) -> None:
        w = data.draw(st.sampled_from(self.events("insert_row"))).who
        c = self.world.workers[w].call
        self.world = step(self.world, Event("insert_row", w), self.rules)
        assert self.ledger.begin(c) == (self.world.workers[w].phase == "rowed")

    @precondition(lambda self: self.events("send", "give_up", "socket"))
    @rule(data=st.data())
    def a_worker_sends_or_gives_up(self, data: Any) -> None:
        self.take(data, "send", "give_up", "socket")

    @precondition(lambda self: self.events("apply", "close"))
    @rule(data=st.data())
    def the_vendor_has_it(self, data: Any) -> None:
        self.take(data, "apply", "close")

    @precondition(lambda self: self.events("answer", "time_out"))
    @rule(data=st.data())
    def an_answer_comes_or_time_is_up(self, data: Any) -> None:
        self.answered(self.take(data, "answer", "time_out"))

    def answered(self, event: Event) -> None:
        worker = self.world.workers[event.who]
        self.ledger.answered(worker.call, "no answer" if worker.answer == "unknown" else "200")

    @precondition(lambda self: self.events(*WRONG))
    @rule(data=st.data())
    def something_goes_wrong(self, data: Any) -> None:
        event = self.take(data, *WRONG)
        if event.kind == "lose_answer":
            self.answered(event)
        elif event.kind == "overrun":
            self.ledger.lease_ends(event.who)

    @precondition(lambda self: self.events("settle"))
    @rule(data=st.data(), for_good=st.booleans())
    def the_answer_is_written(self, data: Any, *, for_good: bool) -> None:
        w = data.draw(st.sampled_from(self.events("settle"))).who
        worker, before = self.world.workers[w], self.world.work
        self.world = step(self.world, Event("settle", w), self.rules)
        verdict: Verdict = Unknown("no answer")
        if worker.answer == "accepted":
            verdict = Accepted("v")
        elif worker.answer == "refused":
            verdict = Rejected("no such option") if for_good else Unavailable("down")
        if isinstance(verdict, Rejected):
            for i, work in enumerate(before):
                if work == Work("sending", worker.call) and self.world.work[i].state == "pending":
                    self.becomes(i, "rejected")
        self.ledger.settle(worker.call, verdict)

    # ------------------------------------------------------------ leases, recovery, doubt

    @precondition(lambda self: self.events("lease_end"))
    @rule(data=st.data())
    def a_lease_ends(self, data: Any) -> None:
        self.ledger.lease_ends(self.take(data, "lease_end").who)

    @precondition(lambda self: self.events("recover"))
    @rule()
    def the_dead_are_cleared_away(self) -> None:
        while events := self.events("recover"):  # the runtime takes all of them at once
            self.world = step(self.world, events[0], self.rules)
        self.ledger.recover()

    @precondition(lambda self: self.events("verify"))
    @rule(data=st.data())
    def the_vendor_is_asked(self, data: Any) -> None:
        c = self.take(data, "verify").who
        verdict: Verdict = Unknown("it cannot be asked")
        if self.rules.vendor is Vendor.READ_BACK:
            verdict = Accepted("v") if c in self.world.effects else Absent("it does not show")
        self.ledger.look_up(c, verdict)

    # ------------------------------------------------------------ what people and runs do

    @precondition(lambda self: self.standing("held"))
    @rule(data=st.data(), again=st.booleans())
    def a_person_finds_out(self, data: Any, *, again: bool) -> None:
        i = data.draw(st.sampled_from(self.standing("held")))
        if any(i in self.world.calls[e].members for e in self.world.effects):
            to = State.ACCEPTED
        else:
            to = State.PENDING if again else State.DEAD
        self.becomes(i, to)
        self.ledger.settled_by_person(i, to)

    @precondition(lambda self: self.unheard())
    @rule()
    def the_runs_hear(self) -> None:
        for i in self.unheard():
            self.ledger.heard(i)
            self.told[i] = self.world.work[i].state

    def unheard(self) -> list[int]:
        """Actions that are over, as far as no run has heard of it."""
        return [i for i in self.standing(*OVER) if self.told.get(i) != self.world.work[i].state]

    @precondition(lambda self: self.to_replay())
    @rule(data=st.data())
    def a_person_replays(self, data: Any) -> None:
        i = data.draw(st.sampled_from(self.to_replay()))
        self.becomes(i, "pending")
        self.told.pop(i, None)
        self.ledger.replay(i)

    def to_replay(self) -> list[int]:
        """What failed, where no later write of its record went out or may do so before it."""
        records = self.rules.records
        gone = self.standing("sending", "unknown", "accepted", "held")
        return [
            i
            for i in self.standing("rejected", "dead")
            if not any(j > i and records[j] == records[i] for j in gone)
        ]

    # ------------------------------------------------------------ both say the same

    @invariant()
    def the_store_says_the_same(self) -> None:
        world, rules, seen = self.world, self.rules, self.ledger.seen()
        told = tuple(
            (work.state, work.token if work.state in ("sending", "unknown") else -1)
            for work in world.work
        )
        assert seen.states == told
        ended = {c for c, call in enumerate(world.calls) if call.lease == "ended"}
        sending = {work.token for work in world.work if work.state == "sending"}
        assert seen.orphaned == ended & sending
        # Nothing is looked up before it can be proved: the look itself lets the time pass.
        assert seen.in_doubt == frozenset()
        rowed = {"open", "settled"}
        assert seen.begun == {c for c, call in enumerate(world.calls) if call.row in rowed}
        assert seen.claimable == {
            str(record): max(ways, key=len)
            for record in sorted(set(rules.records))
            if (ways := [way for way, follows in claimable(world, rules, record) if follows < 0])
        }
        if rules.vendor is not Vendor.NONE:
            unsettled = (call for call in world.calls if call.row == "open")
            assert seen.held == {str(rules.records[call.members[0]]) for call in unsettled}

    @invariant()
    def nothing_is_doubled_or_reordered(self) -> None:
        assert violation(self.world, self.rules) is None


def test_model_and_store_say_the_same_after_each_step(database_url: str) -> None:
    with open_ledgers(database_url) as make:
        run_state_machine_as_test(
            lambda: Beside(make),
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                phases=[Phase.generate],  # a shorter example would take minutes to find
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


@dataclass
class Chosen:
    """Stands for Hypothesis, where the step is known."""

    step: Any

    def draw(self, among: object) -> Any:
        return self.step


FROZEN_AND_TRIED_AGAIN = (
    ("intend", 0),
    ("claim", Event("claim", 0, (0,))),
    ("write_the_call", Event("insert_row", 0)),
    ("something_goes_wrong", Event("freeze", 0)),
    ("something_goes_wrong", Event("overrun", 0)),
    ("the_dead_are_cleared_away", None),
    ("the_vendor_is_asked", Event("verify", 0)),
    ("claim", Event("claim", 1, (0,))),
    ("write_the_call", Event("insert_row", 1)),
)
THE_FROZEN_ONE_GOES_ON = (
    ("a_worker_sends_or_gives_up", Event("socket", 0)),
    ("the_vendor_has_it", Event("apply", 0)),
    ("an_answer_comes_or_time_is_up", Event("answer", 0)),
    ("the_answer_is_written", Event("settle", 0)),
)
SELDOM = {
    "an effect is proved while its action is being sent again, by a worker that ends": (
        *FROZEN_AND_TRIED_AGAIN,
        *THE_FROZEN_ONE_GOES_ON,
        ("something_goes_wrong", Event("crash", 1)),
        ("a_lease_ends", Event("lease_end", 1)),
        ("the_dead_are_cleared_away", None),
    ),
    "an effect is proved of what was rejected, and whose run has heard of it": (
        *FROZEN_AND_TRIED_AGAIN,
        ("a_worker_sends_or_gives_up", Event("send", 1)),
        ("something_goes_wrong", Event("refuse", 1)),
        ("an_answer_comes_or_time_is_up", Event("answer", 1)),
        ("the_answer_is_written", Event("settle", 1)),
        ("the_runs_hear", None),
        *THE_FROZEN_ONE_GOES_ON,
    ),
}
"""Paths that chance finds once in many runs."""


@pytest.mark.parametrize("name", SELDOM)
def test_they_say_the_same_on_paths_that_are_seldom(name: str, database_url: str) -> None:
    with open_ledgers(database_url) as make:
        beside = Beside(make)
        beside.begin(vendor=Vendor.READ_BACK)
        for way, event in SELDOM[name]:
            given: dict[str, Any] = {} if event is None else {"data": Chosen(event)}
            if way == "intend":
                given = {"record": event}
            elif way == "the_answer_is_written":
                given["for_good"] = True
            if isinstance(event, Event):
                assert event in beside.events(event.kind)
            getattr(beside, way)(**given)
            beside.the_store_says_the_same()
        assert [work.state for work in beside.world.work] == ["accepted"]
