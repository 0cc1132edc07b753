"""Klaviyo definitions: live by message, filters asked again at each step, hidden messages."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.blueprint.graph.flow import (
    Blank,
    Consent,
    Every,
    Failure,
    Happened,
    Live,
    Membership,
    Purpose,
    Some,
    StepKind,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows import registry
from leadline.inspection.recognition import Content
from tests.unit.flows.reading import (
    comparisons,
    document,
    read_all,
    read_by,
    read_one,
    ways,
    written,
)


def welcome() -> Any:
    return document("klaviyo-welcome.json")


def definition(found: Any) -> Any:
    return found["data"]["attributes"]["definition"]


def test_a_flow_says_who_enters_whether_again_and_what_is_asked_at_each_step() -> None:
    flow = read_one(welcome())
    assert (flow.key, flow.live, flow.object, flow.start) == (
        "klaviyo/XyZ12a",
        Live.ON,
        "profile",
        "1",
    )
    (trigger,) = flow.triggers
    assert (trigger.kind, trigger.again) == (TriggerKind.LIST, False)
    assert isinstance(trigger.condition, Membership)
    asked = flow.checked_at_each_step
    assert isinstance(asked, Every)
    ordered, either = asked.parts
    assert isinstance(ordered, Happened)
    assert ordered.happened is False
    assert isinstance(either, Some)
    assert isinstance(either.parts[0], Consent)
    (plan,) = comparisons(asked)
    assert (str(plan.field), plan.negative, plan.blank) == (
        "klaviyo.profile.plan",
        True,
        Blank.UNSAID,
    )


def test_each_message_has_its_own_state_purpose_and_reads() -> None:
    steps = read_one(welcome()).steps
    (first,) = steps["1"].sends
    assert (first.content, first.live, first.purpose) == ("TmPl1", Live.ON, Purpose.MARKETING)
    assert first.checks_consent is True
    assert read_by(steps["1"]) == {"klaviyo.profile.first_name"}
    assert any("smart sending" in note for note in steps["1"].notes)
    hidden = steps["5"].sends
    assert [(s.content, s.live, s.checks_consent) for s in hidden] == [
        ("TmA", Live.OFF, False),
        ("TmB", Live.ON, True),
    ]


def test_a_delay_adds_up_its_two_parts() -> None:
    step = read_one(welcome()).steps["2"]
    assert step.wait_s == 2 * 86400 + 6 * 3600
    assert step.notes == ("only on 2 days of the week",)
    assert step.failure is Failure.CANNOT


def test_splits_writes_lists_and_calls_are_read() -> None:
    steps = read_one(welcome()).steps
    assert ways(steps["3"]) == [("branch", "4"), ("else", "5")]
    (city,) = comparisons(steps["3"].edges[0].condition)
    assert city.words == "city is known"
    assert written(steps["4"]) == [
        ("klaviyo.profile.stage", "warm", "set"),
        ("klaviyo.profile.old_flag", None, "clear"),
    ]
    assert steps["6"].call is not None
    assert steps["6"].call.host == "in.example.com"
    assert steps["6"].secrets == ("header Authorization",)
    assert read_by(steps["6"]) == {"klaviyo.profile.work_mail"}
    assert (steps["7"].kind, steps["7"].people) == (StepKind.NOTIFY, ("sales@acme.example",))
    assert ways(steps["8"]) == [("branch", "9"), ("else", None)]
    assert steps["8"].edges[0].condition == Membership(
        "Gr1", inside=False, words="is not in list Gr1"
    )
    assert steps["9"].lists == ("LiSt02",)


def test_what_is_unknown_is_opaque_and_nothing_secret_is_kept() -> None:
    flow = read_one(welcome())
    assert flow.steps["10"].understanding is Understanding.OPAQUE
    assert ways(flow.steps["10"]) == [("next", None)]
    assert "action: teleport" in flow.not_understood
    assert "CANARY" not in repr(flow)
    assert registry.counts([flow]) == (9, 0, 1)


@pytest.mark.parametrize(
    ("change", "live"),
    [
        ({"status": "draft"}, Live.OFF),
        ({"status": "manual"}, Live.ON),
        ({"archived": True}, Live.OFF),
        ({"status": None}, Live.UNSAID),
    ],
)
def test_live_is_the_flows_own_state(change: Any, live: Live) -> None:
    found = welcome()
    found["data"]["attributes"].update(change)
    assert read_one(found).live is live


def test_a_live_flow_whose_messages_are_drafts_says_that_it_sends_nothing() -> None:
    found = welcome()
    definition(found)["actions"] = definition(found)["actions"][:1]
    definition(found)["actions"][0]["data"]["status"] = "draft"
    assert any("sends nothing" in note for note in read_one(found).notes)


@pytest.mark.parametrize(
    ("trigger", "kind"),
    [
        ({"type": "metric", "id": "M1", "trigger_filter": None}, TriggerKind.EVENT),
        ({"type": "segment", "id": "S1"}, TriggerKind.LIST),
        ({"type": "date", "date_profile_property": "birthday"}, TriggerKind.DATE),
        ({"type": "price-drop"}, TriggerKind.EVENT),
        ({"type": "moon-phase"}, TriggerKind.OPAQUE),
    ],
)
def test_each_trigger_has_its_kind(trigger: Any, kind: TriggerKind) -> None:
    found = welcome()
    definition(found)["triggers"] = [trigger]
    (way_in,) = read_one(found).triggers
    assert way_in.kind is kind
    named = [str(r) for r in way_in.reads]
    assert named == (["klaviyo.profile.birthday"] if kind is TriggerKind.DATE else [])


@pytest.mark.parametrize(
    "shape",
    [
        lambda d: d,
        lambda d: d["data"],
        lambda d: [d],
        lambda d: {"data": [d["data"]], "links": {}},
        lambda d: d["data"]["attributes"],
        lambda d: d["data"]["attributes"]["definition"],
    ],
)
def test_a_flow_is_found_in_every_shape(shape: Any) -> None:
    assert len(read_one(shape(welcome())).steps) == 10


def test_a_creation_body_joins_by_its_temporary_ids() -> None:
    found = welcome()
    del found["data"]["id"]
    for action in definition(found)["actions"]:
        action["temporary_id"] = action.pop("id")
    flow = read_one(found)
    assert ways(flow.steps["1"]) == [("next", "2")]


def test_the_listing_has_no_definitions() -> None:
    found = welcome()["data"]
    del found["attributes"]["definition"]
    recognition = registry.recognise({"data": [found]}, "flows.json")
    assert recognition is not None
    assert recognition.content is Content.LISTING
    flows, (unread,) = read_all({"data": [found]})
    assert flows == ()
    assert unread.what.startswith("1 known, 0 readable")
