"""Addresses that travel unencrypted: in posts, in images, in values that steps write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import writes
from leadline.project.problems import Problem, Severity, Where, quoted
from leadline.project.project import Message
from leadline.project.triggers import all_steps
from leadline.project.workflow import AddTo, Constant, PostStep, SendStep, To

_PLAIN = re.compile(r"""http://[^\s<>"'|)\]}]+""")
# The links of a mail are looked at when its page is made (insecure-link); its images are not.
_IMAGE = re.compile(r"""(?:!\[[^\]]*\]\(\s*|\bsrc\s*=\s*["']?)(http://[^\s<>"')]+)""")


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    for message in project.messages.values():
        yield from _in_message(message)
    for written in writes(project):
        write = written.write
        if isinstance(write, To | AddTo) and isinstance(write.source, Constant):
            value = write.source.value
            if isinstance(value, str) and value.startswith("http://"):
                yield _problem(value, written.where)
    for workflow in project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, SendStep | PostStep):
                for value in step.if_missing.values():
                    if isinstance(value, str) and value.startswith("http://"):
                        yield _problem(value, step.where)


def _in_message(message: Message) -> Iterator[Problem]:
    pattern = _PLAIN if message.kind == "text" else _IMAGE
    for found in pattern.finditer(message.body):
        line = message.body_line + message.body.count("\n", 0, found.start())
        yield _problem(found[found.re.groups], Where(message.where.file, line))


def _problem(address: str, where: Where) -> Problem:
    return Problem(
        CHECK.code,
        f"the address {quoted(address)} is not encrypted.",
        where,
        "Write https:// if it can be reached by it.",
        CHECK.severity,
    )


CHECK = Check(
    code="link-without-https",
    title="An address that is not encrypted",
    severity=Severity.WARNING,
    marketer="Browsers warn of such a page, mail programs do not show such an image, and others "
    "can read along who looked at it.",
    engineer="http:// in a post, in an image of a mail, in a constant that a step writes, or in "
    "what stands in for a missing value. Links of mails are told of as insecure-link.",
    mend="Write https://.",
    find=_find,
)
