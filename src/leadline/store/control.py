"""Releases, notices, incidents, and the log of what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import columns, fetch, fetch_one, run

_SQL = load("control")


class ReleaseRow(NamedTuple):
    """A compiled project as it is stored."""

    hash: str
    format: int
    program: object
    files: Mapping[str, str]
    created_at: datetime
    created_by: str


class Activation(NamedTuple):
    """When a release became the active one."""

    hash: str
    at: datetime
    by: str


class Notice(NamedTuple):
    """What a person must be told."""

    cause: str
    hour: datetime
    recipient: str
    sentence: str
    times: int
    first_at: datetime
    mailed_at: datetime | None
    not_mailed: str | None


class ToMail(NamedTuple):
    """A notice that was not mailed yet."""

    cause: str
    hour: datetime
    recipient: str
    sentence: str
    times: int
    first_at: datetime


class Telling(NamedTuple):
    """Something to tell, how often it happened."""

    cause: str
    recipient: str
    sentence: str
    times: int


class Incident(NamedTuple):
    """A finding of the running system that is open."""

    id: UUID
    cause: str
    sentence: str
    fix: str
    opened_at: datetime


class Audited(NamedTuple):
    """Something that a person did."""

    id: UUID
    at: datetime
    who: str
    what: str
    why: str
    detail: Mapping[str, object]


class _Hash(NamedTuple):
    hash: str


class _Id(NamedTuple):
    id: UUID


async def store_release(
    conn: Connection, release: ReleaseRow | tuple[str, int, object, Mapping[str, str]], by: str
) -> None:
    """Store a compiled project under its hash; one that is there already stays as it is."""
    params = {
        "hash": release[0],
        "format": release[1],
        "program": Jsonb(release[2]),
        "files": Jsonb(dict(release[3])),
        "by": by,
    }
    await run(conn, _SQL["store_release"], params)


async def hold_release(conn: Connection) -> None:
    """Let no other release become the active one until the transaction ends."""
    await run(conn, _SQL["hold_release"], {})


async def activate_release(conn: Connection, release: str, by: str) -> None:
    """Make a stored release the active one, once what works by the one before is stored."""
    await run(conn, _SQL["change_release"], {})
    await run(conn, _SQL["activate_release"], {"hash": release, "by": by})


async def active_release(conn: Connection) -> str | None:
    """Return the hash of the active release."""
    row = await fetch_one(conn, _SQL["active_release"], {}, _Hash)
    return row.hash if row else None


async def read_release(conn: Connection, release: str) -> ReleaseRow | None:
    """Read a stored release."""
    return await fetch_one(conn, _SQL["read_release"], {"hash": release}, ReleaseRow)


async def activations(conn: Connection, most: int) -> list[Activation]:
    """Read which releases were active, the newest first."""
    return await fetch(conn, _SQL["activations"], {"most": most}, Activation)


async def tell(conn: Connection, tellings: Sequence[Telling]) -> None:
    """Write notices, one a cause, hour and person."""
    if tellings:
        await run(conn, _SQL["tell"], columns(Telling._fields, tellings))


async def notices(conn: Connection, most: int) -> list[Notice]:
    """Read notices, the newest first."""
    return await fetch(conn, _SQL["notices"], {"most": most}, Notice)


async def notices_to_mail(conn: Connection, most: int) -> list[ToMail]:
    """Lock and read notices that were not mailed yet."""
    return await fetch(conn, _SQL["notices_to_mail"], {"most": most}, ToMail)


async def notice_mailed(conn: Connection, notice: ToMail, not_mailed: str | None = None) -> None:
    """Note that a notice was mailed, or why it is not."""
    params = {
        "cause": notice.cause,
        "hour": notice.hour,
        "recipient": notice.recipient,
        "not_mailed": not_mailed,
    }
    await run(conn, _SQL["notice_mailed"], params)


async def open_incident(conn: Connection, cause: str, sentence: str, fix: str) -> bool:
    """Open an incident; False where one of this cause is open already."""
    params = {"id": uuid7(), "cause": cause, "sentence": sentence, "fix": fix}
    return await fetch_one(conn, _SQL["open_incident"], params, _Id) is not None


async def resolve_incident(conn: Connection, cause: str) -> bool:
    """Close the incident of a cause; False where none was open."""
    return await fetch_one(conn, _SQL["resolve_incident"], {"cause": cause}, _Id) is not None


async def open_incidents(conn: Connection) -> list[Incident]:
    """Read the incidents that are open."""
    return await fetch(conn, _SQL["open_incidents"], {}, Incident)


async def audit(
    conn: Connection, who: str, what: str, why: str, detail: Mapping[str, object]
) -> None:
    """Note what a person did, and why."""
    params = {"id": uuid7(), "who": who, "what": what, "why": why, "detail": Jsonb(detail)}
    await run(conn, _SQL["audit"], params)


async def audited(conn: Connection, most: int) -> list[Audited]:
    """Read what people did, the newest first."""
    return await fetch(conn, _SQL["audited"], {"most": most}, Audited)


async def approve(conn: Connection, workflow: str, by: str) -> None:
    """Let the bursts of a workflow through that wait now."""
    await run(conn, _SQL["approve"], {"workflow": workflow, "by": by})
