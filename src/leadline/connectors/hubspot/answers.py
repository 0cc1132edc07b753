"""What HubSpot's answers mean. The body decides as much as the status.

Sources: HubSpot's error page (every field of an error is optional), its changelog, the official
clients' retry rules, and Cloudflare's list of 52x codes for what stands in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from leadline.connectors.contract import Place, Quota
from leadline.connectors.replies import Reply, as_object, as_objects
from leadline.ledger.outcome import (
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)

BURST = Place("ten seconds")
DAY = Place("day")
SEARCH = Place("search")
"""The windows, as ``ledger.vendor_limits`` names them."""

_SPANS = {BURST: timedelta(seconds=10), SEARCH: timedelta(seconds=1)}

REFUSED = frozenset({400, 409, 413})
"""A request refused for what it holds; of a batch nothing was written."""
NO_SUCH_DOOR = frozenset({404, 405, 410})
"""A wrong base_url, or a version that HubSpot retired: a person has to mend the connection."""
NEVER_REACHED = frozenset({521, 523, 525, 526})
"""Cloudflare could not hand the request over: refused, unreachable, no TLS. So no effect.
520, 522 and 524 come also after it was handed over."""
LOCKED = 423
"""A record is locked: not written, and not before two seconds are over."""
MOVING = 477
"""The account is being moved: not written; ``Retry-After`` counts seconds, up to a day."""

_ADDRESS = re.compile(r"[^\s@<>\"'\[\](),;:=]+@[^\s@<>\"'\[\](),;:=]+")
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Wrong:
    """One error: its words without addresses, its code, the property it blames, the row's trace."""

    message: str
    code: str
    properties: tuple[str, ...]
    trace_id: str | None

    @property
    def conflict(self) -> bool:
        """Whether it says that another record has the unique value already."""
        said = self.message.lower()
        return (
            self.code in {"CONFLICT", "CONFLICTING_UNIQUE_VALUE"}
            or "already exists" in said
            or "already has that value" in said
        )

    @property
    def of_every_row(self) -> bool:
        """Whether it holds for each row with that property: it is not there, or not writable."""
        return (
            self.code in {"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"}
            or "does not exist" in self.message.lower()
        )

    def blames(self, names: Iterable[str]) -> str | None:
        """Which of these properties it is about, as far as it says."""
        known = list(names)
        for name in self.properties:
            if name in known:
                return name
        return next((n for n in known if re.search(rf"\b{re.escape(n)}\b", self.message)), None)


@dataclass(frozen=True, slots=True)
class Row:
    """One record as HubSpot shows it."""

    id: str
    properties: Mapping[str, str | None]
    updated_at: datetime | None
    trace_id: str | None


def trouble(reply: Reply, *, writes: bool) -> Outcome | None:
    """What an answer means for all that was asked; None where its body says more (2xx, refused)."""
    status = reply.status
    if 200 <= status < 300 or status in REFUSED:
        return None
    if status == 429:
        return Throttled(_come_back(reply), None, full_window(reply).window)
    if status == 401:
        return Unauthorised(f"HubSpot refuses the token: {wrong_of(reply).message}")
    if status == 403:
        if not reply.fields:  # not HubSpot's own words: something on the way refused
            return Unavailable("refused on the way to HubSpot (403)")
        return Unauthorised(f"HubSpot says that the token lacks a right: {_scopes(reply)}")
    if status in NO_SUCH_DOOR:
        return Unauthorised(f"HubSpot answered {status}: look at base_url in the system's file")
    if status in {LOCKED, MOVING}:
        return Unavailable(f"HubSpot answered {status}", _come_back(reply))
    if status >= 500 and status not in NEVER_REACHED and writes:
        return Unknown(f"HubSpot answered {status}, which does not say whether it wrote")
    return Unavailable(f"HubSpot answered {status}")


def quota(reply: Reply) -> Quota:
    """What an answer says of the windows: what is left, and which of them was full."""
    if reply.status != 429:
        return Quota(remaining(reply))
    return Quota(refused=full_window(reply), refused_until=_come_back(reply))


