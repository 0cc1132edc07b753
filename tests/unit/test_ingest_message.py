"""What one message says, and why it may count for nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leadline.runtime.ingest.identify import Identifier
from leadline.runtime.ingest.json_values import loads
from leadline.runtime.ingest.message import Call, Reader, Said
from tests.runtime.ingest_server import PLAN, track


def read(message: object, call: Call | None = None) -> Said:
    return Reader(PLAN).read(loads(json.dumps(message).encode()), call)


def properties(said: Said) -> dict[str, Any]:
    return json.loads(said.properties)


def test_a_sound_event_is_taken() -> None:
    said = read(
        track(
            messageId="m1",
            anonymousId="a1",
            timestamp="2026-05-04T10:00:00Z",
            sentAt="2026-05-04T10:00:01Z",
            properties={"webinar": "w1", "seats": 2, "more": {"x": [1]}},
        )
    )
    assert said.rejected is None
    assert (said.kind, said.name, said.message_id) == ("track", "webinar.registered", "m1")
    assert properties(said) == {"webinar": "w1", "seats": 2, "more": {"x": [1]}}
    assert said.identifiers == (Identifier("user", "u1"), Identifier("anonymous", "a1"))
    assert said.timestamp is not None
    assert said.sent_at is not None


def test_every_declared_type_is_taken_and_times_become_utc() -> None:
    said = read(
        track(
            properties={
                "webinar": "w1",
                "starts_at": "2026-12-01T09:00:00+01:00",
                "seats": 1.5,
                "paid": True,
                "born": "1990-02-28",
                "level": "pro",
                "title": None,
            }
        )
    )
    assert said.rejected is None
    assert properties(said)["starts_at"] == "2026-12-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"webinar": 42}, '"webinar" is a number, the plan says text. Send it in quotes.'),
        ({"webinar": ["w"]}, '"webinar" is a list, the plan says text. Send it in quotes.'),
        (
            {"seats": "2"},
            '"seats" is the text "2", the plan says number. Send it without quotes.',
        ),
        (
            {"seats": True},
            '"seats" is true or false, the plan says number. Send it without quotes.',
        ),
        (
            {"paid": "yes"},
            '"paid" is the text "yes", the plan says flag. Send true or false, without quotes.',
        ),
        (
            {"starts_at": "tomorrow"},
            '"starts_at" is "tomorrow", which is no time. Send it as 2026-12-01T09:00:00Z.',
        ),
        (
            {"starts_at": 1764579600},
            '"starts_at" is a number, the plan says time. Send it as 2026-12-01T09:00:00Z.',
        ),
        (
            {"starts_at": "2026-12-01T09:00:00"},
            '"starts_at" is "2026-12-01T09:00:00", which says no time zone. '
            "End it with Z or +02:00.",
        ),
        (
            {"born": "28.2.1990"},
            '"born" is the text "28.2.1990", the plan says date. Send it as 2026-12-01.',
        ),
        ({"level": "Pro"}, '"level" is "Pro". Send one of new, pro.'),
        (
            {"webinar": 1, "seats": "x"},
            '"webinar" is a number, the plan says text. Send it in quotes. '
            '"seats" is the text "x", the plan says number. Send it without quotes.',
        ),
    ],
)
def test_a_property_of_the_wrong_type_is_told(given: dict[str, Any], reason: str) -> None:
    said = read(track(properties=given))
    assert said.rejected == reason
    assert properties(said) == given


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"event": "webinar.registred"},
            'unknown event "webinar.registred". Did you mean "webinar.registered"? '
            "Events are declared in events.yaml.",
        ),
        ({"event": "x"}, 'unknown event "x". Events are declared in events.yaml.'),
        ({"event": ...}, 'The event has no name. Send it as "event".'),
        ({"event": 7}, 'The event has no name. Send it as "event".'),
        ({"userId": ...}, "It names nobody. Send userId, anonymousId or an email address."),
        ({"userId": ""}, "It names nobody. Send userId, anonymousId or an email address."),
        (
            {"userId": "undefined"},
            "It names nobody. Send userId, anonymousId or an email address.",
        ),
        ({"anonymousId": ["a"]}, '"anonymousId" is a list. Send a text.'),
        (
            {"userId": True, "anonymousId": "a1"},
            '"userId" is true or false. Send a text.',
        ),
        (
            {"userId": "u" * 256, "anonymousId": "a"},
            '"userId" has 256 characters; at most 255 are taken.',
        ),
        (
            {"messageId": "m" * 101},
            '"messageId" has 101 characters; at most 100 are taken.',
        ),
        ({"messageId": {}}, '"messageId" is an object. Send a text.'),
        ({"properties": "x"}, '"properties" is a text. Send an object.'),
        (
            {"timestamp": "yesterday"},
            '"timestamp" is "yesterday". Send a time as 2026-12-01T09:00:00Z.',
        ),
        ({"type": "trak"}, '"type" is "trak". Send track or identify.'),
        ({"type": ...}, '"type" is null. Send track or identify.'),
        (
            {"type": "alias", "previousId": "a1"},
            "alias is not taken. Send identify with userId and the earlier anonymousId.",
        ),
        (
            {"context": {"traits": {"email": 5}}},
            '"email" is a number. Send the address as text.',
        ),
        (
            {"properties": {"$traits": {}}},
            'The property "$traits" is reserved. Use another name.',
        ),
    ],
)
def test_a_fault_of_one_event_is_its_reason(changes: dict[str, Any], reason: str) -> None:
    said = read(track(**changes))
    assert said.rejected == reason
    assert json.loads(said.properties) is not None


@pytest.mark.parametrize(
    ("message", "kind"), [(1, "a number"), ("x", "a text"), (None, "null"), ([], "a list")]
)
def test_what_is_no_object_is_kept_and_told(message: object, kind: str) -> None:
    said = read(message)
    assert said.rejected == f"The event is {kind}. Send an object."
    assert properties(said) == {"$message": message}


def test_a_long_name_of_an_event_is_cut() -> None:
    said = read(track(event="x" * 5_000))
    assert len(said.name) == 200
    assert said.rejected is not None
    assert "5,000 characters" in said.rejected


def test_an_oversize_event_keeps_its_beginning_and_who_it_was_about() -> None:
    said = read(track(messageId="m1", properties={"webinar": "w1", "x": "y" * 40_000}))
    assert said.rejected is not None
    assert said.rejected.startswith("The event has 40,")
    assert "at most 32,768 are taken" in said.rejected
    assert said.message_id == "m1"
    assert said.identifiers == (Identifier("user", "u1"),)
    assert properties(said)["$start"].startswith('{"type":"track"')
    assert len(said.properties) < 3_000


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "b\udfffc"])
@pytest.mark.parametrize(
    "place",
    [
        lambda x: track(properties={"webinar": x}),
        lambda x: track(properties={x: 1}),
        lambda x: track(event=x),
        lambda x: track(userId=x),
        lambda x: track(messageId=x),
        lambda x: track(context={"traits": {"email": x}}),
        lambda x: [x],
    ],
)
def test_what_postgresql_cannot_hold_is_cleaned_and_rejected(text: str, place: Any) -> None:
    said = read(place(text))
    assert said.rejected is not None
    assert "A text " in said.rejected
    for stored in (
        said.properties,
        said.name,
        said.message_id,
        *(i.value for i in said.identifiers),
    ):
        assert "\0" not in stored
        stored.encode()


def test_the_address_is_looked_for_where_clients_put_it() -> None:
    def email(message: dict[str, Any]) -> str | None:
        found = [i.value for i in read(message).identifiers if i.kind == "email"]
        return found[0] if found else None

    assert email({"type": "identify", "userId": "u", "traits": {"email": "A@x.org"}}) == "a@x.org"
    assert email(track(context={"traits": {"email": " a@x.org "}})) == "a@x.org"
    assert email(track(properties={"email": "a@x.org"})) == "a@x.org"
    assert email(track(userId="A@x.org")) == "a@x.org"
    both = track(context={"traits": {"email": "a@x.org"}}, properties={"email": "b@x.org"})
    assert email(both) == "a@x.org"
    assert email(track()) is None


def test_what_is_said_about_the_person_stands_beside_the_event() -> None:
    said = read(track(userId="Ann@x.org", context={"traits": {"first_name": "Ann"}}))
    assert properties(said) == {
        "webinar": "w1",
        "$traits": {"first_name": "Ann", "email": "Ann@x.org"},
    }
    said = read({"type": "identify", "userId": "Ann@x.org", "traits": {"first_name": "Ann"}})
    assert properties(said) == {"first_name": "Ann", "email": "Ann@x.org"}


def test_an_impossible_address_is_stored_and_names_somebody_only_alone() -> None:
    said = read(track(userId=..., properties={"email": "n/a"}))
    assert said.rejected is None
    assert said.identifiers == (Identifier("email", "n/a"),)
    said = read(track(userId="u1", properties={"email": "x@y\r\nBcc: all@example.com"}))
    assert said.rejected is None
    assert said.identifiers == (Identifier("user", "u1"),)
    assert properties(said)["email"] == "x@y\r\nBcc: all@example.com"


def test_a_message_without_an_id_gets_a_new_one_each_time() -> None:
    assert read(track()).message_id != read(track()).message_id


def test_numbers_serve_as_ids() -> None:
    said = read(track(userId=42, messageId=7))
    assert said.rejected is None
    assert (said.identifiers, said.message_id) == ((Identifier("user", "42"),), "7")


def test_pages_screens_and_groups_are_events_typed_where_declared() -> None:
    said = read({"type": "page", "userId": "u", "name": "Home", "category": "Docs"})
    assert (said.kind, said.name, said.rejected) == ("track", "page", None)
    assert properties(said) == {"name": "Home", "category": "Docs"}


def test_a_flood_of_unknown_names_is_compared_only_so_often() -> None:
    reader = Reader(PLAN)
    reasons = [reader.read(track(event=f"webinar.registred{n}")).rejected for n in range(30)]
    assert sum("Did you mean" in (reason or "") for reason in reasons) == 20
