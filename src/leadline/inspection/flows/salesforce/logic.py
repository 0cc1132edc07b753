"""Conditions of Salesforce flows, with their logic: and, or, ``1 AND (2 OR 3)``, formulas."""

from __future__ import annotations

import re

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    FieldRef,
    Neither,
    Some,
    Unclear,
)
from leadline.inspection.flows.document import MAX_DEPTH, listed, once, shown
from leadline.inspection.flows.salesforce.references import (
    Names,
    field_of,
    fixed,
    reads_of_value,
)
from leadline.inspection.flows.salesforce.tag import Tag

_WORDS = {
    "EqualTo": "is",
    "NotEqualTo": "is not",
    "GreaterThan": "is more than",
    "GreaterThanOrEqualTo": "is at least",
    "LessThan": "is less than",
    "LessThanOrEqualTo": "is at most",
    "Contains": "contains",
    "NotContain": "does not contain",
    "StartsWith": "starts with",
    "EndsWith": "ends with",
    "In": "is one of",
    "NotIn": "is none of",
    "WasSet": "was set",
}
_NEGATIVE = frozenset({"NotEqualTo", "NotContain", "NotIn"})
_KNOWING = frozenset({"IsNull", "IsBlank", "IsEmpty"})
_TOKEN = re.compile(r"\s*(\d{1,4}|AND\b|OR\b|NOT\b|\(|\))", re.IGNORECASE)


def read_filters(holder: Tag, object_name: str, names: Names) -> Condition | None:
    """The filters of a start or of a data element; their fields are of ``object_name``."""
    parts: list[Condition] = [
        _comparison(
            field_of(object_name, each.says("field")),
            each.says("operator"),
            each.one("value"),
            names,
        )
        for each in holder.all("filters")
        if each.says("field")
    ]
    formula = holder.says("filterFormula")
    if formula:
        return Unclear("a formula", names.reads_in(formula))
    return _joined(parts, holder.says("filterLogic"))


def read_rule(rule: Tag, names: Names) -> Condition | None:
    """The conditions of one way out of a decision."""
    parts: list[Condition] = []
    for each in rule.all("conditions"):
        reads = names.reads(each.says("leftValueReference"))
        operator, value = each.says("operator"), each.one("rightValue")
        if len(reads) == 1:
            parts.append(_comparison(reads[0], operator, value, names))
        else:
            asked = _WORDS.get(operator, shown(operator, 30) or "meets")
            others = once((*reads, *reads_of_value(value, names)))
            name = shown(each.says("leftValueReference"), 60) or "a value"
            parts.append(Unclear(f"{name} {asked} something", others))
    return _joined(parts, rule.says("conditionLogic"))


def _comparison(read: FieldRef, operator: str, value: Tag, names: Names) -> Comparison:
    kept = fixed(value, names)
    others = reads_of_value(value, names)
    if operator in _KNOWING:
        unknown = kept != "false"
        words = f"{read.name} is {'unknown' if unknown else 'known'}"
        blank = Blank.PASSES if unknown else Blank.FAILS
        return Comparison(read, operator, words, blank=blank, others=others)
    if operator == "IsChanged":
        return Comparison(read, operator, f"{read.name} changed", others=others)
    negative = operator in _NEGATIVE
    asked = _WORDS.get(operator, shown(operator, 30) or "meets")
    against = ", ".join(o.name for o in others) or listed((kept,) if kept is not None else ())
    # Nothing is not equal to any value, for flows and for queries alike.
    blank = Blank.FAILS if not negative else Blank.UNSAID
    if operator == "NotEqualTo":
        blank = Blank.PASSES
    return Comparison(
        read,
        operator,
        f"{read.name} {asked} {against}".rstrip(),
        (kept,) if kept else (),
        negative,
        blank,
        others,
    )


def _joined(parts: list[Condition], logic: str) -> Condition | None:
    if not parts:
        return None
    if len(parts) == 1 and "not" not in logic.lower():
        return parts[0]
    match logic.strip().lower():
        case "or":
            return Some(tuple(parts))
        case "" | "and":
            return Every(tuple(parts))
        case _:
            parsed = _parse(logic, parts)
            return parsed if parsed is not None else Unclear(f"joined by {shown(logic, 60)}")


def _parse(logic: str, parts: list[Condition]) -> Condition | None:
    """``1 AND (2 OR NOT 3)`` as a tree; None where it is none."""
    tokens: list[str] = []
    place = 0
    text = logic.strip()[:2000]
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        tokens.append(match[1].upper())
        place = match.end()
    parsed = _Parser(tokens, parts)
    found = parsed.either(0)
    return found if parsed.at_end() else None


class _Parser:
    """Reads the logic from left to right; None stands for what is no logic."""

    def __init__(self, tokens: list[str], parts: list[Condition]) -> None:
        self._tokens = tokens
        self._parts = parts
        self._place = 0

    def at_end(self) -> bool:
        return self._place >= len(self._tokens)

    def either(self, depth: int) -> Condition | None:
        found = [self._both(depth)]
        while self._takes("OR"):
            found.append(self._both(depth))
        return _combined(found, any_of=True)

    def _both(self, depth: int) -> Condition | None:
        found = [self._single(depth)]
        while self._takes("AND"):
            found.append(self._single(depth))
        return _combined(found, any_of=False)

    def _single(self, depth: int) -> Condition | None:
        if depth > MAX_DEPTH:
            return None
        if self._takes("NOT"):
            inner = self._single(depth + 1)
            return None if inner is None else Neither((inner,))
        if self._takes("("):
            inner = self.either(depth + 1)
            return inner if self._takes(")") else None
        if self.at_end() or not self._tokens[self._place].isdigit():
            return None
        number = int(self._tokens[self._place])
        self._place += 1
        return self._parts[number - 1] if 0 < number <= len(self._parts) else None

    def _takes(self, token: str) -> bool:
        if not self.at_end() and self._tokens[self._place] == token:
            self._place += 1
            return True
        return False


def _combined(found: list[Condition | None], *, any_of: bool) -> Condition | None:
    known = [part for part in found if part is not None]
    if len(known) < len(found):
        return None
    if len(known) == 1:
        return known[0]
    return Some(tuple(known)) if any_of else Every(tuple(known))