def _come_back(reply: Reply) -> datetime | None:
    """When to come back; None where only the end of HubSpot's day, in its own zone, tells.

    The unit differs: a 429 counts milliseconds (error page, said of workflow actions), a 477
    seconds. Without a hint a rolling window is free at the latest after its own length.
    """
    hint = reply.headers.get("retry-after", "")
    given = int(hint) if hint.isascii() and hint.isdigit() else None
    if reply.status == LOCKED:
        return reply.at + timedelta(seconds=2)
    if given is None:
        span = _SPANS.get(full_window(reply)) if reply.status == 429 else None
        return None if span is None else reply.at + span
    unit = timedelta(milliseconds=1) if reply.status == 429 else timedelta(seconds=1)
    return reply.at + min(given * unit, timedelta(days=1))


def full_window(reply: Reply) -> Place:
    """Which window was full, by the name of the policy or, without one, by the message."""
    policy = f"{reply.fields.get('policyName', '')} {reply.fields.get('message', '')}".upper()
    if "DAILY" in policy:
        return DAY
    if "TEN_SECONDLY" not in policy and "SECONDLY" in policy:
        return SEARCH
    return BURST


def remaining(reply: Reply) -> dict[str, int]:
    """What is left of each window, by the headers; empty where there are none (search)."""
    found: dict[str, int] = {}
    for header, place in (
        ("x-hubspot-ratelimit-remaining", BURST),
        ("x-hubspot-ratelimit-daily-remaining", DAY),
    ):
        text = reply.headers.get(header, "")
        if text.isdecimal():
            found[place.window] = int(text)
    return found


def rows_of(reply: Reply) -> list[Row] | None:
    """The records of a batch; None where the answer is not understood."""
    results = reply.fields.get("results")
    if not isinstance(results, list):
        return None
    shown = as_objects(cast(object, results))
    return [row for each in shown if (row := read_row(each)) is not None]


def read_row(record: Mapping[str, object]) -> Row | None:
    """One record; None where it has no id."""
    record_id = record.get("id")
    if not isinstance(record_id, str | int):
        return None
    properties = {
        name: None if value is None else str(value)
        for name, value in as_object(record.get("properties")).items()
    }
    trace_id = record.get("objectWriteTraceId")
    return Row(
        str(record_id),
        properties,
        _time(record.get("updatedAt")),
        trace_id if isinstance(trace_id, str) else None,
    )


def errors_of(reply: Reply) -> list[Wrong]:
    """The errors of a batch that was written in part."""
    return [_wrong(each) for each in as_objects(reply.fields.get("errors"))]


def wrong_of(reply: Reply) -> Wrong:
    """The error of a request that was refused whole."""
    return _wrong(reply.fields) if reply.fields else Wrong(f"status {reply.status}", "", (), None)


def rejected(wrong: Wrong, names: Iterable[str]) -> Rejected:
    """The refusal of one record for what it holds."""
    return Rejected(wrong.message, wrong.blames(names))


def _wrong(error: Mapping[str, object]) -> Wrong:
    details = as_objects(error.get("errors"))
    contexts = [as_object(each.get("context")) for each in (error, *details)]
    codes = [error.get("code"), error.get("subCategory"), *(d.get("code") for d in details)]
    code = next((c for c in codes if isinstance(c, str) and c), None) or str(
        error.get("category") or ""
    )
    named = [
        name
        for context in contexts
        for key in ("propertyName", "propertyNames", "properties")
        for name in _texts(context.get(key))
    ]
    traces = [t for context in contexts for t in _texts(context.get("objectWriteTraceId"))]
    said = str(error.get("message") or error.get("category") or "refused without a reason")
    message = _ADDRESS.sub("(address)", said)[:_LONGEST_REASON]
    return Wrong(message, code, tuple(named), traces[0] if traces else None)


def _scopes(reply: Reply) -> str:
    for each in as_objects(reply.fields.get("errors")):
        context = as_object(each.get("context"))
        for key in ("requiredGranularScopes", "requiredScopes"):
            scopes = _texts(context.get(key))
            if scopes:
                return f"grant {', '.join(scopes)}"
    return wrong_of(reply).message


def _texts(given: object) -> list[str]:
    listed = cast(list[object], given) if isinstance(given, list) else [given]
    return [each for each in listed if isinstance(each, str)]


def _time(given: object) -> datetime | None:
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
