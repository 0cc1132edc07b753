"""How many transitions a second the engine makes, with a million people asleep beside.

The workflow is the example project's, as ``leadline init`` writes it (but that no burst waits
for approval): each person who
registers gets a mail, is saved, is announced, and begins the follow-up, in which she sleeps.
That is five transitions (moves of the interpreter) and three intended actions; one process
makes them, in batches as the worker does, fsync and synchronous_commit on.

  ours   from the stored event on: routed, entered, moved. Each transition stores the run's
         state, the decision with its values and, where one is intended, the action with its
         work. What the vendors would answer is written by one statement between the rounds,
         outside of the clock (benchmarks/ledger.py measures that part).
  DBOS   a workflow of five steps, each a checkpoint, no outbox (which is in its favour), at
         the best of several concurrencies, in one process, on the same server.
  floor  plain SQL: the same rows, updated and inserted set-wise by the server itself,
         250 people a transaction, nothing decided and nothing sent from the client.

    python benchmarks/engine.py [--quick] [--json]

--quick: 300,000 instead of 1,000,000 people asleep, and fewer of everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ground.place import Ground, deployed, make_worker, memory_mb, project

from leadline.project.read import example_files
from leadline.runtime.buckets import RENEW_S
from leadline.runtime.people import LANES, PeopleLane
from leadline.runtime.worker import Worker
from leadline.store.embedded import DATABASE
from leadline.store.pool import database_url

FEW = 10_000
TRANSITIONS = 5


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    sleepers: int
    people: int
    rounds: int
    dbos_workflows: int


FULL = Size(sleepers=1_000_000, people=10_000, rounds=5, dbos_workflows=400)
QUICK = Size(sleepers=300_000, people=3_000, rounds=3, dbos_workflows=150)

REGISTER = """
insert into event (
    bucket, id, contact_id, kind, name, properties, source, message_id, occurred_at, received_at
)
select n %% 1024, uuidv7(), uuidv7(), 'track', 'webinar.registered', jsonb_build_object(
        'webinar', 'data-quality', 'title', 'Data quality before automation',
        'starts_at', to_char(now() + interval '10 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        '$traits', jsonb_build_object(
            'email', 'person-' || n || '@example.com', 'first_name', 'Ada',
            'company', 'Company ' || n, 'company_size', n %% 1000
        )
    ), 'benchmark', 'm-' || n || '-' || %(batch)s, now(), now()
from generate_series(1, %(people)s) n
"""
ANSWER = """
with answered as (
    update work set state = 'accepted', attempt = 1 where state = 'pending'
    returning bucket, enrollment_id, step, visit
)
insert into outcome (bucket, enrollment_id, step, visit, at, state, cause)
select bucket, enrollment_id, step, visit, now(), 'accepted', 'answer' from answered
"""
SLEEP = """
with one as (
    select e.*, c.extra, c.meta, c.f_email, c.f_first_name
    from enrollment e join contact c on c.bucket = e.bucket and c.id = e.contact_id
    where e.workflow = 'webinar-follow-up' and e.ended_at is null limit 1
), people as materialized (
    select n, uuidv7() as id, uuidv7() as contact_id from generate_series(1, %(people)s) n
), contacts as (
    insert into contact (
        bucket, id, extra, meta, created_at, updated_at, f_email, f_first_name
    )
    select n %% 1024, people.contact_id, extra, meta, now(), now(), n || f_email, f_first_name
    from people, one
)
insert into enrollment (
    bucket, id, workflow, release, contact_id, once_value, trigger_id, trigger_received_at,
    trigger_at, started_at, state, step, decisions, wake_at
)
select n %% 1024, people.id, workflow, release, people.contact_id, once_value, trigger_id,
    trigger_received_at, trigger_at, started_at, state, step, decisions,
    now() + interval '1 day' + n * interval '1 second'
