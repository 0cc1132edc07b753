"""What an audit or a check of flows says: the rule, whom it concerns, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from leadline.blueprint.graph.flow import FieldRef


class Severity(StrEnum):
    """How much it matters. BLOCKING: something live reaches the wrong people, or not the right
    ones. WARNING: it will hurt. NOTE: worth knowing; a healthy stack may have some."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


class Repair(StrEnum):
    """What can be done with a bad value, judged after trim and case."""

    REPAIRABLE = "repairable"  # without asking anybody
    MUST_ASK = "must ask"
    UNUSABLE = "unusable"
    NOT_A_VALUE = "not a value"  # the finding is not about single values


class FixKind(StrEnum):
    """Whether the fix may be made by a machine."""

    SAFE = "safe"
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is, beside its query or function.

    ``marketer`` says in plain words what goes wrong for people; ``engineer`` why it is so and
    how it is judged; ``mend`` what to do. The docs page docs/reference/rules/<code>.md holds a
    failing and a mended example that the tests run. ``exact`` rules have no judgement in them.
    """

    code: str
    title: str
    severity: Severity
    repair: Repair
    fix: FixKind
    marketer: str
    engineer: str
    mend: str
    exact: bool = True
    topic: str = "data"  # data, consent, flows, joint, domain
    needs: tuple[str, ...] = ()  # views or extras without which it is "not judged"


@dataclass(frozen=True, slots=True)
class Example:
    """One row or step that shows the finding. ``values`` are raw: masked when shown."""

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One safe or proposed change of one value, with the old one, so that it can be undone."""

    system: str
    table: str
    key: str
    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A live flow that a finding breaks: how, and how many people of the data given.

    ``step`` is the step's id, or None when it bites at the way in. ``people`` None = unknown.
    """

    flow: str  # Flow.key
    step: str | None
    how: str
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. Equal code and subject = the same finding.

    ``message`` is one sentence with the numbers in it; ``count`` rows of ``of`` rows judged;
    ``fields`` what it is about (several for twins or clashes), ``flow`` and ``step`` where it is
    about a flow; ``because`` words for a cause that several findings share ("import of 3 March
    2026"), with ``written_by`` from the history where given.
    """

    rule: Rule
    message: str
    system: str
    table: str = ""
    fields: tuple[FieldRef, ...] = ()
    flow: str | None = None
    step: str | None = None
    count: int | None = None
    of: int | None = None
    severity: Severity | None = None  # where it departs from the rule's own
    examples: tuple[Example, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    breaks: tuple[Broken, ...] = ()
    because: str | None = None
    written_by: str | None = None

    @property
    def weight(self) -> Severity:
        """Its severity: its own, or the rule's."""
        return self.severity or self.rule.severity
