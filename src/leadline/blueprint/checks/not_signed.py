"""A workflow that nobody has signed, where an environment demands it."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.signing import Standing, unsigned
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    demanding = [name for name, each in project.environments.items() if each.signed]
    if not demanding:
        return
    here = subject.environment in demanding
    for name, void in unsigned(project, project.workflows):
        yield Problem(
            CHECK.code,
            _message(name, void),
            project.workflows[name].where,
            f"Read it with leadline explain {name}, and sign it with leadline sign {name}.",
            Severity.ERROR if here else Severity.NOTE,
            _evidence(void),
        )


def _message(name: str, void: tuple[Standing, ...]) -> str:
    if not void:
        return f"nobody has signed what the workflow {quoted(name)} means."
    last = void[-1].signature
    return (
        f"the workflow {quoted(name)} no longer means what {quoted(last.by)} signed on {last.on}."
    )


def _evidence(void: tuple[Standing, ...]) -> str | None:
    changes = void[-1].changes if void else ()
    return "\n".join(changes) or None


CHECK = Check(
    code="not-signed",
    title="A workflow that nobody has signed",
    severity=Severity.ERROR,
    marketer="The workflow would do to people what nobody has read and agreed to, or something "
    "else than what was agreed to.",
    engineer="An environment says signed: required, and no signature in signatures.yaml has the "
    "hash of what the workflow means today. An error in that environment, a note in others. "
    "Comments, the order of keys and formatting do not change the meaning; every sentence does.",
    mend="Read the sentences with leadline explain, then sign them with leadline sign.",
    find=_find,
)
