"""A real store moved by the real loops, with systems that answer as a test says.

Nothing runs by itself: ``move`` lets the worker do all that there is to do, and then stands.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import anyio
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.connectors import contract
from leadline.connectors.contract import (
    Answered,
    Batch,
    Begun,
    CallIntent,
    Connector,
    Digest,
    Effect,
    Grouping,
    Mail,
    NotNow,
    Post,
    RecordWrite,
    Settings,
    Single,
)
from leadline.environment import Opened
from leadline.errors import LeadlineError
from leadline.journey.compiled import CompiledProject, content_hash
from leadline.ledger import vendor_limits
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Accepted, Outcome, Settles, Unavailable
from leadline.runtime.advance import advance_due
from leadline.runtime.buckets import Buckets
from leadline.runtime.dispatch import give_back, take_over
from leadline.runtime.evidence import weigh_receipts
from leadline.runtime.ingest.message import Reader
from leadline.runtime.ingest.save import Arrived, save
from leadline.runtime.link import Link
from leadline.runtime.recover import recover, verify_unknown
from leadline.runtime.route import admit_approved, route
from leadline.runtime.steps import LiveSteps
from leadline.runtime.worker import Worker
from leadline.store.pool import Store

Answer = Callable[[Effect], Outcome]
SECOND = timedelta(seconds=1)
LIMITS = {
    "smtp": vendor_limits.SMTP,
    "hubspot": vendor_limits.HUBSPOT,
    "slack": vendor_limits.SLACK,
}
ACTIONS: Mapping[str, tuple[type[Mail] | type[RecordWrite] | type[Post], Grouping]] = {
    "smtp": (Mail, Single()),
    "hubspot": (RecordWrite, Batch(100)),
    "slack": (Post, Digest(100)),
}


def accepts(effect: Effect) -> Outcome:
    """A system that takes everything."""
    return Accepted("id-of-it")


@dataclass(frozen=True)
class ToyDoor:
    """What a toy connector is given; it talks to nobody."""

    link: Link
    allowance: object
    settings: Settings


@dataclass
class Stage:
    """One project in one store; ``answers`` says by connection what becomes of an effect."""

    directory: Path
    url: str
    opened: Opened
    compiled: CompiledProject
    answers: dict[str, Answer] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.worker = Worker(
            name="stage",
            environment="dev",
            steps=LiveSteps(self.opened.store),
            secret=self.opened.secret,
            links={name: self._link(name, s.kind) for name, s in self.compiled.systems.items()},
            open_door=lambda link, allowance: ToyDoor(link, allowance, link.settings),  # type: ignore[arg-type,return-value]
            draw=lambda: 0.5,
            buckets=Buckets("stage"),
        )

    def _link(self, name: str, kind: str) -> Link:
        effect, grouping = ACTIONS[kind]
        published = LIMITS[kind].tiers[LIMITS[kind].default_tier]

        async def perform(door: ToyDoor, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            places = tuple(
                contract.Place(s.window.name, s.key)
                for s in door.link.places(effect, getattr(effects[0], "channel", ""))
            )
            members = tuple(m for e in effects for m in e.members)
            refs = {m: f"ref:{m}" for m in members}
            records = tuple(e.record for e in effects if isinstance(e, RecordWrite))
            intent = CallIntent("toy", members, records, places, 1, None, 5.0, refs)
            begun: Begun | NotNow = await door.allowance.begin(intent)  # type: ignore[attr-defined]
            if isinstance(begun, NotNow):
                return tuple(Unavailable(begun.reason, begun.until) for _ in effects)
            await door.allowance.end(begun.call_id, Answered(True, "200"))  # type: ignore[attr-defined]
            return tuple(self.answers.get(name, accepts)(e) for e in effects)

        async def has_seen(door: ToyDoor, record: str, at: datetime) -> bool:
            return False

        connector = Connector(
            kind=kind,
            secrets=(),
            limits=LIMITS[kind],
            objects=("contact",),
            actions={effect: grouping},
            settles=lambda settings: Settles.HELD,
            timing=CallTiming(5 * SECOND, 5 * SECOND, SECOND, SECOND),
            check=None,  # type: ignore[arg-type]
            perform=perform,  # type: ignore[arg-type]
            has_seen=has_seen,  # type: ignore[arg-type]
        )
        return Link(
            name,
            connector,
            Settings(name, {"from": "Acme <hello@acme.example>"}, {}, True),
            {p.window.name: p.window for p in published},
            {p.window.name: p.calls for p in published},
        )

    @property
    def release(self) -> str:
        """The active release, as it is shown."""
        return content_hash(self.compiled)[:12]

    @property
    def store(self) -> Store:
        return self.opened.store

    async def comes(
        self,
        event: str,
        email: str | None,
        properties: Mapping[str, object] | None = None,
        at: datetime | None = None,
        **traits: object,
    ) -> None:
        """Take one event in."""
        number = next(self.numbers)
        body: dict[str, object] = {
            "type": "track",
            "event": event,
            "messageId": f"m{number}",
            "properties": dict(properties or {}),
            "context": {"traits": traits | ({"email": email} if email is not None else {})},
        }
        if email is None or "@" not in email:
            body["anonymousId"] = f"device-{number}"
        if at is not None:
            body["timestamp"] = at.isoformat()
        said = Reader(self.compiled.events).read(body)
        await save(self.store, [Arrived(said, time.monotonic())])

    async def move(self, *, calls: bool = True) -> None:
        """Let the worker do everything that there is to do now."""
        worker = self.worker
        async with self.store.connection() as conn:
            await worker.releases.refresh(conn)
        await worker.buckets.balance(worker.steps)
        buckets = worker.buckets.buckets()
        moved = 1
        while moved:
            moved = (await route(worker, buckets, 500)).handled
            moved += await admit_approved(worker, 500)
            while (await advance_due(worker, buckets, 500)).handled:
                moved += 1
            if calls:
                for link in worker.links.values():
                    moved += await self._call(link)
        await worker.buckets.leave(worker.steps)

    async def only_route(self) -> None:
        """Let the worker route what came in, and do nothing else."""
        worker = self.worker
        async with self.store.connection() as conn:
            await worker.releases.refresh(conn)
        await worker.buckets.balance(worker.steps)
        await route(worker, worker.buckets.buckets(), 500)
        await worker.buckets.leave(worker.steps)

    async def _call(self, link: Link) -> int:
        dispatcher = await take_over(self.worker, link)
        assert dispatcher is not None
        await recover(self.worker, link, dispatcher.epoch)
        await weigh_receipts(self.worker, link, dispatcher.epoch)
        await verify_unknown(self.worker, link, dispatcher.budget, dispatcher.epoch)
        done = 0
        started = 1
        while started:
            async with anyio.create_task_group() as tasks:
                started = await dispatcher._start(tasks)
            dispatcher.closed_until = None
            done += started
        await give_back(dispatcher)
        return done

    async def sql(self, statement: str, *params: object) -> list[tuple[object, ...]]:
        """Look at, or set, what no command shows (time above all)."""
        async with self.store.connection() as conn:
            cursor = await conn.execute(statement.encode(), params)
            return await cursor.fetchall() if cursor.description else []

    async def free_limits(self) -> None:
        """Let the time pass that the windows of all connections need."""
        await self.sql("delete from slot")

    async def run(self, *arguments: str, answer: str | None = None) -> Result:
        """Run one command as a person would, in a thread: it has a loop of its own."""
        return await anyio.to_thread.run_sync(lambda: run_command(self, *arguments, answer=answer))


def run_command(stage: Stage, *arguments: str, answer: str | None = None) -> Result:
    environment = {"LEADLINE_DATABASE_URL": stage.url, "COLUMNS": "200"}
    result = CliRunner().invoke(
        app, [*arguments, "--project", str(stage.directory)], input=answer, env=environment
    )
    if isinstance(result.exception, LeadlineError):
        result.trouble = str(result.exception)  # type: ignore[attr-defined]
        result.exit_code = result.exception.exit_code  # what run() gives to the shell
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write_files(directory: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """A project that is deployed to a store; the tests share it and leave it empty."""

    directory: Path
    url: str
    opened: Opened
    compiled: CompiledProject


async def empty(store: Store) -> None:
    """Forget everything but what is deployed."""
    async with store.transaction() as conn:
        for table in (name for names in TABLES.values() for name in names):
            await conn.execute(f"delete from {table}".encode())
        await conn.execute("update bucket_lease set owner = null, expires_at = '-infinity'")


TABLES = {
    "control": ("identity", "alias", "message_id", "suppression", "pause", "burst", "approval"),
    "people": ("notice", "incident", "audit_log", "worker"),
    "person": ("contact", "event", "entry", "enrollment", "success", "decision", "request"),
    "ledger": ("action", "work", "outcome"),
    "connection": ("connection_lease", "call", "call_action", "call_record", "slot", "health"),
    "later": ("receipt",),
}
