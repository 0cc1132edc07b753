"""``leadline inspect … --facts``: what was counted, written into a project."""

from __future__ import annotations

from pathlib import Path

from leadline.errors import LeadlineError, ProjectInvalid
from leadline.inspection.outcome import Inspection
from leadline.inspection.project_facts import known_of, not_found
from leadline.project.files import Files
from leadline.project.known import FACTS
from leadline.project.parse import parse
from leadline.project.problems import Severity, listed
from leadline.project.project import Project
from leadline.project.read import read_files
from leadline.project.write_known import facts_text


def readable(directory: Path) -> Project:
    """The project for which is counted; its old facts do not matter.

    Raises UsageError where the directory is none, ProjectInvalid where the files have errors.
    """
    files = read_files(directory)
    texts = {path: text for path, text in files.texts.items() if path != FACTS}
    problems = tuple(p for p in files.problems if p.where.file != FACTS)
    project, found = parse(Files(texts, problems))
    if project is None:
        errors = [str(p) for p in found if p.severity is Severity.ERROR]
        raise ProjectInvalid("\n".join(["The project has problems:", *errors]))
    return project


def write_facts(inspection: Inspection, directory: Path, project: Project) -> str:
    """Write facts.yaml, and say in a sentence what it holds; LeadlineError where it cannot be."""
    known = known_of(inspection, project)
    path = directory / FACTS
    try:
        path.write_text(facts_text(known), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise LeadlineError(
            f'the facts cannot be written to "{path}": {reason}.',
            fix="Name the directory of a project that you may write to.",
        ) from error
    fields, events = len(known.fields), len(known.events)
    missing = not_found(known, project)
    without = f" Not in the exports: {listed(missing)}." if missing else ""
    return (
        f"{path}: {fields} field{'' if fields == 1 else 's'} of {known.contacts:,} contacts and "
        f"{events} event{'' if events == 1 else 's'} counted, as of {known.as_of}.{without}"
    )
