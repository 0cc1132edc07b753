"""``leadline maturity``: how far a team has come, by evidence, and the smallest next step."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from leadline.blueprint.maturity.evidence import Evidence, NextStep
from leadline.blueprint.maturity.ladder import Ladder, Rung, climb
from leadline.blueprint.maturity.level import Level
from leadline.blueprint.maturity.measured import Coverage, Lived, Measured
from leadline.blueprint.maturity.needs import needs
from leadline.blueprint.maturity.told import (
    QUESTIONS,
    Answer,
    Picture,
    Question,
    picture,
    read_answers,
)
from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption, in_environment
from leadline.cli.output import json_line
from leadline.environment import Opened, environment_name, has_database, project_directory
from leadline.errors import EnvironmentMismatch, UsageError
from leadline.explain.maturity import read_lived
from leadline.project.project import Project
from leadline.rehearsal.coverage import FAILS, GIVES_UP, Part, coverage
from leadline.rehearsal.play import play_all
from leadline.release.deploy import Checked, check_project, readable

TOLD = "This is what you told, not what was measured: it is no evidence, and unlocks nothing."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("maturity", short_help="How far you have come, by evidence; what comes next.")(
        maturity
    )


def maturity(
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ten questions for a first picture; needs no project.")
    ] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="A file with the answers, for scripts.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say which of five levels is reached, by evidence that is measured, and what comes next.

    The project's files and facts.yaml are looked at, and the database of the environment where
    there is one. What was not measured is unknown, and counts as not shown.
    """
    if ask or answers is not None:
        _told(picture(_answers(answers)), json=json)
        return
    checked = check_project(project_directory(project))
    tested = None if checked.project is None else tests_of(checked.project)
    measured = measure(checked, project, env, tested)
    name = environment_name(env)
    ladder = climb(measured)
    if json:
        for line in _objects(name, measured, ladder):
            json_line(line)
        return
    typer.echo("\n".join(_lines(name, measured, ladder)))


def measure(
    checked: Checked, project: Path | None, env: str | None, tested: Coverage | None = None
) -> Measured:
    """Gather everything that the ladder is judged by.

    Raises ProjectInvalid where the files cannot be understood, and UsageError for an
    environment that the project does not have.
    """
    found = readable(checked)
    name = environment_name(env)
    if name not in found.environments:
        known = ", ".join(sorted(found.environments))
        raise UsageError(
            f'The project has no environment "{name}".',
            where="leadline.yaml",
            fix=f"Use one of: {known}.",
        )
    today = datetime.now(UTC).date()
    lived = _lived(found, project, name)
    return Measured(found, today, checked.problems, lived, tested)


def tests_of(project: Project) -> Coverage | None:
    """What the project's tests go through; None where there are none."""
    if not project.cases:
        return None
    found = coverage(project, play_all(project, project.cases))
    covered, of = found.counts[Part.FAILURE]
    failing = {FAILS, GIVES_UP}
    missing = [f"{u.workflow}: {u.step} {u.branch}" for u in found.untested if u.branch in failing]
    return Coverage(covered, of, tuple(missing))


def _lived(found: Project, project: Path | None, name: str) -> Lived | None:
    """What the environment has shown; None where its database is not on this machine."""
    if not has_database(project_directory(project)):
        return None

    async def work(opened: Opened) -> Lived:
        async with opened.store.connection() as conn:
            return await read_lived(conn, found, opened.name)

    try:
        return in_environment(project, name, work)
    except EnvironmentMismatch:
        return None


# ---------------------------------------------------------------- how it is shown


def _lines(name: str, measured: Measured, ladder: Ladder) -> Iterator[str]:
    reached = ladder.reached
    yield f"{measured.project.name} in {name}: {_reached(reached)}. {reached.meaning}"
    if measured.lived is None:
        yield f"No database of {name} is here, so that nothing of what ran there is known."
    if ladder.next is not None:
        yield from _steps(ladder.next)
    for rung in ladder.rungs:
        yield ""
        yield from _rung(rung, reached)
    yield "\nWhat each workflow needs"
    yield from _workflows(measured, reached)


def _reached(level: Level) -> str:
    return f"{level} is reached" if level else "no level is reached yet"


def _steps(rung: Rung) -> Iterator[str]:
    """What to do for the next level, each step once, the smallest first."""
    shows: dict[NextStep, list[str]] = {}
    for each in rung.open:
        if each.step is not None:
            shows.setdefault(each.step, []).append(each.what)
    for number, (step, whats) in enumerate(shows.items()):
        if number < 2:
            yield "\nThe smallest next step" if not number else "\nAfter that"
        yield f"  {step.say} ({step.effort.words})"
        if step.command:
            yield f"    {step.command}"
        yield f"    For {rung.level}: {'; '.join(whats)}."


