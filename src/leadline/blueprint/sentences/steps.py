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
    WallTime,
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
    """The one sentence that says what a step does, with the name of the step."""
    what = step_what(speaker, step, which)
    return speaker.words.step.format(step=speaker.quoted(step.name), what=what)


def step_what(speaker: Speaker, step: Step, which: Which) -> str:
    """What a step does, without its name."""
    words = speaker.words
    match step:
        case SendStep():
            return words.send.format(message=speaker.quoted(step.message), system=step.connection)
        case SaveStep():
            return words.save.format(object=speaker.quoted(step.object), system=step.connection)
        case PostStep():
            message, channel = speaker.quoted(step.message), speaker.quoted(step.channel)
            return words.post.format(message=message, channel=channel, system=step.connection)
        case SetStep():
            return words.set
        case WaitStep():
            return words.wait.format(span=speaker.span(step.span))
        case WaitUntilStep():
            return _until(speaker, step.until)
        case WaitForStep():
            counted = which(speaker, step.where_)
            return words.wait_for.format(event=speaker.quoted(step.event), which=counted)
        case ChooseStep():
            return words.choose
        case EnrollStep():
            return words.enroll.format(workflow=speaker.quoted(step.workflow))
        case StopStep():
            return words.stop.format(reason=speaker.quoted(step.reason))
        case _:
            assert_never(step)


def _until(speaker: Speaker, until: RelativeTime | WallTime | HasSeen) -> str:
    words = speaker.words
    if isinstance(until, HasSeen):
        return words.wait_seen.format(system=until.system, other=speaker.quoted(until.step))
    relative = isinstance(until, RelativeTime)
    form = words.wait_until_reference if relative else words.wait_until
    return form.format(time=speaker.time(until))


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


def ways(speaker: Speaker, step: ChooseStep) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """The ways of a choice in the order in which they are asked, each with what it is taken for."""
    words = speaker.words
    branches = tuple(
        (words.branch.format(condition=speaker.condition(each.condition)), each.steps)
        for each in step.branches
    )
    if step.unknown is None:
        return (*branches, (words.otherwise_or_unknown, step.otherwise))
    return (*branches, (words.unknown, step.unknown), (words.otherwise, step.otherwise))


def _ways(speaker: Speaker, step: ChooseStep, depth: int, which: Which) -> Iterator[Sentence]:
    for text, steps in ways(speaker, step):
        yield Sentence(depth, text, Part.BRANCH, step.name)
        yield from step_sentences(speaker, steps, depth + 1, which)
