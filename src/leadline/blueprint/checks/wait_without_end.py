"""A wait for a time that may be unknown, past or very far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import HasSeen, RelativeTime, WaitUntilStep, WallTime

_FAR = timedelta(days=400)  # a little more than a year: every yearly event is nearer


def _find(subject: Subject) -> Iterator[Problem]:
    today = datetime(subject.today.year, subject.today.month, subject.today.day, tzinfo=UTC)
    for workflow in subject.project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, WaitUntilStep):
                trouble = _trouble(step, today)
                if trouble is not None:
                    yield Problem(CHECK.code, trouble[0], step.where, trouble[1], CHECK.severity)


def _trouble(step: WaitUntilStep, today: datetime) -> tuple[str, str] | None:
    match step.until:
        case HasSeen():
            return None  # reading the file has asked for its bounds already
        case RelativeTime(ref=ref) if ref.scope == "contact" and step.at_most is None:
            return (
                f"{quoted(step.name)} waits for {quoted(str(ref))}, which may be unknown or years "
                "ahead, and nothing bounds the wait.",
                "Add how long it lasts at most and what follows: at_most: 60 days, if_not: stop.",
            )
        case WallTime(local=local, zone=zone):
            at = local.replace(tzinfo=ZoneInfo(zone))
            if at <= today:
                return (
                    f"{quoted(step.name)} waits until {local:%Y-%m-%d %H:%M}, which is past, so "
                    "nobody waits.",
                    "Write a day that is still to come, or remove the step.",
                )
            if at - today > _FAR and step.at_most is None:
                return (
                    f"{quoted(step.name)} waits until {local:%Y-%m-%d %H:%M}, more than a year "
                    "from now.",
                    "Look at the year, or say with at_most that it is meant.",
                )
            return None
        case _:
            return None


CHECK = Check(
    code="wait-without-end",
    title="A wait that may last for ever, or not at all",
    severity=Severity.WARNING,
    marketer="People sit in this step for years, or rush through it without waiting, because the "
    "time it waits for is not known, long past or far away.",
    engineer="wait_until a contact's field without at_most (an unknown time takes if_not at once, "
    "which carries on when left out; a far one sleeps), a written date that is past, or one more "
    "than 400 days ahead without at_most.",
    mend="Add at_most: and if_not:, or correct the date.",
    find=_find,
)
