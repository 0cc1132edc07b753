"""Phrases become the typed tree.

A condition is a list of one-fact phrases under ``all``, ``any`` or ``none``. There is no "and"
or "or" between facts, so there is no precedence to know. Everything wrong is said at once, each
with its place, and with the nearest valid name where one is like it.

A dotted name is a reference, anything else text; a text that has a dot inside a single word
with letters on both sides (acme.com), a keyword or quotes in it stands in double quotes.

A date beside a time field means the whole day in the project's zone: "is before 2026-05-01" ends
where that day begins, "is after 2026-05-01" begins where it ends, "is 2026-05-01" lies in it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from lark import Token

from leadline.expression.grammar import (
    BARE,
    NEGATIVE,
    SEVERAL,
    Item,
    Operator,
    Said,
    take_apart,
    tokens,
)
from leadline.expression.literals import Day, listed_choices, literal, span
from leadline.expression.misread import explain_stop, refuse_text, refuse_words
from leadline.expression.raw import Fault, Position, Raw, RawGroup, RawPhrase
from leadline.expression.reading import Reading, shorten
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
    StartsWith,
    Unknown,
    Unknowns,
    Within,
)
from leadline.expression.types import Kind, KnownValue, comparable
from leadline.expression.vocabulary import Vocabulary

__all__ = ["Fault", "Position", "RawGroup", "RawPhrase", "Vocabulary", "parse_condition"]

_DEEPEST = 20
_GROUPS = {"all": All, "any": Any, "none": Nothing}
_ORDERED = frozenset({Kind.NUMBER, Kind.TIME, Kind.DATE})
_TIMELY = frozenset({Kind.TIME, Kind.DATE})


def parse_condition(raw: Raw, vocabulary: Vocabulary) -> tuple[Condition | None, tuple[Fault, ...]]:
    """Return the typed condition, or None and everything that is wrong with it."""
    faults: list[Fault] = []
    condition = _condition(raw, vocabulary, faults, 1)
    return (None if faults else condition), tuple(faults)


def _condition(
    raw: Raw, vocabulary: Vocabulary, faults: list[Fault], depth: int
) -> Condition | None:
    if isinstance(raw, RawPhrase):
        return _phrase(Reading(raw, vocabulary, faults))
    if not raw.parts:
        faults.append(
            Fault(
                "empty-group",
                f'"{raw.word}" has no conditions.',
                'Write at least one: "contact.country is DE".',
                raw.position,
            )
        )
    if depth > _DEEPEST:
        faults.append(
            Fault(
                "nested-too-deep",
                f"Conditions are nested more than {_DEEPEST} deep here.",
                "Take the inner part out into a segment or a step of its own.",
                raw.position,
            )
        )
        return None
    parts: list[Condition] = []
    before: str | None = None
    for part in raw.parts:
        if isinstance(part, RawPhrase):
            condition = _phrase(Reading(part, vocabulary, faults, before))
            before = shorten(part.text, 80)
        else:
            condition = _condition(part, vocabulary, faults, depth + 1)
            before = None
        if condition is not None:
            parts.append(condition)
    return _GROUPS[raw.word](tuple(parts))


def _phrase(reading: Reading) -> Condition | None:
    text = reading.raw.text
    if refuse_text(reading) or refuse_words(reading, tokens(text)):
        return None
    said = take_apart(text)
    if isinstance(said, Token):
        explain_stop(reading, said)
        return None
    operand = reading.operand(said.subject)
    if not _well_shaped(reading, said):
        return None
    if operand is None:
        for item in said.items:  # so that every unknown name of the phrase is said at once
            if item.reference:
                reading.operand(item)
        return None
    return _meaning(reading, said, operand)


def _meaning(reading: Reading, said: Said, operand: Operand) -> Condition | None:
    match said.operator:
        case Operator.IS_KNOWN:
            return Known(operand)
        case Operator.IS_UNKNOWN:
            return Unknown(operand)
        case Operator.IS | Operator.IS_NOT | Operator.IS_ONE_OF | Operator.IS_NOT_ONE_OF:
            return _is(reading, said, operand)
        case (
            Operator.CONTAINS
            | Operator.DOES_NOT_CONTAIN
            | Operator.STARTS_WITH
            | Operator.DOES_NOT_START_WITH
        ):
            return _part_of_text(reading, said, operand)
        case Operator.BETWEEN:
            return _between(reading, said, operand)
        case Operator.WITHIN_LAST | Operator.WITHIN_NEXT:
            return _within(reading, said, operand)
        case Operator.IS_NOT_KNOWN | Operator.IS_NOT_UNKNOWN:
            return None  # refused by _well_shaped
        case (
            Operator.AT_LEAST
            | Operator.MORE_THAN
            | Operator.AT_MOST
            | Operator.LESS_THAN
            | Operator.BEFORE
            | Operator.AFTER
        ):
            return _compare(reading, said, operand)
        case _:
            assert_never(said.operator)


def _well_shaped(reading: Reading, said: Said) -> bool:
    """Check what the grammar leaves open: how many values, and what is said of unknown ones."""
    text, subject = shorten(reading.raw.text, 60), said.subject.text
    operator, count = said.operator, len(said.items)
    if operator in BARE:
        if operator in {Operator.IS_NOT_KNOWN, Operator.IS_NOT_UNKNOWN}:
            meant = "unknown" if operator is Operator.IS_NOT_KNOWN else "known"
            reading.fault(
                "not-known",
                f'"{operator}" has a word of its own.',
                f'Write "{subject} is {meant}".',
                said.operator_at,
            )
            return False
        return True
    if count > 1 and operator not in SEVERAL and operator is not Operator.BETWEEN:
        rest = shorten(reading.raw.text[said.items[0].offset :], 80)
        if operator in {Operator.IS, Operator.IS_NOT}:
            more = f'Write "{subject} {operator} one of {rest}".'
        else:
            more = 'Make an item of each value and put the items under "any" or "all".'
        reading.fault("one-value", f'"{operator}" takes one value.', more, said.items[1].offset)
        return False
    if operator in NEGATIVE and said.unknowns is None:
        reading.fault(
            "bare-negative",
            f'"{text}" does not say what about an unknown value.',
            f'Write "{text} or unknown" or "{text} and known".',
            said.operator_at,
        )
        return False
    if operator not in NEGATIVE and said.unknowns is not None:
        if said.unknowns is Unknowns.COUNT:
            fix = f'Make two items of it under "any"; the second is "{subject} is unknown".'
        else:
            fix = 'Leave out "and known": where this holds, the value is known.'
        reading.fault(
            "unknown-not-asked",
            f'"{operator}" cannot end with "{said.unknowns}".',
            fix,
            said.operator_at,
        )
        return False
    return True


def _is(reading: Reading, said: Said, operand: Operand) -> Condition | None:
    values: list[KnownValue | Operand] = []
    for item in said.items:
        value = _value(reading, operand, item)
        if isinstance(value, Day):
            if said.operator is Operator.IS:
                return _on(operand, value)
            reading.fault(
                "day-not-moment",
                f'{operand.ref} is a time, and "{item.text}" is a whole day.',
                f'Write "{operand.ref} is before {item.text}" or "is after {item.text}"; '
                'put both under "any" for every other day.',
                item.offset,
            )
        elif value is not None:
            values.append(value)
    return Is(operand, tuple(values), said.unknowns) if values else None


def _on(operand: Operand, day: Day) -> Condition:
    start = Compare(operand, Order.AT_LEAST, day.start)
    return All((start, Compare(operand, Order.BEFORE, day.end)))


def _compare(reading: Reading, said: Said, operand: Operand) -> Condition | None:
    order = Order(said.operator)
    if not _can_order(reading, said, operand, order):
        return None
    value = _value(reading, operand, said.items[0])
    if value is None:
        return None
    if isinstance(value, Day):
        return _compare_day(operand, order, value)
    return Compare(operand, order, value)


def _compare_day(operand: Operand, order: Order, day: Day) -> Condition:
    match order:
        case Order.BEFORE | Order.LESS_THAN:
            return Compare(operand, Order.BEFORE, day.start)
        case Order.AT_MOST:
            return Compare(operand, Order.BEFORE, day.end)
        case Order.AFTER | Order.MORE_THAN:
            return Compare(operand, Order.AT_LEAST, day.end)
        case Order.AT_LEAST:
            return Compare(operand, Order.AT_LEAST, day.start)
        case _:
            assert_never(order)


def _between(reading: Reading, said: Said, operand: Operand) -> Condition | None:
    if operand.type.kind not in _ORDERED:
        _wrong_operator(reading, said, operand)
        return None
    low = _constant(reading, said, operand, said.items[0])
    high = _constant(reading, said, operand, said.items[1])
    if low is None or high is None:
        return None
    first = low.start if isinstance(low, Day) else low
    last = high.end if isinstance(high, Day) else high
    if _above(first, last) or (isinstance(high, Day) and first == last):
        low_words, high_words = (shorten(item.text, 30) for item in said.items)
        reading.fault(
            "empty-range",
            f"Nothing is between {low_words} and {high_words}: the first is larger.",
            f'Write "is between {high_words} and {low_words}".',
            said.items[0].offset,
        )
        return None
    if isinstance(high, Day):
        start = Compare(operand, Order.AT_LEAST, first)
        return All((start, Compare(operand, Order.BEFORE, high.end)))
    return Between(operand, first, last)


def _above(low: KnownValue, high: KnownValue) -> bool:
    """Return whether a range is empty; both ends are of one type, since one field typed them."""
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return low > high
    if isinstance(low, datetime) and isinstance(high, datetime):
        return low > high
    return isinstance(low, date) and isinstance(high, date) and low > high


def _within(reading: Reading, said: Said, operand: Operand) -> Condition | None:
    if operand.type.kind not in _TIMELY:
        _wrong_operator(reading, said, operand)
        return None
    found = span(reading, said.items[0], operand.type.kind)
    if found is None:
        return None
    return Within(operand, found.length, said.operator is Operator.WITHIN_NEXT, found.words)


def _part_of_text(reading: Reading, said: Said, operand: Operand) -> Condition | None:
    if operand.type.kind not in {Kind.TEXT, Kind.EMAIL}:
        _wrong_operator(reading, said, operand)
        return None
    item = said.items[0]
    if item.reference:
        _no_reference_here(reading, said, item)
        return None
    if not item.text:
        reading.fault(
            "empty-text",
            f'Every text {"contains" if "contain" in said.operator else "starts with"} "".',
            f'Write the text to look for, or "{operand.ref} is known".',
            item.offset,
        )
        return None
    contains = said.operator in {Operator.CONTAINS, Operator.DOES_NOT_CONTAIN}
    return (Contains if contains else StartsWith)(operand, item.text, said.unknowns)


def _value(reading: Reading, operand: Operand, item: Item) -> KnownValue | Day | Operand | None:
    """Read what stands on the right: a reference of a like type, or a value."""
    if not item.reference:
        return literal(reading, operand, item)
    other = reading.operand(item)
    if other is None or comparable(operand.type.kind, other.type.kind):
        return other
    reading.fault(
        "types-differ",
        f"{operand.ref} ({operand.type.kind}) and {other.ref} ({other.type.kind}) "
        "cannot be compared.",
        f'Compare fields of one type; if "{shorten(item.text)}" is a text, put it in quotes.',
        item.offset,
    )
    return None


def _constant(
    reading: Reading, said: Said, operand: Operand, item: Item
) -> KnownValue | Day | None:
    if item.reference:
        _no_reference_here(reading, said, item)
        return None
    return literal(reading, operand, item)


def _no_reference_here(reading: Reading, said: Said, item: Item) -> None:
    instead = ""
    if said.operator is Operator.BETWEEN:
        instead = 'Write two items under "all", one for each end; if'
    reading.fault(
        "reference-not-allowed",
        f'"{said.operator}" takes a value, and "{shorten(item.text)}" is a reference.',
        f"{instead or 'If'} it is a text, put it in double quotes.",
        item.offset,
    )


def _can_order(reading: Reading, said: Said, operand: Operand, order: Order) -> bool:
    kind = operand.type.kind
    either = order in {Order.AT_LEAST, Order.AT_MOST}
    if kind is Kind.NUMBER and (either or order in {Order.MORE_THAN, Order.LESS_THAN}):
        return True
    if kind in _TIMELY and (either or order in {Order.BEFORE, Order.AFTER}):
        return True
    _wrong_operator(reading, said, operand)
    return False


_SISTERS = {
    Operator.BEFORE: Operator.LESS_THAN,
    Operator.AFTER: Operator.MORE_THAN,
    Operator.LESS_THAN: Operator.BEFORE,
    Operator.MORE_THAN: Operator.AFTER,
}


def _wrong_operator(reading: Reading, said: Said, operand: Operand) -> None:
    """Note that an operator does not go with the type of the field, and which does."""
    kind, ref = operand.type.kind, operand.ref
    sister = _SISTERS.get(said.operator)
    if kind in _ORDERED and sister is not None:
        fix = f'Write "{ref} {sister} …".'
    elif kind in _ORDERED:
        fix = f'Use "is", "is at least", "is at most" or "is between" with a {kind}.'
    elif kind is Kind.CHOICE:
        fix = f'Name the values: "{ref} is one of … or …". Its values are: '
        fix += f"{listed_choices(operand.type)}."
    elif kind is Kind.FLAG:
        fix = f'Write "{ref} is true" or "{ref} is false".'
    else:
        fix = 'Use "is", "is one of", "contains" or "starts with" here; '
        fix += "or make it a number or a time in data/contact.yaml or events.yaml."
    reading.fault(
        "wrong-operator",
        f'"{said.operator}" does not go with {ref}, whose type is {kind}.',
        fix,
        said.operator_at,
    )
