"""Answers of HubSpot's interface: property definitions, property history, owners, records, and
the account's own action types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content, Recognition
from leadline.inspection.tables.answer import (
    Answers,
    AnswerTable,
    cell,
    mapping,
    objects,
    results_of,
    share,
    tabulate,
)
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Shape

Record = Mapping[str, object]

# Files are named after the object in either number; properties that only one object has decide
# where the name is silent.
_BY_PATH = (
    (r"contact|kontakt", "contact"),
    (r"compan|unternehmen", "company"),
    (r"deal", "deal"),
    (r"ticket", "ticket"),
)
_BY_PROPERTY = (
    ({"dealname", "dealstage"}, "deal"),
    ({"hs_pipeline_stage", "hs_ticket_priority"}, "ticket"),
    ({"firstname", "lastname", "hs_marketable_status", "email"}, "contact"),
    ({"domain", "numberofemployees", "hs_parent_company_id"}, "company"),
)
_PLURAL = {"contact": "contacts", "company": "companies", "deal": "deals"}


def object_of(path: str, names: Sequence[str]) -> str:
    """The object that a file is about, by its name, else by its properties; empty = unknown."""
    name = re.split(r"[/!]", path)[-1]
    for pattern, told in _BY_PATH:
        if re.search(pattern, name, re.IGNORECASE):
            return told
    return next((told for own, told in _BY_PROPERTY if own & set(names)), "")


def recognise(document: object, path: str) -> Recognition | None:
    """Tell an answer of HubSpot by the keys that its records have."""
    lists = objects(mapping(document).get("lists"))
    if share(lists, "listId", "processingType") > 0.5:
        said = f"{len(lists):,} lists with listId and processingType"
        return Recognition("hubspot-lists", "hubspot", Content.TABLE, 0.97, (said,))
    records = results_of(document)
    if not records:
        return None
    for shape, content, keys, weight in (
        ("hubspot-action-types", Content.DEFINITIONS, ("actionTypeId", "actionName"), 0.95),
        ("hubspot-property-history", Content.HISTORY, ("propertiesWithHistory",), 0.97),
        ("hubspot-properties", Content.DEFINITIONS, ("name", "label", "type", "fieldType"), 0.95),
        ("hubspot-owners", Content.DEFINITIONS, ("email", "userId", "firstName"), 0.9),
    ):
        part = share(records, *keys)
        if part > 0.5:
            said = f"{len(records):,} records with {' and '.join(keys)}"
            content = Content.TABLE if shape == "hubspot-owners" else content
            return Recognition(shape, "hubspot", content, round(weight * part, 3), (said,))
    if share(records, "id", "properties") > 0.5:
        told = object_of(path, list(mapping(records[0].get("properties"))))
        if told in _PLURAL:
            said = f"{len(records):,} records with id and properties, of a {told}"
            return Recognition(f"hubspot-{_PLURAL[told]}", "hubspot", Content.TABLE, 0.9, (said,))
    return None


def tables(document: object, path: str, recognition: Recognition) -> tuple[AnswerTable, ...]:
    """The rows of a recognised answer."""
    shape = recognition.shape
    if shape == "hubspot-lists":
        lists = map(_list, objects(mapping(document).get("lists")))
        return (tabulate(shape, lists, ("listId", "name", "size")),)
    records = results_of(document)
    if shape == "hubspot-properties":
        return _definitions(records, path)
    if shape == "hubspot-property-history":
        return (_history(records, path),)
    if shape == "hubspot-action-types":
        return (tabulate(shape, records, ("actionTypeId", "actionName")),)
    if shape == "hubspot-owners":
        return (tabulate(shape, map(_owner, records), ("id", "email", "name", "active")),)
    flat = ({"hs_object_id": r.get("id"), **mapping(r.get("properties"))} for r in records)
    return (tabulate(shape, flat, ("hs_object_id",)),)


def _owner(record: Record) -> Record:
    names = (cell(record.get("firstName")), cell(record.get("lastName")))
    name = " ".join(part for part in names if part)
    archived = record.get("archived")
    return {**record, "name": name, "active": None if archived is None else not archived}


def _list(record: Record) -> Record:
    """A list with its size, which the search of lists gives among further properties."""
    further = mapping(record.get("additionalProperties"))
    kept = {key: value for key, value in record.items() if key != "additionalProperties"}
    return {**kept, "size": record.get("size", further.get("hs_list_size"))}


def _definitions(records: Sequence[Record], path: str) -> tuple[AnswerTable, ...]:
    told = object_of(path, [cell(record.get("name")) for record in records])
    properties = [
        {"object": told, **{key: value for key, value in record.items() if key != "options"}}
        for record in records
    ]
    options = [
        {
            "object": told,
            "field": record.get("name"),
            "value": option.get("value"),
            "label": option.get("label"),
            "hidden": option.get("hidden"),
        }
        for record in records
        for option in objects(record.get("options"))
    ]
    first = ("object", "name", "label", "type", "fieldType", "groupName", "calculated")
    found = (tabulate("hubspot-properties", properties, first),)
    if not options:
        return found
    return (*found, tabulate("hubspot-property-options", options, ("object", "field", "value")))


def _history(records: Sequence[Record], path: str) -> AnswerTable:
    names = [name for r in records[:50] for name in mapping(r.get("propertiesWithHistory"))]
    told = object_of(path, names)
    first = ("object", "key", "field", "value", "at", "source_type", "source_id", "source_label")
    return tabulate("hubspot-property-history", _changes(records, told), (*first, "updated_by"))


def _changes(records: Sequence[Record], told: str) -> Iterator[Record]:
    for record in records:
        for name, values in mapping(record.get("propertiesWithHistory")).items():
            for value in objects(values):
                yield {
                    "object": told,
                    "key": record.get("id"),
                    "field": name,
                    "value": value.get("value"),
                    "at": value.get("timestamp"),
                    "source_type": value.get("sourceType"),
                    "source_id": value.get("sourceId"),
                    "source_label": value.get("sourceLabel"),
                    "updated_by": value.get("updatedByUserId"),
                }


SHAPES = (
    Shape(
        "hubspot-lists",
        "hubspot",
        Kind.LIST,
        "list",
        (
            H("listId", (), Meaning.KEY, 0.5),
            H("name", (), Meaning.NAME),
            H("size", ("hs_list_size",), Meaning.MEMBERS, 0.2),
            H("processingType", (), weight=0.4),
            H("objectTypeId", (), weight=0.1),
        ),
        (("listId",), ("processingType", "objectTypeId")),
        keeps_names=True,
        gives="lists",
    ),
    Shape(
        "hubspot-action-types",
        "hubspot",
        Kind.OTHER,
        "action type",
        (H("actionTypeId", (), Meaning.KEY, 0.6), H("actionName", (), Meaning.NAME, 0.4)),
        (("actionTypeId",), ("actionName",)),
        content=Content.DEFINITIONS,
        gives="action types",
    ),
)

ANSWERS = Answers(
    (
        "hubspot-action-types",
        "hubspot-property-history",
        "hubspot-properties",
        "hubspot-owners",
        "hubspot-contacts",
        "hubspot-companies",
        "hubspot-deals",
        "hubspot-lists",
    ),
    recognise,
    tables,
)
