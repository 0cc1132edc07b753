"""How many actions a second go through their whole life, and how claiming bears company.

  life    Each person runs through a workflow of ten saves, five to each of two connections.
          An action is intended by the interpreter, claimed, put into a call of up to 100,
          written down with the call, answered (at once, by a toy that sets no limit), settled,
          and heard of by its run, which then intends the next. Two worker processes run the
          real loops, fsync and synchronous_commit on; the clock runs from the first event
          stored to the last action heard of.
  claims  N claimants, each on a connection of its own, read the due work (200 rows) and claim
          it by compare and set, a transaction each, all on one server; for 2 and for 48.

    python benchmarks/ledger.py [--quick] [--json]

--quick: fewer people and fewer rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import anyio
import uvloop

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ground.place import Ground, deployed, make_worker, project
from ground.toy import ToyDoor, toy_link

from leadline.project.read import example_files
from leadline.runtime.supervise import Supervisor
from leadline.store import work

CONNECTIONS = ("one", "two")
SAVES = 10
CLAIMED_AT_ONCE = 200


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    people: int
    rounds: int
    claim_s: float


FULL = Size(people=5_000, rounds=3, claim_s=10.0)
QUICK = Size(people=1_500, rounds=3, claim_s=4.0)


def files() -> dict[str, str]:
    """A project of one workflow: ten saves, one after the other."""
    example = dict(example_files())
    kept = {name: example[name] for name in ("leadline.yaml", "events.yaml")}
    kept["leadline.yaml"] = kept["leadline.yaml"].replace("10000", "1000000000")
    kept["leadline.yaml"] = kept["leadline.yaml"].replace(
        "[ webinar, webinar-follow-up ]", "[ load ]"
    )
    names = ", ".join(f"{name}: email" for name in CONNECTIONS)
    title = ", ".join(f"{name}: last_webinar" for name in CONNECTIONS)
    kept["data/contact.yaml"] = (
        f"email: {{ type: email, pii: true, names: {{ {names} }} }}\n"
        f"last_webinar: {{ type: text, names: {{ {title} }} }}\n"
    )
    for name in CONNECTIONS:
        kept[f"systems/{name}.yaml"] = example["systems/hubspot.yaml"]
    steps = "".join(
        f"  - step: save-{n}\n    save_to: {CONNECTIONS[n % 2]} contact\n"
        "    set: { last_webinar: event.title }\n"
        for n in range(SAVES)
    )
    kept["workflows/load.yaml"] = (
        "name: Load\nwhy: To measure the ledger.\nowner: marketing-ops@acme.example\n"
        "starts:\n  when: webinar.registered\n  once_per: event.webinar\n"
        f"steps:\n{steps}"
    )
    return kept


REGISTER = """
insert into event (
    bucket, id, contact_id, kind, name, properties, source, message_id, occurred_at, received_at
)
select n %% 1024, uuidv7(), uuidv7(), 'track', 'webinar.registered', jsonb_build_object(
        'webinar', 'data-quality', 'title', 'Data quality before automation',
        '$traits', jsonb_build_object('email', 'person-' || n || '-' || %(batch)s || '@example.com')
    ), 'benchmark', 'm-' || n || '-' || %(batch)s, now(), now()