def _rung(rung: Rung, reached: Level) -> Iterator[str]:
    if rung.level <= reached:
        state = "reached"
    elif rung.holds:
        state = "shown, but a level below is not"
    else:
        state = f"{len(rung.open)} of {len(rung.evidence)} not shown"
    yield f"Level {rung.level.value}, {rung.level.title}: {state}. {rung.level.meaning}"
    for each in rung.evidence:
        yield f"  {each.holds:<8} {each.what}: {each.measured} (wanted: {each.wanted})"
        if each.step is not None and rung.level == reached + 1:
            yield f"           Why: {each.because}."


def _workflows(measured: Measured, reached: Level) -> Iterator[str]:
    workflows = measured.project.workflows
    if not workflows:
        yield "  There is no workflow yet."
    for name, workflow in workflows.items():
        found = needs(workflow, workflows)
        highest = found[0].level if found else Level.NONE
        over = highest > reached
        state = ", above what is reached" if over else ""
        yield f"  {name}: {highest if highest else 'no level'}{state}"
        for need in found:
            if need.level == highest:
                yield f"    because {need.because} ({need.where})"
        if over and workflow.override is not None:
            let = workflow.override
            yield f"    let through by {let.by} until {let.until.isoformat()}: {let.reason}"


def _objects(name: str, measured: Measured, ladder: Ladder) -> Iterator[dict[str, object]]:
    reached = ladder.reached
    smallest = ladder.smallest
    yield {
        "kind": "maturity",
        "project": measured.project.name,
        "environment": name,
        "database": measured.lived is not None,
        "reached": reached.value,
        "title": reached.title,
        "next": _evidence(ladder.next.level, smallest) if smallest and ladder.next else None,
    }
    for rung in ladder.rungs:
        for each in rung.evidence:
            yield {"kind": "evidence", **_evidence(rung.level, each)}
    workflows = measured.project.workflows
    for workflow in workflows.values():
        found = needs(workflow, workflows)
        let = workflow.override
        yield {
            "kind": "workflow",
            "workflow": workflow.name,
            "needs": found[0].level.value if found else 0,
            "above": bool(found) and found[0].level > reached,
            "because": [
                {"level": n.level.value, "because": n.because, "where": str(n.where)} for n in found
            ],
            "override": let
            and {"by": let.by, "reason": let.reason, "until": let.until.isoformat()},
        }


def _evidence(level: Level, each: Evidence) -> dict[str, object]:
    step = each.step
    return {
        "level": level.value,
        "code": each.code,
        "what": each.what,
        "measured": each.measured,
        "wanted": each.wanted,
        "because": each.because,
        "holds": each.holds.value,
        "step": step and {"say": step.say, "command": step.command, "effort": step.effort.words},
    }


# ---------------------------------------------------------------- ten questions


def _answers(file: Path | None) -> Mapping[str, Answer]:
    if file is None:
        return _asked()
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f'The answers in "{file}" cannot be read.', fix="Name a text file that is there."
        ) from error
    found, problems = read_answers(text, file.name)
    if problems:
        raise UsageError("\n".join(str(problem) for problem in problems))
    return found


def _asked() -> Mapping[str, Answer]:
    if not sys.stdin.isatty():
        raise UsageError(
            "Nobody is there to answer the questions.",
            fix="Ask on a terminal, or name a file: leadline maturity --ask --answers FILE.",
        )
    typer.echo("Ten questions. Answer yes, no or unsure.\n")
    return {q.code: _ask(number, q) for number, q in enumerate(QUESTIONS, 1)}


def _ask(number: int, question: Question) -> Answer:
    words = {"y": Answer.YES, "n": Answer.NO, "u": Answer.UNSURE}
    words |= {answer.value: answer for answer in Answer}
    while True:
        try:
            said = typer.prompt(f"{number:>2}. {question.text} (yes/no/unsure)")
        except typer.Abort:
            raise UsageError("The questions were broken off.", fix="Nothing was kept.") from None
        if answer := words.get(str(said).strip().lower()):
            return answer
        typer.echo("    Answer yes, no or unsure.")


def _told(found: Picture, *, json: bool) -> None:
    if json:
        for question in QUESTIONS:
            answer = found.answers[question.code].value
            json_line({"kind": "answer", "question": question.code, "answer": answer})
        json_line({"kind": "picture", "measured": False, "reaches": found.reaches.value})
        return
    typer.echo(TOLD)
    if not found.open:
        typer.echo("You answered yes ten times. Have it measured: leadline inspect exports/")
        return
    for level in Level:
        asked = [q for q in QUESTIONS if q.level is level]
        if not asked:
            continue
        yes = sum(found.answers[q.code] is Answer.YES for q in asked)
        typer.echo(f"  {level.value} {level.title:<18} {yes} of {len(asked)} answered with yes")
    first = found.open[0]
    typer.echo(f"\nBegin with level {first.level.value}, {first.level.title}: {first.text}")
    typer.echo(f"  {first.first}")
    if len(found.open) > 1:
        typer.echo("Then:")
    for question in found.open[1:]:
        typer.echo(f"  {question.text}\n    {question.first}")
