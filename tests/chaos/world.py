"""A history as the checker looks at it: lines sorted, rows typed, requests matched to calls."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from tests.chaos.history import (
    Answered,
    Call,
    Ceased,
    Declared,
    Effect,
    History,
    Json,
    Limit,
    Line,
    Plan,
    Replayed,
    Rested,
    Row,
    Sent,
    Struck,
)
from tests.chaos.law import ENDS_A_CALL, OPEN, PENDING, SENDING

T = TypeVar("T", bound=Line)

Key = tuple[str, str, int]
"""An action: enrollment, step, visit."""

CLOCKS_S = 0.25
"""Vendor and database run on one machine; their clocks are the same but for this."""

OURS = "ours"
HARMS_PROCESSES = {
    "kill worker",
    "freeze worker",
    "kill database",
    "cut database",
    "shift clock",
    "stall",
}
"""Nemeses that may keep a worker from hearing an answer, or from writing it down.

A stall is nobody's doing: the machine had so much to do that the harness itself stood still.
"""
NEARLY_S = 0.5
"""An answer that comes so near the end of its caller's time-out may have come too late."""


@dataclass(frozen=True, slots=True)
class Action:
    key: Key
    connection: str
    workflow: str
    kind: str
    record: str | None
    ordinal: int
    payload_hash: str
    contact: str
    intended_at: float

    def __str__(self) -> str:
        return "/".join(map(str, self.key))


@dataclass(frozen=True, slots=True)
class Outcome:
    at: float
    state: str
    cause: str
    call: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """One step on the path of an action."""

    before: str
    after: str
    cause: str
    at: float | None


