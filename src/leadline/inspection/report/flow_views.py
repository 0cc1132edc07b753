"""Each flow as the page shows it: outline, sentences, and its findings at the step they bite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadline.blueprint.graph.flow import Failure, Flow, Live, Step, StepKind, Understanding
from leadline.blueprint.graph.sentences import tell
from leadline.blueprint.graph.words import said, way_in
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection
from leadline.inspection.report.cards import Cards
from leadline.inspection.report.outline import Item, Path, Pointer, outline
from leadline.inspection.report.outline import Shown as ShownStep

_LABELS = {
    StepKind.WAIT: "wait",
    StepKind.BRANCH: "choose",
    StepKind.READ: "look up",
    StepKind.WRITE: "write",
    StepKind.CREATE: "create",
    StepKind.DELETE: "delete",
    StepKind.SEND: "send",
    StepKind.NOTIFY: "tell the team",
    StepKind.CALL: "call",
    StepKind.CODE: "code",
    StepKind.ENROLL: "enroll",
    StepKind.LIST: "list",
    StepKind.STOP: "stop",
    StepKind.JOINT: "join",
    StepKind.OPAQUE: "not understood",
}

_STATES = {Live.ON: "live", Live.OFF: "off", Live.UNSAID: "the file does not say if it is live"}
_Bites = dict[str | None, list[dict[str, Any]]]


def flow_views(inspection: Inspection, cards: Cards, shown: Shown) -> list[dict[str, Any]]:
    """Every flow; in the order of the verdicts, those that are switched off last."""
    verdicts = {verdict.flow: verdict.standing.value for verdict in inspection.verdicts}
    bites = _bites(inspection, cards)
    flows = {flow.key: flow for flow in inspection.reading.stack.flows}
    ordered = [
        *(flows[key] for key in verdicts),
        *(f for f in flows.values() if f.key not in verdicts),
    ]
    return [
        _view(flow, verdicts.get(flow.key, ""), bites.get(flow.key, {}), cards, shown)
        for flow in ordered
    ]


def _bites(inspection: Inspection, cards: Cards) -> dict[str, _Bites]:
    """The findings of each flow by step; those about a flow that is off stand there too."""
    found: dict[str, _Bites] = {}
    for number, finding in enumerate(inspection.findings):
        card = cards.cards[number]
        at = {(b.flow, b.step): b.people for b in finding.breaks}
        if finding.flow is not None:
            at.setdefault((finding.flow, finding.step), None)
        for (flow, step), people in at.items():
            bite = {
                "title": card["title"],
                "anchor": card["anchor"],
                "weight": card["weight"],
                "people": people,
            }
            found.setdefault(flow, {}).setdefault(step, []).append(bite)
    return found


def _view(flow: Flow, standing: str, bites: _Bites, cards: Cards, shown: Shown) -> dict[str, Any]:
    laid = outline(flow)
    drawing = _Drawing(flow, bites, cards, shown)
    count = len(flow.steps)
    return {
        "anchor": cards.flow_anchor(flow.key),
        "name": cards.flow_name(flow.key),
        "system": flow.system,
        "state": _STATES[flow.live],
        "size": f"{count:,} step{'' if count == 1 else 's'}",
        "standing": standing,
        # The first says name, system and switch, which stand above.
        "sentences": [(shown.text(line.text), line.indent) for line in tell(flow)[1:]],
        "starts": [shown.text(way_in(trigger, flow.object)) for trigger in flow.triggers],
        "rules": [(what, shown.text(words)) for what, words in _rules(flow, cards)],
        "findings": bites.get(None, []),
        "ways": [drawing.items(items) for items in laid.starts],
        "unreached": drawing.items(ShownStep(step) for step in laid.unreached),
        "where": flow.where,
        "cannot_say": "; ".join(flow.cannot_say),
        "not_understood": ", ".join(flow.not_understood),
    }


def _rules(flow: Flow, cards: Cards) -> Iterable[tuple[str, str]]:
    """What holds beside the steps, in words."""
    if flow.keeps_out is not None:
        yield "keeps out", said(flow.keeps_out, flow.object)
    if flow.lists_kept_out:
        count = len(flow.lists_kept_out)
        yield "keeps out", f"members of {count} list{'' if count == 1 else 's'}"
    if flow.checked_at_each_step is not None:
        yield "asks before each step", said(flow.checked_at_each_step, flow.object)
    if flow.goal is not None:
        yield "lets go early", said(flow.goal, flow.object)
    if flow.error_flow:
        yield "when it fails", f"{cards.flow_name(f'{flow.system}/{flow.error_flow}')} runs"


class _Drawing:
    def __init__(self, flow: Flow, bites: _Bites, cards: Cards, shown: Shown) -> None:
        self._flow = flow
        self._bites = bites
        self._cards = cards
        self._shown = shown

    def items(self, items: Iterable[Item]) -> list[dict[str, Any]]:
        return [self._item(item) for item in items]

    def _item(self, item: Item) -> dict[str, Any]:
        if isinstance(item, Pointer):
            return {
                "pointer": True,
                "place": self._cards.place(self._flow.key, item.step),
                "words": self._shown.text(item.words),
                "back": item.back,
            }
        step = item.step
        return {
            "pointer": False,
            "place": self._cards.place(self._flow.key, step.id),
            "kind": step.kind.value,
            "label": _label(step),
            "words": self._shown.text(step.words),
            "off": not step.enabled,
            "notes": [self._shown.text(note) for note in _notes(step)],
            "findings": self._bites.get(step.id, []),
            "paths": [
                {
                    "label": self._shown.text(path.label),
                    "condition": self._asked(path),
                    "kind": path.kind.value,
                    "next": self.items(path.items),
                    "ends": path.ends,
                }
                for path in item.paths
            ],
        }

    def _asked(self, path: Path) -> str:
        """The condition of a branch in words, where its label does not say it already."""
        if path.condition is None:
            return ""
        words = said(path.condition, self._flow.object)
        return "" if words == path.label else self._shown.text(words)


def _label(step: Step) -> str:
    """What kind of step it is, where its words do not begin with that anyhow."""
    label = _LABELS[step.kind]
    return "" if step.words.casefold().startswith(label) else label


def _notes(step: Step) -> Iterable[str]:
    if not step.enabled:
        yield "Switched off."
    if step.understanding is Understanding.OPAQUE:
        yield f"Of the type {step.source_type}, which Leadline does not know: what it does is open."
    if step.failure is Failure.IGNORED:
        yield "When it fails, the flow goes on as if nothing had happened."
    for send in step.sends:
        if send.live is Live.OFF:
            yield "The message is a draft: nothing is sent."
    if step.people:
        count = len(step.people)
        yield f"Names {count} {'person' if count == 1 else 'people'} directly."
    if step.secrets:
        yield f"Holds secrets: {', '.join(step.secrets)}."
    yield from step.notes
