"""Who comes when: bursts, files of events, and people as they were counted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from leadline.blueprint.forecast.arrivals import (
    Burst,
    of_burst,
    of_events,
    read_burst,
    read_events,
)
from leadline.cli.forecast_wiring import populations
from leadline.project.known import Known, Seen
from tests.unit.blueprint.forecasts import SEND, asked

KNOWN = ["webinar.registered", "webinar.cancelled"]
CHOOSE = """
- step: which
  choose:
    - if:
        all: [ contact.lifecycle_stage is lead ]
      then:
        - { step: lead, stop: lead }
    - else:
        - { step: other, stop: other }
"""


def segment(time: str, email: str = "ann@people.example", **more: object) -> str:
    row = {
        "event": "webinar.registered",
        "timestamp": time,
        "context": {"traits": {"email": email}},
        "properties": {"webinar": "w1", "starts_at": "2026-12-01T17:00:00Z"},
    }
    return json.dumps({**row, **more})


@pytest.mark.parametrize(
    ("text", "count", "within_s"),
    [("500/1m", 500, 60), ("1/1s", 1, 1), ("20 / 2h", 20, 7200), ("7/1d", 7, 86_400)],
)
def test_a_burst_is_people_in_a_span(text: str, count: int, within_s: float) -> None:
    assert read_burst(text) == Burst(count, within_s)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "0/1m", "-1/1m", "500", "500/0s", "500/1y", "1000000000000/1m", "5/999999999d",
     "1.5/1m", "500/1m/1m", "٥/1m", "9" * 40 + "/1m"],
)  # fmt: skip
def test_what_is_no_burst_is_told_in_a_sentence(text: str) -> None:
    said = read_burst(text)
    assert isinstance(said, str)
    assert said.endswith(".")


def test_people_come_in_the_span_in_order_and_each_once() -> None:
    found, wanted = asked(SEND)
    drawn = populations(found, wanted, ["webinar.registered"])
    coming = list(of_burst(Burst(200, 60.0), drawn, 1, 0))
    times = [each.at for each in coming]
    assert times == sorted(times)
    assert 0 <= times[0] < 5
    assert 55 < times[-1] < 60
    assert len({each.who for each in coming}) == 200


def test_people_are_as_they_were_counted() -> None:
    found, wanted = asked(CHOOSE)
    known = Known(
        date(2026, 11, 1),
        1000,
        {
            "first_name": Seen(250, 1000),
            "lifecycle_stage": Seen(100, 1000, {"lead": 810, "customer": 90}),
        },
    )
    drawn = populations(replace(found, known=known), wanted, ["webinar.registered"])
    assert drawn[0].guessed == ()
    people = [each.contact for each in of_burst(Burst(2000, 60.0), drawn, 1, 0)]
    nameless = sum("first_name" not in contact for contact in people)
    leads = sum(contact.get("lifecycle_stage") == "lead" for contact in people)
    staged = sum("lifecycle_stage" in contact for contact in people)
    assert 430 < nameless < 570
    assert 1540 < leads < 1700
    assert 1740 < staged < 1860


def test_where_nobody_counted_it_is_said_which_fields_were_guessed() -> None:
    found, wanted = asked(CHOOSE)
    drawn = populations(found, wanted, ["webinar.registered"])
    assert drawn[0].guessed == ("contact.lifecycle_stage",)


def test_events_of_a_file_come_again_at_the_same_distance() -> None:
    text = "\n".join(
        [segment("2026-11-27T18:00:10Z"), segment("2026-11-27T19:00:00+01:00", "bob@x.example"), ""]
    )
    events, problems = read_events(text, "events.jsonl", KNOWN, "Europe/Berlin")
    assert not problems
    found, wanted = asked(SEND)
    drawn = {p.event: p for p in populations(found, wanted, ["webinar.registered"])}
    types = {"webinar.registered": found.events["webinar.registered"].properties}
    coming = list(of_events(events, drawn, types, 1, 0))
    assert [each.at for each in coming] == [0.0, 10.0]
    assert coming[0].who != coming[1].who
    assert coming[0].trigger.properties["webinar"] == "w1"
    assert coming[0].trigger.properties["starts_at"] == datetime(2026, 12, 1, 17, tzinfo=UTC)


def test_the_same_person_in_a_file_is_the_same_person() -> None:
    text = "\n".join([segment("2026-11-27T18:00:10Z"), segment("2026-11-27T18:00:11Z")])
    events, _ = read_events(text, "events.jsonl", KNOWN, "UTC")
    assert len({event.who for event in events}) == 1


def test_a_table_of_events_is_read_in_the_zone_of_the_project() -> None:
    text = "time,event,email,webinar\n2026-11-27 18:00,webinar.registered,ann@x.example,w1\n"
    events, problems = read_events(text, "events.CSV", KNOWN, "Europe/Berlin")
    assert not problems
    assert events[0].at == datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert events[0].properties["webinar"] == "w1"


@pytest.mark.parametrize(
    ("line", "message", "fix"),
    [
        ("{", "no JSON", "one JSON object a line"),
        ("[" * 50_000, "no JSON", "one JSON object a line"),
        ("[]", "no JSON object", "one JSON object a line"),
        ('{"timestamp": "2026-11-27T18:00:10Z"}', "no event", "event"),
        (segment("yesterday"), '"yesterday" is no time', "2026-11-27T18:04:05Z"),
        (segment("0001-01-01T00:00:00+14:00"), "is no time", "2026-11-27T18:04:05Z"),
        (segment("2026-11-27T18:00:10Z", event="webinar.registred"), "unknown event",
         'Did you mean "webinar.registered"?'),
        (segment("2026-11-27T18:00:10Z", properties=3), "properties", "object"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_file_and_line(line: str, message: str, fix: str) -> None:
    text = f"{segment('2026-11-27T18:00:10Z')}\n{line}\n"
    events, problems = read_events(text, "events.jsonl", KNOWN, "UTC")
    assert len(events) == 1
    assert [(p.where.file, p.where.line) for p in problems] == [("events.jsonl", 2)]
    assert message in problems[0].message
    assert fix in problems[0].fix


def test_a_table_without_a_time_column_is_refused_at_its_head() -> None:
    _, problems = read_events("when,event\n1,webinar.registered\n", "e.csv", KNOWN, "UTC")
    assert [(p.where.line, p.message) for p in problems] == [(1, "there is no time column.")]


def test_an_empty_file_has_no_events() -> None:
    assert read_events("", "e.jsonl", KNOWN, "UTC") == ([], [])
