"""One claim's way to its calls: which records it may ask for again, and which it may not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import anyio
import pytest

from leadline.connectors.contract import Answered, Begun, CallIntent, NotNow, Place
from leadline.ledger.budget import Lane, Slot
from leadline.runtime.allowance import Budget, ClaimAllowance
from leadline.runtime.link import Clock, Link
from leadline.runtime.steps import LiveSteps
from leadline.store import gate, lease
from leadline.store.pool import Connection, Store, now
from tests.chaos.toy import TIMING, WINDOWS, connector_of

pytestmark = pytest.mark.anyio

OWNER = "w1"
KEYS = {f"{UUID(int=n)}/crm/1": (n, UUID(int=n), "crm", 1) for n in range(3)}
RECORDS = dict(zip(KEYS, ("ann@x.example", "bob@x.example", "cyd@x.example"), strict=True))


@pytest.fixture
async def budget(store: Store) -> Budget:
    windows = WINDOWS["crm"]
    link = Link(
        "crm",
        connector_of("crm"),
        settings=None,  # type: ignore[arg-type]  # no call is really made
        windows={name: window for name, (window, _) in windows.items()},
        calls={name: calls for name, (_, calls) in windows.items()},
    )
    async with store.connection() as conn:
        assert await lease.take_connection(conn, "crm", OWNER, 60) == 1
        return Budget(link, Clock(await now(conn)))


def claim(store: Store, budget: Budget) -> ClaimAllowance:
    until: datetime = budget.clock.now() + TIMING.time_out + TIMING.margin + timedelta(seconds=5)
    token = uuid4()
    return ClaimAllowance(
        budget, LiveSteps(store), OWNER, 1, token, Lane.TRANSACTIONAL, KEYS, until
    )


def write(*numbers: int) -> CallIntent:
    keys = tuple(list(KEYS)[n] for n in numbers)
    records = tuple(RECORDS[key] for key in keys)
    return CallIntent("POST /batch", keys, records, (Place("batch"),), 1, "hash", 2.0)


async def test_a_batch_that_was_refused_whole_is_asked_for_again_in_halves(
    store: Store, budget: Budget
) -> None:
    mine = claim(store, budget)
    whole = await mine.begin(write(0, 1, 2))
    assert isinstance(whole, Begun)
    await mine.end(whole.call_id, Answered(sent=True, words="400"))
    for half in (write(0, 1), write(2)):
        begun = await mine.begin(half)
        assert isinstance(begun, Begun)
        await mine.end(begun.call_id, Answered(sent=True, words="200"))


async def test_a_record_in_doubt_is_not_written_again(store: Store, budget: Budget) -> None:
    mine = claim(store, budget)
    whole = await mine.begin(write(0, 1))
    assert isinstance(whole, Begun)
    assert isinstance(await mine.begin(write(0)), NotNow), "it is still under way"
    await mine.end(whole.call_id, Answered(sent=True, words="no answer: the connection was cut"))
    assert isinstance(await mine.begin(write(0)), NotNow)


async def test_another_claim_waits_until_the_first_is_settled(store: Store, budget: Budget) -> None:
    mine, other = claim(store, budget), claim(store, budget)
    whole = await mine.begin(write(0, 1))
    assert isinstance(whole, Begun)
    await mine.end(whole.call_id, Answered(sent=True, words="400"))
    assert isinstance(await other.begin(write(1)), NotNow)
    assert isinstance(await mine.begin(write(1)), Begun)


async def test_what_was_suppressed_while_a_claim_waited_for_its_slot_does_not_go_out(
    store: Store, budget: Budget
) -> None:
    async def shut(conn: Connection) -> str | None:
        found = await gate.suppressed(conn, ["digest-of-ann"])
        return "the address was suppressed meanwhile" if found else None

    mine = claim(store, budget)
    mine.gate = shut
    begun = await mine.begin(write(0))
    assert isinstance(begun, Begun)
    await mine.end(begun.call_id, Answered(sent=True, words="400"))
    async with store.connection() as conn:
        await gate.suppress(conn, ["digest-of-ann"], "asked", "ann")
    held = len(budget.slots)
    refused = await mine.begin(write(0))
    assert isinstance(refused, NotNow)
    assert "suppressed" in refused.reason
    assert len(budget.slots) == held, "it holds no slot"


async def test_a_call_is_written_down_before_its_slot_frees_and_leaves_when_it_does(
    store: Store, budget: Budget
) -> None:
    frees_at = full(budget, timedelta(milliseconds=400))
    begun: list[Begun | NotNow] = []
    left_at: list[datetime] = []

    async def begin() -> None:
        begun.append(await claim(store, budget).begin(write(0)))
        left_at.append(budget.clock.now())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(begin)
        await written_ahead(budget)
        assert budget.clock.now() < frees_at
    assert isinstance(begun[0], Begun)
    assert left_at[0] >= frees_at
    async with store.connection() as conn:
        cursor = await conn.execute("select began_at from call where answered_at is null")
        ((written_at,),) = await cursor.fetchall()
    assert written_at < frees_at
    assert budget.ahead == {}


async def test_calls_written_ahead_leave_one_by_one_as_slots_free(
    store: Store, budget: Budget
) -> None:
    first = full(budget, timedelta(milliseconds=300), units=1)
    second = full(budget, timedelta(milliseconds=380), units=9)
    left_at: list[datetime] = []

    async def begin(number: int) -> None:
        assert isinstance(await claim(store, budget).begin(write(number)), Begun)
        left_at.append(budget.clock.now())

    async with anyio.create_task_group() as tasks:
        for number in (0, 1):
            tasks.start_soon(begin, number)
            await anyio.sleep(0.01)
    assert first <= left_at[0] < second <= left_at[1]


async def test_what_strangers_take_meanwhile_holds_a_call_back_that_is_written_already(
    store: Store, budget: Budget
) -> None:
    frees_at = full(budget, timedelta(milliseconds=300))
    left_at: list[datetime] = []

    async def begin() -> None:
        assert isinstance(await claim(store, budget).begin(write(0)), Begun)
        left_at.append(budget.clock.now())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(begin)
        await written_ahead(budget)
        later = frees_at + timedelta(milliseconds=300)
        budget.slots[uuid4()] = Slot("batch", "", later, 10, None)
    assert left_at[0] >= later


def full(budget: Budget, frees_in: timedelta, units: int = 10) -> datetime:
    """Have others of ours hold so much of the window of batches; return when it frees."""
    at = budget.clock.now() + frees_in
    budget.slots[uuid4()] = Slot("batch", "", at, units, Lane.TRANSACTIONAL)
    return at


async def written_ahead(budget: Budget) -> None:
    """Wait until a call is about to be written down."""
    while not budget.ahead:  # noqa: ASYNC110  # nothing tells of it
        await anyio.sleep(0.005)
