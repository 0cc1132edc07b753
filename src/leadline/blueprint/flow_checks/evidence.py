"""The form of a finding about a flow, and the words that messages share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from leadline.blueprint.finding import Broken, Example, Finding, FixKind, Repair, Rule, Severity
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import FieldRef, Flow, Step

_LONGEST = 48
_MOST = 199
"""Characters of a message: what a terminal shows in two or three lines."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\s]+")


def rule(
    code: str,
    title: str,
    severity: Severity,
    *,
    marketer: str,
    engineer: str,
    mend: str,
    exact: bool = True,
) -> Rule:
    """A rule about flows: nothing in it is a bad value, and a person decides about the fix."""
    return Rule(
        code=code, title=title, severity=severity, repair=Repair.NOT_A_VALUE, fix=FixKind.REVIEW,
        marketer=marketer, engineer=engineer, mend=mend, exact=exact, topic="flows",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a finding says beside its message; ``how``: what happens to people in the flow."""

    how: str
    severity: Severity | None = None
    count: int | None = None
    of: int | None = None
    fields: tuple[FieldRef, ...] = ()
    examples: tuple[Example, ...] = ()
    told: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    others: tuple[tuple[Flow, str | None], ...] = ()  # further flows that it breaks


def at(
    about: Rule, flow: Flow, step: Step | None, message: str, more: Weighed, facts: Facts
) -> Finding:
    """A finding at one step of a flow (None: at the way in)."""
    place = step.id if step is not None else None
    broken = [(flow, place), *more.others]
    return Finding(
        rule=about,
        message=_fitted(message),
        system=flow.system,
        fields=more.fields,
        flow=flow.key,
        step=place,
        count=more.count,
        of=more.of,
        severity=more.severity,
        examples=more.examples,
        facts=more.told,
        breaks=tuple(Broken(one.key, spot, more.how, facts.enter(one)) for one, spot in broken),
    )


def _fitted(message: str) -> str:
    """A message within its limit, whatever names the files hold."""
    return message if len(message) <= _MOST else f"{message[: _MOST - 2].rstrip()}…."


def short(text: str, longest: int = _LONGEST) -> str:
    """A name on one line, cut where it is too long for a message."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def named(flow: Flow, longest: int = _LONGEST) -> str:
    """A flow as messages call it: its name in quotes."""
    return f'"{short(flow.name or flow.id, longest)}"'


def counted(number: int, word: str, plural: str = "") -> str:
    """A number with its noun: ``1 step``, ``1,200 people``."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a row; what is too much is counted: ``a, b and 4 more``."""
    shown = list(names[:most])
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def duration(seconds: float) -> str:
    """A length of time in words: ``45 seconds``, ``8 minutes``, ``2.5 hours``, ``3 days``."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            amount = round(seconds / size, 1)
            return f"{amount:,g} {unit}{'' if amount == 1 else 's'}"
    return counted(round(seconds), "second")


def steps_named(steps: Iterable[Step]) -> Mapping[str, str]:
    """The ids of several steps, one a line, so that each can be marked."""
    return MappingProxyType({"steps": "\n".join(step.id for step in steps)})
