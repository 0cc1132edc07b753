"""Checks of data, systems and facts: the numbers they say, and what they leave alone."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.blueprint.check import Subject
from leadline.blueprint.judge import CHECKS, judge
from leadline.project.problems import Problem, Severity
from tests.unit.project.changed import parsed

TODAY = date(2026, 11, 28)
CONTACT, EVENTS, HUBSPOT = "data/contact.yaml", "events.yaml", "systems/hubspot.yaml"
READS = (
    HUBSPOT,
    "tell: marketing-ops@acme.example\n",
    "tell: marketing-ops@acme.example\nreads: { contact: 15 minutes }\nlag: 90 seconds\n",
)
CHANGED = (
    EVENTS,
    "webinar.attended:",
    "hubspot.contact.updated: { change: text }\nwebinar.attended:",
)
SCORE = (CONTACT, "country:", "score: { type: number, names: { hubspot: score } }\ncountry:")


def found(*changes: tuple[str, str, str]) -> tuple[Problem, ...]:
    return judge(Subject(parsed(*changes), TODAY))


def only(code: str, *changes: tuple[str, str, str]) -> Problem:
    problems = [p for p in found(*changes) if p.code == code]
    assert len(problems) == 1, problems
    return problems[0]


def flow(
    steps: str, starts: str = "when: webinar.attended, once_per: event.webinar", name: str = "extra"
) -> tuple[str, str, str]:
    text = f"name: Extra\nowner: a@acme.example\nstarts: {{ {starts} }}\nsteps:\n{steps}"
    return (f"workflows/{name}.yaml", "", text)


def facts(fields: str) -> tuple[str, str, str]:
    return ("facts.yaml", "", f"as_of: 2026-11-20\ncontacts: 1000\nfields:\n{fields}")


def choose(condition: str, more: str = "") -> str:
    return (
        f"  - step: pick\n    choose:\n      - if: {condition}\n        then:\n"
        f"          - {{ step: yes-way, stop: x }}\n{more}      - else:\n"
        "          - { step: no-way, stop: y }\n"
    )


def save(fields: str, name: str = "crm") -> str:
    return f"  - step: {name}\n    save_to: hubspot contact\n    set: {{ {fields} }}\n"


# race with the sync


def test_a_race_says_the_delay_and_the_lag() -> None:
    problem = only(
        "race-with-sync",
        READS,
        flow("  - { step: pause, wait: 2 minutes }\n" + choose("contact.country is DE")),
    )
    assert problem.message == (
        '"pick" reads "country" 2 minutes after the start or the save, but a change in "hubspot" '
        "needs up to 990 seconds to get here."
    )
    assert problem.fix.startswith('Put "wait: 870 seconds" before it')
    assert problem.evidence == "systems/hubspot.yaml: read every 15 minutes and lag 90 seconds"


@pytest.mark.parametrize(
    "before",
    [
        "  - { step: pause, wait: 17 minutes }\n",
        "  - { step: pause, wait_until: 1 hour after event.at }\n",
        "  - { step: pause, wait_until: 2027-01-01 09:00 }\n",
        save("last_webinar: { to: event.webinar, only: if empty }")
        + "  - { step: seen, wait_until: hubspot has seen crm, at_most: 1 day, if_not: stop }\n",
    ],
)
def test_what_waits_long_enough_is_no_race(before: str) -> None:
    event = (
        EVENTS,
        "webinar.attended: { webinar: text",
        "webinar.attended: { at: time, webinar: text",
    )
    problems = found(READS, event, flow(before + choose("contact.country is DE")))
    assert [p for p in problems if p.code == "race-with-sync"] == []


def test_the_shortest_path_counts_and_a_save_begins_the_race_anew() -> None:
    steps = (
        "  - { step: pause, wait: 1 day }\n"
        + save("country: DE")
        + "  - { step: short, wait: 10 minutes }\n"
        + choose("contact.country is DE")
    )
    problem = only("race-with-sync", READS, flow(steps))
    assert '"country" 10 minutes after' in problem.message


def test_a_way_in_that_asks_too_early_is_told_to_ask_later() -> None:
    problem = only(
        "race-with-sync",
        READS,
        flow(
            "  - { step: end, stop: x }\n",
            "when: webinar.attended, once_per: event.webinar, if: contact.country is DE",
        ),
    )
    assert problem.message.startswith('The way in reads "country" at the start')
    assert problem.fix.startswith("Ask in a choose step instead")


def test_a_system_that_is_not_read_is_in_no_race() -> None:
    assert found(flow(choose("contact.country is DE"))) == ()


# loops of writes


LOOP = flow(
    save("score: { increment: 1 }"), "when: hubspot.contact.updated, once_per: event.change"
)


def test_a_loop_says_the_whole_circle() -> None:
    problem = only(
        "write-loop",
        CHANGED,
        SCORE,
        flow(
            "  - { step: on, enroll_in: second }\n",
            "when: hubspot.contact.updated, once_per: event.change",
        ),
        flow(save("score: { increment: 1 }"), "once_per: event.change", "second"),
    )
    assert '"extra" → "second" → "extra"' in problem.message
    assert problem.where.file == "workflows/second.yaml"
    assert problem.evidence == (
        "enrolls in second; then saves score to hubspot, hubspot.contact.updated starts extra"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("once_per: event.change", "max_burst: 5"),  # once ever
        ("once_per: event.change", "once_per: contact.email"),  # the circle does not change it
        ("score: { increment: 1 }", "score: 5"),  # nothing changes in the second round
        ("score: { increment: 1 }", "score: contact.company_size"),
        ("save_to: hubspot contact\n    set", "set"),  # our own contact reports nothing
    ],
)
def test_a_circle_that_ends_by_itself_is_none(old: str, new: str) -> None:
    path, _, text = LOOP
    problems = found(CHANGED, SCORE, (path, "", text.replace(old, new)))
    assert [p for p in problems if p.code == "write-loop"] == []


def test_an_event_of_another_system_or_field_reports_nothing() -> None:
    other = (EVENTS, "webinar.attended:", "country.changed: { change: text }\nwebinar.attended:")
    path, _, text = LOOP
    problems = found(
        other, SCORE, (path, "", text.replace("hubspot.contact.updated", "country.changed"))
    )
    assert [p for p in problems if p.code == "write-loop"] == []


# two writers


def test_a_value_over_the_record_says_when_it_is_put_back() -> None:
    record = (CONTACT, "country: { type: text,", "country: { type: text, from: hubspot,")
    problem = only(
        "two-writers", READS, record, flow("  - step: own\n    set: { contact.country: DE }\n")
    )
    assert problem.message == (
        '"own" writes "country" of our contact, but "hubspot" holds the value that counts: the '
        "next read, within 15 minutes, puts its own back."
    )
    both = flow("  - step: own\n    set: { contact.country: DE }\n" + save("country: DE"))
    assert found(READS, record, both) == ()


@pytest.mark.parametrize(
    "writes",
    [
        "last_webinar: event.title",
        "lifecycle_stage: { to: customer, only: forward }",
        "company: contact.company",
    ],
)
def test_writes_that_give_the_same_in_any_order_are_no_clash(writes: str) -> None:
    event = (EVENTS, "webinar.attended: {", "webinar.attended: { title: text,")
    problems = found(event, flow(save(writes)))
    assert [p for p in problems if p.code == "two-writers"] == []


# types and values


def test_a_type_that_the_system_refuses_is_an_error_once_a_step_saves_it() -> None:
    warm = (
        CONTACT,
        "country:",
        "warm: { type: flag, names: { hubspot: hs_lead_status } }\ncountry:",
    )
    assert only("types-clash", warm).severity is Severity.WARNING
    assert only("types-clash", warm, flow(save("warm: true"))).severity is Severity.ERROR


def test_a_value_of_the_list_that_nobody_has_yet_is_a_note() -> None:
    values = facts("  lifecycle_stage:\n    empty: 0\n    of: 9\n    values: { lead: 9 }\n")
    problem = only(
        "value-outside-picklist", values, flow(choose("contact.lifecycle_stage is customer"))
    )
    assert problem.severity is Severity.NOTE
    assert problem.message == (
        'no contact of the data has "customer" in "lifecycle_stage", which holds "lead".'
    )


def test_where_rare_values_were_left_out_nothing_is_said_to_be_nowhere() -> None:
    values = facts("  country:\n    empty: 0\n    of: 1000\n    values: { DE: 900 }\n")
    assert found(values, flow(choose("contact.country is AT"))) == ()
    problem = only("value-outside-picklist", values, flow(choose("contact.country is de")))
    assert problem.message == 'no contact of the data has "de" in "country", but "DE".'


# many unknown


@pytest.mark.parametrize(
    ("condition", "more"),
    [
        ("contact.country is not DE or unknown", ""),
        ("{ all: [ contact.country is known, contact.country is DE ] }", ""),
        ("contact.country is DE", "      - unknown:\n          - { step: u, stop: z }\n"),
        ("event.webinar is x", ""),
    ],
)
def test_a_branch_that_says_where_the_unknown_go_is_left_alone(condition: str, more: str) -> None:
    many = facts("  country: { empty: 500, of: 1000 }\n")
    assert found(many, flow(choose(condition, more))) == ()


def test_up_to_a_fifth_unknown_is_left_alone() -> None:
    branch = flow(choose("contact.country is DE"))
    assert found(facts("  country: { empty: 200, of: 1000 }\n"), branch) == ()
    problem = only("unknowns-fall-to-else", facts("  country: { empty: 201, of: 1000 }\n"), branch)
    assert '"country" is unknown for 201 of 1,000 contacts (20 %)' in problem.message
    assert problem.evidence is not None
    assert problem.evidence.startswith("facts.yaml:4: ")


def test_a_needed_field_says_who_is_lost() -> None:
    problem = only(
        "needed-field-empty",
        facts("  company: { empty: 51, of: 1000 }\n"),
        flow("  - { step: end, stop: x }\n", "when: webinar.attended, once_per: contact.company"),
    )
    assert problem.message == (
        '"company" is empty for 51 of 1,000 contacts (5 %): they never enter "extra" (once_per).'
    )


# limits and settings


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("ten seconds: 101 per 10 seconds", '"starter" has 100 per 10 seconds'),
        ("ten seconds: 11 per second", '"starter" has 100 per 10 seconds'),
        ("day: 250001 per day", '"starter" has 250,000 a day'),
    ],
)
def test_a_limit_above_the_tier_says_both_figures(limit: str, said: str) -> None:
    problem = only(
        "limit-above-tier", (HUBSPOT, "allow_private", f"limits: {{ {limit} }}\nallow_private")
    )
    assert said in problem.message
    assert problem.evidence is not None
    assert "read on 2026-11-24" in problem.evidence


def test_a_figure_that_nobody_published_is_not_held_up() -> None:
    assert found(("systems/mail.yaml", "14 per second", "500 per second")) == ()
    assert found((HUBSPOT, "allow_private", "limits: { day: 250000 per day }\nallow_private")) == ()


@pytest.mark.parametrize(("day", "stale"), [("2026-08-30", False), ("2026-08-29", True)])
def test_facts_are_stale_after_ninety_days(day: str, stale: bool) -> None:
    problems = found(("facts.yaml", "", f"as_of: {day}\ncontacts: 5\n"))
    assert [p.code for p in problems] == (["stale-facts"] if stale else [])


def test_every_check_explains_itself_to_both_readers() -> None:
    for check in CHECKS.values():
        for text in (check.marketer, check.engineer, check.mend):
            assert text.endswith("."), check.code
        assert "  " not in check.engineer, check.code
