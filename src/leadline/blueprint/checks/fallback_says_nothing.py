"""A stand-in that is empty, or that most people get."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import empties, evidence
from leadline.expression.reads import reads
from leadline.expression.tree import Ref
from leadline.message.inspect import ALWAYS_KNOWN, variables
from leadline.project.known import Known
from leadline.project.problems import Problem, Severity, Where, quoted
from leadline.project.project import Message, Project
from leadline.project.workflow import ChooseStep, PostStep, SendStep, Step

OFTEN = 0.5  # share of people from which the stand-in is what most of them read
_EMPTY = re.compile(r"""\{\{-?\s*([\w.]+)\s*\|\s*default\s*:\s*(?:"\s*"|'\s*')""")

_IF = re.compile(r"\{%-?\s*(?:if|elsif|unless|case)\b[^%]*%\}")


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    for message in project.messages.values():
        yield from _empty(message)
    if project.known is not None:
        yield from _often(project, project.known)


def _empty(message: Message) -> Iterator[Problem]:
    sources = [(text, None) for text in (message.subject, message.preheader) if text]
    for text, first in (*sources, (message.body, message.body_line)):
        for found in _EMPTY.finditer(text):
            line = 1 if first is None else first + text.count("\n", 0, found.start())
            yield Problem(
                CHECK.code,
                f"where {quoted(found[1])} is unknown, nothing stands in its place.",
                Where(message.where.file, line),
                'Write what people should read, such as | default: "there", or leave the sentence '
                "out with {% if %}.",
                CHECK.severity,
            )


def _often(project: Project, known: Known) -> Iterator[Problem]:
    told: set[tuple[str, str]] = set()
    for workflow in project.workflows.values():
        for step, asked in _messages(workflow.steps, frozenset({ALWAYS_KNOWN})):
            message = project.messages[step.message]
            for ref in sorted(variables(message) - asked):
                seen = known.fields.get(ref.name) if ref.scope == "contact" else None
                key = (step.message, ref.name)
                if seen is None or seen.share_empty <= OFTEN or _has_if(message, ref):
                    continue
                if key not in told:
                    told.add(key)
                    yield Problem(
                        CHECK.code,
                        f"{quoted(ref.name)} in {quoted(step.message)} is empty for "
                        f"{empties(seen)}: most people get what stands in.",
                        step.where,
                        "Write the message so that it needs no such value, or fill the field.",
                        Severity.NOTE,
                        evidence(seen, f"counted on {known.as_of}"),
                    )


def _has_if(message: Message, ref: Ref) -> bool:
    """Whether the text itself takes another way where the value is unknown."""
    return any(re.search(rf"\b{re.escape(str(ref))}\b", tag) for tag in _IF.findall(message.body))


def _messages(
    steps: tuple[Step, ...], asked: frozenset[Ref]
) -> Iterator[tuple[SendStep | PostStep, frozenset[Ref]]]:
    """The steps with a message, and the fields that the way to each has asked for."""
    for step in steps:
        if isinstance(step, SendStep | PostStep):
            yield step, asked
        elif isinstance(step, ChooseStep):
            for branch in step.branches:
                yield from _messages(branch.steps, asked | reads(branch.condition))
            yield from _messages(step.otherwise, asked)
            yield from _messages(step.unknown or (), asked)


CHECK = Check(
    code="fallback-says-nothing",
    title="A stand-in that leaves a hole",
    severity=Severity.WARNING,
    marketer='"Hello ," is what people read who have no value in this field.',
    engineer='A value is written with | default: "" in a message. Where facts.yaml counts more '
    "than half of the contacts without a value that a message writes (unless the branch asks for "
    "it), a note says that the stand-in is what most of them get. Values without any stand-in are "
    "refused (missing-fallback).",
    mend="Write a word that reads well, or leave the sentence out.",
    find=_find,
)
