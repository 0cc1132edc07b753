"""One table as it lies on disk, ready to be recognised and loaded: a file, a sheet, a block."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path

from leadline.errors import LeadlineError
from leadline.inspection.delimited import (
    SHOWN_ROWS,
    Layout,
    lay_out,
    lay_out_rows,
    read_block,
    rows_of,
)
from leadline.inspection.encoding import MAX_LINE, Encoding, head_of, look, rewrite
from leadline.inspection.files import Found
from leadline.inspection.mending import Broken, fit, physical_lines, records, say, write_rows
from leadline.inspection.recognition import Unread
from leadline.inspection.spreadsheet import Sheet, UnreadableWorkbook, sheets
from leadline.inspection.tables.registry import SECTIONED
from leadline.inspection.tables.shape import counted

_UTF8 = Encoding("utf-8")
_MAX_BLOCK_BYTES = 256 << 20  # a report of blocks is read into memory


class Form(StrEnum):
    """How the bytes of a part are written."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """A table on disk. ``head`` counts the lines before its header; None = it has none.

    ``notes`` say what was done to it before; ``told`` is the shape where the document itself
    says what it is (JSON answers of a vendor's interface).
    """

    path: str
    disk: Path
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    modified: datetime
    form: Form = Form.CSV
    delimiter: str = ","
    head: int | None = None
    encoding: Encoding = _UTF8
    notes: tuple[str, ...] = ()
    refused: int = 0
    told: str | None = None
    complete: bool | None = None


@dataclass(slots=True)
class Scratch:
    """A folder for what is unpacked or mended, with names of ours."""

    folder: Path
    used: int = field(default=0)

    def file(self) -> Path:
        """A path that nothing was written to yet."""
        self.used += 1
        return self.folder / f"part-{self.used}"


class NoTable(LeadlineError):
    """The file holds no table; the message says what it holds instead."""


def from_text(found: Found, scratch: Scratch) -> Part:
    """Lay out one delimited file. Raises NoTable."""
    disk, encoding, notes = _readable(found, scratch)
    if encoding.long_line == 1:
        size = f"{max(encoding.long_bytes >> 20, 1)} MB"
        raise NoTable(
            f"Its first line, where a table has its column names, is longer than {size}.",
            found.path,
            "Export it again, one record a line.",
        )
    layout = lay_out(head_of(disk, encoding), SECTIONED)
    if layout is None:
        raise NoTable("The file holds no row.", found.path, "Export it again, or leave it out.")
    if layout.sections is not None and found.size <= _MAX_BLOCK_BYTES:
        broken = Broken()
        lines = physical_lines(disk, encoding, 0)
        rows = [list(row) for _, row in records(lines, layout.delimiter, broken)]
        part = _from_block(found, found.path, rows, layout, scratch)
        if part is not None:
            return part
    if layout.head:
        said = "line" if layout.head == 1 else "lines"
        notes = (*notes, f"{layout.head} {said} before the header read past")
    return Part(
        found.path,
        disk,
        layout.header,
        layout.sample,
        found.modified,
        delimiter=layout.delimiter,
        head=layout.head,
        encoding=encoding,
        notes=notes,
    )


def _readable(found: Found, scratch: Scratch) -> tuple[Path, Encoding, tuple[str, ...]]:
    """The file as UTF-8, rewritten where it is something else, with what was done."""
    encoding = look(found.disk)
    if encoding.name == "mixed":
        return found.disk, encoding, ("lines in two encodings, UTF-8 and Windows-1252",)
    if encoding.name == "utf-8" and not encoding.nul and not encoding.returns_only:
        return found.disk, encoding, ()
    target = scratch.file()
    lost = rewrite(found.disk, encoding, target)
    notes: list[str] = []
    if encoding.name != "utf-8":
        notes.append(f"read as {encoding.name.replace('_', '-')}, not as UTF-8")
    if encoding.nul:
        notes.append(f"{encoding.nul:,} NUL bytes left out")
    if lost:
        notes.append(f"{lost:,} characters could not be read")
    return target, look(target), tuple(notes)


def _from_block(
    found: Found, path: str, rows: Sequence[Sequence[str]], layout: Layout, scratch: Scratch
) -> Part | None:
    if layout.sections is None:
        return None
    block = read_block(rows, layout.sections)
    if block is None:
        return None
    names = tuple(name for name, _ in block.facts)
    values = tuple(value for _, value in block.facts)
    broken = Broken()
    width = len(block.header)
    full = [(*row, *values) for row in fit(enumerate(block.rows, start=1), width, broken)]
    disk = scratch.file()
    write_rows(full, disk)
    said = counted(block.passed, "rows of hosts and panelists")
    notes = (f"{said} left out",) if block.passed else ()
    sample = tuple(full[:SHOWN_ROWS])
    return Part(path, disk, (*block.header, *names), sample, found.modified, notes=notes)


def from_workbook(found: Found, scratch: Scratch) -> tuple[list[Part], list[Unread]]:
    """Every sheet of a workbook as a part of its own."""
    parts: list[Part] = []
    try:
        for sheet in sheets(found.disk):
            part = _from_sheet(found, sheet, scratch)
            if part is not None:
                parts.append(part)
    except UnreadableWorkbook as error:
        return parts, [Unread(found.path, str(error), "Save it again, or export it as CSV.")]
    if not parts:
        what = "The workbook holds no table."
        return [], [Unread(found.path, what, "Export it again, or leave it out.")]
    return parts, []


def _from_sheet(found: Found, sheet: Sheet, scratch: Scratch) -> Part | None:
    first = list(islice(sheet.rows, 500))
    numbered = [(n, row) for n, row in enumerate(map(_trimmed, first)) if row]
    layout = lay_out_rows(numbered, SECTIONED)
    if layout is None:
        return None
    path = f"{found.path}!{sheet.name}"
    if layout.sections is not None:
        part = _from_block(found, path, [*first, *sheet.rows], layout, scratch)
        if part is not None:
            return part
    header = tuple(_trimmed(list(layout.header)))
    broken = Broken()
    body: Iterator[list[str]] = chain(first[layout.head + 1 :], sheet.rows)
    rows = fit(enumerate(map(_trimmed, body), start=layout.head + 2), len(header), broken)
    disk = scratch.file()
    write_rows(rows, disk)
    note = say(broken)
    return Part(
        path,
        disk,
        header,
        layout.sample,
        found.modified,
        notes=(note,) if note else (),
        refused=broken.refused,
    )


def _trimmed(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def from_rows(
    found: Found,
    path: str,
    header: tuple[str, ...],
    rows: Sequence[Sequence[str]],
    shape: str,
    scratch: Scratch,
) -> Part:
    """Rows that a document gave, kept on disk like any other part."""
    disk = scratch.file()
    write_rows(rows, disk)
    sample = tuple(tuple(row) for row in rows[:SHOWN_ROWS])
    return Part(path, disk, header, sample, found.modified, told=shape)


def mend(part: Part, scratch: Scratch) -> tuple[Path, Broken]:
    """Write what can be kept of a broken file as clean rows, without its header."""
    broken = Broken()
    lines = physical_lines(part.disk, part.encoding, part.head or 0)
    rows = records(lines, part.delimiter, broken, len(part.header))
    if part.head is not None:
        next(rows, None)  # the header, known already
    target = scratch.file()
    write_rows(fit(rows, len(part.header), broken), target, part.delimiter)
    return target, broken


def mend_rows(part: Part, raw: Sequence[tuple[int, str]], scratch: Scratch) -> tuple[Path, Broken]:
    """The same for single rows that DuckDB's reader put aside, each with its line."""
    broken = Broken()
    rows: list[tuple[int, list[str]]] = []
    for line, text in raw:
        lines = io.StringIO(text.strip("\r\n"), newline="")
        rows += [(line, row) for row in rows_of(lines, part.delimiter)]
    target = scratch.file()
    write_rows(fit(rows, len(part.header), broken), target, part.delimiter)
    return target, broken


MAX_ROW_BYTES = 2 * MAX_LINE  # of a record: a cell may hold line breaks
