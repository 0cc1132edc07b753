"""Dotted names: what they may refer to in one workflow, and reading them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from leadline.expression.tree import Operand, Ref
from leadline.expression.types import FieldType
from leadline.expression.vocabulary import Vocabulary
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.nodes import TextNode
from leadline.project.problems import Report, Where, did_you_mean, listed, quoted

_DOTTED = re.compile(r"([A-Za-z_][\w-]*)\.([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Names:
    """What a reference may name: contact fields, and properties that *every* event has.

    ``events`` are the events that can be meant by ``event``; ``absent`` says why a property
    that some of them have is not among the names. ``systems`` are known by name only: what a
    system holds is not read back yet, so a field of it could never be known.
    """

    vocabulary: Vocabulary
    events: tuple[str, ...]
    absent: Mapping[str, str]
    systems: frozenset[str] = frozenset()


def names_for(
    fields: Mapping[str, Field],
    events: Iterable[EventType],
    zone: tzinfo,
    systems: Iterable[str] = (),
) -> Names:
    """The names of a workflow that any of ``events`` starts (or of a condition on one)."""
    kinds = tuple(events)
    properties: dict[str, FieldType] = {}
    absent: dict[str, str] = {}
    for name in dict.fromkeys(p for e in kinds for p in e.properties):
        types = {e.name: e.properties.get(name) for e in kinds}
        without = [e for e, t in types.items() if t is None]
        known = [t for t in types.values() if t is not None]
        if without:
            absent[name] = f"the event {quoted(without[0])} has no property {quoted(name)}"
        elif len(set(known)) > 1:
            absent[name] = f"the property {quoted(name)} has two types, one in each event"
        else:
            properties[name] = known[0]
    scopes = {
        "contact": {name: field.type for name, field in fields.items()},
        "event": properties,
    }
    vocabulary = Vocabulary(scopes, zone)
    return Names(vocabulary, tuple(e.name for e in kinds), absent, frozenset(systems))


def dotted(text: str) -> Ref | None:
    """The reference that a text spells, or None where it is text.

    >>> dotted("event.title")
    Ref(scope='event', name='title')
    >>> dotted("3.5") is None
    True
    """
    found = _DOTTED.fullmatch(text)
    return Ref(found[1], found[2]) if found else None


def read_ref(node: TextNode, names: Names, report: Report) -> Operand | None:
    """A reference with its type; what cannot be referred to is reported."""
    ref = dotted(node.value)
    if ref is None:
        report.error(
            "not-a-reference",
            node.where,
            f"{quoted(node.value)} is not a dotted name.",
            'Write the field with its owner, such as "contact.email" or "event.title".',
        )
        return None
    return look_up(ref, node.where, names, report)


def look_up(ref: Ref, where: Where, names: Names, report: Report) -> Operand | None:
    """The type of a reference, or a problem that names the nearest."""
    kind = names.vocabulary.type_of(ref)
    if kind is not None:
        return Operand(ref, kind)
    if ref.scope in names.systems:
        refuse_system_field(ref, where, report)
    elif ref.scope not in names.vocabulary.scopes:
        report.error(
            "unknown-scope",
            where,
            f"{quoted(str(ref))} is a dotted name that begins neither with contact nor event.",
            f"Did you mean contact.{ref.name}? A text is written {{ text: {ref} }}."
            if ref.name in names.vocabulary.scopes["contact"]
            else "If it is a text, write it in braces: { text: … }.",
        )
    elif ref.scope == "event":
        _refuse_property(ref, where, names, report)
    else:
        report.error(
            "unknown-field",
            where,
            f"unknown field {quoted(ref.name)} on contact.",
            did_you_mean(
                ref.name,
                names.vocabulary.scopes["contact"],
                "Fields are listed in data/contact.yaml.",
            ),
        )
    return None


def refuse_system_field(ref: Ref, where: Where, report: Report) -> None:
    """Report a reference to what a system holds, which this version does not read."""
    report.error(
        "system-field",
        where,
        f"{quoted(str(ref))} is a field of a system, which this version does not read yet.",
        "Use the contact field that has this name in the system (see data/contact.yaml).",
    )


def _refuse_property(ref: Ref, where: Where, names: Names, report: Report) -> None:
    if not names.events:
        report.error(
            "no-event",
            where,
            f"{quoted(str(ref))} needs an event, but no event starts this workflow.",
            "Use a contact field, or name the event under starts: when.",
        )
    elif ref.name in names.absent:
        report.error(
            "unknown-property",
            where,
            f"{names.absent[ref.name]}, so {quoted(str(ref))} is not always there.",
            "Add it in events.yaml, or split the workflow by event.",
        )
    else:
        report.error(
            "unknown-property",
            where,
            f"unknown property {quoted(ref.name)} on the event {listed(names.events[:2], 'or')}.",
            did_you_mean(
                ref.name,
                names.vocabulary.scopes["event"],
                "Properties are listed in events.yaml.",
            ),
        )
