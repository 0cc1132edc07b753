"""What really happened at a sandbox: every call and every effect, whatever was answered.

A connector is judged by this, never by what it was told. Moments are on the sandbox's own clock.
With a file the truth is also appended there, one JSON line each (``{"type": "effect", …}``), so
that another process can read it while the sandbox runs; it is not forced to the disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from pydantic import JsonValue

OURS = "ours"


class Ending(StrEnum):
    """How a call ended for the one who called."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHHELD = "withheld"
    """A fault kept the answer back."""
    LEFT = "left"
    """The caller had gone before the answer was written."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One lasting change.

    ``record`` is the vendor's id of what changed, ``key`` what the caller gave to recognise its
    write by (HubSpot: ``objectWriteTraceId``; Slack: the metadata's payload as JSON; mail: the
    Message-ID), ``by`` is ``ours`` or the stranger's name.
    """

    seq: int
    at: float
    call: int
    by: str
    what: str
    record: str
    key: str | None
    values: Mapping[str, JsonValue]


@dataclass(slots=True)
class Call:
    """One request as the sandbox saw it; filled in as it goes on.

    ``members`` is the number of records it was about. ``at`` is its arrival at the limits.
    """

    id: int
    at: float
    by: str
    operation: str
    effectful: bool
    members: int = 1
    status: int | None = None
    error: str | None = None
    throttled_by: str | None = None
    caused_by_us: bool = False
    unclear: bool = False
    """The answer does not say whether there was an effect (a 5xx, Slack's ``fatal_error``)."""
    fault: str | None = None
    effects: int = 0
    ending: Ending = Ending.OPEN
    answered_at: float | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether an honest client cannot know from this call alone what became of it."""
        if not self.effectful or self.ending is Ending.OPEN:
            return False
        return self.unclear or self.ending is not Ending.ANSWERED


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """What no client could have known: calls, the records in them, and the calls themselves."""

    calls: int
    members: int
    after_effect: int
    """Calls that had an effect though the caller was not told so."""
    without_effect: int
    requests: tuple[Call, ...]


@dataclass(slots=True)
class Truth:
    """The book of one sandbox. ``path`` is a file to append to, made if absent."""

    now: Callable[[], float]
    path: Path | None = None
    watchers: list[Callable[[Effect], None]] = field(default_factory=list[Callable[[Effect], None]])
    """Told of each effect as it happens."""
    _calls: list[Call] = field(default_factory=list[Call])
    _effects: list[Effect] = field(default_factory=list[Effect])
    _next_call: int = 1
    _next_effect: int = 1
    _file: TextIO | None = None

    def begin(self, by: str, operation: str, *, effectful: bool, members: int = 1) -> Call:
        """Note that a request arrived."""
        call = Call(self._next_call, self.now(), by, operation, effectful, members)
        self._next_call += 1
        self._calls.append(call)
        return call

    def effect(
        self, call: Call, what: str, record: str, key: str | None, values: Mapping[str, JsonValue]
    ) -> Effect:
        """Note a lasting change that this call made."""
        effect = Effect(
            self._next_effect, self.now(), call.id, call.by, what, record, key, dict(values)
        )
        self._next_effect += 1
        self._effects.append(effect)
        call.effects += 1
        self._append({"type": "effect", **effect_json(effect)})
        for watch in self.watchers:
            watch(effect)
        return effect

    def end(self, call: Call, ending: Ending) -> None:
        """Note how the call ended; a second ending of the same call is ignored."""
        if call.ending is not Ending.OPEN:
            return
        call.ending = ending
        call.answered_at = self.now()
        self._append({"type": "call", **call_json(call)})

    def effects(
        self,
        *,
        after: int = 0,
        record: str | None = None,
        key: str | None = None,
        by: str | None = None,
    ) -> list[Effect]:
        """The effects in order; after a sequence number, of one record, key or author."""
        return [
            e
            for e in self._effects
            if e.seq > after
            and (record is None or e.record == record)
            and (key is None or e.key == key)
            and (by is None or e.by == by)
        ]

    def calls(self, *, after: int = 0) -> list[Call]:
        """The calls in order of arrival, after an id."""
        return [c for c in self._calls if c.id > after]

    def ambiguity(self) -> Ambiguity:
        """The calls of ours whose outcome the caller could not know."""
        unclear = tuple(c for c in self._calls if c.by == OURS and c.ambiguous)
        with_effect = sum(1 for c in unclear if c.effects)
        return Ambiguity(
            calls=len(unclear),
            members=sum(c.members for c in unclear),
            after_effect=with_effect,
            without_effect=len(unclear) - with_effect,
            requests=unclear,
        )

    def figures(self) -> dict[str, int]:
        """Counts of our calls, strangers' calls, effects, and throttled calls (caused by us)."""
        ours = [c for c in self._calls if c.by == OURS]
        throttled = [c for c in ours if c.throttled_by is not None]
        return {
            "calls": len(ours),
            "calls_of_strangers": len(self._calls) - len(ours),
            "effects": sum(1 for e in self._effects if e.by == OURS),
            "effects_of_strangers": sum(1 for e in self._effects if e.by != OURS),
            "throttled_calls": len(throttled),
            "throttled_calls_caused": sum(1 for c in throttled if c.caused_by_us),
        }

    def reset(self) -> None:
        """Forget all calls and effects; numbers go on, and the file keeps its lines."""
        self._calls.clear()
        self._effects.clear()
        self._append({"type": "reset", "at": self.now()})

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, line: Mapping[str, JsonValue]) -> None:
        if self.path is None:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a", encoding="utf-8")
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def effect_json(effect: Effect) -> dict[str, JsonValue]:
    """One effect as JSON."""
    return asdict(effect)


def call_json(call: Call) -> dict[str, JsonValue]:
    """One call as JSON."""
    return asdict(call) | {"ambiguous": call.ambiguous}
