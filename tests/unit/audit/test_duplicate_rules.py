"""The rules about people and companies that stand twice, over the canonical views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb  # noqa: TID253  # what is tested works inside of one
import pytest

from leadline.audit.duplicates import probably_same
from leadline.audit.rules import (
    company_twice,
    exact_duplicates,
    fuzzy_duplicates,
    lead_and_contact,
    same_person_elsewhere,
)
from leadline.audit.stack import Stack

PERSON = (
    "system", "tbl", "row", "kind", "key", "email_raw", "email", "first_name", "last_name",
    "full_name", "phone_raw", "mobile_raw", "company_name", "street", "city", "state", "postcode",
    "country", "converted_key",
)  # fmt: skip


def stack(people: Sequence[dict[str, object]], companies: Sequence[tuple[str, ...]] = ()) -> Stack:
    connection = duckdb.connect()
    columns = ", ".join(f"{c} {'bigint' if c == 'row' else 'varchar'}" for c in PERSON)
    connection.execute(f"create table read_person ({columns})")
    for number, person in enumerate(people, 1):
        known = {"tbl": person["system"], "row": number, "kind": "contact", "key": str(number)}
        known |= person
        known.setdefault(
            "email", str(known["email_raw"]).strip().lower() if "email_raw" in known else None
        )
        connection.execute(
            f"insert into read_person values ({', '.join('?' for _ in PERSON)})",
            [known.get(c) for c in PERSON],
        )
    connection.execute("create view person as select * from read_person")
    connection.execute(
        "create table company (system varchar, tbl varchar, row bigint, key varchar, name varchar, "
        "domain varchar)"
    )
    for number, (key, name, domain) in enumerate(companies, 1):
        connection.execute(
            "insert into company values ('hubspot', 'companies', ?, ?, ?, ?)",
            [number, key, name, domain or None],
        )
    return Stack(connection, (), (), datetime(2026, 1, 1, tzinfo=UTC))


def hubspot(email: str | None, **more: object) -> dict[str, object]:
    return {"system": "hubspot", "email_raw": email} | more


def test_exact_duplicates_are_counted_and_so_is_what_a_raw_comparison_misses() -> None:
    found = list(
        exact_duplicates.find(
            stack(
                [
                    hubspot("ann@acme.example"),
                    hubspot("ann@acme.example"),
                    hubspot(" Ann@acme.example"),
                    hubspot("bo.li@gmail.com"),
                    hubspot("boli@gmail.com"),
                    hubspot("x@acme.example"),
                    hubspot(None),
                ]
            )
        )
    )
    assert len(found) == 1
    assert (found[0].count, found[0].of) == (5, 6)
    assert found[0].facts["surplus entries"] == "3"
    assert found[0].facts["missed by a raw comparison"] == "2"
    assert len(found[0].examples) == 2


def test_one_mailbox_in_two_systems_is_no_exact_duplicate_but_the_same_person_elsewhere() -> None:
    people = [
        hubspot("ann.meyer@gmail.com", first_name="Ann", last_name="Meyer"),
        {"system": "mailchimp", "email_raw": "annmeyer@gmail.com", "first_name": "Ann"},
        hubspot("bo@acme.example"),
        {"system": "mailchimp", "email_raw": "bo@acme.example"},
    ]
    both = stack(people)
    assert list(exact_duplicates.find(both)) == []
    (found,) = same_person_elsewhere.find(both)
    assert (found.count, found.system, found.facts["other system"]) == (1, "hubspot", "mailchimp")


def test_an_open_lead_beside_a_contact_is_found_and_a_converted_one_is_not() -> None:
    people = [
        {"system": "salesforce", "kind": "lead", "tbl": "leads", "email_raw": "Ann@acme.example"},
        {"system": "salesforce", "kind": "contact", "tbl": "c", "email_raw": "ann@acme.example"},
        {
            "system": "salesforce", "kind": "lead", "tbl": "leads", "email_raw": "bo@acme.example",
            "converted_key": "003",
        },
        {"system": "salesforce", "kind": "contact", "tbl": "c", "email_raw": "bo@acme.example"},
    ]  # fmt: skip
    (found,) = lead_and_contact.find(stack(people))
    assert (found.count, found.of) == (1, 1)


def test_a_company_twice_by_domain_is_found_and_a_mail_provider_is_no_company() -> None:
    companies = [
        ("1", "Acme", "acme.example"), ("2", "Acme Inc.", "https://www.ACME.example/about"),
        ("3", "Ann", "gmail.com"), ("4", "Bo", "gmail.com"), ("5", "Other", "other.example"),
        ("6", "None", ""),
    ]  # fmt: skip
    (found,) = company_twice.find(stack([], companies))
    assert (found.count, found.of) == (2, 3)


def _twice(system: str) -> list[dict[str, object]]:
    """Sixty people of one table; ten of them again under other addresses."""
    people: list[dict[str, object]] = []
    for n in range(60):
        letters = chr(97 + n % 26) + chr(97 + n * 7 % 26) + chr(97 + n // 26)
        people.append(
            hubspot(
                f"mail{n}@firm{n}.example",
                first_name=f"F{letters}ora",
                last_name=f"L{letters}inger",
                phone_raw=f"+49 30 {4_000_000 + n * 331}",
                city="Berlin",
                key=f"a{n}",
            )
        )
    again = [
        p | {"email_raw": f"other{n}@mail.example", "email": None, "system": system, "key": f"b{n}"}
        for n, p in enumerate(people[:10])
    ]
    return people + again


@pytest.mark.skipif(not probably_same.installed(), reason="needs leadline[audit]")
def test_probable_duplicates_are_proposed_for_review_only() -> None:
    (found,) = fuzzy_duplicates.find(stack([p | {"tbl": "contacts"} for p in _twice("hubspot")]))
    assert found.count == 10
    assert found.rule.fix == "review"
    assert len(found.examples) == 5


def test_without_the_extra_the_fuzzy_rule_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probably_same, "installed", lambda: False)
    assert "leadline[audit]" in fuzzy_duplicates.RULE.needs
    assert list(fuzzy_duplicates.find(stack(_twice("hubspot")))) == []


def test_a_sound_stack_gives_no_finding() -> None:
    people = [hubspot(f"p{n}@acme.example", first_name="Ann", last_name=f"Nr{n}") for n in range(5)]
    sound = stack(people, [("1", "Acme", "acme.example")])
    rules = (
        company_twice, exact_duplicates, fuzzy_duplicates, lead_and_contact, same_person_elsewhere
    )  # fmt: skip
    assert [f for rule in rules for f in rule.find(sound)] == []


def test_a_stack_without_the_views_is_not_judged() -> None:
    bare = Stack(duckdb.connect(), (), (), datetime(2026, 1, 1, tzinfo=UTC))
    rules = (company_twice, exact_duplicates, fuzzy_duplicates, same_person_elsewhere)
    assert [f for rule in rules for f in rule.find(bare)] == []
