"""The HubSpot connector against the sandbox, judged by the sandbox's own truth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from leadline.connectors.contract import RecordWrite, Settings
from leadline.connectors.door import Door, open_outlet
from leadline.connectors.hubspot import connector
from leadline.ledger import vendor_limits
from leadline.ledger.coalesce import FieldWrite, SetTo
from leadline.ledger.outcome import Accepted, Outcome
from leadline.sandbox import AnswerTime, HubSpotConfig, HubSpotSandbox, Running, serve
from tests.connectors.memory_allowance import MemoryAllowance

pytestmark = pytest.mark.anyio
TOKEN = "pat-na1-sandbox"


@dataclass(frozen=True)
class Account:
    sandbox: HubSpotSandbox
    running: Running
    door: Door
    allowance: MemoryAllowance

    async def perform(self, *effects: RecordWrite) -> tuple[Outcome, ...]:
        return await connector.perform(self.door, effects)

    def shown(self, email: str) -> dict[str, str]:
        found = self.sandbox.contacts.find("email", email)
        assert found is not None
        return found.properties


@asynccontextmanager
async def account(
    timeout_s: float = 2.0, allow_calls: int | None = None, **settings: Any
) -> AsyncIterator[Account]:
    sandbox = HubSpotSandbox(
        HubSpotConfig(
            **{
                "answer_time": AnswerTime(0.001),
                "unique_properties": ("leadline_key",),
                **settings,
            }
        )
    )
    async with serve(sandbox) as running:
        windows = {w.name: w for w in vendor_limits.HUBSPOT.windows("starter")}
        windows |= {p.window.name: p.window for p in vendor_limits.HUBSPOT.tiers["starter"]}
        allowance = MemoryAllowance(windows, allow_calls)
        outlet = open_outlet()
        given = Settings("hubspot", {"base_url": running.url}, {"token": TOKEN}, True)
        try:
            yield Account(sandbox, running, Door(given, outlet, allowance, timeout_s), allowance)
        finally:
            await outlet.close()


def write(email: str, name: str = "", **fields: FieldWrite | str) -> RecordWrite:
    who = name or email.partition("@")[0].lower()
    given: Mapping[str, FieldWrite] = {
        n: SetTo(w) if isinstance(w, str) else w for n, w in fields.items()
    }
    return RecordWrite((f"{who}/crm/1",), f"write-{who}", "contact", email, given, f"key-{who}")


async def test_who_is_there_is_updated_and_who_is_not_is_created_once() -> None:
    async with account(contacts=({"email": "ada@acme.example", "firstname": "A"},)) as there:
        effects = (
            write("Ada@Acme.example", firstname="Ada"),
            write("bob@acme.example", firstname="Bob"),
        )
        outcomes = await there.perform(*effects)
        assert [type(o) for o in outcomes] == [Accepted, Accepted]
        assert there.shown("ada@acme.example")["firstname"] == "Ada"
        assert there.shown("bob@acme.example")["leadline_key"] == "key-bob"
        assert await there.perform(*effects) != ()
        written = [(e.what, e.key) for e in there.running.truth.effects()]
        assert written == [
            ("contact.updated", "write-ada"),
            ("contact.created", "write-bob"),
            ("contact.updated", "write-ada"),
            ("contact.updated", "write-bob"),
        ]
