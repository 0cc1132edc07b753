"""How HubSpot says that something is wrong.

Every field of its error body is optional by its own words; the usual ones are given.
Source: hs/docs/api-reference/latest/error-handling (vendors.md section 1).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from leadline.sandbox.control import json_answer
from leadline.sandbox.listener import Answer


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a row, or a request, is refused."""

    status: int
    category: str
    message: str
    code: str | None = None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


class Refused(Exception):
    """Raised inside the sandbox where a whole request is refused."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.message)
        self.wrong = wrong


def invalid(message: str, code: str | None = None, **context: str) -> Wrong:
    """A 400 for values that HubSpot does not take."""
    pairs = {name: (value,) for name, value in context.items()}
    return Wrong(400, "VALIDATION_ERROR", message, code, pairs)


def error_body(wrong: Wrong) -> dict[str, JsonValue]:
    """The body for a request refused as a whole."""
    body: dict[str, JsonValue] = {
        "status": "error",
        "message": wrong.message,
        "correlationId": str(uuid.uuid4()),
        "category": wrong.category,
    }
    if wrong.code is not None:
        detail: dict[str, JsonValue] = {"message": wrong.message, "code": wrong.code}
        if wrong.context:
            detail["context"] = {name: list(values) for name, values in wrong.context.items()}
        body["errors"] = [detail]
    return body


def row_error(wrong: Wrong, trace_id: str) -> dict[str, JsonValue]:
    """One entry of ``errors`` in a 207, recognised by the caller's trace id."""
    context: dict[str, JsonValue] = {name: list(values) for name, values in wrong.context.items()}
    return {
        "status": "error",
        "id": str(uuid.uuid4()),
        "category": wrong.category,
        "message": wrong.message,
        "context": {**context, "objectWriteTraceId": [trace_id]},
        "errors": [],
        "links": {},
    }


def refused(wrong: Wrong) -> Answer:
    """The answer for a request refused as a whole."""
    return json_answer(wrong.status, error_body(wrong))


STATUS_TEXTS: Mapping[int, tuple[str, str]] = {
    404: ("OBJECT_NOT_FOUND", "resource not found"),
    423: ("LOCKED", "The object is locked by another operation. Try again in at least 2 seconds."),
    429: ("RATE_LIMITS", "You have reached your ten_secondly_rolling limit."),
    477: ("MIGRATION_IN_PROGRESS", "This account is being migrated between data centers."),
    500: ("INTERNAL_ERROR", "internal error"),
    502: ("BAD_GATEWAY", "bad gateway"),
    503: ("SERVICE_UNAVAILABLE", "service unavailable"),
    504: ("TIMEOUT", "gateway timeout"),
}


def status_answer(status: int) -> Answer:
    """A failure of HubSpot's own. 52x come from the network in front of it, as HTML."""
    if 521 <= status <= 526:
        page = f"<html><title>api.hubapi.com | {status}</title></html>".encode()
        return Answer(status, page, {"content-type": "text/html", "server": "cloudflare"})
    category, message = STATUS_TEXTS.get(status, ("ERROR", f"error {status}"))
    answer = refused(Wrong(status, category, message))
    if status == 477:
        return Answer(status, answer.body, {**answer.headers, "retry-after": "86400"})
    return answer
