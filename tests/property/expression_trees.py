"""Random conditions and rows, chosen so that comparisons meet their border cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from leadline.expression.phrases import RawGroup, RawPhrase, Vocabulary
from leadline.expression.sentence import phrase
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
    Ref,
    StartsWith,
    Unknown,
    Unknowns,
    Within,
)
from leadline.expression.types import FieldType, Kind, KnownValue, Value

NOW = datetime(2026, 3, 29, 0, 59, 59, 999_999, UTC)  # a microsecond before Berlin's clocks change
ZONES = [UTC, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")]

CHOICES = ("lead", "Lead", "customer", "Unknown", "unknown", "one of", "a b", "straße", "STRASSE")
TEXT, EMAIL, NUMBER, FLAG, TIME, DATE = (
    FieldType(kind)
    for kind in (Kind.TEXT, Kind.EMAIL, Kind.NUMBER, Kind.FLAG, Kind.TIME, Kind.DATE)
)
CHOICE = FieldType(Kind.CHOICE, CHOICES)
SCOPES = {
    "contact": {
        "name": TEXT,
        "company": TEXT,
        "email": EMAIL,
        "work_email": EMAIL,
        "stage": CHOICE,
        "size": NUMBER,
        "score": NUMBER,
        "subscribed": FLAG,
        "seen_at": TIME,
        "made_at": TIME,
        "born": DATE,
        "signed": DATE,
    },
    "hubspot": {"city": TEXT, "stage": CHOICE, "employees": NUMBER, "vip": FLAG, "since": DATE},
    "event": {"title": TEXT, "by": EMAIL, "seats": NUMBER, "starts_at": TIME, "live": FLAG},
}
VOCABULARY = Vocabulary(SCOPES, ZoneInfo("Europe/Berlin"))
OPERANDS = [
    Operand(Ref(scope, name), type_)
    for scope, names in SCOPES.items()
    for name, type_ in names.items()
]

# Letters whose case, width, order or composition differs between Unicode's rules, Python's,
# PostgreSQL's and those of a locale; and what has a meaning in SQL, YAML or a phrase.
LETTERS = [
    *"aAbBxXzZ019 .,;:'\"\\%_-+@#&()[]{}$?*\n\t",
    *"äÄéÉßẞİıſKÅøŁσςΣΟΔαΆάΐŉǰﬁﬀǅǆǄ٣中あ한אب\u00a0\u00ad\u200b\u200d\u2028\ufeff\uffff",
    *"\u0301\u0307\u0345\u030a\u0308",
    *"😀👩🏽𐐀𐐨𝔄𞤀𞤢𝟘\U0001f1e9\U0001f1ea\U000e0001\U0010ffff",
    "e\u0301",
    "A\u030a",
    "i\u0307",
    "%s",
    "%(p0)s",
    "''",
    " or ",
    "or",
    "and",
    "is",
    "contains",
    "one of",
    "knwon",
    "null",
    "unknown",
    "and known",
]
NUMBERS_WRITTEN = """
0 -0 0.0 1 1.0 1.00 -1 0.1 0.2 0.3 0.30 0.30000000000000004 2.5 3.5 7 10 100 200 199.999
99999999999999999999 99999999999999999999.000000000000000001 1E+3 1000 1E-20 -12.50
"""
NUMBERS = [Decimal(text) for text in NUMBERS_WRITTEN.split()]
MOMENTS = [
    NOW + timedelta(days=days, microseconds=micro)
    for days in (-30, -7, -1, 0, 1, 7, 30)
    for micro in (-1, 0, 1)
] + [
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(1883, 11, 18, 12, 3, 58, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, UTC),
]
DAYS = [NOW.date() + timedelta(days=days) for days in (-31, -30, -8, -7, -1, 0, 1, 2, 7, 8, 30)] + [
    date.min,
    date(2024, 2, 29),
    date.max,
]
SPANS = [
    (1, "minute"),
    (90, "minute"),
    (1, "hour"),
    (1, "day"),
    (7, "day"),
    (1, "week"),
    (30, "day"),
]
LENGTHS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True)
class Maker:
    """Makes values, rows and conditions from one source of chance."""

    chance: Random

    def text(self, longest: int = 3) -> str:
        return "".join(self.chance.choice(LETTERS) for _ in range(self.chance.randint(0, longest)))

    def email(self) -> str:
        local, domain = (
            self.chance.choice(["jo", "Jo", "JO", "ΣΑΣ", "İ", self.text()]),
            self.text(2),
        )
        return f"{local}@{self.chance.choice(['acme.example', 'ACME.example', domain])}"

    def value(self, type_: FieldType) -> KnownValue:
        choose = self.chance.choice
        match type_.kind:
            case Kind.TEXT:
                return choose(["", "lead", "Lead", "LEAD", self.email(), self.text(), self.text(1)])
            case Kind.EMAIL:
                return self.email()
            case Kind.CHOICE:
                return choose(CHOICES)
            case Kind.NUMBER:
                return choose(NUMBERS)
            case Kind.FLAG:
                return choose([True, False])
            case Kind.TIME:
                return choose(MOMENTS)
            case Kind.DATE:
                return choose(DAYS)

    def row(self) -> dict[Ref, Value]:
        return {
            operand.ref: None if self.chance.random() < 0.2 else self._stored(operand.type)
            for operand in OPERANDS
        }

    def _stored(self, type_: FieldType) -> KnownValue:
        # A numeric column can hold these, though no phrase can name them.
        if type_.kind is Kind.NUMBER and self.chance.random() < 0.05:
            return Decimal(self.chance.choice(["NaN", "Infinity", "-Infinity"]))
        return self.value(type_)

    def operand(self, *kinds: Kind) -> Operand:
        return self.chance.choice([o for o in OPERANDS if not kinds or o.type.kind in kinds])

    def negative(self) -> Unknowns | None:
        return self.chance.choice([None, Unknowns.COUNT, Unknowns.LEAVE_OUT])

    def condition(self, depth: int = 3) -> Condition:
        if depth == 0 or self.chance.random() < 0.35:
            return self.phrase()
        group = self.chance.choice([All, Any, Nothing])
        count = self.chance.choice([1, 1, 2, 2, 3, 4])
        return group(tuple(self.condition(depth - 1) for _ in range(count)))

    def phrase(self) -> Phrase:
        makers: list[Callable[[], Phrase]] = [
            self.is_,
            self.is_,
            self.compare,
            self.between,
            self.contains,
            self.starts_with,
            self.within,
            lambda: Known(self.operand()),
            lambda: Unknown(self.operand()),
        ]
        return self.chance.choice(makers)()

    def right_side(self, operand: Operand) -> KnownValue | Operand:
        if self.chance.random() < 0.25:
            textual = operand.type.kind in {Kind.TEXT, Kind.EMAIL, Kind.CHOICE}
            kinds = (Kind.TEXT, Kind.EMAIL, Kind.CHOICE) if textual else (operand.type.kind,)
            return self.operand(*kinds)
        return self.value(operand.type)

    def is_(self) -> Is:
        operand = self.operand()
        count = self.chance.choice([1, 1, 2, 3, 12])
        values = tuple(self.right_side(operand) for _ in range(count))
        return Is(operand, values, self.negative())

    def compare(self) -> Compare:
        operand = self.operand(Kind.NUMBER, Kind.TIME, Kind.DATE)
        numeric = operand.type.kind is Kind.NUMBER
        strict = [Order.MORE_THAN, Order.LESS_THAN] if numeric else [Order.BEFORE, Order.AFTER]
        order = self.chance.choice([Order.AT_LEAST, Order.AT_MOST, *strict])
        return Compare(operand, order, self.right_side(operand))

    def between(self) -> Between:
        operand = self.operand(Kind.NUMBER, Kind.TIME, Kind.DATE)
        one, other = self.value(operand.type), self.value(operand.type)
        low, high = (one, other) if one <= other else (other, one)
        return Between(operand, low, high)

    def part(self) -> str:
        return (
            self.chance.choice(["a", "A", "J", "Σ", "σ", "ς", "ss", "@acme", "ACME", self.text()])
            or "x"
        )

    def contains(self) -> Contains:
        return Contains(self.operand(Kind.TEXT, Kind.EMAIL), self.part(), self.negative())

    def starts_with(self) -> StartsWith:
        return StartsWith(self.operand(Kind.TEXT, Kind.EMAIL), self.part(), self.negative())

    def within(self) -> Within:
        operand = self.operand(Kind.TIME, Kind.DATE)
        count, unit = self.chance.choice(
            [s for s in SPANS if operand.type.kind is Kind.TIME or s[1] in {"day", "week"}]
        )
        words = f"{count} {unit}{'' if count == 1 else 's'}"
        span = timedelta(seconds=count * LENGTHS[unit])
        return Within(operand, span, self.chance.choice([True, False]), words)


WORDS = {All: "all", Any: "any", Nothing: "none"}


def as_written(condition: Condition, lines: itertools.count[int]) -> RawPhrase | RawGroup:
    """Write a condition as a project file would hold it, each part on a line of its own."""
    position = (next(lines), 1)
    if isinstance(condition, All | Any | Nothing):
        parts = tuple(as_written(part, lines) for part in condition.parts)
        return RawGroup(WORDS[type(condition)], parts, position)
    return RawPhrase(phrase(condition), position)
