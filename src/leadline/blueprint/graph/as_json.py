"""Flows and maps as JSON, stable from run to run: keys in a fixed order, defaults left out.

A condition or step is an object with the names of its fields; which kind of condition it is
stands under ``asks``. What equals its default is left out, so a small flow is a small text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from typing import Any, ClassVar, Protocol, cast

from leadline.blueprint.graph.build import Graph, Link, Node
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
    """The map: nodes by id, links by source, target and relation."""
    nodes: list[Json] = [_object(node) for node in sorted(graph.nodes.values(), key=_by_id)]
    links: list[Json] = [_object(link) for link in sorted(graph.links, key=_by_ends)]
    return {"nodes": nodes, "links": links}


def _by_id(node: Node) -> str:
    return node.id


def _by_ends(link: Link) -> tuple[str, str, str]:
    return link.source, link.target, link.relation


def _object(value: _Value) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if type(value) in ASKS:
        found["asks"] = ASKS[type(value)]
    for one in fields(value):
        held: object = getattr(value, one.name)
        if not _left_out(one, held):
            found[one.name] = _json(held)
    return found


def _left_out(one: Field[Any], held: object) -> bool:
    if one.default is not MISSING:
        return held == one.default
    return one.default_factory is not MISSING and not held


def _json(held: object) -> Json:
    match held:
        case FieldRef():
            return str(held)
        case StrEnum():
            return held.value
        case None | bool() | int() | float() | str():
            return held
        case tuple():
            return [_json(one) for one in cast("tuple[object, ...]", held)]
        case Mapping():
            several = cast("Mapping[str, object]", held)
            return {name: _json(one) for name, one in several.items()}
        case _:
            return _object(cast("_Value", held))
