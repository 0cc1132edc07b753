"""Mautic's campaigns: the export of version 7, and answers of the interface of older ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    Edge,
    EdgeKind,
    FieldRef,
    Flow,
    Happened,
    Live,
    Membership,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
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
    maps_within,
    once,
    shown,
    text,
)
from leadline.inspection.flows.mautic.events import (
    CONTACT,
    SYSTEM,
    Held,
    column,
    read_condition,
    read_event,
    settings_of,
)
from leadline.inspection.flows.revising import replace
from leadline.inspection.recognition import Content, Recognition, Unread

SHAPES = ("mautic-campaigns",)
CANNOT_SAY = (
    "what happens when an event fails: it is tried again later, and that stands in no file",
    "how many contacts are in it",
)
NO_DATES = "between which dates it is published: an export of version 7 has no dates"
ENTITIES = frozenset(
    {
        "campaign",
        "campaign_event",
        "lists",
        "forms",
        "form_field",
        "form_action",
        "email",
        "page",
        "asset",
        "lead_field",
        "dependencies",
        "point_group",
        "dynamic_content",
        "sms",
        "notification",
        "message",
        "category",
        "tag",
        "stage",
        "company",
        "focus",
    }
)
MAX_TRIGGERS = 1_000  # pairs of a source and a first event; honest campaigns have ten
CAMPAIGN = frozenset({"id", "name", "description", "is_published", "uuid", "canvas_settings"})
EVENT = frozenset(
    {
        "id",
        "campaign_id",
        "name",
        "description",
        "type",
        "event_type",
        "event_order",
        "properties",
        "trigger_interval",
        "trigger_interval_unit",
        "trigger_mode",
        "trigger_date",
        "trigger_hour",
        "triggerRestrictedStartHour",
        "triggerRestrictedStopHour",
        "triggerRestrictedDaysOfWeek",
        "triggerWindow",
        "decisionPath",
        "channel",
        "channel_id",
        "parent_id",
        "uuid",
    }
)


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document holds Mautic campaigns."""
    exports = list(_exports(document))
    if exports:
        count = sum(len(mappings(export.get("campaign"))) for export in exports)
        words = (f"{count} campaigns beside campaign_event",)
        return Recognition("mautic-campaigns", SYSTEM, Content.FLOWS, 0.97, words)
    answers = list(_answers(document, path))
    if answers:
        words = (f"{len(answers)} campaigns with events, isPublished",)
        return Recognition("mautic-campaigns", SYSTEM, Content.FLOWS, 0.9, words)
    return None


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every campaign in the document."""
    del recognition, dictionary
    stem = PurePath(path).name
    flows = [flow for export in _exports(document) for flow in _exported(export, path, stem)]
    if not flows:
        flows = [_answered(found, where, stem) for found, where in _answers(document, path)]
    return tuple(flows), ()


def _exports(document: object) -> Iterator[Map]:
    for found in mappings(document) if is_list(document) else [mapping(document)]:
        if mappings(found.get("campaign")) and "campaign_event" in found:
            yield found


def _answers(document: object, path: str) -> Iterator[tuple[Map, str]]:
    found = mapping(document)
    held = found.get("campaigns", found.get("campaign", document))
    several = items(held) if is_list(held) else list(mapping(held).values())
    candidates = several if not _is_answer(mapping(held)) else [held]
    for number, each in enumerate(candidates, start=1):
        if _is_answer(mapping(each)):
            where = path if len(candidates) == 1 else f"{path}, campaign {number}"
            yield mapping(each), where


def _is_answer(found: Map) -> bool:
    return "isPublished" in found and "events" in found and ("lists" in found or "forms" in found)


def _exported(export: Map, path: str, stem: str) -> Iterator[Flow]:
    campaigns = mappings(export.get("campaign"))
    emails: dict[str, bool | None] = {
        text(row.get("id")): flag(row.get("is_published", row.get("isPublished")))
        for row in mappings(export.get("email"))
    }
    for number, campaign in enumerate(campaigns, start=1):
        unknowns = Unknowns()
        unknowns.keys(export, ENTITIES, "file")
        unknowns.keys(campaign, CAMPAIGN, "campaign")
        campaign_id = text(campaign.get("id"))
        rows = [
            row
            for row in mappings(export.get("campaign_event"))
            if len(campaigns) == 1 or column(row, "campaign_id", "campaignId") == campaign_id
        ]
        for row in rows:
            unknowns.keys(row, EVENT, "event")
        sources = _sources(export, campaign, alone=len(campaigns) == 1)
        where = path if len(campaigns) == 1 else f"{path}, campaign {number}"
        held = Held(emails, unknowns, dict(_segment_reads(export)))
        flow = _flow(campaign, rows, sources, held, where)
        notes = (*flow.notes, *_missing(export))
        cannot = (*CANNOT_SAY, NO_DATES)
        yield replace(flow, id=flow.id or stem, cannot_say=cannot, notes=notes)


def _sources(export: Map, campaign: Map, *, alone: bool) -> list[tuple[str, str]]:
    """The segments and forms that feed a campaign, as its dependencies name them."""
    found = [
        (kind, text(held.get(kind)))
        for kind in ("lists", "forms")
        for held in maps_within(export.get("dependencies"))
        if text(held.get("campaign")) == text(campaign.get("id"))
        and text(held.get(kind))
        and "campaign_event" not in held
    ]
    if found or not alone:
        return list(once(found))
    canvas = {
        text(node.get("id"))
        for node in mappings(mapping(campaign.get("canvas_settings")).get("nodes"))
    }
    return [
        (kind, text(row.get("id")))
        for kind in ("lists", "forms")
        for row in mappings(export.get(kind))
        if kind in canvas or not canvas
    ]


def _segment_reads(export: Map) -> Iterator[tuple[str, tuple[FieldRef, ...]]]:
    """The fields that each segment in the file filters by."""
    for segment in mappings(export.get("lists")):
        reads = once(
            FieldRef(
                SYSTEM,
                "company" if text(each.get("object")) == "company" else CONTACT,
                shown(each.get("field"), 120),
            )
            for each in mappings(segment.get("filters"))
            if text(each.get("field"))
        )
        yield text(segment.get("id")), reads


def _missing(export: Map) -> Iterator[str]:
    """What the dependencies name and the file does not hold."""
    held = {
        kind: {text(row.get("id")) for row in mappings(export.get(kind))}
        for kind in ("email", "forms", "lists", "page")
    }
    for found in once(
        (kind, each)
        for needs in maps_within(export.get("dependencies"))
        for kind, ids in held.items()
        for each in ([text(needs.get(kind))] if not is_list(needs.get(kind)) else [])
        if each and each not in ids
    ):
        yield f"needs {found[0]} {shown(found[1], 20)}, which the file does not hold"


def _answered(campaign: Map, where: str, stem: str) -> Flow:
    """A campaign as the interface of older versions answers it."""
    events = campaign.get("events")
    rows = mappings(events) if is_list(events) else mappings(list(mapping(events).values()))
    sources = [
        (kind, text(each.get("id")) if is_map(each) else text(each))
        for kind in ("lists", "forms")
        for each in (
            mappings(campaign.get(kind)) or mappings(list(mapping(campaign.get(kind)).values()))
        )
    ]
    flow = _flow(campaign, rows, sources, Held(), where)
    up, down = text(campaign.get("publishUp")), text(campaign.get("publishDown"))
    notes = list(flow.notes)
    if up or down:
        notes.append(f"published from {shown(up, 30) or 'the start'} to {shown(down, 30) or 'now'}")
    return replace(flow, id=flow.id or stem, cannot_say=CANNOT_SAY, notes=tuple(notes))


def _flow(
    campaign: Map, rows: list[Map], sources: list[tuple[str, str]], held: Held, where: str
) -> Flow:
    notes: list[str] = []
    by_id: dict[str, Map] = {}
    for number, row in enumerate(rows, start=1):
        wanted = text(row.get("id")) or f"(event {number})"
        step_id = distinct(wanted, by_id)
        if step_id != wanted:
            notes.append(f"two events have the id {shown(wanted, 20)}")
        by_id[step_id] = row
    steps = {step_id: read_event(row, step_id, held) for step_id, row in by_id.items()}
    children = _children(by_id, notes)
    for step_id, row in by_id.items():
        below = children.get(step_id, [])
        steps[step_id] = replace(
            steps[step_id], edges=tuple(_edges(row, steps[step_id], below, by_id))
        )
    roots = children.get("", [])
    published = flag(campaign.get("is_published", campaign.get("isPublished")))
    return Flow(
        SYSTEM,
        text(campaign.get("id")) or text(campaign.get("uuid")),
        shown(campaign.get("name"), 200) or "campaign",
        where,
        Live.UNSAID if published is None else Live.ON if published else Live.OFF,
        CONTACT,
        tuple(_triggers(sources, roots, held)),
        roots[0] if roots else None,
        MappingProxyType(steps),
        updated_at=text(campaign.get("dateModified")) or None,
        not_understood=held.unknowns.all(),
        notes=tuple(notes),
    )


def _parent(row: Map) -> str:
    held = row.get("parent_id", row.get("parent", row.get("parentId")))
    found = text(mapping(held).get("id")) if is_map(held) else text(held)
    return "" if found == "0" else found


def _children(by_id: Mapping[str, Map], notes: list[str]) -> dict[str, list[str]]:
    """The events below each event; below "" those that a contact begins with."""
    children: dict[str, list[str]] = {}
    for step_id, row in by_id.items():
        parent = _parent(row)
        if parent and parent not in by_id:
            notes.append(
                f"event {shown(step_id, 20)} hangs on {shown(parent, 20)}, "
                "which the file does not hold"
            )
            continue
        children.setdefault(parent, []).append(step_id)
    return children


def _edges(row: Map, step: Step, below: list[str], by_id: Mapping[str, Map]) -> Iterator[Edge]:
    settings = settings_of(row)
    if step.source_type == "campaign.jump_to_event":
        target = text(settings.get("jumpToEvent"))
        yield Edge(target if target in by_id else None, EdgeKind.JUMP)
        return
    if step.kind is not StepKind.BRANCH:
        yield from (Edge(child) for child in below)
        if not below:
            yield Edge(None)
        return
    asked = read_condition(step.source_type, settings)
    yes = [c for c in below if text(by_id[c].get("decisionPath")) != "no"]
    no = [c for c in below if text(by_id[c].get("decisionPath")) == "no"]
    yield from (Edge(child, EdgeKind.BRANCH, "yes", asked) for child in yes)
    if not yes:
        yield Edge(None, EdgeKind.BRANCH, "yes", asked)
    decides = column(row, "event_type", "eventType") == "decision"
    label = "has not done it in time" if decides else "no"
    yield from (Edge(child, EdgeKind.ELSE, label) for child in no)
    if not no:
        yield Edge(None, EdgeKind.ELSE, label)


def _triggers(sources: list[tuple[str, str]], roots: list[str], held: Held) -> Iterator[Trigger]:
    """Each source starts each of the first events, up to about a thousand pairs."""
    most = max(1, MAX_TRIGGERS // max(1, len(sources)))
    places: list[str | None] = [None] if len(roots) < 2 else [*roots[:most]]
    for place in places:
        for kind, source in sources:
            if kind == "lists":
                member = Membership(source, inside=True, words=f"is in segment {shown(source, 20)}")
                yield Trigger(
                    TriggerKind.LIST,
                    f"joins segment {shown(source, 20)}",
                    member,
                    held.segments.get(source, ()),
                    starts_at=place,
                )
            else:
                event = Happened(
                    f"form {source}", happened=True, words=f"submits form {shown(source, 20)}"
                )
                yield Trigger(
                    TriggerKind.FORM,
                    f"form {shown(source, 20)} is submitted",
                    event,
                    starts_at=place,
                )
