"""What HubSpot's answers mean. Every field of its error body is optional by its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from leadline.connectors.contract import NotNow
from leadline.connectors.door import NoReply, Phase, Reply
from leadline.connectors.hubspot.wire import DAY, KEY, full_window, wait_s
from leadline.connectors.replies import as_object, as_objects, as_text
from leadline.ledger.outcome import (
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)

_NEVER_BEGUN = frozenset({423, 477, 503, 521, 522, 523, 525, 526})
"""Refused at the door, or never reached HubSpot; any other 5xx may come after the effect."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request was refused for what it holds; nothing of it was written.

    ``row``: one record of it may be to blame, so the others are worth trying without it.
    """

    status: int
    reason: str
    field: str | None
    code: str | None
    row: bool = True

    @property
    def taken(self) -> bool:
        """Whether a record with this address is there already."""
        return self.status == 409 or "already exists" in self.reason

    @property
    def missing_field(self) -> str | None:
        """The property that does not exist, where that is what is wrong."""
        if self.code == "PROPERTY_DOESNT_EXIST" or "does not exist" in self.reason:
            return self.field
        return None


def failure(answer: Reply | NoReply | NotNow) -> Outcome | Refused:
    """What an answer means that is no success."""
    if isinstance(answer, NotNow):
        if answer.until is None:
            return Unavailable(answer.reason)
        return Throttled(answer.until)
    if isinstance(answer, NoReply):
        if answer.phase is Phase.AFTER_EFFECT_POSSIBLE:
            return Unknown(answer.reason)
        return Unavailable(answer.reason)
    return _refusal(answer)


def of_read(answer: Reply | NoReply | NotNow) -> Outcome:
    """What a failed read means: it changed nothing, so nothing of it is in doubt."""
    found = failure(answer)
    if isinstance(found, Unknown):
        return Unavailable(found.reason)
    if isinstance(found, Refused):
        return Rejected(found.reason, found.field)
    return found


def _refusal(reply: Reply) -> Outcome | Refused:
    said = _message(reply.fields)
    words = f"HubSpot answered {reply.status}" + (f": {said}" if said else "")
    match reply.status:
        case 401:
            return Unauthorised(words)
        case 403:
            scopes = ", ".join(_scopes(reply.fields))
            return Unauthorised(f"{words} Missing: {scopes}." if scopes else words)
        case 429:
            window = full_window(reply)
            until = None if window == DAY else reply.at + timedelta(seconds=wait_s(reply))
            return Throttled(until, window=window)
        case status if status in _NEVER_BEGUN:
            return Unavailable(words, reply.at + timedelta(seconds=wait_s(reply)))
        case status if status >= 500:
            return Unknown(words)
        case 404 | 405 | 410:
            return Unauthorised(f"{words} Check the base_url of this system.")
        case status if 400 <= status < 500:
            return _blamed(reply, words)
        case _:
            return Unknown(words)


def _blamed(reply: Reply, words: str) -> Outcome | Refused:
    field, code = blame(reply.fields)
    if KEY in words and ("non-unique" in words or code == "PROPERTY_DOESNT_EXIST"):
        return Unauthorised(
            f'HubSpot has no unique contact property "{KEY}". Run "leadline systems check", which '
            "offers to create it"
        )
    return Refused(reply.status, words, field, code, row=reply.status in {400, 409})


def blame(fields: Mapping[str, object]) -> tuple[str | None, str | None]:
    """The property that is to blame, and the word for what is wrong with it."""
    for error in (*as_objects(fields.get("errors")), fields):
        context = as_object(error.get("context"))
        field = _first(context.get("propertyName")) or _first(context.get("propertyNames"))
        code = as_text(error.get("code")) or as_text(error.get("subCategory"))
        if field or code:
            return field, code
    return None, None


def _first(value: object) -> str | None:
    if isinstance(value, list):
        items = cast("list[object]", value)
        return as_text(items[0]) if items else None
    return as_text(value)


def _message(fields: Mapping[str, object]) -> str:
    return (as_text(fields.get("message")) or "")[:300]


def _scopes(fields: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for error in as_objects(fields.get("errors")):
        context = as_object(error.get("context"))
        for key in ("requiredGranularScopes", "requiredScopes"):
            listed = context.get(key)
            if isinstance(listed, list):
                found += [s for s in cast("list[object]", listed) if isinstance(s, str)]
    return found
