"""One connection as a worker runs it: its connector, settings, windows and clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leadline.connectors.contract import (
    Connector,
    Effect,
    Mail,
    Place,
    Post,
    RecordWrite,
    Settings,
)
from leadline.ledger.budget import CONNECTION, Scoped, Window
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles

CALL_WORDS: Mapping[type[Effect], str] = {Mail: "mail", RecordWrite: "batch", Post: "post"}
"""How ``ledger.vendor_limits`` names the calls of each kind of effect."""


@dataclass(frozen=True, slots=True)
class Link:
    """What does not change about a connection while a release runs.

    ``windows`` are keyed by name; ``calls`` says which calls each of them counts.
    """

    name: str
    connector: Connector
    settings: Settings
    windows: Mapping[str, Window]
    calls: Mapping[str, str]

    @property
    def timing(self) -> CallTiming:
        """How long its calls may take."""
        return self.connector.timing

    @property
    def settles(self) -> Settles:
        """How far an unknown call can be settled."""
        return self.connector.settles(self.settings)

    def scoped(self, place: Place) -> Scoped:
        """The window that a place names."""
        return Scoped(self.windows[place.window], place.key)

    def places(self, kind: type[Effect], key: str = "") -> tuple[Scoped, ...]:
        """The windows that a call of this kind meets first; ``key`` is its channel, if any."""
        word = CALL_WORDS[kind]
        return tuple(
            Scoped(window, "" if window.scope == CONNECTION else key)
            for name, window in self.windows.items()
            if self.calls[name] in {"all", word}
        )


@dataclass(slots=True)
class Clock:
    """The database's time, told by this machine's steady clock.

    It is set once, when a connection is taken over, and then only runs: slots are taken and
    freed by the same clock, which no adjustment of the time of day can move.
    """

    at: datetime
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Return the database's time, as near as this process knows it."""
        return self.at + timedelta(seconds=time.monotonic() - self.started)