from people, one
"""


async def run_people(ground: Ground, worker: Worker, people: int, batch: str) -> float:
    """Take so many people from their event to their sleep; return transitions a second."""
    await ground.sql(REGISTER, people=people, batch=batch)
    wanted = TRANSITIONS * people
    before = await transitions_made(ground)
    made, took = 0, 0.0
    while made < wanted:
        began = time.perf_counter()
        await asyncio.gather(*(run_lane(PeopleLane(worker, lane)) for lane in range(LANES)))
        took += time.perf_counter() - began
        await ground.sql(ANSWER)
        found = await transitions_made(ground) - before
        if found == made:  # its leases ran out while the disk was busy: it takes them again
            await worker.buckets.balance(worker.steps)
        made = found
    if made != wanted:
        raise RuntimeError(f"{people:,} people made {made:,} transitions, not {wanted:,}")
    return made / took


async def run_lane(lane: PeopleLane) -> None:
    """Route and advance until nothing is left to do."""
    while await lane.move() == 0.0:
        pass


async def transitions_made(ground: Ground) -> int:
    ((count,),) = await ground.sql("select count(*) from decision")
    assert isinstance(count, int)
    return count


async def sleep_people(ground: Ground, people: int) -> float:
    began = time.perf_counter()
    async with ground.store.connection() as conn:
        await conn.execute("set statement_timeout = 0")
        await conn.execute(SLEEP, {"people": people})  # type: ignore[arg-type]  # ours
        await conn.execute("vacuum analyze contact, enrollment")
        await conn.execute("checkpoint")
        await conn.execute("reset statement_timeout")
    return time.perf_counter() - began


async def keep_leases(worker: Worker) -> None:
    """Renew the leases of the buckets, as the worker's own loop does."""
    while True:
        await asyncio.sleep(RENEW_S)
        await worker.buckets.balance(worker.steps)


async def measure_ours(directory: Path, size: Size) -> dict[str, float]:
    async with deployed(directory) as ground:
        worker = await make_worker(ground, "benchmark", {})
        await worker.buckets.balance(worker.steps)
        renewing = asyncio.create_task(keep_leases(worker))
        await run_people(ground, worker, 500, "warm")  # statements, plans, files
        await sleep_people(ground, FEW)
        few = [await run_people(ground, worker, size.people, f"f{i}") for i in range(size.rounds)]
        few_mb = memory_mb()
        slept_s = await sleep_people(ground, size.sleepers - FEW)
        many = [await run_people(ground, worker, size.people, f"m{i}") for i in range(size.rounds)]
        floor = [await plain_sql(ground, size.people) for _ in range(size.rounds)]
        renewing.cancel()
    return {
        "transitions_per_s": round(statistics.median(many)),
        "transitions_per_s_few_sleepers": round(statistics.median(few)),
        "plain_sql_per_s": round(statistics.median(floor)),
        "sleepers": size.sleepers,
        "sleepers_inserted_s": round(slept_s, 1),
        "memory_mb_few_sleepers": round(few_mb, 1),
        "memory_mb": round(memory_mb(), 1),
    }


# ---------------------------------------------------------------- the floor

