"""One message that the same person gets twice in one run."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.reach import following, reached_from
from leadline.journey.program import FlatStep, Program
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.workflow import SendStep


def _find(subject: Subject) -> Iterator[Problem]:
    for workflow, program in subject.programs.items():
        for message, names in _by_message(program).items():
            names.sort(key=lambda step: subject.places[workflow, step])
            for number, name in enumerate(names[:-1]):
                later = reached_from(program, following(program.steps[name]))
                again = next((n for n in names[number + 1 :] if n in later), None)
                if again is not None:
                    yield Problem(
                        CHECK.code,
                        f"{quoted(again)} sends {quoted(message)} to people who have it from "
                        f"{quoted(name)} already.",
                        subject.places[workflow, again],
                        "Send another message, or take one of the two steps away.",
                        CHECK.severity,
                    )
                    break


def _by_message(program: Program) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, flat in program.steps.items():
        if isinstance(flat, FlatStep) and isinstance(flat.step, SendStep):
            found.setdefault(flat.step.message, []).append(name)
    return found


CHECK = Check(
    code="sent-twice",
    title="The same mail twice",
    severity=Severity.WARNING,
    marketer="Some people get the very same mail twice; it looks like a mistake, and the second "
    "one is what they complain about.",
    engineer="Two send steps of one workflow name the same message, and one is reached from the "
    "other. They are two intents with two keys, so the ledger lets both pass.",
    mend="Send a message of its own the second time, or remove one of the steps.",
    find=_find,
)
