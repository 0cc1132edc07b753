"""Mailchimp's classic automations; its customer journeys cannot be read by anybody."""

from __future__ import annotations

from pathlib import PurePath
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    Edge,
    Flow,
    Live,
    Membership,
    Purpose,
    Send,
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
    length_in_words,
    mapping,
    mappings,
    number,
    seconds,
    shown,
    text,
)
from leadline.inspection.recognition import Content, Recognition, Unread

SYSTEM = "mailchimp"
SHAPES = ("mailchimp-automations",)
CANNOT_SAY = (
    "customer journeys: Mailchimp gives neither a file nor an answer for them",
    "which fields its segments read",
    "the text of its emails",
)
KEYS = frozenset(
    {
        "id",
        "create_time",
        "start_time",
        "status",
        "emails_sent",
        "recipients",
        "settings",
        "tracking",
        "trigger_settings",
        "report_summary",
        "_links",
        "emails",
    }
)


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document holds Mailchimp's classic automations."""
    found = _automations(document)
    if not found:
        return None
    words = (f"{len(found)} automations with trigger_settings and emails_sent",)
    return Recognition("mailchimp-automations", SYSTEM, Content.FLOWS, 0.9, words)


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every classic automation, with its emails where they were asked for."""
    del recognition, dictionary
    flows = tuple(
        _flow(each, f"{path}, automation {count}", PurePath(path).name)
        for count, each in enumerate(_automations(document), start=1)
    )
    return flows, ()


def _automations(document: object) -> list[Map]:
    found = mapping(document)
    listed = mappings(found.get("automations")) or [found]
    return [each for each in listed if {"trigger_settings", "emails_sent"} <= set(each)]


def _flow(found: Map, where: str, name: str) -> Flow:
    unknowns = Unknowns()
    unknowns.keys(found, KEYS, "automation")
    settings = mapping(found.get("settings"))
    audience = text(mapping(found.get("recipients")).get("list_id"))
    kind = text(mapping(found.get("trigger_settings")).get("workflow_type"))
    member = Membership(audience, inside=True, words=f"is in audience {shown(audience, 40)}")
    trigger = Trigger(
        TriggerKind.LIST if "ignup" in kind or "elcome" in kind else TriggerKind.EVENT,
        f"started by {shown(kind, 60) or 'something not told'}",
        member if audience else None,
        understanding=Understanding.READ,
    )
    emails = sorted(
        mappings(found.get("emails")), key=lambda each: number(each.get("position")) or 0
    )
    ids = [text(each.get("id")) or f"(email {n})" for n, each in enumerate(emails, start=1)]
    steps = {
        step_id: _step(each, step_id, ids[n + 1] if n + 1 < len(ids) else None)
        for n, (step_id, each) in enumerate(zip(ids, emails, strict=True))
    }
    status = text(found.get("status"))
    return Flow(
        SYSTEM,
        text(found.get("id")) or name,
        shown(settings.get("title"), 200) or name,
        where,
        {"sending": Live.ON, "save": Live.OFF, "paused": Live.OFF}.get(status, Live.UNSAID),
        "contact",
        (trigger,),
        next(iter(steps), None),
        MappingProxyType(steps),
        not_understood=unknowns.all(),
        cannot_say=CANNOT_SAY if steps else (ORDER_UNTOLD, *CANNOT_SAY),
    )


def _step(found: Map, step_id: str, after: str | None) -> Step:
    delay = mapping(found.get("delay"))
    wait = seconds(delay.get("amount"), delay.get("type"))
    words = "send email" if wait is None else f"after {length_in_words(wait)}: send email"
    status = text(found.get("status"))
    live = {"sending": Live.ON, "save": Live.OFF, "paused": Live.OFF}.get(status, Live.UNSAID)
    sent = Send("email", SYSTEM, step_id, Purpose.MARKETING, checks_consent=True, live=live)
    return Step(
        step_id,
        StepKind.SEND,
        words,
        "email",
        edges=(Edge(after),),
        sends=(sent,),
        system=SYSTEM,
        wait_s=wait,
    )
