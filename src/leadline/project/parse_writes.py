"""``set`` and ``if_missing`` → writes and stand-ins, typed against their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from types import MappingProxyType

from leadline.expression.tree import Operand, Ref
from leadline.expression.types import FieldType, Kind, Value
from leadline.project.entries import Entries, read_record, read_text
from leadline.project.fields import Field
from leadline.project.file_kinds import WRITE
from leadline.project.nodes import Entry, MapNode, Node, TextNode
from leadline.project.problems import Report, Where, did_you_mean, listed, quoted
from leadline.project.quantities import typed
from leadline.project.references import Names, dotted, look_up, read_ref
from leadline.project.workflow import (
    AddTo,
    Clear,
    Constant,
    FromRef,
    Increment,
    Only,
    Source,
    To,
    Write,
)

_MODES = ("to", "add_to", "increment", "text")
_EXAMPLES: Mapping[Kind, str] = {
    Kind.TEXT: "any text",
    Kind.EMAIL: "one mail address",
    Kind.CHOICE: "one of its values",
    Kind.NUMBER: 'digits, such as "200" or "3.5"',
    Kind.FLAG: '"true" or "false"',
    Kind.TIME: 'a time, such as "2026-12-01 09:00"',
    Kind.DATE: 'a date, such as "2026-12-01"',
}


def read_writes(
    entries: tuple[Entry, ...], fields: Mapping[str, Field], names: Names, report: Report
) -> Mapping[str, Write]:
    """Canonical field name → write; the names may carry ``contact.`` before them."""
    writes: dict[str, Write] = {}
    for entry in entries:
        name = entry.key.value.removeprefix("contact.")
        field = fields.get(name)
        if field is None:
            report.error(
                "unknown-field",
                entry.key.where,
                f"unknown field {quoted(name)} on contact.",
                did_you_mean(name, fields, "Fields are listed in data/contact.yaml."),
            )
            continue
        if name in writes:
            report.error(
                "duplicate-key",
                entry.key.where,
                f"{quoted(name)} is written here twice.",
                "Keep one of them.",
            )
        write = _write(entry.value, field, names, report)
        if write is not None:
            writes[name] = write
    return MappingProxyType(writes)


def read_stand_ins(entries: tuple[Entry, ...], names: Names, report: Report) -> Mapping[Ref, Value]:
    """``if_missing``: reference → the value that stands in for it."""
    found: dict[Ref, Value] = {}
    for entry in entries:
        operand = read_ref(entry.key, names, report)
        text = read_text(entry.value, "if_missing", report)
        if operand is None or text is None:
            continue
        value = _constant(text, operand.type, str(operand.ref), names, report)
        if value is not None:
            found[operand.ref] = value.value
    return MappingProxyType(found)


def _write(node: Node, field: Field, names: Names, report: Report) -> Write | None:
    if not isinstance(node, MapNode):
        text = read_text(node, field.name, report)
        if text is None:
            return None
        if text.value == "clear":
            return Clear()
        source = _source(text, field, names, report)
        return None if source is None else To(source)
    entries = read_record(node, WRITE, report)
    if entries is None:
        return None
    modes = [m for m in _MODES if m in entries]
    if len(modes) != 1:
        report.error(
            "write-mode",
            entries.where,
            f"a write needs exactly one of {listed(_MODES, 'or')}.",
            "Keep the one that is meant.",
        )
        return None
    return _mode(modes[0], entries, field, names, report)


def _mode(mode: str, entries: Entries, field: Field, names: Names, report: Report) -> Write | None:
    text = entries.text(mode)
    only = _only(entries, mode, field, report)
    if text is None or only is None:
        return None
    match mode:
        case "text":
            constant = _constant(text, field.type, field.name, names, report)
            return None if constant is None else To(constant, only)
        case "increment":
            return _increment(text, field, report)
        case "add_to" if field.type.kind is not Kind.TEXT:
            report.error(
                "not-a-list",
                entries.place(mode),
                f"{quoted(field.name)} is of type {field.type.kind}, which holds one value.",
                "Use { to: … }, or a field of type text for a list.",
            )
            return None
        case _:
            source = _source(text, field, names, report)
            if source is None:
                return None
            return AddTo(source) if mode == "add_to" else To(source, only)


def _only(entries: Entries, mode: str, field: Field, report: Report) -> Only | None:
    if "only" not in entries:
        return Only.ALWAYS
    word = entries.word("only")
    if word is None:
        return None
    if mode not in {"to", "text"}:
        report.error(
            "write-mode",
            entries.place("only"),
            f'"only" has no meaning beside {quoted(mode)}.',
            "Use it with { to: … }.",
        )
        return None
    if word == Only.FORWARD and field.type.kind is not Kind.CHOICE:
        report.error(
            "forward-without-order",
            entries.place("only"),
            f"{quoted(field.name)} is of type {field.type.kind}, which has no forward.",
            "Only a choice has: its values are in order.",
        )
        return None
    return Only(word)


def _increment(text: TextNode, field: Field, report: Report) -> Write | None:
    if field.type.kind is not Kind.NUMBER:
        report.error(
            "not-a-number",
            text.where,
            f"{quoted(field.name)} is of type {field.type.kind} and cannot be incremented.",
            "Only a number can.",
        )
        return None
    digits = text.value.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 12 and int(digits):
        return Increment(int(text.value))
    report.error(
        "not-a-number",
        text.where,
        f"{quoted(text.value)} is not a whole number other than zero.",
        'Write it in digits, such as "1" or "-1".',
    )
    return None


def _source(text: TextNode, field: Field, names: Names, report: Report) -> Source | None:
    ref = dotted(text.value)
    if ref is None:
        return _constant(text, field.type, field.name, names, report)
    operand = look_up(ref, text.where, names, report)
    if operand is None:
        return None
    if _fits(operand.type, field.type):
        return FromRef(ref)
    _refuse_type(operand, field, text.where, report)
    return None


def _constant(
    text: TextNode, kind: FieldType, name: str, names: Names, report: Report
) -> Constant | None:
    value = read_constant(text, kind, name, names.vocabulary.zone or UTC, report)
    return None if value is None else Constant(value)


def read_constant(
    text: TextNode, kind: FieldType, name: str, zone: tzinfo, report: Report
) -> Value:
    """A value of the field or property ``name``; None where the text is none (reported).

    A time without offset is meant in ``zone``.
    """
    value = typed(text.value, kind, zone)
    if value is not None:
        return value
    report.error(
        "wrong-type",
        text.where,
        f"{quoted(text.value)} cannot be a value of {quoted(name)}, a {kind.kind} field.",
        did_you_mean(text.value, kind.values, f"It is one of {listed(kind.values, 'or')}.")
        if kind.values
        else f"Write {_EXAMPLES[kind.kind]}.",
    )
    return None


def _fits(source: FieldType, target: FieldType) -> bool:
    if target.kind is Kind.TEXT:
        return source.kind in {Kind.TEXT, Kind.EMAIL, Kind.CHOICE}
    if target.kind is Kind.CHOICE:
        return source.kind is Kind.CHOICE and set(source.values) <= set(target.values)
    return source.kind is target.kind


def _refuse_type(operand: Operand, field: Field, where: Where, report: Report) -> None:
    if field.type.kind is Kind.CHOICE and operand.type.kind is Kind.CHOICE:
        extra = [v for v in operand.type.values if v not in field.type.values]
        report.error(
            "wrong-type",
            where,
            f"{quoted(str(operand.ref))} can be {listed(extra, 'or')}, "
            f"which {quoted(field.name)} cannot.",
            "Give both the same values.",
        )
        return
    report.error(
        "wrong-type",
        where,
        f"{quoted(str(operand.ref))} is of type {operand.type.kind}, "
        f"{quoted(field.name)} of type {field.type.kind}.",
        "Write a value of the field's own type.",
    )
