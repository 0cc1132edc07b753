"""The toy vendor: three accounts behind one HTTP server, with faults and a truth of their own.

It runs as a process of its own, shares nothing with what it serves, and writes what really
happened as lines of the history. It has a steady clock of its own, set once at the start.

| account | call | limit | may be asked |
|---|---|---|---|
| crm | ``POST /crm/batch``: many records, each keyed by its address | calls | ``POST /crm/read`` |
| chat | ``POST /chat/post``: lines in one channel, keyless | each channel | ``/chat/read`` |
| pager | the same | each channel | no |
| mail | ``POST /mail/mail``: one mail, keyless | calls | no |

``python -m tests.chaos.vendor PORT HISTORY SEED PACE NAME``: ``PACE`` times the calls of the table
may be made, for that many times the people come. ``POST /control`` orders faults (see ``Order``);
the faults are the surprises of section 12 of the design.

Whatever it remembers is found by name: what one call costs does not grow with those before it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import sys
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h11

from tests.chaos.history import Call, Effect, Limit, Recorder

READ_LAG_S = 0.3
"""A write is missing from reads for so long."""
PROCESSING_S = (3.3, 4.4)
"""When an effect that comes after the caller's time-out (3 s) takes place; it states 1.5 s more."""
SLOW_S = (0.4, 1.2)
SILENCE_S = 30.0
STRANGER = "stranger"

# account → (operation, calls, seconds, whether each channel has its own)
LIMITS: Mapping[str, tuple[tuple[str, int, float, bool], ...]] = {
    "crm": (("batch", 10, 1.0, False), ("read", 10, 1.0, False)),
    "chat": (("post", 4, 1.0, True), ("read", 10, 1.0, False)),
    "pager": (("post", 4, 1.0, True),),
    "mail": (("mail", 20, 1.0, False),),
}
WHAT = {"batch": "write", "post": "post", "mail": "mail"}

# Faults of the next calls, one each.
ONE_CALL = frozenset(
    {
        "lost answer",  # effect, then the connection is closed
        "half an answer",  # effect, then the connection is cut inside the answer
        "silent effect",  # effect, then nothing more is ever heard (half-open)
        "late effect",  # nothing is heard, and the effect comes after the caller's time-out
        "cut",  # the connection is closed and there is no effect
        "silence",  # nothing is heard and there is no effect (half-open)
        "unclear",  # effect, and an answer that does not say so (500)
        "refused whole",  # a batch is refused for one record in it
        "refused partly",  # some records of a batch are refused, the others taken
    }
)
# Faults that last for a time.
FOR_A_TIME = frozenset(
    {
        "slow",
        "down",  # 503, and surely no effect
        "strangers",  # others eat the quota
        "locked out",  # the credentials are refused
    }
)


@dataclass(frozen=True, slots=True)
class Order:
    """A fault on order: for the next ``calls`` of an account, or for ``seconds``."""

    account: str
    fault: str
    calls: int = 0
    seconds: float = 0.0


