"""What a condition answers, nulls first."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from leadline.expression import types, vocabulary
from leadline.expression.evaluate import compile_condition, evaluate
from leadline.expression.reads import reads
from leadline.expression.tree import All, Any, Condition, Known, Nothing, Ref
from leadline.expression.types import Value
from tests.unit.expression_vocabulary import operand, read

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
YES, NO, OPEN = (
    read("contact.company is known"),
    read("contact.company is unknown"),
    read("contact.country is DE"),
)
ROW: dict[Ref, Value] = {Ref("contact", "company"): "Acme", Ref("contact", "country"): None}


def answer(text: str, value: Value) -> bool | None:
    condition = read(text)
    (ref,) = reads(condition)
    return evaluate(condition, {ref: value}, NOW)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("contact.country is US", None),
        ("contact.country is one of US or DE", None),
        ("contact.country is not US or unknown", True),
        ("contact.country is not US and known", False),
        ("contact.country is not one of US or DE or unknown", True),
        ("contact.company contains A", None),
        ("contact.company does not contain A or unknown", True),
        ("contact.company does not start with A and known", False),
        ("contact.company_size is less than 5", None),
        ("contact.company_size is between 1 and 5", None),
        ("contact.created_at is within the last 30 days", None),
        ("contact.country is known", False),
        ("contact.country is unknown", True),
    ],
)
def test_an_unknown_value_answers_as_the_phrase_says(text: str, unknown: bool | None) -> None:
    assert answer(text, None) is unknown
    condition = read(text)
    assert evaluate(condition, {}, NOW) is unknown, "a reference that the row lacks is unknown"


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("contact.company is Acme", "Acme", True),
        ("contact.company is Acme", "acme", False),
        ("contact.company is Acme", " Acme", False),
        ("contact.company is Café", "Cafe\u0301", False),
        ("contact.email is jo@acme.example", "JO@Acme.example", True),
        ("contact.email starts with Jo", "jO@acme.example", True),
        ("contact.email contains @ACME", "jo@acme.example", True),
        ("contact.company contains cm", "Acme", True),
        ("contact.company contains CM", "Acme", False),
        ("contact.company starts with A", "Acme", True),
        ("contact.company starts with cm", "Acme", False),
        ("contact.company_size is 0.3", Decimal("0.1") + Decimal("0.2"), True),
        ("contact.company_size is 1", Decimal("1.00"), True),
        ("contact.company_size is at least 5", Decimal(5), True),
        ("contact.company_size is more than 5", Decimal(5), False),
        ("contact.company_size is at most 5", Decimal("5.01"), False),
        ("contact.company_size is less than 5", Decimal("4.99"), True),
        ("contact.company_size is at least 5", Decimal("NaN"), True),
        ("contact.company_size is between 1 and 5", Decimal(5), True),
        ("contact.company_size is between 1 and 5", Decimal("0.99"), False),
        ("contact.subscribed is false", False, True),
        ("contact.born is after 1990-01-01", date(1990, 1, 1), False),
        ("contact.country is not one of US or CH and known", "DE", True),
        ("contact.country is not one of US or CH or unknown", "US", False),
    ],
)
def test_a_known_value_is_compared(text: str, value: Value, expected: bool) -> None:
    assert answer(text, value) is expected


@pytest.mark.parametrize("microseconds", [-1, 0, 1])
def test_both_ends_of_a_span_lie_within_it(microseconds: int) -> None:
    moved = timedelta(microseconds=microseconds)
    last, following = "contact.created_at is within the last 30 days", "is within the next 2 hours"
    assert answer(last, NOW - timedelta(days=30) + moved) is (microseconds >= 0)
    assert answer(last, NOW + moved) is (microseconds <= 0)
    assert answer(f"contact.created_at {following}", NOW + moved) is (microseconds >= 0)
    end = NOW + timedelta(hours=2)
    assert answer(f"contact.created_at {following}", end + moved) is (microseconds <= 0)


def test_a_day_of_a_span_has_24_hours_even_where_the_clocks_change() -> None:
    berlin = datetime(2026, 3, 29, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # clocks changed at 2
    condition = read("contact.created_at is within the last 1 day")
    start = datetime(2026, 3, 28, 10, 0, tzinfo=UTC)
    ref = operand("contact.created_at").ref
    assert evaluate(condition, {ref: start}, berlin) is True
    assert evaluate(condition, {ref: start - timedelta(seconds=1)}, berlin) is False


def test_a_date_field_counts_from_the_day_that_now_has_in_its_own_zone() -> None:
    condition = read("contact.born is within the last 1 day")
    ref = operand("contact.born").ref
    late = datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
    tomorrow = {ref: date(2026, 6, 1)}
    assert evaluate(condition, tomorrow, late) is False
    assert evaluate(condition, tomorrow, late.astimezone(ZoneInfo("Europe/Berlin"))) is True


def test_a_now_without_zone_is_refused() -> None:
    condition = read("contact.born is within the last 1 day")
    with pytest.raises(ValueError, match="time zone"):
        evaluate(condition, {operand("contact.born").ref: date(2026, 1, 1)}, datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All((YES, YES)), True),
        (All((YES, OPEN)), None),
        (All((OPEN, NO)), False),
        (All(()), True),
        (Any((NO, NO)), False),
        (Any((NO, OPEN)), None),
        (Any((OPEN, YES)), True),
        (Any(()), False),
        (Nothing((NO, NO)), True),
        (Nothing((NO, OPEN)), None),
        (Nothing((OPEN, YES)), False),
        (Nothing(()), True),
        (All((Any((OPEN, YES)), Nothing((NO, All((NO, OPEN)))))), True),
    ],
)
def test_groups_answer_as_sql_does(condition: Condition, expected: bool | None) -> None:
    assert evaluate(condition, ROW, NOW) is expected
    assert compile_condition(condition)(ROW, NOW) is expected


@pytest.mark.parametrize(
    ("company", "owner", "same", "other_or_unknown", "other_and_known"),
    [
        ("a", "a", True, False, False),
        ("a", "A", False, True, True),
        ("a", None, None, True, False),
        (None, None, None, True, False),
    ],
)
def test_two_fields_are_compared_and_either_may_be_unknown(
    company: Value,
    owner: Value,
    same: bool | None,
    other_or_unknown: bool,
    other_and_known: bool,
) -> None:
    row = {Ref("contact", "company"): company, Ref("contact", "owner"): owner}
    assert evaluate(read("contact.company is contact.owner"), row, NOW) is same
    negative = "contact.company is not contact.owner"
    assert evaluate(read(f"{negative} or unknown"), row, NOW) is other_or_unknown
    assert evaluate(read(f"{negative} and known"), row, NOW) is other_and_known


def test_a_text_is_folded_beside_an_email() -> None:
    row = {Ref("contact", "company"): "JO@x.example", Ref("contact", "email"): "jo@X.example"}
    assert evaluate(read("contact.company is contact.email"), row, NOW) is True
    assert evaluate(read("contact.email is contact.company"), row, NOW) is True


def test_what_a_condition_reads_stands_on_both_sides_and_in_all_groups() -> None:
    condition = All(
        (
            Any((read("contact.created_at is before event.starts_at"),)),
            Nothing((read("contact.company is one of hubspot.city or x"),)),
            Known(operand("contact.email")),
        )
    )
    assert {str(ref) for ref in reads(condition)} == {
        "contact.created_at",
        "event.starts_at",
        "contact.company",
        "hubspot.city",
        "contact.email",
    }


@pytest.mark.parametrize("module", [types, vocabulary])
def test_the_examples_in_the_documentation_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0
