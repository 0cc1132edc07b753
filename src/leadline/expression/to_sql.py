"""A condition as PostgreSQL: the same three-valued answer that ``evaluate`` gives, for all rows.

- Text compares under ``collate "C"`` (by code point), emails folded as
  ``types.folded`` folds them, whatever the database's own collation is.
- No clock and no time zone: the ends of "within the last 30 days" are computed before, from the
  ``now`` that the caller read once for its batch.
- Values are parameters (``%(p0)s``), each cast to its type, so that nothing is guessed from text
  and nothing can be injected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from leadline.expression.bounds import bounds
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
    Ref,
    StartsWith,
    Unknown,
    Unknowns,
    Within,
)
from leadline.expression.types import SIGMAS, TEXTUAL, Kind, KnownValue, Value, folded, folds

Parameter = str | Decimal | bool | datetime | date | None | list[str] | list[KnownValue]


@dataclass(frozen=True, slots=True)
class Column:
    """Where the rows of the statement keep a field: SQL that the caller vouches for.

    It is of the type that ``types.py`` names for the field, and a percent sign in it is doubled,
    since the statement has parameters.
    """

    sql: str


@dataclass(frozen=True, slots=True)
class SqlFragment:
    """A boolean expression in psycopg's named style, with its parameters."""

    text: str
    params: Mapping[str, Parameter]


def to_sql(
    condition: Condition,
    columns: Mapping[Ref, Column | Value],
    now: datetime,
    prefix: str = "p",
) -> SqlFragment:
    """Compile a condition for the rows of a statement.

    ``columns`` says for each reference where its value is: in a column, or already known and the
    same for every row (the event that triggered). A reference that is missing there raises
    KeyError. ``prefix`` begins the names of the parameters, so that several conditions fit into
    one statement.
    """
    writer = _Writer(columns, now, prefix)
    # In parentheses, so that a caller may put "and" beside it.
    return SqlFragment(f"({writer.condition(condition)})", writer.params)


_TYPES = {
    Kind.TEXT: "text",
    Kind.EMAIL: "text",
    Kind.CHOICE: "text",
    Kind.NUMBER: "numeric",
    Kind.FLAG: "boolean",
    Kind.TIME: "timestamptz",
    Kind.DATE: "date",
}
_ORDERS = {
    Order.AT_LEAST: ">=",
    Order.MORE_THAN: ">",
    Order.AT_MOST: "<=",
    Order.LESS_THAN: "<",
    Order.BEFORE: "<",
    Order.AFTER: ">",
}
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes SQL for PostgreSQL; another dialect is another writer over the same tree."""

    columns: Mapping[Ref, Column | Value]
    now: datetime
    prefix: str
    params: dict[str, Parameter] = field(default_factory=dict[str, Parameter])

    def condition(self, condition: Condition) -> str:
        match condition:
            case Is():
                return _said(self._is(condition), condition.negative)
            case Compare(operand, order, value):
                return self._compare(operand, _ORDERS[order], value)
            case Between(operand, low, high):
                return self._between(operand, low, high)
            case Contains(operand, text, negative):
                where = self._side(operand, operand.type.kind)
                part = self._constant(text, operand.type.kind)
                return _said(f"strpos({where}, {part}) > 0", negative)
            case StartsWith(operand, text, negative):
                where = self._side(operand, operand.type.kind)
                start = self._constant(text, operand.type.kind)
                return _said(f"starts_with({where}, {start})", negative)
            case Within(operand):
                return self._between(operand, *bounds(condition, self.now))
            case Known(operand):
                return f"{self._stored(operand)} is not null"
            case Unknown(operand):
                return f"{self._stored(operand)} is null"
            case All(parts):
                return _joined(map(self.condition, parts), " and ", "true")
            case Any(parts):
                return _joined(map(self.condition, parts), " or ", "false")
            case Nothing(parts):
                return f"not ({_joined(map(self.condition, parts), ' or ', 'false')})"
            case _:
                assert_never(condition)

    def _is(self, condition: Is) -> str:
        operand = condition.operand
        kind = operand.type.kind
        constants = [value for value in condition.values if not isinstance(value, Operand)]
        tests: list[str] = []
        if len(constants) == 1:
            tests.append(self._compare(operand, "=", constants[0]))
        elif constants:
            side = self._side(operand, kind)
            tests.append(f"{side} = any({self._list(constants, kind)})")
        tests.extend(
            self._compare(operand, "=", value)
            for value in condition.values
            if isinstance(value, Operand)
        )
        return _joined(tests, " or ", "false")

    def _compare(self, operand: Operand, sign: str, value: KnownValue | Operand) -> str:
        kind = operand.type.kind
        if isinstance(value, Operand):
            other = value.type.kind
            return f"{self._side(operand, other)} {sign} {self._side(value, kind)}"
        return f"{self._side(operand, kind)} {sign} {self._constant(value, kind)}"

    def _between(self, operand: Operand, low: KnownValue, high: KnownValue) -> str:
        kind = operand.type.kind
        ends = f"{self._constant(low, kind)} and {self._constant(high, kind)}"
        return f"{self._side(operand, kind)} between {ends}"

    def _side(self, operand: Operand, other: Kind) -> str:
        """Return an operand as it is compared with a value of kind ``other``."""
        stored = self._stored(operand)
        if folds(operand.type.kind, other):
            final, sigma = SIGMAS
            return f"replace(lower({stored} collate pg_unicode_fast), '{final}', '{sigma}')"
        return f'{stored} collate "C"' if operand.type.kind in TEXTUAL else stored

    def _stored(self, operand: Operand) -> str:
        source = self.columns[operand.ref]
        if not isinstance(source, Column):
            return self._parameter(source, _TYPES[operand.type.kind])
        return source.sql if _PLAIN_NAME.fullmatch(source.sql) else f"({source.sql})"

    def _constant(self, value: KnownValue, kind: Kind) -> str:
        return self._parameter(_folded(value, kind), _TYPES[kind])

    def _list(self, values: Iterable[KnownValue], kind: Kind) -> str:
        constants = [_folded(value, kind) for value in values]
        return self._parameter(constants, f"{_TYPES[kind]}[]")

    def _parameter(self, value: Parameter, type_: str) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{type_}"


def _folded(value: KnownValue, kind: Kind) -> KnownValue:
    return folded(value) if kind is Kind.EMAIL and isinstance(value, str) else value


def _said(positive: str, negative: Unknowns | None) -> str:
    """Turn "x is v" into what its negative says; that is never unknown."""
    match negative:
        case None:
            return positive
        case Unknowns.COUNT:
            return f"({positive}) is not true"
        case Unknowns.LEAVE_OUT:
            return f"({positive}) is false"
        case _:
            assert_never(negative)


def _joined(parts: Iterable[str], word: str, empty: str) -> str:
    written = list(parts)
    if len(written) == 1:
        return written[0]
    return word.join(f"({part})" for part in written) or empty
