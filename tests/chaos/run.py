"""One chaos run: set up, send and disturb, wait for rest, dump, explain, judge."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import httpx

from leadline.errors import StoreUnavailable
from leadline.ledger.outcome import Settles
from leadline.store.pool import open_store
from tests.chaos.check import judged
from tests.chaos.client import PEOPLE_PER_S, Client, Occasion, occasions
from tests.chaos.dump import dump, restless
from tests.chaos.history import Declared, Plan, Recorder, Rested, Seed, Struck, read
from tests.chaos.nemesis import Nemesis
from tests.chaos.replay import replay
from tests.chaos.result import BrokenOff, Result, Trial, spared, strikes
from tests.chaos.schedule import schedule
from tests.chaos.stage import WRITE_KEY, Stage, set_up, tear_down
from tests.chaos.tell import tell
from tests.chaos.toy import ASKED, CARRIES, TIMING

STARTS = {"course.registered": ["welcome"], "plan.paid": ["payments"]}
LONGEST_WAIT_S = 5.0 + 2.0 + 2.0 + 1.0 + 2 * 10.0
"""The waits of tests/chaos/project one after the other, and two steps that may stay in doubt."""
QUIET_S = 4.0
"""Before the faults end, the last person has registered, so that the end is not all beginnings."""
LOOK_S = 0.3
ORDER_S = 30.0
"""An order that the vendor has not heard by then breaks the run off."""
TICK_S = 0.05
STALL_S = 0.5
"""A sleep that lasts so much longer than it should means that the machine stalls."""


@contextmanager
def _timed(took_s: dict[str, float], what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    took_s[what] = time.monotonic() - began


def run(trial: Trial) -> Result:
    """Disturb, wait for rest, judge; the directory stays where anything is wrong.

    Raises BrokenOff where the harness itself fails.
    """
    directory = Path(tempfile.gettempdir()) / f"leadline-chaos-{trial.seed}-{time.time_ns()}"
    directory.mkdir(mode=0o755)
    took_s: dict[str, float] = {}
    try:
        stage = anyio.run(_play, directory, trial, took_s)
        with _timed(took_s, "judged in"):
            history = read(stage.histories())
            verdicts, figures = judged(history)
    # Whatever it was, it was not the system under test that was found wanting.
    except Exception as error:
        raise BrokenOff(trial, directory, error) from error
    result = Result(
        trial,
        directory,
        verdicts,
        figures,
        strikes(history),
        spared(history),
        tuple(crash for process in stage.processes for crash in process.crashes),
        took_s,
    )
    if result.good:
        shutil.rmtree(directory)
    return result


async def _play(directory: Path, trial: Trial, took_s: dict[str, float]) -> Stage:
    stage = await set_up(directory, trial.workers, trial.seed, trial.pace)
    nemesis_book, client_book, ledger_book = (
        Recorder(stage.history(name)) for name in ("nemesis", "client", "ledger")
    )
    try:
        _declare(client_book)
        started = time.time()
        nemesis_book.write(Seed(started, trial.seed, trial.faults_s))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_feel_stalls, nemesis_book)
            await _disturb(stage, trial, nemesis_book, client_book, started)
            with _timed(took_s, "at rest after the last fault in"):
                await _rest(stage, nemesis_book, trial.rest_within_s)
            tasks.cancel_scope.cancel()
        await _write_down(stage, trial, ledger_book, took_s)
    finally:
        for book in (nemesis_book, client_book, ledger_book):
            book.close()
        await anyio.to_thread.run_sync(tear_down, stage)
    return stage


async def _write_down(stage: Stage, trial: Trial, book: Recorder, took_s: dict[str, float]) -> None:
    """The ledger, what the interpreter gives once more, and what people are told: of one moment."""
    everybody = sorted({one.person for one in _todo(trial)})
    random.Random(f"told {trial.seed}").shuffle(everybody)
    async with (
        await open_store(stage.database_url, role="dump") as store,
        store.transaction() as conn,
    ):
        await conn.execute("set transaction isolation level repeatable read")
        with _timed(took_s, "dumped in"):
            await dump(conn, book)
        with _timed(took_s, "played again in"):
            await replay(conn, book)
        with _timed(took_s, "explained in"):
            await tell(conn, book, stage.directory / "project", everybody)


async def _disturb(
    stage: Stage, trial: Trial, nemesis_book: Recorder, client_book: Recorder, started: float
) -> None:
    todo = _todo(trial)
    client = Client(stage.intake_url, WRITE_KEY, client_book, trial.seed)
    appears: dict[str, float] = {}
    for occasion in todo:
        appears.setdefault(occasion.person, occasion.at_s)
    people = [(at_s, person) for person, at_s in appears.items()]
    planned = schedule(trial.seed, trial.faults_s, len(stage.workers))
    async with (
        httpx.AsyncClient(verify=False, trust_env=False, timeout=ORDER_S) as http,
        anyio.create_task_group() as tasks,
    ):
        nemesis = Nemesis(stage, http, nemesis_book, people)
        tasks.start_soon(_watch, stage)
        async with anyio.create_task_group() as both:
            both.start_soon(client.run, todo, started)
            both.start_soon(nemesis.run, planned, started)
        tasks.cancel_scope.cancel()


def _todo(trial: Trial) -> tuple[Occasion, ...]:
    lasts_s = max(1.0, trial.faults_s - QUIET_S)
    return occasions(trial.seed, lasts_s, PEOPLE_PER_S * trial.pace)


async def _watch(stage: Stage) -> None:
    while True:
        stage.look()
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
        stage.look()
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
