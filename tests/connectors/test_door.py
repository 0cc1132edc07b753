"""The door, against servers that misbehave in one chosen way."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import anyio
import pytest

from leadline.connectors.addresses import Forbidden, is_public, read_target, resolve
from leadline.connectors.contract import Begun, CallIntent, NotNow, Place, Quota, Settings
from leadline.connectors.door import Door, NoReply, Outlet, Phase, Reply, Request, open_outlet
from leadline.connectors.http_exchange import Progress
from leadline.ledger.budget import Rolling
from leadline.sandbox.smtp.certificates import make_tls_identity
from tests.connectors.memory_allowance import MemoryAllowance
from tests.connectors.raw_servers import answer, raw_server, read_request

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)
POST = Request("POST", "/x", json={"a": 1}, bearer="s3cr3t", members=("k",))


def door(
    outlet: Outlet,
    allowance: MemoryAllowance | None = None,
    *,
    timeout_s: float = 2.0,
    allow_private: bool = True,
) -> Door:
    settings = Settings("x", {}, {}, allow_private=allow_private)
    return Door(settings, outlet, allowance or MemoryAllowance({}), timeout_s)


async def call(port: int, request: Request = POST, **of_door: Any) -> Reply | NoReply | NotNow:
    outlet = open_outlet()
    try:
        return await door(outlet, **of_door).call(request, f"http://127.0.0.1:{port}")
    finally:
        await outlet.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_an_answer_comes_with_its_time_and_the_secret_went_as_a_bearer() -> None:
    seen: list[dict[str, str]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, headers, body = await read_request(reader)
        seen.append(headers | {"line": line, "body": body.decode()})
        writer.write(answer("200 OK", b'{"ok":true}', "X-Left: 5"))

    allowance = MemoryAllowance({"w": Rolling("w", 9, SECOND)})
    request = Request(
        "POST",
        "/x?y=1",
        (Place("w"),),
        json={"a": "ü"},
        bearer="s3cr3t",
        members=("k",),
        quota=lambda reply: Quota({"w": int(reply.headers["x-left"])}),
    )
    async with raw_server(talk) as port:
        found = await call(port, request, allowance=allowance)
    assert isinstance(found, Reply)
    assert found.fields == {"ok": True}
    (kept,) = allowance.calls.values()
    assert kept.began_at <= found.at <= kept.began_at + 2 * SECOND
    assert kept.answer is not None
    assert (kept.answer.words, kept.answer.remaining) == ("200", {"w": 5})
    assert seen[0]["authorization"] == "Bearer s3cr3t"
    assert seen[0]["host"] == f"127.0.0.1:{port}"
    assert seen[0]["body"] == '{"a":"ü"}'
    assert "s3cr3t" not in repr((request, kept, found))


async def test_nobody_listens_so_nothing_was_sent() -> None:
    allowance = MemoryAllowance({})
    found = await call(free_port(), allowance=allowance)
    assert isinstance(found, NoReply)
    assert found.phase is Phase.NOT_CONNECTED
    (kept,) = allowance.calls.values()
    assert kept.answer is not None
    assert not kept.answer.sent


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.transport.abort()


async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    await reader.read()


async def half_an_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()


async def speak_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"220 mail.example ESMTP\r\n")


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    while not writer.is_closing():
        writer.write(chunk)
        await writer.drain()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    "talk", [hang_up, fall_silent, half_an_answer, speak_nonsense, drip, flood]
)
async def test_after_the_request_was_written_an_effect_is_possible(talk: Talk) -> None:
    started = time.monotonic()
    async with raw_server(talk) as port:
        found = await call(port, timeout_s=0.5)
    assert isinstance(found, NoReply)
    assert found.phase is Phase.AFTER_EFFECT_POSSIBLE
    assert time.monotonic() - started < 1.5, "the time-out is for the whole call"


async def test_a_body_that_was_never_begun_has_had_no_effect() -> None:
    progress = Progress()
    assert progress.phase(has_body=True) is Phase.NOT_CONNECTED
    await progress.note("connection.connect_tcp.complete", {})
    assert progress.phase(has_body=True) is Phase.NOT_CONNECTED
    await progress.note("http11.send_request_headers.started", {})
    assert progress.phase(has_body=True) is Phase.BEFORE_EFFECT
    assert progress.phase(has_body=False) is Phase.AFTER_EFFECT_POSSIBLE
    await progress.note("http11.send_request_body.started", {})
    assert progress.phase(has_body=True) is Phase.AFTER_EFFECT_POSSIBLE


async def test_a_kept_connection_that_was_closed_meanwhile_is_not_used() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer("200 OK"))  # and hang up, without a word of it in the headers

    outlet = open_outlet()
    async with raw_server(talk) as port:
        for _ in range(3):
            found = await door(outlet).call(POST, f"http://127.0.0.1:{port}")
            assert isinstance(found, Reply)
            await asyncio.sleep(0.02)
    await outlet.close()


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    lines: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, _, _ = await read_request(reader)
        lines.append(line)
        writer.write(answer("307 Temporary Redirect", b"", "Location: /elsewhere"))

    async with raw_server(talk) as port:
        found = await call(port)
    assert isinstance(found, Reply)
    assert found.status == 307
    assert lines == ["POST /x HTTP/1.1"]


async def test_a_cookie_is_not_kept_and_a_connection_is() -> None:
    seen: list[tuple[int, str]] = []
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            _, headers, _ = await read_request(reader)
            seen.append((connections, headers.get("cookie", "")))
            writer.write(answer("200 OK", b"{}", "Set-Cookie: who=us"))

    outlet = open_outlet()
    async with raw_server(talk) as port:
        for _ in range(3):
            found = await door(outlet).call(POST, f"http://127.0.0.1:{port}")
            assert isinstance(found, Reply)
        await outlet.close()
    assert seen == [(1, ""), (1, ""), (1, "")]


async def test_the_environments_proxy_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer("200 OK"))

    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    async with raw_server(talk) as port:
        assert isinstance(await call(port), Reply)


async def test_a_call_whose_time_has_passed_is_not_sent() -> None:
    class Frozen(MemoryAllowance):
        async def begin(self, call: CallIntent) -> Begun | NotNow:
            begun = await super().begin(call)
            assert isinstance(begun, Begun)
            return Begun(begun.call_id, begun.began_at, begun.began_at - SECOND)

    requests: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, _, _ = await read_request(reader)
        requests.append(line)
        writer.write(answer("200 OK"))

    async with raw_server(talk) as port:
        found = await call(port, allowance=Frozen({}))
        await asyncio.sleep(0.05)
    assert isinstance(found, NoReply)
    assert found.phase is Phase.NOT_CONNECTED
    assert not requests


def resolving_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let the resolver of this machine give one answer after another; the last one stays."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        given = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in given]

    monkeypatch.setattr(anyio, "getaddrinfo", getaddrinfo)
    return asked


async def test_a_name_that_changes_its_mind_is_connected_to_as_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # 192.0.2.1 is documentation's own address: were it public it would be called, and were
    # the name asked again, 127.0.0.1 would be.
    asked = resolving_to(monkeypatch, ["192.0.2.1"], ["127.0.0.1"])
    monkeypatch.setattr("leadline.connectors.addresses.is_public", lambda a: a == "192.0.2.1")
    requests: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append("called")

    async with raw_server(talk) as port:
        outlet = open_outlet()
        way = door(outlet, timeout_s=0.3, allow_private=False)
        found = await way.call(POST, f"https://rebind.example:{port}")
        await outlet.close()
    assert isinstance(found, NoReply)
    assert found.phase is Phase.NOT_CONNECTED
    assert asked == ["rebind.example"]
    assert not requests


async def test_one_private_address_among_public_ones_forbids_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving_to(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    found = await resolve("mixed.example", 443, allow_private=False, encrypted=True)
    assert isinstance(found, Forbidden)
    assert "private" in found.reason
    allowed = await resolve("mixed.example", 443, allow_private=True, encrypted=True)
    assert allowed == ("93.184.216.34", "10.0.0.1")
    clear = await resolve("mixed.example", 80, allow_private=True, encrypted=False)
    assert isinstance(clear, Forbidden)
    assert "https" in clear.reason


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "0.0.0.0",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "100.64.0.1",
        "224.0.0.1",
        "fd00::1",
    ],
)
def test_what_lies_behind_our_own_fence_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "x.example", "https://", "https://a:b@c.example"]
)
def test_what_is_no_address_of_a_server_is_said(url: str) -> None:
    found = read_target(url)
    assert isinstance(found, Forbidden)
    assert "a:b" not in found.reason


async def test_the_next_address_is_tried_where_the_first_does_not_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer("200 OK"))

    resolving_to(monkeypatch, ["127.0.0.2", "127.0.0.1"])  # nobody listens on the first
    outlet = open_outlet()
    async with raw_server(talk) as port:
        found = await door(outlet).call(POST, f"http://two.example:{port}")
        await outlet.close()
    assert isinstance(found, Reply)


async def tls_answer(name: str, trusted: bool, monkeypatch: pytest.MonkeyPatch) -> object:
    identity = make_tls_identity()
    resolving_to(monkeypatch, ["127.0.0.1"])

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer("200 OK"))

    trust = ssl.create_default_context()
    if trusted:
        trust.load_verify_locations(cadata=identity.certificate_pem.decode())
    outlet = open_outlet(trust)
    async with raw_server(talk, tls=identity.context) as port:
        found = await door(outlet).call(POST, f"https://{name}:{port}")
        await outlet.close()
    return found


async def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(await tls_answer("localhost", True, monkeypatch), Reply)
    for name, trusted in (("other.example", True), ("localhost", False)):
        found = await tls_answer(name, trusted, monkeypatch)
        assert isinstance(found, NoReply)
        assert found.phase is Phase.NOT_CONNECTED
        assert "certificate" in found.reason


async def test_two_names_never_share_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts: list[tuple[int, str]] = []
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        mine = connections
        while True:
            _, headers, _ = await read_request(reader)
            hosts.append((mine, headers["host"].partition(":")[0]))
            writer.write(answer("200 OK"))

    resolving_to(monkeypatch, ["127.0.0.1"])
    outlet = open_outlet()
    async with raw_server(talk) as port:
        for name in ("a.example", "b.example", "a.example"):
            assert isinstance(await door(outlet).call(POST, f"http://{name}:{port}"), Reply)
        await outlet.close()
    assert hosts == [(1, "a.example"), (2, "b.example"), (1, "a.example")]
