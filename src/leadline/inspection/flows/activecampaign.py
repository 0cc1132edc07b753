"""ActiveCampaign's automations: its interface tells names, states and counts, no steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from leadline.blueprint.graph.flow import Flow, Live, Trigger, TriggerKind, Understanding
from leadline.inspection.flows.document import (
    ORDER_UNTOLD,
    Map,
    Unknowns,
    mapping,
    mappings,
    shown,
    text,
)
from leadline.inspection.recognition import Content, Recognition, Unread

SYSTEM = "activecampaign"
SHAPES = ("activecampaign-automations",)
CANNOT_SAY = (ORDER_UNTOLD, "which steps it has", "which fields it reads and writes")
KEYS = frozenset(
    {
        "name",
        "cdate",
        "mdate",
        "userid",
        "status",
        "entered",
        "exited",
        "hidden",
        "defaultscreenshot",
        "screenshot",
        "links",
        "id",
        "description",
    }
)


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document is ActiveCampaign's list of automations."""
    found = _automations(document)
    if not found:
        return None
    words = (f"{len(found)} automations with entered, exited and status",)
    return Recognition("activecampaign-automations", SYSTEM, Content.FLOWS, 0.9, words)


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every automation by name, state and what starts it."""
    del recognition, dictionary
    starts = mappings(mapping(mapping(document).get("meta")).get("starts"))
    flows = tuple(
        _flow(each, f"{path}, automation {number}", PurePath(path).name, starts)
        for number, each in enumerate(_automations(document), start=1)
    )
    unread = Unread(
        path,
        f"{len(flows)} automations are known by name; ActiveCampaign gives their steps to nobody.",
        "Fill in by hand what must be known: which fields each live one reads and writes.",
    )
    return flows, (unread,) if flows else ()


def _automations(document: object) -> list[Map]:
    found = mappings(mapping(document).get("automations"))
    return [each for each in found if {"entered", "exited", "status"} <= set(each)]


def _flow(found: Map, where: str, name: str, starts: list[Map]) -> Flow:
    unknowns = Unknowns()
    unknowns.keys(found, KEYS, "automation")
    status = text(found.get("status"))
    series = text(found.get("id"))
    return Flow(
        SYSTEM,
        series or shown(found.get("name"), 200) or name,
        shown(found.get("name"), 200) or name,
        where,
        {"1": Live.ON, "2": Live.OFF}.get(status, Live.UNSAID),
        "contact",
        tuple(_triggers(starts, series)),
        None,
        updated_at=text(found.get("mdate")) or None,
        not_understood=unknowns.all(),
        cannot_say=CANNOT_SAY,
        notes=(
            f"{shown(found.get('entered'), 12)} entered, {shown(found.get('exited'), 12)} left",
        ),
    )


def _triggers(starts: list[Map], series: str) -> Iterator[Trigger]:
    kinds = {"subscribe": TriggerKind.LIST, "forward": TriggerKind.EVENT, "date": TriggerKind.DATE}
    for each in starts:
        if text(each.get("series")) != series:
            continue
        kind = text(each.get("type"))
        known = kinds.get(kind, TriggerKind.OPAQUE)
        words = f"started by {shown(kind, 40) or 'something not told'}"
        yield Trigger(known, words, understanding=Understanding.READ)
