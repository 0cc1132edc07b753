"""Patterns first, the library after: the verdicts agree with the library's own."""

from __future__ import annotations

import random

import phonenumbers
import pytest

from leadline.audit.audience import decided
from leadline.audit.email_verdict import fast_accepts, judge_emails, mended, refusal
from leadline.audit.phone_verdict import judge_phones, verdict
from leadline.audit.rules.broken_encoding import mended as mended_letters
from leadline.audit.rules.twin_fields import stem
from leadline.audit.rules.typo_domain import meant_by
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    FieldRef,
    Happened,
    Neither,
    Some,
)
from tests.unit.audit.stacks import stack_of

PARTS = ["ann", "a.b", "a..b", ".a", "o'neil", "x+y", "a" * 64, "a" * 65, "jörg", "a b", "a-", "_"]
DOMAINS = ["acme.de", "a-b.co.uk", "-a.de", "a.d", "acme", "acme.123", "xn--mller-kva.de", "a..de",
           "müller.de", "b" * 63 + ".de", "b" * 64 + ".de", "a_b.de", "ab--cd.de", "1.com",
           "sub." * 60 + "de", "foo.test", "example.com", "a.local"]  # fmt: skip


def test_the_pattern_accepts_nothing_that_the_library_refuses() -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("create table person (email varchar)")
        emails = [[f"{part}@{domain}"] for part in PARTS for domain in DOMAINS]
        connection.executemany("insert into person values (?)", emails)
        accepted = connection.execute(
            f"select email from person where {fast_accepts('email')}"
        ).fetchall()
        assert len(accepted) > 30
        assert [email for (email,) in accepted if refusal(email) is not None] == []
        judge_emails(connection)
        refused = {e for (e,) in connection.execute("select email from email_refused").fetchall()}
    assert refused == {email for (email,) in emails if refusal(email) is not None}


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("ben@acme,de", "ben@acme.de"),
        ("mailto:ben@acme.de", "ben@acme.de"),
        ("ben lee <ben@acme.de>", "ben@acme.de"),
        ("ben @acme.de", "ben@acme.de"),
        ("ben@@acme.de", "ben@acme.de"),
        ("ben@acme.de.", "ben@acme.de"),
        ("ben", None),
        ("ben@acme", None),
    ],
)
def test_an_obvious_slip_is_mended_and_nothing_is_guessed(slip: str, meant: str | None) -> None:
    assert mended(slip) == meant


def test_a_hundred_thousand_characters_are_refused_at_once() -> None:
    assert refusal("a" * 100_000 + "@b.de") is not None
    assert mended("a" * 100_000 + "@b,de") is None


def test_phone_verdicts_are_the_library_s_for_numbers_of_every_country() -> None:
    import duckdb

    draw = random.Random(3)
    values: list[str] = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number(region)
        if example is not None:
            whole = phonenumbers.format_number(
                example, phonenumbers.PhoneNumberFormat.INTERNATIONAL
            )
            values += [whole, whole[:-3] + f"{draw.randrange(1000):03d}", whole[:-1], whole + "99"]
    with duckdb.connect() as connection:
        connection.execute("create table phones (raw varchar, country varchar)")
        connection.execute("insert into phones select unnest(?::varchar[]), null", [values])
        judge_phones(connection, "phones")
        bad = {raw for (raw,) in connection.execute("select raw from phone_refused").fetchall()}
    expected = {raw for raw in values if verdict(raw, None).fault is not None}
    assert len(expected) > 200
    assert expected - bad == set() or len(expected - bad) <= 0.01 * len(values)
    assert bad <= expected


@pytest.mark.parametrize(
    ("raw", "region", "fault", "international"),
    [
        ("030 901820", "DE", "without a country code", "+4930901820"),
        ("+49 (0)30 901820", None, None, "+4930901820"),
        ("'+4930901820", None, None, "+4930901820"),
        ("0049 30 901820", None, None, "+4930901820"),
        ("555 0100 00", None, "without a country code or a country", None),
        ("call me", "DE", "cannot be dialled", None),
        ("4.93E+10", "DE", "cannot be dialled", None),
        ("9" * 500, "DE", "cannot be dialled", None),
    ],
)
def test_a_phone_number_s_fault_is_named(
    raw: str, region: str | None, fault: str | None, international: str | None
) -> None:
    found = verdict(raw, region)
    assert (found.fault, found.international) == (fault, international)


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmailcom", "gmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("gmx.at", None),
        ("yahoo.fr", None),
        ("mail.com", None),
        ("acme.com", None),
        ("live.at", None),
    ],
)
def test_a_slip_of_a_provider_is_known_from_a_provider_of_its_own(
    domain: str, meant: str | None
) -> None:
    assert meant_by(domain) == meant


def test_broken_letters_are_put_back_where_that_is_possible() -> None:
    assert mended_letters("JÃ¼rgen") == "Jürgen"
    assert mended_letters("Itâ€™s") == "It’s"
    assert mended_letters("A &amp; B") == "A & B"
    assert mended_letters("Jos\ufffd") is None


def test_names_of_twins_meet_and_numbered_lines_do_not() -> None:
    assert stem("Phone 2") == stem("mobile_c") == stem("phone")
    assert stem("Industry__c") == stem("industry_new") == "industry"
    assert stem("Address 2") != stem("Address")
    assert stem("Question 1") != stem("Question 2")


FIELD = FieldRef("hubspot", "contact", "stage")
OTHER = FieldRef("hubspot", "contact", "land")
IS_A = Comparison(FIELD, "IS_ANY_OF", "is a", ("a",))
NOT_A = Comparison(FIELD, "IS_NONE_OF", "is not a", ("a",), True, Blank.PASSES)
UNSAID = Comparison(FIELD, "is not", "is not a", ("a",), True)
ABSENT = Comparison(FieldRef("hubspot", "contact", "nowhere"), "is", "is x", ("x",))
ODD = Comparison(FIELD, "HAS_EVER_BEEN", "has ever been a", ("a",))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (IS_A, [True, False, False]),
        (NOT_A, [False, True, True]),
        (UNSAID, [False, True, None]),
        (Neither((IS_A,)), [False, True, True]),
        (ABSENT, [None, None, None]),
        (ODD, [None, None, False]),
        (Every((IS_A, ABSENT)), [None, False, False]),
        (Some((IS_A, ABSENT)), [True, None, None]),
        (Happened("opened", happened=True, words="opened"), [None, None, None]),
        (Comparison(FIELD, "is known", "known"), [True, True, False]),
        (Comparison(FIELD, "is unknown", "unknown"), [False, False, True]),
        (Comparison(OTHER, "contains", "has d", ("D",)), [True, False, False]),
        (Comparison(OTHER, "is greater than", "over x", ("x",)), [None, None, False]),
    ],
)
def test_a_condition_is_decided_only_as_far_as_it_is_understood(
    condition: Condition, expected: list[bool | None]
) -> None:
    text = "```csv hubspot-contacts\nkey,stage,land\n1,A ,d\n2,b,e\n3,,\n```\n"
    with stack_of(text) as stack:
        sql = decided(condition, stack.tables[0])
        rows = stack.connection.execute(
            f'select {sql} from "{stack.tables[0].name}" t order by t._row'
        ).fetchall()
    assert [row[0] for row in rows] == expected
