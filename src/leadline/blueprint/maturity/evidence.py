"""One piece of evidence: what was measured, how much is wanted and why, and how to get it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

NOT_MEASURED = "not measured"


class Holds(StrEnum):
    """Whether evidence is there; what was not measured is unknown, and counts as not shown."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Effort(IntEnum):
    """What a step takes, the smallest first."""

    COMMAND = 1
    FILE = 2
    RUN = 3
    DATA = 4

    @property
    def words(self) -> str:
        """What it takes, in words."""
        return ("one command", "a change in the files", "some days of running", "work on the data")[
            self.value - 1
        ]


@dataclass(frozen=True, slots=True)
class NextStep:
    """The smallest thing that brings the evidence nearer; ``command`` can be run as it stands."""

    say: str
    effort: Effort
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that Leadline measured itself.

    ``measured`` is the figure with its unit, ``wanted`` the threshold, ``because`` its reason.
    ``step`` is None where the evidence holds.
    """

    code: str
    what: str
    measured: str
    wanted: str
    because: str
    holds: Holds
    step: NextStep | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a figure: the constant part of a piece of evidence."""

    code: str
    what: str
    wanted: str
    because: str

    def shown(self, measured: str, step: NextStep | None, *, holds: bool) -> Evidence:
        """The evidence with its figure; ``step`` says what to do where it does not hold."""
        return self._made(measured, Holds.YES if holds else Holds.NO, None if holds else step)

    def unknown(self, step: NextStep, why: str = NOT_MEASURED) -> Evidence:
        """The evidence where nothing was measured, with the reason."""
        return self._made(why, Holds.UNKNOWN, step)

    def _made(self, measured: str, holds: Holds, step: NextStep | None) -> Evidence:
        return Evidence(self.code, self.what, measured, self.wanted, self.because, holds, step)


def percent(part: float, whole: float = 1.0) -> str:
    """A share as people read it: rounded towards what was not reached.

    >>> percent(899, 1000), percent(0.5), percent(1, 3), percent(9999, 10000)
    ('89.9 %', '50 %', '33.3 %', '99.9 %')
    """
    if not whole:
        return "0 %"
    tenths = int(part * 1000 / whole + 1e-9)
    return f"{tenths / 10:g} %"


def many(number: int, one: str, several: str | None = None) -> str:
    """A number with its noun.

    >>> many(1, "event"), many(1200, "event"), many(2, "person", "people")
    ('1 event', '1,200 events', '2 people')
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
