"""Bring a database to the shape that this program knows, by numbered SQL files.

``migrations/0007_add_x.sql``: forward only, without gaps; ``_after`` at the end of a name
says that it must wait until no older program runs. Each file is one transaction, under an
advisory lock, so that any number of processes may start at once and a kill in the middle
leaves nothing half done.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leadline import __version__
from leadline.errors import EnvironmentMismatch, LeadlineError, StoreTooNew
from leadline.store.pool import Connection

MIGRATIONS = Path(__file__).with_name("migrations")
FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
LOCK = 0x1EAD11E  # any number, the same in every Leadline

HISTORY = """
create table if not exists schema_migration (
  number          integer primary key,
  name            text not null,
  checksum        text not null,
  program_version text not null,
  applied_at      timestamptz not null default now()
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, its name, its SQL."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """What tells whether the file is the one that was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.number:04}_{self.name}"


def known_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """Return this program's migrations in order; raises ValueError for a gap or a bad name."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        name = FILE_NAME.fullmatch(path.name)
        if name is None or int(name[1]) != len(found) + 1:
            raise ValueError(f"{path.name}: expected the number {len(found) + 1:04} and a name")
        found.append(Migration(int(name[1]), name[2], path.read_text(encoding="utf-8")))
    return tuple(found)


async def migrate(
    connection: Connection, known: Sequence[Migration] | None = None
) -> tuple[Migration, ...]:
    """Apply what the database has not seen yet; return what was applied by this call.

    Raises StoreTooNew where a newer program wrote the database, and LeadlineError where
    an applied file was changed since.
    """
    wanted = known_migrations() if known is None else tuple(known)
    applied: list[Migration] = []
    while (step := await _apply_next(connection, wanted)) is not None:
        applied.append(step)
    return tuple(applied)


async def pending(
    connection: Connection, known: Sequence[Migration] | None = None
) -> tuple[Migration, ...]:
    """Return what ``migrate`` would apply, changing nothing; raises what ``migrate`` raises."""
    wanted = known_migrations() if known is None else tuple(known)
    cursor = await connection.execute("select to_regclass('schema_migration') is not null")
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return wanted
    return await _pending(connection, wanted)


async def stamp_environment(connection: Connection, name: str) -> None:
    """Give the database to the environment, or refuse where it belongs to another.

    Raises EnvironmentMismatch: whoever opens the production database as "dev" by mistake
    must not write to it once.
    """
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor = await connection.execute("select name from environment")
        row = await cursor.fetchone()
        if row is None:
            await connection.execute(
                "insert into environment (name, created_at) values (%s, now())", [name]
            )
        elif row[0] != name:
            raise EnvironmentMismatch(
                f'This database belongs to the environment "{row[0]}", not to "{name}".',
                fix=f"Use --env {row[0]}, or set LEADLINE_DATABASE_URL to the database "
                f'of "{name}".',
            )


async def _apply_next(connection: Connection, known: Sequence[Migration]) -> Migration | None:
    async with connection.transaction():
        await connection.execute("set local statement_timeout = 0")
        await connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        await connection.execute(HISTORY)
        waiting = await _pending(connection, known)
        if not waiting:
            return None
        step = waiting[0]
        await connection.execute(step.sql.encode())
        await connection.execute(
            "insert into schema_migration (number, name, checksum, program_version)"
            " values (%s, %s, %s, %s)",
            [step.number, step.name, step.checksum, __version__],
        )
        return step


async def _pending(connection: Connection, known: Sequence[Migration]) -> tuple[Migration, ...]:
    cursor = await connection.execute(
        "select number, name, checksum, program_version from schema_migration order by number"
    )
    rows = await cursor.fetchall()
    by_number = {step.number: step for step in known}
    for number, name, checksum, version in rows:
        assert isinstance(number, int)
        step = by_number.get(number)
        if step is None:
            raise StoreTooNew(
                f"The database has migration {number:04}_{name} of Leadline {version}, "
                f"which this Leadline {__version__} does not know.",
                fix="Upgrade Leadline, or set LEADLINE_DATABASE_URL to another database.",
            )
        if step.checksum != checksum:
            raise LeadlineError(
                f"Migration {step} was changed after it was applied by Leadline {version}.",
                where=f"store/migrations/{step}.sql",
                fix="Put the file back as it was, and write the change as a new migration.",
            )
    return tuple(known[len(rows) :])
