"""Leases of buckets and of connections, and the workers that hold them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import fetch, fetch_one, run

_SQL = load("lease")
SHARE = 16
"""A bucket lease covers this many buckets, from its number on."""
LEASES = tuple(range(0, 1024, SHARE))


class Held(NamedTuple):
    """A bucket lease: its first bucket and the epoch in which it is held."""

    bucket: int
    epoch: int


class _Epoch(NamedTuple):
    epoch: int


class _Id(NamedTuple):
    id: str


class Owner(NamedTuple):
    """Who calls a connection now."""

    connection: str
    owner: str


def lease_of(bucket: int) -> int:
    """Return the lease that covers a bucket."""
    return bucket - bucket % SHARE


async def worker_seen(conn: Connection, worker: str) -> None:
    """Note that a worker lives."""
    await run(conn, _SQL["worker_seen"], {"id": worker, "pid": os.getpid()})


async def workers_alive(conn: Connection, alive_s: float) -> list[str]:
    """List the workers seen within the last seconds."""
    rows = await fetch(conn, _SQL["workers_alive"], {"alive_s": alive_s}, _Id)
    return [row.id for row in rows]


async def forget_workers(conn: Connection) -> None:
    """Forget workers that were not seen for a day."""
    await run(conn, _SQL["forget_workers"], {})


async def worker_gone(conn: Connection, worker: str) -> None:
    """Note that a worker left in good order."""
    await run(conn, _SQL["worker_gone"], {"id": worker})


async def renew_buckets(
    conn: Connection, worker: str, leases: Sequence[int], lease_s: float
) -> list[Held]:
    """Prolong what is held; what does not come back was lost."""
    params = {"owner": worker, "buckets": list(leases), "lease_s": lease_s}
    return await fetch(conn, _SQL["buckets_renew"], params, Held)


async def take_buckets(conn: Connection, worker: str, most: int, lease_s: float) -> list[Held]:
    """Take up to ``most`` leases that nobody holds."""
    params = {"owner": worker, "buckets": list(LEASES), "most": most, "lease_s": lease_s}
    return await fetch(conn, _SQL["buckets_take"], params, Held)


async def give_back_buckets(conn: Connection, worker: str, leases: Sequence[int]) -> None:
    """Let go of leases, so that another worker takes them at once."""
    await run(conn, _SQL["buckets_give_back"], {"owner": worker, "buckets": list(leases)})


async def hold_buckets(conn: Connection, worker: str, held: Sequence[Held]) -> bool:
    """Lock these leases against a take-over until the transaction ends; False if one is lost."""
    params = {"owner": worker, "buckets": [h.bucket for h in held]}
    found = await fetch(conn, _SQL["buckets_hold"], params, Held)
    return set(found) == set(held)


async def take_connection(
    conn: Connection, connection: str, worker: str, lease_s: float
) -> int | None:
    """Become the one who calls a connection; return the epoch, None while another holds it."""
    params = {"connection": connection, "owner": worker, "lease_s": lease_s}
    row = await fetch_one(conn, _SQL["connection_take"], params, _Epoch)
    if row is None and await run(conn, _SQL["connection_known"], {"connection": connection}):
        row = await fetch_one(conn, _SQL["connection_take"], params, _Epoch)
    return row.epoch if row else None


async def renew_connection(
    conn: Connection, connection: str, worker: str, epoch: int, lease_s: float
) -> bool:
    """Prolong the lease of a connection; False where it was lost."""
    params = {"connection": connection, "owner": worker, "epoch": epoch, "lease_s": lease_s}
    return await fetch_one(conn, _SQL["connection_renew"], params, _Epoch) is not None


async def give_back_connection(conn: Connection, connection: str, worker: str, epoch: int) -> None:
    """Let go of a connection, so that another worker takes it at once."""
    params = {"connection": connection, "owner": worker, "epoch": epoch}
    await run(conn, _SQL["connection_give_back"], params)


async def hold_connection(conn: Connection, connection: str, worker: str, epoch: int) -> bool:
    """Lock the connection's lease against a take-over until the transaction ends."""
    params = {"connection": connection, "owner": worker, "epoch": epoch}
    return await fetch_one(conn, _SQL["connection_hold"], params, _Epoch) is not None


async def connection_owners(conn: Connection) -> list[Owner]:
    """List who calls which connection now."""
    return await fetch(conn, _SQL["connection_owners"], {}, Owner)
