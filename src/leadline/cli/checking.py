"""The command that judges a project before it is deployed, and what it says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from leadline.blueprint.codes import EXPLANATIONS, may_silence
from leadline.blueprint.maturity.ladder import climb
from leadline.blueprint.silence import Quieted
from leadline.cli.maturity import measure, tests_of
from leadline.cli.options import JsonOption, ProjectOption, in_environment
from leadline.cli.output import complain, json_line
from leadline.cli.released import current_release
from leadline.environment import Opened, project_directory
from leadline.errors import LeadlineError, UsageError
from leadline.journey.compiled import CompiledProject
from leadline.project.problems import Problem, Severity, Where, did_you_mean, listed, quoted
from leadline.release.deploy import Checked, check_project
from leadline.store.pool import URL_VARIABLE
from leadline.store.state_directory import NAME

_ORDER = list(Severity)
_NOWHERE = Where("")


def check(
    project: ProjectOption = None,
    env: Annotated[
        str | None,
        typer.Option("--env", help="Judge for this environment, and against what runs there."),
    ] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", help="Say what a finding means, by its code.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say what is wrong in the project, before it is deployed; exit 1 if something must be mended.

    Warnings and notes refuse nothing. With --env, what may pass in a sandbox only is an error in
    an environment with real systems.
    """
    if explain is not None:
        _explain(explain, json=json)
        return
    directory = project_directory(project)
    checked = check_project(directory, env)
    if env is not None and checked.project is not None:
        if env not in checked.project.environments:
            raise UsageError(
                f"The project has no environment {quoted(env)}.",
                where="leadline.yaml",
                fix=f"Use one of: {listed(checked.project.environments, 'or')}.",
            )
        before = _running(directory, project, env)
        measured = measure(checked, project, env, tests_of(checked.project))
        checked = check_project(directory, env, before, climb(measured).reached)
    if json:
        for problem in checked.problems:
            json_line(as_json(problem))
        for quiet in checked.silenced:
            json_line(_quiet_as_json(quiet))
    else:
        typer.echo("\n".join(_page(checked)))
    if checked.errors:
        raise typer.Exit(1)


def _running(directory: Path, project: Path | None, env: str) -> CompiledProject | None:
    """What runs in the environment, where it has a database; why not, where that cannot be read."""
    if not os.environ.get(URL_VARIABLE) and not (directory / NAME).is_dir():
        return None

    async def work(opened: Opened) -> CompiledProject | None:
        async with opened.store.connection() as conn:
            return await current_release(conn)

    try:
        return in_environment(project, env, work)
    except LeadlineError as trouble:
        sys.stderr.write("What is deployed was not looked at:\n")
        complain(trouble)
        return None


def _page(checked: Checked) -> Iterable[str]:
    """What people read: errors first, then the rest, by file; at the end what was silenced."""
    for severity in _ORDER:
        found = [p for p in checked.problems if p.severity is severity]
        for _, problems in groupby(found, key=lambda p: p.where.file):
            for problem in problems:
                mark = "" if severity is Severity.ERROR else f"{severity.value}: "
                yield f"{mark}{problem} ({problem.code})"
                if problem.evidence:
                    yield f"    {problem.evidence}"
            yield ""
    if checked.silenced:
        yield "Silenced for a while:"
        for quiet in checked.silenced:
            p, by = quiet.problem, quiet.by
            yield f"{p.where} {p.message} ({p.code})"
            yield f"    until {by.until.isoformat()}, {by.where}: {by.because}"
        yield ""
    yield _summary(checked)


def _summary(checked: Checked) -> str:
    parts = checked.project
    counts = {s: sum(p.severity is s for p in checked.problems) for s in _ORDER}
    said = [f"{n} {s.value}{'' if n == 1 else 's'}" for s, n in counts.items() if n]
    if checked.silenced:
        said.append(f"{len(checked.silenced)} silenced")
    hint = ' "leadline check --explain CODE" says what one means.' if checked.problems else ""
    if parts is None:
        return f"{', '.join(said)}: the files cannot be read as a project yet.{hint}"
    found = f"{', '.join(said)}." if said else "nothing is wrong."
    return (
        f"{parts.name}: {found} {len(parts.workflows)} workflows, {len(parts.messages)} messages, "
        f"{len(parts.systems)} systems, {len(parts.fields)} fields, {len(parts.events)} events."
        f"{hint}"
    )


def as_json(problem: Problem) -> dict[str, object]:
    """A finding as programs read it."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "file": problem.where.file,
        "line": problem.where.line,
        "column": problem.where.column,
        "fix": problem.fix,
        "evidence": problem.evidence,
    }


def _quiet_as_json(quiet: Quieted) -> dict[str, object]:
    return {
        **as_json(quiet.problem),
        "silenced": {
            "because": quiet.by.because,
            "until": quiet.by.until.isoformat(),
            "file": quiet.by.where.file,
            "line": quiet.by.where.line,
        },
    }


def _explain(code: str, *, json: bool) -> None:
    found = EXPLANATIONS.get(code)
    if found is None:
        raise UsageError(
            f"There is no finding with the code {quoted(code)}.",
            fix=did_you_mean(code, EXPLANATIONS, "The code stands below each finding."),
        )
    silence = may_silence(Problem(found.code, "", _NOWHERE, "", found.severity))
    if json:
        json_line(
            {
                "code": found.code,
                "severity": found.severity.value,
                "title": found.title,
                "marketer": found.marketer,
                "engineer": found.engineer,
                "mend": found.mend,
                "may_be_silenced": silence,
            }
        )
        return
    may = "May be silenced for a while, with a reason." if silence else "Cannot be silenced."
    typer.echo(
        f"{found.title} ({found.code}, {found.severity.value})\n\n"
        f"For marketing: {found.marketer}\n\nFor engineers: {found.engineer}\n\n"
        f"What to do: {found.mend}\n\n{may}"
    )
