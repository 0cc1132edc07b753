"""Figures of an inspection that are too old to rest on."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.known import FACTS
from leadline.project.problems import Problem, Severity, Where

DAYS = 90  # a quarter: by then campaigns, forms and imports have changed what the fields hold


def _find(subject: Subject) -> Iterator[Problem]:
    known = subject.project.known
    if known is None:
        return
    days = (subject.today - known.as_of).days
    if days > DAYS:
        message = f"the figures of {known.as_of} are {days} days old; more than {DAYS} is too old."
    elif days < 0:
        message = f"the figures are of {known.as_of}, which has not come yet."
    else:
        return
    fix = "Inspect new exports: leadline inspect EXPORTS --facts PROJECT."
    yield Problem(CHECK.code, message, Where(FACTS), fix, CHECK.severity)


CHECK = Check(
    code="stale-facts",
    title="Figures that are too old",
    severity=Severity.NOTE,
    marketer="What Leadline says about your data rests on a count of long ago. People, forms and "
    "imports have changed it since.",
    engineer=f"as_of of facts.yaml is more than {DAYS} days before today, or after it.",
    mend="Export again, and let leadline inspect write the facts anew.",
    find=_find,
)
