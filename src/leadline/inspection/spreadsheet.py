"""Workbooks (XLSX, XLS, ODS) as rows of text: every sheet, dates ISO, whole numbers whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

MAX_UNPACKED = 2 << 30  # bytes of a workbook's parts; a sheet of 1,048,576 rows by 25 has 1 GB
MAX_RATIO = 400  # the XML of a sheet packs better than a table of text does
_RATIO_FROM = 64 << 20
_WHOLE = 2.0**53  # above, a float holds no longer every whole number


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its rows as text."""

    name: str
    rows: Iterator[list[str]]


class UnreadableWorkbook(Exception):
    """The workbook cannot be read; the message says why, for people."""


def sheets(file: Path) -> Iterator[Sheet]:
    """Every sheet that holds anything. Raises UnreadableWorkbook."""
    import python_calamine as calamine  # noqa: PLC0415 - a compiled library, only where needed

    _refuse_bomb(file)
    try:
        # By its bytes: by its path, the library would believe the ending of the name.
        with file.open("rb") as stream:
            book = calamine.CalamineWorkbook.from_filelike(stream)
    except calamine.PasswordError as error:
        raise UnreadableWorkbook("The workbook is locked by a password.") from error
    except (calamine.CalamineError, OSError) as error:
        raise UnreadableWorkbook("The workbook is damaged, or of a kind unknown here.") from error
    for about in book.sheets_metadata:
        if about.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = book.get_sheet_by_name(about.name)
        except calamine.CalamineError as error:
            raise UnreadableWorkbook("A sheet of the workbook is damaged.") from error
        if sheet.height:
            yield Sheet(about.name, ([text(cell) for cell in row] for row in sheet.iter_rows()))


def _refuse_bomb(file: Path) -> None:
    """Count what the parts unpack to before a library unpacks them into memory."""
    with file.open("rb") as stream:
        if stream.read(2) != b"PK":
            return
    total = 0
    packed = max(file.stat().st_size, 1)
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                with archive.open(member) as part:
                    while block := part.read(1 << 20):
                        total += len(block)
                        if total > MAX_UNPACKED or (
                            total > _RATIO_FROM and total > MAX_RATIO * packed
                        ):
                            raise UnreadableWorkbook(
                                "The workbook unpacks to far more than its size, as a bomb does."
                            )
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise UnreadableWorkbook("The workbook is damaged or cut off.") from error


def text(cell: object) -> str:
    """A cell as text: dates as ISO, whole numbers without a point (ids are numbers to Excel)."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
