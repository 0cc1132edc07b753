"""Looking posts up in a channel's history, and the methods that only read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import cast

from leadline.connectors.contract import Effect, PastCall, Post, Quota, places
from leadline.connectors.door import Door, Reply, Request
from leadline.connectors.replies import as_object, as_objects, as_text
from leadline.connectors.slack.answers import failure, home, moment, quota
from leadline.connectors.slack.post import EVENT_TYPE, short
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Outcome,
    Rejected,
    Unavailable,
    Unknown,
    Verdict,
)
from leadline.ledger.vendor_limits import SLACK

AROUND = timedelta(minutes=10)
"""The history is read back to so long before the call began."""
MOST_PAGES = 20
PAGE = 200


async def verify(
    door: Door, effects: tuple[Effect, ...], past: tuple[PastCall, ...]
) -> tuple[Verdict, ...]:
    """Look the posts up in their channels' history, by the names that they carry."""
    posts = cast("tuple[Post, ...]", effects)
    if not past:
        return tuple(Absent("no call was made for it") for _ in posts)
    found: dict[str, dict[str, str] | Outcome] = {}
    for channel in dict.fromkeys(post.channel for post in posts):
        wanted = {short(p) for p in posts if p.channel == channel}
        found[channel] = await _find(door, channel, wanted, min(c.began_at for c in past))
    return tuple(_verdict(post, found[post.channel]) for post in posts)


def _verdict(post: Post, found: dict[str, str] | Outcome) -> Verdict:
    if not isinstance(found, dict):
        return found
    message = found.get(short(post))
    if message is None:
        return Absent("the channel's history does not have it")
    return Accepted(message, moment(message.rpartition("/")[2]), "found in the channel's history")


async def _find(
    door: Door, channel: str, wanted: set[str], began_at: datetime
) -> dict[str, str] | Outcome:
    """Which of these posts the history has, with the message that each stands in."""
    channel_id = await _channel_id(door, channel)
    if not isinstance(channel_id, str):
        return channel_id
    found: dict[str, str] = {}
    cursor = ""
    for _ in range(MOST_PAGES):
        params = {"channel": channel_id, "limit": str(PAGE), "include_all_metadata": "true"}
        answer = await _read(door, "conversations.history", "history", params, cursor)
        if not isinstance(answer, Reply):
            return answer
        messages = as_objects(answer.fields.get("messages"))
        for message in messages:
            ts = as_text(message.get("ts"))
            for name in _names(message):
                found[name] = f"{channel_id}/{ts}"
        cursor = _next(answer)
        floor = (began_at + _skew(answer) - AROUND).timestamp()
        oldest = min((_seconds(m) for m in messages), default=floor)
        if wanted <= found.keys() or not cursor or oldest < floor:
            return found
    return Unknown(f"the channel's history is longer than {MOST_PAGES * PAGE:,} messages since")


def _skew(answer: Reply) -> timedelta:
    """How far Slack's clock is ahead of ours, where it says what time it has."""
    try:
        return parsedate_to_datetime(answer.headers["date"]) - answer.at
    except (KeyError, ValueError, TypeError):
        return timedelta(0)


def _seconds(message: Mapping[str, object]) -> float:
    posted = moment(as_text(message.get("ts")))
    return posted.timestamp() if posted else float("inf")


def _names(message: Mapping[str, object]) -> list[str]:
    metadata = as_object(message.get("metadata"))
    if metadata.get("event_type") != EVENT_TYPE:
        return []
    names = as_object(metadata.get("event_payload")).get("posts")
    return (
        [n for n in cast("list[object]", names) if isinstance(n, str)]
        if isinstance(names, list)
        else []
    )


def _next(answer: Reply) -> str:
    return as_text(as_object(answer.fields.get("response_metadata")).get("next_cursor")) or ""


async def _read(
    door: Door, method: str, window: str, params: Mapping[str, str], cursor: str = ""
) -> Reply | Outcome:
    """Call a method that only reads; anything but ``ok`` is an outcome."""
    met = places(SLACK, door.settings, window)
    answer = await door.call(
        Request(
            "GET",
            f"/api/{method}",
            met,
            params={**params, "cursor": cursor} if cursor else params,
            bearer=door.settings.secrets["token"],
            quota=lambda reply: quota(reply, met[0]) if met else Quota(),
        ),
        home(door),
    )
    if isinstance(answer, Reply) and answer.fields.get("ok") is True:
        return answer
    outcome = failure(answer)
    # It only reads: a lost answer is no doubt, and a channel that cannot be read proves nothing.
    if isinstance(outcome, Unknown):
        return Unavailable(outcome.reason)
    return Unknown(outcome.reason) if isinstance(outcome, Rejected) else outcome


async def _channel_id(door: Door, channel: str) -> str | Outcome:
    """The id of a channel: history is read by id, though a post may go to a name."""
    plain = channel.removeprefix("#")
    if len(plain) >= 9 and plain[0] in "CGD" and plain.isalnum() and plain.isupper():
        return plain
    listed = await channels(door)
    if not isinstance(listed, list):
        return listed
    for known in listed:
        if known.get("name") == plain:
            return as_text(known.get("id")) or plain
    return Unknown(f'Slack lists no channel "{plain}" that could be read')


async def channels(door: Door) -> list[Mapping[str, object]] | Outcome:
    """Return the public channels of the workspace as Slack describes them."""
    found: list[Mapping[str, object]] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        params = {"limit": "1000", "types": "public_channel"}
        answer = await _read(door, "conversations.list", "list", params, cursor)
        if not isinstance(answer, Reply):
            return answer
        found += as_objects(answer.fields.get("channels"))
        cursor = _next(answer)
        if not cursor:
            break
    return found
