"""The nemesis: carries out what the schedule says, and writes down what it did and when."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import anyio
import anyio.to_thread
import httpx

from leadline.errors import StoreUnavailable
from leadline.runtime.worker import suppression_digest
from leadline.store import embedded, gate
from leadline.store.pool import Connection, now, open_store
from leadline.store.secret_key import secret_key
from tests.chaos.history import Ceased, Recorder, Spared, Struck
from tests.chaos.schedule import PROCESS_EVERY_S, Strike
from tests.chaos.stage import Stage, faked_clock, ready
from tests.chaos.vendor import FOR_A_TIME, ONE_CALL

NOT_YET = {
    "deploy mid-burst": "comes with the release issue",
    "roll back mid-burst": "comes with the release issue",
    "disk full": "comes with a later issue",
    "two databases": "comes with the scale issue",
}
WHO = "the chaos test"
STARTS_S = 30.0
PROCESSES = frozenset(
    {"kill worker", "freeze worker", "kill database", "cut database", "kill intake", "shift clock"}
)


@dataclass
class Nemesis:
    """Who disturbs the stage. ``http`` is kept open: orders are given several times a second."""

    stage: Stage
    http: httpx.AsyncClient
    recorder: Recorder
    people: list[tuple[float, str]]
    """Who appears first when: a suppression strikes one of those who are about to get mail."""
    spared: set[str] = field(default_factory=set[str])
    one_process_at_a_time: anyio.Lock = field(default_factory=anyio.Lock)
    struck: set[str] = field(default_factory=set[str])
    """Nemeses of processes that have had a turn; of these, a strike whose turn comes when the next
    is due is left out: a machine that starts processes slowly is struck less often."""

    async def run(self, strikes: tuple[Strike, ...], started: float) -> None:
        """Strike as planned; returns when the last strike is over."""
        for name, reason in NOT_YET.items():
            self.recorder.write(Spared(name, reason))
        async with anyio.create_task_group() as tasks:
            for strike in strikes:
                await anyio.sleep(max(0.0, started + strike.at_s - time.time()))
                tasks.start_soon(self._strike, strike, started + strike.at_s)
        await self._cease()

    async def _strike(self, strike: Strike, at: float) -> None:
        if strike.nemesis in ONE_CALL | FOR_A_TIME:
            await self._at_the_vendor(strike)
        elif strike.nemesis in PROCESSES:
            async with self.one_process_at_a_time:
                in_time = time.time() < at + PROCESS_EVERY_S
                if in_time or strike.nemesis not in self.struck:
                    self.struck.add(strike.nemesis)
                    await self._on_a_process(strike)
        else:
            await self._by_a_person(strike)

    def _note(self, strike: Strike, at: float, target: str, **more: object) -> None:
        self.recorder.write(Struck(at, time.time(), strike.nemesis, target, **more))  # type: ignore[arg-type]  # detail and store_at

    # ------------------------------------------------------------ processes

    async def _on_a_process(self, strike: Strike) -> None:
        at = time.time()
        worker = self.stage.workers[int(strike.target)]
        target = worker.name
        match strike.nemesis:
            case "kill worker":
                worker.kill()
                await anyio.sleep(strike.for_s)
                worker.start()
            case "freeze worker":
                worker.freeze()
                await anyio.sleep(strike.for_s)
                worker.thaw()
            case "kill intake":
                target = self.stage.intake.name
                self.stage.intake.kill()
                await anyio.sleep(strike.for_s)
                self.stage.intake.start()
                # Where a start takes long, nothing else would ever come in.
                with contextlib.suppress(TimeoutError):
                    await ready(f"{self.stage.intake_url}/healthz", None, STARTS_S)
            case "kill database":
                target = "database"
                await self._kill_database(strike.for_s)
            case "cut database":
                target = "database"
                if not await self._cut_database(strike):
                    return
            case _:
                if not await self._shift_clock(strike):
                    return
        self._note(strike, at, target)

    async def _kill_database(self, for_s: float) -> None:
        project = self.stage.directory / "project"
        pid = embedded.status(project).pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        await anyio.sleep(for_s)
        await anyio.to_thread.run_sync(embedded.ensure, project)

    async def _cut_database(self, strike: Strike) -> bool:
        """Cut a random half of our connections, in the middle of whatever they do."""

        async def cut(conn: Connection) -> None:
            cursor = await conn.execute(
                "select pid from pg_stat_activity"
                " where application_name like 'leadline/%' and pid <> pg_backend_pid() order by pid"
            )
            pids = [row[0] for row in await cursor.fetchall()]
            chosen = random.Random(strike.draw).sample(pids, len(pids) // 2)
            await conn.execute("select pg_terminate_backend(p) from unnest(%s::int[]) p", [chosen])

        return await self._in_the_store(cut)

    async def _shift_clock(self, strike: Strike) -> bool:
        """Start a worker again with its time of day an hour off, then with the right one."""
        environ = faked_clock(1 if strike.draw < 0.5 else -1)
        if environ is None:
            if "shift clock" not in self.spared:
                self.spared.add("shift clock")
                reason = "libfaketime is not installed here (apt install libfaketime)"
                self.recorder.write(Spared("shift clock", reason))
            return False
        worker = self.stage.workers[int(strike.target)]
        worker.kill()
        # With an address of its own it starts no server, whose clock would then be off too.
        worker.start(LEADLINE_DATABASE_URL=self.stage.database_url, **environ)
        await anyio.sleep(strike.for_s)
        worker.kill()
        worker.start()
        return True

    # ------------------------------------------------------------ the vendor

    async def _at_the_vendor(self, strike: Strike) -> None:
        at = time.time()
        await self._order(strike.target, strike.nemesis, strike.calls, strike.for_s)
        await anyio.sleep(strike.for_s)
        if strike.nemesis == "locked out":
            # Leadline paused the connection by itself: a person mends it and lets it go on.
            await self._until_done(partial(gate.resume, kind="connection", name=strike.target))
        self._note(strike, at, strike.target, detail=f"{strike.calls} calls")

    async def _order(self, account: str, fault: str, calls: int, seconds: float) -> None:
        order = {"account": account, "fault": fault, "calls": calls, "seconds": seconds}
        answer = await self.http.post(f"{self.stage.vendor_url}/control", json=order)
        answer.raise_for_status()

    # ------------------------------------------------------------ what people do

    async def _by_a_person(self, strike: Strike) -> None:
        if strike.nemesis == "suppress":
            about_now = [p for at_s, p in self.people if -1.0 < at_s - strike.at_s < 2.0]
            if not about_now:
                return
            person = about_now[int(strike.draw * len(about_now))]
            digest = suppression_digest(secret_key(self.stage.directory / "project"), person)
            stored = await self._timed(partial(gate.suppress, digests=[digest]), reason="asked")
            at, store_at = stored
            self._note(strike, at, person, store_at=store_at)
            return
        kind = {"pause": "connection", "pause workflow": "workflow"}.get(
            strike.nemesis, "everything"
        )
        pause = partial(gate.pause, kind=kind, name=strike.target)
        at, store_at = await self._timed(pause, reason="a pause of the chaos test")
        await anyio.sleep(strike.for_s)
        until = time.time()
        await self._until_done(partial(gate.resume, kind=kind, name=strike.target))
        name = "pause workflow" if kind == "workflow" else "pause"
        self.recorder.write(Struck(at, until, name, strike.target, "", store_at))

    async def _timed(
        self, work: Callable[..., Awaitable[object]], reason: str
    ) -> tuple[float, float]:
        """Write something into the store; return when that was, here and there."""

        async def timed(conn: Connection) -> float:
            await work(conn, reason=reason, by=WHO)
            return (await now(conn)).timestamp()

        moments: list[float] = []

        async def keep(conn: Connection) -> None:
            moments.append(await timed(conn))

        await self._until_done(keep)
        return time.time(), moments[-1]

    # ------------------------------------------------------------ the end

    async def _cease(self) -> None:
        for worker in self.stage.workers:
            worker.thaw()
        for account in ("crm", "chat", "pager", "mail"):
            await self._order(account, "none", 0, 0.0)

        async def resume_all(conn: Connection) -> None:
            for pause in await gate.pauses(conn):
                await gate.resume(conn, pause.kind, pause.name)

        await anyio.to_thread.run_sync(embedded.ensure, self.stage.directory / "project")
        await self._until_done(resume_all)
        self.recorder.write(Ceased(time.time()))

    async def _until_done(self, work: Callable[[Connection], Awaitable[object]]) -> None:
        while True:
            if await self._in_the_store(work):
                return
            await anyio.sleep(0.2)

    async def _in_the_store(self, work: Callable[[Connection], Awaitable[object]]) -> bool:
        """Do something in one transaction; False where the store was away."""
        try:
            async with (
                await open_store(self.stage.database_url, role="nemesis") as store,
                store.transaction() as conn,
            ):
                await work(conn)
            return True
        except StoreUnavailable:
            return False
