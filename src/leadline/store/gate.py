"""What the gate must know before anything is sent: suppressions and pauses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import fetch, run

_SQL = load("gate")


class Suppressed(NamedTuple):
    """An address, by its digest, that is never written to."""

    digest: str
    reason: str


class Pause(NamedTuple):
    """Something that stands still."""

    kind: str
    name: str
    reason: str
    by: str
    at: datetime


class _Digest(NamedTuple):
    digest: str


class _Name(NamedTuple):
    name: str


async def suppressed(conn: Connection, digests: Sequence[str]) -> dict[str, str]:
    """Return those of the digests that are suppressed, with the reason."""
    if not digests:
        return {}
    rows = await fetch(conn, _SQL["suppressed"], {"digests": list(digests)}, Suppressed)
    return {row.digest: row.reason for row in rows}


async def suppress(conn: Connection, digests: Sequence[str], reason: str, by: str) -> int:
    """Suppress addresses, by their digests; return how many were not suppressed before."""
    params = {"digests": sorted(digests), "reason": reason, "by": by}
    return len(await fetch(conn, _SQL["suppress"], params, _Digest))


async def unsuppress(conn: Connection, digests: Sequence[str]) -> int:
    """Lift suppressions; return how many there were."""
    return len(await fetch(conn, _SQL["unsuppress"], {"digests": list(digests)}, _Digest))


async def pauses(conn: Connection) -> list[Pause]:
    """Read what stands still."""
    return await fetch(conn, _SQL["pauses"], {}, Pause)


def stands_still(found: Sequence[Pause], connection: str) -> bool:
    """Say whether a connection is paused, by itself or with everything."""
    return any(
        p.kind == "everything" or (p.kind, p.name) == ("connection", connection) for p in found
    )


async def pause(conn: Connection, kind: str, name: str, reason: str, by: str) -> None:
    """Make something stand still: everything, a connection or a workflow."""
    await run(conn, _SQL["pause"], {"kind": kind, "name": name, "reason": reason, "by": by})


async def resume(conn: Connection, kind: str, name: str) -> bool:
    """Let something go on; False where it did not stand still."""
    rows = await fetch(conn, _SQL["resume"], {"kind": kind, "name": name}, _Name)
    return bool(rows)
