"""Mautic campaigns: order by parent and path, the row over its copied form, older answers."""

from __future__ import annotations

from typing import Any

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Failure,
    Happened,
    Live,
    Purpose,
    StepKind,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows import registry
from tests.unit.flows.reading import document, read_one, ways, written


def nurture() -> Any:
    return document("mautic-nurture.json")


def test_a_campaign_says_which_segments_feed_it_and_where_it_begins() -> None:
    flow = read_one(nurture())
    assert (flow.key, flow.live, flow.start, flow.object) == (
        "mautic/7",
        Live.ON,
        "11",
        "contact",
    )
    (trigger,) = flow.triggers
    assert (trigger.kind, trigger.words) == (TriggerKind.LIST, "joins segment 3")
    assert [str(r) for r in trigger.reads] == ["mautic.contact.country"]
    assert any("no dates" in what for what in flow.cannot_say)
    assert "needs email 99, which the file does not hold" in flow.notes


def test_a_mail_has_the_delay_of_its_row_and_the_state_of_its_email() -> None:
    step = read_one(nurture()).steps["11"]
    assert (step.kind, step.wait_s) == (StepKind.SEND, 3 * 86400)
    assert step.words == "after 3 days: send email 41"
    (send,) = step.sends
    assert (send.content, send.live, send.purpose) == ("41", Live.OFF, Purpose.MARKETING)


def test_order_is_by_parent_and_path_not_by_number() -> None:
    steps = read_one(nurture()).steps
    assert ways(steps["11"]) == [("next", "12")]
    assert ways(steps["12"]) == [("branch", "13"), ("else", "14")]
    assert steps["12"].edges[1].label == "has not done it in time"
    assert isinstance(steps["12"].edges[0].condition, Happened)
    assert ways(steps["13"]) == [("branch", "19"), ("else", "15")]
    assert ways(steps["17"]) == [("jump", "11")]
    assert ways(steps["18"]) == [("next", None)]


def test_a_condition_names_its_field_and_does_not_guess_what_blanks_do() -> None:
    asked = read_one(nurture()).steps["13"].edges[0].condition
    assert isinstance(asked, Comparison)
    assert (str(asked.field), asked.values, asked.negative, asked.blank) == (
        "mautic.contact.country",
        ("Germany",),
        True,
        Blank.UNSAID,
    )


def test_writes_lists_people_and_calls_are_read() -> None:
    steps = read_one(nurture()).steps
    assert written(steps["15"]) == [("mautic.contact.stage_text", "hot", "set")]
    assert written(steps["14"]) == [
        ("mautic.contact.tags", "cold", "add"),
        ("mautic.contact.tags", "warm", "clear"),
    ]
    assert steps["19"].lists == ("3", "5")
    assert steps["20"].people == ("9", "ops@acme.example")
    call = steps["16"].call
    assert call is not None
    assert (call.method, call.host) == ("POST", "hook.example.com")
    assert steps["16"].secrets == ("header X-Key",)
    assert steps["16"].failure is Failure.RETRIED


def test_an_event_of_a_plugin_is_opaque_and_nothing_secret_is_kept() -> None:
    flow = read_one(nurture())
    assert flow.steps["18"].understanding is Understanding.OPAQUE
    assert "event: acme.dance" in flow.not_understood
    assert "CANARY" not in repr(flow)
    assert registry.counts([flow]) == (9, 0, 1)


def test_the_content_of_a_zip_is_read_as_well() -> None:
    assert len(read_one(nurture()[0]).steps) == 10


def test_an_older_answer_is_read_with_its_dates() -> None:
    campaign = {
        "id": 4,
        "name": "Old",
        "isPublished": True,
        "publishUp": "2024-01-01T00:00:00+00:00",
        "publishDown": None,
        "lists": [{"id": 2, "name": "All"}],
        "forms": [{"id": 6, "name": "Contact"}],
        "events": {
            "1": {
                "id": 1,
                "type": "lead.changepoints",
                "eventType": "action",
                "properties": {"points": 5},
                "triggerMode": "interval",
                "triggerInterval": 2,
                "triggerIntervalUnit": "h",
                "parent": None,
                "decisionPath": None,
            },
            "2": {
                "id": 2,
                "type": "stage.change",
                "eventType": "action",
                "properties": {"stage": "3"},
                "triggerMode": "immediate",
                "parent": {"id": 1},
                "decisionPath": None,
            },
        },
    }
    flow = read_one({"campaign": campaign})
    assert [t.kind for t in flow.triggers] == [TriggerKind.LIST, TriggerKind.FORM]
    assert flow.steps["1"].wait_s == 7200
    assert ways(flow.steps["1"]) == [("next", "2")]
    assert written(flow.steps["2"]) == [("mautic.contact.stage", "3", "set")]
    assert any("published from 2024-01-01" in note for note in flow.notes)


def test_an_event_whose_parent_is_missing_is_kept_and_noted() -> None:
    found = nurture()
    found[0]["campaign_event"] = found[0]["campaign_event"][1:]
    flow = read_one(found)
    assert "12" in flow.steps
    assert any("event 12 hangs on 11" in note for note in flow.notes)
