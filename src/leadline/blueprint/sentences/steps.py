"""The steps of a workflow in sentences: what each does, what stands in, what follows a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from leadline.blueprint.sentences.sentence import Part, Sentence
from leadline.blueprint.sentences.values import Speaker
from leadline.blueprint.sentences.writes import write_sentence
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Value
from leadline.project.workflow import (
    CarryOn,
    ChooseStep,
    DeadLetter,
    EnrollStep,
    FailurePolicy,
    GoTo,
    HasSeen,
    PostStep,
    Purpose,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Step,
    StopRun,
    StopStep,
    Then,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)

Which = Callable[[Speaker, Condition | None], str]
"""Says which events count where a step waits for one."""


def step_sentences(
    speaker: Speaker, steps: tuple[Step, ...], depth: int, which: Which
) -> Iterator[Sentence]:
    """Every step of a list, each with what belongs to it one level deeper."""
    if not steps:
        yield Sentence(depth, speaker.words.nothing)
    for step in steps:
        yield Sentence(depth, step_head(speaker, step, which), Part.STEP, step.name)
        if step.was is not None:
            was = speaker.words.was.format(was=speaker.quoted(step.was))
            yield Sentence(depth + 1, was, step=step.name)
        if isinstance(step, ChooseStep):
            yield from _ways(speaker, step, depth + 1, which)
        else:
            for text in details(speaker, step):
                yield Sentence(depth + 1, text, step=step.name)


def step_head(speaker: Speaker, step: Step, which: Which) -> str:
    """The one sentence that says what a step does."""
    words, name = speaker.words, speaker.quoted(step.name)
    match step:
        case SendStep():
            message = speaker.quoted(step.message)
            return words.send.format(step=name, message=message, system=step.connection)
        case SaveStep():
            record = speaker.quoted(step.object)
            return words.save.format(step=name, object=record, system=step.connection)
        case PostStep():
            return words.post.format(
                step=name,
                message=speaker.quoted(step.message),
                channel=speaker.quoted(step.channel),
                system=step.connection,
            )
        case SetStep():
            return words.set.format(step=name)
        case WaitStep():
            return words.wait.format(step=name, span=speaker.span(step.span))
        case WaitUntilStep():
            return _until_head(speaker, step, name)
        case WaitForStep():
            event = speaker.quoted(step.event)
            counted = which(speaker, step.where_)
            return words.wait_for.format(step=name, event=event, which=counted)
        case ChooseStep():
            return words.choose.format(step=name)
        case EnrollStep():
            return words.enroll.format(step=name, workflow=speaker.quoted(step.workflow))
        case StopStep():
            return words.stop.format(step=name, reason=speaker.quoted(step.reason))
        case _:
            assert_never(step)


def _until_head(speaker: Speaker, step: WaitUntilStep, name: str) -> str:
    words = speaker.words
    if isinstance(step.until, HasSeen):
        other = speaker.quoted(step.until.step)
        return words.wait_seen.format(step=name, system=step.until.system, other=other)
    relative = isinstance(step.until, RelativeTime)
    form = words.wait_until_reference if relative else words.wait_until
    return form.format(step=name, time=speaker.time(step.until))


def details(speaker: Speaker, step: Step) -> Iterator[str]:
    """What else is to be said of a step without ways."""
    words = speaker.words
    match step:
        case SendStep():
            transactional = step.purpose is Purpose.TRANSACTIONAL
            yield words.transactional if transactional else words.marketing
            yield from _stand_ins(speaker, step.if_missing)
            if step.not_after is not None:
                relative = isinstance(step.not_after, RelativeTime)
                form = words.not_after_known if relative else words.not_after
                yield form.format(time=speaker.time(step.not_after))
            yield failure(speaker, step.connection, step.policy)
        case SaveStep():
            for name, write in sorted(step.fields.items()):
                yield write_sentence(speaker, name, write, step)
            yield from _stand_ins(speaker, step.if_missing)
            yield failure(speaker, step.connection, step.policy)
        case PostStep():
            if step.bundle is not None:
                yield words.bundle.format(span=speaker.span(step.bundle, "dative"))
            yield from _stand_ins(speaker, step.if_missing)
            yield failure(speaker, step.connection, step.policy)
        case SetStep():
            for name, write in sorted(step.fields.items()):
                yield write_sentence(speaker, name, write, step)
        case WaitUntilStep():
            yield from _not_reached(speaker, step)
        case WaitForStep():
            span = speaker.span(step.at_most, "dative")
            yield words.not_come.format(span=span, then=_then(speaker, step.if_not))
        case WaitStep() | ChooseStep() | EnrollStep() | StopStep():
            pass
        case _:
            assert_never(step)


def _stand_ins(speaker: Speaker, stand_ins: Mapping[Ref, Value]) -> Iterator[str]:
    for ref, value in sorted(stand_ins.items(), key=lambda item: item[0]):
        yield speaker.words.if_missing.format(
            reference=speaker.noun(ref), value=speaker.value(ref, value, "subject")
        )


def _not_reached(speaker: Speaker, step: WaitUntilStep) -> Iterator[str]:
    words, then = speaker.words, _then(speaker, step.if_not)
    span = None if step.at_most is None else speaker.span(step.at_most, "dative")
    if isinstance(step.until, HasSeen):
        form = words.not_seen_ever if span is None else words.not_seen
        yield form.format(system=step.until.system, span=span, then=then)
    elif span is not None:
        yield words.time_unknown_or_late.format(span=span, then=then)
    elif isinstance(step.until, RelativeTime) or not isinstance(step.if_not, CarryOn):
        yield words.time_unknown.format(then=then)


def failure(speaker: Speaker, system: str, policy: FailurePolicy) -> str:
    """What follows when an action fails, and who is told."""
    words = speaker.words
    told = ""
    if policy.tell:
        form = words.told[0] if len(policy.tell) == 1 else words.told[1]
        *first, last = policy.tell
        who = f"{', '.join(first)} {words.spoken.last_and} {last}" if first else last
        told = form.format(who=who)
    return words.failed.format(
        system=system,
        span=speaker.span(policy.retry_for, "dative"),
        then=_then(speaker, policy.then),
        told=told,
    )


def _then(speaker: Speaker, then: Then) -> str:
    words = speaker.words
    match then:
        case CarryOn():
            return words.carry_on
        case StopRun():
            return words.stop_run
        case DeadLetter():
            return words.dead_letter
        case GoTo(step):
            return words.go_to.format(step=speaker.quoted(step))
        case _:
            assert_never(then)


def _ways(speaker: Speaker, step: ChooseStep, depth: int, which: Which) -> Iterator[Sentence]:
    words = speaker.words
    ways = [
        (words.branch.format(condition=speaker.condition(each.condition)), each.steps)
        for each in step.branches
    ]
    if step.unknown is None:
        ways.append((words.otherwise_or_unknown, step.otherwise))
    else:
        ways += [(words.unknown, step.unknown), (words.otherwise, step.otherwise)]
    for text, steps in ways:
        yield Sentence(depth, text, Part.BRANCH, step.name)
        yield from step_sentences(speaker, steps, depth + 1, which)
