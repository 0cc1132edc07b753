"""HubSpot's flows as its automation interface answers them, in every shape they lie on disk in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from leadline.blueprint.graph.flow import Flow
from leadline.inspection.flows.document import (
    EMPTY,
    Map,
    is_list,
    items,
    mapping,
    mappings,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.hubspot.flow import is_flow, is_listed, read_flow
from leadline.inspection.flows.hubspot.names import SYSTEM
from leadline.inspection.flows.hubspot.older import is_old, read_old
from leadline.inspection.flows.hubspot.scope import read_dictionary
from leadline.inspection.recognition import Content, Recognition, Unread

SHAPES = ("hubspot-flows", "hubspot-flow-listing", "hubspot-action-types")
_TELLING = (
    "isEnabled",
    "flowType",
    "objectTypeId",
    "startActionId",
    "enrollmentCriteria",
    "revisionId",
    "nextAvailableActionId",
)


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document holds HubSpot flows, their listing, or the list of action types."""
    entries = [entry for entry, _ in _entries(document, path)]
    flows = [entry for entry in entries if is_flow(entry)]
    if flows:
        telling = [key for key in _TELLING if key in flows[0]]
        sure = min(0.98, 0.5 + 0.16 * len(telling))
        return Recognition(
            "hubspot-flows",
            SYSTEM,
            Content.FLOWS,
            sure,
            (f"{len(flows)} objects with actions and {', '.join(telling)}",),
        )
    old = [entry for entry in entries if is_old(entry)]
    if any("actions" in entry for entry in old):
        words = (f"{len(old)} workflows with enabled and contactListIds or insertedAt",)
        return Recognition("hubspot-flows", SYSTEM, Content.FLOWS, 0.93, words)
    listed = [entry for entry in entries if is_listed(entry) or is_old(entry)]
    if listed or (entries and PurePath(path).name == "_index.json" and _names(entries)):
        count = len(listed) or len(entries)
        words = (f"{count} names of flows without their actions",)
        return Recognition("hubspot-flow-listing", SYSTEM, Content.LISTING, 0.93, words)
    known = read_dictionary(document)
    if known:
        words = (f"{len(known)} action types with actionTypeId and actionName",)
        return Recognition("hubspot-action-types", SYSTEM, Content.DEFINITIONS, 0.97, words)
    return None


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every flow in the document, and what could not be read of it."""
    if recognition.content is Content.DEFINITIONS:
        return (), ()
    entries = list(_entries(document, path))
    known = read_dictionary(dictionary)
    stem = PurePath(path).name
    flows: list[Flow] = []
    unread: list[Unread] = list(_refused(document, path))
    listed = 0
    for number, (entry, where) in enumerate(entries, start=1):
        name = stem if len(entries) == 1 else f"{stem} {number}"
        if is_flow(entry):
            flows.append(read_flow(entry, where, name, known))
        elif is_old(entry) and "actions" in entry:
            flows.append(read_old(entry, where, name))
        elif recognition.content is Content.LISTING or is_listed(entry) or is_old(entry):
            listed += 1
        else:
            unread.append(
                Unread(where, "This is no flow: it has no actions.", "Export the flow again.")
            )
    if listed:
        unread.append(
            Unread(
                path,
                f"{listed} known, 0 readable: this is the listing of flows, "
                "which has names but no actions.",
                "Export each flow by its id: GET /automation/v4/flows/{id}.",
            )
        )
    return tuple(flows), tuple(unread)


def _entries(document: object, path: str) -> Iterator[tuple[Map, str]]:
    """What may be a flow in the document, each with its place."""
    if is_list(document):
        yield from _numbered(items(document), path)
        return
    found = mapping(document)
    for key in ("results", "workflows", "flows"):
        if isinstance(found.get(key), list) and "actions" not in found:
            yield from _numbered(items(found.get(key)), path)
            return
    for key in ("result", "flow"):
        if isinstance(found.get(key), dict) and "actions" not in found:
            yield mapping(found.get(key)), path
            return
    if found:
        yield found, path


def _numbered(found: list[object], path: str) -> Iterator[tuple[Map, str]]:
    for number, entry in enumerate(found, start=1):
        inner = mapping(entry)
        # An answer with a revision wraps the flow once more.
        revised = mapping(inner.get("flow")) if "actions" not in inner else EMPTY
        yield (revised or inner), (path if len(found) == 1 else f"{path}, flow {number}")


def _names(entries: list[Map]) -> bool:
    return all("name" in entry and ("id" in entry or "flowId" in entry) for entry in entries)


def _refused(document: object, path: str) -> Iterator[Unread]:
    """What the batch answer says it could not give."""
    for error in mappings(mapping(document).get("errors")):
        ids = texts(mapping(error.get("context")).get("ids")) or (text(error.get("id")),)
        yield Unread(
            path,
            f"HubSpot did not give flow {shown(', '.join(ids), 60) or 'without a number'}: "
            f"{shown(error.get('category'), 40) or 'no reason told'}.",
            "Ask for it again, with a token that may read automations.",
        )
