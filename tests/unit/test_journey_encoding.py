"""What is stored of runs and projects, and that it is read back as it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import orjson
import pytest

from leadline.expression.types import FieldType, Kind
from leadline.journey.action import SaveRecord
from leadline.journey.compiled import CompiledProject, content_hash, from_json, to_json
from leadline.journey.encoding import NotDecodable, canonical, decode, decode_as, encode
from leadline.journey.program import NOWHERE, compile_workflow, edges
from leadline.journey.record import Took
from leadline.journey.state import AwaitingAction, Ready, Sleeping
from leadline.ledger.coalesce import AddTo, Increment, SetTo
from leadline.ledger.key import payload_hash
from leadline.project import workflow as words
from leadline.project.fields import Field
from leadline.project.workflow import CarryOn, GoTo, HasSeen, WallTime
from tests.unit.journey_runs import (
    ENROLLMENT,
    HEAD,
    NOON,
    STARTS,
    Story,
    compiled,
    program,
    project,
)

STEPS = """
steps:
  - step: welcome
    send: messages/welcome
    as: transactional
    if_missing: { contact.first_name: there }
    not_after: event.starts_at
  - step: crm
    save_to: hubspot contact
    set: { last_webinar: event.title, company_size: { increment: 1 } }
  - { step: seen, wait_until: hubspot has seen crm, at_most: 1 hour, if_not: { go to: done } }
  - step: hot
    choose:
      - if:
          all: [ contact.company_size is between 1 and 5, contact.tags contains big ]
        then:
          - { step: dawn, wait_until: 2026-12-01 09:00 }
      - else:
          - { step: came, wait_for: webinar.attended, at_most: 1 day, if_not: stop }
  - { step: done, stop: done }
