"""n8n's trigger nodes: what starts a workflow, and whether it can start by itself."""

from __future__ import annotations

from leadline.blueprint.graph.flow import (
    ANSWERS_FIRST,
    FieldRef,
    Trigger,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows.document import (
    mapping,
    mappings,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.n8n.node import Node
from leadline.inspection.flows.n8n.schedule import schedule

# These start nothing by themselves.
PASSIVE = frozenset({"manualTrigger", "executeWorkflowTrigger", "errorTrigger", "start"})
_CORE = frozenset(
    {
        "webhook",
        "formTrigger",
        "scheduleTrigger",
        "cron",
        "interval",
        "start",
        "manualTrigger",
        "executeWorkflowTrigger",
        "errorTrigger",
        "chatTrigger",
        "manualChatTrigger",
        "emailReadImap",
        "mcpTrigger",
        "evaluationTrigger",
        "n8nTrigger",
        "workflowTrigger",
        "localFileTrigger",
        "sseTrigger",
        "rssFeedReadTrigger",
    }
)
_POLLING = frozenset(
    {"salesforce", "gmail", "googleSheets", "airtable", "rssFeedRead", "emailReadImap"}
)
_SYSTEMS = {
    "hubspot": ("hubspot", "contact"),
    "mailchimp": ("mailchimp", "member"),
    "salesforce": ("salesforce", ""),
    "mautic": ("mautic", "contact"),
    "typeform": ("typeform", "response"),
    "calendly": ("calendly", "booking"),
    "stripe": ("stripe", "event"),
    "googleSheets": ("google sheets", "row"),
    "gmail": ("gmail", "message"),
    "slack": ("slack", "message"),
    "pipedrive": ("pipedrive", ""),
    "activeCampaign": ("activecampaign", "contact"),
    "airtable": ("airtable", "record"),
}
_RESPONSES = {
    "onReceived": ANSWERS_FIRST,
    "lastNode": "answers when the last node has run",
    "responseNode": "answers by a node of its own",
    "streaming": "streams its answer",
}


def is_trigger(node: Node) -> bool:
    """Whether the node starts the workflow."""
    return node.kind in _CORE or node.kind.endswith("Trigger")


def starts_itself(node: Node) -> bool:
    """Whether the trigger needs nobody to start it."""
    return node.enabled and is_trigger(node) and node.kind not in PASSIVE


def origin_of(node: Node) -> tuple[str, str] | None:
    """The system and object of the items that a vendor's trigger gives."""
    vendor = node.kind.removesuffix("Trigger")
    if node.kind.endswith("Trigger") and vendor in _SYSTEMS:
        system, object_name = _SYSTEMS[vendor]
        return system, node.says("triggerOn") if system == "salesforce" else object_name
    return None


def read_trigger(node: Node) -> Trigger:
    """One way in."""
    kind, words = _kind_and_words(node)
    known = node.known_package and (node.kind in _CORE or origin_of(node) is not None)
    understanding = Understanding.UNDERSTOOD if known else Understanding.READ
    if not node.known_package:
        kind, understanding = TriggerKind.OPAQUE, Understanding.OPAQUE
    off = "" if node.enabled else " (disabled)"
    every_s = schedule(node)[1] if kind is TriggerKind.SCHEDULE else None
    reads = _reads(node)
    return Trigger(kind, f"{words}{off}", None, reads, None, node.id, understanding, every_s)


def _kind_and_words(node: Node) -> tuple[TriggerKind, str]:
    match node.kind:
        case "webhook":
            method = shown(node.says("httpMethod", "GET"), 10)
            answers = _RESPONSES.get(node.says("responseMode", "onReceived"), "answers")
            return TriggerKind.WEBHOOK, f"{method} to a webhook, which {answers}"
        case "formTrigger":
            return TriggerKind.FORM, "a form of n8n is submitted"
        case "scheduleTrigger" | "cron" | "interval":
            return TriggerKind.SCHEDULE, schedule(node)[0]
        case "manualTrigger" | "start" | "manualChatTrigger":
            return TriggerKind.MANUAL, "started by hand"
        case "executeWorkflowTrigger":
            return TriggerKind.CALLED, "run by another workflow"
        case "errorTrigger":
            return TriggerKind.CALLED, "another workflow failed"
        case "chatTrigger":
            return TriggerKind.EVENT, "a chat message comes"
        case _:
            vendor = node.kind.removesuffix("Trigger")
            events = _events(node)
            about = f": {', '.join(events)}" if events else ""
            how = "looks regularly for news of" if vendor in _POLLING else "is told by"
            changed = "contact.propertyChange" in events
            kind = TriggerKind.FIELD_CHANGED if changed else TriggerKind.EVENT
            return kind, shown(f"{how} {vendor}{about}", 160)


def _events(node: Node) -> list[str]:
    values = mappings(mapping(node.parameters.get("eventsUi")).get("eventValues"))
    named = [text(value.get("name")) or "contact.creation" for value in values]
    return named or list(texts(node.parameters.get("events")) or texts(node.says("event")))


def _reads(node: Node) -> tuple[FieldRef, ...]:
    values = mappings(mapping(node.parameters.get("eventsUi")).get("eventValues"))
    if node.kind != "hubspotTrigger":
        return ()
    return tuple(
        FieldRef("hubspot", text(value.get("name")).partition(".")[0], text(value.get("property")))
        for value in values
        if text(value.get("property"))
    )
