"""The JSON Schema of every file kind, for editors.

Printed from the records by which the files are read. It is wider than the reader in one way:
editors turn ``01234`` and ``true`` into numbers and flags, the reader takes them as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import assert_never

from leadline.project.case_kinds import CASES_FILE
from leadline.project.file_kinds import (
    CONTACT_FILE,
    EVENTS_FILE,
    FACTS_FILE,
    NAMED,
    PROJECT,
    SIGNATURES,
    SYSTEM_KINDS,
    WORKFLOW,
)
from leadline.project.schema import (
    Either,
    ListOf,
    MapOf,
    Named,
    OneOrMany,
    Record,
    Shape,
    Text,
    Word,
)

_NUMBER = re.compile(r"-?\d+")

Json = str | bool | list["Json"] | dict[str, "Json"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TITLES: Mapping[str, tuple[str, Shape]] = {
    "leadline": ("leadline.yaml: the project", PROJECT),
    "contact": ("data/contact.yaml: what is known of a contact", CONTACT_FILE),
    "events": ("events.yaml: the tracking plan", EVENTS_FILE),
    "facts": ("facts.yaml: what an inspection counted", FACTS_FILE),
    "signatures": ("signatures.yaml: who signed what a workflow means", SIGNATURES),
    "workflow": ("workflows/*.yaml: what starts it, and its steps", WORKFLOW),
    "tests": ("tests/*.yaml: what is expected of a workflow", CASES_FILE),
    **{
        f"system-{kind}": (f"systems/*.yaml of kind {kind}", record)
        for kind, record in SYSTEM_KINDS.items()
    },
}


def schemas() -> Mapping[str, str]:
    """File name (``workflow.json``) to the text of the schema."""
    return {f"{name}.json": _document(name, title, s) for name, (title, s) in _TITLES.items()}


def _document(name: str, title: str, shape: Shape) -> str:
    body = _schema(shape)
    if name.startswith("system-") and isinstance(properties := body["properties"], dict):
        properties["kind"] = {"const": name.removeprefix("system-")}
    used: dict[str, Json] = {}
    _define(body, used)
    document: dict[str, Json] = {"$schema": DIALECT, "title": title, **body}
    if used:
        document["$defs"] = dict(sorted(used.items()))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _define(node: Json, used: dict[str, Json]) -> None:
    """Add every named shape that ``node`` refers to, and those that these refer to."""
    if isinstance(node, list):
        for item in node:
            _define(item, used)
    elif isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            name = reference.rpartition("/")[2]
            if name not in used:
                used[name] = body = _schema(NAMED[name])
                _define(body, used)
        for value in node.values():
            _define(value, used)


def _schema(shape: Shape) -> dict[str, Json]:
    match shape:
        case Text():
            text: dict[str, Json] = {"type": ["string", "number", "boolean"]}
            if shape.pattern:
                text["pattern"] = shape.pattern
                # A pattern says nothing about numbers: where none can be meant, none may stand.
                if not _NUMBER.fullmatch(shape.example):
                    text["type"] = "string"
            if shape.example:
                text["examples"] = [shape.example]
            return text
        case Word():
            words: list[Json] = [str(w) for w in shape.words]
            # An editor reads true and false as flags.
            flags = [w == "true" for w in words if w in {"true", "false"}]
            return {"enum": [*words, *flags, *(["yes", "no"] if flags else [])]}
        case OneOrMany():
            return {"oneOf": [_schema(shape.item), _schema(ListOf(shape.item))]}
        case ListOf():
            return {"type": "array", "items": _schema(shape.item)}
        case MapOf():
            return {"type": "object", "additionalProperties": _schema(shape.value)}
        case Either():
            return {"anyOf": [_schema(s) for s in shape.shapes]}
        case Named():
            return {"$ref": f"#/$defs/{shape.name}"}
        case Record():
            return _record(shape)
        case _:
            assert_never(shape)


def _record(record: Record) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    for name, key in record.keys.items():
        properties[name] = {"description": key.doc, **_schema(key.shape)}
    required: list[Json] = [name for name, key in record.keys.items() if key.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        **({"required": required} if required else {}),
    }
