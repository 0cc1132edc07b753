"""The ledger protocol in real PostgreSQL, one step of the model at a time.

Every step is what the runtime does at that border: its own transactions where it has one
(beginning and ending a call, settling, recovering, weighing evidence), and the store's statements
otherwise. What is made up is the vendor, and time: the leases are hours long, so that nothing ends
by itself, and a step that stands for their end sets the clock of its rows back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from anyio.from_thread import BlockingPortal, start_blocking_portal
from uuid_utils.compat import uuid7

from leadline.connectors.contract import Answered, Begun, CallIntent, NotNow, Settings
from leadline.ledger.budget import Lane
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles, Unavailable, Verdict
from leadline.ledger.transitions import Cause, State
from leadline.runtime.allowance import Budget, ClaimAllowance
from leadline.runtime.buckets import Buckets
from leadline.runtime.claim import _ready_records
from leadline.runtime.command import REPLAY, _restore
from leadline.runtime.evidence import weigh_receipts
from leadline.runtime.link import Clock, Link
from leadline.runtime.recover import _let_go, recover
from leadline.runtime.settle import Told, Under, settle_all
from leadline.runtime.steps import LiveSteps
from leadline.runtime.worker import Worker
from leadline.store import advance, lease, work
from leadline.store import call as calls
from leadline.store.advance import Key, NewAction
from leadline.store.pool import Connection, Store, now, open_store
from leadline.store.request import RequestRow
from leadline.store.secret_key import SecretKey
from leadline.store.work import Move
from tests.chaos.toy import connector_of

T = TypeVar("T")

HOUR = timedelta(hours=1)
TIMING = CallTiming(time_out=HOUR, margin=HOUR, vendor_processing=HOUR, read_back=HOUR)
LEASE = TIMING.time_out + TIMING.margin
PROVED = 4 * HOUR
"""So long after its lease has ended a call is over, and its effect can be seen."""
BUCKET = 7


class Seen(NamedTuple):
    """What the store says, in the words of the model."""

    states: tuple[tuple[str, int], ...]
    """Of each action where it stands, and the call under which it is sent or in doubt, else -1."""
    claimable: Mapping[str, tuple[int, ...]]
    """Of each record the actions that a worker would claim now, in order."""
    held: frozenset[str]
    """Records that an unsettled call holds."""
    orphaned: frozenset[int]
    """Calls whose lease has ended while they were being sent."""
    in_doubt: frozenset[int]
    """Calls that a worker would look up now."""
    begun: frozenset[int]
    """Calls that stand in the store."""


@dataclass
class _Call:
    """One claim as its worker knows it."""

    token: UUID
    members: tuple[int, ...]
    allowance: ClaimAllowance
    id: UUID | None = None


@dataclass
class Ledger:
    """One connection in a store; ``record`` of an action is None where nothing is written."""

    portal: BlockingPortal
    store: Store
    settles: Settles
    name: str = field(default_factory=lambda: f"toy-{uuid7()}")
    run: UUID = field(default_factory=uuid7)
    records: list[str | None] = field(default_factory=list[str | None])
    calls: list[_Call] = field(default_factory=list[_Call])
    _last_seen: Seen | None = None

    def __post_init__(self) -> None:
        toy = connector_of("crm")
        settles = self.settles
        connector = replace(toy, timing=TIMING, settles=lambda _: settles)
        self.link = Link(self.name, connector, Settings(self.name, {}, {}), {}, {})
        self.worker = Worker(
            name="beside",
            environment="dev",
            steps=LiveSteps(self.store),
            secret=SecretKey(b"no secret"),
            links={self.name: self.link},
            open_door=None,  # type: ignore[arg-type]  # the vendor is made up
            draw=lambda: 0.5,
            buckets=Buckets("beside"),
        )
        self.epoch, self.budget = self._do(self._own)

    async def _own(self, conn: Connection) -> tuple[int, Budget]:
        epoch = await lease.take_connection(conn, self.name, "beside", 24 * HOUR.total_seconds())
        assert epoch is not None
        return epoch, Budget(self.link, Clock(await now(conn)))

    def _do(self, step: Callable[..., Awaitable[T]], *given: object) -> T:
        """Run a step in one transaction of its own."""

        async def transaction() -> T:
            return await self.worker.steps.transaction("step", lambda conn: step(conn, *given))

        return self._run(transaction)

    def _run(self, step: Callable[..., Awaitable[T]], *given: object) -> T:
        """Run what makes its own transactions; what was seen before may be so no more."""
        self._last_seen = None
        return self.portal.call(step, *given)

    # ------------------------------------------------------------ intents and claims

    def intend(self, record: str | None) -> None:
        """One more action, the last in ledger order."""
        self.records.append(record)
        self._do(self._intend, len(self.records) - 1, record)

    async def _intend(self, conn: Connection, i: int, record: str | None) -> None:
        until = await now(conn) + timedelta(days=30)
        action = NewAction(
            *self.key(i),
            contact_id=self.run,
            workflow="w",
            release="r",
            kind="mail" if record is None else "save",
            connection=self.name,
            lane=Lane.TRANSACTIONAL,
            record=record,
            payload=b"{}",
            payload_hash="h",
            not_after=None,
            retry_until=until,
            delay_s=0.0,
        )
        await advance.insert_actions(conn, [action])

    def key(self, i: int) -> Key:
        return (BUCKET, self.run, f"a{i}", 1)

    def _number(self, key: tuple[object, ...]) -> int:
        return int(str(key[2]).removeprefix("a"))

    def claim(self, members: Sequence[int], superseded: Sequence[int] = ()) -> None:
        """Claim pending actions under a new token; those whose every field it overwrites end."""
        token = uuid7()
        members_ = {self._member(i): self.key(i) for i in members}
        until = self.budget.clock.now() + LEASE
        allowance = ClaimAllowance(
            self.budget,
            self.worker.steps,
            self.worker.name,
            self.epoch,
            token,
            Lane.TRANSACTIONAL,
            members_,
            until,
        )
        self.calls.append(_Call(token, tuple(members), allowance))
        self._do(self._claim, token, members, superseded)

    async def _claim(
        self, conn: Connection, token: UUID, members: Sequence[int], superseded: Sequence[int]
    ) -> None:
        wanted = dict.fromkeys((self.key(i) for i in members), token)
        claimed = await work.claim(conn, wanted, LEASE.total_seconds())
        assert len(claimed) == len(wanted)
        gone = [self._moved(i, State.PENDING, State.SUPERSEDED, Cause.COALESCE) for i in superseded]
        assert len(await work.move(conn, gone)) == len(gone)

    def _member(self, i: int) -> str:
        return f"{self.run}/a{i}/1"

    def _moved(self, i: int, before: State, after: State, cause: Cause) -> Move:
        return Move(*self.key(i), before, after, None, None, cause, None, None, None)

    # ------------------------------------------------------------ calls

    def begin(self, c: int) -> bool:
        """Write a call down before it is sent; False where it must not be."""
        call = self.calls[c]
        records = tuple({r for i in call.members if (r := self.records[i]) is not None})
        members = tuple(self._member(i) for i in call.members)
        refs = {member: f"{call.token}:{member}" for member in members}
        intent = CallIntent("toy", members, records, (), 1, None, HOUR.total_seconds(), refs)  # type: ignore[arg-type]
        begun = self._run(call.allowance.begin, intent)
        if isinstance(begun, Begun):
            call.id = begun.call_id
            return True
        assert isinstance(begun, NotNow)
        self.settle(c, Unavailable(begun.reason))
        return False

    def answered(self, c: int, words: str) -> None:
        """The call ended, with an answer or without."""
        call = self.calls[c]
        assert call.id is not None
        self._run(call.allowance.end, call.id, Answered(True, words))

    def settle(self, c: int, verdict: Verdict) -> None:
        """Write what the call led to; what comes too late is kept, and weighed at once."""
        call = self.calls[c]
        under = Under(State.SENDING, call.token, call.allowance.lease_until, call.id)
        self._do(self._settle, call.members, verdict, under)
        self._weigh()

    async def _settle(
        self, conn: Connection, members: Sequence[int], verdict: Verdict, under: Under
    ) -> None:
        until = await now(conn) + timedelta(days=30)
        found = [Told(self.key(i), self.records[i], verdict, 1, until) for i in members]
        await settle_all(conn, self.worker, self.link, found, under)

    # ------------------------------------------------------------ leases, recovery, doubt

    def lease_ends(self, c: int) -> None:
        """The time of a claim is over."""
        self._do(self._pass, self.calls[c].token, LEASE)

    async def _pass(self, conn: Connection, token: UUID, time: timedelta) -> None:
        params = {"name": self.name, "token": token, "time": time}
        await conn.execute(
            "update work set lease_until = lease_until - %(time)s,"
            " due_at = case when state = 'unknown' then due_at - %(time)s else due_at end"
            " where connection = %(name)s and token = %(token)s",
            params,
        )
        await conn.execute(
            "update call set began_at = began_at - %(time)s, send_before = send_before - %(time)s"
            " where connection = %(name)s and token = %(token)s and not void",
            params,
        )

    def recover(self) -> None:
        """Settle all that dead workers left."""
        self._run(recover, self.worker, self.link, self.epoch)
        self._weigh()

    def look_up(self, c: int, verdict: Verdict) -> None:
        """Enough time has passed to prove what became of a call: write what is found."""
        self._do(self._pass, self.calls[c].token, PROVED)
        self._do(self._look_up, c, verdict)
        self._weigh()

    async def _look_up(self, conn: Connection, c: int, verdict: Verdict) -> None:
        call = self.calls[c]
        rows = [r for r in await self._doubtful(conn) if r.token == call.token]
        if rows:
            until = rows[0].retry_until
            found = [Told(r.key, r.record, verdict, r.attempt, until) for r in rows]
            under = Under(State.UNKNOWN, call.token, rows[0].lease_until, call.id)
            await settle_all(conn, self.worker, self.link, found, under)
        await _let_go(conn, self.link)

    async def _doubtful(self, conn: Connection) -> list[work.UnknownWork]:
        return await work.unknown_to_verify(conn, self.name, 500)

    def _weigh(self) -> None:
        """Weigh what was kept; time has passed for that, and for what is to be tried again."""
        self._do(self._wait)
        self._run(weigh_receipts, self.worker, self.link, self.epoch)
        self._do(self._wait)

    async def _wait(self, conn: Connection) -> None:
        await conn.execute("update receipt set due_at = now() where connection = %s", [self.name])
        await conn.execute(
            "update work set due_at = now() where connection = %s and state = 'pending'",
            [self.name],
        )

    # ------------------------------------------------------------ what people and runs do

    def settled_by_person(self, i: int, to: State) -> None:
        """A named person says what became of a held action."""
        change = self._moved(i, State.HELD, to, Cause.PERSON)
        assert len(self._do(work.move, [change])) == 1
        self._do(self._wait)

    def heard(self, i: int) -> None:
        """The run hears that its action is over."""
        self._do(self._heard, i)

    async def _heard(self, conn: Connection, i: int) -> None:
        settled = await advance.settled_work(conn, [BUCKET], 10_000)
        key = self.key(i)
        await advance.forget_heard_work(conn, [s for s in settled if tuple(s[:4]) == key])

    def replay(self, i: int) -> None:
        """A named person has a failed action sent again, after its run has heard of the failure."""
        self.heard(i)
        self._do(self._replay, i)

    async def _replay(self, conn: Connection, i: int) -> None:
        bucket, run, step, visit = self.key(i)
        asked = RequestRow(bucket, uuid7(), run, REPLAY, step, visit, "ann", "x", await now(conn))
        assert await _restore(conn, [asked]) == set()

    # ------------------------------------------------------------ what the store says

    def seen(self) -> Seen:
        """What stands there now; read again only after something was written."""
        seen = self._last_seen
        if seen is None:
            seen = self._last_seen = self._do(self._seen)
        return seen

    async def _seen(self, conn: Connection) -> Seen:
        numbers = {call.token: c for c, call in enumerate(self.calls)}
        keys = [self.key(i) for i in range(len(self.records))]
        standing = {self._number(s): s for s in await work.standing(conn, keys)}
        states = tuple(
            (str(s.state), numbers[s.token] if s.state in ("sending", "unknown") else -1)  # type: ignore[index]
            for _, s in sorted(standing.items())
        )
        records = sorted({r for r in self.records if r is not None})
        held = await calls.held_records(conn, self.name, records)
        orphans = await work.orphaned_claims(conn, self.name, 500)
        made = await calls.calls_of_tokens(conn, self.name, list(numbers))
        return Seen(
            states,
            await self._claimable(conn, records, held),
            frozenset(held),
            frozenset(numbers[o.token] for o in orphans),
            frozenset(numbers[r.token] for r in await self._doubtful(conn)),
            frozenset(numbers[m.token] for m in made),
        )

    async def _claimable(
        self, conn: Connection, records: Sequence[str], held: set[str]
    ) -> dict[str, tuple[int, ...]]:
        """As the claiming transaction reads it."""
        moment = await now(conn)
        due = await work.due_work(conn, self.name, Lane.TRANSACTIONAL, 500)
        found: dict[str, list[int]] = {}
        for one in due:
            if one.record is None:
                number = self._number(one.key)
                found.setdefault(str(number), []).append(number)
        rows = await work.work_of_records(conn, self.name, records)
        ready = _ready_records(
            [r for r in rows if r.record not in held], Lane.TRANSACTIONAL, moment
        )
        for row in ready:
            found.setdefault(str(row.record), []).append(self._number(row.key))
        return {record: tuple(numbers) for record, numbers in found.items()}


@contextmanager
def open_ledgers(url: str) -> Iterator[partial[Ledger]]:
    """Make ledgers in one store, each a connection of its own."""
    with start_blocking_portal("asyncio") as portal:

        async def opened() -> Store:
            return await open_store(url, role="test")

        store = portal.call(opened)
        with portal.wrap_async_context_manager(store):
            yield partial(Ledger, portal, store)
