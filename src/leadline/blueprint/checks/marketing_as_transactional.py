"""A mail that offers to unsubscribe, sent as if people had asked for exactly this mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, Where, quoted
from leadline.project.project import Message
from leadline.project.triggers import all_steps
from leadline.project.workflow import Purpose, SendStep

# What mails say, in the languages of those who write them with Leadline so far.
_WORDS = re.compile(
    r"unsubscribe|opt[ -]?out|manage (your )?preferences|email preferences"
    r"|abmelden|abbestellen|newsletter",
    re.IGNORECASE,
)


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    told: set[str] = set()
    for workflow in project.workflows.values():
        for step in all_steps(workflow.steps):
            if not isinstance(step, SendStep) or step.purpose is not Purpose.TRANSACTIONAL:
                continue
            found = _word(project.messages[step.message])
            if found is not None and step.message not in told:
                told.add(step.message)
                word, where = found
                yield Problem(
                    CHECK.code,
                    f"{quoted(step.message)} says {quoted(word)}, but {quoted(step.name)} sends "
                    "it as transactional.",
                    where,
                    "Send only what people asked for; take the rest, and the link, out of the "
                    "mail.",
                    CHECK.severity,
                    f"sent by {step.where.file}:{step.where.line}",
                )


def _word(message: Message) -> tuple[str, Where] | None:
    """The first word that gives it away, with its line."""
    for text in (message.subject, message.preheader):
        found = _WORDS.search(text or "")
        if found:
            return found[0], message.where
    found = _WORDS.search(message.body)
    if found is None:
        return None
    line = message.body_line + message.body.count("\n", 0, found.start())
    return found[0], Where(message.where.file, line)


CHECK = Check(
    code="marketing-as-transactional",
    title="Marketing that is sent as if it had been asked for",
    severity=Severity.WARNING,
    marketer="A mail that people can unsubscribe from is marketing: it needs their consent. Sent "
    "as transactional it also reaches those who said no, and the link to unsubscribe leads "
    "nowhere, since Leadline keeps no consent yet.",
    engineer="The subject, preheader or text of a mail sent as: transactional speaks of "
    "unsubscribing, opting out, preferences or a newsletter (English and German). Mail sent as: "
    "marketing is refused when the files are read (marketing-without-consent), as long as "
    "consent is not kept.",
    mend="Send only what people asked for, without an offer and without the link.",
    find=_find,
)
