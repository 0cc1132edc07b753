"""Two spellings of one thing get one normal form, two things do not."""

from __future__ import annotations

from collections.abc import Callable

import duckdb  # noqa: TID253  # what is tested works inside of one
import pytest

from leadline.audit.duplicates import cleaning


def clean(form: Callable[[str], str], value: str) -> str | None:
    connection = duckdb.connect()
    return connection.execute(f"select {form('v')} from (select $1 as v)", [value]).fetchall()[0][0]


def mailbox(value: str) -> str | None:
    connection = duckdb.connect()
    address = f"select {cleaning.address('v')} as a from (select $1 as v)"
    sql = f"select {cleaning.mailbox('a')} from ({address})"
    return connection.execute(sql, [value]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" Ann.Meyer@GMAIL.com", "annmeyer+news@googlemail.com"),
        ("Ann Meyer <ann@acme.example>", "mailto:ann@acme.example"),
        ("ann+a@outlook.com", "ann@outlook.com"),
        ("ann@acme.example\u200b", "ann@acme.example."),
        ("ann@protonmail.com", "ann+x@proton.me"),
    ],
)
def test_one_mailbox_in_two_spellings_is_one(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann.meyer@acme.example", "annmeyer@acme.example"),
        ("ann+a@acme.example", "ann@acme.example"),
        ("ann.meyer@outlook.com", "annmeyer@outlook.com"),
    ],
)
def test_dots_and_plus_count_where_the_provider_is_not_known_to_ignore_them(
    one: str, other: str
) -> None:
    assert mailbox(one) != mailbox(other)


@pytest.mark.parametrize("value", ["ann", "a@b@c", "@acme.example", "ann@", ""])
def test_what_is_no_address_has_no_form(value: str) -> None:
    assert clean(cleaning.address, value) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("Müller", "MULLER "),
        ("Dr. Ann", "ann"),
        ("O'Brien", "OBrien"),
        ("Groß", "Gross"),
        ("Иванов", "Ivanov"),
        ("Łukasz", "Lukasz"),
    ],
)
def test_names_agree_over_marks_titles_and_scripts(one: str, other: str) -> None:
    assert clean(cleaning.name, one) == clean(cleaning.name, other) != ""


@pytest.mark.parametrize("value", ["n/a", "unknown", "-", "Mr.", "TEST"])
def test_a_placeholder_is_no_name(value: str) -> None:
    assert clean(cleaning.name, value) == ""


@pytest.mark.parametrize(
    "value",
    [
        "+49 (0)30 1234567", "0049 30 1234567", "030/1234567", "(030) 123 45 67",
        "030 1234567 ext 12", "+49301234567",
    ],
)  # fmt: skip
def test_one_telephone_number_is_one_however_it_is_written(value: str) -> None:
    assert clean(cleaning.phone, value) == "301234567"


@pytest.mark.parametrize("value", ["000000000", "123456789", "12345", "n/a", "9" * 30])
def test_what_nobody_can_be_called_on_is_no_number(value: str) -> None:
    assert clean(cleaning.phone, value) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme GmbH & Co. KG", "ACME"),
        ("The Acme Company, Inc.", "Acme"),
        ("Acme S.A.", "acme sa"),
    ],
)
def test_a_company_agrees_over_its_legal_form(one: str, other: str) -> None:
    assert clean(cleaning.firm, one) == clean(cleaning.firm, other) == "acme"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("1980-02-03", "19800203"), ("19800203", "19800203"), ("19800203.0", "19800203"),
        ("03.02.1980", "19800203"), ("2/3/1980", "19800203"), ("13/2/1980", "19800213"),
        ("1980", "1980"), ("1980-02-03 00:00:00", "19800203"), ("soon", None),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_in_the_usual_forms(value: str, form: str | None) -> None:
    assert clean(cleaning.birth, value) == form


def test_streets_and_postcodes_agree_over_abbreviations() -> None:
    assert clean(cleaning.street, "12 Main Street") == clean(cleaning.street, "12 main st.")
    assert clean(cleaning.street, "Hauptstraße 5") == clean(cleaning.street, "Hauptstr. 5")
    assert clean(cleaning.postcode, "ec1a 1bb") == clean(cleaning.postcode, "EC1A1BB")
    assert clean(cleaning.postcode, "02139-1234") == clean(cleaning.postcode, "02139")