AT_ONCE = 250
TEMPLATE = (
    """
create temp table person as
select n, (n %% 1024)::smallint as bucket, uuidv7() as contact_id, uuidv7() as run,
    uuidv7() as child
from generate_series(0, %(people)s - 1) n
""",
    "create index on person (n)",
    """
create temp table model as
select e.id as run, c.id as child, e.contact_id, e.bucket
from enrollment e join enrollment c on c.parent_id = e.id
where e.end_reason = 'completed' limit 1
""",
    """
create temp table model_move as
select d.n, d.signal, d.records, (select state from enrollment where id = m.child) as state
from model m join decision d on d.bucket = m.bucket and d.enrollment_id = m.run
""",
    """
create temp table model_action as
select row_number() over (order by a.ordinal) - 1 as n, a.*
from model m join action a on a.bucket = m.bucket and a.enrollment_id = m.run
""",
)
ENTER = (
    """
insert into contact select (jsonb_populate_record(null::contact, to_jsonb(c)
    || jsonb_build_object('bucket', p.bucket, 'id', p.contact_id))).*
from person p, contact c join model m on m.bucket = c.bucket and m.contact_id = c.id
where p.n >= %(first)s and p.n < %(end)s
""",
    """
insert into entry (bucket, cause, workflow, contact_id, outcome, detail, enrollment_id,
    caused_at, at)
select p.bucket, p.run, 'webinar', p.contact_id, 'entered', '{}', p.run, now(), now()
from person p where p.n >= %(first)s and p.n < %(end)s
""",
    """
insert into enrollment (bucket, id, workflow, release, contact_id, once_value, trigger_id,
    trigger_received_at, trigger_at, started_at, state, wake_at)
select p.bucket, p.run, e.workflow, e.release, p.contact_id, e.once_value, p.run, now(), now(),
    now(), e.state, now()
from person p, enrollment e join model m on m.bucket = e.bucket and m.run = e.id
where p.n >= %(first)s and p.n < %(end)s
""",
)
MOVE = (
    """
update enrollment e set state = m.state, step = 'confirmation', decisions = m.n + 1,
    wake_at = case when m.n < 3 then now() + interval '1 day' end
from person p, model_move m
where p.n >= %(first)s and p.n < %(end)s and m.n = %(move)s
    and e.bucket = p.bucket and e.id = p.run
""",
    """
insert into decision select p.bucket, p.run, m.n, now(), m.signal, m.records
from person p, model_move m where p.n >= %(first)s and p.n < %(end)s and m.n = %(move)s
""",
    """
delete from work w using person p, model_action a
where p.n >= %(first)s and p.n < %(end)s and a.n = %(move)s - 1
    and w.bucket = p.bucket and w.enrollment_id = p.run and w.step = a.step and w.visit = a.visit
""",
    """
with intended as (
    insert into action (bucket, enrollment_id, step, visit, contact_id, workflow, release, kind,
        connection, lane, record, payload, payload_hash, intended_at, not_after, retry_until)
    select p.bucket, p.run, a.step, a.visit, p.contact_id, a.workflow, a.release, a.kind,
        a.connection, a.lane, a.record, a.payload, a.payload_hash, now(), a.not_after,
        a.retry_until
    from person p, model_action a where p.n >= %(first)s and p.n < %(end)s and a.n = %(move)s
    returning *
)
insert into work (bucket, enrollment_id, step, visit, ordinal, connection, lane, record, state,
    due_at, not_after, retry_until)
select bucket, enrollment_id, step, visit, ordinal, connection, lane, record, 'pending', now(),
    not_after, retry_until
from intended
""",
)
FOLLOW_UP = (
    """
insert into enrollment (bucket, id, workflow, release, contact_id, once_value, parent_id,
    trigger_id, trigger_received_at, trigger_at, started_at, state, step, decisions, wake_at)
select p.bucket, p.child, e.workflow, e.release, p.contact_id, e.once_value, p.run, p.run,
    now(), now(), now(), e.state, e.step, 0, now()
from person p, enrollment e join model m on m.bucket = e.bucket and m.child = e.id
where p.n >= %(first)s and p.n < %(end)s
""",
    """
insert into entry (bucket, cause, workflow, contact_id, outcome, detail, enrollment_id,
    caused_at, at)
select p.bucket, p.child, 'webinar-follow-up', p.contact_id, 'entered', '{}', p.child, now(),
    now()
from person p where p.n >= %(first)s and p.n < %(end)s
""",
)
FALL_ASLEEP = (
    """
update enrollment e set decisions = 1, wake_at = now() + interval '10 days'
from person p
where p.n >= %(first)s and p.n < %(end)s and e.bucket = p.bucket and e.id = p.child
""",
    """
insert into decision select p.bucket, p.child, 0, now(), m.signal, m.records
from person p, model_move m where p.n >= %(first)s and p.n < %(end)s and m.n = 0
""",
)


