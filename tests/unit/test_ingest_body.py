"""The body of a request: keys, packing, limits."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc

import pytest

from leadline.runtime.ingest.body import (
    BATCH_BYTES,
    BodyFault,
    key_of_header,
    read_body,
    refuse_key,
    unpack,
)
from leadline.runtime.ingest.message import Call
from tests.runtime.ingest_server import ACCEPTING, KEY, OLD_KEY, track


def basic(credentials: bytes) -> str:
    return f"Basic {base64.b64encode(credentials).decode()}"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (basic(b"key:"), "key"),
        (basic(b"key:password"), "key"),
        (basic(b"key"), "key"),
        (basic(b"key:").replace("Basic", "basic"), "key"),
        ("Bearer abc", None),
        ("Basic ???", ""),
        (basic(b"\xff:"), ""),
        ("", None),
    ],
)
def test_the_key_is_the_user_of_basic_authentication(header: str, key: str | None) -> None:
    assert key_of_header(header) == key


def test_every_valid_key_opens_and_no_other() -> None:
    assert refuse_key(KEY, ACCEPTING.write_keys) is None
    assert refuse_key(OLD_KEY, ACCEPTING.write_keys) is None
    for key in ("", None, 5, KEY + "x", KEY.upper(), "\ud800"):
        refused = refuse_key(key, ACCEPTING.write_keys)
        assert refused is not None
        assert refused.status == 401
    assert refuse_key("", ("",)) is not None


def test_the_key_is_looked_at_before_the_events() -> None:
    body = json.dumps({"batch": "nonsense", "writeKey": "wrong"}).encode()
    found = read_body(body, None, ACCEPTING, None)
    assert isinstance(found, BodyFault)
    assert found.code == "wrong-write-key"


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_is_unpacked_in_one_or_several_members(members: int) -> None:
    packed = b"".join(gzip.compress(b"x" * 10) for _ in range(members))
    assert unpack(packed, None) == b"x" * 10 * members


@pytest.mark.parametrize(
    "packed",
    [b"{}", gzip.compress(b"x" * 1000)[:-9], gzip.compress(b"x") + b"junk"],
    ids=["plain", "cut", "more after it"],
)
def test_what_is_no_gzip_is_told(packed: bytes) -> None:
    found = unpack(packed, None)
    assert isinstance(found, BodyFault)
    assert (found.status, found.code) == (400, "invalid-gzip")


def test_a_gzip_bomb_is_unpacked_no_further_than_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    tracemalloc.start()
    found = unpack(bomb, None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, BodyFault)
    assert found.status == 413
    assert peak < 5 * BATCH_BYTES


def test_a_batch_lends_its_context_and_sending_time() -> None:
    batch = {
        "batch": [track(), track(context={})],
        "context": {"traits": {"email": "a@example.com"}},
        "sentAt": "2026-05-04T10:00:00Z",
    }
    found = read_body(json.dumps(batch).encode(), None, ACCEPTING, KEY)
    assert not isinstance(found, BodyFault)
    assert [[i.kind for i in said.identifiers] for said in found] == [["email", "user"], ["user"]]
    assert all(said.sent_at is not None for said in found)


def test_the_write_key_is_not_stored_with_a_single_event() -> None:
    body = json.dumps(track(writeKey=KEY)).encode()
    found = read_body(body, Call.TRACK, ACCEPTING, None)
    assert not isinstance(found, BodyFault)
    assert KEY not in found[0].properties
