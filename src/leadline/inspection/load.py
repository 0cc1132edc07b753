"""Tables from disk into DuckDB, set by set; what its reader refuses is mended row by row."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from leadline.audit.tables import Column, Kind, Meaning, Source, Table
from leadline.inspection.mending import Broken, say
from leadline.inspection.part import MAX_ROW_BYTES, Form, Part, Scratch, mend, mend_rows
from leadline.inspection.recognition import Unread
from leadline.inspection.tables.shape import Shape

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "800MB"  # of DuckDB; an inspection as a whole is to stay under 1 GB
MANY_BROKEN = 5_000  # rows put aside; above, the file is read again line by line
_SPLIT = "Give it in several parts."
_ALIGNED = ("MISSING COLUMNS", "TOO MANY COLUMNS")


def open_store(memory: str = MEMORY) -> DuckDBPyConnection:
    """One in-memory DuckDB that reaches no network and spills to the temporary folder.

    Extensions are neither fetched nor loaded by themselves: what is built in is enough.
    """
    import duckdb

    spill = Path(tempfile.gettempdir()) / f"leadline-spill-{uuid4().hex}"
    return duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )


@dataclass(frozen=True, slots=True)
class Load:
    """One part with the names of its columns, in the order of its header."""

    part: Part
    columns: tuple[Column, ...]
    note: str = ""
    constants: tuple[tuple[Column, str], ...] = ()  # columns that the file only implies


def load(
    connection: DuckDBPyConnection,
    name: str,
    shape: Shape,
    loads: Sequence[Load],
    scratch: Scratch,
    status: str | None = None,
) -> tuple[Table, tuple[Unread, ...]]:
    """Make one table of all parts of a shape; columns that a part lacks are NULL in its rows.

    A part that cannot be read in any way is told, and the others are kept.
    """
    import duckdb

    columns = _union(loads)
    kept = ", ".join(f"{quoted(c.name)} VARCHAR" for c in columns)
    connection.execute(
        f"CREATE TABLE {quoted(name)} (_row BIGINT, _file INTEGER{', ' if kept else ''}{kept})"
    )
    sources: list[Source] = []
    unread: list[Unread] = []
    complete = [each.part.complete for each in loads]
    for number, each in enumerate(loads):
        try:
            rows, broken = _insert(connection, name, shape, each, number, scratch)
        except duckdb.OutOfMemoryException:
            unread.append(
                Unread(each.part.path, f"It does not fit into {MEMORY} of memory.", _SPLIT)
            )
            rows, broken = 0, Broken()
        except duckdb.Error:
            unread.append(Unread(each.part.path, "The table in it is damaged.", "Export it again."))
            rows, broken = 0, Broken()
        note = "; ".join(filter(None, [*each.part.notes, each.note, say(broken)]))
        refused = broken.refused + each.part.refused
        if broken.told_rows is not None:
            complete[number] = broken.told_rows == rows
            if not complete[number]:
                note = f"{note}; " if note else ""
                note += f"the report counts {broken.told_rows:,} records, {rows:,} were read"
        sources.append(Source(each.part.path, rows, refused, note))
    connection.execute(f"UPDATE {quoted(name)} SET _row = rowid + 1")
    said = None if None in complete else all(complete)
    table = Table(
        name,
        shape.system,
        shape.kind,
        shape.object,
        columns,
        sum(source.rows for source in sources),
        tuple(sources),
        status,
        False if False in complete else said,
    )
    return _with_names(connection, table), tuple(unread)


def _with_names(connection: DuckDBPyConnection, table: Table) -> Table:
    """Users with a name in one column too: records name their owner so."""
    first, last = table.column(Meaning.FIRST_NAME), table.column(Meaning.LAST_NAME)
    named = table.column(Meaning.NAME) or table.column(Meaning.FULL_NAME)
    if table.kind is not Kind.USER or named or not (first and last):
        return table
    column = Column("_name", "", Meaning.NAME)
    title = quoted(table.name)
    connection.execute(f"ALTER TABLE {title} ADD COLUMN _name VARCHAR")
    connection.execute(
        f"UPDATE {title} SET _name = nullif(trim(concat_ws(' ', "
        f"{quoted(first.name)}, {quoted(last.name)})), '')"
    ).fetchall()
    return replace(table, columns=(*table.columns, column))


def _union(loads: Sequence[Load]) -> tuple[Column, ...]:
    """The columns of all parts, by name; a meaning stays where it was first given."""
    found: dict[str, Column] = {}
    for each in loads:
        for column in (*each.columns, *(c for c, _ in each.constants)):
            found.setdefault(column.name.casefold(), column)
    return tuple(found.values())


def _insert(
    connection: DuckDBPyConnection,
    name: str,
    shape: Shape,
    each: Load,
    number: int,
    scratch: Scratch,
) -> tuple[int, Broken]:
    part = each.part
    into = _into(name, shape, each, number)
    if part.form is Form.PARQUET:
        source = f"read_parquet({text(str(part.disk))})"
        return _run(connection, into + source), Broken()
    if part.encoding.long_line is None and part.encoding.name != "mixed":
        done = _direct(connection, into, part, scratch)
        if done is not None:
            return done
    clean, broken = mend(part, scratch)
    return _run(connection, into + _csv(part, clean)), broken


def _into(name: str, shape: Shape, each: Load, number: int) -> str:
    """The statement up to where its rows come from."""
    columns = [*each.columns, *(column for column, _ in each.constants)]
    names = ", ".join(["_file", *(quoted(column.name) for column in columns)])
    cells = [_value(shape, each, place) for place in range(len(each.columns))]
    values = ", ".join([str(number), *cells, *(text(value) for _, value in each.constants)])
    return f"INSERT INTO {quoted(name)} ({names}) SELECT {values} FROM "


def _value(shape: Shape, each: Load, place: int) -> str:
    column, part = each.columns[place], each.part
    if part.form is Form.PARQUET:
        return f"nullif({quoted(part.header[place])}::VARCHAR, '')"
    cell = f"c{place}"
    short = [row[place] for row in part.sample if place < len(row) and row[place]]
    if column.name in shape.ids and any(len(value) == 15 for value in short):
        return _completed(cell)
    return cell


def _completed(cell: str) -> str:
    """A Salesforce id of 15 characters with the three that make it safe where case is lost.

    Each of the three tells which of five characters are capitals.
    """
    parts: list[str] = []
    for start in (1, 6, 11):
        bits = " + ".join(
            f"CASE WHEN substr({cell}, {start + n}, 1) BETWEEN 'A' AND 'Z' THEN {1 << n} ELSE 0 END"
            for n in range(5)
        )
        parts.append(f"substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + {bits}, 1)")
    fits = f"regexp_full_match({cell}, '[0-9A-Za-z]{{15}}')"
    return f"CASE WHEN {fits} THEN {cell} || {' || '.join(parts)} ELSE {cell} END"


def _direct(
    connection: DuckDBPyConnection, into: str, part: Part, scratch: Scratch
) -> tuple[int, Broken] | None:
    """Load through DuckDB's own reader; None where the file is too broken for it."""
    import duckdb

    connection.execute("BEGIN")
    try:
        rows = _run(connection, into + _csv(part, part.disk, rejects=True))
        aside = connection.execute(
            "SELECT line_byte_position, any_value(csv_line), list(DISTINCT error_type) "
            "FROM leadline_rejects GROUP BY ALL ORDER BY 1"
        ).fetchall()
        simple = all(kind in _ALIGNED for _, _, kinds in aside for kind in kinds)
        if not simple or len(aside) > MANY_BROKEN:
            connection.execute("ROLLBACK")
            return None
        connection.execute("COMMIT")
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        connection.execute("ROLLBACK")
        return None
    finally:
        connection.execute("DROP TABLE IF EXISTS leadline_rejects")
        connection.execute("DROP TABLE IF EXISTS leadline_scans")
    if not aside:
        return rows, Broken()
    lines = _line_numbers(part.disk, [position for position, _, _ in aside])
    raw = [(line + _blank_before(row), row) for line, (_, row, _) in zip(lines, aside, strict=True)]
    clean, broken = mend_rows(part, raw, scratch)
    return rows + _run(connection, into + _csv(part, clean)), broken


