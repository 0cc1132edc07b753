"""How a delimited file is laid out: delimiter, lines before the header, the header, its sections.

Only the start of the file is looked at; what breaks further down is found when it is loaded.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leadline.inspection.tables.shape import Sections, fold

DELIMITERS = (",", ";", "\t", "|")
MAX_HEAD = 20  # report lines before a header
MAX_COLUMNS = 5_000
SHOWN_ROWS = 50
_FIELD_LIMIT = 16 << 20  # characters of one cell that the csv module takes; its own is 131,072


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table lies in the text.

    ``head`` counts physical lines before the header; ``head_rows`` are their cells. ``sample``
    are the first rows. ``sections`` is set where the file is a report of blocks.
    """

    delimiter: str
    head: int
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    head_rows: tuple[tuple[str, ...], ...] = ()
    sections: Sections | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """The table of a report of blocks, joined over the blocks that were wanted."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str, str], ...]
    passed: int  # rows of other blocks (hosts, panelists)


def rows_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of delimited text; raises csv.Error where a cell is beyond every bound."""
    if csv.field_size_limit() < _FIELD_LIMIT:
        csv.field_size_limit(_FIELD_LIMIT)
    return csv.reader(lines, delimiter=delimiter)


def lay_out(text: str, known: Sequence[Sections]) -> Layout | None:
    """Find the table in the start of a file; None where there is no row at all."""
    delimiter, skipped = _said_delimiter(text)
    if skipped:
        text = text.partition("\n")[2]
    delimiter = delimiter or _delimiter(text)
    return lay_out_rows(_numbered(text, delimiter), known, delimiter, skipped)


def lay_out_rows(
    rows: Sequence[tuple[int, list[str]]],
    known: Sequence[Sections],
    delimiter: str = ",",
    skipped: int = 0,
) -> Layout | None:
    """Find the table among rows, each with the number of lines before it."""
    if not rows:
        return None
    sections = _sections(rows, known)
    at = header_row([row for _, row in rows])
    line, header = rows[at]
    return Layout(
        delimiter,
        line + skipped,
        tuple(header[:MAX_COLUMNS]),
        tuple(tuple(row) for _, row in rows[at + 1 : at + 1 + SHOWN_ROWS]),
        tuple(tuple(row) for _, row in rows[:at]),
        sections,
    )


def _said_delimiter(text: str) -> tuple[str | None, int]:
    """Excel writes ``sep=;`` as a first line."""
    first = text.partition("\n")[0].strip().strip('"').lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4], 1
    return ("\t", 1) if first == "sep=" else (None, 0)


def _delimiter(text: str) -> str:
    """The delimiter under which the most rows have the same number of cells."""
    best, chosen = 0.0, ","
    for delimiter in DELIMITERS:
        widths = [len(row) for _, row in _numbered(text, delimiter, most=200)]
        if not widths:
            continue
        width, count = max(
            Counter(widths).items(), key=lambda item: (item[0] > 1, item[1], item[0])
        )
        # Reports begin with short lines, so agreement counts more than width, and width a little.
        score = count / len(widths) + min(width, 50) / 200 if width > 1 else 0.0
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _numbered(text: str, delimiter: str, most: int = 500) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, each with the count of physical lines before it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    if csv.field_size_limit() < _FIELD_LIMIT:
        csv.field_size_limit(_FIELD_LIMIT)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((before, row))
            before = reader.line_num
            if len(rows) >= most:
                break
    except csv.Error:
        return rows
    return rows


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """Which row names the columns: the first one as wide as the table and filled like a header.

    A report's own lines before it are narrower, or mostly empty.
    """
    widths = Counter(len(row) for row in rows if _filled(row) > 1)
    if not widths:
        return 0
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    for number, row in enumerate(rows[:MAX_HEAD]):
        if len(row) >= width * 0.8 and _filled(row) >= max(2, width * 0.5):
            return number
    return 0


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _sections(rows: Sequence[tuple[int, list[str]]], known: Sequence[Sections]) -> Sections | None:
    first = fold(rows[0][1][0])
    titles = {fold(row[0]) for _, row in rows[:MAX_HEAD] if row and _filled(row) == 1}
    for sections in known:
        begins = any(first.startswith(word) for word in sections.begins)
        if begins and (len(rows[0][1]) < 3 or _filled(rows[0][1]) < 3):
            return sections
        if titles & set(sections.wanted):
            return sections
    return None


def read_block(rows: Iterable[Sequence[str]], sections: Sections) -> Block | None:
    """Read a report of blocks. None where no block with a table of people is found.

    A block without a title begins at the first row that names an e-mail column.
    """
    facts: dict[str, str] = {}
    tables: list[tuple[tuple[str, ...], list[Sequence[str]]]] = []
    passed = 0
    state, pending, fact_header = "head", False, None
    for row in rows:
        filled = _filled(row)
        if not filled:
            continue
        title = fold(row[0]).rstrip(":")
        if filled == 1 and (title in sections.wanted or title in sections.others):
            state, pending = ("wanted" if title in sections.wanted else "other"), True
            fact_header = None
        elif state == "head" and filled > 2 and any(_is_email(cell) for cell in row):
            state, pending = "wanted", False
            tables.append((_header(row), []))
        elif pending and state == "wanted":
            pending = False
            tables.append((_header(row), []))
        elif state == "wanted" and tables:
            tables[-1][1].append(row)
        elif state == "other" and not pending and fact_header is None:
            passed += 1
        if state != "wanted":
            fact_header = _fact(row, fact_header, sections, facts)
            if state == "other" and pending and filled > 1:
                pending = False
    return _join(tables, tuple(sorted(facts.items())), passed) if tables else None


def _fact(
    row: Sequence[str],
    header: Sequence[str] | None,
    sections: Sections,
    facts: dict[str, str],
) -> Sequence[str] | None:
    """Take facts of a header row and the row of values below it; return the header awaiting."""
    names = dict(sections.facts)
    if header is not None:
        for name, value in zip(header, row, strict=False):
            known = names.get(fold(name).rstrip(":"))
            if known and value.strip():
                facts.setdefault(known, value.strip())
        return None
    return row if any(fold(cell).rstrip(":") in names for cell in row) else None


def _is_email(cell: str) -> bool:
    return fold(cell) in {"email", "email address", "e-mail", "user email", "e-mail address"}


def _header(row: Sequence[str]) -> tuple[str, ...]:
    cells = list(row)
    while cells and not cells[-1].strip():
        cells.pop()
    return tuple(cells)


def _join(
    tables: list[tuple[tuple[str, ...], list[Sequence[str]]]],
    facts: tuple[tuple[str, str], ...],
    passed: int,
) -> Block:
    header: list[str] = []
    for names, _ in tables:
        header += [name for name in names if name not in header]
    joined: list[tuple[str, ...]] = []
    for names, rows in tables:
        places = [names.index(name) if name in names else None for name in header]
        for row in rows:
            joined.append(tuple(row[p] if p is not None and p < len(row) else "" for p in places))
    return Block(tuple(header), tuple(joined), facts, passed)
