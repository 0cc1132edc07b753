"""Ten questions before any installation: a first picture, told and not measured.

Answers are never evidence. They say where to begin looking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadline.blueprint.maturity.level import Level
from leadline.project.problems import Problem, Report, Where, did_you_mean, listed, quoted


class Answer(StrEnum):
    """What somebody says of their own team."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one level; ``first`` says how to measure instead of believing."""

    code: str
    level: Level
    text: str
    first: str


QUESTIONS = (
    Question(
        "email-share",
        Level.DATA,
        "Do nine of ten contacts in your CRM have a mail address that works?",
        "Export your contacts, and count: leadline inspect exports/",
    ),
    Question(
        "one-truth",
        Level.DATA,
        "Is it written down, for each field in two systems, which of them is right?",
        "See which systems differ: leadline inspect exports/",
    ),
    Question(
        "owners",
        Level.INTEGRATION,
        "Does each of your systems have one person who answers for its connection?",
        "Write owner: into each system's file: leadline init my-project",
    ),
    Question(
        "limits",
        Level.INTEGRATION,
        "Do you know how many calls or mails a second each system takes from you?",
        "See what each vendor publishes: leadline inspect exports/",
    ),
    Question(
        "plan",
        Level.TRACKING,
        "Is there a list of the events that your website and tools send, with their properties?",
        "Write events.yaml: leadline init my-project",
    ),
    Question(
        "noticed",
        Level.TRACKING,
        "Would you notice within a day if the registration event stopped coming?",
        "Let events come in, and count them: leadline maturity",
    ),
    Question(
        "counted",
        Level.SIMPLE,
        "Can you say of your last mailing how many got it, and why the others did not?",
        "See it with 500 people: leadline demo",
    ),
    Question(
        "failures",
        Level.SIMPLE,
        "Was it ever tried out what happens when the CRM does not answer for an hour?",
        "See it with outages: leadline demo",
    ),
    Question(
        "success",
        Level.ADVANCED,
        "Does each workflow have a number that says whether it is worth its effort?",
        "Add success: to a workflow.",
    ),
    Question(
        "way-back",
        Level.ADVANCED,
        "Could you have last week's version of a workflow running again within minutes?",
        "Keep the project in git, and deploy from it: leadline deploy",
    ),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """What the answers say. ``reaches`` is how far they go without a gap; it is no level."""

    answers: Mapping[str, Answer]
    reaches: Level
    open: tuple[Question, ...]


def picture(answers: Mapping[str, Answer]) -> Picture:
    """Look at answers by the code of their question; one that is not there is unsure."""
    found = {q.code: answers.get(q.code, Answer.UNSURE) for q in QUESTIONS}
    missing = tuple(q for q in QUESTIONS if found[q.code] is not Answer.YES)
    lowest = min((q.level for q in missing), default=None)
    reaches = Level.ADVANCED if lowest is None else Level(lowest - 1)
    return Picture(found, reaches, missing)


def read_answers(text: str, file: str) -> tuple[Mapping[str, Answer], tuple[Problem, ...]]:
    """Read answers from a file: ``email-share: yes``, one a line; a ``#`` begins a comment."""
    report = Report()
    codes = [question.code for question in QUESTIONS]
    found: dict[str, Answer] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        code, colon, word = (part.strip() for part in said.partition(":"))
        where = Where(file, number)
        if not colon:
            fix = "Write a question and its answer, such as: email-share: yes."
            report.error("no-answer", where, f"{quoted(said)} has no colon.", fix)
        elif code not in codes:
            fix = did_you_mean(code, codes, f"The questions are {listed(codes)}.")
            report.error("unknown-question", where, f"there is no question {quoted(code)}.", fix)
        elif word not in set(Answer):
            fix = did_you_mean(word, Answer, "Write yes, no or unsure.")
            report.error("unknown-answer", where, f"{quoted(word)} is no answer.", fix)
        else:
            found[code] = Answer(word)
    return found, report.problems()
