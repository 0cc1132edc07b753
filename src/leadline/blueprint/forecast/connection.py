"""One connection as a forecast knows it: its windows, what one call carries, how it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from leadline.ledger.budget import Window
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles
from leadline.ledger.vendor_limits import PublishedWindow, Source, Trust

LOOK = "look"
CALL_WORDS: Mapping[str, str] = MappingProxyType(
    {"mail": "mail", "save": "batch", LOOK: "batch", "post": "post"}
)
"""How ``ledger.vendor_limits`` names the calls of each kind of action."""


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How long an answer takes: log-normal, by its median and the spread of its logarithm."""

    median_s: float
    sigma: float
    source: Source


@dataclass(frozen=True, slots=True)
class Failing:
    """Shares from 0 to 1: of calls that surely did nothing (``unavailable``), of calls whose
    answer is lost after the effect (``lost``), of actions that are refused for good."""

    unavailable: float = 0.0
    lost: float = 0.0
    refused: float = 0.0

    @property
    def never(self) -> bool:
        """Whether nothing fails."""
        return not (self.unavailable or self.lost or self.refused)


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection.

    ``groups`` says how many actions of a kind ("mail", "save", "post", "look") one claim carries,
    ``requests`` how many calls a claim of that kind makes one after the other, ``longest_text``
    how many characters of posts go into one call (None: no bound). ``lag_s`` is how long a write
    takes there until a read shows it; ``after_lag`` says whether anybody stated it.
    """

    name: str
    kind: str
    tier: str
    windows: tuple[PublishedWindow, ...]
    groups: Mapping[str, int]
    requests: Mapping[str, int]
    timing: CallTiming
    settles: Settles
    answer: AnswerTime
    failing: Failing = field(default_factory=Failing)
    longest_text: int | None = None
    lag_s: float = 0.0

    def met_by(self, kind: str) -> tuple[Window, ...]:
        """The windows that a call of this kind of action meets."""
        return tuple(p.window for p in self.windows if p.calls in {"all", CALL_WORDS[kind]})


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon Leadline itself looks: at people, at work; and how long before a slot is free a
    call is claimed (seconds)."""

    people_s: float
    work_s: float
    ahead_s: float


_STATED = Source("said by whoever asked for the forecast", Trust.ASSUMED)
_ASSUMED = Source(
    "an assumption: nine of ten answers take 50 to 400 ms, as in the benchmarks of the budget",
    Trust.ASSUMED,
)
USUAL = AnswerTime(0.141, 0.632, _ASSUMED)
"""No vendor publishes its answer times. Median √(50 · 400) ms, spread ln(400/141)/1.645."""


def stated(median_s: float) -> AnswerTime:
    """Return the answer time that somebody states by its median alone; mildly skewed."""
    return AnswerTime(median_s, 0.25, _STATED)
