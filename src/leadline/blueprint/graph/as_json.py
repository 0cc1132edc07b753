"""Flows and maps as JSON, stable from run to run: keys in a fixed order, defaults left out.

A condition or step is an object with the names of its fields; which kind of condition it is
stands under ``asks``. What equals its default is left out, so a small flow is a small text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, ClassVar, Protocol, cast

from leadline.blueprint.graph.build import Graph, Link, Node, Relation, Terms
from leadline.blueprint.graph.flow import (
    Comparison,
    Consent,
    Every,
    FieldRef,
    Flow,
    Happened,
    Membership,
    Neither,
    Some,
    Unclear,
)
from leadline.blueprint.graph.questions import Impact, Origin, Use
from leadline.blueprint.graph.single_points import SinglePoint

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

ASKS: Mapping[type, str] = {
    Comparison: "comparison",
    Membership: "membership",
    Happened: "happened",
    Consent: "consent",
    Unclear: "unclear",
    Every: "every",
    Some: "some",
    Neither: "neither",
}
"""How each kind of condition is called in JSON."""


class _Value(Protocol):
    """Any of our frozen dataclasses."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def of_flow(flow: Flow) -> dict[str, Json]:
    """One flow; its steps as a list in the order of the file."""
    found = _object(flow)
    found["steps"] = [_object(step) for step in flow.steps.values()]
    return found


def of_graph(graph: Graph) -> dict[str, Json]:
    """The map: nodes by id, links by source, target and relation, with what holds for them."""
    nodes: list[Json] = [_object(node) for node in sorted(graph.nodes.values(), key=_by_id)]
    links: list[Json] = [_link(link) for link in sorted(graph.links, key=_by_ends)]
    return {"nodes": nodes, "links": links}


def _link(link: Link) -> dict[str, Json]:
    return {"way": WAYS[link.relation], **_object(link)}


WAYS: Mapping[Relation, str] = {
    Relation.HOLDS: "holds",
    Relation.NAMED: "holds",
    Relation.OWNS: "holds",
    Relation.READS: "read",
    Relation.COUNTS: "read",
    Relation.STARTS: "trigger",
    Relation.ENDS: "trigger",
    Relation.WAKES: "trigger",
    Relation.ENROLS: "trigger",
    Relation.COPIES: "sync",
    Relation.WRITES: "write",
    Relation.LISTS: "write",
    Relation.SENDS: "send",
    Relation.POSTS: "send",
    Relation.CALLS: "call",
}
"""In one word what runs along a link, always from its source to its target."""


def _by_id(node: Node) -> str:
    return node.id


def _by_ends(link: Link) -> tuple[str, str, str]:
    return link.source, link.target, link.relation


def _object(value: _Value) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if type(value) in ASKS:
        found["asks"] = ASKS[type(value)]
    for name, one in _fields(type(value)):
        held: object = getattr(value, name)
        if not _left_out(one, held):
            found[name] = _json(held)
    return found


@cache
def _fields(kind: type[_Value]) -> tuple[tuple[str, Field[Any]], ...]:
    return tuple((one.name, one) for one in fields(kind))


def _left_out(one: Field[Any], held: object) -> bool:
    if one.default is not MISSING:
        return held == one.default
    return one.default_factory is not MISSING and not held


@lru_cache(maxsize=10_000)
def _terms(terms: Terms) -> Json:
    """Many links have the terms of their flow."""
    return _object(terms)


def _json(held: object) -> Json:
    match held:
        case StrEnum():
            return held.value
        case None | bool() | int() | float() | str():
            return held
        case FieldRef():
            return str(held)
        case Terms():
            return _terms(held)
        case tuple():
            return [_json(one) for one in cast("tuple[object, ...]", held)]
        case Mapping():
            several = cast("Mapping[str, object]", held)
            return {name: _json(one) for name, one in several.items()}
        case _:
            return _object(cast("_Value", held))


def of_impact(answer: Impact, origins: Sequence[Origin]) -> dict[str, Json]:
    """What hangs on a node, and where its values come from; other nodes by id, kind and name."""
    return {
        "node": _object(answer.node),
        "names": [
            _ref(x.node, every_s=x.every_s, lag_s=x.lag_s, leads=x.leads) for x in answer.names
        ],
        "owners": [owner.name for owner in answer.owners],
        "reads": [_use(use) for use in answer.reads],
        "writes": [_use(use) for use in answer.writes],
        "fails": [_ref(x.node, steps=[*x.steps], then=x.then) for x in answer.fails],
        "stops": [_ref(x.node, why=x.why, sure=x.sure, steps=[*x.steps]) for x in answer.stops],
        "comes_from": [_origin(one) for one in origins],
    }


def of_single_point(point: SinglePoint) -> dict[str, Json]:
    """One thing on which several flows hang."""
    return _ref(point.node, flows=[flow.id for flow in point.flows], why=point.why)


def _use(use: Use) -> Json:
    return _ref(use.node, how=use.how.value, steps=[*use.steps], words=use.words)


def _ref(node: Node, **more: Json) -> dict[str, Json]:
    return {"id": node.id, "kind": node.kind.value, "name": node.title, **more}


def _origin(one: Origin) -> Json:
    return {
        "node": one.node.id,
        "by": None if one.by is None else one.by.id,
        "sync": one.words,
        "steps": [*one.steps],
        "values": [*one.values],
        "sources": [_origin(source) for source in one.sources],
    }
