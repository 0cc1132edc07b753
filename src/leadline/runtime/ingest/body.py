"""The body of a request: unpacked within limits, read, and allowed in.

A fault of the whole body is a value with the HTTP status that tells it; a fault of one
event never is (see message.py).
"""

from __future__ import annotations

import hmac
import zlib
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from leadline.runtime.ingest import json_values
from leadline.runtime.ingest.json_values import Malformed, Object, as_object, kind_of
from leadline.runtime.ingest.message import EVENT_BYTES, Call, Reader, Said
from leadline.runtime.ingest.properties import Plan

# https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/ : 500 KB and
# 2,500 events a batch. A single event's body may be larger than an event: it is then stored
# as rejected, up to this size (ours).
BATCH_BYTES = 500 * 1024
BATCH_EVENTS = 2_500
BODY_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class BodyFault:
    """Nothing of the body was taken: the HTTP status, a code in words, what to do."""

    status: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Accepting:
    """What is taken in at this moment: the tracking plan, and the write keys, resolved."""

    plan: Plan
    write_keys: tuple[str, ...]


def limit_of(call: Call | None) -> int:
    """Return how many bytes the body of a call (None: a batch) may have, packed or not."""
    return BATCH_BYTES if call is None else BODY_BYTES


def too_large(call: Call | None) -> BodyFault:
    """Say that a body is larger than what is read."""
    if call is None:
        return BodyFault(
            413,
            "batch-too-large",
            f"The batch has more than {BATCH_BYTES:,} bytes. Send it in several.",
        )
    return BodyFault(
        413,
        "event-too-large",
        f"The body has more than {BODY_BYTES:,} bytes; an event may have {EVENT_BYTES:,}. "
        "Send less of it.",
    )


def unpack(data: bytes, call: Call | None) -> bytes | BodyFault:
    """Unpack gzip, never more than the limit of the call."""
    most = limit_of(call)
    unpacked = bytearray()
    try:
        while data:
            member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            unpacked += member.decompress(data, most + 1 - len(unpacked))
            if len(unpacked) > most:
                return too_large(call)
            if not member.eof:
                return _not_gzip("it ends too early")
            data = member.unused_data
    except zlib.error:
        return _not_gzip("it does not start as gzip does, or was damaged on its way")
    return bytes(unpacked)


def _not_gzip(why: str) -> BodyFault:
    return BodyFault(
        400,
        "invalid-gzip",
        f"The body is not gzip, as Content-Encoding says: {why}. Send it again, or unpacked.",
    )


def key_of_header(authorization: str) -> str | None:
    """Return the write key of an Authorization header; None where it is not a basic one."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None  # Segment's OAuth clients send a bearer, and the key in the body
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def refuse_key(key: object, write_keys: Sequence[str]) -> BodyFault | None:
    """Compare a write key with each that is valid, in the same time whatever it is."""
    if not isinstance(key, str) or not key:
        return BodyFault(
            401,
            "no-write-key",
            "The request has no write key. Send it as the user of basic authentication, or as "
            '"writeKey" in the body.',
        )
    given = key.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(given, valid.encode()) for valid in write_keys]
    if any(matches):
        return None
    return BodyFault(
        401,
        "wrong-write-key",
        "The write key is not one of this environment. Compare it with ingest: write_keys: in "
        "leadline.yaml.",
    )


def read_body(
    data: bytes, call: Call | None, accepting: Accepting, key: str | None
) -> tuple[Said, ...] | BodyFault:
    """Read the body of a call (None: a batch) whose header brought ``key``, if any."""
    body = json_values.loads(data)
    if isinstance(body, Malformed):
        return BodyFault(
            400, "invalid-json", f"The body is not JSON ({body.complaint}). Mend and send it again."
        )
    members = as_object(body)
    if members is None:
        return BodyFault(
            400, "invalid-body", f"The body is {kind_of(body)}. Send an object with the event."
        )
    refused = refuse_key(
        members.pop("writeKey", None) if key is None else key, accepting.write_keys
    )
    if refused is not None:
        return refused
    members.pop("writeKey", None)
    measure = len(data) > EVENT_BYTES
    if call is not None:
        return (Reader(accepting.plan, measure=measure).read(members, call),)
    messages = _messages(members)
    if isinstance(messages, BodyFault):
        return messages
    reader = Reader(accepting.plan, sent_at=members.get("sentAt"), measure=measure)
    return tuple(reader.read(message) for message in messages)


def _messages(members: Object) -> list[object] | BodyFault:
    found = members.get("batch")
    if not isinstance(found, list):
        return BodyFault(
            400, "no-batch", f'"batch" is {kind_of(found)}. Send a list of events as "batch".'
        )
    messages = cast(list[object], found)
    if len(messages) > BATCH_EVENTS:
        return BodyFault(
            413,
            "batch-too-long",
            f"The batch has {len(messages):,} events; at most {BATCH_EVENTS:,} are taken. "
            "Send it in several.",
        )
    context = members.get("context")
    if context is None:
        return messages
    # What the batch says of all of them, each may say otherwise.
    return [_with_context(message, context) for message in messages]


def _with_context(message: object, context: object) -> object:
    members = as_object(message)
    return message if members is None else {"context": context, **members}
