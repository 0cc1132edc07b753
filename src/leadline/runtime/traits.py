"""What an event says of its person, taken into her contact; the newer word wins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from leadline.expression.types import Kind
from leadline.project.fields import Field
from leadline.runtime.ingest.message import TRAITS
from leadline.runtime.properties import typed
from leadline.store.contact import Contact


def spelled(name: str) -> str:
    """Return how a trait is called here: ``firstName`` and ``First Name`` are ``first_name``.

    >>> spelled("firstName"), spelled("First Name"), spelled("company_size")
    ('first_name', 'first_name', 'company_size')
    """
    out: list[str] = []
    for i, char in enumerate(name.strip()):
        if char.isupper() and i and (name[i - 1].islower() or name[i - 1].isdigit()):
            out.append("_")
        out.append("_" if char in " -" else char.lower())
    return "".join(out)


def traits_of(kind: str, properties: Mapping[str, object]) -> Mapping[str, object]:
    """Return what an event says of its person (see ``ingest.message``)."""
    found = properties if kind == "identify" else properties.get(TRAITS)
    return cast(Mapping[str, object], found) if isinstance(found, dict) else {}


def take_in(
    contact: Contact,
    traits: Mapping[str, object],
    fields: Mapping[str, Field],
    at: datetime,
    source: str,
) -> bool:
    """Write traits into a contact; return whether anything changed.

    A field keeps the value of the newest event, by the time it happened. What no field
    declares is kept as it came. A value that is not of the field's type is kept beside.
    """
    changed = False
    for key, raw in traits.items():
        name = spelled(key)
        field = fields.get(name)
        value = typed(raw, field.type) if field is not None else None
        if field is None or (value is None and raw is not None):
            if contact.extra.get(key) != raw:
                contact.extra[key] = raw
                changed = True
            continue
        if field.type.kind is Kind.EMAIL and isinstance(value, str):
            value = value.strip()
        if _is_newer(contact, name, at):
            contact.meta[name] = {"at": at.isoformat(), "source": source}
            if contact.values.get(name) != value:
                if value is None:
                    contact.values.pop(name, None)
                else:
                    contact.values[name] = value
            changed = True
    return changed


def _is_newer(contact: Contact, name: str, at: datetime) -> bool:
    known = contact.meta.get(name)
    if not isinstance(known, dict):
        return True
    since = cast(dict[str, object], known).get("at")
    return not isinstance(since, str) or datetime.fromisoformat(since) <= at
