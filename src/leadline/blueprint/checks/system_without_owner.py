"""A system for which nobody answers, or whose failure nobody is told of."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    for system in subject.project.systems.values():
        missing = [
            key
            for key, there in (("owner", system.owner is not None), ("tell", bool(system.tell)))
            if not there
        ]
        if missing:
            yield Problem(
                CHECK.code,
                f"the system {quoted(system.name)} names {_words(missing)}.",
                system.where,
                f"Add {' and '.join(f'{key}: with a mail address' for key in missing)}.",
                CHECK.severity,
            )


def _words(missing: list[str]) -> str:
    said = {"owner": "nobody who answers for it", "tell": "nobody who is told when it fails"}
    return " and ".join(said[key] for key in missing)


CHECK = Check(
    code="system-without-owner",
    title="A system that nobody answers for",
    severity=Severity.WARNING,
    marketer="When the connection to this system breaks at night, nobody is told and nobody knows "
    "whose task it is: people wait for mails and records that do not come.",
    engineer="A system file without owner: or tell:. The owner stands on the map and in the "
    "handover; tell: receives the notice of a connection that was paused or refused.",
    mend="Add owner: and tell: to the system's file.",
    find=_find,
)