@dataclass(frozen=True, slots=True)
class LedgerCall:
    connection: str
    id: str
    token: str
    body: str | None
    began_at: float
    send_before: float
    answered_at: float | None
    void: bool
    members: Mapping[Key, str | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """Which ledger call each effectful request of ours belongs to.

    ``late``: requests that left after their call's ``send_before``, of a process that was
    frozen in between. ``notices``: mails that tell people of troubles; they are no actions and
    have no call, but each stands in the table of notices. ``stray``: what nothing explains.
    """

    call_of: Mapping[tuple[str, int], LedgerCall]
    late: frozenset[tuple[str, int]]
    notices: frozenset[tuple[str, int]]
    stray: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Stretches of time that do not overlap, in order."""

    begins: list[float]
    ends: list[float]

    @classmethod
    def of(cls, stretches: Iterable[tuple[float, float]]) -> Times:
        """Join those that overlap."""
        begins: list[float] = []
        ends: list[float] = []
        for begin, end in sorted(stretches):
            if ends and begin <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                begins.append(begin)
                ends.append(end)
        return cls(begins, ends)

    def meet(self, since: float, until: float) -> bool:
        """Whether a moment of one of them lies between these two."""
        at = bisect_right(self.begins, until) - 1
        return at >= 0 and self.ends[at] >= since


@dataclass
class World:
    """All lines, by kind; tables by name."""

    history: History
    by_kind: dict[type[Line], list[Line]] = field(init=False)
    tables: dict[str, list[Mapping[str, Json]]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_kind = defaultdict(list)
        self.tables = defaultdict(list)
        for line in self.history:
            self.by_kind[type(line)].append(line)
            if isinstance(line, Row):
                self.tables[line.table].append(line.values)

    def of(self, kind: type[T]) -> list[T]:
        return self.by_kind[kind]  # type: ignore[return-value]  # filled by type

    # ------------------------------------------------------------ single lines

    @cached_property
    def plan(self) -> Plan | None:
        return next(iter(self.of(Plan)), None)

    @cached_property
    def declared(self) -> Mapping[str, Declared]:
        return {d.connection: d for d in self.of(Declared)}

    @cached_property
    def ceased(self) -> Ceased | None:
        return next(iter(self.of(Ceased)), None)

    @cached_property
    def rested(self) -> Rested | None:
        return next(iter(self.of(Rested)), None)

    @cached_property
    def sent(self) -> Mapping[str, Sent]:
        return {s.message_id: s for s in self.of(Sent)}

    @cached_property
    def acknowledged(self) -> frozenset[str]:
        return frozenset(a.message_id for a in self.of(Answered) if a.stored)

    @cached_property
    def last_acknowledged(self) -> float:
        """When the last event came to be stored: the client may be busy for longer than faults."""
        return max((a.at for a in self.of(Answered) if a.stored), default=0.0)

    @cached_property
    def limits(self) -> list[Limit]:
        return self.of(Limit)

    @cached_property
    def replayed(self) -> Mapping[str, Replayed]:
        return {r.enrollment: r for r in self.of(Replayed)}

    @cached_property
    def harm(self) -> list[Struck]:
        return [s for s in self.of(Struck) if s.nemesis in HARMS_PROCESSES]

    def strikes(self, nemesis: str) -> list[Struck]:
        return [s for s in self.of(Struck) if s.nemesis == nemesis]

    @cached_property
    def harm_times(self) -> Mapping[str | None, Times]:
        """When processes were disturbed: by which nemesis, and (None) by any."""
        found: dict[str | None, list[tuple[float, float]]] = defaultdict(list)
        for strike in self.harm:
            found[strike.nemesis].append((strike.at, strike.until))
            found[None].append((strike.at, strike.until))
        return {nemesis: Times.of(times) for nemesis, times in found.items()}

    def harmed(self, since: float, until: float, nemesis: str | None = None) -> bool:
        """Whether a process was disturbed at some moment of this time."""
        times = self.harm_times.get(nemesis)
        return times is not None and times.meet(since - CLOCKS_S, until + CLOCKS_S)

    # ------------------------------------------------------------ the vendor

    @cached_property
    def calls_of_ours(self) -> list[Call]:
        return sorted((c for c in self.of(Call) if c.by == OURS), key=lambda c: c.at)

    @cached_property
    def effects(self) -> list[Effect]:
        """Effects of our calls, in the order in which they took place."""
        return sorted((e for e in self.of(Effect) if e.by == OURS), key=lambda e: e.at)

    @cached_property
    def effects_by_ref(self) -> Mapping[tuple[str, str], list[Effect]]:
        found: dict[tuple[str, str], list[Effect]] = defaultdict(list)
        for effect in self.effects:
            found[effect.connection, effect.ref].append(effect)
        return found

    @cached_property
    def requests_by_ref(self) -> Mapping[tuple[str, str], list[Call]]:
        found: dict[tuple[str, str], list[Call]] = defaultdict(list)
        for request in self.calls_of_ours:
            for ref in request.refs:
                found[request.connection, ref].append(request)
        return found

    @cached_property
    def vendor_calls(self) -> Mapping[tuple[str, int], Call]:
        return {(c.connection, c.call): c for c in self.of(Call)}

    # ------------------------------------------------------------ the ledger

    @cached_property
    def actions(self) -> Mapping[Key, Action]:
        found: dict[Key, Action] = {}
        for row in self.tables["action"]:
            key = key_of(row)
            found[key] = Action(
                key,
                row["connection"],
                row["workflow"],
                row["kind"],
                row["record"],
                row["ordinal"],
                row["payload_hash"],
                row["contact_id"],
                seconds(row["intended_at"]),
            )
        return found

    @cached_property
    def work(self) -> Mapping[Key, Mapping[str, Json]]:
        return {key_of(row): row for row in self.tables["work"]}

    @cached_property
    def outcomes(self) -> Mapping[Key, list[Outcome]]:
        found: dict[Key, list[Outcome]] = defaultdict(list)
        for row in sorted(self.tables["outcome"], key=lambda r: r["id"]):
            found[key_of(row)].append(
                Outcome(seconds(row["at"]), row["state"], row["cause"], row["call_id"])
            )
        return found

    def standing(self, key: Key) -> str:
        """Where an action stands: its open work, else its last outcome; "lost" without either."""
        work = self.work.get(key)
        if work is not None and work["state"] in OPEN:
            return work["state"]
        outcomes = self.outcomes.get(key)
        return outcomes[-1].state if outcomes else "lost"

    def path(self, key: Key) -> Iterator[Move]:
        """Every step of an action, with the claims that leave no outcome of their own."""
        state = PENDING
        for outcome in self.outcomes.get(key, ()):
            if outcome.cause in ENDS_A_CALL and state == PENDING:
                yield Move(PENDING, SENDING, "claim", None)
                state = SENDING
            yield Move(state, outcome.state, outcome.cause, outcome.at)
            state = outcome.state
        work = self.work.get(key)
        if work is not None and work["state"] == SENDING and state == PENDING:
            yield Move(PENDING, SENDING, "claim", None)

    @cached_property
    def calls(self) -> list[LedgerCall]:
        members: dict[tuple[str, str], dict[Key, str | None]] = defaultdict(dict)
        for row in self.tables["call_action"]:
            members[row["connection"], row["call_id"]][key_of(row)] = row["ref"]
        return sorted(
            (
                LedgerCall(
                    row["connection"],
                    row["id"],
                    row["token"],
                    row["request_hash"],
                    seconds(row["began_at"]),
                    seconds(row["send_before"]),
                    None if row["answered_at"] is None else seconds(row["answered_at"]),
                    row["void"],
                    members[row["connection"], row["id"]],
                )
                for row in self.tables["call"]
            ),
            key=lambda call: call.began_at,
        )

    @cached_property
    def calls_of(self) -> Mapping[Key, list[LedgerCall]]:
        found: dict[Key, list[LedgerCall]] = defaultdict(list)
        for call in self.calls:
            for key in call.members:
                found[key].append(call)
        return found

    def refs(self, key: Key) -> set[tuple[str, str]]:
        """The names by which the vendor may know an action."""
        return {
            (call.connection, ref)
            for call in self.calls_of.get(key, ())
            if (ref := call.members[key]) is not None
        }

    def effects_of(self, key: Key) -> list[Effect]:
        """What took place at the vendor for an action.

        A name may stand for more than one action (writes of one record that were merged), and
        later for less: what counts is whether this action was in the call that took effect. An
        effect whose call is not known counts for all that ever had its name.
        """
        found: list[Effect] = []
        for place in sorted(self.refs(key)):
            for effect in self.effects_by_ref.get(place, ()):
                call = self.matched.call_of.get((effect.connection, effect.call))
                if call is None or call.members.get(key) == effect.ref:
                    found.append(effect)
        return found

    # ------------------------------------------------------------ both together

    @cached_property
    def matched(self) -> Matched:
        """Match each effectful request to one ledger call, by its body and its time."""
        calls: dict[tuple[str, str | None], list[LedgerCall]] = defaultdict(list)
        for call in self.calls:
            if not call.void:
                calls[call.connection, call.body].append(call)
        found: dict[tuple[str, int], LedgerCall] = {}
        late: set[tuple[str, int]] = set()
        notices: set[tuple[str, int]] = set()
        to_mail = Counter(
            row["recipient"] for row in self.tables["notice"] if row["mailed_at"] is not None
        )
        stray: list[Call] = []
        for request in self.calls_of_ours:
            if not request.refs:
                continue
            same = calls[request.connection, request.body]
            call = next((c for c in same if self._in_time(request, c)), None)
            if call is None:
                call = next((c for c in same if self._thawed(request, c)), None)
                if call is not None:
                    late.add((request.connection, request.call))
            if call is None:
                recipient = request.places[0] if request.places else ""
                if request.operation == "mail" and to_mail[recipient] > 0:
                    to_mail[recipient] -= 1
                    notices.add((request.connection, request.call))
                else:
                    stray.append(request)
                continue
            same.remove(call)
            found[request.connection, request.call] = call
        return Matched(found, frozenset(late), frozenset(notices), tuple(stray))

    def _in_time(self, request: Call, call: LedgerCall) -> bool:
        """Whether it arrived while its call was under way.

        What the caller gave up may still lie at the vendor, for as long as the vendor states.
        """
        declared = self.declared.get(call.connection)
        lies_s = declared.vendor_processing_s if declared is not None else 0.0
        until = call.send_before + lies_s + CLOCKS_S
        return call.began_at - CLOCKS_S <= request.at <= until

    def _thawed(self, request: Call, call: LedgerCall) -> bool:
        """Whether its process stood still between the last look at the clock and the socket."""
        return request.at > call.send_before and any(
            self.harmed(call.began_at, request.at, still) for still in ("freeze worker", "stall")
        )

    def came_too_late(self, request: Call) -> bool:
        """Whether the caller may have given up an answer just before it came."""
        call = self.matched.call_of.get((request.connection, request.call))
        return (
            call is not None
            and request.answered_at is not None
            and request.answered_at > call.send_before - NEARLY_S
        )

    def is_late(self, effect: Effect) -> bool:
        """Whether an effect comes from a process that was frozen between check and socket."""
        return (effect.connection, effect.call) in self.matched.late


def key_of(row: Mapping[str, Json]) -> Key:
    return row["enrollment_id"], row["step"], row["visit"]


def seconds(text: str) -> float:
    """A moment as PostgreSQL writes it in JSON, as seconds since 1970."""
    if text in ("infinity", "-infinity"):
        return float(text.replace("infinity", "inf"))
    return datetime.fromisoformat(text).timestamp()


def named(items: Iterable[object], most: int = 3) -> str:
    """The first few, for a sentence."""
    found = [str(item) for item in items]
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "")
