"""The data dictionary and the files read, as rows of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from leadline.audit.tables import Kind
from leadline.inspection.reading import Read
from leadline.inspection.recognition import CERTAIN
from leadline.inspection.report.cards import Cards
from leadline.inspection.report.dictionary import Described, DescribedTable

_ABOUT_DATA = frozenset({Kind.PROPERTY, Kind.OPTION, Kind.HISTORY})


def table_views(tables: Iterable[DescribedTable], cards: Cards) -> list[dict[str, Any]]:
    """Each table with its columns: records first, definitions and histories last."""
    ordered = sorted(tables, key=lambda described: described.table.kind in _ABOUT_DATA)
    return [_table(described, cards) for described in ordered]


def _table(described: DescribedTable, cards: Cards) -> dict[str, Any]:
    table = described.table
    status = f", {table.status}" if table.status else ""
    files = ", ".join(dict.fromkeys(source.path for source in table.sources))
    return {
        "title": f"{table.system} {table.object or table.kind.value}{status}",
        "meta": f"{table.rows:,} row{'' if table.rows == 1 else 's'} · {files}",
        "columns": [_column(column, table.rows, cards) for column in described.columns],
    }


def _column(described: Described, rows: int, cards: Cards) -> dict[str, Any]:
    percent = 100 * described.filled / rows if rows else 0.0
    return {
        "header": described.column.header or described.column.name,
        "name": described.column.name,
        "type": described.type,
        "percent": round(percent),
        "share": _share(described.filled, rows, percent),
        # The count of different values is estimated; it can pass the count of values.
        "distinct": f"{min(described.distinct, described.filled):,}",
        "read_by": _flows(described.read_by, cards),
        "written_by": _flows(described.written_by, cards),
    }


def _share(filled: int, rows: int, percent: float) -> str:
    """Never 100 % where one is missing, never 0 % where one is there."""
    if filled in {0, rows}:
        return "100 %" if filled else "0 %"
    return (
        f"{min(max(percent, 0.1), 99.9):.1f} %"
        if percent < 1 or percent > 99
        else f"{percent:.0f} %"
    )


def _flows(keys: Sequence[str], cards: Cards) -> list[dict[str, str]]:
    return [{"name": cards.flow_name(key), "anchor": cards.flow_anchor(key)} for key in keys]


def file_rows(files: Iterable[Read]) -> list[dict[str, str]]:
    """Each file: what it was taken for, how sure that is, on what it rests."""
    return [
        {
            "path": read.path,
            "shape": read.recognition.shape,
            "sure": "as you said" if read.asked_for else _sure(read.recognition.confidence),
            "evidence": "; ".join(read.recognition.evidence),
            "held": read.held,
        }
        for read in files
    ]


def _sure(confidence: float) -> str:
    return "certain" if confidence >= CERTAIN else f"likely ({confidence:.0%})"
