"""Posting: many posts in one message, none so long that Slack cuts it in two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from leadline.connectors.contract import Effect, Place, Post, places
from leadline.connectors.door import Door, Reply, Request
from leadline.connectors.replies import as_text
from leadline.connectors.slack.answers import failure, home, moment, quota
from leadline.ledger.outcome import Accepted, Outcome, Rejected
from leadline.ledger.vendor_limits import SLACK

MOST_POSTS = 100
LONGEST_TEXT = SLACK.sizes["text"].most
EVENT_TYPE = "leadline_posts"
SHORT_NAME = 20
"""Characters of a post's name in the metadata: 80 bits of a digest, which no two posts share."""


@dataclass(frozen=True, slots=True)
class _Message:
    """One message to post: the places of its posts among the effects, and its text."""

    channel: str
    at: tuple[int, ...]
    text: str


async def perform(door: Door, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
    """Post, in as few messages as may be; each message is one call with its own members."""
    posts = cast("tuple[Post, ...]", effects)
    found: dict[int, Outcome] = {}
    for message in _messages(posts, found):
        outcome = await _post(door, message, posts)
        found |= dict.fromkeys(message.at, outcome)
    return tuple(found[i] for i in range(len(posts)))


def escaped(text: str) -> str:
    """Text as Slack shows it literally: no mention, no channel, no hidden link.

    >>> escaped("<!channel> Smith & Sons")
    '&lt;!channel&gt; Smith &amp; Sons'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _length(text: str) -> int:
    """Its length as Slack counts at most: in UTF-16 units, so that an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _messages(posts: Sequence[Post], refused: dict[int, Outcome]) -> list[_Message]:
    """Gather posts of one channel, in order, so that no message is so long that Slack cuts it."""
    messages: list[_Message] = []
    for i, post in enumerate(posts):
        text = escaped(post.text).strip().replace("\0", "")
        if not text:
            refused[i] = Rejected("the text is empty", "text")
            continue
        if _length(text) > LONGEST_TEXT:
            refused[i] = Rejected(
                f"the text has {_length(text):,} characters; Slack takes {LONGEST_TEXT:,} in one "
                "message and would cut it in two",
                "text",
            )
            continue
        last = messages[-1] if messages else None
        if last is not None and last.channel == post.channel:
            both = f"{last.text}\n{text}"
            if _length(both) <= LONGEST_TEXT and len(last.at) < MOST_POSTS:
                messages[-1] = _Message(post.channel, (*last.at, i), both)
                continue
        messages.append(_Message(post.channel, (i,), text))
    return messages


async def _post(door: Door, message: _Message, posts: Sequence[Post]) -> Outcome:
    mine = [posts[i] for i in message.at]
    request = Request(
        "POST",
        "/api/chat.postMessage",
        places(SLACK, door.settings, "post", message.channel),
        json={
            "channel": message.channel,
            "text": message.text,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {
                "event_type": EVENT_TYPE,
                "event_payload": {"posts": [short(p) for p in mine]},
            },
        },
        bearer=door.settings.secrets["token"],
        members=tuple(m for post in mine for m in post.members),
        refs={m: post.post_id for post in mine for m in post.members},
        quota=lambda reply: quota(reply, Place("channel", message.channel)),
    )
    answer = await door.call(request, home(door))
    if isinstance(answer, Reply) and answer.fields.get("ok") is True:
        ts = as_text(answer.fields.get("ts"))
        channel = as_text(answer.fields.get("channel")) or message.channel
        return Accepted(f"{channel}/{ts}", moment(ts))
    return failure(answer)


def short(post: Post) -> str:
    """The name of a post in the metadata of its message."""
    return post.post_id[:SHORT_NAME]
