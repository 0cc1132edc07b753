"""facts.yaml → Known: what an inspection counted, with the place of each figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from leadline.project.entries import Entries, read_record, read_text
from leadline.project.file_kinds import FACTS_FILE, SEEN, VOLUME
from leadline.project.known import Known, Seen, Volume
from leadline.project.nodes import Entry, MapNode, Node, TextNode
from leadline.project.problems import Report, did_you_mean, quoted

_AGAIN = "Write the file anew: leadline inspect EXPORTS --facts PROJECT."
_COUNT = re.compile(r"\d{1,12}", re.ASCII)
_PER_DAY = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)


def parse_known(
    node: MapNode, fields: Iterable[str], events: Iterable[str], report: Report
) -> Known | None:
    """The figures of a facts file; None where it does not say of which day they are.

    Figures on a field or an event that the project does not have (any more) are left out with a
    warning: they are old, and nothing else is wrong.
    """
    entries = Entries(node, FACTS_FILE, report)
    as_of = _day(entries.text("as_of"), report)
    contacts = _count(entries.node("contacts"), "contacts", report)
    seen = {
        e.key.value: seen
        for e in _declared(entries.entries("fields"), tuple(fields), "field", report)
        if (seen := _seen(e, report)) is not None
    }
    volumes = {
        e.key.value: volume
        for e in _declared(entries.entries("events"), tuple(events), "event", report)
        if (volume := _volume(e, report)) is not None
    }
    blocking = _counts(entries.entries("blocking"), report)
    if as_of is None or contacts is None:
        return None
    return Known(
        as_of,
        contacts,
        MappingProxyType(seen),
        MappingProxyType(volumes),
        MappingProxyType(blocking),
    )


def _declared(
    found: tuple[Entry, ...], names: tuple[str, ...], what: str, report: Report
) -> Iterable[Entry]:
    for entry in found:
        if entry.key.value in names:
            yield entry
        else:
            report.warning(
                f"unknown-{what}",
                entry.key.where,
                f"the facts count the {what} {quoted(entry.key.value)}, which is not declared.",
                did_you_mean(entry.key.value, names, _AGAIN),
            )


def _seen(entry: Entry, report: Report) -> Seen | None:
    entries = read_record(entry.value, SEEN, report)
    if entries is None:
        return None
    empty = _count(entries.node("empty"), "empty", report)
    of = _count(entries.node("of"), "of", report)
    values = _counts(entries.entries("values"), report)
    if empty is None or of is None:
        return None
    if empty > of or sum(values.values()) > of - empty:
        report.error(
            "not-a-count",
            entry.key.where,
            f"the figures of {quoted(entry.key.value)} count more than its {of:,} records.",
            _AGAIN,
        )
        return None
    return Seen(empty, of, MappingProxyType(values), entry.key.where)


def _volume(entry: Entry, report: Report) -> Volume | None:
    entries = read_record(entry.value, VOLUME, report)
    if entries is None:
        return None
    text = entries.text("per_day")
    burst = _count(entries.node("burst"), "burst", report)
    within = entries.duration("within")
    per_day = None if text is None else _number(text, report)
    if per_day is None or burst is None or within is None:
        return None
    return Volume(per_day, burst, within)


def _counts(found: tuple[Entry, ...], report: Report) -> Mapping[str, int]:
    counted = {e.key.value: _count(e.value, e.key.value, report) for e in found}
    return {name: count for name, count in counted.items() if count is not None}


def _count(node: Node | None, name: str, report: Report) -> int | None:
    """A whole number, zero included."""
    text = None if node is None else read_text(node, name, report)
    if text is None or _COUNT.fullmatch(text.value):
        return None if text is None else int(text.value)
    report.error(
        "not-a-count",
        text.where,
        f"{quoted(text.value)} is not a whole number.",
        f"Write {quoted(name)} in digits. {_AGAIN}",
    )
    return None


def _number(text: TextNode, report: Report) -> float | None:
    if _PER_DAY.fullmatch(text.value):
        return float(text.value)
    report.error("not-a-number", text.where, f"{quoted(text.value)} is not a number.", _AGAIN)
    return None


def _day(text: TextNode | None, report: Report) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.value)
    except ValueError:
        report.error(
            "not-a-time",
            text.where,
            f"{quoted(text.value)} is not a day.",
            'Write it like "2026-11-28".',
        )
        return None