"""
WORKFLOW = HEAD + STARTS + "stops: { when: [ webinar.cancelled ] }\n" + STEPS


def document(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def stored(value: object) -> object:
    """As a database gives it back: keys in another order."""
    return json.loads(json.dumps(encode(value), sort_keys=True))


def test_a_state_is_stored_small_and_readable() -> None:
    story = Story(program("- { step: here, wait: 3 days }\n")).start()
    assert stored(story.state) == {
        "is": "state.Sleeping",
        "step": "here",
        "until": "2026-05-07T12:00:00+00:00",
        "local": None,
        "gives_up": False,
        "visits": {"here": 1},
    }
    assert decode(stored(story.state)) == story.state


def test_values_of_every_type_come_back_as_they_were() -> None:
    values = {
        "a": "text",
        "b": Decimal("1.50"),
        "c": True,
        "d": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        "e": date(2026, 1, 2),
        "f": None,
        "g": "1.50",
    }
    record = Took("hot", "if 1", values, unknown=False)
    back = decode(stored(record))
    assert back == record
    assert isinstance(back, Took)
    assert {k: type(v) for k, v in back.values.items()} == {k: type(v) for k, v in values.items()}


def test_a_moment_is_stored_in_utc_whatever_its_zone() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=2)))
    here, away = (Sleeping("a", at, None, False, {}) for at in (NOON, there))
    assert canonical(here) == canonical(away)


def test_a_time_on_the_wall_keeps_no_zone_but_its_own() -> None:
    state = Sleeping("a", NOON, WallTime(datetime(2026, 1, 1, 9), "Europe/Berlin"), False, {})
    assert decode(stored(state)) == state


def test_records_are_stored_together() -> None:
    story = Story(compiled(WORKFLOW).programs["webinar"]).start()
    assert decode(stored(tuple(story.records))) == tuple(story.records)
    assert decode(stored(())) == ()


def test_actions_are_stored_and_hashed() -> None:
    story = Story(compiled(WORKFLOW).programs["webinar"]).start().accepted()
    for action in story.actions:
        assert decode(stored(action)) == action
        assert payload_hash("ab12", document(encode(action))) == payload_hash(
            "ab12", document(stored(action))
        )
    (save,) = story.intended(SaveRecord)
    assert decode(stored(save)) == save


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "text",
        3,
        {},
        {"is": "state.Nothing"},
        {"is": ["state.Ready"]},
        {"is": "state.Ready"},
        {"is": "state.Ready", "step": 1, "visits": {}},
        {"is": "state.Ready", "step": None, "visits": {"a": True}},
        {"is": "state.Ready", "step": None, "visits": []},
        {"is": "state.Sleeping", "step": "a", "until": "soon", "visits": {}},
        {
            "is": "state.AwaitingAction",
            "step": "a",
            "key": "x",
            "until": "2026-01-01",
            "visits": {},
        },
        {
            "is": "record.Took",
            "step": "a",
            "branch": "b",
            "values": {"x": {"number": "a"}},
            "unknown": 1,
        },
        {
            "is": "record.Took",
            "step": "a",
            "branch": "b",
            "values": {"x": {"a": 1, "b": 2}},
            "unknown": False,
        },
        {"is": "record.Over", "reason": "because", "detail": ""},
        [{"is": "problems.Where", "file": "x"}],
    ],
)
def test_what_is_no_stored_value_is_refused_with_its_reason(broken: object) -> None:
    with pytest.raises(NotDecodable, match=r"\w"):
        decode(broken)


def test_what_has_no_exact_form_is_refused() -> None:
    with pytest.raises(TypeError):
        encode(object())
    with pytest.raises(TypeError):
        encode(Took("a", "b", {"x": 1.5}, unknown=False))  # type: ignore[dict-item]


def test_classes_of_one_name_are_kept_apart() -> None:
    assert encode(AddTo(("a",))) == {"is": "coalesce.AddTo", "values": ["a"]}
    source = words.Constant("a")
    assert encode(words.AddTo(source)) == {
        "is": "workflow.AddTo",
        "source": {"is": "workflow.Constant", "value": "a"},
    }
    with pytest.raises(NotDecodable):
        decode_as(AddTo, encode(words.AddTo(source)))
    assert decode_as(SetTo, encode(SetTo(Decimal(1)))) == SetTo(Decimal(1))
    assert encode(Increment(Decimal(1))) == {"is": "coalesce.Increment", "by": "1"}


def test_a_field_with_its_default_is_left_out() -> None:
    assert encode(CarryOn()) == {"is": "workflow.CarryOn"}
    bare = Field("size", FieldType(Kind.NUMBER), NOWHERE, names={})
    assert encode(bare) == {
        "is": "fields.Field",
        "name": "size",
        "type": {"is": "types.FieldType", "kind": "number"},
        "where": {"is": "problems.Where", "file": ""},
    }
    key = Story(program("- { step: here, wait: 3 days }\n")).key("here")
    ready = encode(Ready(None, {}))
    assert ready == {"is": "state.Ready", "step": None, "visits": {}}
    awaiting = encode(AwaitingAction("here", key, NOON, {}))
    assert awaiting == {
        "is": "state.AwaitingAction",
        "step": "here",
        "key": f"{ENROLLMENT}/here/1",
        "until": "2026-05-04T12:00:00+00:00",
        "visits": {},
    }


# ---------------------------------------------------------------- programs and projects


def test_a_program_is_flat_and_branches_join() -> None:
    found = compiled(WORKFLOW).programs["webinar"]
    assert found.first == "welcome"
    assert {name: edges(step) for name, step in found.steps.items()} == {
        "welcome": {"crm"},
        "crm": {"seen"},
        "seen": {"hot", "done"},
        "hot": {"dawn", "came"},
        "dawn": {"done"},
        "came": {"done"},
        "done": set(),
    }
    assert found.awaits == {"webinar.attended", "webinar.cancelled"}
    assert found.fuel == 7
    assert found.addressed


def test_a_compiled_project_comes_back_as_it_was() -> None:
    found = compiled(WORKFLOW)
    back = from_json(json.loads(json.dumps(to_json(found), sort_keys=True)))
    assert back == found
    assert content_hash(back) == content_hash(found)
    with pytest.raises(NotDecodable):
        from_json({"is": "compiled.CompiledProject"})


def test_places_and_comments_make_no_other_release() -> None:
    moved = "# A comment.\n\n" + WORKFLOW.replace("steps:", "# Another.\nsteps:")
    assert content_hash(compiled(moved)) == content_hash(compiled(WORKFLOW))
    assert b'"line"' not in canonical(compiled(WORKFLOW))
    other = WORKFLOW.replace("if_missing: { contact.first_name: there }", "")
    assert content_hash(compiled(other)) != content_hash(compiled(WORKFLOW))


def test_a_program_runs_as_well_after_it_was_stored() -> None:
    found = compiled(WORKFLOW)
    back = decode_as(CompiledProject, stored(found))
    stories = [Story(each.programs["webinar"]).start().accepted() for each in (found, back)]
    assert stories[0].records == stories[1].records
    assert stories[0].actions == stories[1].actions


def test_a_workflow_that_does_not_hang_together_is_refused() -> None:
    found = project(WORKFLOW)
    workflow = found.workflows["webinar"]

    def compiling(*steps: words.Step) -> None:
        changed = words.Workflow(
            **{n: getattr(workflow, n) for n in workflow.__dataclass_fields__} | {"steps": steps}
        )
        compile_workflow(changed, found.fields, {})

    def waiting(until: HasSeen, if_not: words.Then) -> words.Step:
        return words.WaitUntilStep(
            name="a", where=NOWHERE, until=until, at_most=None, if_not=if_not
        )

    stop = words.StopStep(name="a", where=NOWHERE, reason="x")
    with pytest.raises(ValueError, match="same name"):
        compiling(stop, stop)
    with pytest.raises(ValueError, match="no step that saves"):
        compiling(waiting(HasSeen("hubspot", "a"), CarryOn()))
    with pytest.raises(ValueError, match="no step of it"):
        compiling(workflow.steps[1], waiting(HasSeen("hubspot", "crm"), GoTo("nowhere")))
