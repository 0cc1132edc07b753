"""Klaviyo's flow definitions, as its interface answers them (one flow at a time)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    Condition,
    Every,
    Flow,
    Happened,
    Live,
    Membership,
    Step,
    Trigger,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    distinct,
    flag,
    is_list,
    is_map,
    items,
    mapping,
    mappings,
    shown,
    text,
)
from leadline.inspection.flows.klaviyo.actions import read_action
from leadline.inspection.flows.klaviyo.conditions import (
    PROFILE,
    SYSTEM,
    property_of,
    read_filter,
)
from leadline.inspection.flows.revising import replace
from leadline.inspection.recognition import Content, Recognition, Unread

SHAPES = ("klaviyo-flows", "klaviyo-flow-listing")
CANNOT_SAY = (
    "what happens when a message or a webhook fails",
    "the names of metrics, lists and templates (only their ids)",
    "the text of its emails",
    "how many people are waiting in it",
)
ATTRIBUTES = frozenset(
    {"name", "status", "archived", "created", "updated", "trigger_type", "definition"}
)
KEYS = frozenset({"triggers", "profile_filter", "actions", "entry_action_id", "reentry_criteria"})


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document holds Klaviyo flows, or their listing."""
    entries = [entry for entry, _ in _entries(document, path)]
    whole = [entry for entry in entries if _definition(entry)]
    if whole:
        words = (f"{len(whole)} objects with triggers, actions and links",)
        return Recognition("klaviyo-flows", SYSTEM, Content.FLOWS, 0.96, words)
    listed = [entry for entry in entries if _is_listed(entry)]
    if listed:
        words = (f"{len(listed)} flows by name and trigger_type, without a definition",)
        return Recognition("klaviyo-flow-listing", SYSTEM, Content.LISTING, 0.93, words)
    return None


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every flow in the document, and those without a definition."""
    del recognition, dictionary
    flows: list[Flow] = []
    listed = 0
    entries = list(_entries(document, path))
    for number, (entry, where) in enumerate(entries, start=1):
        stem = PurePath(path).name
        if _definition(entry):
            flows.append(_flow(entry, where, stem if len(entries) == 1 else f"{stem} {number}"))
        else:
            listed += 1
    unread = Unread(
        path,
        f"{listed} known, 0 readable: the listing of flows has no definitions.",
        "Ask for each flow: GET /api/flows/{id}?additional-fields[flow]=definition.",
    )
    return tuple(flows), (unread,) if listed else ()


def _entries(document: object, path: str) -> Iterator[tuple[Map, str]]:
    found = document if is_list(document) else mapping(document).get("data", document)
    if not is_list(found):
        if is_map(found):
            yield mapping(found), path
        return
    several = items(found)
    for number, each in enumerate(several, start=1):
        entry = mapping(each)
        inner = entry.get("data")
        where = path if len(several) == 1 else f"{path}, flow {number}"
        yield (mapping(inner) if is_map(inner) and "attributes" not in entry else entry), where


def _definition(entry: Map) -> Map:
    """The definition of a flow, wherever it stands; empty where there is none."""
    attributes = mapping(entry.get("attributes"))
    for held in (attributes.get("definition"), entry.get("definition"), entry):
        found = mapping(held)
        actions = found.get("actions")
        if is_list(actions) and ("entry_action_id" in found or "triggers" in found):
            return found
    return {}


def _is_listed(entry: Map) -> bool:
    attributes = mapping(entry.get("attributes"))
    return text(entry.get("type")) == "flow" and (
        "trigger_type" in attributes or ("status" in attributes and "archived" in attributes)
    )


def _flow(entry: Map, where: str, name: str) -> Flow:
    unknowns = Unknowns()
    attributes = mapping(entry.get("attributes")) or entry
    definition = _definition(entry)
    if attributes is not definition:
        unknowns.keys(mapping(entry.get("attributes")), ATTRIBUTES, "flow")
    unknowns.keys(definition, KEYS | ATTRIBUTES if attributes is definition else KEYS, "definition")
    steps, notes = _steps(definition, unknowns)
    start = text(definition.get("entry_action_id")) or None
    if start is not None and start not in steps:
        notes.append(f"starts with action {shown(start, 20)}, which the file does not hold")
        start = None
    live = _live(attributes, steps, notes)
    return Flow(
        SYSTEM,
        text(entry.get("id")) or shown(attributes.get("name"), 200) or name,
        shown(attributes.get("name"), 200) or name,
        where,
        live,
        PROFILE,
        tuple(_triggers(definition, unknowns)),
        start,
        MappingProxyType(steps),
        checked_at_each_step=read_filter(definition.get("profile_filter"), unknowns),
        updated_at=text(attributes.get("updated")) or None,
        not_understood=unknowns.all(),
        cannot_say=CANNOT_SAY,
        notes=tuple(notes),
    )


def _live(attributes: Map, steps: Mapping[str, Step], notes: list[str]) -> Live:
    if flag(attributes.get("archived")):
        notes.append("is archived")
        return Live.OFF
    status = text(attributes.get("status"))
    if status == "manual":
        notes.append("is manual: people enter, messages wait for a person to send them")
    sends = [send for step in steps.values() for send in step.sends]
    if status == "live" and sends and not any(send.live is Live.ON for send in sends):
        notes.append("is live, and none of its messages is: it sends nothing")
    return {"live": Live.ON, "manual": Live.ON, "draft": Live.OFF}.get(status, Live.UNSAID)


def _triggers(definition: Map, unknowns: Unknowns) -> Iterator[Trigger]:
    again = _again(mapping(definition.get("reentry_criteria")))
    for found in mappings(definition.get("triggers")):
        kind, group = text(found.get("type")), text(found.get("id"))
        extra = read_filter(found.get("trigger_filter"), unknowns)
        match kind:
            case "list" | "segment":
                words = f"joins {kind} {shown(group, 40)}"
                member = Membership(group, inside=True, words=f"is in {kind} {shown(group, 40)}")
                yield Trigger(TriggerKind.LIST, words, _both(member, extra), (), again)
            case "metric" | "price-drop" | "low-inventory":
                name = f"metric {shown(group, 40)}" if kind == "metric" else kind.replace("-", " ")
                event = Happened(group or kind, happened=True, words=name)
                yield Trigger(TriggerKind.EVENT, name, _both(event, extra), (), again)
            case "date":
                held = text(found.get("date_profile_property")) or text(found.get("property"))
                reads = (property_of(held),) if held else ()
                words = f"the date in {shown(held) or 'a custom object'}"
                yield Trigger(TriggerKind.DATE, words, extra, reads, again)
            case _:
                unknowns.add(f"trigger: {shown(kind, 40) or 'without a type'}")
                words = f"a trigger of unknown type {shown(kind, 40)}".rstrip()
                opaque = Understanding.OPAQUE
                yield Trigger(TriggerKind.OPAQUE, words, extra, (), again, understanding=opaque)


def _both(one: Condition, other: Condition | None) -> Condition:
    return one if other is None else Every((one, other))


def _again(criteria: Map) -> bool | None:
    unit = text(criteria.get("unit"))
    return None if not unit else unit != "alltime"


def _steps(definition: Map, unknowns: Unknowns) -> tuple[dict[str, Step], list[str]]:
    steps: dict[str, Step] = {}
    notes: list[str] = []
    raw = items(definition.get("actions"))
    for number, action in enumerate(mappings(raw), start=1):
        wanted = text(action.get("id")) or text(action.get("temporary_id")) or f"(action {number})"
        step_id = distinct(wanted, steps)
        if step_id != wanted:
            notes.append(f"two actions have the id {shown(wanted, 40)}")
        steps[step_id] = read_action(action, step_id, unknowns)
    if len(mappings(raw)) < len(raw):
        notes.append(f"{len(raw) - len(mappings(raw))} actions could not be read")
    for step_id, step in steps.items():
        loose = dict.fromkeys(e.to for e in step.edges if e.to is not None and e.to not in steps)
        if loose:
            edges = tuple(replace(e, to=None) if e.to in loose else e for e in step.edges)
            said = tuple(f"leads to {shown(t, 40)}, which the file does not hold" for t in loose)
            steps[step_id] = replace(step, edges=edges, notes=(*step.notes, *said))
    return steps, notes
