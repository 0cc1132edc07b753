"""The typed tree that stands behind every condition.

Every node is a frozen value. A condition is three-valued: true, false or unknown (``None``);
``all`` is false where one part is false, ``any`` true where one part is true, as in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from leadline.expression.types import FieldType, KnownValue


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A dotted name: ``contact.country`` is scope "contact", name "country".

    The scope is ``contact``, ``event`` or the name of a system.
    """

    scope: str
    name: str

    def __str__(self) -> str:
        return f"{self.scope}.{self.name}"


@dataclass(frozen=True, slots=True)
class Operand:
    """A reference with the type that the vocabulary gave it."""

    ref: Ref
    type: FieldType


class Unknowns(StrEnum):
    """What a negative phrase says about a value that is not known."""

    COUNT = "or unknown"
    LEAVE_OUT = "and known"


class Order(StrEnum):
    """How two values are compared; the value is the phrase.

    Numbers use the first four; times and dates "is before", "is after", and "is at least" and
    "is at most" for "on or after" and "on or before".
    """

    AT_LEAST = "is at least"
    MORE_THAN = "is more than"
    AT_MOST = "is at most"
    LESS_THAN = "is less than"
    BEFORE = "is before"
    AFTER = "is after"


@dataclass(frozen=True, slots=True)
class Is:
    """``x is v``, ``x is one of a or b``; with ``negative`` set: ``x is not v or unknown``.

    A value may be another reference. ``x is v`` is unknown where no value is equal and one side
    is unknown; the negative is never unknown, since it says what to do then.
    """

    operand: Operand
    values: tuple[KnownValue | Operand, ...]
    negative: Unknowns | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """``x is at least v`` and its sisters; the other side may be a reference."""

    operand: Operand
    order: Order
    value: KnownValue | Operand


@dataclass(frozen=True, slots=True)
class Between:
    """``x is between a and b``, both ends included."""

    operand: Operand
    low: KnownValue
    high: KnownValue


@dataclass(frozen=True, slots=True)
class Contains:
    """``x contains v``; negative: ``does not contain v or unknown``."""

    operand: Operand
    text: str
    negative: Unknowns | None = None


@dataclass(frozen=True, slots=True)
class StartsWith:
    """``x starts with v``."""

    operand: Operand
    text: str
    negative: Unknowns | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """``x is within the last 30 days`` (``ahead`` false) or ``next`` (``ahead`` true).

    Both ends are included. For a time the span is exact (a day is 24 hours) and counted from
    ``now``; for a date it is counted in days from the date that ``now`` has in its own zone.
    ``words`` keeps what the author wrote ("30 days"), for the sentence.
    """

    operand: Operand
    span: timedelta
    ahead: bool
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """``x is known``."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Unknown:
    """``x is unknown``."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; an empty list holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """``none``: not one part holds; unknown where a part is unknown and none is true."""

    parts: tuple[Condition, ...]


Phrase = Is | Compare | Between | Contains | StartsWith | Within | Known | Unknown
Condition = Phrase | All | Any | Nothing
