"""The SQL of a condition: with parameters, without the server's clock, zone or collation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from leadline.expression.to_sql import Column, Parameter, to_sql
from leadline.expression.tree import All, Any, Condition, Nothing, Ref
from leadline.expression.types import Value
from tests.unit.expression_vocabulary import SCOPES, read

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
COLUMNS: dict[Ref, Column | Value] = {
    Ref(scope, name): Column(f"c.{name}") for scope, names in SCOPES.items() for name in names
}


@pytest.mark.parametrize(
    ("text", "sql", "values"),
    [
        ("contact.company is A", 'c.company collate "C" = %(p0)s::text', ["A"]),
        (
            "contact.country is one of DE or AT",
            'c.country collate "C" = any(%(p0)s::text[])',
            [["DE", "AT"]],
        ),
        (
            "contact.country is not US or unknown",
            '(c.country collate "C" = %(p0)s::text) is not true',
            ["US"],
        ),
        (
            "contact.country is not US and known",
            '(c.country collate "C" = %(p0)s::text) is false',
            ["US"],
        ),
        (
            "contact.email is Jo@x.example",
            "replace(lower(c.email collate pg_unicode_fast), 'ς', 'σ') = %(p0)s::text",
            ["jo@x.example"],
        ),
        (
            "contact.company is contact.owner",
            'c.company collate "C" = c.owner collate "C"',
            [],
        ),
        (
            "contact.company does not contain % or unknown",
            '(strpos(c.company collate "C", %(p0)s::text) > 0) is not true',
            ["%"],
        ),
        (
            "contact.company starts with A",
            'starts_with(c.company collate "C", %(p0)s::text)',
            ["A"],
        ),
        (
            "contact.company_size is at least 200",
            "c.company_size >= %(p0)s::numeric",
            [Decimal(200)],
        ),
        (
            "contact.company_size is between 1 and 2",
            "c.company_size between %(p0)s::numeric and %(p1)s::numeric",
            [Decimal(1), Decimal(2)],
        ),
        ("contact.subscribed is true", "c.subscribed = %(p0)s::boolean", [True]),
        (
            "contact.created_at is within the last 1 day",
            "c.created_at between %(p0)s::timestamptz and %(p1)s::timestamptz",
            [datetime(2026, 5, 30, 12, 0, tzinfo=UTC), NOW],
        ),
        (
            "contact.born is within the next 1 week",
            "c.born between %(p0)s::date and %(p1)s::date",
            [date(2026, 5, 31), date(2026, 6, 7)],
        ),
        ("contact.company is known", "c.company is not null", []),
        ("contact.company is unknown", "c.company is null", []),
    ],
)
def test_a_phrase_compiles(text: str, sql: str, values: list[Parameter]) -> None:
    fragment = to_sql(read(text), COLUMNS, NOW)
    assert fragment.text == f"({sql})"
    assert list(fragment.params.values()) == values


def test_groups_compile_with_parentheses() -> None:
    one, other = read("contact.company is known"), read("contact.owner is known")
    condition: Condition = All((Any((one, other)), Nothing((one, other))))
    assert to_sql(condition, COLUMNS, NOW).text == (
        "(((c.company is not null) or (c.owner is not null)) and "
        "(not ((c.company is not null) or (c.owner is not null))))"
    )


@pytest.mark.parametrize(
    ("condition", "sql"),
    [(All(()), "(true)"), (Any(()), "(false)"), (Nothing(()), "(not (false))")],
)
def test_an_empty_group_is_a_constant(condition: Condition, sql: str) -> None:
    assert to_sql(condition, {}, NOW).text == sql


def test_a_known_value_takes_the_place_of_a_column() -> None:
    ref, other = Ref("event", "title"), Ref("contact", "company")
    fragment = to_sql(
        read("contact.company is event.title"), {ref: "Webinar", other: Column("c.company")}, NOW
    )
    assert 'c.company collate "C" = %(p0)s::text collate "C"' in fragment.text
    assert fragment.params == {"p0": "Webinar"}
    assert "%(p0)s::text is null" in to_sql(read("event.title is unknown"), {ref: None}, NOW).text


def test_an_expression_as_a_column_is_kept_together() -> None:
    ref = Ref("contact", "company")
    fragment = to_sql(read("contact.company is A"), {ref: Column("a ->> 'company'")}, NOW)
    assert "(a ->> 'company') collate" in fragment.text


def test_a_prefix_keeps_the_parameters_of_several_conditions_apart() -> None:
    fragment = to_sql(read("contact.company is A"), COLUMNS, NOW, prefix="branch2_")
    assert list(fragment.params) == ["branch2_0"]
    assert "%(branch2_0)s" in fragment.text


def test_a_reference_without_a_column_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        to_sql(read("contact.company is A"), {}, NOW)


def test_the_zone_of_now_moves_days_and_no_moments() -> None:
    late = datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
    for zone, day in ((UTC, 31), (ZoneInfo("Europe/Berlin"), 1)):
        dates = to_sql(
            read("contact.born is within the next 1 day"), COLUMNS, late.astimezone(zone)
        )
        times = to_sql(
            read("contact.created_at is within the next 1 day"), COLUMNS, late.astimezone(zone)
        )
        first_day, first_moment = dates.params["p0"], times.params["p0"]
        assert isinstance(first_day, date)
        assert first_day.day == day
        assert first_moment == late
