"""A stage for the protocol: the real loops on a real store, and a vendor that a test directs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import anyio

from leadline.connectors.contract import (
    Allowance,
    Answered,
    CallIntent,
    Connector,
    Effect,
    NotNow,
    PastCall,
    RecordWrite,
)
from leadline.environment import open_environment
from leadline.errors import LeadlineError, StoreUnavailable
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Accepted, Outcome, Settles, Unavailable, Verdict
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime.dispatch import Dispatcher, take_over
from leadline.runtime.link import Link
from leadline.runtime.steps import LiveSteps, T
from leadline.store.pool import Connection
from tests.cli.stage import Stage, write_files

SECOND = timedelta(seconds=1)
TIMING = CallTiming(5 * SECOND, 5 * SECOND, SECOND, SECOND)
FILES = {
    "leadline.yaml": """
project: acme
time_zone: Europe/Berlin
owners: { ops@acme.example: [ welcome, second ] }
defaults:
  if_it_fails: { retry_for: 1 day, then: dead letter }
environments: { dev: { sandbox: true } }
ingest: { write_keys: [ env:LEADLINE_WRITE_KEY ] }
""",
    "systems/mail.yaml": """
kind: smtp
host: { dev: 127.0.0.1 }
port: { dev: 8703 }
tls: { dev: none }
from: Acme <hello@acme.example>
limits: { messages: 1000 per second }
secrets: { user: env:SMTP_USER, password: env:SMTP_PASSWORD }
""",
    "systems/hubspot.yaml": """
kind: hubspot
tier: starter
base_url: { dev: http://127.0.0.1:8701 }
allow_private: { dev: true }
secrets: { token: env:HUBSPOT_TOKEN }
""",
    "data/contact.yaml": """
email: { type: email, pii: true, names: { hubspot: email } }
last_webinar: { type: text, names: { hubspot: last_webinar } }
seen: { type: text, names: { hubspot: seen } }
""",
    "events.yaml": """
signup: { title: text }
second: { title: text }
""",
    "messages/welcome.md": "---\nsubject: Welcome\n---\nHello.\n",
    "workflows/welcome.yaml": """
name: Welcome
why: People are greeted.
owner: ops@acme.example
starts: { when: signup }
steps:
  - step: crm
    save_to: hubspot contact
    set: { last_webinar: event.title }
  - step: greet
    send: messages/welcome
    as: transactional
""",
    "workflows/second.yaml": """
name: Second
why: Another one writes the same record.
owner: ops@acme.example
starts: { when: second }
steps:
  - step: crm2
    save_to: hubspot contact
    set: { seen: event.title }
""",
}
Perform = Callable[[Allowance, tuple[Effect, ...]], Awaitable[tuple[Outcome, ...]]]


@asynccontextmanager
async def open_floor(
    directory: Path, url: str, changed: Mapping[str, str] | None = None
) -> AsyncIterator[Stage]:
    """Deploy the small project to a store of its own."""
    write_files(directory, {**FILES, **(changed or {})})
    async with open_environment(directory, "dev", role="test", max_connections=8) as opened:
        checked = check_project(directory)
        assert not checked.errors, [str(p) for p in checked.errors]
        compiled = compile_checked(checked)
        await deploy(opened.store, compiled, checked.files.texts, "test")
        yield Stage(directory, url, opened, compiled)


def intent_of(link: Link, effects: Sequence[Effect]) -> CallIntent:
    """What a connector would say of the call that carries these effects."""
    members = tuple(m for e in effects for m in e.members)
    records = tuple(e.record for e in effects if isinstance(e, RecordWrite))
    return CallIntent("toy", members, records, (), 1, None, 5.0, {m: f"ref:{m}" for m in members})


async def one_call(
    link: Link,
    allowance: Allowance,
    effects: Sequence[Effect],
    between: Callable[[UUID], Awaitable[Answered]],
    outcome: Outcome | None = None,
) -> tuple[Outcome, ...]:
    """Make one call; ``between`` happens while the vendor has it."""
    begun = await allowance.begin(intent_of(link, effects))
    if isinstance(begun, NotNow):
        return tuple(Unavailable(begun.reason, begun.until) for _ in effects)
    await allowance.end(begun.call_id, await between(begun.call_id))
    return tuple(outcome or Accepted("v") for _ in effects)


def direct(
    stage: Stage,
    name: str,
    perform: Perform,
    verify: Callable[[tuple[Effect, ...]], tuple[Verdict, ...]] | None = None,
    timing: CallTiming = TIMING,
) -> Link:
    """Let a test say what happens at a vendor; return the connection."""
    link = stage.worker.links[name]

    async def performed(door: object, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
        return await perform(door.allowance, effects)  # type: ignore[attr-defined]

    async def verified(
        door: object, effects: tuple[Effect, ...], past: tuple[PastCall, ...]
    ) -> tuple[Verdict, ...]:
        assert verify is not None
        return verify(effects)

    connector: Connector = replace(
        link.connector,
        perform=performed,
        verify=verified if verify else None,
        settles=lambda _: Settles.VERIFIED if verify else Settles.HELD,
        timing=timing,
    )
    changed = replace(link, connector=connector)
    stage.worker.links = {**stage.worker.links, name: changed}
    return changed


async def owner(stage: Stage, link: Link) -> Dispatcher:
    """Become the owner of a connection, which must be free."""
    dispatcher = await take_over(stage.worker, link)
    assert dispatcher is not None
    return dispatcher


async def expire(stage: Stage, connection: str) -> None:
    """Let the time pass that a claim, its verification and its windows need."""
    await stage.sql(
        "update work set lease_until = lease_until - interval '1 hour',"
        " due_at = due_at - interval '1 hour' where connection = %s",
        connection,
    )
    await stage.sql(
        "update call set began_at = began_at - interval '1 hour',"
        " send_before = send_before - interval '1 hour' where connection = %s",
        connection,
    )


async def states(stage: Stage) -> dict[str, str]:
    """Where each action stands, by step."""
    rows = await stage.sql(
        "select a.step, coalesce((select o.state from outcome o where o.bucket = a.bucket"
        " and o.enrollment_id = a.enrollment_id and o.step = a.step order by o.id desc limit 1),"
        " 'pending') from action a"
    )
    return {str(step): str(state) for step, state in rows}


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something to come about."""

    async def holds() -> bool:
        return condition()

    await until_true(holds, seconds)


async def until_true(condition: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait for something in the store to come about."""
    with anyio.fail_after(seconds):
        while not await condition():  # noqa: ASYNC110  # the store tells nobody
            await anyio.sleep(0.01)


@dataclass(slots=True)
class Flaky:
    """Steps whose store can be taken away, all of it or at one border."""

    live: LiveSteps
    away: frozenset[str] = frozenset()
    trouble: LeadlineError = field(default_factory=lambda: StoreUnavailable("It is away."))
    failures: int = 0

    async def transaction(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        if name in self.away or "*" in self.away:
            self.failures += 1
            raise self.trouble
        return await self.live.transaction(name, work)

    async def call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        return await self.live.call(name, work)

    async def sleep(self, name: str, seconds: float) -> None:
        await self.live.sleep(name, min(seconds, 0.05))
