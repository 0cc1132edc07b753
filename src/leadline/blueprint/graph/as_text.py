"""The map and its answers as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from leadline.blueprint.graph.build import (
    Graph,
    Limit,
    Link,
    Node,
    NodeKind,
    Relation,
    Terms,
    of_kind,
)
from leadline.blueprint.graph.flow import OURS, Flow
from leadline.blueprint.graph.questions import Impact, Name, Origin, Stop, Use
from leadline.blueprint.graph.sentences import as_lines, tell
from leadline.blueprint.graph.single_points import SinglePoint
from leadline.blueprint.graph.words import SWITCH, counted, one_line, span
from leadline.ledger.budget import CONNECTION

_MANY = 12
"""Names shown of a kind before the rest is counted."""


def whole(graph: Graph) -> str:
    """The whole map: each system with its objects, and what its flows touch."""
    lines: list[str] = []
    for system in of_kind(graph, NodeKind.SYSTEM):
        lines.append(f"{one_line(system.name)}{_owner(system.terms)}{in_brackets(system.terms)}")
        for kind in _HELD:
            names = [_name(graph, n) for n in of_kind(graph, kind) if n.system == system.id]
            if names:
                lines.append(f"  {_plural(kind, len(names))}: {_row(names)}")
        for flow in (n for n in of_kind(graph, NodeKind.FLOW) if n.system == system.id):
            told = f"{_name(graph, flow)}{_owner(flow.terms)}{in_brackets(flow.terms)}"
            lines.append(f"  {kind_word(flow)} {told}")
            lines.extend(f"    {line}" for line in _touches(graph, flow))
    syncs = [link for link in graph.links if link.relation is Relation.COPIES]
    lines.extend(_copied(graph, syncs))
    hosts = [one_line(node.name) for node in of_kind(graph, NodeKind.HOST)]
    if hosts:
        lines.append(f"addresses called: {_row(hosts)}")
    return "".join(f"{line}\n" for line in lines)


_HELD = (
    NodeKind.OBJECT, NodeKind.LIST, NodeKind.EVENT, NodeKind.MESSAGE, NodeKind.CHANNEL,
)  # fmt: skip


def _copied(graph: Graph, syncs: Iterable[Link]) -> Iterator[str]:
    """The syncs by name, each with the fields that it carries."""
    by_name: dict[tuple[str, Terms], list[str]] = {}
    for link in syncs:
        carried = f"{graph.nodes[link.source].title} → {graph.nodes[link.target].title}"
        by_name.setdefault((link.words, link.terms), []).append(carried)
    for (name, terms), carried in by_name.items():
        yield f"sync {one_line(name)}{_owner(terms)}{in_brackets(terms)}: {_row(carried)}"


def _owner(terms: Terms) -> str:
    return "" if terms.owner is None else f", owner {one_line(terms.owner)}"


def of_flow(flow: Flow) -> str:
    """One flow in sentences."""
    return as_lines(tell(flow))


def of_node(answer: Impact) -> str:
    """What reads a node, what writes it, and what stops if it goes."""
    node = answer.node
    lines = [f"{kind_word(node)} {_title(node)}{in_brackets(node.terms)}"]
    lines.extend(f"also called {_named(name)}" for name in answer.names)
    if answer.owners:
        lines.append(f"owner: {_row([owner.name for owner in answer.owners])}")
    into, out = _HEADINGS.get(node.kind, ("written, filled or sent by", "read or started by"))
    lines.extend(_uses(out, answer.reads, _VERBS_OUT))
    lines.extend(_uses(into, answer.writes, _VERBS_INTO))
    lines.extend(_if_it_goes(answer))
    return "".join(f"{line}\n" for line in lines)


def _if_it_goes(answer: Impact) -> Iterator[str]:
    """A system may be down for a while; what else goes, goes for good."""
    if answer.node.kind is NodeKind.OWNER:
        yield "if this person goes: nobody answers for these, and notices to them reach nobody."
        return
    fails = [
        f"  {kind_word(x.node)} {_title(x.node)}, step {_row(x.steps)}{{}}: {one_line(x.then)}."
        for x in answer.fails
    ]
    if fails and answer.node.kind is NodeKind.SYSTEM:
        yield "if it is down:"
        yield from (line.format("") for line in fails)
        if not answer.stops:
            return
        fails = []
    yield f"if it goes: {'' if answer.stops or fails else 'nothing stops.'}".rstrip()
    yield from (line.format(" fails") for line in fails)
    alike: dict[tuple[bool, str], list[Stop]] = {}
    for stop in sorted(answer.stops, key=lambda stop: not stop.sure):
        is_field = stop.node.kind is NodeKind.FIELD and not stop.steps
        alone = "" if is_field else f"{stop.node.id} "
        alike.setdefault((stop.sure, f"{alone}{stop.why}"), []).append(stop)
    for several in alike.values():
        stop = several[0]
        verb = "stops" if stop.sure else "may suffer"
        why = f"{one_line(stop.why)}{_steps(stop.steps)}"
        if len(several) > 1:
            names = _row([one.node.title for one in several])
            yield f"  {counted(len(several), 'field')} {verb}: {why}: {names}."
        else:
            yield f"  {kind_word(stop.node)} {_title(stop.node)} {verb}: {why}."


def kind_word(node: Node) -> str:
    """What a node is, as people call it: a flow of a project is a workflow."""
    return "workflow" if node.kind is NodeKind.FLOW and node.system == OURS else str(node.kind)


_HEADINGS = {
    NodeKind.FLOW: ("it rests on", "it acts on"),
    NodeKind.OWNER: ("handed on by", "answers for"),
    NodeKind.EVENT: ("sent by flows", "read or started by"),
}
_VERBS_OUT = {
    Relation.READS: "reads it",
    Relation.STARTS: "starts on it",
    Relation.ENDS: "is ended by it",
    Relation.WAKES: "waits for it",
    Relation.COUNTS: "counts it as success",
}
_VERBS_INTO = {
    Relation.SENDS: "sends it",
    Relation.POSTS: "posts to it",
    Relation.CALLS: "works through it",
    Relation.READS: "stands in it",
}


def about(answer: Impact) -> Iterator[str]:
    """What holds for a node, one fact a line: its other names, owners, pace and limits."""
    yield from (f"also called {_named(name)}" for name in answer.names)
    if answer.owners:
        yield f"owner: {_row([owner.name for owner in answer.owners])}"
    yield from pace_words(answer.node.terms)
    yield from (limit_words(limit) for limit in answer.node.terms.limits)


def _named(name: Name) -> str:
    every = "" if name.every_s is None else f", read every {span(name.every_s)}"
    lag = "" if name.lag_s is None else f", a change shows there within {span(name.lag_s)}"
    leads = ", whose value counts" if name.leads else ""
    return f"{one_line(name.node.title)}{leads}{every}{lag}"


def in_brackets(terms: Terms) -> str:
    """What holds for a node or link, in brackets; nothing where nothing is known.

    >>> in_brackets(Terms(every_s=900.0, volume=Volume(None, 500, 60.0)))
    ' (every 15 minutes; at most 500 a minute)'
    """
    words = [*pace_words(terms), *(limit_words(limit) for limit in terms.limits)]
    return f" ({'; '.join(words)})" if words else ""


def pace_words(terms: Terms) -> Iterator[str]:
    """How often, how late and how much: each as a phrase, as far as it is known."""
    if terms.every_s is not None:
        yield f"every {span(terms.every_s)}"
    if terms.lag_s is not None:
        yield f"shows after {span(terms.lag_s)}"
    volume = terms.volume
    if volume is not None and volume.per_day is not None:
        yield f"{volume.per_day:,.0f} a day"
    if volume is not None and volume.most is not None and volume.in_s is not None:
        yield f"at most {volume.most:,} {pace(volume.in_s)}"


def pace(seconds: float) -> str:
    """How long something is counted for, to stand behind a number.

    >>> pace(60), pace(600)
    ('a minute', 'in 10 minutes')
    """
    length = span(seconds)
    unit = length.removeprefix("1 ")
    if unit == length:
        return f"in {length}"
    return f"{'an' if unit == 'hour' else 'a'} {unit}"


def limit_words(limit: Limit) -> str:
    """A limit in words ("limit 100 in 10 seconds").

    >>> limit_words(Limit("search", 5, 1.0, "connection", "search", "its docs"))
    'limit 5 a second for search calls'
    """
    length = "at once" if limit.in_s is None else pace(limit.in_s)
    each = "" if limit.each == CONNECTION else f" for each {limit.each}"
    each += "" if limit.calls == "all" else f" for {limit.calls} calls"
    return f"limit {limit.most:,} {length}{each}"


def of_origin(graph: Graph, name: str, origins: Sequence[Origin]) -> str:
    """Where the values of a field come from, indented by how far back."""
    node = graph.nodes[name]
    title = one_line(node.title)
    if not origins:
        return f"{title}: {_from_outside(graph, node)}\n"
    lines = [f"{title} is filled by", *_origins(origins, 1)]
    return "".join(f"{line}\n" for line in lines)


def _from_outside(graph: Graph, node: Node) -> str:
    """Where a value comes from that nothing on the map fills."""
    if node.system != OURS:
        return "no flow or sync among the files fills it."
    holders = [x.source for x in graph.into.get(node.id, ()) if x.relation is Relation.HOLDS]
    events = [name for name in holders if graph.nodes[name].kind is NodeKind.EVENT]
    if events:
        return f"it comes with the event {one_line(graph.nodes[events[0]].name)}."
    return "no workflow or sync fills it: it comes with events that say who somebody is."


def of_single_points(points: Iterable[SinglePoint]) -> str:
    """What several live flows hang on alone."""
    return "".join(
        f"{kind_word(point.node)} {_title(point.node)}: "
        f"{counted(len(point.flows), kind_word(point.flows[0]))} "
        f"{'hangs' if len(point.flows) == 1 else 'hang'} on it ({one_line(point.why)})\n"
        for point in points
    )


def _origins(origins: Sequence[Origin], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for one in origins:
        if one.by is not None:
            values = f" as {_row(one.values)}" if one.values else ""
            yield f"{pad}{kind_word(one.by)} {_title(one.by)}{values}{_steps(one.steps)}"
        elif one.words:
            yield f"{pad}the sync {one_line(one.words)}"
        for source in one.sources:
            yield f"{pad}  from {one_line(source.node.title)}"
            yield from _origins(source.sources, depth + 2)


def _uses(title: str, uses: Sequence[Use], verbs: Mapping[Relation, str]) -> Iterator[str]:
    if uses or title in _ALWAYS_TOLD:
        yield f"{title}: {'nothing' if not uses else ''}".rstrip()
    for use in _fewer(uses):
        if isinstance(use, str):
            yield f"  {use}"
            continue
        if use.how is Relation.OWNS:
            yield f"  {kind_word(use.node)} {_title(use.node)}"
            continue
        verb = verbs.get(use.how, str(use.how)) if title in _ALWAYS_TOLD else _told(use.how)
        words = f" {one_line(use.words, 60)}" if use.words and use.how is Relation.WRITES else ""
        yield f"  {kind_word(use.node)} {_title(use.node)}: {verb}{words}{_steps(use.steps)}"


def _fewer(uses: Sequence[Use]) -> Iterator[Use | str]:
    """Many fields that are tied in the same way, as one line."""
    alike: dict[Relation, list[str]] = {}
    for use in uses:
        if use.node.kind is NodeKind.FIELD and not use.steps:
            alike.setdefault(use.how, []).append(use.node.title)
        else:
            yield use
    for how, names in alike.items():
        yield f"{counted(len(names), 'field')} ({_WITHOUT_STEP.get(how, str(how))}): {_row(names)}"


_WITHOUT_STEP = {Relation.COPIES: "by a sync", Relation.READS: "read"}
_ALWAYS_TOLD = frozenset({"read or started by", "written, filled or sent by"})


def _told(how: Relation) -> str:
    """A relation as a flow's own list tells it."""
    return {Relation.READS: "read", Relation.STARTS: "starts it", Relation.ENDS: "ends it",
            Relation.WAKES: "awaited", Relation.COUNTS: "counts as success",
            Relation.ENROLS: "enrols"}.get(how, str(how))  # fmt: skip


