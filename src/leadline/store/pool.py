"""Connections to the store: opened when needed, kept, and given back whatever happens.

The pool is our own (docs/adr/store-own-pool.md): it connects at the pace of its callers,
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
# A process frozen inside a transaction holds its row locks no longer than this: others take its
# people and connections over after that.
IDLE_IN_TRANSACTION_S = 15
MAX_AGE_S = 3600.0  # a backend keeps what it once needed: renew it now and then
CLOSE_TIMEOUT_S = 2.0
LENT_TIMEOUT_S = 30.0

MEANS_LOST = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,  # the server became a standby: another is the primary now
)

MEANS_BUSY = (
    errors.QueryCanceled,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)

Connection = psycopg.AsyncConnection[tuple[object, ...]]


class Pool:
    """Connections to one database, all alike, no more than allowed at a time."""

    def __init__(self, url: str, role: str, places: int, statement_timeout_s: float) -> None:
        self.where = describe(url)
        self._url = url
        self._role = role
        self._statement_timeout_s = statement_timeout_s
        self._number = places
        self._places = anyio.Semaphore(places)
        self._idle: list[tuple[Connection, float]] = []
        self._closed = False

    @asynccontextmanager
    async def lend(self) -> AsyncGenerator[Connection]:
        """Lend a connection for the length of the block; see Store.connection."""
        await self._wait_for_place()
        try:
            connection, born = await self._take()
            try:
                yield connection
            except psycopg.Error as error:
                trouble = _explain(error, self.where, lost=connection.closed)
                if trouble is None:
                    raise
                if isinstance(trouble, StoreUnavailable):
                    # The others went with it: each would fail the next caller in turn.
                    await self._forget_idle()
                    await _close(connection)
                raise trouble from error
            finally:
                await self._give_back(connection, born)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Close what is idle now, and what is still lent when it comes back."""
        self._closed = True
        await self._forget_idle()

    async def _wait_for_place(self) -> None:
        with anyio.move_on_after(LENT_TIMEOUT_S) as scope:
            await self._places.acquire()
        if scope.cancelled_caught:
            raise StoreUnavailable(
                f"All {self._number} connections have been in use for {LENT_TIMEOUT_S:.0f} s.",
                where=self.where,
                fix="See in `leadline status` what holds them; more work at once needs more "
                "connections.",
            )

    async def _take(self) -> tuple[Connection, float]:
        while self._idle:
            connection, born = self._idle.pop()
            if not connection.closed and time.monotonic() - born < MAX_AGE_S:
                return connection, born
            await _close(connection)
        return await self._connect(), time.monotonic()

    async def _give_back(self, connection: Connection, born: float) -> None:
        whole = connection.info.transaction_status is TransactionStatus.IDLE
        if whole and not self._closed:
            self._idle.append((connection, born))
        else:  # cancelled in the middle, or lost
            await _close(connection)

    async def _forget_idle(self) -> None:
        while self._idle:
            await _close(self._idle.pop()[0])

    async def _connect(self) -> Connection:
        parts = _parse(self._url)
        options = (
            f"-c statement_timeout={round(self._statement_timeout_s * 1000)}"
            f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s -c jit=off"
            f" {parts.get('options', '')} -c timezone=UTC"
        )
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                application_name=f"leadline/{self._role}",
                options=options,
                connect_timeout=int(parts.get("connect_timeout", CONNECT_TIMEOUT_S)),
            )
        except psycopg.OperationalError as error:
            raise _unavailable(error, self.where) from error
        set_json_loads(orjson.loads, connection)
        set_json_dumps(orjson.dumps, connection)
        return connection


@dataclass(frozen=True, slots=True)
class Store:
    """One open database. ``where`` names it for people, without its password."""

    where: str
    pool: Pool

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """Lend a connection that commits each statement by itself.

        Waits while all are lent. Raises StoreUnavailable where the database is lost or
        all connections stay lent, DiskFull where it has no room; a statement's own error
        is psycopg's.
        """
        async with self.pool.lend() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection]:
        """Lend a connection inside a transaction: committed at the end, undone by an exception.

        Where StoreUnavailable comes out of the end of the block, the connection was lost
        during the commit, and what was written may or may not be there.
        """
        async with self.pool.lend() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Close the connections; one that is lent is closed when it comes back."""
        await self.pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


@asynccontextmanager
async def batch(store: Store) -> AsyncGenerator[Connection]:
    """Lend a connection inside a transaction that may as well come later.

    What another try may mend (a statement or lock that took too long, a deadlock) raises
    StoreUnavailable, like a lost connection.
    """
    try:
        async with store.transaction() as connection:
            yield connection
    except MEANS_BUSY as error:
        raise StoreUnavailable(
            f"The database is too busy ({str(error).strip().splitlines()[0].rstrip('.')}).",
            where=store.where,
            fix="Work goes on by itself; look for transactions that last minutes.",
        ) from error


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
    pool = Pool(url, role, max_connections, statement_timeout_s)
    try:
        async with pool.lend() as connection:
            _check_server(connection, pool.where)
    except BaseException:
        await pool.close()
        raise
    return Store(pool.where, pool)


def database_url(project_dir: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return the address of the project's database: the environment's, else the embedded one's.

    Blocks while an embedded server starts; see embedded.ensure for the errors.
    """
    return environ.get(URL_VARIABLE) or embedded.ensure(project_dir)


def describe(url: str) -> str:
    """Name the database for people: host, port and database, never the password."""
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
    if lost or isinstance(error, MEANS_LOST):
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
