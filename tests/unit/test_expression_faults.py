"""What is said to whom writes a condition wrongly: every fault, word for word where it matters."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import leadline.expression
from leadline.expression.phrases import RawGroup, RawPhrase, parse_condition
from tests.unit.expression_vocabulary import BERLIN, NO_ZONE, faults_of

# phrase -> code, the text at which the fault points, and what message and fix together say
FAULTS: dict[str, tuple[str, str, str]] = {
    "": ("empty-phrase", "", "empty"),
    "  ": ("empty-phrase", "  ", "empty"),
    "contact.company is a\0b": ("impossible-character", "\0", "NUL"),
    "contact.company is a\ud800b": ("impossible-character", "\ud800", "half a character"),
    "contact.company is \u200bAcme": ("hidden-character", "\u200b", "zero width space"),
    "contact.company is “Acme”": ("curly-quotes", "“", "straight double quotes"),
    'contact.company is "Acme': ("open-quote", '"Acme', "'contact.company is \"Acme, Inc.\"'"),
    "contact.country is one of DE, AT": ("comma", ", AT", 'Write "or" between values'),
    "contact.company_size is more than 1,000": ("comma", ",000", "no comma in numbers"),
    "AT": ("no-operator", "AT", "A YAML list cuts a text at each comma"),
    "contact.subscribed": ("no-operator", "contact", 'Write "contact.subscribed is true"'),
    "contact.owner": ("no-operator", "contact", 'Write "contact.owner is known"'),
    "contact.company_size >= 200": ("unknown-operator", ">=", 'Did you mean "is at least"?'),
    "contact.company equals Acme": ("unknown-operator", "equals", 'Did you mean "is"?'),
    "contact.company contain Acme": ("unknown-operator", "contain", "Operators are: is,"),
    "contact.company start with A": ("unknown-operator", "start", 'Did you mean "starts with"?'),
    "contact.company really is Acme": ("unknown-operator", "really", "directly after the field"),
    "is known": ("no-subject", "is known", "which field"),
    "country is DE": ("no-reference", "country", 'Did you mean "contact.country"?'),
    "Company Size is 5": ("no-reference", "Company", 'Did you mean "contact.company_size"?'),
    "mood is good": ("no-reference", "mood", "Write where it is found"),
    "contact.contry is DE": (
        "unknown-field",
        "contact.contry",
        'Unknown field "contry" on contact. Did you mean "contact.country"? Fields are listed in '
        "data/contact.yaml.",
    ),
    "event.titel is known": ("unknown-field", "event.titel", 'Did you mean "event.title"?'),
    "event.country is DE": ("unknown-field", "event.country", 'mean "contact.country"?'),
    "hubspot.ctiy is known": ("unknown-field", "hubspot", 'Unknown field "ctiy" in hubspot.'),
    "contat.country is DE": ("unknown-scope", "contat", 'Did you mean "contact.country"?'),
    "contact.company is acme.com": ("unknown-scope", "acme.com", "put it in double quotes"),
    "contact.company is": ("value-missing", "", 'Write the value after "is"'),
    "contact.country is one of DE or": ("value-missing", "", 'Write the value after "or"'),
    "contact.company_size is between 10 and": ("value-missing", "", 'value after "and"'),
    "contact.company_size is between 10": ("between-without-and", "is between", "two values"),
    "contact.company_size is between 10 20": ("between-without-and", "is", "both ends count"),
    "contact.company is known brand": ("words-left-over", "brand", "nothing more can stand"),
    "contact.company is known and contact.owner is known": ("two-facts", "contact.owner", '"all"'),
    "contact.company is A or contact.owner is B": ("two-facts", "contact.owner", '"any"'),
    "contact.company is Trinidad and Tobago": (
        "keyword-in-value",
        "and",
        'put the whole text in double quotes: contact.company is "Trinidad and Tobago".',
    ),
    "contact.company is not this is it or unknown": (
        "keyword-in-value",
        "is it",
        'contact.company is not "this is it" or unknown.',
    ),
    'contact.company is "Trinidad" Tobago': ("unclear-value", '"Trini', "part of the value"),
    "contact.company is visit acme.com": ("unclear-value", "visit", "quotes"),
    "contact.company_size is at leats 5": ("almost-operator", "at leats", 'mean "is at least"?'),
    "contact.company_size is greater than 5": ("almost-operator", "gre", 'mean "is more than"?'),
    "contact.company is in Berlin": ("almost-operator", "in", "If it is a text"),
    "contact.company is knwon": ("almost-operator", "knwon", 'Did you mean "is known"?'),
    "contact.created_at is within 30 days": ("almost-operator", "within", "is within the last"),
    "contact.company_size is not at least 5": ("almost-operator", "at", 'mean "is less than"?'),
    "contact.company_size is not between 5 and 6": ("almost-operator", "between", "under any"),
    "contact.country is not US": (
        "bare-negative",
        "is not",
        '"contact.country is not US" does not say what about an unknown value. '
        'Write "contact.country is not US or unknown" or "contact.country is not US and known".',
    ),
    "contact.country is not one of US or CH": ("bare-negative", "is not", "CH or unknown"),
    "contact.company does not contain A": ("bare-negative", "does not", "A and known"),
    "contact.company does not start with A": ("bare-negative", "does not", "A and known"),
    "contact.company is not known": ("not-known", "is not", 'Write "contact.company is unknown"'),
    "contact.company is not unknown": ("not-known", "is not", 'Write "contact.company is known"'),
    "contact.country is one of DE or unknown": (
        "unknown-not-asked",
        "is one of",
        'the second is "contact.country is unknown"',
    ),
    "contact.country is DE and known": ("unknown-not-asked", "is", 'Leave out "and known"'),
    "contact.country is DE or AT": (
        "one-value",
        "AT",
        'Write "contact.country is one of DE or AT"',
    ),
    "contact.country is not DE or AT or unknown": (
        "one-value",
        "AT",
        'Write "contact.country is not one of DE or AT or unknown"',
    ),
    "contact.company contains A or B": ("one-value", "B", '"any"'),
    "contact.country is Germany": ("not-a-choice", "Germany", "Its values are: DE, AT, CH, US"),
    "contact.lifecycle_stage is Lead": ("not-a-choice", "Lead", 'Did you mean "lead"?'),
    "contact.company_size is 200 people": ("not-a-number", "200", "no unit"),
    "contact.company_size is 1e3": ("not-a-number", "1e3", "Write digits"),
    "contact.company_size is ٣": ("not-a-number", "٣", "Write digits"),
    "contact.subscribed is 1": ("not-a-flag", "1", '"contact.subscribed is false"'),
    "contact.born is 31.12.1990": ("not-a-date", "31", "Write year, month and day"),
    "contact.born is 1990-02-30": ("not-a-date", "1990", "Write year, month and day"),
    "contact.created_at is before tomorrow": ("not-a-time", "tomorrow", "2026-12-31 09:00"),
    "contact.created_at is before 2026-02-30 09:00": ("not-a-time", "2026", "is a time"),
    "contact.created_at is before 0001-01-01": ("not-a-time", "0001", "is a time"),
    "contact.created_at is after 9999-12-31": ("not-a-time", "9999", "is a time"),
    "contact.created_at is before 2026-03-29 02:30": ("time-of-clock-change", "2026", "never"),
    "contact.created_at is before 2026-10-25 02:30": ("time-of-clock-change", "2026", "twice"),
    "contact.created_at is not 2026-05-01 or unknown": ("day-not-moment", "2026", "whole day"),
    "contact.email is jo": ("not-an-email", "jo", 'write "contact.email contains jo"'),
    "contact.company is empty": ("reads-like-unknown", "empty", 'Write "is unknown"'),
    "contact.company is not None or unknown": ("reads-like-unknown", "None", "word"),
    'contact.company contains ""': ("empty-text", '""', "contact.company is known"),
    "contact.company contains event.title": ("reference-not-allowed", "event", "takes a value"),
    "contact.company_size is between event.seats and 5": (
        "reference-not-allowed",
        "event",
        'two items under "all"',
    ),
    "contact.created_at is before contact.born": ("types-differ", "contact.born", "of one type"),
    "contact.country is contact.company_size": ("types-differ", "contact.company", "compared"),
    "contact.company_size is before 10": ("wrong-operator", "is before", "is less than …"),
    "contact.created_at is more than 2026-01-01": ("wrong-operator", "is more", "is after …"),
    "contact.country is at least DE": ("wrong-operator", "is at", "is one of … or …"),
    "contact.subscribed is more than 1": ("wrong-operator", "is more", "is true"),
    "contact.company is at least 5": ("wrong-operator", "is at", "make it a number"),
    "contact.country contains D": ("wrong-operator", "contains", "Its values are: DE"),
    "contact.company_size contains 5": ("wrong-operator", "contains", "with a number"),
    "contact.company is between A and B": ("wrong-operator", "is between", "contains"),
    "contact.company_size is within the last 5 days": ("wrong-operator", "is within", "number"),
    "contact.company_size is between 20 and 10": (
        "empty-range",
        "20",
        'Write "is between 10 and 20"',
    ),
    "contact.created_at is between 2026-05-02 and 2026-05-01": (
        "empty-range",
        "2026-05-02",
        "Nothing is between",
    ),
    "contact.created_at is within the last month": ("not-a-span", "month", "whole number"),
    "contact.created_at is within the last 0 days": ("not-a-span", "0", "whole number"),
    "contact.created_at is within the last 2.5 days": ("not-a-span", "2.5", "whole number"),
    "contact.created_at is within the last 3 months": ("uneven-span", "3", "Write days: 90 days"),
    "contact.born is within the next 2 hours": ("span-finer-than-date", "2", "days or weeks"),
    "contact.created_at is within the last 99999 days": ("span-too-long", "99999", "century"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_says_what_and_where_and_what_to_do(text: str) -> None:
    code, place, said = FAULTS[text]
    (fault,) = faults_of(text)
    assert fault.code == code
    assert text[fault.offset :].startswith(place)
    assert said in f"{fault.message} {fault.fix}"


def test_a_time_without_zone_is_refused_where_the_project_has_none() -> None:
    for written in ("2026-05-01", "2026-05-01 09:00"):
        (fault,) = faults_of(f"contact.created_at is before {written}", NO_ZONE)
        assert fault.code == "time-without-zone"
        assert "Add time of day and offset" in fault.fix


def test_an_item_that_a_comma_cut_off_is_offered_to_the_item_before_it() -> None:
    parts = [RawPhrase(text, (2, i)) for i, text in enumerate(("contact.country is DE", "AT"))]
    condition, faults = parse_condition(RawGroup("all", tuple(parts), (1, 1)), BERLIN)
    assert condition is None
    (fault,) = faults
    assert fault.position == (2, 1)
    assert 'write "contact.country is DE or AT"' in fault.fix


def test_all_faults_are_said_at_once() -> None:
    phrases = ("contact.contry is DE", "contact.company is known", "contact.country is not US")
    parts = tuple(RawPhrase(text, (line, 5)) for line, text in enumerate(phrases, 2))
    condition, faults = parse_condition(RawGroup("any", parts, (1, 1)), BERLIN)
    assert condition is None
    assert [(fault.code, fault.position) for fault in faults] == [
        ("unknown-field", (2, 5)),
        ("bare-negative", (4, 5)),
    ]


def test_all_faults_of_one_phrase_are_said_at_once() -> None:
    text = "contact.country is one of Germany or DE or contact.contry or Austria"
    assert [(fault.code, text[fault.offset :].split()[0]) for fault in faults_of(text)] == [
        ("not-a-choice", "Germany"),
        ("unknown-field", "contact.contry"),
        ("not-a-choice", "Austria"),
    ]
    both = faults_of("contact.contry is contact.cuntry")
    assert [fault.code for fault in both] == ["unknown-field", "unknown-field"]


def test_an_empty_group_is_refused() -> None:
    condition, faults = parse_condition(RawGroup("any", (), (4, 2)), BERLIN)
    assert condition is None
    assert [(fault.code, fault.position) for fault in faults] == [("empty-group", (4, 2))]
    assert faults[0].message == '"any" has no conditions.'


def test_endless_nesting_is_refused_and_not_followed() -> None:
    raw: RawGroup | RawPhrase = RawPhrase("contact.company is known", (1, 1))
    for line in range(5_000):
        raw = RawGroup("all", (raw,), (line, 1))
    condition, faults = parse_condition(raw, BERLIN)
    assert condition is None
    assert [fault.code for fault in faults] == ["nested-too-deep"]


def test_every_fault_of_the_language_stands_in_the_table() -> None:
    elsewhere = {"empty-group", "nested-too-deep", "time-without-zone"}
    shown = {code for code, _, _ in FAULTS.values()} | elsewhere
    assert codes_in_source() == shown


def codes_in_source() -> set[str]:
    codes: set[str] = set()
    (folder,) = leadline.expression.__path__
    for path in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in {"fault", "Fault"}:
                first = node.args[0]
                choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                codes |= {c.value for c in choices if isinstance(c, ast.Constant)}
    return codes
