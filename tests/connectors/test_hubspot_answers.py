"""What each of HubSpot's answers means: for a write, and for a read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from leadline.connectors.contract import Quota
from leadline.connectors.hubspot import answers
from leadline.ledger.outcome import Throttled, Unauthorised, Unavailable, Unknown
from tests.connectors.replies import AT, reply


def error(status: int, **body: Any) -> Any:
    return reply(status, {"status": "error", "message": "no", **body})


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 522, 524])
def test_a_write_that_may_have_been_carried_out_is_unknown(status: int) -> None:
    assert isinstance(answers.trouble(error(status), writes=True), Unknown)
    assert isinstance(answers.trouble(error(status), writes=False), Unavailable)


@pytest.mark.parametrize("status", [423, 477, 521, 523, 525, 526, 301])
def test_a_write_that_surely_was_not_carried_out_is_unavailable(status: int) -> None:
    assert isinstance(answers.trouble(error(status), writes=True), Unavailable)


@pytest.mark.parametrize(
    ("policy", "message", "window"),
    [
        (
            "TEN_SECONDLY_ROLLING",
            "You have reached your ten_secondly_rolling limit.",
            "ten seconds",
        ),
        ("DAILY", "You have reached your daily limit.", "day"),
        (None, "You have reached your daily limit.", "day"),
        (None, "You have reached your secondly limit.", "search"),
        (None, None, "ten seconds"),
    ],
)
def test_a_refusal_for_the_rate_names_its_window(
    policy: str | None, message: str | None, window: str
) -> None:
    body = {"policyName": policy, "message": message}
    found = answers.trouble(error(429, **{k: v for k, v in body.items() if v}), writes=True)
    wait = {"ten seconds": timedelta(seconds=10), "search": timedelta(seconds=1)}.get(window)
    assert found == Throttled(None if wait is None else AT + wait, None, window)


def test_a_missing_right_names_the_right_and_pauses() -> None:
    context = {"requiredGranularScopes": ["crm.objects.contacts.write"]}
    found = answers.trouble(
        error(403, category="MISSING_SCOPES", errors=[{"message": "x", "context": context}]),
        writes=True,
    )
    assert isinstance(found, Unauthorised)
    assert "crm.objects.contacts.write" in found.reason
    assert isinstance(answers.trouble(error(401), writes=True), Unauthorised)


@pytest.mark.parametrize("status", [404, 405, 410])
def test_an_address_that_is_none_pauses_until_a_person_mends_it(status: int) -> None:
    found = answers.trouble(error(status), writes=True)
    assert isinstance(found, Unauthorised)
    assert "base_url" in found.reason


@pytest.mark.parametrize(
    ("status", "hint", "wait"),
    [
        (429, "1500", timedelta(milliseconds=1500)),
        (477, "1500", timedelta(seconds=1500)),
        (423, None, timedelta(seconds=2)),
        (429, None, timedelta(seconds=10)),
        (477, "soon", None),
    ],
)
def test_each_hint_to_come_back_is_read_in_its_own_unit(
    status: int, hint: str | None, wait: timedelta | None
) -> None:
    said = reply(status, {}, {"retry-after": hint} if hint else {})
    found = answers.trouble(said, writes=True)
    assert isinstance(found, Throttled | Unavailable)
    assert found.until == (None if wait is None else AT + wait)
    if status == 429:
        assert answers.quota(said) == Quota(refused=answers.BURST, refused_until=found.until)


def test_a_403_in_front_of_hubspot_is_no_verdict_on_the_token() -> None:
    found = answers.trouble(reply(403, text="<html>blocked</html>"), writes=True)
    assert isinstance(found, Unavailable)


def test_what_is_left_is_read_from_the_headers_where_there_are_any() -> None:
    headers = {
        "x-hubspot-ratelimit-remaining": "97",
        "x-hubspot-ratelimit-daily-remaining": "249000",
    }
    found = reply(200, {}, headers)
    assert answers.remaining(found) == {"ten seconds": 97, "day": 249_000}
    assert answers.remaining(reply(200, {})) == {}
    assert answers.remaining(reply(200, {}, {"x-hubspot-ratelimit-remaining": "many"})) == {}


def test_an_error_without_any_field_is_still_read() -> None:
    wrong = answers.wrong_of(reply(400, {}))
    assert wrong.message == "status 400"
    assert wrong.blames(["email"]) is None
    assert not wrong.conflict


def test_no_address_gets_into_a_reason() -> None:
    wrong = answers.wrong_of(error(400, message="Email address ada@acme.example is invalid"))
    assert wrong.message == "Email address (address) is invalid"


@pytest.mark.parametrize(
    "body",
    [
        {
            "errors": [
                {"message": "x", "code": "INVALID_OPTION", "context": {"propertyName": ["b"]}}
            ]
        },
        {"message": 'Property values were not valid: [{"isValid":false,"name":"b"}]'},
    ],
)
def test_the_blamed_property_is_found_in_context_or_words(body: Mapping[str, Any]) -> None:
    assert answers.wrong_of(error(400, **body)).blames(["a", "b", "bb"]) == "b"


def test_a_row_that_is_no_record_is_left_out() -> None:
    body = {"results": ["?", {"id": "7", "properties": {"n": 1, "x": None}, "updatedAt": "soon"}]}
    (row,) = answers.rows_of(reply(200, body)) or []
    assert (row.id, dict(row.properties), row.updated_at) == ("7", {"n": "1", "x": None}, None)
    assert answers.rows_of(reply(200, {"results": "none"})) is None
