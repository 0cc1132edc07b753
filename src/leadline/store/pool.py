"""Connections to the store: opened when needed, kept, and given back whatever happens.

The pool is our own (docs/adr/0002-own-pool.md): it connects at the pace of its callers,
so that a refusal reaches the one who asked at once and with its reason, and it gives
connections back under a shield, so that a cancelled task cannot lose one.

Retrying is the caller's decision: a lost connection raises StoreUnavailable. Where that
happens during a commit, the transaction may or may not have happened.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import orjson
import psycopg
from psycopg import conninfo, errors
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_dumps, set_json_loads

from leadline.errors import DiskFull, LeadlineError, StoreUnavailable, UsageError
from leadline.store import embedded

URL_VARIABLE = "LEADLINE_DATABASE_URL"
OLDEST_MAJOR = 18
CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 30.0
# A process frozen inside a transaction holds its row locks no longer than this.
IDLE_IN_TRANSACTION_S = 60
MAX_AGE_S = 3600.0  # a backend keeps what it once needed: renew it now and then
CLOSE_TIMEOUT_S = 2.0

type_of_loss = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,  # the server became a standby: another is the primary now
)

Connection = psycopg.AsyncConnection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Store:
    """One open database: a bounded number of connections, all alike.

    ``where`` names the database for people, without its password.
    """

    url: str
    where: str
    role: str
    statement_timeout_s: float
    _places: anyio.CapacityLimiter
    _idle: list[tuple[Connection, float]]

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """Lend a connection that commits each statement by itself.

        Waits while all are lent. Raises StoreUnavailable or DiskFull.
        """
        async with self._places:
            connection, born = await self._take()
            try:
                yield connection
            except psycopg.Error as error:
                trouble = _explain(error, self.where, lost=connection.closed)
                if trouble is None:
                    raise
                if isinstance(trouble, StoreUnavailable):
                    await self._forget_idle()
                    await _close(connection)
                raise trouble from error
            finally:
                await self._give_back(connection, born)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection]:
        """Lend a connection inside a transaction: committed at the end, undone by an exception."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Close what is idle; a connection still lent is closed when it comes back."""
        self._places.total_tokens = 1
        await self._forget_idle()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _take(self) -> tuple[Connection, float]:
        while self._idle:
            connection, born = self._idle.pop()
            if not connection.closed and time.monotonic() - born < MAX_AGE_S:
                return connection, born
            await _close(connection)
        return await _connect(self), time.monotonic()

    async def _give_back(self, connection: Connection, born: float) -> None:
        if connection.info.transaction_status is TransactionStatus.IDLE:
            self._idle.append((connection, born))
        else:  # cancelled in the middle, or lost
            await _close(connection)

    async def _forget_idle(self) -> None:
        while self._idle:
            await _close(self._idle.pop()[0])


async def open_store(
    url: str,
    *,
    role: str = "worker",
    max_connections: int = 8,
    statement_timeout_s: float = STATEMENT_TIMEOUT_S,
) -> Store:
    """Open the database at the address, having seen that it answers and can carry us.

    ``role`` stands in the server's list of connections (``leadline/<role>``). Raises
    StoreUnavailable, or UsageError for an address that is none.
    """
    store = Store(
        url,
        describe(url),
        role,
        statement_timeout_s,
        anyio.CapacityLimiter(max_connections),
        [],
    )
    async with store.connection() as connection:
        _check_server(connection, store.where)
    return store


def database_url(project_dir: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return the address of the project's database: the environment's, else the embedded one's.

    Blocks while an embedded server starts; see embedded.ensure for the errors.
    """
    return environ.get(URL_VARIABLE) or embedded.ensure(project_dir)


def describe(url: str) -> str:
    """Name the database for people: host, port and database, never user's password."""
    parts = _parse(url)
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    port = parts.get("port") or "5432"
    name = parts.get("dbname") or parts.get("user") or "postgres"
    return f'database "{name}" at {host}' + ("" if host.startswith("/") else f":{port}")


async def now(connection: Connection) -> datetime:
    """Return the database's time, UTC: the one clock of the ledger, read once a batch."""
    cursor = await connection.execute("select statement_timestamp()", binary=True)
    row = await cursor.fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    return row[0]


def _parse(url: str) -> Mapping[str, str]:
    try:
        return {k: str(v) for k, v in conninfo.conninfo_to_dict(url).items() if v is not None}
    except psycopg.ProgrammingError:
        # The parser's complaint quotes the address, and with it the password.
        raise UsageError(
            "The address of the database cannot be read.",
            where=URL_VARIABLE,
            fix="Write it as postgresql://user:password@host:5432/database.",
        ) from None


async def _connect(store: Store) -> Connection:
    parts = _parse(store.url)
    options = (
        f"-c statement_timeout={round(store.statement_timeout_s * 1000)}"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s -c jit=off"
        f" {parts.get('options', '')} -c timezone=UTC"
    )
    timeout_s = int(parts.get("connect_timeout", CONNECT_TIMEOUT_S))
    try:
        connection = await psycopg.AsyncConnection.connect(
            store.url,
            autocommit=True,
            application_name=f"leadline/{store.role}",
            options=options,
            connect_timeout=timeout_s,
        )
    except psycopg.OperationalError as error:
        raise _unavailable(error, store.where) from error
    set_json_loads(orjson.loads, connection)
    set_json_dumps(orjson.dumps, connection)
    return connection


def _check_server(connection: Connection, where: str) -> None:
    major = connection.info.server_version // 10000
    if major < OLDEST_MAJOR:
        raise StoreUnavailable(
            f"PostgreSQL {major} answers here; Leadline needs {OLDEST_MAJOR} or newer.",
            where=where,
            fix=f"Upgrade it, or unset {URL_VARIABLE} to use the embedded one.",
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"The database stores text as {encoding}; Leadline needs UTF8.",
            where=where,
            fix="Make a new one: create database leadline template template0 encoding 'UTF8'.",
        )


def _explain(error: psycopg.Error, where: str, *, lost: bool) -> LeadlineError | None:
    """Say what an error means where it is not the statement's own, else None."""
    if isinstance(error, errors.DiskFull):
        return DiskFull(
            "The database has no room left on its disk.",
            where=where,
            fix="Free some space; what was stored is kept, and work goes on by itself.",
        )
    if lost or isinstance(error, type_of_loss):
        return _unavailable(error, where)
    return None


def _unavailable(error: psycopg.Error, where: str) -> StoreUnavailable:
    lines = str(error).strip().splitlines() or ["the connection was lost"]
    return StoreUnavailable(
        f"The database does not answer ({lines[-1].strip().rstrip('.')}).",
        where=where,
        fix=f"See that it runs and that {URL_VARIABLE}, where set, is right; then try again.",
    )


async def _close(connection: Connection) -> None:
    # Also for a cancelled task: the shield lets the goodbye out, the limit ends the wait.
    with anyio.move_on_after(CLOSE_TIMEOUT_S, shield=True):
        await connection.close()