@dataclass
class Account:
    """What one account holds."""

    name: str
    next_faults: deque[str] = field(default_factory=deque[str])
    until: dict[str, float] = field(default_factory=dict[str, float])
    arrivals: dict[tuple[str, str], deque[float]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    records: dict[str, int] = field(default_factory=dict[str, int])
    """How often each record was written: its version."""
    seen_from: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])
    """From when a write or post shows in reads, and under which id, by its name."""
    version_from: dict[str, deque[tuple[float, int]]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    """From when which version of a record shows, the newest last; older ones are forgotten."""
    never: set[str] = field(default_factory=set[str])
    """Names that are refused for what they hold, for ever."""

    def lasts(self, fault: str, now: float) -> bool:
        return self.until.get(fault, 0.0) > now


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, and how: ``cut`` is "", "before", "inside" or "silent"."""

    status: int
    body: Mapping[str, Any]
    cut: str = ""
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read whole."""

    account: str
    operation: str
    number: int
    at: float
    key: str
    refs: tuple[str, ...]
    digest: str
    body: Mapping[str, Any]


class Vendor:
    """All accounts, and the book of what happened."""

    def __init__(self, recorder: Recorder, seed: int, pace: int = 1) -> None:
        self.recorder = recorder
        self.limits = {
            name: tuple((what, calls * pace, span_s, by_key) for what, calls, span_s, by_key in own)
            for name, own in LIMITS.items()
        }
        self.random = random.Random(seed)
        self.accounts = {name: Account(name) for name in LIMITS}
        self.numbers = 0
        self._clock = (time.time(), time.monotonic())
        self.later: set[asyncio.Task[None]] = set()
        for name, limits in self.limits.items():
            for operation, count, span_s, by_key in limits:
                recorder.write(Limit(name, operation, count, span_s, [operation], by_key=by_key))

    def now(self) -> float:
        return self._clock[0] + time.monotonic() - self._clock[1]

    # ------------------------------------------------------------ orders

    def order(self, order: Order) -> None:
        account = self.accounts[order.account]
        if order.fault in ONE_CALL:
            account.next_faults.extend([order.fault] * order.calls)
        elif order.fault in FOR_A_TIME:
            account.until[order.fault] = self.now() + order.seconds
        elif order.fault == "none":
            account.next_faults.clear()
            account.until.clear()
        else:
            raise ValueError(f"There is no fault {order.fault!r}.")
        if order.fault == "strangers":
            self._in_background(self._strangers(account))

    async def _strangers(self, account: Account) -> None:
        """Others call so often that little is left of every window."""
        while account.lasts("strangers", self.now()):
            for operation, count, span_s, by_key in self.limits[account.name]:
                places = [k for op, k in account.arrivals if op == operation] if by_key else [""]
                for place in places:
                    if self._has_room(account, operation, place, count, span_s):
                        self._arrive(account, operation, place)
                        self._note(account.name, STRANGER, operation, place)
            await asyncio.sleep(0.02)

    def _note(self, account: str, by: str, operation: str, key: str) -> None:
        self.numbers += 1
        self.recorder.write(
            Call(
                self.now(),
                account,
                self.numbers,
                by,
                operation,
                key,
                None,
                [],
                [],
                200,
                "answered",
                unclear=False,
                fault=None,
                answered_at=self.now(),
            )
        )

    # ------------------------------------------------------------ calls

    def answer(self, asked: Asked) -> tuple[Reply, str | None]:
        """Decide one request; return what to say and the fault that made it so."""
        account = self.accounts[asked.account]
        now = self.now()
        if account.lasts("locked out", now):
            return Reply(401, {"error": "unknown token"}), "locked out"
        limit = next((one for one in self.limits[account.name] if one[0] == asked.operation), None)
        if limit is None:
            return Reply(404, {"error": "no such call"}), None
        _, count, span_s, by_key = limit
        place = asked.key if by_key else ""
        if not self._has_room(account, asked.operation, place, count, span_s):
            retry_s = account.arrivals[asked.operation, place][0] + span_s - now
            reply = Reply(429, {"error": "too many calls", "retry_s": max(0.01, retry_s)})
            return reply, "strangers" if account.lasts("strangers", now) else None
        self._arrive(account, asked.operation, place)
        if asked.operation == "read":
            return Reply(200, self._read(account, asked.body)), None
        if account.lasts("down", now):
            return Reply(503, {"error": "down"}), "down"
        return self._carry_out(account, asked)

    def _has_room(
        self, account: Account, operation: str, place: str, count: int, span_s: float
    ) -> bool:
        arrivals = account.arrivals[operation, place]
        now = self.now()
        while arrivals and arrivals[0] <= now - span_s:
            arrivals.popleft()
        return len(arrivals) < count

    def _arrive(self, account: Account, operation: str, place: str) -> None:
        account.arrivals[operation, place].append(self.now())

    def _carry_out(self, account: Account, asked: Asked) -> tuple[Reply, str | None]:
        fault = account.next_faults.popleft() if account.next_faults else None
        slow_s = self.random.uniform(*SLOW_S) if account.lasts("slow", self.now()) else 0.0
        if fault in ("cut", "silence"):
            return Reply(0, {}, "before" if fault == "cut" else "silent"), fault
        if fault == "late effect":
            self._in_background(self._take_effect_later(account, asked))
            return Reply(0, {}, "silent"), fault
        if fault in ("refused whole", "refused partly") and len(asked.refs) > 1:
            most = 1 if fault == "refused whole" else max(1, len(asked.refs) // 4)
            account.never.update(self.random.sample(sorted(asked.refs), most))
        bad = [ref for ref in asked.refs if ref in account.never]
        if bad and (fault == "refused whole" or self._whole(bad)):
            return Reply(400, {"error": "a record is refused"}, after_s=slow_s), fault
        results = self._take_effect(account, asked)
        if fault == "unclear":
            return Reply(500, {"error": "something went wrong"}), fault
        cut = {"lost answer": "before", "half an answer": "inside", "silent effect": "silent"}
        named = fault or ("slow" if slow_s else None)
        return Reply(200, results, cut.get(fault or "", ""), slow_s), named

    def _whole(self, bad: list[str]) -> bool:
        """Half of the bad names spoil their whole batch, the other half only themselves."""
        return any(hashlib.sha256(ref.encode()).digest()[0] % 2 for ref in bad)

    def _take_effect(self, account: Account, asked: Asked) -> dict[str, Any]:
        results: list[dict[str, Any]] = []
        for item in asked.body["items"]:
            ref, place = item["ref"], item["place"]
            if ref in account.never:
                results.append({"ref": ref, "error": "no such option", "field": "title"})
                continue
            now = self.now()
            version = account.records.get(place, 0) + 1
            if asked.operation == "batch":
                account.records[place] = version
                account.version_from[place].append((now + READ_LAG_S, version))
            what = WHAT[asked.operation]
            own_id = f"{place}#{version}" if what == "write" else ref
            account.seen_from[ref] = (now + READ_LAG_S, own_id)
            self.recorder.write(Effect(now, account.name, asked.number, "ours", what, ref, place))
            results.append({"ref": ref, "id": own_id})
        return {"results": results}

    async def _take_effect_later(self, account: Account, asked: Asked) -> None:
        await asyncio.sleep(self.random.uniform(*PROCESSING_S))
        self._take_effect(account, asked)

    def _read(self, account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
        """Say which names have been seen, and which version of a record shows."""
        now = self.now()
        never = (float("inf"), "")
        found = {ref: account.seen_from.get(ref, never) for ref in body.get("refs", ())}
        seen = {ref: own_id for ref, (since, own_id) in found.items() if since <= now}
        return {"seen": seen, "version": self._version(account, body.get("place"), now)}

    def _version(self, account: Account, place: str | None, now: float) -> int:
        versions = account.version_from.get(place or "")
        if not versions:
            return 0
        while len(versions) > 1 and versions[1][0] <= now:
            versions.popleft()
        since, version = versions[0]
        return version if since <= now else 0

    def write_down(self, asked: Asked, reply: Reply, fault: str | None, ending: str) -> None:
        effectful = asked.operation != "read"
        self.recorder.write(
            Call(
                asked.at,
                asked.account,
                asked.number,
                "ours",
                asked.operation,
                asked.key,
                asked.digest,
                list(asked.refs) if effectful else [],
                [item["place"] for item in asked.body.get("items", ())],
                reply.status or None,
                ending,
                unclear=effectful and reply.status == 500,
                fault=fault,
                answered_at=self.now() if ending == "answered" else None,
            )
        )

    def _in_background(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.later.add(task)
        task.add_done_callback(self.later.discard)


# ---------------------------------------------------------------- HTTP


async def serve(vendor: Vendor, port: int) -> None:
    """Serve until cancelled; what goes on then ends with it, for the book is closed after."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        vendor.later.add(task)
        try:
            with suppress(ConnectionError, h11.RemoteProtocolError, TimeoutError):
                await _talk(vendor, reader, writer)
        finally:
            vendor.later.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=512)
    try:
        async with server:
            await server.serve_forever()
    finally:
        for task in list(vendor.later):
            task.cancel()


async def _talk(vendor: Vendor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    protocol = h11.Connection(h11.SERVER)
    while True:
        request = await _next_request(protocol, reader)
        if request is None:
            return
        path, body = request
        if path == "/control":
            vendor.order(Order(**json.loads(body)))
            await _say(protocol, writer, Reply(200, {}))
        elif not await _serve_one(vendor, path, body, protocol, reader, writer):
            return
        protocol.start_next_cycle()


async def _next_request(
    protocol: h11.Connection, reader: asyncio.StreamReader
) -> tuple[str, bytes] | None:
    path, body = "", b""
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            protocol.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Request):
            path = event.target.decode("ascii").partition("?")[0]
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return path, body
        else:
            return None


async def _serve_one(
    vendor: Vendor,
    path: str,
    body: bytes,
    protocol: h11.Connection,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    """Answer one call and write it down; False where the connection is over."""
    vendor.numbers += 1
    asked = _asked(vendor, path, body)
    reply, fault = vendor.answer(asked)
    if reply.cut == "silent":
        vendor.write_down(asked, reply, fault, "withheld")
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(1), SILENCE_S)
        return False
    if reply.cut:
        vendor.write_down(asked, reply, fault, "withheld")
        if reply.cut == "inside":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{")
            await writer.drain()
        return False
    await asyncio.sleep(reply.after_s)
    if reader.at_eof():
        vendor.write_down(asked, reply, fault, "left")
        return False
    try:
        await _say(protocol, writer, reply)
    except ConnectionError:
        vendor.write_down(asked, reply, fault, "left")
        raise
    vendor.write_down(asked, reply, fault, "answered")
    return True


def _asked(vendor: Vendor, path: str, body: bytes) -> Asked:
    _, account, operation = path.split("/", 2)
    given = json.loads(body)
    items = given.get("items", ())
    return Asked(
        account,
        operation,
        vendor.numbers,
        vendor.now(),
        given.get("channel", ""),
        tuple(item["ref"] for item in items),
        hashlib.sha256(body).hexdigest(),
        given,
    )


async def _say(protocol: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> None:
    body = json.dumps(reply.body).encode()
    response = h11.Response(
        status_code=reply.status,
        headers=[("content-type", "application/json"), ("content-length", str(len(body)))],
    )
    for event in (response, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(protocol.send(event) or b"")
    await writer.drain()


def main() -> None:
    port, history, seed, pace, _ = sys.argv[1:]
    recorder = Recorder(Path(history))

    async def run() -> None:
        await serve(Vendor(recorder, int(seed), int(pace)), int(port))

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


if __name__ == "__main__":
    main()
