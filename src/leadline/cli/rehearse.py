"""``leadline test``: play the tests of a project, and say what they never come by."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from leadline.cli.options import JsonOption, ProjectOption
from leadline.cli.output import json_line
from leadline.environment import project_directory
from leadline.errors import ProjectInvalid, UsageError
from leadline.journey.compiled import CompiledProject
from leadline.project.cases import Case
from leadline.project.files import Files
from leadline.project.problems import Where, nearest, quoted
from leadline.project.project import Project
from leadline.project.read import read_files
from leadline.rehearsal import snapshots
from leadline.rehearsal.coverage import Coverage, Part, coverage
from leadline.rehearsal.happened import Played
from leadline.rehearsal.junit import junit
from leadline.rehearsal.play import compiled, play
from leadline.rehearsal.report import Outcome, outcomes
from leadline.rehearsal.suggest import as_files, suggest
from leadline.release.deploy import check_project, sound

LOOK_EVERY_S = 0.5
"""How often --watch looks at the files."""


@dataclass(frozen=True, slots=True)
class _Session:
    """A project whose tests were played."""

    directory: Path
    project: Project
    release: CompiledProject
    files: Files
    played: tuple[Played, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.project.time_zone)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test", short_help="Play the tests in tests/ on a fake clock.")(rehearse)


def rehearse(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Test files, workflows, or words of a test's name; default: all."),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="Also write JUnit XML to this file.")
    ] = None,
    suggest_: Annotated[
        bool, typer.Option("--suggest", help="Write the tests that are missing, to be read.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Test again whenever a file changes; Ctrl-C ends it.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write what the tests send as snapshots.")
    ] = False,
) -> None:
    """Play the tests in tests/ on a fake clock; exit 1 if one fails.

    A test says who the contact is, what happens and what is expected; docs/howto/test-a-workflow.md
    shows how. What no test comes by is named at the end. Nothing is sent, and nothing is needed.
    """
    directory = project_directory(project)
    if watch:
        if suggest_ or update or junit_file is not None:
            raise UsageError("--watch only watches.", fix="Leave the other options out.")
        _watch(directory, names or [], json)
        return
    if suggest_:
        _suggest(directory, names or [])
        return
    session = _play(directory, names or [])
    if update:
        _update(session)
        session = _play(directory, names or [])
    if not _say(session, names or [], json, junit_file):
        raise typer.Exit(1)


def _play(directory: Path, names: Sequence[str]) -> _Session:
    """Read the project and play the tests that are named; ProjectInvalid where it has errors."""
    checked = check_project(directory)
    project = sound(checked)
    release = compiled(project)
    cases = _named(project.cases, names)
    played = tuple(play(release, case) for case in cases)
    return _Session(directory, project, release, checked.files, played)


def _named(cases: Sequence[Case], names: Sequence[str]) -> list[Case]:
    """The tests that these names mean; UsageError with the nearest for one that means none."""
    if not names:
        return list(cases)
    found: set[Where] = set()
    for name in names:
        word = Path(name).stem if name.endswith((".yaml", ".yml")) else name
        meant = [c for c in cases if word in (c.file, c.workflow)]
        meant = meant or [c for c in cases if word.lower() in c.name.lower()]
        if not meant:
            known = dict.fromkeys(w for c in cases for w in (c.file, c.workflow, c.name))
            near = nearest(word, known)
            raise UsageError(
                f"There is no test {quoted(name)}.",
                fix=f"Did you mean {quoted(near)}?" if near else "Tests are the files in tests/.",
            )
        found.update(case.where for case in meant)
    return [case for case in cases if case.where in found]


# ---------------------------------------------------------------- saying it


def _say(session: _Session, names: Sequence[str], json: bool, junit_file: Path | None) -> bool:
    """Say what became of the tests; return whether all of them passed."""
    found = outcomes(session.release, session.played, _kept(session.files.texts))
    covered = None if names else coverage(session.project, session.played)
    if junit_file is not None:
        try:
            junit_file.write_text(junit(found), encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f'"{junit_file}" cannot be written: {error.strerror}.', fix="Name another file."
            ) from error
    if json:
        _say_json(found, covered)
    else:
        _say_plainly(found, covered)
    return all(one.passed for one in found)


def _kept(texts: Mapping[str, str]) -> dict[str, snapshots.Sections]:
    return {
        Path(path).stem: snapshots.read(text)
        for path, text in texts.items()
        if path.startswith(f"{snapshots.FOLDER}/")
    }


def _say_json(found: Sequence[Outcome], covered: Coverage | None) -> None:
    for one in found:
        json_line(
            {
                "test": one.case.name,
                "workflow": one.case.workflow,
                "file": one.case.where.file,
                "line": one.case.where.line,
                "passed": one.passed,
                "suggested": one.case.suggested,
                "snapshot": one.has_snapshot,
                "misses": [
                    {"file": m.where.file, "line": m.where.line, "message": m.sentence}
                    for m in one.misses
                ],
                "story": []
                if one.passed
                else [{"at": b.at, "said": b.sentence} for b in one.beats],
            }
        )
    for each in () if covered is None else covered.untested:
        json_line(
            {
                "untested": each.step,
                "workflow": each.workflow,
                "branch": each.branch,
                "file": each.where.file,
                "line": each.where.line,
                "message": each.sentence,
            }
        )


def _say_plainly(found: Sequence[Outcome], covered: Coverage | None) -> None:
    if not found:
        typer.echo('There are no tests in tests/ yet: "leadline test --suggest" writes some.')
    file = ""
    for one in found:
        if one.case.where.file != file:
            file = one.case.where.file
            typer.echo(file)
        read = "" if not one.case.suggested else "  (suggested; nobody has read it yet)"
        typer.echo(f"  {'ok    ' if one.passed else 'FAILED'} {one.case.name}{read}")
        if not one.passed:
            for line in one.told():
                typer.echo(f"           {line}")
    if found:
        typer.echo(_summary(found))
    if covered is not None:
        _say_coverage(covered)


def _summary(found: Sequence[Outcome]) -> str:
    failed = sum(not one.passed for one in found)
    said = f"{len(found)} {'test' if len(found) == 1 else 'tests'}: "
    said += "all passed." if not failed else f"{failed} failed, {len(found) - failed} passed."
    without = sum(not one.has_snapshot for one in found)
    if without and without < len(found):
        said += f" {without} without a snapshot (leadline test --update)."
    return said


def _say_coverage(covered: Coverage) -> None:
    parts = ", ".join(
        f"{part} {covered.counts[part][0]} of {covered.counts[part][1]}"
        for part in Part
        if covered.counts[part][1]
    )
    if parts:
        typer.echo(f"Tested: {parts}.")
    for each in covered.untested:
        typer.echo(f"  never: {each.where} {each.sentence}")
    if covered.untested:
        typer.echo('"leadline test --suggest" writes tests for these.')


# ---------------------------------------------------------------- writing, watching


def _update(session: _Session) -> None:
    """Write the snapshots of every file whose tests were played."""
    (session.directory / snapshots.FOLDER).mkdir(parents=True, exist_ok=True)
    every = {case.file: case for case in session.project.cases}
    for file in every:
        # A file is written whole, so all of its tests are played, whichever were named.
        whole = [play(session.release, c) for c in session.project.cases if c.file == file]
        if not any(one.case.file == file for one in session.played):
            continue
        path = session.directory / snapshots.path_of(file)
        text = snapshots.written(file, whole, session.zone)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            typer.echo(f"wrote {snapshots.path_of(file)}", err=True)


def _suggest(directory: Path, names: Sequence[str]) -> None:
    """Write the tests that are missing, for all workflows or for those that are named."""
    session = _play(directory, ())
    for name in names:
        if name not in session.project.workflows:
            near = nearest(name, session.project.workflows)
            raise UsageError(
                f"There is no workflow {quoted(name)}.",
                fix=f"Did you mean {quoted(near)}?"
                if near
                else "With --suggest, names are those of files in workflows/.",
            )
    found = suggest(session.project, session.release, session.played, names)
    files = as_files(session.project, session.release, found.played)
    for workflow, (text, count) in files.items():
        name = _free_name(session.files.texts, workflow)
        path = session.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        tests = "1 test" if count == 1 else f"{count} tests"
        typer.echo(f'wrote {name}: {tests}. Read each, then delete its "suggested: true".')
    lost = len(found.played) - sum(count for _, count in files.values())
    if lost:
        typer.echo(f"{lost} more would need values that no file can say: write them by hand.")
    for each in found.not_found:
        typer.echo(f"no test was found: {each.where} {each.sentence} Write it by hand.")
    if not (files or found.not_found):
        typer.echo("Nothing is missing: tests come by everything.")


def _free_name(texts: Mapping[str, str], workflow: str) -> str:
    number = 1
    name = f"tests/{workflow}-suggested.yaml"
    while name in texts:
        number += 1
        name = f"tests/{workflow}-suggested-{number}.yaml"
    return name


def _watch(directory: Path, names: Sequence[str], json: bool) -> None:
    """Test again whenever a file of the project changes, until Ctrl-C."""
    seen: Files | None = None
    while True:
        files = read_files(directory)
        if files != seen:
            seen = files
            try:
                _say(_play(directory, names), names, json, None)
            except (ProjectInvalid, UsageError) as trouble:
                typer.echo(str(trouble), err=True)
        time.sleep(LOOK_EVERY_S)
