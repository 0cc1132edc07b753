"""Conditions of other tools as phrases of ours; None where a condition cannot be said so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leadline.audit.audience import EQUAL, HOLDS, HOLDS_NOT, KNOWN, ORDER, UNEQUAL, UNKNOWN
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    Neither,
    Some,
)
from leadline.inspection.draft.fields import DraftField, DraftFields
from leadline.inspection.draft.words import scalar

_DEEPEST = 6  # groups inside of groups that a person still reads
_ORDERS = {">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One fact."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """``all``, ``any`` or ``none`` of several."""

    word: str
    parts: tuple[Said, ...]


Said = Phrase | Group


def said(condition: Condition, fields: DraftFields, depth: int = 0) -> Said | None:
    """The condition in our words; None if any part of it has none: half would be another one."""
    if depth > _DEEPEST:
        return None
    match condition:
        case Comparison():
            return _phrase(condition, fields)
        case Every(parts) | Some(parts) | Neither(parts):
            word = {Every: "all", Some: "any", Neither: "none"}[type(condition)]
            found = [said(part, fields, depth + 1) for part in parts]
            told = tuple(each for each in found if each is not None)
            if not told or len(told) < len(parts):
                return None
            return told[0] if len(told) == 1 and word != "none" else Group(word, told)
        case _:
            return None


def lines(condition: Said, indent: int, key: str = "if") -> list[str]:
    """The condition under ``key``, as YAML lines.

    >>> lines(Phrase("contact.country is DE"), 2)
    ["  if: 'contact.country is DE'"]
    """
    pad = " " * indent
    match condition:
        case Phrase(text):
            return [f"{pad}{key}: {_yaml(text)}"]
        case Group():
            return [f"{pad}{key}:", *_group(condition, indent + 4)]


def _group(group: Group, indent: int) -> list[str]:
    pad = " " * indent
    found = [f"{pad}{group.word}:"]
    for part in group.parts:
        if isinstance(part, Phrase):
            found.append(f"{pad}  - {_yaml(part.text)}")
        else:
            first, *rest = _group(part, indent + 4)
            found += [f"{pad}  - {first.strip()}", *rest]
    return found


def _yaml(text: str) -> str:
    """A phrase in single quotes, since it may hold double ones."""
    return "'" + text.replace("'", "''") + "'"


def _phrase(asked: Comparison, fields: DraftFields) -> Phrase | None:
    known = fields.find(asked.field)
    if known is None or asked.others:
        return None
    subject = f"contact.{known.name}"
    operator = asked.operator.lower().replace("_", " ").strip()
    if operator in KNOWN or operator in UNKNOWN:
        return Phrase(f"{subject} is {'known' if operator in KNOWN else 'unknown'}")
    values = _values(known, asked.values)
    if not values:
        return None
    if operator in EQUAL or operator in UNEQUAL:
        one = "is" if len(values) == 1 else "is one of"
        if operator in EQUAL:
            return Phrase(f"{subject} {one} {' or '.join(values)}")
        return _negative(f"{subject} {one.replace('is', 'is not', 1)} {' or '.join(values)}", asked)
    if operator in HOLDS | HOLDS_NOT and known.type in {"text", "email"} and len(values) == 1:
        if operator in HOLDS:
            return Phrase(f"{subject} contains {values[0]}")
        return _negative(f"{subject} does not contain {values[0]}", asked)
    if operator in ORDER and known.type == "number" and len(values) == 1:
        return Phrase(f"{subject} {_ORDERS[ORDER[operator]]} {values[0]}")
    return None


def _negative(phrase: str, asked: Comparison) -> Phrase | None:
    """With what becomes of the unknown; where the file does not say it, nobody may guess."""
    endings = {Blank.PASSES: " or unknown", Blank.FAILS: " and known"}
    ending = endings.get(asked.blank)
    return None if ending is None else Phrase(phrase + ending)


def _values(known: DraftField, values: tuple[str, ...]) -> list[str]:
    """The values as a phrase takes them beside such a field; empty if one does not fit."""
    found: list[str] = []
    for value in values:
        shown = _value(known, value.strip())
        if shown is None:
            return []
        found.append(shown)
    return list(dict.fromkeys(found))


def _value(known: DraftField, value: str) -> str | None:
    match known.type:
        case "choice":
            exact = {option.casefold(): option for option in known.values}
            return scalar(exact[value.casefold()]) if value.casefold() in exact else None
        case "number":
            return value if _NUMBER.fullmatch(value) else None
        case "flag":
            flag = value.casefold()
            return {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(flag)
        case "text" | "email":
            return scalar(value) if value else None
        case _:
            return None
