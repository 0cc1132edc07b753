"""A mail about something that begins or ends, which may go out when that is over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.expression.types import Kind
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps, project_triggers
from leadline.project.workflow import RelativeTime, SendStep, Step, WaitUntilStep

# Words of a property that names when something is, not when something was recorded.
_BEGINS = re.compile(r"(?:^|_)(?:starts?|begins?|opens?|doors|ends?|expires?|expiry|due|deadline)")


def _find(subject: Subject) -> Iterator[Problem]:
    behind = project_triggers(subject.project)
    for name, workflow in subject.project.workflows.items():
        steps = list(all_steps(workflow.steps))
        time = _time(behind[name], steps, subject)
        for step in steps if time is not None else ():
            if isinstance(step, SendStep) and step.not_after is None:
                yield Problem(
                    CHECK.code,
                    f"the mail of {quoted(step.name)} has no not_after, so it may come after "
                    f"{quoted(f'event.{time}')}.",
                    step.where,
                    f"Add not_after: event.{time}, or a time after which nobody wants it.",
                    CHECK.severity,
                )


def _time(events: tuple[str, ...], steps: list[Step], subject: Subject) -> str | None:
    """The property of the event that says when it is about, if there is one."""
    waited = {
        s.until.ref.name
        for s in steps
        if isinstance(s, WaitUntilStep)
        and isinstance(s.until, RelativeTime)
        and s.until.ref.scope == "event"
    }
    for event in events:
        for name, kind in subject.project.events[event].properties.items():
            if kind.kind is Kind.TIME and (name in waited or _BEGINS.search(name)):
                return name
    return None


CHECK = Check(
    code="late-message",
    title="A mail that may come too late",
    severity=Severity.WARNING,
    marketer="When the mail system is slow or down, people get a link to something that has begun "
    "or is over.",
    engineer="A send without not_after in a workflow whose event has a time that says when it is "
    "about: a property such as starts_at or expires, or one that a step of the workflow waits for.",
    mend="Add not_after: with the time after which nobody wants the mail; it is then recorded as "
    "expired instead of sent.",
    find=_find,
)
