"""A HubSpot account in the sandbox with the connector's door to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from leadline.connectors.contract import PastCall, RecordWrite, Settings
from leadline.connectors.door import Door, open_outlet
from leadline.connectors.hubspot import connector
from leadline.ledger.coalesce import FieldWrite, SetTo
from leadline.ledger.outcome import Outcome, Verdict
from leadline.sandbox import Fault, FaultKind, HubSpotConfig, HubSpotSandbox, Running, serve
from leadline.sandbox.faults import Fault as SandboxFault
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.truth import Call
from tests.connectors.memory_allowance import MemoryAllowance, allowance_for

TOKEN = "pat-na1-sandbox"


class Watched(HubSpotSandbox):
    """Keeps what was asked and answered, so that HubSpot's own client can read it.

    ``nameless``: errors of rows do not say which row, for every field of an error is optional.
    ``not_looked_up``: a batch read with one of these is refused whole. ``untraced``: results
    carry no trace id. ``garbled``: writes are answered with what is no JSON.
    """

    def __init__(self, config: HubSpotConfig) -> None:
        super().__init__(config)
        self.seen: list[tuple[str, Any, Answer]] = []
        self.nameless = False
        self.not_looked_up: set[str] = set()
        self.untraced = False
        self.garbled = False

    def perform(self, request: Request, call: Call, fault: SandboxFault | None) -> Answer:
        answer = super().perform(request, call, fault)
        if self.nameless and answer.status == 207:
            shown = json.loads(answer.body)
            shown["errors"] = [{"message": e["message"]} for e in shown["errors"]]
            answer = replace(answer, body=json.dumps(shown).encode())
        body = json.loads(request.body) if request.body else None
        asked = {i["id"] for i in body["inputs"]} if call.operation.endswith("read") else set()
        if asked & self.not_looked_up:
            said = {"status": "error", "message": "One of the inputs is not valid."}
            answer = Answer(400, json.dumps(said).encode())
        if self.untraced and call.effects:
            shown = json.loads(answer.body)
            for result in shown["results"]:
                del result["objectWriteTraceId"]
            answer = replace(answer, body=json.dumps(shown).encode())
        if self.garbled and call.effects:
            answer = replace(answer, body=b"<html>ok</html>")
        self.seen.append((call.operation, body, answer))
        return answer


@dataclass(frozen=True)
class Account:
    sandbox: Watched
    running: Running
    door: Door
    allowance: MemoryAllowance
    began_at: datetime

    async def perform(self, *effects: RecordWrite) -> tuple[Outcome, ...]:
        outcomes = await connector.perform(self.door, effects)
        self.allowance.settled()
        return outcomes

    async def verify(self, *effects: RecordWrite) -> tuple[Verdict, ...]:
        assert connector.verify is not None
        at = min((c.began_at for c in self.allowance.effectful()), default=self.began_at)
        past = (PastCall(uuid4(), at, at + timedelta(seconds=10)),)
        return await connector.verify(self.door, effects, past)

    def shown(self, email: str) -> dict[str, str]:
        found = self.sandbox.contacts.find("email", email)
        assert found is not None
        return found.properties

    def fault(self, kind: FaultKind, **settings: Any) -> None:
        self.running.faults.add(Fault(kind, **settings))

    def effects_of(self, write: RecordWrite) -> list[str]:
        return [e.what for e in self.running.truth.effects(key=write.write_id)]

    @property
    def operations(self) -> list[str]:
        return [call.operation for call in self.running.truth.calls()]


@asynccontextmanager
async def account(
    timeout_s: float = 2.0, allow_calls: int | None = None, token: str = TOKEN, **settings: Any
) -> AsyncIterator[Account]:
    config = HubSpotConfig(**{"unique_properties": ("leadline_key",), **settings})
    sandbox = Watched(config)
    began_at = datetime.now(UTC)
    async with serve(sandbox) as running:
        outlet = open_outlet()
        given = Settings("hubspot", {"base_url": running.url}, {"token": token}, True)
        allowance = allowance_for(connector, given)
        allowance.refuse_from = allow_calls
        door = Door(given, outlet, allowance, timeout_s)
        try:
            yield Account(sandbox, running, door, allowance, began_at)
        finally:
            await outlet.close()


def write(email: str, name: str = "", /, **fields: FieldWrite | str) -> RecordWrite:
    """A write of one contact; who it is for names its member, its trace and its key."""
    who = name or email.partition("@")[0].lower()
    given: Mapping[str, FieldWrite] = {
        n: SetTo(w) if isinstance(w, str) else w for n, w in fields.items()
    }
    return RecordWrite((f"{who}/crm/1",), f"write-{who}", "contact", email, given, f"key-{who}")
