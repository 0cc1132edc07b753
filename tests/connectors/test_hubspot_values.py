"""What is sent for each way to write, and what counts as written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.connectors.hubspot.values import Plan, holds, plan, read_before, same
from leadline.ledger.coalesce import (
    AddTo,
    Clear,
    FieldWrite,
    Forward,
    IfEmpty,
    Increment,
    SetTo,
    Value,
)
from leadline.ledger.outcome import Rejected

ORDER = ("subscriber", "lead", "customer")
BERLIN_NOON = datetime(2026, 12, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))


def sent(write: FieldWrite, shown: str | None = None, name: str = "a") -> object:
    found = plan({name: write}, {name: shown})
    if isinstance(found, Rejected):
        return found
    return found.properties.get(name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("-7"), "-7"),
        (True, "true"),
        (False, "false"),
        (date(2026, 12, 1), "1796083200000"),
        (date(1969, 12, 31), "-86400000"),
        (BERLIN_NOON, "1796122800000"),
        (datetime(2026, 12, 1, 11, 0, 0, 123_999, UTC), "1796122800123"),
        ("Zoë", "Zoë"),
        ("", ""),
    ],
)
def test_every_value_travels_as_the_text_that_hubspot_reads(value: Value, text: str) -> None:
    assert sent(SetTo(value)) == text
    assert same("a", value, text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 12, 1), "2026-12-01"),
        (BERLIN_NOON, "2026-12-01T11:00:00Z"),
        (BERLIN_NOON, "2026-12-01T11:00:00.000Z"),
        (Decimal("7.0"), "7"),
        ("Ada ", "Ada"),
    ],
)
def test_a_value_is_known_in_the_form_in_which_it_comes_back(value: Value, shown: str) -> None:
    assert same("a", value, shown)


def test_only_an_address_is_compared_whatever_its_case() -> None:
    assert same("email", "Ada@Acme.example", "ada@acme.example")
    assert not same("firstname", "Ada", "ada")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal(7), "seven"),
        (Decimal(7), None),
        (date(2026, 12, 1), "soon"),
        (BERLIN_NOON, "2026-12-01T12:00:00Z"),
        (False, None),
        ("", "Ada"),
    ],
)
def test_another_value_is_not_the_same(value: Value, shown: str | None) -> None:
    assert not same("a", value, shown)


@pytest.mark.parametrize(
    "value", ["half \ud83d", "nul \0", Decimal("NaN"), Decimal("Infinity")], ids=repr
)
def test_what_cannot_be_sent_is_refused_with_its_field(value: Value) -> None:
    found = sent(SetTo(value))
    assert isinstance(found, Rejected)
    assert found.field == "a"
    assert found.reason.endswith(".")


def test_clear_is_the_empty_text() -> None:
    assert sent(Clear(), "x") == ""


@pytest.mark.parametrize(
    ("write", "shown", "text"),
    [
        (IfEmpty("x"), None, "x"),
        (IfEmpty("x"), "", "x"),
        (IfEmpty("x"), "y", None),
        (AddTo(("b", "c")), "a;b", "a;b;c"),
        (AddTo(("a",)), "a;b", None),
        (AddTo(("a",)), None, "a"),
        (Increment(Decimal("1.5")), "2", "3.5"),
        (Increment(Decimal(1)), None, "1"),
        (Forward("lead", ORDER), "subscriber", "lead"),
        (Forward("lead", ORDER), None, "lead"),
        (Forward("lead", ORDER), "lead", None),
        (Forward("lead", ORDER), "customer", None),
        (Forward("lead", ORDER), "somewhere else", "lead"),
    ],
)
def test_what_is_sent_depends_on_what_stands_there(
    write: FieldWrite, shown: str | None, text: str | None
) -> None:
    assert sent(write, shown) == text
    assert read_before({"a": write}) == {"a"}


def test_a_stage_that_the_project_does_not_list_is_ordered_as_hubspot_does() -> None:
    assert sent(Forward("lead", ORDER), "opportunity", "lifecyclestage") is None
    assert sent(Forward("customer", ORDER), "opportunity", "lifecyclestage") == "customer"


def test_what_did_not_move_is_said_and_what_is_there_already_is_not() -> None:
    found = plan({"a": Forward("lead", ORDER), "b": SetTo("x")}, {"a": "customer"})
    assert found == Plan({"b": "x"}, ('a did not move: already further ("customer")',))
    assert plan({"a": Forward("lead", ORDER)}, {"a": "lead"}) == Plan({})


def test_a_sum_with_what_is_no_number_is_refused() -> None:
    assert sent(Increment(Decimal(1)), "many") == Rejected(
        "What stands there is no number, so it cannot grow.", "a"
    )
    assert isinstance(sent(AddTo(("a;b",)), "c"), Rejected)


@pytest.mark.parametrize(
    ("write", "shown", "found"),
    [
        (SetTo("x"), "x", True),
        (SetTo("x"), "y", False),
        (Clear(), None, True),
        (Clear(), "y", False),
        (IfEmpty("x"), "y", True),
        (IfEmpty("x"), None, False),
        (Forward("lead", ORDER), "customer", True),
        (Forward("lead", ORDER), "subscriber", False),
        (AddTo(("a",)), "b;a", True),
        (AddTo(("a",)), "b", False),
        (Increment(Decimal(1)), "5", None),
    ],
)
def test_whether_a_write_took_place_is_seen_in_the_value_except_for_a_sum(
    write: FieldWrite, shown: str | None, found: bool | None
) -> None:
    assert holds("a", write, shown) is found


VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)


@given(VALUES)
def test_what_is_sent_is_seen_as_written(value: Value) -> None:
    text = sent(SetTo(value))
    assert isinstance(text, str)
    assert holds("a", SetTo(value), text)
    if isinstance(value, Decimal):
        assert Decimal(text) == value
        assert "E" not in text
    if isinstance(value, datetime):
        shown = value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert holds("a", SetTo(value), shown)
    elif isinstance(value, date):
        assert holds("a", SetTo(value), value.isoformat())
