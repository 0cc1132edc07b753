"""How a condition is said to people who sign it, and how it is written again."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from leadline.expression.sentence import phrase, sentence
from leadline.expression.spoken import (
    ENGLISH,
    GERMAN,
    SPOKEN,
    Spoken,
    in_quotes,
    noun,
    number,
    span,
)
from leadline.expression.tree import All, Any, Nothing, Ref
from tests.unit.expression_vocabulary import read

SENTENCES = {
    "contact.country is DE": "the contact's country is DE",
    "contact.country is one of DE or AT or CH": "the contact's country is one of DE, AT or CH",
    "contact.country is not US or unknown": "the contact's country is not US, or is unknown",
    "contact.country is not US and known": "the contact's country is known and is not US",
    "contact.country is not one of US or CH or unknown": (
        "the contact's country is none of US or CH, or is unknown"
    ),
    "contact.lifecycle_stage is lead": "the contact's lifecycle stage is lead",
    'contact.company is "Acme, or so"': 'the contact\'s company is "Acme, or so"',
    "contact.company is hubspot.city": "the contact's company is city in hubspot",
    "contact.company does not contain A or unknown": (
        'the contact\'s company does not contain "A", or is unknown'
    ),
    "contact.company starts with A": 'the contact\'s company starts with "A"',
    "contact.company_size is at least 200": "the contact's company size is at least 200",
    "contact.company_size is between 1 and 2.50": (
        "the contact's company size is between 1 and 2.50 (both included)"
    ),
    "contact.subscribed is yes": "the contact's subscribed is true",
    "contact.born is before 1990-01-01": "the contact's born is before 1 January 1990",
    "contact.created_at is after 2026-05-01": (
        "the contact's created at is at or after 2 May 2026 at 00:00 (UTC+02:00)"
    ),
    "contact.created_at is within the last 30 days": (
        "the contact's created at is within the last 30 days"
    ),
    "event.title is known": "the event's title is known",
}

GERMAN_SENTENCES = {
    "contact.country is DE": "das Kontaktfeld „country“ gleich DE ist",
    "contact.country is one of DE or AT or CH": (
        "das Kontaktfeld „country“ gleich einem von DE, AT oder CH ist"
    ),
    "contact.country is not US or unknown": (
        "das Kontaktfeld „country“ nicht gleich US ist oder unbekannt ist"
    ),
    "contact.country is not one of US or CH and known": (
        "das Kontaktfeld „country“ bekannt und gleich keinem von US oder CH ist"
    ),
    "contact.company is hubspot.city": (
        "das Kontaktfeld „company“ gleich dem Feld „city“ in hubspot ist"
    ),
    "contact.company starts with A": "das Kontaktfeld „company“ mit „A“ beginnt",
    "contact.company_size is at least 2000.5": (
        "das Kontaktfeld „company size“ mindestens 2.000,5 ist"
    ),
    "contact.company_size is at most event.seats": (
        "das Kontaktfeld „company size“ höchstens so groß wie die Ereignisangabe „seats“ ist"
    ),
    "contact.born is before 1990-03-01": "das Kontaktfeld „born“ vor dem 1. März 1990 liegt",
    "contact.created_at is after 2026-05-01": (
        "das Kontaktfeld „created at“ nicht vor dem 2. Mai 2026 um 00:00 Uhr (UTC+02:00) liegt"
    ),
    "contact.created_at is after event.starts_at": (
        "das Kontaktfeld „created at“ nach der Ereignisangabe „starts at“ liegt"
    ),
    "contact.created_at is within the last 30 days": (
        "das Kontaktfeld „created at“ höchstens 30 Tage zurückliegt"
    ),
    "contact.born is within the next 1 week": (
        "das Kontaktfeld „born“ höchstens 1 Woche in der Zukunft liegt"
    ),
    "event.title is known": "die Ereignisangabe „title“ bekannt ist",
}


@pytest.mark.parametrize("text", GERMAN_SENTENCES)
def test_a_condition_is_said_in_german(text: str) -> None:
    said = sentence(read(text), ZoneInfo("Europe/Berlin"), GERMAN)
    assert said == GERMAN_SENTENCES[text]


@pytest.mark.parametrize("spoken", SPOKEN.values(), ids=lambda each: each.code)
def test_every_digit_of_a_number_is_said(spoken: Spoken) -> None:
    said = number(Decimal("99999999999999999999.000000000000000001"), spoken)
    assert re.sub(r"[^0-9]", "", said) == "99999999999999999999000000000000000001"
    assert number(Decimal("1E+3"), spoken) == {"en": "1,000", "de": "1.000"}[spoken.code]


def test_a_span_is_said_in_the_plural_and_case_that_its_language_asks_for() -> None:
    one, three = timedelta(days=1), timedelta(days=3)
    assert [span(each, GERMAN, "dative") for each in (one, three)] == ["1 Tag", "3 Tagen"]
    assert [span(each, GERMAN) for each in (one, three)] == ["1 Tag", "3 Tage"]
    assert [span(each, ENGLISH) for each in (one, three)] == ["1 day", "3 days"]
    assert span(timedelta(minutes=90), ENGLISH) == "90 minutes"
    assert span(timedelta(0), GERMAN) == "0 Sekunden"
    assert span(timedelta(seconds=1, microseconds=500_000), GERMAN) == "1,5 Sekunden"


def test_what_no_page_shows_is_written_out() -> None:
    assert in_quotes('a"b\\c\n\u200b\u202e', ENGLISH) == r'"a\"b\\c\n\u200b\u202e"'
    assert in_quotes("a“b", GERMAN) == r"„a\“b“"


@pytest.mark.parametrize("name", ["is_known", "or_not", "_x", "a__b", "Is_It"])
def test_a_name_that_reads_like_a_sentence_stands_in_quotes(name: str) -> None:
    assert noun(Ref("contact", name), ENGLISH) == f'the contact\'s "{name}"'


@pytest.mark.parametrize("text", SENTENCES)
def test_a_condition_is_said_in_english(text: str) -> None:
    assert sentence(read(text), ZoneInfo("Europe/Berlin")) == SENTENCES[text]


def test_groups_are_said_without_doubt_about_what_belongs_together() -> None:
    one, other = read("contact.company is known"), read("contact.owner is known")
    first, second = "the contact's company is known", "the contact's owner is known"
    assert sentence(All((one, other))) == f"{first}; and {second}"
    assert sentence(All((one, Any((one, other))))) == f"{first}; and ({first}; or {second})"
    assert sentence(Any((All((one, other)), one))) == f"({first}; and {second}); or {first}"
    assert sentence(Nothing((one, other))) == f"none of these holds: ({first}); ({second})"
    assert sentence(All((one,))) == first
    assert [sentence(group(())) for group in (All, Any, Nothing)] == ["always", "never", "always"]


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("contact.company is Acme", "contact.company is Acme"),
        ('contact.company is "empty"', 'contact.company is "empty"'),
        ("contact.company is acme", "contact.company is acme"),
        ('contact.company is "or"', 'contact.company is "or"'),
        ('contact.company is "known"', 'contact.company is "known"'),
        ('contact.company is "a b"', 'contact.company is "a b"'),
        ("contact.subscribed is yes", "contact.subscribed is true"),
        ("contact.company_size is +7.0", "contact.company_size is 7.0"),
        ("contact.country is not one of US or CH or unknown",) * 2,
        (
            "contact.created_at is before 2026-05-01 09:00:30+02:00",
            "contact.created_at is before 2026-05-01 07:00:30Z",
        ),
    ],
)
def test_a_phrase_is_written_in_one_way(written: str, again: str) -> None:
    node = read(written)
    assert not isinstance(node, All | Any | Nothing)
    assert phrase(node) == again
    assert read(again) == node
