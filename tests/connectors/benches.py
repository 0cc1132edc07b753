"""One bench a vendor: its sandbox, its settings, and effects of each kind that it takes.

A new connector adds an entry here; ``test_contract.py`` then holds it to the contract.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from leadline.connectors.contract import Connector, Effect, Mail, Post, RecordWrite, Settings
from leadline.connectors.door import Door, Outlet, open_outlet
from leadline.connectors.registry import connector_for
from leadline.ledger.coalesce import SetTo
from leadline.ledger.outcome import Absent, Accepted, Outcome, Unavailable, Unknown
from leadline.sandbox import (
    Fault,
    HubSpotConfig,
    HubSpotSandbox,
    MailConfig,
    MailSandbox,
    Running,
    SlackConfig,
    SlackSandbox,
    serve,
)
from leadline.sandbox.faults import FaultKind as Kind
from leadline.sandbox.hubspot.contacts import SearchLag
from tests.connectors.memory_allowance import MemoryAllowance, allowance_for

SECRETS = {
    "hubspot": {"token": "pat-na1-s3cr3t-of-hubspot"},
    "slack": {"token": "xoxb-s3cr3t-of-slack"},
    "smtp": {"user": "sandbox", "password": "s3cr3t-of-smtp"},
}


@dataclass(frozen=True)
class Bench:
    """A connector in front of its sandbox."""

    kind: str
    connector: Connector
    running: Running
    settings: Settings
    outlet: Outlet
    sandbox: Any

    def door(self, allowance: MemoryAllowance | None = None, timeout_s: float = 5.0) -> Door:
        spent = allowance or allowance_for(self.connector, self.settings)
        return Door(self.settings, self.outlet, spent, timeout_s)

    async def perform(self, *effects: Effect, timeout_s: float = 5.0) -> tuple[Outcome, ...]:
        return await self.connector.perform(self.door(timeout_s=timeout_s), effects)

    async def warm_up(self) -> None:
        """Have one effect of another kind behind, and a connection open."""
        elsewhere = {"channel": "general"} if self.kind == "slack" else {}
        (outcome,) = await self.perform(*MAKE[self.kind](1, start=90, **elsewhere))
        assert isinstance(outcome, Accepted)

    def effect_keys(self) -> list[str]:
        """What the sandbox says of the effects, by the names that we gave them."""
        return [e.key or "" for e in self.running.truth.effects(by="ours")]


def records(n: int, start: int = 0) -> tuple[RecordWrite, ...]:
    return tuple(
        RecordWrite(
            members=(f"00000000-0000-7000-8000-{i:012}/crm/1",),
            write_id=f"write-{i}",
            object="contact",
            record=f"p{i}@acme.example",
            fields={"firstname": SetTo(f"P{i}"), "numberofemployees": SetTo(Decimal(i))},
            own_key=f"key-{i}",
        )
        for i in range(start, start + n)
    )


def posts(n: int, start: int = 0, channel: str = "sales") -> tuple[Post, ...]:
    return tuple(
        Post(
            members=(f"00000000-0000-7000-8000-{i:012}/say/1",),
            post_id=f"{i:040x}"[::-1],
            channel=channel,
            text=f"<b>Person {i}</b> & co registered",
        )
        for i in range(start, start + n)
    )


def mails(n: int, start: int = 0) -> tuple[Mail, ...]:
    return tuple(
        Mail(
            members=(f"00000000-0000-7000-8000-{i:012}/welcome/1",),
            to=f"p{i}@acme.example",
            from_="Acme <hello@acme.example>",
            subject=f"Wëlcome {i}",
            html=f"<p>Hello {i}</p>",
            text=f"Hello {i}\n.dotted\n",
            message_id=f"<mail-{i}@acme.example>",
            envid=f"mail-{i}",
        )
        for i in range(start, start + n)
    )


MAKE: dict[str, Callable[..., tuple[Effect, ...]]] = {
    "hubspot": records,
    "slack": posts,
    "smtp": mails,
}

# Faults of every sandbox, and what the connector must say of each. The second entry is what
# ``verify`` says after it, where it can be asked.
CUT = Fault(Kind.CUT_BEFORE_EFFECT)
HANG = Fault(Kind.HALF_OPEN)
Expected = tuple[Fault, type[object], type[object] | None]
COMMON: tuple[Expected, ...] = (
    (HANG, Unknown, Absent),
    (Fault(Kind.COMMIT_THEN_HANG), Unknown, Accepted),
    (Fault(Kind.COMMIT_THEN_CUT), Unknown, Accepted),
    (Fault(Kind.SLOW_ANSWER, delay_s=0.1), Accepted, None),
    (Fault(Kind.OUTAGE, seconds=30.0), Unavailable, None),
)
BY_HTTP: tuple[Expected, ...] = (
    (CUT, Unknown, Absent),
    (Fault(Kind.ERROR, status=503), Unknown, Absent),
    (Fault(Kind.ERROR, status=521), Unavailable, None),
    (Fault(Kind.COMMIT_THEN_ERROR, status=500), Unknown, Accepted),
    (Fault(Kind.COMMIT_THEN_ERROR, status=503), Unknown, Accepted),
    (Fault(Kind.OUTAGE, seconds=30.0, status=521), Unavailable, None),
)
FAULTS: dict[str, tuple[Expected, ...]] = {
    "hubspot": (*COMMON, *BY_HTTP),
    "slack": (*COMMON, *BY_HTTP),
    "smtp": (
        *((fault, first, None) for fault, first, _ in COMMON),
        (CUT, Unavailable, None),  # the dot was never written
        (Fault(Kind.ERROR, status=451), Unavailable, None),
        (Fault(Kind.OUTAGE, seconds=30.0, status=421), Unavailable, None),
    ),
}


def _sandbox(kind: str, **config: Any) -> Any:
    match kind:
        case "hubspot":
            known = {"tokens": {SECRETS[kind]["token"]: "ours"}, "search_lag": SearchLag(0.0)}
            known["unique_properties"] = ("leadline_key",)
            return HubSpotSandbox(HubSpotConfig(**{**known, **config}))
        case "slack":
            token = {"tokens": {SECRETS[kind]["token"]: "ours"}}
            return SlackSandbox(SlackConfig(**{**token, **config}))
        case _:
            user = {SECRETS["smtp"]["user"]: SECRETS["smtp"]["password"]}
            return MailSandbox(MailConfig(**{"users": user, **config}))


@asynccontextmanager
async def bench(
    kind: str,
    *,
    secrets: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    outlet: Outlet | None = None,
    **config: Any,
) -> AsyncIterator[Bench]:
    connector = connector_for(kind)
    sandbox = _sandbox(kind, **config)
    async with serve(sandbox) as running:
        own = {"base_url": running.url}
        if kind == "smtp":
            own = {
                "host": running.host,
                "port": str(running.port),
                "tls": "none",
                "from": "Acme <hello@acme.example>",
                "evidence": "feed",
            }
        settings = Settings(
            kind,
            {**own, **(values or {})},
            SECRETS[kind] if secrets is None else secrets,
            allow_private=True,
        )
        opened = outlet or open_outlet()
        try:
            yield Bench(kind, connector, running, settings, opened, sandbox)
        finally:
            await opened.close()
