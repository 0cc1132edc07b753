"""Which fields of which node an expression reads, traced back to where the items come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.flows.document import (
    Map,
    flag,
    mapping,
    mappings,
    once,
    shown,
    strings,
    text,
)
from leadline.inspection.flows.n8n.node import SYSTEM, Node

_NAMED = r"""(?P<{0}>["'])(?P<{1}>[^"'\n]{{1,200}})(?P={0})"""
_PATH = (
    r"""(?P<path>(?:\??\.[A-Za-z_]\w{0,80}|\[\s*["'][^"'\]\n]{1,80}["']\s*\]|\[\d{1,6}\]){1,12})"""
)
_READ = re.compile(
    r"(?:\$json|\$input\.(?:item|first\(\)|last\(\))\.json"
    r"|\$\(\s*"
    + _NAMED.format("q1", "n1")
    + r"\s*\)\.(?:item|first\(\d*\)|last\(\d*\)|all\(\)\[\d{1,6}\]"
    r"|itemMatching\([^)\n]{0,40}\))\.json"
    r"|\$node\[\s*" + _NAMED.format("q2", "n2") + r"\s*\]\.json"
    r"|\$items\(\s*" + _NAMED.format("q3", "n3") + r"[^)\n]{0,20}\)\[\d{1,6}\]\.json)" + _PATH
)
_PART = re.compile(r"""\.([A-Za-z_]\w*)|\[\s*["']([^"'\]]+)["']\s*\]""")
# These give on the items that they get.
PASSES = frozenset(
    {
        "if",
        "switch",
        "filter",
        "merge",
        "noOp",
        "wait",
        "splitInBatches",
        "limit",
        "sort",
        "removeDuplicates",
        "stopAndError",
        "respondToWebhook",
        "dateTime",
    }
)
# Vendors put a record's fields one level down.
_HOLDERS = {"hubspot": "properties", "mailchimp": "merge_fields"}
MAX_STEPS_BACK = 60  # nodes looked at to find where a field comes from


@dataclass(frozen=True, slots=True)
class Items:
    """Where items come from: ``origin`` of a node's own output, ``parents`` before each node."""

    nodes: Mapping[str, Node]
    parents: Mapping[str, tuple[str, ...]]
    origins: Mapping[str, tuple[str, str]]  # node id -> (system, object)


def reads_of(value: object, node_id: str, items: Items) -> tuple[FieldRef, ...]:
    """Every field that the expressions in a value read, at any depth of the value."""
    return once(
        field
        for found in strings(value)
        if found.startswith("=") and "$" in found
        for field in read_text(found, node_id, items)
    )


def read_text(found: str, node_id: str, items: Items) -> Iterator[FieldRef]:
    """The fields that one expression, or a piece of code, names."""
    for named, path in once(_named(found)):
        if named is None:
            yield from _before(node_id, path, items)
        else:
            yield from _given_by(named, path, items)


def _named(found: str) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Each node named, None for the one before, and the path in its items."""
    for match in _READ.finditer(found):
        path = _parts(match["path"], called=found[match.end() : match.end() + 1] == "(")
        if path:
            yield match["n1"] or match["n2"] or match["n3"], path


def _parts(path: str, *, called: bool) -> tuple[str, ...]:
    parts: tuple[str, ...] = tuple(one or other for one, other in _PART.findall(path))
    if called or (parts and parts[-1] == "length"):
        parts = parts[:-1]
    return parts


def _before(node_id: str, path: tuple[str, ...], items: Items) -> Iterator[FieldRef]:
    """The field of the items that come into a node."""
    parents = items.parents.get(node_id, ())
    if not parents:
        yield _field("", "", ".".join(path))
    yield from _search(list(parents), path, items)


def _given_by(name: str, path: tuple[str, ...], items: Items) -> Iterator[FieldRef]:
    """The field of the items that a named node gives."""
    if name not in items.nodes:
        yield _field("", shown(name, 60), ".".join(path))
        return
    yield from _search([name], path, items)


def _search(found: list[str], path: tuple[str, ...], items: Items) -> Iterator[FieldRef]:
    pending, seen = [(name, path) for name in reversed(found)], set[tuple[str, tuple[str, ...]]]()
    while pending and len(seen) < MAX_STEPS_BACK:
        place = pending.pop()
        if place in seen:
            continue
        seen.add(place)
        name, path = place
        node = items.nodes[name]
        before = items.parents.get(name, ())
        if node.kind == "set" and node.enabled:
            sources = _set_from(node, path[0])
            if sources is not None:
                pending.extend((n, p) for n, p in _followed(sources, name, items))
                continue
            if not _set_keeps_others(node):
                continue
            pending.extend((parent, path) for parent in reversed(before))
        elif (node.kind in PASSES or not node.enabled) and before:
            pending.extend((parent, path) for parent in reversed(before))
        else:
            yield _from_origin(node, path, items)


def _followed(value: object, node_id: str, items: Items) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where the expression that a Set node gives a field comes from itself."""
    for found in strings(value):
        for named, path in _named(found) if found.startswith("=") else ():
            before = items.parents.get(node_id, ()) if named is None else (named,)
            yield from ((name, path) for name in before if name in items.nodes)


def _set_from(node: Node, name: str) -> object:
    """What a Set node gives this field; None where it does not set it."""
    for assigned in assignments(node.parameters):
        if text(assigned.get("name")).partition(".")[0] == name:
            return assigned.get("value", assigned.get("stringValue", ""))
    return None


def assignments(parameters: Map) -> Iterator[Map]:
    """What a Set node sets, in the three shapes that its versions have."""
    yield from mappings(mapping(parameters.get("assignments")).get("assignments"))
    yield from mappings(mapping(parameters.get("fields")).get("values"))
    for listed in mapping(parameters.get("values")).values():
        yield from mappings(listed)


def _set_keeps_others(node: Node) -> bool:
    if node.version >= 3.3:  # the first version with includeOtherFields, off by default
        return bool(flag(node.parameters.get("includeOtherFields")))
    if node.version >= 3:
        return node.says("include", "all") != "none"
    return not flag(node.parameters.get("keepOnlySet"))


def _from_origin(node: Node, path: tuple[str, ...], items: Items) -> FieldRef:
    system, object_name = items.origins.get(node.id, (SYSTEM, node.name))
    if len(path) > 1 and path[0] == _HOLDERS.get(system):
        return _field(system, object_name, path[1])
    return _field(system, object_name, ".".join(path[:4]))


@lru_cache(maxsize=50_000)
def _field(system: str, object_name: str, name: str) -> FieldRef:
    return FieldRef(system or SYSTEM, shown(object_name, 60), shown(name, 120))