async def plain_sql(ground: Ground, people: int) -> float:
    """Write the rows of so many people with nothing but SQL; return transitions a second."""
    rounds = [ENTER, MOVE, MOVE, MOVE, (*MOVE[:3], *FOLLOW_UP), FALL_ASLEEP]
    async with ground.store.connection() as conn:
        await conn.execute("discard temp")
        for statement in TEMPLATE:
            await conn.execute(statement, {"people": people})  # type: ignore[arg-type]  # ours
        await conn.execute("analyze person, model_move, model_action")
        began = time.perf_counter()
        for number, statements in enumerate(rounds):
            for first in range(0, people, AT_ONCE):
                limits = {"first": first, "end": first + AT_ONCE, "move": number - 1}
                async with conn.transaction():
                    for statement in statements:
                        await conn.execute(statement, limits)  # type: ignore[arg-type]  # ours
        took = time.perf_counter() - began
        await conn.execute("delete from work")
    return TRANSITIONS * people / took


# ---------------------------------------------------------------- DBOS

CONCURRENCIES = (1, 16, 64)


def serve_dbos(url: str, workflows: int) -> None:
    """In a process of its own: print the best of the steps/s as the last line."""
    from dbos import DBOS, DBOSConfig  # noqa: PLC0415  # only this process needs it

    config: DBOSConfig = {
        "name": "benchmark",
        "system_database_url": url,
        "log_level": "ERROR",
        "max_executor_threads": max(CONCURRENCIES),
        "sys_db_pool_size": 20,
    }
    DBOS(config=config)
    names = ("confirmation", "crm", "tell-sales", "follow-up", "after-the-webinar")

    def make(name: str):
        @DBOS.step(name=name)
        def step(person: str) -> dict[str, str]:
            return {"step": name, "to": f"{person}@example.com", "is": "record.Intended"}

        return step

    steps = [make(name) for name in names]

    @DBOS.workflow()
    def webinar(person: str) -> str:
        for step in steps:
            step(person)
        return "completed"

    async def at(concurrency: int) -> float:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # only the process of DBOS needs it

        with ThreadPoolExecutor(concurrency) as threads:
            began = time.perf_counter()
            list(threads.map(webinar, (f"p{n}" for n in range(workflows))))
            return len(names) * workflows / (time.perf_counter() - began)

    DBOS.launch()
    webinar("warm")
    rates = [asyncio.run(at(concurrency)) for concurrency in CONCURRENCIES]
    print(json.dumps(max(rates)), flush=True)
    DBOS.destroy()


async def make_dbos_database(directory: Path) -> str:
    async with deployed(directory) as ground:
        await ground.sql("create database dbos_benchmark")
    return database_url(directory).replace(f"/{DATABASE}?", "/dbos_benchmark?")


def measure_dbos(directory: Path, size: Size) -> float:
    url = uvloop.run(make_dbos_database(directory))
    found = subprocess.run(
        [sys.executable, __file__, "--dbos", url, "--workflows", str(size.dbos_workflows)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return float(found.stdout.strip().splitlines()[-1])


def measure(size: Size) -> dict[str, float]:
    files = dict(example_files())
    calm = files["leadline.yaml"].replace("max_burst: 10000", "max_burst: 1000000000")
    with project(files | {"leadline.yaml": calm}) as directory:
        figures = uvloop.run(measure_ours(directory, size))
        figures["dbos_steps_per_s"] = round(measure_dbos(directory, size))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="about a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--dbos", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--workflows", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.dbos:
        serve_dbos(options.dbos, options.workflows)
        return
    figures = measure(QUICK if options.quick else FULL)
    ratios = {
        "dbos": figures["transitions_per_s"] / figures["dbos_steps_per_s"],
        "sleepers_1m_over_10k": figures["transitions_per_s_few_sleepers"]
        / figures["transitions_per_s"],
        "plain_sql": figures["transitions_per_s"] / figures["plain_sql_per_s"],
        "memory_1m_over_10k": figures["memory_mb"] / figures["memory_mb_few_sleepers"],
    }
    ratios = {name: round(value, 3) for name, value in ratios.items()}
    if options.json:
        print(json.dumps({"benchmark": "engine", "figures": figures, "ratios": ratios}))
        return
    for name, value in (figures | ratios).items():
        print(f"{name:32}{value:>12,}")


if __name__ == "__main__":
    main()
