"""The history of one chaos run: what four recorders wrote down, one JSON line an operation.

Each line is an object with ``recorder``, ``kind`` and the fields of one class below; moments
are seconds since 1970 on the clock of whoever wrote the line.

| recorder | who writes | kinds |
|---|---|---|
| client | the program that sends events | declared, plan, sent, answered |
| vendor | the toy vendor, on its own clock | limit, call, effect |
| nemesis | who disturbs | seed, struck, spared, ceased, rested |
| ledger | a dump of every table at the end | row, replayed, told, unasked |

A recorder has a file of its own, so that none waits for another; the history is all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TextIO

Json = Any

# ---------------------------------------------------------------- client


@dataclass(frozen=True, slots=True)
class Declared:
    """What a connection promises, as its connector states it.

    ``settles``: how an unknown call is cleared: "key", "read-back" or "held".
    """

    recorder: ClassVar[str] = "client"
    kind: ClassVar[str] = "declared"
    connection: str
    settles: str
    time_out_s: float
    margin_s: float
    vendor_processing_s: float
    read_back_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What the sender expects: which workflows each event starts.

    ``longest_wait_s`` is the longest that the steps of any run wait by themselves.
    """

    recorder: ClassVar[str] = "client"
    kind: ClassVar[str] = "plan"
    starts: Mapping[str, list[str]]
    longest_wait_s: float


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt to hand an event in; the same ``message_id`` at each attempt."""

    recorder: ClassVar[str] = "client"
    kind: ClassVar[str] = "sent"
    at: float
    message_id: str
    attempt: int
    event: str
    person: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of an attempt; ``stored`` says that the event was acknowledged as durable."""

    recorder: ClassVar[str] = "client"
    kind: ClassVar[str] = "answered"
    at: float
    message_id: str
    attempt: int
    stored: bool
    words: str


