"""The ledger protocol as an executable specification (design section 5), at most 300 lines.

``step(world, event, rules)`` is pure; ``enabled`` lists the events that may come next. Time is
no number here: what may only come after a moment (the end of a lease, of the vendor's processing)
is enabled from then on; a worker frozen at a border is one whose events come late. One freeze is
different, and counted: between the check of ``send_by`` and the socket nothing can be checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.model.rules import Rule, Rules, Vendor


class Work(NamedTuple):
    """One action: its state, and the call under whose token that was written."""

    state: str = "pending"
    token: int = -1


class Call(NamedTuple):
    """One token: members frozen at the claim; the row in the store; the request at the vendor."""

    members: tuple[int, ...]
    follows: int = -1
    row: str = "none"  # none | open | settled | followed | tombstone
    lease: str = "live"  # live | ended
    request: str = "unsent"  # unsent | travelling | applied | refused | closed

    @property
    def over(self) -> bool:  # the lease, then the vendor's processing: nothing can begin any more
        return self.lease == "ended" and self.request != "travelling"


class Worker(NamedTuple):
    """One process: the call that it holds, how far it got, the answer in its memory."""

    call: int = -1
    phase: str = "idle"  # idle | claimed | rowed | checked | sent | answered
    answer: str = ""  # accepted | refused | unknown


class World(NamedTuple):
    work: tuple[Work, ...]
    workers: tuple[Worker, ...]
    faults: int  # how many may still be injected
    calls: tuple[Call, ...] = ()
    effects: tuple[int, ...] = ()  # calls in the order in which the vendor carried them out
    evidence: frozenset[int] = frozenset()  # actions whose effect a late answer proved
    frozen: frozenset[int] = frozenset()  # calls frozen between check and socket


class Event(NamedTuple):
    kind: str
    who: int  # a worker or a call
    members: tuple[int, ...] = ()
    follows: int = -1


FAULTS = frozenset({"crash", "freeze", "lose_answer", "refuse", "overrun"})


def enabled(world: World, rules: Rules) -> Iterator[Event]:
    """Every event that may come next."""
    for w, worker in enumerate(world.workers):
        yield from _worker_events(world, rules, w, worker)
    for c, call in enumerate(world.calls):
        sending = Work("sending", c) in world.work
        if call.request == "travelling":
            yield Event("apply", c)
            if world.faults:
                yield Event("refuse", c)
            if call.lease == "ended":
                yield Event("close", c)
        if call.lease == "live":
            if all(worker.call != c for worker in world.workers):
                if sending or call.row == "open":
                    yield Event("lease_end", c)
            elif world.faults:  # its worker is too slow
                yield Event("overrun", c)
        elif sending:
            yield Event("recover", c)
        # A call stays unsettled until it can begin no more, even if its members are accepted.
        late = call.over or not rules.hold(Rule.VERIFY_LATE)
        if late and call.row == "open" and not sending:
            yield Event("verify", c)


def _worker_events(world: World, rules: Rules, w: int, worker: Worker) -> Iterator[Event]:
    match worker.phase:
        case "idle":
            for record in sorted(set(rules.records)):
                for members, follows in claimable(world, rules, record):
                    yield Event("claim", w, members, follows)
            return
        case "claimed":
            yield Event("insert_row", w)
        case "rowed":
            in_time = world.calls[worker.call].lease == "live" or not rules.hold(Rule.SEND_BY)
            yield Event("send" if in_time else "give_up", w)
            if in_time and world.faults:
                yield Event("freeze", w)
        case "checked":
            yield Event("socket", w)
        case "sent":
            request = world.calls[worker.call].request
            if request != "travelling":
                yield Event("time_out" if request == "closed" else "answer", w)
            if request != "closed" and world.faults:
                yield Event("lose_answer", w)
        case _:
            yield Event("settle", w)
    if world.faults:
        yield Event("crash", w)


def claimable(world: World, rules: Rules, record: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """(members, followed call) of each claim that may be made for a record, in ledger order."""
    mine = [i for i, r in enumerate(rules.records) if r == record]
    pending = tuple(i for i in mine if world.work[i].state == "pending")
    doubt = [i for i in mine if world.work[i].state in ("sending", "unknown")]
    ways = {pending[:1], pending if rules.mergeable else pending[:1]} - {()}
    others = range(len(world.calls) if rules.hold(Rule.ONE_CALL_A_RECORD) else 0)
    busy = any(_unsettled(world, rules, c, record) for c in others)
    if not (doubt or busy) or not rules.hold(Rule.LEDGER_ORDER):
        yield from ((way, -1) for way in sorted(ways))
    # Where there is a key, an unknown is repeated under it: a follower would have another key.
    token = world.work[doubt[0]].token if doubt else -1
    unknown = all(world.work[i] == Work("unknown", token) for i in doubt)
    if rules.vendor is Vendor.READ_BACK and doubt and unknown:
        call = world.calls[token]
        if call.row == "open" and (call.over or not rules.hold(Rule.FOLLOW_LATE)):
            again = call.members if rules.hold(Rule.FOLLOW_WITH_ALL) else ()
            yield from ((tuple(sorted({*again, *way})), token) for way in sorted(ways))


def _unsettled(world: World, rules: Rules, c: int, record: int) -> bool:
    return world.calls[c].row == "open" and rules.records[world.calls[c].members[0]] == record


def step(world: World, event: Event, rules: Rules) -> World:
    """The world after an enabled event."""
    if event.kind in FAULTS:
        world = world._replace(faults=world.faults - 1)
    c = event.who
    match event.kind:
        case "lease_end" | "overrun":
            return _call(world, c, lease="ended")
        case "refuse" | "close":
            return _call(world, c, request=event.kind + "d")
        case "apply":
            return _call(_take_effect(world, c, rules), c, request="applied")
        case "recover":
            return _recover(world, c, rules)
        case "verify":
            return _verify(world, c, rules)
        case _:
            return _worker_step(world, event, rules)


def _worker_step(world: World, event: Event, rules: Rules) -> World:
    w, worker, c = event.who, world.workers[event.who], world.workers[event.who].call
    match event.kind:
        case "claim":
            c = len(world.calls)
            world = world._replace(calls=(*world.calls, Call(event.members, event.follows)))
            for i in [i for i in event.members if world.work[i].state == "pending"]:
                world = _work(world, i, Work("sending", c))
            return _worker(world, w, Worker(c, "claimed"))
        case "insert_row":
            return _insert_row(world, w, c, rules)
        case "send" | "socket":
            return _worker(_call(world, c, request="travelling"), w, Worker(c, "sent"))
        case "freeze":
            world = world._replace(frozen=world.frozen | {c})
            return _worker(world, w, Worker(c, "checked"))
        case "answer":
            applied = world.calls[c].request == "applied"
            return _worker(world, w, Worker(c, "answered", "accepted" if applied else "refused"))
        case "lose_answer" | "time_out":
            return _worker(world, w, Worker(c, "answered", "unknown"))
        case "settle":
            return _worker(_settle(world, worker, rules), w, Worker())
        case _:  # crash, or give_up: what is left is the recovery's
            return _worker(world, w, Worker())


def _insert_row(world: World, w: int, c: int, rules: Rules) -> World:
    call = world.calls[c]
    if call.row == "tombstone":
        return _worker(world, w, Worker())
    others = [o for o in range(len(world.calls)) if o != call.follows]
    busy = any(_unsettled(world, rules, o, rules.records[call.members[0]]) for o in others)
    if busy and rules.hold(Rule.ONE_CALL_A_RECORD):
        return _worker(_all(world, c, "sending", "pending"), w, Worker())
    if call.follows >= 0 and world.calls[call.follows].row == "open":
        world = _call(world, call.follows, row="followed")
    return _worker(_call(world, c, row="open"), w, Worker(c, "rowed"))


def _settle(world: World, worker: Worker, rules: Rules) -> World:
    c, call = worker.call, world.calls[worker.call]
    if not rules.hold(Rule.UNDER_TOKEN):  # the mutant: whoever answers, writes
        for i in [i for i in call.members if world.work[i].state in ("sending", "unknown")]:
            world = _work(world, i, Work("sending", c))
    elif Work("sending", c) not in world.work:
        return _late(world, worker, rules)
    if worker.answer == "unknown":
        return _all(world, c, "sending", "unknown")
    world = _call(world, c, row="settled")
    if worker.answer == "accepted":
        return _accept(world, c)
    return _all(_reopen(world, c), c, "sending", "pending")


def _late(world: World, worker: Worker, rules: Rules) -> World:
    """An answer after the token was lost is evidence."""
    c, call = worker.call, world.calls[worker.call]
    if worker.answer == "accepted":
        world = world._replace(evidence=world.evidence | frozenset(call.members))
        if rules.hold(Rule.EFFECT_WINS):
            world = _accept(world, c)
            return _call(world, c, row="settled") if call.row in ("open", "followed") else world
    doubtful = call.row == "open" and Work("unknown", c) in world.work
    return _absent(world, c) if worker.answer == "refused" and doubtful else world


def _recover(world: World, c: int, rules: Rules) -> World:
    row = world.calls[c].row
    if row == "none" and rules.hold(Rule.TOMBSTONE):
        return _call(world, c, row="tombstone")
    if row == "open" and rules.hold(Rule.LEASE_END_IS_UNKNOWN):
        return _all(world, c, "sending", "unknown")
    world = _call(world, c, row="settled") if row == "open" else world
    return _all(world, c, "sending", "pending")


def _verify(world: World, c: int, rules: Rules) -> World:
    if rules.vendor is Vendor.NONE:
        return _all(_call(world, c, row="settled"), c, "unknown", "held")
    again = rules.vendor is Vendor.KEY and Work("unknown", c) in world.work
    if again:  # the same request once more, under the same key
        world = _take_effect(world, c, rules)
    if again or c in world.effects:
        return _accept(_call(world, c, row="settled"), c)
    return _absent(world, c)


def _absent(world: World, c: int) -> World:
    return _all(_reopen(_call(world, c, row="settled"), c), c, "unknown", "pending")


def _reopen(world: World, c: int) -> World:
    """What a call without effect had followed is in doubt again."""
    f = world.calls[c].follows
    return _call(world, f, row="open") if f >= 0 and world.calls[f].row == "followed" else world


def _accept(world: World, c: int) -> World:
    """All members, and what the call followed: but never what another token is sending."""
    for i in world.calls[c].members:
        if world.work[i].state != "sending" or world.work[i].token == c:
            world = _work(world, i, Work("accepted", c))
        else:
            world = world._replace(evidence=world.evidence | {i})
    f = world.calls[c].follows
    return _call(world, f, row="settled") if f >= 0 else world


def _take_effect(world: World, c: int, rules: Rules) -> World:
    members = world.calls[c].members
    if rules.vendor is Vendor.KEY and any(world.calls[e].members == members for e in world.effects):
        return world
    return world._replace(effects=(*world.effects, c))


def _all(world: World, c: int, before: str, after: str) -> World:
    """Move the members that the token holds; evidence of an effect wins over doubt."""
    for i in world.calls[c].members:
        if world.work[i] == Work(before, c):
            proved = i in world.evidence and after in ("pending", "unknown")
            world = _work(world, i, Work("accepted" if proved else after, c))
    return world


def _work(world: World, i: int, new: Work) -> World:
    return world._replace(work=(*world.work[:i], new, *world.work[i + 1 :]))


def _worker(world: World, w: int, new: Worker) -> World:
    return world._replace(workers=(*world.workers[:w], new, *world.workers[w + 1 :]))


def _call(world: World, c: int, **change: str) -> World:
    new = world.calls[c]._replace(**change)
    return world._replace(calls=(*world.calls[:c], new, *world.calls[c + 1 :]))
