"""How a condition is said to people who sign it, and how it is written again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from leadline.expression.sentence import phrase, sentence
from leadline.expression.tree import All, Any, Nothing
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
    "contact.born is before 1990-01-01": "the contact's born is before 1990-01-01",
    "contact.created_at is after 2026-05-01": (
        "the contact's created at is at or after 2026-05-02 00:00 (UTC+02:00)"
    ),
    "contact.created_at is within the last 30 days": (
        "the contact's created at is within the last 30 days"
    ),
    "event.title is known": "the event's title is known",
}


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
