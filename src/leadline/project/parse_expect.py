"""What a test expects → typed values; a step, field or workflow that is not there is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from leadline.expression.types import FieldType, Kind, Value
from leadline.ledger.transitions import State
from leadline.project.case_kinds import EXPECT, EXPECT_KINDS, KEPT_OUT, NOTHING_MORE, UNKNOWN
from leadline.project.cases import (
    Effect,
    Expectation,
    ExpectChoice,
    ExpectContact,
    ExpectEffect,
    ExpectEnd,
    ExpectEntry,
    ExpectSkip,
    ExpectSuccess,
    ExpectTold,
    NothingMore,
)
from leadline.project.entries import Entries, read_record, read_text
from leadline.project.nodes import Entry, Node, TextNode
from leadline.project.parse_times import read_moment
from leadline.project.parse_writes import read_constant
from leadline.project.problems import Report, did_you_mean, listed, quoted
from leadline.project.project import Project
from leadline.project.workflow import (
    ChooseStep,
    Increment,
    PostStep,
    SaveStep,
    SendStep,
    Step,
    WaitForStep,
    WaitUntilStep,
)

_STEPS_OF: dict[str, tuple[type[Step], ...]] = {
    "mail": (SendStep,),
    "saved": (SaveStep,),
    "post": (PostStep,),
    "chose": (ChooseStep,),
    "gave_up": (WaitUntilStep, WaitForStep),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The project and the workflow that a test file is about, and the zone that it is meant in."""

    project: Project
    workflow: str
    zone: ZoneInfo
    report: Report

    def steps(self, workflow: str) -> Iterator[Step]:
        """Every step of a workflow, those of branches included; none where it is not there."""
        found = self.project.workflows.get(workflow)
        pending = [] if found is None else list(found.steps)
        while pending:
            step = pending.pop()
            yield step
            if isinstance(step, ChooseStep):
                for branch in step.branches:
                    pending += branch.steps
                pending += (*step.otherwise, *(step.unknown or ()))

    def value(self, entry: Entry, kind: FieldType) -> Value:
        """The value of an entry; None where it is ``unknown``, or of no such type (reported)."""
        text = read_text(entry.value, entry.key.value, self.report)
        if text is None or text.value == UNKNOWN:
            return None
        return read_constant(text, kind, entry.key.value, self.zone, self.report)

    def contact(self, entries: Sequence[Entry]) -> dict[str, Value]:
        """Fields of the contact with their values; None where one is not known."""
        found: dict[str, Value] = {}
        for entry in entries:
            name = entry.key.value.removeprefix("contact.")
            field = self.project.fields.get(name)
            if field is None:
                self.report.error(
                    "unknown-field",
                    entry.key.where,
                    f"unknown field {quoted(name)} on contact.",
                    did_you_mean(
                        name, self.project.fields, "Fields are listed in data/contact.yaml."
                    ),
                )
            elif (
                field.type.kind is Kind.EMAIL
                and isinstance(entry.value, TextNode)
                and entry.value.value != UNKNOWN
            ):
                found[name] = entry.value.value  # an impossible address is worth a test
            else:
                found[name] = self.value(entry, field.type)
        return found


def read_expectation(node: Node, stage: Stage) -> Expectation | None:
    """One line of ``expect``."""
    if isinstance(node, TextNode):
        if node.value.strip() == NOTHING_MORE:
            return NothingMore(node.where)
        stage.report.error(
            "unknown-word",
            node.where,
            f"{quoted(node.value)} cannot be expected.",
            did_you_mean(
                node.value,
                (NOTHING_MORE,),
                f"Write {quoted(NOTHING_MORE)}, or {listed(tuple(EXPECT_KINDS)[:3], 'or')} "
                "and a step.",
            ),
        )
        return None
    entries = read_record(node, EXPECT, stage.report)
    if entries is None:
        return None
    kinds = [name for name in EXPECT_KINDS if name in entries]
    if len(kinds) != 1:
        stage.report.error(
            "one-thing-a-line",
            entries.where,
            f"this expectation says {listed(kinds) if kinds else 'nothing to look for'}.",
            "Begin each with one of mail, saved, post, contact, entered, chose, skipped, ends.",
        )
        return None
    kind = kinds[0]
    for name in entries.names():
        if name != kind and name not in EXPECT_KINDS[kind]:
            stage.report.error(
                "wrong-place",
                entries.place(name),
                f"{quoted(name)} has no meaning beside {quoted(kind)}.",
                f"Beside it may stand {listed(EXPECT_KINDS[kind])}."
                if EXPECT_KINDS[kind]
                else "Remove it.",
            )
            return None
    return _kind(kind, entries, stage)


