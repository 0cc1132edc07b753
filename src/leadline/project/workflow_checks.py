"""What can be said only when all steps of a workflow, or all workflows, are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadline.project.nodes import MapNode, Node, TextNode, walk
from leadline.project.problems import Report, Where, did_you_mean, quoted
from leadline.project.step_parts import Reading
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    ChooseStep,
    HasSeen,
    SaveStep,
    Step,
    StopStep,
    WaitUntilStep,
)


def check_steps(steps: tuple[Step, ...], reading: Reading) -> None:
    """Check jumps, renames, what a system should have seen, and steps that nothing reaches."""
    _check_jumps(reading)
    _check_renames(reading)
    _check_seen(steps, reading)
    _check_reached(steps, {target for target, _ in reading.targets}, reading.report)


def _check_jumps(reading: Reading) -> None:
    for target, where in reading.targets:
        if target not in reading.places:
            _unknown_step(target, where, reading)


def _unknown_step(name: str, where: Where, reading: Reading) -> None:
    reading.report.error(
        "unknown-step",
        where,
        f"unknown step {quoted(name)}.",
        did_you_mean(name, reading.places, "It must be a step of the same workflow."),
    )


def _check_renames(reading: Reading) -> None:
    seen: set[str] = set()
    for was in reading.renamed:
        if was.value in reading.places or was.value in seen:
            reading.report.error(
                "was-still-there",
                was.where,
                f"{quoted(was.value)} is the name of another step, or was taken over twice.",
                "Under was: stands the name that this step alone had before.",
            )
        seen.add(was.value)


def _check_seen(steps: tuple[Step, ...], reading: Reading) -> None:
    written: dict[str, str] = {}
    every = {s.name: s for s in all_steps(steps)}
    for step in all_steps(steps):
        if isinstance(step, SaveStep):
            written[step.name] = step.connection
        if not isinstance(step, WaitUntilStep) or not isinstance(step.until, HasSeen):
            continue
        until = step.until
        if until.system not in reading.declared.systems:
            reading.report.error(
                "unknown-system",
                step.where,
                f"unknown system {quoted(until.system)}.",
                did_you_mean(
                    until.system, reading.declared.systems, "Systems are the files in systems/."
                ),
            )
        elif until.step not in reading.places:
            _unknown_step(until.step, step.where, reading)
        elif until.step in every and not _saves_to(every[until.step], until.system):
            reading.report.error(
                "nothing-to-see",
                step.where,
                f"the step {quoted(until.step)} does not save to {quoted(until.system)}.",
                f"Name a step with save_to: {until.system}.",
            )
        elif until.step in every and until.step not in written:
            reading.report.warning(
                "not-yet-written",
                step.where,
                f"the step {quoted(until.step)} stands after this wait.",
                "Put the wait below the step whose write it waits for.",
            )


def _saves_to(step: Step, system: str) -> bool:
    return isinstance(step, SaveStep) and step.connection == system


def _check_reached(steps: tuple[Step, ...], targets: set[str], report: Report) -> bool:
    """Warn of steps after the end of every path; returns whether the list can run through."""
    runs = True
    told = False
    for step in steps:
        if step.name in targets:
            runs, told = True, False
        if not runs and not told:
            told = True
            report.warning(
                "unreachable-step",
                step.where,
                f"the step {quoted(step.name)} is never reached: every path before it ends.",
                "Remove it, or move it before the end.",
            )
        match step:
            case StopStep():
                runs = False
            case ChooseStep():
                lists = [*(b.steps for b in step.branches), step.otherwise]
                lists += [step.unknown] if step.unknown is not None else []
                ends = [_check_reached(part, targets, report) for part in lists]
                runs = runs and any(ends)
            case _:
                pass
    return runs


def enrolls(node: Node) -> tuple[TextNode, ...]:
    """The workflows that a workflow's file enrolls in, whatever else is wrong in it."""
    found = (n.get("enroll_in") for n in walk(node) if isinstance(n, MapNode))
    return tuple(n for n in found if isinstance(n, TextNode))


def check_circles(edges: Mapping[str, tuple[TextNode, ...]], report: Report) -> None:
    """Refuse workflows that enroll in one another in a circle: nobody would ever get out.

    Each is followed down to its end before the next, without recursion: a chain may be long.
    """
    done: set[str] = set()
    for start in edges:
        path: dict[str, Iterator[TextNode]] = {}
        if start not in done:
            path[start] = iter(edges[start])
        while path:
            name = next(reversed(path))
            target = next(path[name], None)
            if target is None:
                del path[name]
                done.add(name)
            elif target.value in path:
                _refuse_circle(target, list(path), report)
            elif target.value not in done:
                path[target.value] = iter(edges.get(target.value, ()))


def _refuse_circle(target: TextNode, path: list[str], report: Report) -> None:
    circle = [*path[path.index(target.value) :], target.value]
    shown = " → ".join(quoted(n) for n in circle[:4]) + (" → …" if len(circle) > 4 else "")
    report.error(
        "enroll-circle",
        target.where,
        f"these workflows enroll in a circle: {shown}.",
        "Remove one of these enroll_in steps; wait_for in one workflow can do the same.",
    )
