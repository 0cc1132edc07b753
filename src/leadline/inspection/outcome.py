"""What an inspection comes to: findings joined with flows, a verdict each, and what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from leadline.blueprint.finding import Finding, Severity
from leadline.inspection.costs import Costs, Money
from leadline.inspection.reading import Reading


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for.

    ``shapes`` maps a file to the shape that it is said to have (``--as hubspot-contacts FILE``);
    ``dns`` allows rules to ask the network.
    """

    shapes: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))
    dns: bool = False


class Standing(StrEnum):
    """Whether the data can carry a flow."""

    STANDS = "stands"
    SHAKY = "shaky"
    FALLS = "cannot be carried"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a flow does not stand: the finding (its index), where it bites, for how many people."""

    finding: int
    weight: Severity
    step: str | None
    how: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one live flow; ``reasons`` the gravest first."""

    flow: str  # Flow.key
    name: str
    system: str
    standing: Standing
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings (by index) with one cause: the same import, the same writer, the same field."""

    title: str
    findings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Something that could not be judged, why, and what would let it be."""

    what: str
    why: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of an inspection; ``people`` are rows of contacts, leads and registrations."""

    files: int
    unread: int
    tables: int
    rows: int
    people: int
    flows: int
    live_flows: int
    steps: int
    opaque_steps: int
    findings: Mapping[Severity, int]
    standing: Mapping[Standing, int]


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that an inspection says. Findings are referred to by their index.

    ``worst`` are the five to mend first; ``money`` holds a range for findings that the team's
    own ``costs.yaml`` has a price for, and nothing else.
    """

    reading: Reading
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    worst: tuple[int, ...]
    causes: tuple[Cause, ...]
    unjudged: tuple[Unjudged, ...]
    figures: Figures
    costs: Costs | None = None
    money: Mapping[int, Money] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def headline(self) -> str:
        """The first sentence: how many live flows the data cannot carry."""
        live = len(self.verdicts)
        falls = self.figures.standing[Standing.FALLS]
        shaky = self.figures.standing[Standing.SHAKY]
        if not live:
            return _without_flows(len(self.findings))
        of = f"{falls} of {live} live flow{'' if live == 1 else 's'}"
        if falls:
            return f"{of} {'stands' if falls == 1 else 'stand'} on data that cannot carry them."
        if shaky:
            verb = "is" if shaky == 1 else "are"
            return f"No live flow falls, but {shaky} of {live} {verb} shaky."
        return f"All {live} live flows stand." if live > 1 else "The one live flow stands."


def _without_flows(findings: int) -> str:
    plural = "finding" if findings == 1 else "findings"
    return f"No live flow was given; the data alone has {findings} {plural}."