def _kind(kind: str, entries: Entries, stage: Stage) -> Expectation | None:
    where = entries.where
    if kind == "contact":
        return ExpectContact(MappingProxyType(stage.contact(entries.entries(kind))), where)
    if kind == "told":
        who = entries.text("told")
        return None if who is None else ExpectTold(who.value, where)
    if kind in ("entered", "kept_out"):
        return _entry(kind, entries, stage)
    workflow = _workflow(entries.text("in"), stage) if "in" in entries else stage.workflow
    if workflow is None:
        return None
    if kind == "success":
        flag = entries.flag("success")
        return None if flag is None else ExpectSuccess(workflow, flag, where)
    if kind == "ends":
        word = entries.word("ends")
        return None if word is None else ExpectEnd(workflow, word, _at(entries, stage), where)
    step = _step(kind, workflow, entries, stage)
    if step is None:
        return None
    because = entries.text("because")
    match kind:
        case "chose":
            return _choice(workflow, step, entries, stage)
        case "skipped" | "gave_up":
            why = None if because is None else because.value
            return ExpectSkip(workflow, step.name, kind == "gave_up", why, where)
        case _:
            return _effect(Effect(kind), workflow, step, entries, stage)


def _workflow(node: TextNode | None, stage: Stage) -> str | None:
    if node is None:
        return None
    if node.value in stage.project.workflows:
        return node.value
    stage.report.error(
        "unknown-workflow",
        node.where,
        f"unknown workflow {quoted(node.value)}.",
        did_you_mean(node.value, stage.project.workflows, "Workflows are the files in workflows/."),
    )
    return None


def _entry(kind: str, entries: Entries, stage: Stage) -> ExpectEntry | None:
    workflow = _workflow(entries.text(kind), stage)
    if workflow is None:
        return None
    because = entries.text("because")
    if because is not None and because.value not in KEPT_OUT:
        stage.report.error(
            "unknown-word",
            because.where,
            f"{quoted(because.value)} is no reason why somebody is kept out.",
            did_you_mean(because.value, KEPT_OUT, f"It is one of {listed(KEPT_OUT, 'or')}."),
        )
        return None
    why = None if because is None else because.value
    return ExpectEntry(workflow, kind == "entered", why, entries.where)


def _at(entries: Entries, stage: Stage) -> datetime | None:
    node = entries.text("at")
    return None if node is None else read_moment(node, stage.project.time_zone, stage.report)


def _step(kind: str, workflow: str, entries: Entries, stage: Stage) -> Step | None:
    name = entries.text(kind)
    if name is None:
        return None
    steps = {one.name: one for one in stage.steps(workflow)}
    fitting = {n: s for n, s in steps.items() if isinstance(s, _STEPS_OF.get(kind, object))}
    if name.value in fitting:
        return fitting[name.value]
    what = f"is no step with {quoted(kind)}" if name.value in steps else "is no step"
    stage.report.error(
        "unknown-step",
        name.where,
        f"{quoted(name.value)} {what} of {quoted(workflow)}.",
        did_you_mean(
            name.value,
            [n for n in fitting if n != name.value],
            f"There {'are' if len(fitting) > 1 else 'is'} {listed(sorted(fitting))}; "
            'name another workflow with "in:".'
            if fitting
            else 'Name the workflow of the step with "in:".',
        ),
    )
    return None


def _choice(workflow: str, step: Step, entries: Entries, stage: Stage) -> ExpectChoice | None:
    assert isinstance(step, ChooseStep)
    ways = [f"if {n}" for n in range(1, len(step.branches) + 1)]
    ways += ["else", *(["unknown"] if step.unknown is not None else [])]
    way = entries.text("way")
    if way is not None and way.value in ways:
        return ExpectChoice(workflow, step.name, way.value, entries.where)
    stage.report.error(
        "unknown-way",
        entries.where if way is None else way.where,
        f"{quoted(step.name)} has no way {quoted(way.value)}."
        if way is not None
        else 'this line does not say which way was taken ("way:").',
        f"It has {listed(ways)}.",
    )
    return None


def _effect(
    effect: Effect, workflow: str, step: Step, entries: Entries, stage: Stage
) -> ExpectEffect:
    target = entries.text("to") or entries.text("channel")
    outcome = entries.word("outcome")
    return ExpectEffect(
        effect=effect,
        workflow=workflow,
        step=step.name,
        where=entries.where,
        outcome=None if outcome is None else State(outcome),
        at=_at(entries, stage),
        target=None if target is None else target.value,
        says=tuple(t.value for t in entries.texts("says")),
        does_not_say=tuple(t.value for t in entries.texts("does_not_say")),
        fields=_fields(step, entries, stage) if "fields" in entries else None,
    )


def _fields(step: Step, entries: Entries, stage: Stage) -> MappingProxyType[str, Value]:
    """The values written; of a counter what is added to it, ``unknown`` for one that is cleared."""
    assert isinstance(step, SaveStep)
    found: dict[str, Value] = {}
    for entry in entries.entries("fields"):
        name = entry.key.value
        if name not in step.fields:
            stage.report.error(
                "unknown-field",
                entry.key.where,
                f"the step {quoted(step.name)} does not write {quoted(name)}.",
                did_you_mean(name, step.fields, f"It writes {listed(sorted(step.fields))}."),
            )
            continue
        kind = stage.project.fields[name].type
        counts = isinstance(step.fields[name], Increment)
        found[name] = stage.value(entry, FieldType(Kind.NUMBER) if counts else kind)
    return MappingProxyType(found)
