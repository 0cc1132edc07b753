"""The boxes of a workflow and the arrows between them: what a picture shows, before any drawing.

A workflow is a tree with joins: ways of a choice part and come together again. What follows a
failure is an arrow of its own kind, unless the run goes on as if nothing had happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from leadline.blueprint.sentences.meaning import Meaning
from leadline.blueprint.sentences.sentence import Sentence
from leadline.blueprint.sentences.steps import details, step_what, ways
from leadline.blueprint.sentences.values import Speaker, capital
from leadline.blueprint.sentences.walk import LANGUAGES, sentences, which
from leadline.project.workflow import (
    CarryOn,
    ChooseStep,
    DeadLetter,
    GoTo,
    PostStep,
    SaveStep,
    SendStep,
    Step,
    StopRun,
    StopStep,
    Then,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)


class Shape(StrEnum):
    """What a box stands for."""

    TERMINAL = "terminal"
    ACT = "act"
    WAIT = "wait"
    CHOICE = "choice"
    WAY = "way"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Box:
    """One box: a small head line, the words, what follows a failure in short, all of it whole."""

    id: str
    shape: Shape
    head: str
    words: str
    failure: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another; ``failed``: only when something did not work."""

    source: str
    target: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A box, and the ways that part below it, side by side."""

    box: str
    ways: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """Rows from top to bottom."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole picture; ``described`` says in sentences what it shows."""

    title: str
    described: str
    boxes: dict[str, Box]
    arrows: tuple[Arrow, ...]
    column: Column


START, END, DEAD = "start", "end", "dead"
"""Ids of the boxes that are no step; steps are "step …", ways "way …"."""


@dataclass(slots=True)
class _Pen:
    speaker: Speaker
    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    arrows: list[Arrow] = field(default_factory=list[Arrow])

    def box(self, box: Box, sources: tuple[str, ...] = ()) -> None:
        self.boxes[box.id] = box
        self.arrows.extend(Arrow(source, box.id) for source in sources)


def chart(meaning: Meaning, language: str = "en") -> Chart:
    """Make the picture of a workflow. KeyError for a language that there is not."""
    speaker = Speaker(meaning, LANGUAGES[language])
    told = sentences(meaning, language)
    pen = _Pen(speaker)
    words = speaker.words
    pen.box(Box(START, Shape.TERMINAL, words.entry, _starting(told)))
    rows, ends = _column(pen, meaning.workflow.steps, (START,))
    pen.box(Box(END, Shape.TERMINAL, "", words.end), ends)
    rows = (Row(START), *rows, Row(END))
    if any(arrow.target == DEAD for arrow in pen.arrows):
        pen.box(Box(DEAD, Shape.FAILED, "", words.dead_letters))
        rows = (*rows, Row(DEAD))
    described = " ".join(each.text for each in told if each.step is not None)
    return Chart(told[0].text, described, pen.boxes, tuple(pen.arrows), Column(rows))


def _starting(told: tuple[Sentence, ...]) -> str:
    """The sentence that follows the heading of what starts a run."""
    headings = [n for n, each in enumerate(told) if each.depth == 0]
    return told[headings[1] + 1].text


def _column(
    pen: _Pen, steps: tuple[Step, ...], sources: tuple[str, ...]
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Draw steps one below the other; return them, and the boxes from which it goes on."""
    rows: list[Row] = []
    for step in steps:
        name = f"step {step.name}"
        pen.box(_box(pen.speaker, step), sources)
        _failure_arrow(pen, step, name)
        if isinstance(step, ChooseStep):
            columns, sources = _ways(pen, step, name)
            rows.append(Row(name, columns))
        else:
            rows.append(Row(name))
            sources = () if isinstance(step, StopStep) else (name,)
    return tuple(rows), sources


def _ways(pen: _Pen, step: ChooseStep, name: str) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    columns: list[Column] = []
    ends: list[str] = []
    for number, (text, steps) in enumerate(ways(pen.speaker, step)):
        way = f"way {number} {step.name}"
        pen.box(Box(way, Shape.WAY, "", text, whole=text), (name,))
        rows, sources = _column(pen, steps, (way,))
        columns.append(Column((Row(way), *rows)))
        ends += sources
    return tuple(columns), tuple(ends)


def _box(speaker: Speaker, step: Step) -> Box:
    what = capital(step_what(speaker, step, which))
    match step:
        case ChooseStep():
            shape = Shape.CHOICE
        case WaitStep() | WaitUntilStep() | WaitForStep():
            shape = Shape.WAIT
        case StopStep():
            shape = Shape.TERMINAL
        case _:
            shape = Shape.ACT
    whole = "\n".join([what, *details(speaker, step)])
    return Box(f"step {step.name}", shape, step.name, what, _failure(speaker, step), whole)


def _failure(speaker: Speaker, step: Step) -> str:
    """What follows a failure, in a few words."""
    words = speaker.words
    match step:
        case SendStep() | SaveStep() | PostStep():
            span = speaker.span(step.policy.retry_for, "dative")
            then = _short(speaker, step.policy.then)
            short = words.in_short.format(span=span, then=then)
            who = ", ".join(step.policy.tell)
            return short + (words.in_short_told.format(who=who) if who else "")
        case WaitForStep() | WaitUntilStep():
            if step.at_most is None:
                return ""
            span = speaker.span(step.at_most, "dative")
            return words.in_short_not_come.format(span=span, then=_short(speaker, step.if_not))
        case _:
            return ""


def _short(speaker: Speaker, then: Then) -> str:
    on, ends, dead, to = speaker.words.short_then
    match then:
        case CarryOn():
            return on
        case StopRun():
            return ends
        case DeadLetter():
            return dead
        case GoTo(step):
            return to.format(step=step)
        case _:
            assert_never(then)


def _failure_arrow(pen: _Pen, step: Step, name: str) -> None:
    match step:
        case SendStep() | SaveStep() | PostStep():
            then = step.policy.then
        case WaitForStep() | WaitUntilStep():
            then = step.if_not
        case _:
            return
    match then:
        case CarryOn():
            return
        case StopRun():
            target = END
        case DeadLetter():
            target = DEAD
        case GoTo(other):
            target = f"step {other}"
        case _:
            assert_never(then)
    pen.arrows.append(Arrow(name, target, failed=True))
