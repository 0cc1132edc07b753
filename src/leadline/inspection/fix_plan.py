"""Safe fixes as files that a person reads, imports, and can undo.

For each system and object one CSV in the vendor's own import format, holding only what changes;
beside it one that puts the old values back, and ``changes.json`` with everything. A blank cell
means "leave it as it is": HubSpot, Salesforce's Data Loader (with "insert null values" off) and
Mailchimp read it so. Duplicates are proposed for review only: no vendor can undo a merge.

Spreadsheets run text that begins like a formula, and an import must hold exact values. So what
would begin like one is held back from the imports and listed apart, made harmless there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import orjson

from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Table
from leadline.inspection.fixes import duplicates, picklist
from leadline.inspection.fixes.mend import ENCODING, Planned, import_key, planned

FORMAT = 1
"""Raised when a key of changes.json changes its meaning or goes."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
# A number, or a phone number, begins with a sign and runs nothing.
_NUMBER = re.compile(r"[+-]?\d[\d .,()/-]*")


@dataclass(frozen=True, slots=True)
class FixPlan:
    """The files of a plan by name, and how many changes stand in which."""

    files: Mapping[str, str]
    changes: int
    held_back: int
    review: int
    duplicates: int


@dataclass(slots=True)
class _Sheet:
    """One import: the records that change, each with its changed columns."""

    key_header: str
    columns: dict[str, None] = field(default_factory=dict[str, None])
    new: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    old: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def add(self, key: str, column: str, old: str, new: str) -> None:
        self.columns[column] = None
        self.new.setdefault(key, {})[column] = new
        self.old.setdefault(key, {})[column] = old

    def csv(self, rows: Mapping[str, Mapping[str, str]]) -> str:
        columns = list(self.columns)
        lines = [[key, *(row.get(c, "") for c in columns)] for key, row in rows.items()]
        return _csv([self.key_header, *columns], lines)


def fix_plan(stack: Stack) -> FixPlan:
    """Work out every safe change, and write the files of the plan as texts."""
    sheets: dict[str, _Sheet] = {}
    held: list[list[str]] = []
    review: list[list[str]] = []
    changes: list[dict[str, object]] = []
    for each in planned(stack):
        changes.append(_entry(each))
        if not each.safe:
            review.append(_held(each, _LOOK[each.rule]))
            continue
        reason = _why_not(each)
        if reason is not None:
            held.append(_held(each, reason))
            continue
        change, table = each.change, each.table
        sheet = sheets.setdefault(_name(table), _Sheet(_key_header(table)))
        assert change.old is not None and change.new is not None
        sheet.add(change.key, _header(table, each.column), change.old, change.new)
    files = {f"{name}.csv": sheet.csv(sheet.new) for name, sheet in sheets.items()}
    files |= {f"undo-{name}.csv": sheet.csv(sheet.old) for name, sheet in sheets.items()}
    if held:
        files["held-back.csv"] = _csv(_HELD, held)
    if review:
        files["to-review.csv"] = _csv(_REVIEW, review)
    pairs = [[harmless(cell) for cell in row] for row in duplicates.proposals(stack)]
    if pairs:
        files["duplicates-to-review.csv"] = _csv(duplicates.HEADER, pairs)
    told = {"format": FORMAT, "taken_at": stack.taken_at.isoformat(), "changes": changes}
    files["changes.json"] = orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n"
    files["README.txt"] = _readme(sheets)
    safe = len(changes) - len(held) - len(review)
    return FixPlan(MappingProxyType(files), safe, len(held), len(review), len(pairs))


def _entry(each: Planned) -> dict[str, object]:
    change = each.change
    return {
        "system": change.system,
        "object": each.table.object,
        "table": change.table,
        "key": change.key,
        "field": change.field,
        "old": change.old,
        "new": change.new,
        "rule": each.rule,
        "safe": each.safe,
    }


def _why_not(each: Planned) -> str | None:
    """Why a change cannot stand in an import; None where it can."""
    change = each.change
    if not change.key.strip():
        return "The record has no id in the export: change it by hand."
    key = import_key(each.table)
    if key is not None and key.name == each.column.name:
        return "The address is what the import finds the contact by: change it by hand."
    if any(looks_like_formula(text) for text in (change.key, change.new or "", change.old or "")):
        return "It begins like a formula, which a spreadsheet would run: change it by hand."
    return None


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula; numbers and phone numbers are none.

    >>> looks_like_formula("=1+1"), looks_like_formula("+49 30 123"), looks_like_formula("@x")
    (True, False, True)
    """
    begins = text.lstrip(" \u00a0\u200b\ufeff")
    return begins.startswith(_FORMULA) and not _NUMBER.fullmatch(begins)


def harmless(text: str) -> str:
    """A text for reading in a spreadsheet: an apostrophe keeps a formula from running."""
    return f"'{text}" if looks_like_formula(text) else text


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(harmless(name) for name in header)
    writer.writerows(rows)
    return text.getvalue()


_HELD = ("System", "Object", "Record", "Field", "Now", "Proposed", "Why it is held back")


def _held(each: Planned, reason: str) -> list[str]:
    change = each.change
    cells = (change.system, each.table.object, change.key, change.field)
    return [*map(harmless, (*cells, change.old or "", change.new or "")), reason]


_REVIEW = ("System", "Object", "Record", "Field", "Now", "Proposed", "Look at")
_LOOK = {
    ENCODING: "Broken letters: is this what was meant?",
    picklist.CODE: "It means this option of the picklist, does it not?",
}
_KEY_HEADERS = {"hubspot": "Record ID", "salesforce": "Id", "mailchimp": "Email Address"}


def _key_header(table: Table) -> str:
    known = _KEY_HEADERS.get(table.system)
    key = import_key(table)
    return known or (key.header or key.name if key else "Record")


def _header(table: Table, column: Column) -> str:
    """A column as the vendor's import knows it: internal and API names, or the label."""
    if table.system in {"hubspot", "salesforce"}:
        return column.name
    return column.header or column.name


def _name(table: Table) -> str:
    words = f"{table.system}-{table.object or table.kind.value}".lower()
    return re.sub(r"[^a-z0-9-]+", "-", words).strip("-") or "records"


_HOW = {
    "hubspot": "Contacts (or the object), Import, update existing records; match by Record ID. "
    "The column names are internal names.",
    "salesforce": 'Data Loader, Update, match by Id; leave "Insert null values" off.',
    "mailchimp": "Audience, Add contacts, Import contacts, update existing contacts; leave their "
    "status as it is.",
}


def _readme(sheets: Mapping[str, _Sheet]) -> str:
    lines = [
        "Safe fixes: changes of single values that need nobody's opinion.",
        "These files hold values of people. Nothing was changed anywhere yet.",
        "",
    ]
    for name, sheet in sheets.items():
        how = _HOW.get(name.partition("-")[0], "Import it by its first column.")
        lines += [f"{name}.csv: {len(sheet.new):,} records. {how}"]
        lines += [f"undo-{name}.csv: the same records with the values that stand there now.", ""]
    lines += [
        "changes.json: every change with old and new value and the rule that asks for it.",
        "to-review.csv: changes that a person should look at before they are made.",
        "held-back.csv: safe changes that no import can carry safely, with the reason.",
        "duplicates-to-review.csv: records that may be one; merging cannot be undone, so look.",
        "Files that would be empty are left out. A blank cell means: leave this value as it is.",
        "",
    ]
    return "\n".join(lines)
