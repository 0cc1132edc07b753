"""What Slack's answers mean: the body decides, never the status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from leadline.connectors.contract import NotNow, Place, Quota
from leadline.connectors.door import Door, NoReply, Phase, Reply
from leadline.connectors.replies import as_text
from leadline.ledger.outcome import (
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)

HOME = "https://slack.com"

_CHANNEL = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action"})
_AUTH = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"}
    | {"missing_scope", "no_permission", "not_allowed_token_type", "ekm_access_denied"}
    | {"org_login_required", "team_access_not_granted", "access_denied", "invalid_app_id"}
)
_TRANSIENT = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
_UNCLEAR = frozenset({"fatal_error", "internal_error"})
_THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_NEVER_BEGUN = frozenset({521, 523, 525, 526})
"""Of the failures without Slack's own words, those by which nothing was begun."""


def home(door: Door) -> str:
    """Where this connection's Slack answers."""
    return door.settings.values.get("base_url", HOME)


def moment(ts: str | None) -> datetime | None:
    """The time that Slack names a message by: seconds, a dot, and a counter."""
    try:
        return datetime.fromtimestamp(float(ts), UTC) if ts else None
    except (ValueError, OverflowError):
        return None


def _throttled_until(reply: Reply) -> datetime | None:
    """When to come back, where Slack refused for the rate: Retry-After counts seconds."""
    if reply.status != 429 and as_text(reply.fields.get("error")) not in _THROTTLED:
        return None
    wait = reply.headers.get("retry-after", "")
    seconds = min(float(wait), 3600.0) if wait.isascii() and wait.isdigit() else 1.0
    return reply.at + timedelta(seconds=seconds)


def quota(reply: Reply, place: Place) -> Quota:
    """Which window was full, where Slack refused for the rate; it tells no remaining quota."""
    until = _throttled_until(reply)
    return Quota() if until is None else Quota(refused=place, refused_until=until)


def failure(answer: Reply | NoReply | NotNow) -> Outcome:
    """What an answer that is no success means; the body decides, not the status."""
    if isinstance(answer, NotNow):
        if answer.until is None:
            return Unavailable(answer.reason)
        return Throttled(answer.until)
    if isinstance(answer, NoReply):
        if answer.phase is Phase.AFTER_EFFECT_POSSIBLE:
            return Unknown(answer.reason)
        return Unavailable(answer.reason)
    until = _throttled_until(answer)
    if until is not None:
        return Throttled(until)
    error = as_text(answer.fields.get("error"))
    if error is not None:
        return _said(error, answer.fields)
    if answer.status in _NEVER_BEGUN:
        return Unavailable(f"Slack answered {answer.status}")
    if answer.status in {401, 403}:
        return Unauthorised(f"Slack answered {answer.status}")
    return Unknown(f"Slack answered {answer.status}, and not in its own words")


def _said(error: str, fields: Mapping[str, object]) -> Outcome:
    if error in _AUTH:
        needed = as_text(fields.get("needed"))
        scope = f": the scope {needed} is missing" if needed else ""
        return Unauthorised(f"Slack says {error}{scope}")
    if error in _UNCLEAR:
        return Unknown(f"Slack says {error}: part of it may have happened")
    if error in _TRANSIENT:
        return Unavailable(f"Slack says {error}")
    if error in _CHANNEL:
        return Rejected(f"Slack says {error}", "channel")
    return Rejected(f"Slack says {error}", "text")
