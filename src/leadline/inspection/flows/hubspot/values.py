"""What a value of an action is made of: a constant, other properties, tokens in texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.flows.document import (
    Map,
    constant,
    is_map,
    mapping,
    once,
    shown,
    text,
    walk,
)
from leadline.inspection.flows.hubspot.names import WORDS, field
from leadline.inspection.flows.hubspot.scope import Scope

_TOKEN = re.compile(r"\{\{[\s-]*([A-Za-z_]\w{0,60})\.(\w{1,120}(?:\.\w{1,120}){0,3})")
_PATH = re.compile(r"(\w{1,120})\.(\w{1,120})")

_MADE = {
    "TIMESTAMP": "the time of the step",
    "EXECUTION_TIME": "the time of the step",
    "RELATIVE_DATETIME": "a time counted from the step",
    "ACTION_OUTPUT_OBJECT_PROPERTY": "a property of what an earlier action made",
    "ENROLLMENT_EVENT_PROPERTY": "a property of the event that enrolled",
    "ENROLLMENT_DATASET_COLUMN": "a column of the dataset",
    "SINGLE_OBJECT_COORDINATES": "a record",
    "LIST": "a list",
    "MAP": "a list of names and values",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the file tells it; ``constant`` None = it is made from elsewhere, or prose."""

    words: str
    constant: str | None = None
    reads: tuple[FieldRef, ...] = ()
    mode: str = "set"


def read_value(value: object, scope: Scope) -> Value:
    """Read one value of an action's fields, of any of HubSpot's shapes."""
    if not is_map(value):
        return _fixed(text(value), scope, "set")
    found = mapping(value)
    kind = text(found.get("type"))
    match kind:
        case "STATIC_VALUE":
            return _fixed(text(found.get("staticValue")), scope, "set")
        case "STATIC_APPEND_VALUE":
            return _fixed(
                text(found.get("staticAppendValue")) or text(found.get("staticValue")), scope, "add"
            )
        case "OBJECT_PROPERTY":
            name = text(found.get("propertyName"))
            return Value(shown(name), reads=_own(name, scope))
        case "APPEND_OBJECT_PROPERTY":
            name = text(found.get("propertyName")) or text(found.get("appendPropertyName"))
            return Value(shown(name), reads=_own(name, scope), mode="add")
        case "FETCHED_OBJECT_PROPERTY":
            reads = once(_fetched(text(found.get("propertyToken")), scope))
            return Value(shown(", ".join(map(str, reads))) or "a fetched record", reads=reads)
        case "FIELD_DATA":
            key, action_id = shown(found.get("dataKey"), 40), shown(found.get("actionId"), 20)
            return Value(f"{key or 'the result'} of action {action_id}")
        case "INCREMENT":
            return Value("one more step", mode="increment", reads=reads_of(value, scope))
        case _:
            if kind not in _MADE:
                scope.unknowns.add(f"value type: {shown(kind, 40) or 'none'}")
            return Value(_MADE.get(kind, "something not known"), reads=reads_of(value, scope))


def reads_of(value: object, scope: Scope) -> tuple[FieldRef, ...]:
    """Every property that the value certainly reads, at any depth of it."""
    return once(_reads(value, scope))


def _reads(value: object, scope: Scope) -> Iterator[FieldRef]:
    for found in walk(value):
        if isinstance(found, str):
            if "{{" in found:
                yield from tokens(found, scope)
            continue
        match found.get("type"):
            case "OBJECT_PROPERTY" | "APPEND_OBJECT_PROPERTY":
                yield from _own(text(found.get("propertyName")), scope)
            case "FETCHED_OBJECT_PROPERTY":
                yield from _fetched(text(found.get("propertyToken")), scope)
            case _:
                pass


def tokens(found: str, scope: Scope) -> Iterator[FieldRef]:
    """The properties that a text names in double braces."""
    for match in _TOKEN.finditer(found):
        root, path = match[1], match[2]
        if root == "enrolled_object":
            yield field(scope.object, path.partition(".")[0])
        elif root == "fetched_objects":
            yield from _fetched(path, scope)
        elif root in WORDS:
            yield field(root, path.partition(".")[0])


def _fixed(found: str, scope: Scope, mode: str) -> Value:
    reads = once(tokens(found, scope)) if "{{" in found else ()
    if reads:
        return Value("a text made of " + ", ".join(r.name for r in reads[:3]), None, reads, mode)
    if "{{" in found:
        return Value("a text made at the step", mode=mode)
    if not found and mode == "set":
        return Value("nothing", mode="clear")
    kept = constant(found)
    return Value(shown(found, 40) if kept is not None else "a fixed text", kept, mode=mode)


def _own(name: str, scope: Scope) -> tuple[FieldRef, ...]:
    return (field(scope.object, name),) if name else ()


def _fetched(token: str, scope: Scope) -> Iterator[FieldRef]:
    path = token.replace("{", "").replace("}", "").strip().removeprefix("fetched_objects.")
    match = _PATH.match(path)
    if match:
        yield field(scope.fetched.get(match[1], ""), match[2])
        yield from scope.source_reads.get(match[1], ())


def names_in(found: Map, *keys: str) -> str:
    """The first of these keys that holds a text."""
    return next((name for name in (text(found.get(key)) for key in keys) if name), "")
