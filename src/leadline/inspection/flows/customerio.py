"""Customer.io's campaigns: its interface tells what starts them and their messages, no order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    Failure,
    Flow,
    Happened,
    Live,
    Membership,
    Purpose,
    Send,
    Some,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows.document import (
    ORDER_UNTOLD,
    Map,
    Unknowns,
    distinct,
    flag,
    is_map,
    mapping,
    mappings,
    shown,
    text,
    texts,
)
from leadline.inspection.recognition import Content, Recognition, Unread

SYSTEM = "customerio"
SHAPES = ("customerio-campaigns",)
CANNOT_SAY = (ORDER_UNTOLD, "which attributes it reads and writes", "the text of its messages")
KEYS = frozenset(
    {
        "id",
        "deduplicate_id",
        "name",
        "description",
        "type",
        "created",
        "updated",
        "active",
        "state",
        "actions",
        "first_started",
        "tags",
        "event_name",
        "trigger_segment_ids",
        "filter_segment_ids",
        "date_attribute",
        "timezone",
        "use_customer_timezone",
        "frequency",
        "start_hour",
        "start_minutes",
        "created_by",
        "customer_io_id",
        "source_campaign_id",
        "msg_templates",
        "trigger_attribute",
    }
)
_CHANNELS = {
    "email": "email",
    "twilio": "sms",
    "sms": "sms",
    "push": "push",
    "in_app": "push",
    "whatsapp": "whatsapp",
}


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document holds Customer.io's campaigns."""
    found = list(_campaigns(document))
    if not found:
        return None
    words = (f"{len(found)} campaigns with trigger_segment_ids or first_started",)
    return Recognition("customerio-campaigns", SYSTEM, Content.FLOWS, 0.9, words)


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every campaign, as far as the interface tells of it."""
    del recognition, dictionary
    found = list(_campaigns(document))
    several = len(found) > 1
    flows = tuple(
        _flow(each, f"{path}, campaign {n}" if several else path, PurePath(path).name)
        for n, each in enumerate(found, start=1)
    )
    return flows, ()


def _campaigns(document: object) -> Iterator[Map]:
    found = mapping(document)
    held = found.get("campaign", found.get("campaigns", document))
    for each in [mapping(held)] if is_map(held) else mappings(held):
        if "trigger_segment_ids" in each or {"state", "actions", "first_started"} <= set(each):
            yield each


def _flow(found: Map, where: str, name: str) -> Flow:
    unknowns = Unknowns()
    unknowns.keys(found, KEYS, "campaign")
    steps: dict[str, Step] = {}
    for number, action in enumerate(mappings(found.get("actions")), start=1):
        step_id = distinct(text(action.get("id")) or f"(action {number})", steps)
        steps[step_id] = _step(text(action.get("type")), step_id, unknowns)
    running = text(found.get("state"))
    active = flag(found.get("active"))
    live = Live.ON if running == "running" else Live.OFF if running else Live.UNSAID
    if live is Live.UNSAID and active is not None:
        live = Live.ON if active else Live.OFF
    kept = tuple(
        Membership(each, inside=True, words=f"is in segment {shown(each, 20)}")
        for each in texts(found.get("filter_segment_ids"))
    )
    asked = kept[0] if len(kept) == 1 else Some(kept) if kept else None
    return Flow(
        SYSTEM,
        text(found.get("id")) or name,
        shown(found.get("name"), 200) or name,
        where,
        live,
        "contact",
        tuple(_triggers(found)),
        None,
        MappingProxyType(steps),
        checked_at_each_step=asked,
        updated_at=text(found.get("updated")) or None,
        not_understood=unknowns.all(),
        cannot_say=CANNOT_SAY,
    )


def _triggers(found: Map) -> Iterator[Trigger]:
    event = text(found.get("event_name"))
    if event:
        asked = Happened(event, happened=True, words=f"event {shown(event, 60)}")
        yield Trigger(TriggerKind.EVENT, asked.words, asked)
    for each in texts(found.get("trigger_segment_ids")):
        member = Membership(each, inside=True, words=f"is in segment {shown(each, 20)}")
        yield Trigger(TriggerKind.LIST, f"joins segment {shown(each, 20)}", member)


def _step(kind: str, step_id: str, unknowns: Unknowns) -> Step:
    channel = _CHANNELS.get(kind)
    if channel is not None:
        sent = (Send(channel, SYSTEM, step_id, Purpose.UNSAID),)
        return Step(step_id, StepKind.SEND, f"send {channel}", kind, sends=sent, system=SYSTEM)
    known = {"webhook": StepKind.CALL, "slack": StepKind.NOTIFY}.get(kind)
    if known is not None:
        return Step(step_id, known, kind, kind, Understanding.READ, system=SYSTEM)
    unknowns.add(f"action: {shown(kind, 40) or 'without a type'}")
    words = f"an action of unknown type {shown(kind, 40)}".rstrip()
    return Step(
        step_id,
        StepKind.OPAQUE,
        words,
        kind,
        Understanding.OPAQUE,
        system=SYSTEM,
        failure=Failure.UNSAID,
    )
