"""Conditions of n8n's if, filter and switch nodes, in the shapes of all their versions."""

from __future__ import annotations

from collections.abc import Callable

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    FieldRef,
    Some,
    Unclear,
)
from leadline.inspection.flows.document import (
    Map,
    constants,
    listed,
    mapping,
    mappings,
    shown,
    text,
)
from leadline.inspection.flows.n8n.expressions import Items, reads_of
from leadline.inspection.flows.n8n.node import Node, is_expression

_KNOWN = frozenset({"exists", "notEmpty", "isNotEmpty"})
_UNKNOWN = frozenset({"notExists", "empty", "isEmpty"})
_WORDS = {
    "equals": "is",
    "equal": "is",
    "notEquals": "is not",
    "notEqual": "is not",
    "gt": "is more than",
    "larger": "is more than",
    "gte": "is at least",
    "largerEqual": "is at least",
    "lt": "is less than",
    "smaller": "is less than",
    "lte": "is at most",
    "smallerEqual": "is at most",
    "contains": "contains",
    "notContains": "does not contain",
    "startsWith": "starts with",
    "notStartsWith": "does not start with",
    "endsWith": "ends with",
    "notEndsWith": "does not end with",
    "regex": "matches a pattern",
    "notRegex": "does not match a pattern",
    "after": "is after",
    "before": "is before",
    "true": "is true",
    "false": "is false",
}
# What the older if node compares with where the file does not say how.
_OLD_DEFAULT = {"boolean": "equal", "string": "equal", "number": "smaller", "dateTime": "after"}
# JavaScript takes nothing for 0 when it compares numbers, and for false when it asks for truth.
_BLANK_UNSURE = frozenset({"lt", "lte", "smaller", "smallerEqual", "equal", "before"})


def read_conditions(found: object, node: Node, items: Items) -> Condition | None:
    """The conditions of one output; None where there are none."""
    conditions = mapping(found)
    if isinstance(conditions.get("conditions"), list):
        parts = [_new(each, node, items) for each in mappings(conditions.get("conditions"))]
        join = Some if text(conditions.get("combinator")) == "or" else Every
        return _joined(join, parts)
    parts = [
        _old(each, kind, node, items)
        for kind, each_of in conditions.items()
        for each in mappings(each_of)
    ]
    join = Some if node.says("combineOperation") == "any" else Every
    return _joined(join, parts)


def _joined(
    join: Callable[[tuple[Condition, ...]], Condition], parts: list[Condition]
) -> Condition | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else join(tuple(parts))


def _new(found: Map, node: Node, items: Items) -> Condition:
    operation = text(mapping(found.get("operator")).get("operation")) or "equals"
    left, right = found.get("leftValue"), found.get("rightValue")
    return compare(left, operation, right, node, items)


def _old(found: Map, kind: str, node: Node, items: Items) -> Condition:
    operation = text(found.get("operation")) or _OLD_DEFAULT.get(kind, "equal")
    right = found.get("value2")
    if right is None and kind == "boolean":
        right = "false"
    return compare(found.get("value1"), operation, right, node, items)


def compare(left: object, operation: str, right: object, node: Node, items: Items) -> Condition:
    """One comparison: of a field where the left side reads one, else kept in words."""
    reads = reads_of(left, node.id, items)
    others = reads_of(right, node.id, items)
    asked = _WORDS.get(operation, shown(operation, 30) or "meets")
    if not reads:
        return Unclear(f"a computed value {asked} something", others)
    return _comparison(reads, operation, asked, right, others)


def _comparison(
    reads: tuple[FieldRef, ...],
    operation: str,
    asked: str,
    right: object,
    others: tuple[FieldRef, ...],
) -> Comparison:
    read, more = reads[0], (*reads[1:], *others)
    if operation in _KNOWN:
        return Comparison(read, operation, f"{read.name} is known", blank=Blank.FAILS, others=more)
    if operation in _UNKNOWN:
        return Comparison(
            read, operation, f"{read.name} is unknown", blank=Blank.PASSES, others=more
        )
    if operation in {"true", "false"}:
        blank = Blank.FAILS if operation == "true" else Blank.PASSES
        return Comparison(
            read, operation, f"{read.name} {asked}", (operation,), blank=blank, others=more
        )
    raw = () if is_expression(right) else (text(right),)
    against = ", ".join(o.name for o in others) if others else listed(raw)
    negative = operation.startswith("not")
    blank = Blank.PASSES if negative else Blank.FAILS
    if operation in _BLANK_UNSURE:
        blank = Blank.UNSAID
    words = f"{read.name} {asked} {against}".rstrip()
    return Comparison(read, operation, words, constants(raw), negative, blank, more)


def switch_outputs(node: Node, items: Items) -> tuple[list[tuple[str, Condition | None]], bool]:
    """The outputs of a switch in order, each with its label, and whether there is one for the
    rest (n8n drops what no rule takes unless told otherwise)."""
    rules = mapping(node.parameters.get("rules"))
    if node.version >= 3:
        found = [
            (
                shown(rule.get("outputKey"), 40) or f"output {number}",
                read_conditions(rule.get("conditions"), node, items),
            )
            for number, rule in enumerate(mappings(rules.get("values")), start=1)
        ]
        fallback = text(mapping(node.parameters.get("options")).get("fallbackOutput"))
        return found, fallback not in {"", "none"}
    left = node.parameters.get("value1")
    by_output: dict[int, Condition] = {}
    for number, rule in enumerate(mappings(rules.get("rules"))):
        place = text(rule.get("output"))
        index = int(place) if place.isdigit() and len(place) < 4 else number
        operation = text(rule.get("operation")) or "equal"
        asked = compare(left, operation, rule.get("value2"), node, items)
        before = by_output.get(index)
        by_output[index] = asked if before is None else Some((before, asked))
    most = max(by_output, default=-1)
    listed_outputs = [
        (f"output {index + 1}", by_output.get(index)) for index in range(min(most + 1, 200))
    ]
    fallback = text(node.parameters.get("fallbackOutput"))
    return listed_outputs, fallback not in {"", "-1"}
