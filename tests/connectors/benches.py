"""For each connector: its sandbox, its settings, and effects to try it with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from leadline.connectors.contract import Connector, Effect, Mail, Post, RecordWrite, Settings
from leadline.connectors.door import Door, Outlet, open_outlet
from leadline.connectors.registry import connector_for
from leadline.ledger.budget import Fixed, Window
from leadline.ledger.coalesce import SetTo
from leadline.sandbox import (
    AnswerTime,
    Fault,
    FaultKind,
    HubSpotConfig,
    HubSpotSandbox,
    MailConfig,
    MailSandbox,
    Running,
    SlackConfig,
    SlackSandbox,
    serve,
)
from leadline.sandbox.serving import Sandbox
from tests.connectors.memory_allowance import MemoryAllowance

SECRET = "a-secret-that-must-not-be-shown"
"""Every sandbox here knows this one; no output may."""


@dataclass(frozen=True)
class Bench:
    """How to try one connector.

    ``sandbox`` makes an account whose limits may be narrowed to ``narrow`` calls in a second in
    the window ``narrowed``. ``effects`` makes so many effects of one group; ``together`` is how
    many go into one perform. ``statuses`` are errors to answer with, beside the usual faults.
    """

    kind: str
    sandbox: Callable[[AnswerTime], Sandbox]
    settings: Callable[[Running], Settings]
    effect: Callable[[int], Effect]
    key: Callable[[Effect], str]
    together: int
    narrow: Callable[[Sandbox, dict[str, Window]], None]
    errors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Tried:
    """A connector with its door to a running sandbox."""

    bench: Bench
    connector: Connector
    sandbox: Sandbox
    running: Running
    door: Door
    allowance: MemoryAllowance = field(repr=False)

    def fault(self, kind: FaultKind, **settings: Any) -> None:
        self.running.faults.add(Fault(kind, **settings))

    def count(self, effect: Effect) -> int:
        """How often an effect took place, by the sandbox's truth."""
        name = self.bench.key(effect)
        return sum(name in (e.key or "") for e in self.running.truth.effects(by="ours"))

    def with_secrets(self, **secrets: str) -> Door:
        return replace(self.door, settings=replace(self.door.settings, secrets=secrets))


@asynccontextmanager
async def trying(
    kind: str,
    *,
    timeout_s: float = 2.0,
    answer_time: AnswerTime = AnswerTime(),  # noqa: B008  # a frozen value
    narrow: bool = False,
) -> AsyncIterator[Tried]:
    """Serve a kind's sandbox and open a door to it."""
    bench, connector = BENCHES[kind], connector_for(kind)
    sandbox = bench.sandbox(answer_time)
    limits = connector.limits
    windows = {p.window.name: p.window for p in limits.tiers[limits.default_tier]}
    async with serve(sandbox) as running:
        if narrow:
            bench.narrow(sandbox, windows)
        allowance = MemoryAllowance(windows)
        outlet: Outlet = open_outlet()
        door = Door(bench.settings(running), outlet, allowance, timeout_s)
        try:
            yield Tried(bench, connector, sandbox, running, door, allowance)
        finally:
            await outlet.close()


def _hubspot(answer_time: AnswerTime) -> Sandbox:
    return HubSpotSandbox(
        HubSpotConfig(
            answer_time=answer_time,
            unique_properties=("leadline_key",),
            tokens={SECRET: "ours"},
            contacts=tuple({"email": f"person{n}@acme.example"} for n in range(0, 100, 2)),
        )
    )


def _narrow_hubspot(sandbox: Sandbox, windows: dict[str, Window]) -> None:
    sandbox.limits.window("burst", 10, 1.0)
    burst = windows["ten seconds"]
    assert not isinstance(burst, Fixed)
    windows["ten seconds"] = replace(burst, limit=10, span=timedelta(seconds=1))


def _slack(answer_time: AnswerTime) -> Sandbox:
    return SlackSandbox(SlackConfig(answer_time=answer_time, tokens={SECRET: "ours"}))


def _mail(answer_time: AnswerTime) -> Sandbox:
    return MailSandbox(MailConfig(answer_time=answer_time, users={"sandbox": SECRET}, tls="none"))


def _as_published(sandbox: Sandbox, windows: dict[str, Window]) -> None:
    """The published limit is narrow enough to be met within seconds."""
    del sandbox, windows


def _http(kind: str) -> Callable[[Running], Settings]:
    def settings(running: Running) -> Settings:
        return Settings(kind, {"base_url": running.url}, {"token": SECRET}, True)

    return settings


def _smtp_settings(running: Running) -> Settings:
    return Settings(
        "smtp",
        {
            "host": running.host,
            "port": str(running.port),
            "tls": "none",
            "from": "Acme <hello@acme.example>",
        },
        {"user": "sandbox", "password": SECRET},
        True,
    )


def _write(n: int) -> Effect:
    return RecordWrite(
        (f"run{n:04}/crm/1",),
        f"write-{n:04}",
        "contact",
        f"Person{n}@acme.example",
        {"firstname": SetTo(f"P{n}")},
        f"key-{n:04}",
    )


def _post(n: int) -> Effect:
    return Post((f"run{n:04}/tell/1",), f"post-{n:04}", "sales", f"Person {n} <b> & co registered")


def _letter(n: int) -> Effect:
    return Mail(
        (f"run{n:04}/mail/1",),
        f"person{n}@acme.example",
        "Acme <hello@acme.example>",
        f"Welcome {n}",
        "<p>Hello</p>",
        "Hello",
        f"<mail-{n:04}@acme.example>",
        f"mail-{n:04}",
    )


def _name(effect: Effect) -> str:
    match effect:
        case RecordWrite(write_id=name) | Post(post_id=name) | Mail(message_id=name):
            return name


BENCHES: Mapping[str, Bench] = {
    bench.kind: bench
    for bench in (
        Bench(
            "hubspot",
            _hubspot,
            _http("hubspot"),
            _write,
            _name,
            7,
            _narrow_hubspot,
            tuple({"status": s} for s in (423, 429, 477, 500, 502, 503, 504, 521, 522, 524)),
        ),
        Bench(
            "slack",
            _slack,
            _http("slack"),
            _post,
            _name,
            7,
            _as_published,
            (
                *({"error": e} for e in ("fatal_error", "internal_error", "ratelimited")),
                *({"error": e} for e in ("invalid_auth", "msg_too_long", "service_unavailable")),
                *({"status": s} for s in (500, 503)),
            ),
        ),
        Bench(
            "smtp",
            _mail,
            _smtp_settings,
            _letter,
            _name,
            1,
            _as_published,
            tuple({"status": s} for s in (421, 450, 451, 452, 454, 535, 550, 552, 554)),
        ),
    )
}
