"""The months of the event table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio
import pytest
from uuid_utils.compat import uuid7

from leadline.store import intake
from leadline.store.event_partitions import Month, ensure_event_partitions
from leadline.store.intake import NewEvent
from leadline.store.pool import Store, now

pytestmark = pytest.mark.anyio
DECEMBER = datetime(2031, 12, 15, tzinfo=UTC)


async def place(store: Store, received_at: datetime) -> str:
    """Store an event that arrived then; return the partition that it went to."""
    id_ = uuid7()
    event = NewEvent(
        1, id_, id_, "track", "x", "{}", "test", str(id_), received_at, received_at, None, None
    )
    async with store.transaction() as conn:
        await intake.insert_events(conn, [event])
        cursor = await conn.execute(
            "select tableoid::regclass::text from event where id = %s", [id_]
        )
        row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


async def ensure(store: Store, at: datetime) -> tuple[str, ...]:
    async with store.connection() as conn:
        return await ensure_event_partitions(conn, at)


async def test_months_are_made_ahead_over_the_turn_of_the_year(store: Store) -> None:
    assert await ensure(store, DECEMBER) == ("event_2031_12", "event_2032_01", "event_2032_02")
    assert await ensure(store, DECEMBER) == ()
    assert await ensure(store, DECEMBER + timedelta(days=30)) == ("event_2032_03",)
    last = datetime(2031, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert await place(store, last) == "event_2031_12"
    assert await place(store, Month(2032, 1).start) == "event_2032_01"
    assert await place(store, datetime(2033, 1, 1, tzinfo=UTC)) == "event_other"


async def test_events_that_came_before_their_month_was_made_move_to_it(store: Store) -> None:
    assert await place(store, DECEMBER) == "event_other"
    assert await place(store, DECEMBER + timedelta(days=365)) == "event_other"
    await ensure(store, DECEMBER)
    async with store.connection() as conn:
        cursor = await conn.execute("select tableoid::regclass::text from event order by 1")
        assert await cursor.fetchall() == [("event_2031_12",), ("event_other",)]


async def test_several_processes_make_a_month_once(store: Store) -> None:
    made: list[str] = []

    async def make() -> None:
        made.extend(await ensure(store, DECEMBER))

    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(make)
    assert sorted(made) == ["event_2031_12", "event_2032_01", "event_2032_02"]


async def test_message_ids_are_kept_ninety_days(store: Store) -> None:
    async with store.connection() as conn:
        time = await now(conn)
        kept = intake.MESSAGE_IDS_KEPT
        old, young = time - kept - timedelta(hours=1), time - kept + timedelta(hours=1)
        await intake.claim_message_ids(conn, "test", [("old", 1)], old)
        await intake.claim_message_ids(conn, "test", [("young", 1)], young)
        assert await intake.forget_message_ids(conn) == 1
        assert await intake.known_message_ids(conn, "test", ["old", "young"]) == {"young"}
