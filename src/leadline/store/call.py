"""Requests to vendors: written before they are sent, with their members and slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from leadline.store.advance import Key
from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import columns, fetch, fetch_one, run

_SQL = load("call")


class NewCall(NamedTuple):
    """A request about to be sent; ``token`` is the claim that it belongs to."""

    connection: str
    id: UUID
    token: UUID
    label: str
    lane: str
    request_hash: str | None
    members: int
    timeout_s: float


class Began(NamedTuple):
    """When a call began, and before when it must be on its way."""

    began_at: datetime
    send_before: datetime


class CallRow(NamedTuple):
    """One request, as it is known."""

    id: UUID
    token: UUID
    label: str
    members: int
    began_at: datetime
    send_before: datetime
    answered_at: datetime | None
    answer: str | None


class Member(NamedTuple):
    """One action that a call carries; ``ref`` is its name at the vendor."""

    call_id: UUID
    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    ref: str | None

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class ByRef(NamedTuple):
    """An action found by its name at the vendor."""

    ref: str
    call_id: UUID
    bucket: int
    enrollment_id: UUID
    step: str
    visit: int

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class NewSlot(NamedTuple):
    """A place in a window; ``free_at`` None until the answer has come."""

    id: UUID
    span: str
    scope_key: str
    units: int
    lane: str | None
    free_at: datetime | None


class Freed(NamedTuple):
    """A place that frees at a time; ``total`` is the place into which it goes, or its own id."""

    id: UUID
    total: UUID
    free_at: datetime


class SlotRow(NamedTuple):
    """A place in a window, as it is stored; ``free_at`` None: its call was never answered."""

    id: UUID
    span: str
    scope_key: str
    units: int
    lane: str | None
    taken_at: datetime
    free_at: datetime | None
    send_before: datetime | None


class Health(NamedTuple):
    """How a connection answers."""

    connection: str
    state: str
    reason: str | None
    since: datetime
    last_ok_at: datetime | None


class NewReceipt(NamedTuple):
    """What a vendor told of an action."""

    id: UUID
    ref: str
    kind: str
    at: datetime
    reason: str | None = None
    permanent: bool = False
    recipient: str | None = None
    vendor_id: str | None = None


class ReceiptRow(NamedTuple):
    """What a vendor told of an action, not weighed yet."""

    id: UUID
    ref: str
    kind: str
    at: datetime
    reason: str | None
    permanent: bool
    recipient: str | None
    vendor_id: str | None
    received_at: datetime


class _Id(NamedTuple):
    id: UUID


class _At(NamedTuple):
    at: datetime | None


class _Record(NamedTuple):
    record: str


class OpenRecord(NamedTuple):
    """A vendor record that a call holds."""

    call_id: UUID
    record: str


async def begin_call(conn: Connection, call: NewCall) -> Began | None:
    """Write a call before it is sent; None where its claim was given back meanwhile."""
    await _lock_token(conn, call.connection, call.token)
    return await fetch_one(conn, _SQL["begin_call"], call._asdict(), Began)


async def insert_members(
    conn: Connection, connection: str, call_id: UUID, members: Mapping[Key, str | None]
) -> None:
    """Freeze what a call carries: action to its name at the vendor."""
    if members:
        rows = ((*key, ref) for key, ref in members.items())
        params = columns(("bucket", "enrollment_id", "step", "visit", "ref"), rows)
        scope = {"connection": connection, "call_id": call_id}
        await run(conn, _SQL["insert_members"], params | scope)


async def open_records(
    conn: Connection, connection: str, call_id: UUID, records: Sequence[str]
) -> set[str]:
    """Take vendor records for a call; return those that no other unsettled call holds."""
    if not records:
        return set()
    params = {"connection": connection, "call_id": call_id, "records": sorted(records)}
    return {row.record for row in await fetch(conn, _SQL["open_records"], params, _Record)}


async def reopen_records(
    conn: Connection, connection: str, token: UUID, records: Sequence[str]
) -> None:
    """Let go of those of the records that earlier calls of the same claim were answered about."""
    if records:
        params = {"connection": connection, "token": token, "records": sorted(records)}
        await run(conn, _SQL["reopen_records"], params)


async def close_records(
    conn: Connection, connection: str, call_ids: Sequence[UUID], records: Sequence[str]
) -> None:
    """Let go of vendor records that calls hold."""
    if call_ids and records:
        params = {"connection": connection, "call_ids": list(call_ids), "records": list(records)}
        await run(conn, _SQL["close_records"], params)


async def release_record(conn: Connection, connection: str, key: Key, record: str) -> None:
    """Let go of the vendor record of an action that a person settled."""
    _, enrollment_id, step, visit = key
    params = {
        "connection": connection,
        "enrollment_id": enrollment_id,
        "step": step,
        "visit": visit,
        "record": record,
    }
    await run(conn, _SQL["release_record"], params)


async def held_records(conn: Connection, connection: str, records: Sequence[str]) -> set[str]:
    """Return those of these records that an unsettled call holds."""
    params = {"connection": connection, "records": list(records)}
    return {row.record for row in await fetch(conn, _SQL["held_records"], params, _Record)}


async def records_over(
    conn: Connection, connection: str, after_s: float, most: int
) -> list[OpenRecord]:
    """Read the records of calls that should have been answered so many seconds ago."""
    params = {"connection": connection, "after_s": after_s, "most": most}
    return await fetch(conn, _SQL["records_over"], params, OpenRecord)


async def release_records(conn: Connection, connection: str, held: Sequence[OpenRecord]) -> None:
    """Let go of records that calls hold."""
    if held:
        params = columns(OpenRecord._fields, held)
        await run(conn, _SQL["release_records"], params | {"connection": connection})


async def end_call(conn: Connection, connection: str, call_id: UUID, answer: str) -> bool:
    """Note the answer of a call; False where one was noted before."""
    params = {"connection": connection, "id": call_id, "answer": answer}
    return await fetch_one(conn, _SQL["end_call"], params, _Id) is not None


async def void_token(conn: Connection, connection: str, token: UUID) -> bool:
    """Give back a claim of which no call exists, so that none can begin; False where one does."""
    await _lock_token(conn, connection, token)
    params = {"connection": connection, "token": token}
    return await fetch_one(conn, _SQL["void_token"], params, _Id) is not None


async def calls_of_tokens(
    conn: Connection, connection: str, tokens: Sequence[UUID]
) -> list[CallRow]:
    """Read the calls made under these claims, in order."""
    if not tokens:
        return []
    params = {"connection": connection, "tokens": list(tokens)}
    return await fetch(conn, _SQL["calls_of_tokens"], params, CallRow)


async def members_of_calls(
    conn: Connection, connection: str, call_ids: Sequence[UUID]
) -> list[Member]:
    """Read what calls carry."""
    if not call_ids:
        return []
    params = {"connection": connection, "call_ids": list(call_ids)}
    return await fetch(conn, _SQL["members_of_calls"], params, Member)


async def members_by_ref(conn: Connection, connection: str, refs: Sequence[str]) -> list[ByRef]:
    """Find actions by the names that the vendor knows them by."""
    if not refs:
        return []
    params = {"connection": connection, "refs": list(refs)}
    return await fetch(conn, _SQL["members_by_ref"], params, ByRef)


async def take_slots(
    conn: Connection, connection: str, slots: Sequence[NewSlot], call_id: UUID | None
) -> None:
    """Fill places of windows; ``call_id`` None where strangers filled them."""
    if slots:
        params: dict[str, object] = dict(columns(NewSlot._fields, slots))
        params |= {"connection": connection, "call_id": call_id}
        await run(conn, _SQL["take_slots"], params)


async def free_slots(conn: Connection, connection: str, freed: Sequence[Freed]) -> None:
    """Say when places become free; those with a total of their own name are added up into it.

    Harmless twice: what was added up is not there any more.
    """
    kept = [f for f in freed if f.total == f.id]
    if kept:
        params = columns(Freed._fields, kept)
        await run(conn, _SQL["free_slots"], params | {"connection": connection})
    added = [f for f in freed if f.total != f.id]
    if added:
        params = columns(Freed._fields, added)
        await run(conn, _SQL["add_up_slots"], params | {"connection": connection})


async def drop_free_slots(conn: Connection, connection: str) -> None:
    """Forget places that are free."""
    await run(conn, _SQL["drop_free_slots"], {"connection": connection})


async def slots(conn: Connection, connection: str) -> list[SlotRow]:
    """Read the places that are taken."""
    return await fetch(conn, _SQL["slots"], {"connection": connection}, SlotRow)


async def set_health(conn: Connection, connection: str, state: str, reason: str | None) -> None:
    """Note how a connection answers: ok, trouble or refused."""
    params = {"connection": connection, "state": state, "reason": reason}
    await run(conn, _SQL["set_health"], params)


async def health(conn: Connection) -> list[Health]:
    """Read how the connections answer."""
    return await fetch(conn, _SQL["health"], {}, Health)


async def feed_heard(conn: Connection, connection: str) -> datetime | None:
    """Return when the last call began of which the delivery feed has told."""
    row = await fetch_one(conn, _SQL["feed_heard"], {"connection": connection}, _At)
    return row.at if row else None


async def hear_feed(conn: Connection, connection: str, call_ids: Sequence[UUID]) -> None:
    """Note of which calls the delivery feed has told."""
    if call_ids:
        await run(conn, _SQL["hear_feed"], {"connection": connection, "call_ids": list(call_ids)})


async def insert_receipts(
    conn: Connection, connection: str, receipts: Sequence[NewReceipt]
) -> None:
    """Keep what a vendor told until it is weighed."""
    if receipts:
        params = columns(NewReceipt._fields, receipts)
        await run(conn, _SQL["insert_receipts"], params | {"connection": connection})


async def receipts(conn: Connection, connection: str, most: int) -> list[ReceiptRow]:
    """Read what was told and is to be weighed now, the longest due first."""
    params = {"connection": connection, "most": most}
    return await fetch(conn, _SQL["receipts"], params, ReceiptRow)


async def keep_receipts(conn: Connection, connection: str, ids: Sequence[UUID]) -> None:
    """Look at these again later."""
    if ids:
        await run(conn, _SQL["keep_receipts"], {"connection": connection, "ids": list(ids)})


async def drop_receipts(conn: Connection, connection: str, ids: Sequence[UUID]) -> None:
    """Forget what was weighed; its outcome is the record."""
    if ids:
        await run(conn, _SQL["drop_receipts"], {"connection": connection, "ids": list(ids)})


async def _lock_token(conn: Connection, connection: str, token: UUID) -> None:
    await run(conn, _SQL["lock_token"], {"connection": connection, "token": token})
