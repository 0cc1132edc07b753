"""What a person accepts for a while: findings silenced in place, with a reason and an end date."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from leadline.blueprint.codes import EXPLANATIONS, may_silence
from leadline.project.problems import Problem, Severity, did_you_mean, quoted
from leadline.project.project import Project
from leadline.project.workflow import Silenced


@dataclass(frozen=True, slots=True)
class Quieted:
    """A finding that does not count, and by whose word."""

    problem: Problem
    by: Silenced


def quieted(
    found: Iterable[Problem], project: Project, files: Container[str], today: date
) -> tuple[tuple[Problem, ...], tuple[Quieted, ...]]:
    """What counts, with what is wrong in the silencing itself; and what was silenced.

    The last day counts. An error is silenced only where its check allows it.
    """
    every = (*project.silenced, *(s for w in project.workflows.values() for s in w.silenced))
    holds = {(s.file, s.check): s for s in every if today <= s.until}
    kept: list[Problem] = []
    silenced: list[Quieted] = []
    for problem in found:
        by = holds.get((problem.where.file, problem.code))
        if by is None or not may_silence(problem):
            kept.append(problem)
        else:
            silenced.append(Quieted(problem, by))
    used = {id(q.by) for q in silenced}
    there = {(p.where.file, p.code) for p in kept}
    for each in every:
        kept += _troubles(each, files, there, today, used=id(each) in used)
    return tuple(kept), tuple(silenced)


def _troubles(
    each: Silenced,
    files: Container[str],
    there: Container[tuple[str, str]],
    today: date,
    *,
    used: bool,
) -> Iterator[Problem]:
    """What is wrong with one line of ``silence:``."""
    if each.check not in EXPLANATIONS:
        yield Problem(
            "unknown-check",
            f"there is no check {quoted(each.check)} to silence.",
            each.where,
            did_you_mean(
                each.check, EXPLANATIONS, "The codes stand behind the findings of leadline check."
            ),
        )
    elif each.file not in files:
        yield Problem(
            "silence-without-file",
            f"there is no file {quoted(each.file)} in this project.",
            each.where,
            "Write in: with the path of a project file, such as data/contact.yaml.",
        )
    elif (each.file, each.check) in there and today <= each.until:
        yield Problem(
            "silence-refused",
            f"{quoted(each.check)} is an error that cannot be silenced.",
            each.where,
            "Mend what it says, and remove this line.",
        )
    elif today > each.until and (each.file, each.check) in there:
        yield Problem(
            "silence-ended",
            f"{quoted(each.check)} was silenced until {each.until.isoformat()}, which is over.",
            each.where,
            "Mend what it says, or give a new reason and a new end date.",
            Severity.WARNING,
        )
    elif not used:
        yield Problem(
            "silence-without-effect",
            f"{quoted(each.check)} finds nothing here that this line would silence.",
            each.where,
            "Remove the line.",
            Severity.NOTE,
        )
