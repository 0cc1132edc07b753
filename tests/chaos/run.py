"""One chaos run: set up, send and disturb, wait for rest, dump, judge."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread

from leadline.errors import StoreUnavailable
from leadline.ledger.outcome import Settles
from leadline.store.pool import open_store
from tests.chaos.check import Verdict, Violation, figures, judge
from tests.chaos.client import Client, occasions
from tests.chaos.dump import dump, restless
from tests.chaos.history import (
    Ceased,
    Declared,
    History,
    Plan,
    Recorder,
    Rested,
    Seed,
    Spared,
    Struck,
    read,
)
from tests.chaos.nemesis import Nemesis
from tests.chaos.replay import replay
from tests.chaos.schedule import schedule
from tests.chaos.stage import WRITE_KEY, Stage, set_up, tear_down
from tests.chaos.toy import ASKED, CARRIES, TIMING

STARTS = {"course.registered": ["welcome"], "plan.paid": ["payments"]}
LONGEST_WAIT_S = 5.0 + 2.0 + 2.0 + 1.0 + 2 * 10.0
"""The waits of tests/chaos/project one after the other, and two steps that may stay in doubt."""
QUIET_S = 4.0
"""Before the faults end, the last person has registered, so that the end is not all beginnings."""
LOOK_S = 0.3
TICK_S = 0.05
STALL_S = 0.5
"""A sleep that lasts so much longer than it should means that the machine stalls."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found; ``crashes`` are processes that ended though nobody had ended them."""

    seed: int
    directory: Path
    verdicts: tuple[Verdict, ...]
    figures: dict[str, int]
    strikes: dict[str, int]
    spared: dict[str, str]
    crashes: tuple[str, ...]
    rest_s: float

    @property
    def violations(self) -> tuple[Violation, ...]:
        return tuple(v for verdict in self.verdicts for v in verdict.violations)

    @property
    def good(self) -> bool:
        return not self.violations and not self.crashes

    def report(self, most: int = 5) -> str:
        """Everything that a person wants to know of a run."""
        lines = [f"seed {self.seed}, at rest {self.rest_s:.1f} s after the last fault"]
        lines.append("  " + ", ".join(f"{n} {name}" for name, n in self.figures.items()))
        lines.append("  struck: " + ", ".join(f"{n}× {s}" for s, n in self.strikes.items()))
        lines += [f"  spared: {name}: {reason}" for name, reason in self.spared.items()]
        for verdict in self.verdicts:
            lines.append(f"  {verdict}")
            lines += [f"        {v.what}" for v in verdict.violations[:most]]
        lines += [f"  crashed: {crash}" for crash in self.crashes]
        if not self.good:
            lines.append(f"  history and logs: {self.directory}")
        return "\n".join(lines)


def run(seed: int, faults_s: float, workers: int = 3, rest_within_s: float = 180.0) -> Result:
    """Disturb for so long, wait for rest, judge; the directory stays where anything is wrong."""
    directory = Path(tempfile.gettempdir()) / f"leadline-chaos-{seed}-{time.time_ns()}"
    directory.mkdir(mode=0o755)
    stage = anyio.run(_play, directory, seed, faults_s, workers, rest_within_s)
    history = read(stage.histories())
    result = _result(seed, directory, history, stage)
    if result.good:
        shutil.rmtree(directory)
    return result


async def _play(
    directory: Path, seed: int, faults_s: float, workers: int, rest_within_s: float
) -> Stage:
    stage = await set_up(directory, workers, seed)
    nemesis_book, client_book, ledger_book = (
        Recorder(stage.history(name)) for name in ("nemesis", "client", "ledger")
    )
    try:
        _declare(client_book)
        started = time.time()
        nemesis_book.write(Seed(started, seed, faults_s))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_feel_stalls, nemesis_book)
            await _disturb(stage, nemesis_book, client_book, seed, faults_s, started)
            await _rest(stage, nemesis_book, rest_within_s)
            tasks.cancel_scope.cancel()
        async with (
            await open_store(stage.database_url, role="dump") as store,
            store.transaction() as conn,
        ):
            await dump(conn, ledger_book)
            await replay(conn, ledger_book)
    finally:
        for book in (nemesis_book, client_book, ledger_book):
            book.close()
        await anyio.to_thread.run_sync(tear_down, stage)
    return stage


async def _disturb(
    stage: Stage,
    nemesis_book: Recorder,
    client_book: Recorder,
    seed: int,
    faults_s: float,
    started: float,
) -> None:
    todo = occasions(seed, max(1.0, faults_s - QUIET_S))
    client = Client(stage.intake_url, WRITE_KEY, client_book, seed)
    appears: dict[str, float] = {}
    for occasion in todo:
        appears.setdefault(occasion.person, occasion.at_s)
    people = [(at_s, person) for person, at_s in appears.items()]
    nemesis = Nemesis(stage, nemesis_book, people)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch, stage)
        async with anyio.create_task_group() as both:
            both.start_soon(client.run, todo, started)
            both.start_soon(nemesis.run, schedule(seed, faults_s, len(stage.workers)), started)
        tasks.cancel_scope.cancel()


async def _watch(stage: Stage) -> None:
    while True:
        for process in stage.processes:
            process.look()
        await anyio.sleep(LOOK_S)


async def _feel_stalls(book: Recorder) -> None:
    """Note when this machine stands still: workers then stand still as well."""
    while True:
        at = time.time()
        await anyio.sleep(TICK_S)
        if time.time() - at > TICK_S + STALL_S:
            book.write(Struck(at, time.time(), "stall", "this machine"))


async def _rest(stage: Stage, book: Recorder, within_s: float) -> None:
    """Wait until nothing is left to do, seen twice in a row."""
    deadline = time.monotonic() + within_s
    seen = 0
    left: dict[str, int] = {}
    while seen < 2 and time.monotonic() < deadline:
        for process in stage.processes:
            process.look()
        try:
            async with (
                await open_store(stage.database_url, role="dump") as store,
                store.connection() as conn,
            ):
                left = await restless(conn)
        except StoreUnavailable as error:
            left = {str(error): 1}
        seen = 0 if left else seen + 1
        await anyio.sleep(LOOK_S)
    words = ", ".join(f"{count} {name}" for name, count in left.items())
    book.write(Rested(time.time(), at_rest=seen >= 2, words=words))


def _declare(book: Recorder) -> None:
    for account in CARRIES:
        book.write(
            Declared(
                account,
                "read-back" if account in ASKED else str(Settles.HELD),
                TIMING.time_out.total_seconds(),
                TIMING.margin.total_seconds(),
                TIMING.vendor_processing.total_seconds(),
                TIMING.read_back.total_seconds(),
            )
        )
    book.write(Plan(STARTS, LONGEST_WAIT_S))


def _result(seed: int, directory: Path, history: History, stage: Stage) -> Result:
    strikes = Counter(line.nemesis for line in history if isinstance(line, Struck))
    rested = next(line for line in history if isinstance(line, Rested))
    ceased = next(line for line in history if isinstance(line, Ceased))
    return Result(
        seed,
        directory,
        judge(history),
        figures(history),
        dict(sorted(strikes.items())),
        {line.nemesis: line.reason for line in history if isinstance(line, Spared)},
        tuple(crash for process in stage.processes for crash in process.crashes),
        rested.at - ceased.at,
    )