def _csv(part: Part, disk: Path, *, rejects: bool = False) -> str:
    """DuckDB's reader with everything said: nothing is guessed a second time."""
    original = disk == part.disk and part.head is not None
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(part.header)))
    options = [
        f"delim={text(part.delimiter)}",
        "quote='\"'",
        "escape='\"'",
        f"header={'true' if original else 'false'}",
        f"skip={part.head if original else 0}",
        "auto_detect=false",
        f"columns={{{columns}}}",
        "nullstr=''",
        "allow_quoted_nulls=true",
        f"max_line_size={MAX_ROW_BYTES}",
        "encoding='utf-8'",
    ]
    if rejects:
        options += [
            "store_rejects=true",
            "rejects_table='leadline_rejects'",
            "rejects_scan='leadline_scans'",
            f"rejects_limit={3 * MANY_BROKEN}",
        ]
    return f"read_csv({text(str(disk))}, {', '.join(options)})"


def _line_numbers(file: Path, positions: Sequence[int]) -> list[int]:
    """The physical lines at these byte positions (from 1, rising)."""
    numbers: list[int] = []
    line = at = 0
    with file.open("rb") as stream:
        for position in positions:
            while at < position:
                block = stream.read(min(1 << 20, position - at))
                if not block:
                    break
                line += block.count(b"\n")
                at += len(block)
            numbers.append(line + 1)
    return numbers


def _blank_before(row: str) -> int:
    """Blank lines that DuckDB counts to the row it put aside."""
    return row[: len(row) - len(row.lstrip("\r\n"))].count("\n")


def _run(connection: DuckDBPyConnection, statement: str) -> int:
    # An answer that is not read to its end blocks the connection.
    rows = connection.execute(statement).fetchall()
    return int(rows[0][0]) if rows else 0


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"
