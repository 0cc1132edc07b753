"""A deadline of a mail that is over before its step is reached, or before its last try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline.blueprint.capacity import span_words
from leadline.blueprint.check import Check, Subject
from leadline.expression.tree import Ref
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.workflow import (
    ChooseStep,
    HasSeen,
    RelativeTime,
    SendStep,
    Step,
    StopStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)

_LONG = timedelta(days=30)
Offsets = Mapping[Ref, timedelta]
"""How long after a time we are at the least, on every way to here."""


@dataclass(slots=True)
class _Walk:
    """One workflow walked from its first step; ``jumps`` are steps that others go to."""

    today: datetime
    found: list[Problem] = field(default_factory=list[Problem])

    def through(self, steps: tuple[Step, ...], offsets: Offsets) -> Offsets | None:
        """Where we are after ``steps``; None where every way ends in them."""
        for step in steps:
            match step:
                case WaitStep():
                    offsets = {ref: at + step.span for ref, at in offsets.items()}
                case WaitUntilStep():
                    offsets = _after(step, offsets)
                case SendStep():
                    self._judge(step, offsets)
                case StopStep():
                    return None
                case ChooseStep():
                    lists = [*(b.steps for b in step.branches), step.otherwise]
                    lists += [step.unknown] if step.unknown is not None else []
                    ends = [e for part in lists if (e := self.through(part, offsets)) is not None]
                    if not ends:
                        return None
                    common = frozenset(ends[0]).intersection(*ends[1:])
                    offsets = {ref: min(end[ref] for end in ends) for ref in common}
                case _:
                    pass
        return offsets

    def _judge(self, step: SendStep, offsets: Offsets) -> None:
        match step.not_after:
            case WallTime(local=local, zone=zone):
                if local.replace(tzinfo=ZoneInfo(zone)) <= self.today:
                    self._tell(step, f"its not_after, {local:%Y-%m-%d %H:%M}, is past")
            case RelativeTime(ref=ref, offset=deadline) if ref in offsets:
                left = deadline - offsets[ref]
                if left <= timedelta(0):
                    self._tell(step, f"it is reached {_since(offsets[ref], ref)} at the earliest")
                elif step.policy.retry_for > left:
                    self._cut(step, left)
            case RelativeTime(ref=ref, offset=deadline) if deadline <= -_LONG:
                self._long_before(step, ref, deadline)
            case _:
                pass

    def _tell(self, step: SendStep, why: str) -> None:
        self.found.append(
            Problem(
                CHECK.code,
                f"the mail of {quoted(step.name)} is never sent: {why}.",
                step.where,
                "Move not_after behind the moment at which the step is reached.",
            )
        )

    def _cut(self, step: SendStep, left: timedelta) -> None:
        self.found.append(
            Problem(
                CHECK.code,
                f"{quoted(step.name)} is tried for {span_words(step.policy.retry_for)}, but "
                f"not_after leaves {span_words(left)} at most.",
                step.where,
                "Retry for a shorter time, or let not_after be later.",
                Severity.NOTE,
            )
        )

    def _long_before(self, step: SendStep, ref: Ref, deadline: timedelta) -> None:
        self.found.append(
            Problem(
                CHECK.code,
                f"who comes less than {span_words(-deadline)} before {ref} never gets the mail of "
                f"{quoted(step.name)}.",
                step.where,
                "Move not_after nearer to the time it is about, if they should get it.",
                Severity.NOTE,
            )
        )


def _after(step: WaitUntilStep, offsets: Offsets) -> Offsets:
    """Where we are after a wait: not before its time, unless a bound may end it earlier."""
    match step.until:
        case RelativeTime(ref=ref, offset=offset) if step.at_most is None and ref.scope == "event":
            return {**offsets, ref: max(offset, offsets.get(ref, offset))}
        case RelativeTime() | WallTime() | HasSeen():
            return offsets


def _since(offset: timedelta, ref: Ref) -> str:
    if offset == timedelta(0):
        return f"at {ref}"
    words = span_words(abs(offset))
    return f"{words} {'after' if offset > timedelta(0) else 'before'} {ref}"


def _find(subject: Subject) -> Iterator[Problem]:
    noon = datetime(subject.today.year, subject.today.month, subject.today.day, tzinfo=UTC)
    for workflow in subject.project.workflows.values():
        walk = _Walk(noon)
        walk.through(workflow.steps, {})
        yield from walk.found


CHECK = Check(
    code="deadline-too-early",
    title="A deadline that is over too early",
    severity=Severity.ERROR,
    marketer="Nobody ever gets this mail: by the time its turn comes, the moment after which it "
    "is not to be sent has passed.",
    engineer="The waits before the step end after its not_after (both counted from the same time "
    "of the event), or not_after is a date in the past. Only a note where retry_for is longer than "
    "what not_after leaves (the last tries are cut off), and where not_after lies 30 days or more "
    "before a time that no step before has waited for.",
    mend="Move not_after behind the moment at which the step is reached, or wait less.",
    find=_find,
)
