"""``silence:`` and ``override:``: what a person accepts, with a reason and an end date."""

from __future__ import annotations

from datetime import date

from leadline.project.entries import Entries, read_list, read_record
from leadline.project.nodes import Node
from leadline.project.problems import Report, quoted
from leadline.project.quantities import day
from leadline.project.schema import Record
from leadline.project.workflow import Override, Silenced


def read_silences(node: Node | None, record: Record, report: Report) -> tuple[Silenced, ...]:
    """The findings that are accepted in this file, or in the one that ``in`` names."""
    found: list[Silenced] = []
    for item in () if node is None else read_list(node, "silence", report):
        each = read_record(item, record, report)
        if each is None:
            continue
        check, because, until = each.text("check"), each.text("because"), _until(each, report)
        beside = each.text("in") if "in" in each else None
        if check is not None and because is not None and until is not None:
            file = beside.value if beside else each.where.file
            found.append(Silenced(check.value, because.value, until, each.where, file))
    return tuple(found)


def read_override(entries: Entries, report: Report) -> Override | None:
    """Who lets a workflow go beyond the maturity that is reached, why, and until when."""
    record = entries.record("override")
    if record is None:
        return None
    by, reason, until = record.text("by"), record.text("reason"), _until(record, report)
    if by is None or reason is None or until is None:
        return None
    return Override(by.value, reason.value, until, record.where)


def _until(entries: Entries, report: Report) -> date | None:
    text = entries.text("until")
    found = None if text is None else day(text.value)
    if text is not None and found is None:
        report.error(
            "not-a-date",
            text.where,
            f"{quoted(text.value)} is not a day.",
            'Write year, month and day, such as "2027-01-31".',
        )
    return found
