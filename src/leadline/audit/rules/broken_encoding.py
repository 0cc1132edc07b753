"""Text that was read in the wrong encoding on its way."""

from __future__ import annotations

import html
from collections.abc import Iterator

from leadline.audit.column_pass import count_where, data_tables, key_of
from leadline.audit.evidence import Query, findings
from leadline.audit.sql_text import name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Table
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "broken-encoding",
    "Broken letters",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "“Hi JÃ¼rgen” tells the reader at once that a machine writes, and a careless one.",
    "The traces of UTF-8 read as Windows-1252 (Ã¼, â€™, Â ), the replacement character, and HTML "
    "entities (&amp;), in every column. The first and the last are undone by the reverse step, "
    "and the mended text stands in the examples; what became “�” is lost. Up to 0.1 % of the "
    "rows is a note.",
    "Write the mended text; find the import or integration that reads the file in the wrong "
    "encoding before it does so again.",
    needs=("person|company|deal",),
)
TOLERANCE = 0.001
MESSAGE = "{count} of {of} values of {field} in {system} have broken letters ({mendable})."
# The second byte of UTF-8 as Windows-1252 shows it.
SECOND = "\\x{0080}-\\x{00BF}ŸƒŠšŽžŒœ€‚„…†‡ˆ‰‹‘’“”•–—˜™›"
TRACES = f"[ÃÐÑÅ][{SECOND}]|â€|Â[\\x{{00A0}}-\\x{{00BF}}]|\\x{{FFFD}}|ï»¿"
ENTITIES = "&(amp|lt|gt|quot|nbsp|[aouAOU]uml|szlig|eacute|egrave|#[0-9]{2,5});"


def find(stack: Stack) -> Iterator[Finding]:
    """One pass a table, then the distinct bad values of each column that has some."""
    for table in data_tables(stack):
        for column, count in count_where(stack, table, table.columns, _bad).items():
            if count:
                yield from _of_column(stack, table, column)


def _bad(column: str) -> str:
    return (
        f"(case when strlen({column}) <> length({column}) and regexp_matches({column}, '{TRACES}') "
        f"then true when contains({column}, '&') then regexp_matches({column}, '{ENTITIES}') "
        "else false end)"
    )


def _of_column(stack: Stack, table: Table, column: Column) -> Iterator[Finding]:
    own = name(column.name)
    held = stack.connection.execute(
        f"select distinct {own} from {name(table.name)} where {_bad(own)}"
    ).fetchall()
    repairs = [(str(said), mended(str(said))) for (said,) in held]
    stack.connection.execute("create or replace temp table broken (said varchar, mended varchar)")
    stack.connection.executemany("insert into broken values (?, ?)", repairs)
    known = sum(repaired is not None for _, repaired in repairs)
    words = (
        "all can be mended"
        if known == len(repairs)
        else "none can be mended without asking"
        if not known
        else "some can be mended"
    )
    sql = (
        f"select {text(table.system)} as system, {text(table.name)} as tbl, t._row as row, "
        f"{key_of(table)} as key, {text(column.name)} as field, {text(words)} as fact_mendable, "
        f"b.said as value, b.mended from {name(table.name)} t join broken b on b.said = t.{own}"
    )
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))


def mended(said: str) -> str | None:
    """The text as it was before, or None where that cannot be known."""
    if "\ufffd" in said:
        return None
    tried = html.unescape(said)
    try:
        raw = b"".join(_byte(char) for char in tried)
        back = raw.decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        back = tried
    back = back.removeprefix("\ufeff")
    return back if back != said else None


def _byte(char: str) -> bytes:
    """The byte that Windows-1252 shows as this character; its five gaps stand for themselves."""
    if 0x80 <= ord(char) <= 0x9F:
        return bytes([ord(char)])
    return char.encode("cp1252")
