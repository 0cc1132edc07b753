"""A promise that waits, bundles or limits make impossible to keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from leadline.blueprint.capacity import Load, loads, rate_words, span_words
from leadline.blueprint.check import Check, Subject
from leadline.blueprint.reach import soonest, way_to
from leadline.journey.program import FlatStep
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import project_triggers
from leadline.project.workflow import PostStep, Promise, SaveStep, SendStep, Workflow


def _find(subject: Subject) -> Iterator[Problem]:
    behind = project_triggers(subject.project)
    for workflow in subject.project.workflows.values():
        if workflow.promise is not None:
            yield from _judge(workflow, workflow.promise, behind[workflow.name], subject)


def _judge(
    workflow: Workflow, promise: Promise, events: tuple[str, ...], subject: Subject
) -> Iterator[Problem]:
    program = subject.programs[workflow.name]
    after, before = soonest(program)
    within = span_words(promise.within)
    waited = after.get(promise.step)
    if waited is None:
        return
    if waited >= promise.within:
        yield Problem(
            CHECK.code,
            f"the step {quoted(promise.step)} is promised within {within}, but the waits before "
            f"it take {span_words(waited)}.",
            workflow.where,
            "Promise more than the waits take, or wait after the step.",
        )
        return
    on_the_way = [program.steps[name] for name in way_to(promise.step, before)]
    steps = [
        flat.step
        for flat in on_the_way
        if isinstance(flat, FlatStep) and isinstance(flat.step, SendStep | SaveStep | PostStep)
    ]
    bursts = sorted(_bursts(events, subject), key=lambda burst: -burst[0])
    for people, span, event in bursts:
        reached = ceil(people * promise.share)
        for load in (
            each for s in steps for each in loads(s, subject.project, subject.environment)
        ):
            least, _ = load.least(reached)
            if waited + least > span + promise.within:
                yield _too_slow(workflow, promise, load, (people, span, event))
                return


def _bursts(events: tuple[str, ...], subject: Subject) -> Iterator[tuple[int, timedelta, str]]:
    """How many come at most, in how long, by which event: as expected, or as counted."""
    known = subject.project.known
    for name in events:
        expected = subject.project.events[name].expect
        if expected is not None:
            yield expected.count, expected.within, name
        elif known is not None and name in known.events:
            volume = known.events[name]
            yield volume.burst, volume.within, name


def _too_slow(
    workflow: Workflow, promise: Promise, load: Load, burst: tuple[int, timedelta, str]
) -> Problem:
    people, span, event = burst
    least, window = load.least(ceil(people * promise.share))
    assert window is not None
    return Problem(
        CHECK.code,
        f"{people:,} in {span_words(span)} need {span_words(least)} at {quoted(load.system.name)}, "
        f"but {quoted(promise.step)} is promised within {span_words(promise.within)}.",
        workflow.where,
        "Promise more time or a smaller share, or raise the limit of the system.",
        evidence=f"{quoted(load.system.name)} takes {rate_words(window)}; {quoted(event)} comes "
        f"{people:,} times in {span_words(span)}; {promise.share:.0%} of them are promised.",
    )


CHECK = Check(
    code="promise-beyond-limits",
    title="A promise that cannot be kept",
    severity=Severity.ERROR,
    marketer="People are promised something within a time that the systems cannot keep when many "
    "come at once: the last of them get it late, however well everything runs.",
    engineer="The stated waits before the promised step, or the least time that the windows of a "
    "connection on the way need for the share of the burst (expect: in events.yaml, or counted in "
    "facts.yaml), are longer than the promise. The least time is ⌊(n−1)/N⌋·W for n calls and N "
    "in W; answers are taken to need no time, so what is refused here cannot be kept at all.",
    mend="Promise a longer time or a smaller share, take waits out of the way, or raise the limit: "
    "a higher tier, or the provider's own figure under limits:.",
    find=_find,
    silenceable=True,
)
