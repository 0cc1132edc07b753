"""A flow in plain English, step by step, for somebody who does not read diagrams."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadline.blueprint.graph.flow import (
    Edge,
    EdgeKind,
    Flow,
    Step,
    StepKind,
    TriggerKind,
    Understanding,
)
from leadline.blueprint.graph.walk import entries, leads_to, own_node, reached, reached_from
from leadline.blueprint.graph.words import SWITCH, ended, one_line, said, sentence, way_in


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence; ``indent`` counts the branches around it, ``step`` is what it tells of."""

    text: str
    indent: int = 0
    step: str | None = None


@dataclass(frozen=True, slots=True)
class _Go:
    """Still to be told: a step, or a line. ``until``: where the paths around it come together."""

    indent: int
    step: str | None = None
    line: Line | None = None
    until: frozenset[str] = frozenset()


def tell(flow: Flow) -> tuple[Line, ...]:
    """A flow as sentences. Each step is told once; where paths meet again it is named."""
    lines = [Line(f"{one_line(flow.name or flow.id)} ({flow.system}, {SWITCH[flow.live]}).")]
    lines.extend(Line(text) for text in _ways_in(flow))
    ways = {node.id for t in flow.triggers if (node := own_node(flow, t)) is not None}
    told: dict[str, None] = {}
    starts = entries(flow)
    for start in starts:
        if start not in told:
            lines.extend(x for x in _walk(flow, start, told) if x.step not in ways)
    if not starts:
        lines.append(Line("No step is reached."))
    there = reached(flow)
    left = [step for step in flow.steps.values() if step.id not in there]
    shown = [step for step in left if step.kind is not StepKind.JOINT]
    if shown:
        lines.append(Line("Nothing leads to these steps:"))
        lines.extend(Line(_does(step), 1, step.id) for step in shown)
    return tuple(lines)


def _ways_in(flow: Flow) -> Iterator[str]:
    about = flow.object or "record"
    if not flow.triggers:
        yield "Nothing starts it by itself."
    for trigger in flow.triggers:
        by_hand = trigger.kind in {TriggerKind.MANUAL, TriggerKind.CALLED}
        verb = "It is started by hand or by another flow" if by_hand else "It starts"
        again = {True: " Each time again.", False: " Once only.", None: ""}[trigger.again]
        yield f"{verb}: {ended(way_in(trigger, about))}{again}"
    if flow.keeps_out is not None:
        yield f"Kept out: {ended(said(flow.keeps_out, about))}"
    if flow.lists_kept_out:
        yield f"Kept out: members of list {', '.join(map(one_line, flow.lists_kept_out))}."
    if flow.checked_at_each_step is not None:
        yield f"Asked before each step: {ended(said(flow.checked_at_each_step, about))}"
    if flow.goal is not None:
        yield f"Whoever meets the goal leaves at once: {ended(said(flow.goal, about))}"


def _walk(flow: Flow, start: str, told: dict[str, None]) -> Iterator[Line]:
    waiting = [_Go(0, start)]
    while waiting:
        go = waiting.pop()
        if go.line is not None:
            yield go.line
        if go.step is None or go.step in go.until:
            continue
        step = flow.steps[go.step]
        if go.step in told:
            yield Line(f'Go on at "{one_line(step.words, 80)}", told above.', go.indent, go.step)
            continue
        told[go.step] = None
        yield Line(_does(step), go.indent, go.step)
        waiting.extend(reversed(list(_after(flow, step, go))))


def _after(flow: Flow, step: Step, go: _Go) -> Iterator[_Go]:
    """What follows a step: its branches, indented, then where they come together."""
    edges = () if step.kind is StepKind.STOP else step.edges
    plain = [e for e in edges if e.condition is None and e.kind in {EdgeKind.NEXT, EdgeKind.JUMP}]
    onward = plain[0] if len(plain) == 1 and step.kind is not StepKind.BRANCH else None
    branches = [edge for edge in edges if edge is not onward]
    targets = [e.to for e in leads_to(step) if e.to in flow.steps and e.to not in go.until]
    if onward is not None:
        meeting = onward.to if onward.to in flow.steps else None
    else:
        meeting = _meeting(flow, targets)
    inside = frozenset((*go.until, meeting)) if meeting is not None else go.until
    for edge in branches:
        yield _Go(go.indent, line=Line(_if(flow, edge), go.indent + 1, step.id))
        if edge.to is None or edge.to not in flow.steps:
            yield _Go(go.indent, line=Line("The path ends.", go.indent + 2))
        elif edge.to == meeting:
            yield _Go(go.indent, line=Line("Straight on.", go.indent + 2))
        else:
            yield _Go(go.indent + 2, edge.to, until=inside)
    if meeting is not None:
        who = "all" if len(branches) == len(targets) else "all who are still in"
        together = Line(f"Then, for {who}:", go.indent) if onward is None else None
        yield _Go(go.indent, meeting, line=together, until=go.until)


def _meeting(flow: Flow, targets: Sequence[str | None]) -> str | None:
    """The first step that every one of several paths comes to."""
    starts = [name for name in targets if name is not None and name in flow.steps]
    if len(starts) < 2:
        return None
    common = reached_from(flow, (starts[0],))
    for start in starts[1:]:
        common &= reached_from(flow, (start,))
    seen = {starts[0]}
    queue = deque([starts[0]])
    while queue:
        name = queue.popleft()
        if name in common:
            return name
        for edge in leads_to(flow.steps[name]):
            if edge.to is not None and edge.to in flow.steps and edge.to not in seen:
                seen.add(edge.to)
                queue.append(edge.to)
    return None


def _if(flow: Flow, edge: Edge) -> str:
    about = flow.object or "record"
    if edge.condition is not None:
        name = f" ({one_line(edge.label, 60)})" if edge.label else ""
        return f"If {said(edge.condition, about)}{name}:"
    if edge.kind is EdgeKind.ELSE:
        return f"Otherwise, {one_line(edge.label, 60)}:" if edge.label else "Otherwise:"
    if edge.kind is EdgeKind.ERROR:
        return "If that fails:"
    return f"{one_line(edge.label, 60)}:" if edge.label else "And:"


def _does(step: Step) -> str:
    if step.kind is StepKind.OPAQUE or step.understanding is Understanding.OPAQUE:
        what = f"Does something that is not known here (type {one_line(step.source_type, 60)})."
    else:
        what = sentence(step.words) or sentence(str(step.kind))
    return what if step.enabled else f"{what} (This step is switched off.)"


def as_lines(lines: Sequence[Line]) -> str:
    """The sentences as text, two blanks for each branch."""
    return "".join(f"{'  ' * line.indent}{line.text}\n" for line in lines)