# ---------------------------------------------------------------- vendor


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` calls of these operations in any ``span_s``; ``by_key``: each key's own."""

    recorder: ClassVar[str] = "vendor"
    kind: ClassVar[str] = "limit"
    connection: str
    name: str
    count: int
    span_s: float
    operations: list[str]
    by_key: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the vendor saw it; ``at`` is its arrival at the limits.

    ``ending``: "answered", "withheld" (a fault kept the answer back) or "left" (the caller had
    gone). ``unclear``: the answer does not say whether there was an effect. ``refs`` are the
    names under which the caller knows what it asked for, ``places`` (in the same order) the
    records, channels or addresses that it is about; ``body`` is the SHA-256 of its body.
    ``answered_at``: when the answer was handed to the network, None where there was none.
    """

    recorder: ClassVar[str] = "vendor"
    kind: ClassVar[str] = "call"
    at: float
    connection: str
    call: int
    by: str
    operation: str
    key: str
    body: str | None
    refs: list[str]
    places: list[str]
    status: int | None
    ending: str
    unclear: bool
    fault: str | None
    answered_at: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """A lasting change: a record written, a line posted, a mail delivered.

    ``place`` is the record, the channel or the address; ``call`` the request that made it.
    """

    recorder: ClassVar[str] = "vendor"
    kind: ClassVar[str] = "effect"
    at: float
    connection: str
    call: int
    by: str
    what: str
    ref: str
    place: str


# ---------------------------------------------------------------- nemesis


@dataclass(frozen=True, slots=True)
class Seed:
    """Where every decision of the nemesis comes from."""

    recorder: ClassVar[str] = "nemesis"
    kind: ClassVar[str] = "seed"
    at: float
    seed: int
    faults_s: float


@dataclass(frozen=True, slots=True)
class Struck:
    """A disturbance, from ``at`` to ``until``; ``target`` is a process, connection or address.

    ``store_at`` is the database's time where the disturbance is a row there.
    """

    recorder: ClassVar[str] = "nemesis"
    kind: ClassVar[str] = "struck"
    at: float
    until: float
    nemesis: str
    target: str
    detail: str = ""
    store_at: float | None = None


@dataclass(frozen=True, slots=True)
class Spared:
    """A nemesis that this machine, or this run, does not allow, and why."""

    recorder: ClassVar[str] = "nemesis"
    kind: ClassVar[str] = "spared"
    nemesis: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ceased:
    """The last disturbance is over."""

    recorder: ClassVar[str] = "nemesis"
    kind: ClassVar[str] = "ceased"
    at: float


@dataclass(frozen=True, slots=True)
class Rested:
    """Nothing is left to do but what waits for evidence or a person; or it was given up waiting."""

    recorder: ClassVar[str] = "nemesis"
    kind: ClassVar[str] = "rested"
    at: float
    at_rest: bool
    words: str = ""


# ---------------------------------------------------------------- ledger


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one table, as PostgreSQL writes it in JSON."""

    recorder: ClassVar[str] = "ledger"
    kind: ClassVar[str] = "row"
    table: str
    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The actions that the interpreter gives when a run's decisions are played again.

    ``actions`` maps ``step/visit`` to the hash of the payload; ``trouble`` says why it could
    not be played to its end.
    """

    recorder: ClassVar[str] = "ledger"
    kind: ClassVar[str] = "replayed"
    enrollment: str
    actions: Mapping[str, str] = field(default_factory=dict[str, str])
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What ``why`` says of a person at the end, story by story.

    A story has ``workflow`` and ``run`` (null where there is none), ``cause``, ``sentence`` and
    ``steps``; a step has ``step``, ``key`` (as in ``Replayed`` after its run; empty where the
    step did nothing), ``state``, ``cause`` and ``sentence``.
    """

    recorder: ClassVar[str] = "ledger"
    kind: ClassVar[str] = "told"
    person: str
    stories: list[Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Unasked:
    """People of whom nobody asked ``why``, for there was no time left to."""

    recorder: ClassVar[str] = "ledger"
    kind: ClassVar[str] = "unasked"
    people: list[str]


Line = (
    Declared
    | Plan
    | Sent
    | Answered
    | Limit
    | Call
    | Effect
    | Seed
    | Struck
    | Spared
    | Ceased
    | Rested
    | Row
    | Replayed
    | Told
    | Unasked
)
History = tuple[Line, ...]

KINDS: Mapping[tuple[str, str], type[Line]] = {
    (kind.recorder, kind.kind): kind
    for kind in (
        Declared,
        Plan,
        Sent,
        Answered,
        Limit,
        Call,
        Effect,
        Seed,
        Struck,
        Spared,
        Ceased,
        Rested,
        Row,
        Replayed,
        Told,
        Unasked,
    )
}
_FIELDS = {kind: tuple(f.name for f in fields(kind)) for kind in KINDS.values()}


class NotALine(ValueError):
    """A line of a history that cannot be read; the message says which and why."""


def to_json(line: Line) -> str:
    """Write a line, without its line end."""
    return json.dumps(
        {
            "recorder": line.recorder,
            "kind": line.kind,
            **{name: getattr(line, name) for name in _FIELDS[type(line)]},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> Line:
    """Read a line; raises NotALine."""
    try:
        found = json.loads(text)
        kind = KINDS[found.pop("recorder"), found.pop("kind")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotALine(f"{text[:120]!r} is no line of a history ({error!r}).") from error
    unknown = sorted(found.keys() - set(_FIELDS[kind]))
    if unknown:
        raise NotALine(f"{text[:120]!r} has {unknown}, which is unknown.")
    try:
        return kind(**found)
    except TypeError as error:
        raise NotALine(f"{text[:120]!r} is not whole ({error}).") from error


def read(paths: Iterable[Path]) -> History:
    """Read the files of all recorders, one after the other."""
    found: list[Line] = []
    for path in paths:
        with path.open(encoding="utf-8") as file:
            found += [from_json(text) for text in file if text.strip()]
    return tuple(found)


def read_what_is_there(directory: Path) -> History:
    """Read what the recorders of a run that broke off had written; a torn last line is left."""
    found: list[Line] = []
    for path in sorted(directory.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            for text in file:
                try:
                    found.append(from_json(text))
                except NotALine:
                    break
    return tuple(found)


class Recorder:
    """Writes one recorder's file; each line is handed to the system at once."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")

    def write(self, *lines: Line) -> None:
        for line in lines:
            self._file.write(to_json(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
