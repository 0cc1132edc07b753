"""The statements of taking events in: their locks, and the plans that must not go bad."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import anyio
import pytest
from psycopg import errors

from leadline.errors import StoreUnavailable
from leadline.store import intake
from leadline.store.intake import Alias, Known
from leadline.store.load import load
from leadline.store.pool import Connection, Store

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 5, 4, tzinfo=UTC)


def known(value: str, person: int) -> Known:
    return Known("user", value, UUID(int=person), person)


async def link(conn: Connection, *values: str) -> None:
    await intake.link(conn, [known(value, 1) for value in values], NOW)


async def claim(conn: Connection, *values: str) -> None:
    await intake.claim_message_ids(conn, "test", [(value, 1) for value in values], NOW)


@pytest.mark.parametrize("write", [link, claim])
async def test_keys_are_locked_in_order_whatever_order_they_come_in(
    store: Store, write: Callable[..., Awaitable[None]]
) -> None:
    """Who waits for "m" does not hold "z" yet, so nobody who holds "m" can wait for him."""

    async def write_late_first() -> None:
        async with store.transaction() as conn:
            await write(conn, "z", "m")

    async with anyio.create_task_group() as tasks, store.transaction() as holder:
        await write(holder, "m")
        tasks.start_soon(write_late_first)
        async with store.connection() as other:
            await until_somebody_waits(other)
            async with other.transaction():
                await other.execute("set local lock_timeout = '5s'")
                await write(other, "z")


async def until_somebody_waits(conn: Connection) -> None:
    waiting = "select from pg_locks where not granted"
    with anyio.fail_after(30):
        while await (await conn.execute(waiting)).fetchone() is None:  # noqa: ASYNC110
            await anyio.sleep(0.01)  # nobody tells what another session does


async def test_an_identifier_that_another_linked_first_is_told(store: Store) -> None:
    async with store.transaction() as conn:
        assert await intake.link(conn, [known("a", 1)], NOW)
        assert not await intake.link(conn, [known("a", 2), known("b", 2)], NOW)


async def test_people_are_found_at_the_end_of_the_chain_with_all_their_names(
    store: Store,
) -> None:
    async with store.transaction() as conn:
        await intake.link(conn, [known("a", 1), known("b", 2), known("c", 3)], NOW)
        one, two, three = (UUID(int=n) for n in (1, 2, 3))
        await intake.join_people(conn, [Alias(one, 1, two, 2)], NOW)
        # Said about the first, it holds for who she is now.
        await intake.join_people(conn, [Alias(one, 1, three, 3)], NOW)
        found = await intake.people_of(conn, [("user", "a"), ("user", "b"), ("user", "nobody")])
        assert {(row.value, row.contact_id, row.bucket) for row in found} == {
            ("a", three, 3),
            ("b", three, 3),
        }
        names = await intake.strong_identifiers(conn, [three])
        assert {(row.contact_id, row.value) for row in names} == {
            (three, "a"),
            (three, "b"),
            (three, "c"),
        }


async def test_a_join_that_was_made_the_other_way_round_makes_no_circle(store: Store) -> None:
    async with store.transaction() as conn:
        one, two = UUID(int=1), UUID(int=2)
        await intake.join_people(conn, [Alias(one, 1, two, 2), Alias(two, 2, one, 1)], NOW)
        await intake.join_people(conn, [Alias(two, 2, one, 1)], NOW)
        cursor = await conn.execute("select loser, survivor from alias")
        assert await cursor.fetchall() == [(one, two)]


async def test_no_statement_reads_a_table_whole_however_small_it_was(store: Store) -> None:
    """A plan is prepared while the tables are tiny, and kept while they grow."""
    values: dict[str, object] = {
        "kind": ["user"],
        "value": ["a"],
        "ids": [UUID(int=1)],
    }
    async with store.transaction() as conn:
        await intake.link(conn, [known("a", 1)], NOW)
        await conn.execute("analyze identity, alias, message_id")
        await intake.start(conn)
        for name in ("people_of", "strong_identifiers", "survivors", "known_message_ids"):
            if name == "known_message_ids":
                values |= {"source": "test", "ids": ["a"]}
            cursor = await conn.execute(b"explain " + load("intake")[name].text.encode(), values)
            plan = "\n".join(str(row[0]) for row in await cursor.fetchall())
            for table in ("identity", "alias", "message_id"):
                assert f"Seq Scan on {table}" not in plan, plan


async def test_a_lock_that_is_not_had_in_time_is_trouble_that_passes(store: Store) -> None:
    async with store.transaction() as holder:
        await holder.execute("lock table identity in access exclusive mode")
        with pytest.raises(StoreUnavailable, match="too busy to store events") as caught:
            async with intake.transaction(store) as conn:
                await conn.execute("set local lock_timeout = '50ms'")
                await link(conn, "a")
    assert isinstance(caught.value.__cause__, errors.LockNotAvailable)