from generate_series(1, %(people)s) n
"""


# ---------------------------------------------------------------- life


async def work_until_closed(directory: Path, name: str, first: str) -> None:
    """A worker process: it works until its input ends."""

    async def revive() -> None:
        raise RuntimeError("the server of the benchmark is gone")

    async with deployed(directory, max_connections=24) as ground:
        order = sorted(CONNECTIONS, key=lambda connection: connection != first)
        worker = await make_worker(ground, name, {c: toy_link(c) for c in order})
        worker.open_door = ToyDoor  # type: ignore[assignment]  # all that the toy's vendor needs
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Supervisor(worker, revive).run, stop)
            print("ready", flush=True)
            await anyio.to_thread.run_sync(sys.stdin.read)
            stop.set()


@contextmanager
def worker_processes(directory: Path) -> Iterator[None]:
    """Two workers; each is the first to ask for one of the connections."""
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, "--work", str(directory), "--first", first],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in CONNECTIONS
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.communicate()


async def live(ground: Ground, people: int, batch: str) -> float:
    """Take so many people through; return the actions a second."""
    wanted = SAVES * people
    before = await heard(ground)
    began = time.perf_counter()
    await ground.sql(REGISTER, people=people, batch=batch)
    while await heard(ground) - before < people:
        await asyncio.sleep(0.05)
    took = time.perf_counter() - began
    ((accepted, left),) = await ground.sql(
        "select (select count(*) from outcome where state = 'accepted'),"
        " (select count(*) from work)"
    )
    if left or accepted != SAVES * (before + people):
        raise RuntimeError(f"{accepted} actions were accepted, {left} are still to do")
    return wanted / took


async def heard(ground: Ground) -> int:
    """How many runs have heard of their last action."""
    ((ended,),) = await ground.sql("select count(*) from enrollment where ended_at is not null")
    assert isinstance(ended, int)
    return ended


async def measure_life(directory: Path, size: Size) -> float:
    async with deployed(directory) as ground:
        with worker_processes(directory):  # they have their own time
            while len({o for (o,) in await ground.sql("select owner from connection_lease")}) < 1:
                await asyncio.sleep(0.1)
            await live(ground, 500, "warm")
            await ground.sql("analyze")
            rates = [await live(ground, size.people, f"r{n}") for n in range(size.rounds)]
            owners = await ground.sql("select connection, owner from connection_lease")
            print(rates, owners, file=sys.stderr)
    return statistics.median(rates)


# ---------------------------------------------------------------- claims

CLAIMANTS = (2, 48)
FILL = """
insert into work (
    bucket, enrollment_id, step, visit, ordinal, connection, lane, state, due_at, retry_until
)
select n %% 1024, uuidv7(), 'save', 1, n, 'c' || (n %% %(claimants)s), 'transactional',
    'pending', now(), now() + interval '1 day'
from generate_series(1, %(rows)s) n
"""


async def claim_rate(ground: Ground, claimants: int, seconds: float) -> float:
    """Rows that so many claimants claim in a second, together."""
    await ground.sql("truncate work")
    await ground.sql(FILL, claimants=claimants, rows=400_000)
    await ground.sql("analyze work")
    ends = time.perf_counter() + seconds
    claimed = 0

    async def claim(number: int) -> None:
        nonlocal claimed
        while time.perf_counter() < ends:
            async with ground.store.transaction() as conn:
                due = await work.due_work(conn, f"c{number}", "transactional", CLAIMED_AT_ONCE)
                token = uuid4()
                found = await work.claim(conn, {row.key: token for row in due}, 10.0)
            if not found:
                raise RuntimeError("the work ran out: fill in more")
            claimed += len(found)

    began = time.perf_counter()
    await asyncio.gather(*(claim(number) for number in range(claimants)))
    return claimed / (time.perf_counter() - began)


async def measure_claims(directory: Path, size: Size) -> dict[int, float]:
    async with deployed(directory, max_connections=max(CLAIMANTS) + 2) as ground:
        found: dict[int, list[float]] = {claimants: [] for claimants in CLAIMANTS}
        for _ in range(size.rounds):
            for claimants in CLAIMANTS:
                found[claimants].append(await claim_rate(ground, claimants, size.claim_s))
    return {claimants: statistics.median(rates) for claimants, rates in found.items()}


def measure(size: Size) -> tuple[dict[str, float], dict[str, float]]:
    with project(files()) as directory:
        rate = uvloop.run(measure_life(directory, size))
        claims = uvloop.run(measure_claims(directory, size))
    few, many = (claims[claimants] for claimants in CLAIMANTS)
    figures = {
        "actions_per_s": round(rate),
        "claims_per_s_2": round(few),
        "claims_per_s_48": round(many),
    }
    return figures, {"claimants_48_over_2": round(many / few, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="about a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--work", metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--first", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        name = f"worker-{options.first}"
        arguments = (Path(options.work), name, options.first)
        anyio.run(work_until_closed, *arguments, backend_options={"use_uvloop": True})
        return
    figures, ratios = measure(QUICK if options.quick else FULL)
    if options.json:
        print(json.dumps({"benchmark": "ledger", "figures": figures, "ratios": ratios}))
        return
    print(f"actions through their whole life a second:    {figures['actions_per_s']:>8,}")
    print(f"rows claimed a second by 2 claimants:         {figures['claims_per_s_2']:>8,}")
    print(f"                        48 claimants:         {figures['claims_per_s_48']:>8,}")
    print(f"48 over 2:                                    {ratios['claimants_48_over_2']:>8}")


if __name__ == "__main__":
    main()
