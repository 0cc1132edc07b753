"""Counts that differ, forms that start nothing, scores that stand still, mail without a way out."""

from __future__ import annotations

from leadline.audit.canonical import lay_views
from leadline.audit.rule_files import audits
from leadline.blueprint.finding import Finding, Severity
from tests.unit.audit.stacks import stack_of

RULES = {audit.rule.code: audit for audit in audits()}
FORM = """```csv hubspot-history
object,key,field,value,at,writer_kind,writer,writer_name
contact,1,city,Bonn,2026-05-01T10:00:00Z,FORM,f3b1-01,Ask for a demo
contact,2,city,Ulm,2026-05-02T10:00:00Z,FORM,f3b1-01,Ask for a demo
contact,3,city,Jena,2026-05-03T10:00:00Z,FORM,f3b1-01,Ask for a demo
```
"""


def found(code: str, text: str) -> list[Finding]:
    with stack_of(text) as stack:
        lay_views(stack)
        return list(RULES[code].find(stack))


def flow(words: str) -> str:
    return f"```json\n[{words}]\n```\n"


def test_a_form_whose_field_lets_people_into_a_flow_starts_something() -> None:
    reads = '[{"field": "hubspot.contact.city", "values": ["Bonn"]}]'
    said = flow(f'{{"flow": "hubspot/1", "reads": {reads}}}')
    assert found("form-starts-nothing", FORM + said) == []


def test_a_form_that_is_read_later_only_is_a_note() -> None:
    reads = '[{"field": "hubspot.contact.city", "values": ["Bonn"], "step": "1"}]'
    (one,) = found("form-starts-nothing", FORM + flow(f'{{"flow": "hubspot/1", "reads": {reads}}}'))
    assert one.weight is Severity.NOTE
    assert "flows only read what it wrote" in one.message


def test_where_flows_start_by_lists_a_form_may_start_them_unseen() -> None:
    (one,) = found("form-starts-nothing", FORM + flow('{"flow": "hubspot/1", "trigger": "list"}'))
    assert one.weight is Severity.NOTE


def test_flows_of_another_system_say_nothing_about_a_form() -> None:
    assert found("form-starts-nothing", FORM + flow('{"flow": "n8n/1"}')) == []


def test_a_score_that_activity_does_not_move_is_named() -> None:
    rows = "".join(f"{n},p{n}@acme.de,{10 * n},2026-06-0{n} 10:00\n" for n in range(1, 8))
    people = f"```csv hubspot-contacts\nkey,email,score,last_activity_at\n{rows}```\n"
    changes = "".join(f"contact,{n},score,{n},2025-0{n}-01T10:00:00Z\n" for n in range(1, 8))
    history = f"```csv hubspot-history\nobject,key,field,value,at\n{changes}```\n"
    (one,) = found("score-unfit", people + history)
    assert (one.count, one.of) == (7, 7)
    assert "unchanged though their people stayed active" in one.message
    moved = history.replace("2025-", "2026-")
    assert found("score-unfit", people + moved) == []


def test_counts_within_a_twentieth_are_a_note() -> None:
    people = "".join(f"{n},p{n}@acme.de,Marketing contact\n" for n in range(40))
    mailed = "".join(f"p{n}@acme.de\n" for n in range(39))
    (one,) = found(
        "counts-differ",
        f"```csv hubspot-contacts\nkey,email,marketing_status\n{people}```\n"
        f"```csv mailchimp-subscribed\nemail\n{mailed}```\n",
    )
    assert one.weight is Severity.NOTE
    assert one.message == ("HubSpot counts 40 marketing contacts, Mailchimp may mail 39: 1 apart.")


def test_a_mail_that_answers_a_form_needs_no_way_out() -> None:
    note = '"notes": ["is a mail whose text offers no way to unsubscribe"]'
    said = f'{{"flow": "n8n/1", "trigger": "form", "sends": true, {note}}}'
    assert found("no-unsubscribe-link", flow(said)) == []
    live = said.replace('"form"', '"schedule"')
    assert len(found("no-unsubscribe-link", flow(live))) == 1
