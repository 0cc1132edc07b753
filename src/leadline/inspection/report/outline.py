"""A flow as an outline that reads from top to bottom: its steps in order, branches side by side.

Branches that come together again end at the step where they do, which then follows once. A step
that was shown already is pointed to, so a loop is a line and not an endless list. What nothing
leads to stands at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from leadline.blueprint.graph.flow import Condition, Edge, EdgeKind, Flow, Step

DEEPEST = 8  # branches inside of branches that are drawn; what lies deeper is pointed to
MOST_STEPS = 400  # a flow with more is listed flat: its branches would be unreadable anyhow


@dataclass(frozen=True, slots=True)
class Pointer:
    """The way goes on at a step that stands elsewhere in the outline."""

    step: str
    words: str
    back: bool


@dataclass(frozen=True, slots=True)
class Path:
    """One way out of a step: its label, condition and what follows; nothing where it ends."""

    label: str
    kind: EdgeKind
    condition: Condition | None
    items: tuple[Item, ...]
    ends: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A step with the ways out of it, where there is more than one."""

    step: Step
    paths: tuple[Path, ...] = ()


Item = Shown | Pointer


@dataclass(frozen=True, slots=True)
class Outline:
    """A flow from its ways in: what is reached, in order, and what nothing leads to."""

    starts: tuple[tuple[Item, ...], ...]
    unreached: tuple[Step, ...]


def outline(flow: Flow) -> Outline:
    """Lay a flow out; every step stands in it once."""
    drawing = _Drawing(flow)
    entries = dict.fromkeys(
        [t.starts_at for t in flow.triggers if t.starts_at is not None]
        + ([flow.start] if flow.start is not None else [])
    )
    if len(flow.steps) > MOST_STEPS:
        flat: tuple[Item, ...] = tuple(Shown(step) for step in flow.steps.values())
        return Outline((flat,), ())
    starts = tuple(tuple(drawing.way(entry, frozenset(), 0)) for entry in entries)
    unreached = tuple(s for s in flow.steps.values() if s.id not in drawing.seen)
    return Outline(starts, unreached)


class _Drawing:
    def __init__(self, flow: Flow) -> None:
        self.steps: Mapping[str, Step] = flow.steps
        self.seen: set[str] = set()
        self.open: set[str] = set()

    def way(self, at: str | None, until: frozenset[str], depth: int) -> Iterator[Item]:
        """The steps from ``at`` on, up to (and without) one of ``until``."""
        opened: list[str] = []
        while at is not None and at not in until:
            step = self.steps.get(at)
            if step is None or at in self.seen or depth > DEEPEST:
                words = step.words if step is not None else "a step that is not in the file"
                yield Pointer(at, words, back=at in self.open)
                break
            self.seen.add(at)
            self.open.add(at)
            opened.append(at)
            edges = [edge for edge in step.edges if edge.to is not None or edge.label]
            if len(edges) < 2:
                yield Shown(step)
                at = edges[0].to if edges else None
                continue
            join = self._join(edges)
            inner = until | {join} if join is not None else until
            yield Shown(step, tuple(self._path(edge, inner, depth) for edge in edges))
            at = join
        self.open.difference_update(opened)

    def _path(self, edge: Edge, until: frozenset[str], depth: int) -> Path:
        items = tuple(self.way(edge.to, until, depth + 1))
        label = edge.label or _LABELS[edge.kind]
        return Path(label, edge.kind, edge.condition, items, ends=edge.to is None)

    def _join(self, edges: Iterable[Edge]) -> str | None:
        """The first step at which all ways that go on meet."""
        reached = [list(self._reached(e.to)) for e in edges if e.to is not None]
        if len(reached) < 2:
            return None
        common = set(reached[0]).intersection(*reached[1:]) - self.seen
        return next((step for step in reached[0] if step in common), None)

    def _reached(self, start: str) -> Iterator[str]:
        pending, found = [start], dict[str, None]()
        while pending:
            at = pending.pop(0)
            if at not in found and at in self.steps:
                found[at] = None
                pending += [e.to for e in self.steps[at].edges if e.to is not None]
        yield from found


_LABELS = {
    EdgeKind.NEXT: "then",
    EdgeKind.BRANCH: "if",
    EdgeKind.ELSE: "otherwise",
    EdgeKind.ERROR: "when it fails",
    EdgeKind.JUMP: "then",
}
