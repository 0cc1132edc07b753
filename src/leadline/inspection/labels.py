"""What a portal's labels stand for, as its own property definitions tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from leadline.audit.tables import Kind, Meaning, Table
from leadline.inspection.load import quoted
from leadline.inspection.tables.shape import fold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Labels = Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]
"""By system and object: a folded label, or name, with the internal names that bear it."""


def labels_of(connection: DuckDBPyConnection, tables: Iterable[Table]) -> Labels:
    """Read the labels of every table of definitions."""
    found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for table in tables:
        name, label = table.column(Meaning.FIELD), table.column(Meaning.LABEL)
        if table.kind is not Kind.PROPERTY or name is None:
            continue
        of = table.column(Meaning.OBJECT)
        rows = connection.execute(
            f"SELECT {quoted(of.name) if of else 'NULL'}, {quoted(name.name)}, "
            f"{quoted(label.name) if label else 'NULL'} FROM {quoted(table.name)} "
            f"WHERE {quoted(name.name)} IS NOT NULL ORDER BY _row"
        ).fetchall()
        for told, internal, shown in rows:
            known = found.setdefault((table.system, told or ""), {})
            for word in {fold(internal), fold(shown or internal)}:
                names = known.get(word, ())
                known[word] = names if internal in names else (*names, internal)
    return found


def labels_for(labels: Labels, system: str, of: str) -> Mapping[str, tuple[str, ...]]:
    """The labels of one object: its own, else those of definitions that name no object."""
    return labels.get((system, of)) or labels.get((system, "")) or {}
