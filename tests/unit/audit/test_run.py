"""The audit as a whole: healthy data is left in peace, what is absent is said, failures raise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leadline.audit import rule_files, run
from leadline.audit.rule_files import Audit, audits
from leadline.audit.run import audit
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, Severity
from tests.unit.audit.healthy import healthy
from tests.unit.audit.stacks import stack_of


def test_a_healthy_stack_gives_no_finding_above_note() -> None:
    with stack_of(healthy()) as stack:
        found, not_judged = audit(stack)
    assert [(f.rule.code, f.message) for f in found if f.weight is not Severity.NOTE] == []
    # Most rules were asked: the test would prove nothing of those that were not.
    judged = len(audits()) - len(not_judged)
    assert judged >= 35, [one.rule.code for one in not_judged]


def test_what_cannot_be_judged_is_listed_with_the_reason() -> None:
    with stack_of("```csv hubspot-contacts\nkey,email\n1,ann@acme.de\n```\n") as stack:
        _, not_judged = audit(stack)
    reasons = {one.rule.code: one.reason for one in not_judged}
    assert reasons["phone-unfit"] == 'no table has a column that means "phone"'
    assert reasons["several-writers"] == "no history of values was given"
    assert reasons["negative-unknown"] == "no automation definitions were given"
    assert reasons["not-in-crm"] == "people of one system only were given"
    assert "invalid-email" not in reasons


def test_an_empty_stack_is_judged_by_nothing_and_fails_in_nothing() -> None:
    with stack_of("") as stack:
        found, not_judged = audit(stack)
    assert found == ()
    assert len(not_judged) == len(audits())


def test_a_rule_that_fails_is_a_defect_and_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stack: Stack) -> Iterator[Finding]:
        raise ZeroDivisionError(stack.taken_at)

    rule = audits()[0].rule
    monkeypatch.setattr(run, "audits", lambda: (Audit(rule, broken),))
    text = "```csv hubspot-contacts\nkey,email\n1,ann@acme.de\n```\n"
    with stack_of(text) as stack, pytest.raises(ZeroDivisionError):
        monkeypatch.setattr(run, "missing", lambda one, there: None)
        audit(stack)


def test_findings_come_by_weight_and_progress_is_told() -> None:
    text = (
        "```csv mailchimp-unsubscribed\nemail\nann@acme.de\n```\n"
        "```csv hubspot-contacts\nkey,email,consent\n1,ann@acme.de,yes\n2,,yes\n```\n"
    )
    steps: list[tuple[str, int, int]] = []
    with stack_of(text) as stack:
        found, _ = audit(stack, lambda title, done, total: steps.append((title, done, total)))
    weights = [finding.weight for finding in found]
    assert weights == sorted(weights, key=run.ORDER.index)
    assert found[0].rule.code == "consent-conflict"
    assert [done for _, done, _ in steps] == list(range(len(audits()) + 1))


def test_a_rule_file_without_a_key_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"odd\.sql: without title"):
        rule_files.parse(
            "-- code: odd\n-- severity: note\n-- repair: must ask\n-- fix: none\n"
            "-- needs: person\n-- marketer: a\n-- engineer: b\n-- mend: c\n-- message: d\nselect 1",
            "odd.sql",
        )


def test_whom_the_sender_s_own_system_keeps_out_is_not_counted() -> None:
    text = (
        "```csv mailchimp-unsubscribed\nemail\nann@acme.de\nben@acme.de\n```\n"
        "```csv hubspot-contacts\nkey,email,country,opted_out\n1,ann@acme.de,DE,true\n"
        "2,ben@acme.de,DE,\n```\n"
        '```json\n[{"flow": "hubspot/1", "name": "Nurture", "sends": true, "reads": ['
        '{"field": "hubspot.contact.country", "values": ["DE"]}]}]\n```\n'
    )
    with stack_of(text) as stack:
        found, _ = audit(stack)
    (told,) = [f for f in found if f.rule.code == "suppressed-in-audience"]
    assert told.count == 1
    assert [broken.people for broken in told.breaks] == [1]
    assert told.examples[0].values["email"] == "ben@acme.de"


def test_two_objects_with_unlike_options_of_one_field_are_told() -> None:
    text = (
        "```csv hubspot-options\nobject,field,value,label\ncontact,industry,STEEL,Steel\n"
        "contact,industry,FOOD,Food\ncompany,industry,STEEL,Steel\ncompany,industry,FOODS,Foods\n"
        "```\n```csv hubspot-contacts\nkey,industry\n1,STEEL\n```\n"
        "```csv hubspot-companies\nkey,industry\n9,STEEL\n```\n"
    )
    with stack_of(text) as stack:
        found, _ = audit(stack)
    told = {f.table: f for f in found if f.rule.code == "picklists-differ"}
    assert {table: f.count for table, f in told.items()} == {
        "hubspot-contacts_1": 1,
        "hubspot-companies_2": 1,
    }
    assert told["hubspot-companies_2"].examples[0].values["value"] == "FOODS"
