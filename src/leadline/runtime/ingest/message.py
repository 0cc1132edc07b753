"""One message of a tracking client: what it says, about whom, and why it may count for nothing.

The wire format is Segment's (docs: segmentio/segment-docs, server/http-api). Nothing here
raises and nothing is dropped: a message with a fault becomes an event that is stored as
rejected, with the reason. How each call is taken:

- ``track`` is an event of the plan; ``identify`` says what a person is like.
- ``page``, ``screen`` and ``group`` are events of these names, with their name, category
  or groupId among the properties; they are typed where the plan declares them.
- ``alias`` is refused: ``identify`` with both ids does the same and can be taken back.

What a message says about the person beside the event (``context.traits``, and the address
by which she was known) stands under ``$traits`` among the properties.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, cast

from uuid_utils.compat import uuid7

from leadline.project import address as addresses
from leadline.runtime.ingest import json_values, times
from leadline.runtime.ingest.identify import Identifier
from leadline.runtime.ingest.json_values import Object, as_object, kind_of
from leadline.runtime.ingest.properties import Plan, check_properties

TRAITS = "$traits"

# https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/ : 32 KB an
# event, messageId of at most 100 characters.
EVENT_BYTES = 32 * 1024
MESSAGE_ID_CHARACTERS = 100
# Ours: an index of PostgreSQL holds entries of at most 2,704 bytes, four a character.
ID_CHARACTERS = 255
NAME_CHARACTERS = 200
_KEPT_OF_OVERSIZE = 2_000  # characters, to tell which event it was
# What clients send where a variable was not set. As an id it would make one person of many.
_NOBODY = frozenset(
    {"", "null", "undefined", "none", "nil", "nan", "n/a", "[object object]"}
    | {"00000000-0000-0000-0000-000000000000"}
)
_SUGGESTIONS = 20  # a body: comparing with every name of the plan takes its time


class Call(StrEnum):
    """What a client can say."""

    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


class Said(NamedTuple):
    """What one message says, ready to be stored but for who it is about and when it arrived."""

    kind: str
    name: str
    properties: str
    message_id: str
    identifiers: tuple[Identifier, ...]
    timestamp: datetime | None
    sent_at: datetime | None
    rejected: str | None


@dataclass(slots=True)
class Reader:
    """Reads the messages of one body."""

    plan: Plan
    sent_at: object = None
    measure: bool = True
    """False where the whole body is smaller than what one event may be."""
    suggestions: int = 0

    def read(self, message: object, call: Call | None = None) -> Said:
        """Read one message; ``call`` is what the address said, None: what the message says."""
        written = json_values.dumps(message)
        faults: list[str] = []
        if written is None:
            message, unstorable = json_values.clean(message)
            faults += unstorable
            written = json_values.dumps(message) or b""
        members = as_object(message)
        if members is None:
            faults.append(f"The event is {kind_of(message)}. Send an object.")
            members = {"$message": message}
            return _rejected(members, faults)
        if self.measure and len(written) > EVENT_BYTES:
            faults.append(
                f"The event has {len(written):,} bytes; at most {EVENT_BYTES:,} are taken. "
                "Send less of it."
            )
            kept = written[:_KEPT_OF_OVERSIZE].decode("utf-8", "ignore")
            return self._read_object(members, call, faults)._replace(
                properties=_json({"$start": kept})
            )
        return self._read_object(members, call, faults)

    def _read_object(self, members: Object, call: Call | None, faults: list[str]) -> Said:
        call = call or _call_of(members, faults)
        name, properties = self._event(members, call, faults)
        traits = self._traits(members, call, faults)
        email = _email(properties if call is Call.TRACK else {}, traits, faults)
        user, anonymous = _id(members, "userId", faults), _id(members, "anonymousId", faults)
        if email is None and user is not None and addresses.looks_like_one(user):
            email = user.strip()
        if email is not None and traits.get("email") != email:
            traits = {**traits, "email": email}
        if call is Call.IDENTIFY:
            properties = traits
        elif traits:
            properties = {**properties, TRAITS: traits}
        identifiers = _identifiers(email, user, anonymous)
        if not identifiers:
            faults.append("It names nobody. Send userId, anonymousId or an email address.")
        message_id = _message_id(members, faults)
        timestamp = _moment(members, ("timestamp", "originalTimestamp"), faults)
        sent_at = _moment(members, ("sentAt",), faults) or _read_or_none(self.sent_at)
        return Said(
            kind="identify" if call is Call.IDENTIFY else "track",
            name=name,
            properties=_json(properties),
            message_id=message_id,
            identifiers=identifiers,
            timestamp=timestamp,
            sent_at=sent_at,
            rejected=" ".join(faults) or None,
        )

    def _event(self, members: Object, call: Call | None, faults: list[str]) -> tuple[str, Object]:
        """Return the name and the properties of what happened, checked against the plan."""
        match call:
            case Call.TRACK | None:
                name = _name(members, faults) if call else ""
                properties = _object(members, "properties", faults)
            case Call.IDENTIFY:
                return call.value, {}
            case Call.PAGE | Call.SCREEN:
                name = call.value
                own = {key: members[key] for key in ("name", "category") if members.get(key)}
                properties = own | _object(members, "properties", faults)
            case Call.GROUP:
                name = call.value
                own = {"groupId": members["groupId"]} if members.get("groupId") else {}
                properties = own | _object(members, "traits", faults)
            case Call.ALIAS:
                name = call.value
                own = {key: members[key] for key in ("previousId", "userId") if key in members}
                properties = own
                faults.append(
                    "alias is not taken. Send identify with userId and the earlier anonymousId."
                )
        if TRAITS in properties:
            faults.append(f'The property "{TRAITS}" is reserved. Use another name.')
            properties = {key: value for key, value in properties.items() if key != TRAITS}
        declared = self.plan.get(name)
        if declared is not None:
            properties, wrong = check_properties(declared, properties)
            faults += wrong
        elif call is Call.TRACK and name:
            faults.append(self._unknown(name))
        return name, properties

    def _traits(self, members: Object, call: Call | None, faults: list[str]) -> Object:
        context = as_object(members.get("context")) or {}
        traits = _object(context, "traits", faults)
        if call is Call.IDENTIFY:
            return {**traits, **_object(members, "traits", faults)}
        return traits

    def _unknown(self, name: str) -> str:
        self.suggestions += 1
        close = (
            difflib.get_close_matches(name, self.plan, n=1)
            if self.suggestions <= _SUGGESTIONS
            else []
        )
        meant = f' Did you mean "{close[0]}"?' if close else ""
        return f'unknown event "{name}".{meant} Events are declared in events.yaml.'


def _rejected(members: Object, faults: Sequence[str]) -> Said:
    return Said(
        kind="track",
        name="",
        properties=_json(members),
        message_id=str(uuid7()),
        identifiers=(),
        timestamp=None,
        sent_at=None,
        rejected=" ".join(faults),
    )


def _call_of(members: Object, faults: list[str]) -> Call | None:
    type_ = members.get("type")
    try:
        return Call(cast(str, type_))
    except ValueError:
        found = f'"{_short(type_)}"' if isinstance(type_, str) else kind_of(type_)
        faults.append(f'"type" is {found}. Send track or identify.')
        return None


def _name(members: Object, faults: list[str]) -> str:
    name = members.get("event")
    if not isinstance(name, str) or not name:
        faults.append('The event has no name. Send it as "event".')
        return ""
    if len(name) > NAME_CHARACTERS:
        faults.append(
            f"The event's name has {len(name):,} characters; at most {NAME_CHARACTERS} are taken."
        )
        return f"{name[: NAME_CHARACTERS - 1]}…"
    return name


def _object(members: Mapping[str, object], key: str, faults: list[str]) -> Object:
    value = members.get(key)
    if value is None:
        return {}
    found = as_object(value)
    if found is None:
        faults.append(f'"{key}" is {kind_of(value)}. Send an object.')
        return {f"${key}": value}
    return found


def _email(properties: Object, traits: Object, faults: list[str]) -> str | None:
    """Return the address that the message names, as it was typed."""
    for where, value in (("traits", traits.get("email")), ("properties", properties.get("email"))):
        if isinstance(value, str):
            if value.strip():
                return value.strip()
        elif value is not None and where == "traits":
            faults.append(f'"email" is {kind_of(value)}. Send the address as text.')
    return None


def _id(members: Object, key: str, faults: list[str]) -> str | None:
    value = members.get(key)
    match value:
        case None:
            return None
        case bool():
            pass
        case int() | Decimal():
            return str(value)
        case str() if value.strip().lower() in _NOBODY:
            return None
        case str() if len(value) <= ID_CHARACTERS:
            return value
        case str():
            faults.append(
                f'"{key}" has {len(value):,} characters; at most {ID_CHARACTERS} are taken.'
            )
            return None
        case _:
            pass
    faults.append(f'"{key}" is {kind_of(value)}. Send a text.')
    return None


def _identifiers(
    email: str | None, user: str | None, anonymous: str | None
) -> tuple[Identifier, ...]:
    """Return who the message is about, in the order in which the names decide.

    An impossible address ("n/a") is no name of anybody, except where nothing else is said.
    """
    found: list[Identifier] = []
    if user is not None:
        found.append(Identifier("user", user))
    if anonymous is not None:
        found.append(Identifier("anonymous", anonymous))
    if email is not None and (not found or addresses.why_impossible(email) is None):
        found.insert(0, Identifier("email", addresses.spell(email)[:ID_CHARACTERS]))
    return tuple(found)


def _message_id(members: Object, faults: list[str]) -> str:
    value = members.get("messageId")
    match value:
        case None | "":
            # As Segment does. A client that repeats such a message has sent two.
            return str(uuid7())
        case str() if len(value) <= MESSAGE_ID_CHARACTERS:
            return value
        case str():
            faults.append(
                f'"messageId" has {len(value):,} characters; at most {MESSAGE_ID_CHARACTERS} '
                "are taken."
            )
            # Still the same for a repeat, so that the fault is stored once.
            return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
        case int() | Decimal() if not isinstance(value, bool):
            return str(value)[:MESSAGE_ID_CHARACTERS]
        case _:
            faults.append(f'"messageId" is {kind_of(value)}. Send a text.')
            return str(uuid7())


def _moment(members: Object, keys: tuple[str, ...], faults: list[str]) -> datetime | None:
    for key in keys:
        value = members.get(key)
        if value is None:
            continue
        found = times.read_moment(value) if isinstance(value, str) else None
        if found is None:
            told = f'"{_short(value)}"' if isinstance(value, str) else kind_of(value)
            faults.append(f'"{key}" is {told}. Send a time as 2026-12-01T09:00:00Z.')
        return found
    return None


def _read_or_none(value: object) -> datetime | None:
    return times.read_moment(value) if isinstance(value, str) else None


def _json(value: Object) -> str:
    written = json_values.dumps(value)
    assert written is not None, "clean() left something that cannot be stored"
    return written.decode()


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
