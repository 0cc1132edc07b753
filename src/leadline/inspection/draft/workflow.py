"""A flow of another tool as a draft workflow: what is understood, and comments for the rest.

Nothing is guessed. A step that has no counterpart stands as a comment at its place; a branch
whose condition cannot be said ends the run, with the reason, instead of taking one of the ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from leadline.blueprint.graph.flow import (
    EdgeKind,
    Flow,
    Purpose,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Write,
)
from leadline.inspection.draft.conditions import lines as condition_lines
from leadline.inspection.draft.conditions import said
from leadline.inspection.draft.fields import DraftField, DraftFields
from leadline.inspection.draft.words import comment, scalar, slug, unique
from leadline.inspection.masks import Shown as Masks
from leadline.inspection.report.outline import Item, Path, Pointer, Shown, outline

CHANGED = "contact.changed"
FORM = "form.submitted"
_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_OWNER = ("# Say who answers for it.", "owner: you@example.com")
_BY_OTHERS = frozenset({TriggerKind.CALLED, TriggerKind.MANUAL})


@dataclass(slots=True)
class Draft:
    """A drafted workflow file, the events that it starts by, and what is open in it."""

    name: str
    text: str = ""
    events: dict[str, str] = field(default_factory=dict[str, str])
    carried: int = 0
    open: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Around:
    """What a draft may refer to: fields, systems with a connector, other drafts by flow id."""

    fields: DraftFields
    systems: frozenset[str]
    workflows: Mapping[str, str]


def draft_workflow(flow: Flow, name: str, around: Around) -> Draft:
    """Draft one flow."""
    return _Writer(flow, Draft(name), around).write()


class _Writer:
    def __init__(self, flow: Flow, draft: Draft, around: Around) -> None:
        self._flow = flow
        self._draft = draft
        self._around = around
        self._taken: set[str] = set()
        self._masks = Masks()

    def write(self) -> Draft:
        flow = self._flow
        head = comment(
            f"Drafted from {flow.system}, {flow.where}. Lines that begin with OPEN were not "
            "carried over; nothing was guessed."
        )
        for words in (*flow.not_understood, *flow.cannot_say):
            head += comment(f"The file does not tell: {words}")
        title = self._masks.text(flow.name or flow.id)
        body = ["", f"name: {scalar(title)}", *_OWNER, *self._starts(), "", "steps:"]
        laid = outline(flow)
        steps = [line for way in laid.starts[:1] for line in self._items(way, 2)]
        for _ in laid.starts[1:]:
            steps += self._left("a second way in begins at another step", 2)
        for step in laid.unreached:
            steps += self._left(f"{step.words} (nothing leads to it)", 2)
        if not any(line.lstrip().startswith("- step:") for line in steps):
            steps += self._stop("nothing-yet", "nothing of this flow could be carried over yet", 2)
        self._draft.text = "\n".join([*head, *body, *steps]) + "\n"
        return self._draft

    def _starts(self) -> list[str]:
        """The first way in that is not another flow; the others stand as comments."""
        lines: list[str] = []
        own = [t for t in self._flow.triggers if t.kind not in _BY_OTHERS]
        if not own:
            return ["", *comment("Started by other workflows only.")]
        for trigger in own[1:]:
            lines += self._left(f"a further way in: {trigger.words}", 0)
        trigger = own[0]
        event, note = _event(trigger)
        self._draft.events[event] = "form: text" if event == FORM else ""
        asked = None if trigger.condition is None else said(trigger.condition, self._around.fields)
        if note:
            lines += self._left(f"{note} ({trigger.words})", 0)
        if trigger.condition is not None and asked is None:
            lines += self._left(f"who gets in: {trigger.words}", 0)
        for what, condition in (
            ("kept out", self._flow.keeps_out),
            ("leaves early", self._flow.goal),
            ("asked before each step", self._flow.checked_at_each_step),
        ):
            if condition is not None:
                lines += self._left(f"a condition for who is {what}", 0)
        if self._flow.lists_kept_out:
            lines += self._left("members of its suppression lists are kept out", 0)
        lines += ["starts:", f"  when: {event}"]
        if asked is not None:
            lines += condition_lines(asked, 2)
        return ["", *lines]

    def _items(self, items: Iterable[Item], indent: int) -> list[str]:
        lines: list[str] = []
        for item in items:
            if isinstance(item, Pointer):
                where = "goes back to" if item.back else "goes on at"
                lines += self._left(f"here it {where}: {item.words}", indent)
            elif item.paths:
                lines += self._choose(item, indent)
            else:
                lines += self._step(item.step, indent)
        return lines

    def _choose(self, item: Shown, indent: int) -> list[str]:
        paths = [path for path in item.paths if path.kind is not EdgeKind.ERROR]
        branches: list[tuple[list[str], Path]] = []
        for path in paths:
            if path.kind is EdgeKind.BRANCH:
                asked = path.condition
                told = None if asked is None else said(asked, self._around.fields)
                if told is None:
                    return self._cannot_choose(item.step, paths, indent)
                branches.append((condition_lines(told, indent + 4, "- if"), path))
        if not branches:
            return self._cannot_choose(item.step, paths, indent)
        name = self._name(item.step)
        pad = " " * indent
        lines = [f"{pad}- step: {name}", f"{pad}  choose:"]
        for told, path in branches:
            lines += [*told, f"{pad}      then:"]
            lines += self._inner(path.items, indent + 8)
        others = [path for path in paths if path.kind is not EdgeKind.BRANCH]
        lines.append(f"{pad}    - else:")
        lines += self._inner(others[0].items if others else (), indent + 8)
        self._draft.carried += 1
        return lines

    def _inner(self, items: Iterable[Item], indent: int) -> list[str]:
        """The steps of a branch; a list needs one, so an empty one sets nothing."""
        lines = self._items(items, indent)
        if not any(line.lstrip().startswith("- step:") for line in lines):
            name = unique("nothing-to-do", self._taken)
            pad = " " * indent
            lines += [f"{pad}- step: {name}", f"{pad}  wait: 1 second"]
        return lines

    def _cannot_choose(self, step: Step, paths: Iterable[Path], indent: int) -> list[str]:
        """The branch ends the run; what stands behind each way is told as a comment."""
        lines = self._left(f"the branch {step.words}", indent)
        for path in paths:
            inside = "; ".join(_told(path.items)) or "nothing"
            lines += comment(self._masks.text(f"{path.label}: {inside}"), indent + 2)
        return lines + self._stop(slug(step.words, "branch"), "the branch here is open", indent)

    def _stop(self, name: str, reason: str, indent: int) -> list[str]:
        pad = " " * indent
        return [f"{pad}- step: {unique(name, self._taken)}", f"{pad}  stop: {scalar(reason)}"]

    def _step(self, step: Step, indent: int) -> list[str]:
        pad = " " * indent
        told = self._told(step) if step.enabled else None
        if told is None:
            if step.kind is StepKind.JOINT:
                return []
            off = "" if step.enabled else ", which is switched off"
            return self._left(f"{step.words}{off}{_why_not(step)}", indent)
        self._draft.carried += 1
        first = f"{pad}- step: {self._name(step)}"
        return [first, *(f"{pad}  {line}" for line in told)]

    def _told(self, step: Step) -> list[str] | None:
        match step.kind:
            case StepKind.WAIT if step.wait_s:
                return [f"wait: {span(step.wait_s)}"]
            case StepKind.WRITE:
                return self._write(step)
            case StepKind.ENROLL if len(step.calls_flows) == 1:
                other = self._around.workflows.get(step.calls_flows[0])
                return None if other in {None, self._draft.name} else [f"enroll_in: {other}"]
            case StepKind.STOP:
                return [f"stop: {scalar(self._masks.text(step.words))}"]
            case _:
                return None

    def _write(self, step: Step) -> list[str] | None:
        """A save, where every field and value of it is known."""
        lines: list[str] = []
        for write in step.writes:
            known = self._around.fields.find(write.field)
            system = write.field.system
            if known is None or system not in self._around.systems or system not in known.names:
                return None
            value = _value(write, known, self._around.fields)
            if value is None or write.field.object not in {"contact", ""}:
                return None
            lines.append(f"  {known.name}: {value}")
        if not lines:
            return None
        return [f"save_to: {step.writes[0].field.system} contact", "set:", *lines]

    def _left(self, words: str, indent: int) -> list[str]:
        told = self._masks.text(words)
        self._draft.open.append(told)
        return comment(f"OPEN: {told}", indent)

    def _name(self, step: Step) -> str:
        return unique(slug(self._masks.text(step.words), "step"), self._taken)


def _told(items: Iterable[Item]) -> Iterator[str]:
    """The steps of a way in a row, those of further branches too."""
    for item in items:
        if isinstance(item, Pointer):
            yield f"on to: {item.words}"
            continue
        yield item.step.words
        for path in item.paths:
            yield from _told(path.items)


def _event(trigger: Trigger) -> tuple[str, str]:
    """The event that stands for a way in, and what is open about it."""
    if trigger.kind is TriggerKind.FORM:
        return FORM, "say which form: add an if on event.form"
    if trigger.kind is TriggerKind.WEBHOOK:
        return "webhook.received", "let whoever calls the web address send this event"
    if trigger.kind is TriggerKind.EVENT:
        return slug(trigger.words, "event", sign="_"), "name the event as it is sent to Leadline"
    return CHANGED, "Leadline starts by events: send this one when a contact changes"


def _value(write: Write, known: DraftField, fields: DraftFields) -> str | None:
    """What a save sets, as YAML; None where it cannot be told."""
    if write.mode == "clear":
        return "clear"
    if write.mode == "increment" and (write.value or "1").lstrip("-").isdigit():
        return f"{{ increment: {write.value or '1'} }}" if known.type == "number" else None
    if write.mode != "set":
        return None
    if write.value is None:
        source = fields.find(write.source[0]) if len(write.source) == 1 else None
        same = source is not None and source.type == known.type
        return f"contact.{source.name}" if source is not None and same else None
    return _constant(write.value.strip(), known)


def _constant(value: str, known: DraftField) -> str | None:
    match known.type:
        case "choice":
            return scalar(value) if value in known.values else None
        case "flag":
            return {"true": "true", "false": "false"}.get(value.lower())
        case "number":
            return value if value.lstrip("-").replace(".", "", 1).isdigit() else None
        case "text":
            # A text with a dot would be read as a reference.
            return f"{{ text: {scalar(value)} }}" if value else None
        case _:
            return None


def _why_not(step: Step) -> str:
    if any(send.purpose is not Purpose.TRANSACTIONAL for send in step.sends):
        return " (marketing mail waits until Leadline keeps consent)"
    if step.sends:
        return " (write the message in messages/, then: send, as: transactional)"
    if step.kind is StepKind.OPAQUE:
        return f" (of the type {step.source_type}, which nobody here knows)"
    return ""


def span(seconds: float) -> str:
    """A length of time in the largest unit that fits.

    >>> span(172800), span(5400)
    ('2 days', '90 minutes')
    """
    whole = max(1, round(seconds))
    for unit, size in _UNITS:
        if whole % size == 0 and (unit != "week" or whole < 2 * size):
            count = whole // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError(seconds)
