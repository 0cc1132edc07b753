"""Slack's export: users, channels and one file a channel and day; ``ts`` is id and time in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content, Recognition
from leadline.inspection.tables.answer import Answers, AnswerTable, cell, mapping, objects, share
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Shape

_USER = (
    H("id", (), Meaning.KEY),
    H("name", (), Meaning.NAME),
    H("real_name", (), Meaning.FULL_NAME, 0.2),
    H("email", (), Meaning.EMAIL),
    H("tz", (), Meaning.TIME_ZONE, 0.3),
    H("active", (), Meaning.OWNER_ACTIVE),
    H("is_bot", (), weight=0.5),
    H("team_id", (), weight=0.4),
)
_CHANNEL = (
    H("id", (), Meaning.KEY),
    H("name", (), Meaning.NAME),
    H("created", (), Meaning.CREATED_AT),
    H("is_archived", (), weight=0.5),
    H("members", (), weight=0.3),
    H("purpose", (), weight=0.2),
)
_MESSAGE = (
    H("channel", (), Meaning.TOPIC),
    H("ts", (), Meaning.AT, 0.5),
    H("user", (), Meaning.CONTACT_KEY),
    H("type", (), Meaning.EVENT),
    H("subtype", (), weight=0.3),
    H("text", (), Meaning.VALUE, 0.1),
    H("thread_ts", (), weight=0.3),
)

SHAPES = (
    Shape(
        "slack-users", "slack", Kind.USER, "user", _USER, (("id",), ("is_bot", "tz")), gives="users"
    ),
    Shape(
        "slack-channels",
        "slack",
        Kind.OTHER,
        "channel",
        _CHANNEL,
        (("id",), ("is_archived", "members")),
        gives="channels",
    ),
    Shape(
        "slack-messages",
        "slack",
        Kind.MESSAGE,
        "message",
        _MESSAGE,
        (("ts",), ("text",)),
        gives="messages",
    ),
)

_USER_HEADER = ("id", "name", "real_name", "email", "tz", "active", "is_bot")
_MESSAGE_HEADER = ("channel", "ts", "user", "type", "subtype", "text", "thread_ts")


def recognise(document: object, path: str) -> Recognition | None:
    """Tell a file of an export by what its list holds, and by its name."""
    records = objects(document)
    name = re.split(r"[/!]", path)[-1].lower()
    if share(records, "ts", "type") > 0.9:
        day = re.fullmatch(r"\d{4}-\d\d-\d\d\.json", name) is not None
        said = f"{len(records):,} messages with ts" + (
            ", in a file named after a day" if day else ""
        )
        return _claim("slack-messages", 0.95 if day else 0.75, said)
    if share(records, "id", "name", "profile") > 0.5:
        sure = 0.95 if name == "users.json" else 0.8
        return _claim("slack-users", sure, f"{len(records):,} users with a profile")
    if share(records, "id", "name", "created", "members") > 0.5:
        sure = 0.95 if name in {"channels.json", "groups.json"} else 0.75
        return _claim("slack-channels", sure, f"{len(records):,} channels with their members")
    return None


def _claim(shape: str, confidence: float, said: str) -> Recognition:
    return Recognition(shape, "slack", Content.TABLE, confidence, (said,))


def tables(document: object, path: str, recognition: Recognition) -> tuple[AnswerTable, ...]:
    """The rows of one file of an export; a message's channel is the folder it lies in."""
    records = objects(document)
    if recognition.shape == "slack-users":
        return (_table("slack-users", _USER_HEADER, map(_user, records)),)
    if recognition.shape == "slack-channels":
        header = ("id", "name", "created", "is_archived", "members")
        return (_table("slack-channels", header, records),)
    places = re.split(r"[/!]", path)
    channel = places[-2] if len(places) > 1 else ""
    messages = ({**record, "channel": channel} for record in records)
    return (_table("slack-messages", _MESSAGE_HEADER, messages),)


def _user(record: Mapping[str, object]) -> Mapping[str, object]:
    profile = mapping(record.get("profile"))
    deleted = record.get("deleted")
    return {
        **record,
        "email": profile.get("email"),
        "real_name": record.get("real_name") or profile.get("real_name"),
        "active": None if deleted is None else not deleted,
    }


def _table(
    shape: str, header: tuple[str, ...], records: Iterable[Mapping[str, object]]
) -> AnswerTable:
    """Only the columns of the shape: the rest of a message is blocks, files and reactions."""
    rows = tuple(tuple(cell(record.get(name)) for name in header) for record in records)
    return AnswerTable(shape, header, rows)


ANSWERS = Answers(tuple(shape.name for shape in SHAPES), recognise, tables)
