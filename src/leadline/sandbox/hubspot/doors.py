"""Which paths HubSpot has, and what each needs.

The dated paths and the old ``v3`` ones are the same doors (vendors.md section 1, "versions").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from leadline.sandbox.control import read_json
from leadline.sandbox.front import Operation
from leadline.sandbox.listener import Request

READ_CONTACTS = "crm.objects.contacts.read"
WRITE_CONTACTS = "crm.objects.contacts.write"
READ_SCHEMAS = "crm.schemas.contacts.read"
WRITE_SCHEMAS = "crm.schemas.contacts.write"
SCOPES = (READ_CONTACTS, WRITE_CONTACTS, READ_SCHEMAS, WRITE_SCHEMAS)

_CONTACTS = r"/crm/(?:v3/objects|objects/\d{4}-\d{2})/(?:contacts|contact|0-1)"
_PROPERTIES = r"/crm/(?:v3/properties|properties/\d{4}-\d{2})/(?:contacts|contact|0-1)"
_ACCOUNT = r"/account-info/(?:v3|\d{4}-\d{2})"
_ID = "/(?P<id>[^/]+)"
_BATCH_WRITE = "/batch/(?P<verb>create|update|upsert|archive)"


@dataclass(frozen=True, slots=True)
class Door:
    """One operation with the scope it needs (none: any token) and the parts of its path."""

    name: str
    scope: str
    parts: Mapping[str, str]


_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("POST", _CONTACTS + "/batch/read", "contacts.batch.read", READ_CONTACTS),
    ("POST", _CONTACTS + _BATCH_WRITE, "contacts.batch", WRITE_CONTACTS),
    ("POST", _CONTACTS + "/search", "contacts.search", READ_CONTACTS),
    ("POST", _CONTACTS + "/merge", "contacts.merge", WRITE_CONTACTS),
    ("GET", _CONTACTS, "contacts.list", READ_CONTACTS),
    ("POST", _CONTACTS, "contacts.create", WRITE_CONTACTS),
    ("GET", _CONTACTS + _ID, "contacts.get", READ_CONTACTS),
    ("PATCH", _CONTACTS + _ID, "contacts.update", WRITE_CONTACTS),
    ("DELETE", _CONTACTS + _ID, "contacts.archive", WRITE_CONTACTS),
    ("GET", _PROPERTIES, "properties.list", READ_SCHEMAS),
    ("POST", _PROPERTIES, "properties.create", WRITE_SCHEMAS),
    ("GET", _PROPERTIES + _ID, "properties.get", READ_SCHEMAS),
    ("GET", _ACCOUNT + "/api-usage/daily(?:/private-apps)?", "account.usage", ""),
    ("GET", _ACCOUNT + "/details", "account.details", ""),
)  # fmt: skip
_DOORS = tuple((method, re.compile(path), name, scope) for method, path, name, scope in _TABLE)
_WRITES = frozenset(
    {
        "contacts.batch",
        "contacts.merge",
        "contacts.create",
        "contacts.update",
        "contacts.archive",
        "properties.create",
    }
)


def find_door(request: Request) -> Door | None:
    """The door of a request; None where HubSpot has none."""
    for method, pattern, name, scope in _DOORS:
        found = pattern.fullmatch(request.path) if method == request.method else None
        if found is not None:
            return Door(name, scope, found.groupdict())
    return None


def operation_of(request: Request) -> Operation | None:
    """What a request asks for, and how many records it is about."""
    door = find_door(request)
    if door is None:
        return None
    effectful = door.name in _WRITES
    if ".batch" not in door.name:
        return Operation(door.name, effectful)
    name = f"{door.name}.{door.parts['verb']}" if "verb" in door.parts else door.name
    return Operation(name, effectful, _count_inputs(request.body), has_rows=effectful)


def _count_inputs(body: bytes) -> int:
    """How many records a batch is about; 1 for a body that is no batch."""
    try:
        given = read_json(body)
    except ValueError:
        return 1
    inputs = given.get("inputs") if isinstance(given, dict) else None
    return max(1, len(inputs)) if isinstance(inputs, list) else 1
