"""data/contact.yaml → fields, events.yaml → events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from leadline.expression.types import FieldType, Kind
from leadline.project.entries import (
    Entries,
    read_list,
    read_map,
    read_record,
    read_text,
    read_word,
)
from leadline.project.events import EventType, Expected
from leadline.project.fields import Field
from leadline.project.file_kinds import FIELD, LATE, PROPERTY
from leadline.project.nodes import Entry, MapNode, Node, TextNode
from leadline.project.problems import Report, Where, did_you_mean, quoted
from leadline.project.quantities import expected
from leadline.project.systems import System

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
_PROPERTY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_EVENT_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_. -]{0,98}[A-Za-z0-9_])?")

# What stands in for a type that is itself reported, so that uses of the name are not.
_ASSUMED = FieldType(Kind.TEXT)


def parse_fields(
    node: MapNode, systems: Mapping[str, System | None], report: Report
) -> Mapping[str, Field]:
    """Every field that is declared, also those with something wrong (reported)."""
    fields = {
        e.key.value: _field(e, systems, report)
        for e in node.entries
        if _good_name(e.key, _FIELD_NAME, "field", report)
    }
    email = fields.get("email")
    if email is None:
        report.error(
            "missing-email-field",
            node.where,
            'contacts have no field "email", by which people are known and reached.',
            "Add email: { type: email, pii: true }.",
        )
    elif email.type.kind is not Kind.EMAIL:
        report.error(
            "wrong-email-type",
            email.where,
            'the field "email" has another type than email.',
            "Write type: email.",
        )
    _refuse_shared_names(fields, report)
    return MappingProxyType(fields)


def _field(entry: Entry, systems: Mapping[str, System | None], report: Report) -> Field:
    name, where = entry.key.value, entry.key.where
    if isinstance(entry.value, TextNode):
        report.error(
            "wrong-shape",
            entry.value.where,
            f"the field {quoted(name)} says only {quoted(entry.value.value)}.",
            f"Write {quoted('type: text')} in braces: {name}: {{ type: text }}.",
        )
        return Field(name, _ASSUMED, where)
    entries = read_record(entry.value, FIELD, report)
    if entries is None:
        return Field(name, _ASSUMED, where)
    source = entries.text("from")
    if source is not None and source.value not in systems:
        _refuse_system(source, systems, report)
    names: dict[str, str] = {}
    for item in entries.entries("names"):
        text = read_text(item.value, item.key.value, report)
        if item.key.value not in systems:
            _refuse_system(item.key, systems, report)
        elif text is not None:
            names[item.key.value] = text.value
    return Field(
        name=name,
        type=_type(entries, report),
        where=where,
        pii=bool(entries.flag("pii")),
        system_of_record=source.value if source else None,
        names=MappingProxyType(names),
        every_value=bool(entries.flag("every_value")),
    )


def parse_events(node: MapNode, report: Report) -> Mapping[str, EventType]:
    """Every event that is declared, also those with something wrong (reported)."""
    return MappingProxyType(
        {
            e.key.value: _event(e, report)
            for e in node.entries
            if _good_name(e.key, _EVENT_NAME, "event", report)
        }
    )


def _event(entry: Entry, report: Report) -> EventType:
    properties: dict[str, FieldType] = {}
    late = False
    expect: Expected | None = None
    node = entry.value
    empty = isinstance(node, TextNode) and not node.value and node.comment is None
    for item in () if empty else read_map(node, entry.key.value, report):
        name = item.key.value
        if name == "late" and isinstance(item.value, TextNode) and item.value.value == LATE:
            late = True
        elif name == "expect" and (text := _amount(item.value)) is not None:
            expect = expected(text.value) or expect
            if expected(text.value) is None:
                report.error(
                    "not-an-amount",
                    text.where,
                    f"{quoted(text.value)} does not say how many in how long.",
                    'Write it like "500 in 1 minute".',
                )
        elif _good_name(item.key, _PROPERTY_NAME, "property", report):
            properties[name] = _property_type(item, report)
    return EventType(entry.key.value, MappingProxyType(properties), entry.key.where, late, expect)


def _amount(node: Node) -> TextNode | None:
    """A text that is no type: a property may be called "expect" as well."""
    return node if isinstance(node, TextNode) and node.value not in tuple(Kind) else None


def _property_type(entry: Entry, report: Report) -> FieldType:
    if isinstance(entry.value, MapNode):
        entries = read_record(entry.value, PROPERTY, report)
        return _ASSUMED if entries is None else _type(entries, report)
    text = read_text(entry.value, entry.key.value, report)
    kind = None if text is None else read_word(text, entry.key.value, tuple(Kind), report)
    if kind == Kind.CHOICE and text is not None:
        _ask_for_values(text.where, report)
        return _ASSUMED
    return _ASSUMED if kind is None else FieldType(Kind(kind))


def _type(entries: Entries, report: Report) -> FieldType:
    word = entries.word("type")
    values = _choice_values(entries.node("values"), report)
    if word is None:
        return _ASSUMED
    kind = Kind(word)
    if kind is Kind.CHOICE:
        if not values:
            _ask_for_values(entries.place("type"), report)
        return FieldType(kind, values) if values else _ASSUMED
    if "values" in entries:
        report.error(
            "values-without-choice",
            entries.place("values"),
            f"only a choice has values; this is of type {quoted(word)}.",
            "Write type: choice, or remove the values.",
        )
    return FieldType(kind)


def _ask_for_values(where: Where, report: Report) -> None:
    report.error(
        "choice-without-values",
        where,
        "a choice needs its values, in order.",
        "Write { type: choice, values: [ first, second ] }.",
    )


def _choice_values(node: Node | None, report: Report) -> tuple[str, ...]:
    values: dict[str, None] = {}
    for item in () if node is None else read_list(node, "values", report):
        text = read_text(item, "values", report)
        if text is None:
            continue
        if text.value in values:
            report.error(
                "duplicate-value",
                text.where,
                f"the value {quoted(text.value)} stands here twice.",
                "Keep one of them.",
            )
        values[text.value] = None
    return tuple(values)


def _good_name(key: TextNode, pattern: re.Pattern[str], what: str, report: Report) -> bool:
    if pattern.fullmatch(key.value):
        return True
    signs = {
        "field": "small letters, digits and _, beginning with a letter, 50 at most",
        "property": "letters, digits and _, beginning with a letter",
        "event": "letters, digits, dots, spaces, - and _, 100 at most",
    }
    report.error(
        "bad-name",
        key.where,
        f"{quoted(key.value)} cannot be the name of {_article(what)} {what}.",
        f"Use {signs[what]}.",
    )
    return False


def _article(what: str) -> str:
    return "an" if what[0] in "aeiou" else "a"


def _refuse_system(name: TextNode, systems: Mapping[str, System | None], report: Report) -> None:
    report.error(
        "unknown-system",
        name.where,
        f"unknown system {quoted(name.value)}.",
        did_you_mean(name.value, systems, "Systems are the files in systems/."),
    )


def _refuse_shared_names(fields: Mapping[str, Field], report: Report) -> None:
    """Two fields that one system calls the same would overwrite each other."""
    taken: dict[tuple[str, str], str] = {}
    for field in fields.values():
        for system, name in field.names.items():
            other = taken.setdefault((system, name), field.name)
            if other != field.name:
                report.error(
                    "shared-name",
                    field.where,
                    f"{quoted(other)} and {quoted(field.name)} are both called {quoted(name)} "
                    f"in {system}.",
                    "Give each field its own name in the system.",
                )
