"""Safe fixes: what is mended, what is left alone, and how it is written."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import orjson
import pytest

from leadline.audit.canonical import lay_views
from leadline.audit.rule_files import audits
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning
from leadline.blueprint.finding import Example, Finding, FixKind
from leadline.inspection.fix_plan import FixPlan, fix_plan, harmless, looks_like_formula
from leadline.inspection.fixes import picklist, whitespace
from leadline.inspection.fixes.mend import SAFE, mended_examples, planned
from tests.unit.inspection import sample
from tests.unit.inspection.sample import rule


def rows(plan: FixPlan, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(plan.files[name])))


@pytest.fixture(scope="module")
def stack() -> Stack:
    return sample.with_options(
        sample.stack(), ("lifecyclestage", "lead", "Lead"), ("lifecyclestage", "mql", "Marketing")
    )


@pytest.fixture(scope="module")
def plan(stack: Stack) -> FixPlan:
    return fix_plan(stack)


def test_every_rule_that_calls_its_fix_safe_has_one_here() -> None:
    assert {a.rule.code for a in audits() if a.rule.fix is FixKind.SAFE} == SAFE


def test_hidden_characters_go_and_what_shapes_a_word_stays() -> None:
    assert whitespace.mend("\ufeff Ann\u00a0Lee\t") == "Ann Lee"
    persian = "می\u200cخواهم"
    assert whitespace.mend(persian) == persian


def test_an_option_is_meant_only_where_no_other_could_be() -> None:
    options = [("a_b", "One"), ("A-B", "Two"), ("c", "Three")]
    assert picklist.spellings(options, ["a b", "C", "three", "c"]) == {"C": "c", "three": "c"}


def test_the_import_is_in_the_vendors_own_format_and_holds_only_what_changes(
    plan: FixPlan,
) -> None:
    assert rows(plan, "hubspot-contact.csv") == [
        ["Record ID", "firstname", "lifecyclestage"],
        ["101", "Ann", ""],
        ["102", "Bob", "Lead"],
    ]
    assert rows(plan, "mailchimp-contact.csv") == [
        ["Email Address", "First Name"],
        [" fay@people.example", "Fay"],
    ]


def test_what_was_there_before_can_be_put_back(plan: FixPlan) -> None:
    assert rows(plan, "undo-hubspot-contact.csv")[1:] == [
        ["101", " Ann", ""],
        ["102", "Bob\u200b", "Lead "],
    ]
    told = orjson.loads(plan.files["changes.json"])
    assert {
        "system": "hubspot",
        "object": "contact",
        "table": "hubspot_contacts",
        "key": "101",
        "field": "firstname",
        "old": " Ann",
        "new": "Ann",
        "rule": "hidden-characters",
        "safe": True,
    } in told["changes"]


def test_broken_letters_and_spellings_of_an_option_are_proposed_and_not_imported(
    plan: FixPlan,
) -> None:
    proposed = {(row[2], row[4], row[5]) for row in rows(plan, "to-review.csv")[1:]}
    assert ("103", "MÃ¼jde", "Müjde") in proposed
    assert ("106", "MQL", "mql") in proposed


def test_what_begins_like_a_formula_is_in_no_import(plan: FixPlan) -> None:
    for name, text in plan.files.items():
        if name.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert not [cell for cell in cells if looks_like_formula(cell)], name
    held = rows(plan, "held-back.csv")
    assert [row[2] for row in held[1:]] == ["104", " fay@people.example"]
    assert held[1][5].startswith("'=HYPERLINK")


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-1+1|x", "@SUM(A1)", "\t=1", " =1", "\u00a0=1", "%x"]
)
def test_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["+49 30 1234567", "-5", "+1.5", "Ann", "", "a=b", "+1 (212) 5550100"]
)
def test_a_number_or_plain_text_is_left_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_nothing_is_written_of_people_who_left() -> None:
    stack = sample.stack()
    tables = (stack.tables[0], replace(stack.tables[1], status="unsubscribed"))
    assert not [p for p in planned(replace(stack, tables=tables)) if p.change.system == "mailchimp"]


def test_what_the_vendor_works_out_is_left_alone() -> None:
    stack = sample.stack()
    told = ("hubspot", "contact", "firstname", "true")
    sample.add(stack, "field", "system, object, name, calculated", [told])
    fields = {p.change.field for p in planned(stack) if p.change.system == "hubspot"}
    assert "firstname" not in fields
    assert "lifecyclestage" in fields


def test_a_number_gets_the_code_of_its_country() -> None:
    stack = sample.stack()
    contacts = stack.tables[0]
    columns = (*contacts.columns, Column("phone", "Phone", Meaning.PHONE))
    stack.connection.execute("alter table hubspot_contacts add column phone varchar")
    stack.connection.execute(
        "update hubspot_contacts set phone = '030 901820' where country = 'DE'"
    )
    stack.connection.execute("update hubspot_contacts set phone = '12' where country = 'AT'")
    changed = replace(stack, tables=(replace(contacts, columns=columns),))
    lay_views(changed)
    numbers = {p.change.key: p.change.new for p in planned(changed) if p.change.field == "phone"}
    assert numbers == {"101": "+4930901820", "106": "+4930901820"}


def test_a_record_without_an_id_is_held_back() -> None:
    stack = sample.stack()
    stack.connection.execute("update hubspot_contacts set hs_object_id = null where _row = 1")
    held = rows(fix_plan(stack), "held-back.csv")
    assert [row[6] for row in held if row[4] == " Ann"] == [
        "The record has no id in the export: change it by hand."
    ]


def test_records_of_one_person_are_proposed_for_review_and_in_no_import() -> None:
    stack = sample.stack()
    stack.connection.execute(
        "update hubspot_contacts set email = 'ANN@people.example', firstname = 'Ann' where _row = 6"
    )
    lay_views(stack)
    plan = fix_plan(stack)
    pairs = rows(plan, "duplicates-to-review.csv")[1:]
    assert pairs[0][0] == "same mailbox"
    assert {pairs[0][3], pairs[0][7]} == {"101", "106"}
    assert not [row for row in pairs if row[0] == "same mailbox" and row[2] != row[6]]
    assert plan.duplicates == len(pairs)


def test_mailchimp_finds_contacts_by_address_and_not_by_its_own_id() -> None:
    stack = sample.stack()
    members = stack.tables[1]
    columns = (*members.columns, Column("LEID", "LEID", Meaning.KEY))
    stack.connection.execute("alter table mailchimp_subscribed add column LEID varchar")
    stack.connection.execute("update mailchimp_subscribed set LEID = '77'")
    plan = fix_plan(replace(stack, tables=(replace(members, columns=columns),)))
    assert rows(plan, "mailchimp-contact.csv")[1:] == [[" fay@people.example", "Fay"]]


def test_before_and_after_are_what_the_rule_says() -> None:
    found = Finding(
        rule("phone-unfit"),
        "m",
        "hubspot",
        fields=(sample.FIRST,),
        examples=(
            Example("1", {"value": " Ann", "mended": "Ann"}),
            Example("2", {"phone": "030 1", "phone_mended": "+49301", "country": "DE"}),
            Example("3", {"value": "x"}),
        ),
    )
    assert list(mended_examples(found)) == [
        ("1", "firstname", " Ann", "Ann"),
        ("2", "phone", "030 1", "+49301"),
    ]
