"""A condition in words: the phrase that its author could have written, and a sentence to sign.

``phrase`` parses back to the same node. ``sentence`` is for people who do not know the language;
two conditions that differ in meaning differ in their sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import assert_never

from leadline.expression.grammar import quoted
from leadline.expression.literals import LIKE_UNKNOWN
from leadline.expression.misread import almost
from leadline.expression.tree import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Contains,
    Is,
    Known,
    Nothing,
    Operand,
    Order,
    Phrase,
    StartsWith,
    Unknown,
    Unknowns,
    Within,
)
from leadline.expression.types import Kind, KnownValue

_WORD = re.compile(r"[A-Za-z0-9_-]+|[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+")
_TAKEN = frozenset({"or", "and", "is", "contains"}) | LIKE_UNKNOWN


def phrase(node: Phrase) -> str:
    """Write a node as a phrase; ``parse_condition`` makes the same node of it.

    That holds for every node that a phrase can make. Times are written in UTC.
    """
    ref = node.operand.ref
    match node:
        case Is(_, values, negative):
            several = "one of " if len(values) > 1 else ""
            return f"{ref} is {_not(negative)}{several}{_list(values)}{_tail(negative)}"
        case Compare(_, order, value):
            return f"{ref} {order} {_written(value)}"
        case Between(_, low, high):
            return f"{ref} is between {_written(low)} and {_written(high)}"
        case Contains(_, text, negative):
            verb = "does not contain" if negative else "contains"
            return f"{ref} {verb} {_written(text)}{_tail(negative)}"
        case StartsWith(_, text, negative):
            verb = "does not start with" if negative else "starts with"
            return f"{ref} {verb} {_written(text)}{_tail(negative)}"
        case Within(_, _, ahead, words):
            return f"{ref} is within the {'next' if ahead else 'last'} {words}"
        case Known():
            return f"{ref} is known"
        case Unknown():
            return f"{ref} is unknown"
        case _:
            assert_never(node)


def sentence(condition: Condition, zone: tzinfo = UTC) -> str:
    """Say a condition in English, times in ``zone`` with their offset.

    Without a full stop, so that it can stand after "if".
    """
    match condition:
        case All(parts):
            return _group(parts, "; and ", zone) if parts else "always"
        case Any(parts):
            return _group(parts, "; or ", zone) if parts else "never"
        case Nothing(parts):
            if not parts:
                return "always"
            inner = "; ".join(f"({sentence(part, zone)})" for part in parts)
            return f"none of these holds: {inner}"
        case _:
            return f"{_noun(condition.operand)} {_predicate(condition, zone)}"


def _group(parts: Sequence[Condition], word: str, zone: tzinfo) -> str:
    if len(parts) == 1:
        return sentence(parts[0], zone)
    return word.join(
        f"({sentence(part, zone)})" if isinstance(part, All | Any | Nothing) else said
        for part in parts
        for said in (sentence(part, zone),)
    )


def _predicate(node: Phrase, zone: tzinfo) -> str:
    match node:
        case Is(operand, values, negative):
            if len(values) == 1:
                said = _said(operand, values[0], zone)
                return _denied("is", "is not", said, negative)
            *first, last = (_said(operand, value, zone) for value in values)
            said = f"{', '.join(first)} or {last}"
            return _denied("is one of", "is none of", said, negative)
        case Compare(operand, order, value):
            timely = operand.type.kind in {Kind.TIME, Kind.DATE}
            verb = _ORDERS_OF_TIME[order] if timely else str(order)
            return f"{verb} {_said(operand, value, zone)}"
        case Between(operand, low, high):
            ends = f"{_said(operand, low, zone)} and {_said(operand, high, zone)}"
            return f"is between {ends} (both included)"
        case Contains(_, text, negative):
            return _denied("contains", "does not contain", quoted(text), negative)
        case StartsWith(_, text, negative):
            return _denied("starts with", "does not start with", quoted(text), negative)
        case Within(_, _, ahead, words):
            return f"is within the {'next' if ahead else 'last'} {words}"
        case Known():
            return "is known"
        case Unknown():
            return "is unknown"
        case _:
            assert_never(node)


_ORDERS_OF_TIME = {
    Order.AT_LEAST: "is at or after",
    Order.MORE_THAN: "is after",
    Order.AT_MOST: "is at or before",
    Order.LESS_THAN: "is before",
    Order.BEFORE: "is before",
    Order.AFTER: "is after",
}


def _denied(verb: str, denial: str, said: str, negative: Unknowns | None) -> str:
    match negative:
        case None:
            return f"{verb} {said}"
        case Unknowns.COUNT:
            return f"{denial} {said}, or is unknown"
        case Unknowns.LEAVE_OUT:
            return f"is known and {denial} {said}"
        case _:
            assert_never(negative)


def _noun(operand: Operand) -> str:
    name = operand.ref.name.replace("_", " ")
    match operand.ref.scope:
        case "contact" | "event":
            return f"the {operand.ref.scope}'s {name}"
        case system:
            return f"{name} in {system}"


def _said(operand: Operand, value: KnownValue | Operand, zone: tzinfo) -> str:
    if isinstance(value, Operand):
        return _noun(value)
    if isinstance(value, str):
        return value if operand.type.kind is not Kind.TEXT and _is_word(value) else quoted(value)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        offset = f"{local:%z}"
        where = "" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}"
        return f"{_clock(local)} (UTC{where})"
    return _written(value)


def _is_word(text: str) -> bool:
    """Return whether a text needs no quotes: no keyword, no reference, no second word."""
    return _WORD.fullmatch(text) is not None and text.lower() not in _TAKEN


def _not(negative: Unknowns | None) -> str:
    return "not " if negative else ""


def _tail(negative: Unknowns | None) -> str:
    return f" {negative}" if negative else ""


def _list(values: Sequence[KnownValue | Operand]) -> str:
    return " or ".join(map(_written, values))


def _written(value: KnownValue | Operand) -> str:
    match value:
        case Operand(ref):
            return str(ref)
        case str():
            return value if _is_word(value) and almost(value) is None else quoted(value)
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{_clock(value.astimezone(UTC))}Z"
        case _:
            return value.isoformat()


def _clock(moment: datetime) -> str:
    """Write date and time of day, no finer than needed."""
    local = moment.replace(tzinfo=None)
    whole = local.second == 0 and local.microsecond == 0
    return local.isoformat(" ", "minutes" if whole else "auto")
