"""Which node each phrase becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from leadline.expression.phrases import RawGroup, RawPhrase, parse_condition
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
    Order,
    StartsWith,
    Unknown,
    Unknowns,
    Within,
)
from tests.unit.expression_vocabulary import BERLIN, NO_ZONE, operand, read

COUNTRY, COMPANY, SIZE = map(
    operand, ("contact.country", "contact.company", "contact.company_size")
)
CREATED, BORN, EMAIL = map(operand, ("contact.created_at", "contact.born", "contact.email"))
SUBSCRIBED, STAGE = map(operand, ("contact.subscribed", "contact.lifecycle_stage"))
COUNT, LEAVE_OUT = Unknowns.COUNT, Unknowns.LEAVE_OUT

PHRASES: dict[str, Condition] = {
    "contact.country is DE": Is(COUNTRY, ("DE",)),
    "contact.country is one of DE or AT or CH": Is(COUNTRY, ("DE", "AT", "CH")),
    "contact.country is one of DE": Is(COUNTRY, ("DE",)),
    "contact.country is not US or unknown": Is(COUNTRY, ("US",), COUNT),
    "contact.country is not US and known": Is(COUNTRY, ("US",), LEAVE_OUT),
    "contact.country is not one of US or CH or unknown": Is(COUNTRY, ("US", "CH"), COUNT),
    "contact.country is not one of US or CH and known": Is(COUNTRY, ("US", "CH"), LEAVE_OUT),
    "contact.company is Acme": Is(COMPANY, ("Acme",)),
    "contact.company is Acme Corp": Is(COMPANY, ("Acme Corp",)),
    "contact.company  is\n one  of   Acme  Corp or Other": Is(COMPANY, ("Acme Corp", "Other")),
    'contact.company is "Trinidad and Tobago"': Is(COMPANY, ("Trinidad and Tobago",)),
    'contact.company is "  two  blanks "': Is(COMPANY, ("  two  blanks ",)),
    'contact.company is "Acme, Inc."': Is(COMPANY, ("Acme, Inc.",)),
    'contact.company is "a \\"b\\" \\\\ \\n"': Is(COMPANY, ('a "b" \\ \\n',)),
    'contact.company is "acme.com"': Is(COMPANY, ("acme.com",)),
    'contact.company is ""': Is(COMPANY, ("",)),
    'contact.company is "unknown"': Is(COMPANY, ("unknown",)),
    "contact.company is not unknowable or unknown": Is(COMPANY, ("unknowable",), COUNT),
    "contact.company is one of OR or AND": Is(COMPANY, ("OR", "AND")),
    "contact.company is orange": Is(COMPANY, ("orange",)),
    "contact.company is at home": Is(COMPANY, ("at home",)),
    "contact.company is U.S.": Is(COMPANY, ("U.S.",)),
    "contact.company is v1.2": Is(COMPANY, ("v1.2",)),
    "contact.company is contact.owner": Is(COMPANY, (operand("contact.owner"),)),
    "contact.company is one of hubspot.city or Berlin": Is(
        COMPANY, (operand("hubspot.city"), "Berlin")
    ),
    "contact.lifecycle_stage is Unknown": Is(STAGE, ("Unknown",)),
    "contact.email is Jo@Acme.example": Is(EMAIL, ("Jo@Acme.example",)),
    "contact.subscribed is true": Is(SUBSCRIBED, (True,)),
    "contact.subscribed is no": Is(SUBSCRIBED, (False,)),
    "contact.subscribed is not Yes or unknown": Is(SUBSCRIBED, (True,), COUNT),
    "contact.company_size is 200": Is(SIZE, (Decimal(200),)),
    "contact.company_size is at least 200": Compare(SIZE, Order.AT_LEAST, Decimal(200)),
    "contact.company_size is more than -2.5": Compare(SIZE, Order.MORE_THAN, Decimal("-2.5")),
    "contact.company_size is at most +7": Compare(SIZE, Order.AT_MOST, Decimal(7)),
    "contact.company_size is less than 0.1": Compare(SIZE, Order.LESS_THAN, Decimal("0.1")),
    "contact.company_size is more than event.seats": Compare(
        SIZE, Order.MORE_THAN, operand("event.seats")
    ),
    "contact.company_size is between 10 and 20": Between(SIZE, Decimal(10), Decimal(20)),
    "contact.company_size is between 10 and 10": Between(SIZE, Decimal(10), Decimal(10)),
    "contact.company contains Acme": Contains(COMPANY, "Acme"),
    "contact.company does not contain Acme or unknown": Contains(COMPANY, "Acme", COUNT),
    "contact.email contains @acme.example": Contains(EMAIL, "@acme.example"),
    "contact.company starts with Ac": StartsWith(COMPANY, "Ac"),
    "contact.company does not start with Ac and known": StartsWith(COMPANY, "Ac", LEAVE_OUT),
    "contact.born is 1990-02-28": Is(BORN, (date(1990, 2, 28),)),
    "contact.born is before 1990-02-28": Compare(BORN, Order.BEFORE, date(1990, 2, 28)),
    "contact.born is at most 1990-02-28": Compare(BORN, Order.AT_MOST, date(1990, 2, 28)),
    "contact.born is between 1990-01-01 and 1990-12-31": Between(
        BORN, date(1990, 1, 1), date(1990, 12, 31)
    ),
    "contact.born is within the next 2 weeks": Within(BORN, timedelta(days=14), True, "2 weeks"),
    "contact.created_at is within the last 30 days": Within(
        CREATED, timedelta(days=30), False, "30 days"
    ),
    "contact.created_at is within the last 1 days": Within(
        CREATED, timedelta(days=1), False, "1 day"
    ),
    "contact.created_at is within the next 90 minutes": Within(
        CREATED, timedelta(minutes=90), True, "90 minutes"
    ),
    "contact.created_at is before event.starts_at": Compare(
        CREATED, Order.BEFORE, operand("event.starts_at")
    ),
    "contact.company is known": Known(COMPANY),
    "contact.company is unknown": Unknown(COMPANY),
}


@pytest.mark.parametrize("text", PHRASES)
def test_a_phrase_becomes_its_node(text: str) -> None:
    assert read(text) == PHRASES[text]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-01 09:00", "2026-05-01T07:00"),  # in the project's zone, in summer
        ("2026-01-01T09:00", "2026-01-01T08:00"),
        ("2026-05-01 09:00Z", "2026-05-01T09:00"),
        ("2026-05-01 09:00 UTC", "2026-05-01T09:00"),
        ("2026-05-01 09:00:30.25-03:30", "2026-05-01T12:30:30.250000"),
        ("2026-10-25 02:30+01:00", "2026-10-25T01:30"),  # twice on the clock, said which
    ],
)
def test_a_time_is_one_moment(written: str, meant: str) -> None:
    assert read(f"contact.created_at is after {written}") == Compare(
        CREATED, Order.AFTER, at(meant)
    )


# The first of May in Berlin.
START, END = at("2026-04-30T22:00"), at("2026-05-01T22:00")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("is before 2026-05-01", Compare(CREATED, Order.BEFORE, START)),
        ("is at most 2026-05-01", Compare(CREATED, Order.BEFORE, END)),
        ("is at least 2026-05-01", Compare(CREATED, Order.AT_LEAST, START)),
        ("is after 2026-05-01", Compare(CREATED, Order.AT_LEAST, END)),
        (
            "is 2026-05-01",
            All((Compare(CREATED, Order.AT_LEAST, START), Compare(CREATED, Order.BEFORE, END))),
        ),
        (
            "is between 2026-05-01 and 2026-05-01",
            All((Compare(CREATED, Order.AT_LEAST, START), Compare(CREATED, Order.BEFORE, END))),
        ),
        (
            "is between 2026-05-01 and 2026-05-01 09:00",
            Between(CREATED, START, at("2026-05-01T07:00")),
        ),
    ],
)
def test_a_date_beside_a_time_field_is_the_whole_day(text: str, node: Condition) -> None:
    assert read(f"contact.created_at {text}") == node


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00"),  # its midnight is skipped
        ("America/Havana", "2024-11-03", "2024-11-03T04:00"),  # its midnight is there twice
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # it is skipped altogether
    ],
)
def test_a_day_begins_with_its_first_moment(zone: str, day: str, start: str) -> None:
    vocabulary = replace(BERLIN, zone=ZoneInfo(zone))
    assert read(f"contact.created_at is before {day}", vocabulary) == Compare(
        CREATED, Order.BEFORE, at(start)
    )


def test_an_offset_makes_a_project_zone_unnecessary() -> None:
    assert read("contact.created_at is before 2026-05-01 09:00+02:00", NO_ZONE) == Compare(
        CREATED, Order.BEFORE, at("2026-05-01T07:00")
    )


def test_groups_nest() -> None:
    known, size = "contact.company is known", "contact.company_size is at least 200"
    raw = RawGroup(
        "all",
        (
            RawPhrase(known, (2, 3)),
            RawGroup("any", (RawPhrase(size, (3, 5)),), (3, 3)),
            RawGroup("none", (RawPhrase(known, (4, 5)), RawPhrase(size, (4, 30))), (4, 3)),
        ),
        (1, 1),
    )
    condition, faults = parse_condition(raw, BERLIN)
    assert not faults
    assert condition == All(
        (read(known), Any((read(size),)), Nothing((read(known), read(size)))),
    )
