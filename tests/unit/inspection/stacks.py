"""Files as people have them, written for a test and read as the command reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from leadline.audit.tables import Meaning, Table
from leadline.inspection.read import read_stack
from leadline.inspection.reading import Reading
from leadline.inspection.settings import NOTHING_SAID, Settings


def read(
    folder: Path, files: Mapping[str, str | bytes], settings: Settings = NOTHING_SAID
) -> Reading:
    """Write the files into a folder called ``given`` and read it."""
    given = folder / "given"
    for name, content in files.items():
        file = given / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_stack([given], settings)


def table(reading: Reading, name: str) -> Table:
    """The table of that name."""
    found = {each.name: each for each in reading.stack.tables}
    assert name in found, (sorted(found), reading.unread)
    return found[name]


def rows(reading: Reading, name: str, *columns: str) -> list[tuple[object, ...]]:
    """The rows of a table, in order."""
    listed = ", ".join(f'"{column}"' for column in columns) or "*"
    return reading.stack.connection.execute(
        f'SELECT {listed} FROM "{name}" ORDER BY _row'
    ).fetchall()


def meanings(reading: Reading, name: str) -> dict[str, str]:
    """Column name by meaning, for the columns that have one."""
    return {
        column.meaning.value: column.name
        for column in table(reading, name).columns
        if column.meaning is not Meaning.OTHER
    }


def shapes(reading: Reading) -> dict[str, str]:
    """What each file was taken for."""
    return {read.path.removeprefix("given/"): read.recognition.shape for read in reading.files}


def unread(reading: Reading) -> dict[str, str]:
    """What is said of each file that was not read."""
    return {each.where.removeprefix("given/"): each.what for each in reading.unread}


def archive(files: Mapping[str, str | bytes], *, packed: bool = True) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", method) as into:
        for name, content in files.items():
            into.writestr(name, content)
    return out.getvalue()


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Style 1 is Excel's built-in date format 14, style 2 its date and time, 22.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>'
)


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX file. A cell that is a pair is a number with a style."""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _links({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/styles.xml": _STYLES,
        "xl/_rels/workbook.xml.rels": _links(
            {f"rId{n}": ("worksheet", f"worksheets/s{n}.xml") for n in range(1, len(sheets) + 1)}
            | {"rId99": ("styles", "styles.xml")}
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
    }
    for n, lines in enumerate(sheets.values(), start=1):
        body = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
        files[f"xl/worksheets/s{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
        )
    return archive(files)


def _links(links: Mapping[str, tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{key}" Type="{_RELS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inside}</Relationships>'


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        number, style = value
        return f'<c s="{style}"><v>{number}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
