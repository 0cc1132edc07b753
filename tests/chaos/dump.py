"""The fourth recorder: every table of the store, row by row, and whether all is at rest."""

from __future__ import annotations

from typing import cast

from psycopg import sql
from psycopg.rows import dict_row

from leadline.store.pool import Connection
from tests.chaos.history import Json, Recorder, Row

TABLES = """
select c.relname as name from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by 1
"""
RESTLESS = """
select
    (select count(*) from event where routed_at is null) as "events not looked at",
    (select count(*) from work where state = 'pending') as "actions pending",
    (select count(*) from work where state = 'sending') as "actions being sent",
    (select count(*) from work where state = 'unknown') as "actions unknown",
    (select count(*) from work where state not in ('pending', 'sending', 'unknown', 'held'))
        as "actions settled, unheard",
    (select count(*) from enrollment where ended_at is null) as "runs not ended"
"""

PAGE = 1000
"""So many rows are held in memory at a time."""


async def restless(conn: Connection) -> dict[str, int]:
    """What is still to do: empty at rest. Every run of the toy project ends by itself."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(RESTLESS)
        found = await cursor.fetchone()
    assert found is not None
    return {name: int(count) for name, count in found.items() if count}


async def dump(conn: Connection, recorder: Recorder) -> int:
    """Write down every row of every table; return how many there were."""
    cursor = await conn.execute(TABLES)
    names = [str(row[0]) for row in await cursor.fetchall()]
    rows = 0
    for name in names:
        if name == "release":  # compiled programs: large, and nothing that is judged
            continue
        query = sql.SQL("select row_to_json(t) from {} t").format(sql.Identifier(name))
        async with conn.cursor(name="dump") as pages:
            await pages.execute(query)
            while page := await pages.fetchmany(PAGE):
                recorder.write(*(Row(name, cast("dict[str, Json]", row[0])) for row in page))
                rows += len(page)
    return rows
