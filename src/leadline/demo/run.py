"""The main job, end to end: 500 registrations at once, every one accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from leadline.demo import naive, people, strikes
from leadline.demo.ledger_dump import balances, read_ledger
from leadline.demo.outcome import Result, Side, summarise
from leadline.demo.people import Registration
from leadline.demo.stage import (
    ANSWER,
    CHANNEL,
    WRITE_KEY,
    end,
    prepare_hubspot,
    sandboxes,
    start_server,
    start_worker,
    subscribe_feed,
    write_project,
)
from leadline.demo.truth import ask_all, effects_of, reached_by_script
from leadline.environment import Opened, open_environment
from leadline.store import report
from leadline.store.report import StateCount

REST_S = 240.0
"""The demo gives up waiting after this and the burst's own time; the table then shows it."""
WATCH_S = 0.5
OPEN = frozenset({"pending", "sending", "unknown"})


@dataclass(frozen=True, slots=True)
class Options:
    """How the demo is run."""

    directory: Path
    registrations: int = 500
    seed: int = 1
    faults: bool = True
    evidence: str = "feed"


@dataclass(slots=True)
class Show:
    """What the demo tells while it runs: what strikes, and counts by connection and state.

    Beside them stand the effects of the ordinary script, by kind of sandbox.
    """

    counts: Callable[[float, list[StateCount], Mapping[str, int]], None]
    say: Callable[[str], None]
    struck: list[str] = field(default_factory=list[str])

    def strike(self, words: str) -> None:
        """Name something that goes wrong."""
        self.struck.append(words)
        self.say(words)


async def run_demo(options: Options, show: Show) -> Result:
    """Set the stage, let the burst go, and hold the ledger against the truth."""
    everyone = people.registrations(options.registrations, options.seed)
    async with (
        sandboxes(options.seed, ANSWER) as ours,
        sandboxes(options.seed, ANSWER) as theirs,
    ):
        await prepare_hubspot(ours.hubspot)
        write_project(options.directory, ours, options.evidence)
        show.say(f"The project stands in {options.directory}.")
        logs = options.directory / ".leadline" / "logs"
        server, address = await start_server(options.directory, logs)
        worker = await start_worker(options.directory, logs)
        try:
            if options.evidence == "feed":
                await subscribe_feed(ours.smtp, address)
            async with open_environment(
                options.directory, "dev", role="demo", max_connections=3
            ) as opened:
                return await _burst(
                    options, show, everyone, Side(ours, theirs), opened, address, worker
                )
        finally:
            await end(worker)
            await end(server)


async def _burst(
    options: Options,
    show: Show,
    everyone: tuple[Registration, ...],
    side: Side,
    opened: Opened,
    address: str,
    worker: Process,
) -> Result:
    if options.faults:
        await strikes.arm(side.ours)
        await strikes.arm(side.theirs)
        show.strike("1 % of the answers are lost after the effect; strangers use the same quota")
    began = time.time()
    script = asyncio.create_task(
        naive.run_script(
            everyone,
            naive.Addresses(
                side.theirs.hubspot.url, side.theirs.slack.url, side.theirs.smtp.port, CHANNEL
            ),
        )
    )
    trouble = asyncio.create_task(_trouble(options, show, worker, began))
    watch = asyncio.create_task(_watch(show, opened, side, began))
    show.say(f"{len(everyone)} registrations arrive at once.")
    await register(address, everyone)
    await until_at_rest(options, opened, began)
    for task in (trouble, watch):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    claimed = await script
    truth = await ask_all(side.ours)
    ledger = await read_ledger(opened, 50 * len(everyone) + 1000)
    found = balances(ledger, truth, people.reachable(everyone))
    other = {**reached_by_script(everyone, await ask_all(side.theirs)), "reported_success": claimed}
    return summarise(options.directory, everyone, found, truth, other, began, options.evidence)


async def _trouble(options: Options, show: Show, worker: Process, began: float) -> None:
    """Name the outage of the CRM as it begins; then kill a worker in the middle of its work."""
    if not options.faults:
        return
    await asyncio.sleep(max(0.0, began + strikes.CRM_OUTAGE_AT_S - time.time()))
    show.strike(f"The CRM refuses every connection for {strikes.CRM_OUTAGE_S:g} seconds")
    await asyncio.sleep(max(0.0, began + strikes.KILL_AT_S - time.time()))
    worker.kill()
    show.strike("A worker is killed (kill -9)")


async def register(address: str, everyone: tuple[Registration, ...]) -> None:
    """Send every registration as a request of its own, again until it is answered with 200."""
    now = datetime.now(UTC)
    starts_at = people.starts_at(now)
    limit = asyncio.Semaphore(100)
    async with httpx.AsyncClient(
        timeout=30,
        trust_env=False,
        auth=(WRITE_KEY, ""),
        limits=httpx.Limits(max_connections=100),
    ) as client:

        async def send(person: Registration) -> None:
            body = person.body(starts_at, now)
            async with limit:
                while True:
                    with contextlib.suppress(httpx.TransportError):
                        answer = await client.post(f"{address}/v1/track", json=body)
                        if answer.status_code == 200:
                            return
                        if answer.status_code < 500 and answer.status_code != 429:
                            answer.raise_for_status()
                    await asyncio.sleep(0.2)

        await asyncio.gather(*(send(person) for person in everyone))


async def _watch(show: Show, opened: Opened, side: Side, began: float) -> None:
    """Show how far Leadline and the script are, until cancelled."""
    while True:
        async with opened.store.connection() as conn:
            counts = await report.counts_by_state(conn)
        show.counts(time.time() - began, counts, await effects_of(side.theirs))
        await asyncio.sleep(WATCH_S)


async def until_at_rest(options: Options, opened: Opened, began: float) -> None:
    """Wait until nothing is open: every event routed, every run of the webinar over.

    A run whose action is held waits for a person, or for the deadline of its step: as far as
    programs can move it, it is at rest.
    """
    quiet = 0
    deadline = began + REST_S + options.registrations / 10
    while time.time() < deadline:
        await asyncio.sleep(0.5)
        async with opened.store.connection() as conn:
            counts = await report.counts_by_state(conn)
            runs = await report.runs_by_end(conn)
            unrouted = await report.unrouted_events(conn)
        open_ = sum(c.times for c in counts if c.state in OPEN)
        running = sum(r.times for r in runs if r.workflow == "webinar" and r.end_reason is None)
        held = sum(c.times for c in counts if c.workflow == "webinar" and c.state == "held")
        busy = open_ or running > held or unrouted
        told = options.evidence != "feed" or not any(
            c.connection == "mail" and c.state == "accepted" for c in counts
        )
        quiet = quiet + 1 if counts and told and not busy else 0
        if quiet >= 2:
            return


def project_directory(parent: Path) -> Path:
    """Return a directory for the demo's project that does not exist yet."""
    n = 1
    while (found := parent / f"leadline-demo-{n}").exists():
        n += 1
    return found
