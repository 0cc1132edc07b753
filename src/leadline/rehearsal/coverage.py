"""What tests come by, and what they never do: steps, failure branches, unknown branches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadline.journey.outcome import words
from leadline.journey.record import CarriedOn, Failed, GaveUpWaiting, Took
from leadline.project.cases import Case
from leadline.project.problems import Where
from leadline.project.project import Project
from leadline.project.workflow import (
    ChooseStep,
    PostStep,
    SaveStep,
    SendStep,
    Step,
    WaitForStep,
    WaitUntilStep,
    WallTime,
)
from leadline.rehearsal.doubt import can_be_unknown
from leadline.rehearsal.happened import Noted, Played
from leadline.rehearsal.play import play_all


class Part(StrEnum):
    """What of a workflow a test can come by; the word is what people read."""

    STEP = "steps"
    BRANCH = "branches"
    FAILURE = "failure branches"
    UNKNOWN = "unknown branches"


REACHED = "reached"
FAILS = "fails"
GIVES_UP = "gives up"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that tests should come by.

    ``branch`` is ``reached``, ``fails`` (if_it_fails), ``gives up`` (if_not), ``unknown`` (what
    became of an action, or which way a choice goes), ``if 1`` ... or ``else``.
    """

    workflow: str
    step: str
    branch: str
    part: Part
    where: Where
    sentence: str


@dataclass(frozen=True, slots=True)
class Untested:
    """Something that no test comes by, with where it stands and a sentence that says so."""

    workflow: str
    step: str
    branch: str
    where: Where
    sentence: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of each part tests come by (hit, of), and what they do not."""

    counts: Mapping[Part, tuple[int, int]]
    untested: tuple[Untested, ...]


def untested(project: Project, tests: Iterable[Case]) -> tuple[Untested, ...]:
    """Return what of a project's workflows no test comes by, in the order of the files."""
    return coverage(project, play_all(project, tests)).untested


def coverage(project: Project, played: Iterable[Played]) -> Coverage:
    """Measure what tests that were played came by."""
    hit = {each for one in played for each in came_by(one)}
    wanted = targets(project)
    counts = {
        part: (
            sum(_key(t) in hit for t in wanted if t.part is part),
            sum(t.part is part for t in wanted),
        )
        for part in Part
    }
    missing = tuple(
        Untested(t.workflow, t.step, t.branch, t.where, t.sentence)
        for t in wanted
        if _key(t) not in hit
    )
    return Coverage(counts, missing)


def _key(target: Target) -> tuple[str, str, str]:
    return target.workflow, target.step, target.branch


def came_by(played: Played) -> Iterator[tuple[str, str, str]]:
    """Every (workflow, step, branch) that a test came by."""
    for ran in played.runs:
        yield from ((ran.workflow, step, REACHED) for step in ran.state.visits)
    for happening in played.story:
        if not isinstance(happening.what, Noted):
            continue
        workflow = happening.what.workflow
        match happening.what.record:
            case Took(step, branch, _, unknown):
                yield workflow, step, branch
                if unknown:
                    yield workflow, step, UNKNOWN
            case Failed(step=step):
                yield workflow, step, FAILS
            case CarriedOn(step=step):
                yield workflow, step, UNKNOWN
            case GaveUpWaiting(step=step):
                yield workflow, step, GIVES_UP
            case _:
                pass


def targets(project: Project) -> tuple[Target, ...]:
    """Everything that tests of a project should come by, in the order of the files."""
    return tuple(
        target
        for workflow in project.workflows.values()
        for step in _walk(workflow.steps)
        for target in _targets(workflow.name, step)
    )


def _walk(steps: Iterable[Step]) -> Iterator[Step]:
    pending = list(steps)[::-1]
    while pending:
        step = pending.pop()
        yield step
        if isinstance(step, ChooseStep):
            below = [s for branch in step.branches for s in branch.steps]
            below += [*step.otherwise, *(step.unknown or ())]
            pending += below[::-1]


def _targets(workflow: str, step: Step) -> Iterator[Target]:
    def target(branch: str, part: Part, sentence: str, where: Where = step.where) -> Target:
        return Target(workflow, step.name, branch, part, where, sentence)

    said = f'the step "{step.name}" of "{workflow}"'
    yield target(REACHED, Part.STEP, f"no test reaches {said}.")
    match step:
        case SendStep() | SaveStep() | PostStep():
            then = words(step.policy.then)
            yield target(FAILS, Part.FAILURE, f"no test lets {said} fail (then: {then}).")
            yield target(
                UNKNOWN, Part.UNKNOWN, f"in no test it stays unknown what became of {said}."
            )
        case WaitForStep() | WaitUntilStep() if _can_give_up(step):
            then = words(step.if_not)
            yield target(GIVES_UP, Part.FAILURE, f"no test lets {said} give up (if not: {then}).")
        case ChooseStep():
            for number, branch in enumerate(step.branches, start=1):
                taken = f"no test takes the way if {number} of {said}."
                yield target(f"if {number}", Part.BRANCH, taken, branch.where)
            yield target("else", Part.BRANCH, f"no test takes the way else of {said}.")
            if can_be_unknown(branch.condition for branch in step.branches):
                way = "unknown" if step.unknown is not None else "else"
                sentence = f"in no test it is unknown where {said} goes (then: {way})."
                yield target(UNKNOWN, Part.UNKNOWN, sentence)
        case _:
            pass


def _can_give_up(step: WaitForStep | WaitUntilStep) -> bool:
    """A wait for a time on the wall ends without it only by its bound."""
    return not (
        isinstance(step, WaitUntilStep)
        and isinstance(step.until, WallTime)
        and step.at_most is None
    )
