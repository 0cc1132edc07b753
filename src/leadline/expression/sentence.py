"""A condition in words: the phrase that its author could have written, and a sentence to sign.

``phrase`` parses back to the same node. ``sentence`` is for people who do not know the language
of conditions, in one of the languages of ``spoken.py``; two conditions that differ in meaning
differ in their sentence.
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
from leadline.expression.spoken import (
    ENGLISH,
    Case,
    Spoken,
    Verb,
    counted,
    day,
    in_quotes,
    listed,
    moment,
    noun,
    number,
)
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
from leadline.expression.types import FieldType, Kind, KnownValue

_WORD = re.compile(r"[A-Za-z0-9_-]+|[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+")
_TAKEN = frozenset({"or", "and", "is", "contains", "oder"}) | LIKE_UNKNOWN


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


def sentence(condition: Condition, zone: tzinfo = UTC, spoken: Spoken = ENGLISH) -> str:
    """Say a condition in English or another language, times in ``zone`` with their offset.

    Without a full stop, so that it can stand after "if".
    """
    match condition:
        case All(parts):
            return _group(parts, spoken.and_, zone, spoken) if parts else spoken.always
        case Any(parts):
            return _group(parts, spoken.or_, zone, spoken) if parts else spoken.never
        case Nothing(parts):
            if not parts:
                return spoken.always
            inner = "; ".join(f"({sentence(part, zone, spoken)})" for part in parts)
            return spoken.none_of.format(parts=inner)
        case _:
            return _clause(condition, zone, spoken)


def _group(parts: Sequence[Condition], word: str, zone: tzinfo, spoken: Spoken) -> str:
    if len(parts) == 1:
        return sentence(parts[0], zone, spoken)
    return word.join(
        f"({said})" if isinstance(part, All | Any | Nothing) else said
        for part in parts
        for said in (sentence(part, zone, spoken),)
    )


def _clause(node: Phrase, zone: tzinfo, spoken: Spoken) -> str:
    a = noun(node.operand.ref, spoken)
    match node:
        case Is(operand, values, negative):
            said = [value_said(operand.type, value, zone, spoken) for value in values]
            verb = spoken.is_one if len(values) == 1 else spoken.is_several
            return _verb(verb, negative).format(a=a, b=listed(said, spoken))
        case Compare(operand, order, value):
            return _order(operand, order, value, spoken).format(
                a=a, b=_compared(operand, value, zone, spoken)
            )
        case Between(operand, low, high):
            ends = (_compared(operand, end, zone, spoken) for end in (low, high))
            return spoken.between.format(a=a, **dict(zip("bc", ends, strict=True)))
        case Contains(_, text, negative):
            return _verb(spoken.contains, negative).format(a=a, b=in_quotes(text, spoken))
        case StartsWith(_, text, negative):
            return _verb(spoken.starts_with, negative).format(a=a, b=in_quotes(text, spoken))
        case Within(_, _, ahead, words):
            count, _, unit = words.partition(" ")
            length = counted(int(count), unit.removesuffix("s"), spoken.code)
            return (spoken.within_next if ahead else spoken.within_last).format(a=a, b=length)
        case Known():
            return spoken.known.format(a=a)
        case Unknown():
            return spoken.unknown.format(a=a)
        case _:
            assert_never(node)


def _order(operand: Operand, order: Order, value: KnownValue | Operand, spoken: Spoken) -> str:
    if operand.type.kind in {Kind.TIME, Kind.DATE}:
        return spoken.timely[order]
    return (spoken.numeric_reference if isinstance(value, Operand) else spoken.numeric)[order]


def _compared(operand: Operand, value: KnownValue | Operand, zone: tzinfo, spoken: Spoken) -> str:
    """The other side of a comparison: a number beside its field, a time after a preposition."""
    timely = operand.type.kind in {Kind.TIME, Kind.DATE}
    if isinstance(value, Operand):
        return noun(value.ref, spoken, spoken.value_case if timely else "subject")
    return value_said(operand.type, value, zone, spoken)


def _verb(verb: Verb, negative: Unknowns | None) -> str:
    match negative:
        case None:
            return verb.holds
        case Unknowns.COUNT:
            return verb.denied_or_unknown
        case Unknowns.LEAVE_OUT:
            return verb.known_and_denied
        case _:
            assert_never(negative)


def value_said(
    kind: FieldType,
    value: KnownValue | Operand,
    zone: tzinfo = UTC,
    spoken: Spoken = ENGLISH,
    case: Case | None = None,
) -> str:
    """Say a value of a field as it stands after a verb, in the case that the verb takes."""
    case = case or spoken.value_case
    match value:
        case Operand(ref):
            return noun(ref, spoken, case)
        case str():
            bare = kind.kind is not Kind.TEXT and _is_word(value)
            return value if bare else in_quotes(value, spoken)
        case bool():
            return spoken.true if value else spoken.false
        case Decimal():
            return number(value, spoken)
        case datetime():
            local = value.astimezone(zone)
            return moment(local, _offset(local), spoken, case)
        case _:
            return day(value, spoken, case)


def _offset(local: datetime) -> str:
    """How far a clock is from UTC: UTC, UTC+02:00."""
    written = local.isoformat()[len(local.replace(tzinfo=None).isoformat()) :]
    return "UTC" if written == "+00:00" else f"UTC{written}"


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
