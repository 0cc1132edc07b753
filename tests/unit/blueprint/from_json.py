"""Flows read back from the JSON that ``as_json`` writes: for the examples of the pages."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from leadline.blueprint.graph import as_json
from leadline.blueprint.graph import flow as neutral
from leadline.blueprint.graph.flow import FieldRef, Flow, Step

KINDS = {name: kind for kind, name in as_json.ASKS.items()}


def flow(found: dict[str, Any]) -> Flow:
    """A flow; what an example leaves out of the frame (system, where, live …) is usual."""
    usual = {"system": "hubspot", "where": "example.json", "live": "on", "object": "contact"}
    whole = {**usual, "triggers": [], "name": found["id"], **found}
    whole.setdefault("start", next((s["id"] for s in whole.get("steps", [])), None))
    steps = {s["id"]: _value(Step, {"source_type": s["kind"], **s}) for s in whole.pop("steps", [])}
    return dataclasses.replace(_value(Flow, whole), steps=types.MappingProxyType(steps))


def field(text: str) -> FieldRef:
    system, about, name = text.split(".", 2)
    return FieldRef(system, "" if about == "?" else about, name)


def _value(kind: Any, found: Any) -> Any:
    if isinstance(found, dict) and "asks" in found:
        kind = KINDS[found["asks"]]
        found = {name: held for name, held in found.items() if name != "asks"}
    if kind is FieldRef:
        return field(found)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, vars(neutral))
        unknown = set(found) - set(hints)
        assert not unknown, f"{kind.__name__} has no {unknown}"
        return kind(**{name: _of(hints[name], held) for name, held in found.items()})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(found)
    return found


def _of(hint: Any, held: Any) -> Any:
    if held is None:
        return None
    inside = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return tuple(_of(inside[0], one) for one in held)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        options = [option for option in inside if option is not type(None)]
        return _value(options[0] if len(options) == 1 else None, held)
    if typing.get_origin(hint) is Mapping:
        return held
    return _value(hint, held)