def _steps(steps: Sequence[str]) -> str:
    return f" (step {_row(steps)})" if steps else ""


def _title(node: Node) -> str:
    if node.kind is NodeKind.FLOW:
        live = None if node.system == OURS else node.live
        state = "" if live is None else f" ({SWITCH[live]})"
        return f'"{one_line(node.name)}"{state}'
    return one_line(node.title)


def _name(graph: Graph, node: Node) -> str:
    if node.kind is NodeKind.OBJECT:
        fields = sum(link.relation is Relation.HOLDS for link in graph.out.get(node.id, ()))
        records = f", {node.records:,} records" if node.records is not None else ""
        return f"{one_line(node.name)} ({fields:,} fields{records})"
    return _title(node)


def _touches(graph: Graph, flow: Node) -> Iterator[str]:
    through = "works through" if flow.system == OURS else "calls"
    wanted = (
        ("starts on", graph.into, Relation.STARTS),
        ("is ended by", graph.into, Relation.ENDS),
        ("waits for", graph.into, Relation.WAKES),
        ("counts as success", graph.into, Relation.COUNTS),
        ("reads", graph.into, Relation.READS),
        ("writes", graph.out, Relation.WRITES),
        ("sends", graph.out, Relation.SENDS),
        ("posts to", graph.out, Relation.POSTS),
        ("enrols into", graph.out, Relation.ENROLS),
        ("changes", graph.out, Relation.LISTS),
        (through, graph.out, Relation.CALLS),
    )
    for title, side, relation in wanted:
        links = [link for link in side.get(flow.id, ()) if link.relation is relation]
        ends = [
            f"{_title(graph.nodes[link.source if side is graph.into else link.target])}"
            f"{_on_line(link)}"
            for link in links
        ]
        if ends:
            yield f"{title} {_row(ends)}"
    if flow.opaque:
        yield f"{flow.opaque:,} steps that are not known here"


def _on_line(link: Link) -> str:
    """What holds for a link alone: a flow's volume and a system's limits stand with them."""
    if link.relation in {Relation.STARTS, Relation.ENDS, Relation.WAKES, Relation.COUNTS}:
        return in_brackets(link.terms)
    return ""


def _plural(kind: NodeKind, number: int) -> str:
    return counted(number, kind)


def _row(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 60) for name in names[:_MANY])
    rest = len(names) - _MANY
    return f"{shown} and {rest:,} more" if rest > 0 else shown
