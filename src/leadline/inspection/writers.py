"""Who wrote what a finding is about, as far as the history given tells.

First the last change of each example is looked at: who wrote the bad value itself. Where the
examples tell nothing, whoever wrote most of the field does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding
from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.findings import Written, identity

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOSTLY = 0.6  # share of the changes from which one writer, or one day, is named

_KINDS = {
    "AUTOMATION_PLATFORM": "the flow",
    "IMPORT": "the import",
    "INTEGRATION": "the integration",
    "API": "the API client",
    "CRM_UI": "somebody in the CRM",
    "FORM": "the form",
    "BATCH_UPDATE": "a bulk edit",
}


class _Change(NamedTuple):
    kind: str
    writer: str
    day: date | None


def writers(stack: Stack, findings: Iterable[Finding]) -> Mapping[str, Written]:
    """Who wrote what each finding is about, by the finding's identity; those that tell only.

    The audit's views must have been laid.
    """
    if not _has_history(stack.connection):
        return {}
    found: dict[str, Written] = {}
    for finding in findings:
        if finding.fields and finding.flow is None:
            written = _written(stack.connection, finding)
            if written is not None:
                found[identity(finding)] = written
    return found


def _has_history(connection: DuckDBPyConnection) -> bool:
    return connection.execute("select 1 from change limit 1").fetchone() is not None


def _written(connection: DuckDBPyConnection, finding: Finding) -> Written | None:
    keys = [example.key for example in finding.examples]
    for field in finding.fields:
        changes = _of_examples(connection, field, keys) or _of_field(connection, field)
        if changes:
            return _told(changes)
    return None


_WHICH = "system = $system and lower(field) = lower($field) and ($object = '' or object = $object)"


def _of_examples(
    connection: DuckDBPyConnection, field: FieldRef, keys: list[str]
) -> Counter[_Change]:
    if len(keys) < 2:
        return Counter()
    rows = connection.execute(
        f"""select coalesce(writer_kind, ''), coalesce(writer, ''), cast("at" as date), 1
        from change where {_WHICH} and key in (select unnest($keys))
        qualify row_number() over (partition by key order by "at" desc) = 1""",
        {"system": field.system, "object": field.object, "field": field.name, "keys": keys},
    ).fetchall()
    return _counted(rows) if len(rows) > 1 else Counter()


def _of_field(connection: DuckDBPyConnection, field: FieldRef) -> Counter[_Change]:
    rows = connection.execute(
        f"""select coalesce(writer_kind, ''), coalesce(writer, ''), cast("at" as date), count(*)
        from change where {_WHICH} group by all""",
        {"system": field.system, "object": field.object, "field": field.name},
    ).fetchall()
    return _counted(rows)


def _counted(rows: list[tuple[str, str, date | None, int]]) -> Counter[_Change]:
    found: Counter[_Change] = Counter()
    for kind, writer, day, count in rows:
        found[_Change(kind, writer, day)] += count
    return found


def _told(changes: Counter[_Change]) -> Written | None:
    total = changes.total()
    by_writer: Counter[tuple[str, str]] = Counter()
    by_day: Counter[tuple[str, str, date | None]] = Counter()
    for change, count in changes.items():
        by_writer[change.kind, change.writer] += count
        by_day[change] += count
    (writer, most) = by_writer.most_common(1)[0]
    if most < MOSTLY * total:
        shown = [_name(*each) for each, _ in by_writer.most_common(3)]
        return Written(f"several: {', '.join(shown)}")
    (day_of, on_day) = by_day.most_common(1)[0]
    cause = None
    day = day_of[2]
    if day is not None and on_day >= MOSTLY * total:
        cause = f"{_name(*writer)} of {day.day} {day:%B %Y}"
    return Written(_name(*writer), cause)


def _name(kind: str, writer: str) -> str:
    words = _KINDS.get(kind.upper(), kind.lower().replace("_", " ") or "an unnamed writer")
    return f'{words} "{writer}"' if writer else words
