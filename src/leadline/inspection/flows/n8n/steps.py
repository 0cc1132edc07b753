"""What each n8n node does: n8n's own nodes here, those of vendors by their table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    LITERAL_BRACES,
    Edge,
    Failure,
    Send,
    Step,
    StepKind,
    Understanding,
)
from leadline.inspection.flows.document import (
    counted,
    flag,
    is_list,
    length_in_words,
    mapping,
    names_secret,
    once,
    seconds,
    secrets_in_code,
    shown,
    strings,
    text,
    texts,
)
from leadline.inspection.flows.document import items as listing
from leadline.inspection.flows.n8n.expressions import Items, assignments, read_text, reads_of
from leadline.inspection.flows.n8n.mail_body import without_way_out
from leadline.inspection.flows.n8n.node import (
    CHAINS,
    OWN,
    Node,
    is_expression,
    located,
    located_name,
)
from leadline.inspection.flows.n8n.records import kind_of, read_record_node
from leadline.inspection.flows.n8n.requests import read_request
from leadline.inspection.flows.n8n.starts import is_trigger, read_trigger
from leadline.inspection.flows.n8n.vendors import VENDORS
from leadline.inspection.flows.revising import replace

# They shape items and touch nothing outside.
_INNER = frozenset(
    {
        "set",
        "merge",
        "noOp",
        "splitInBatches",
        "splitOut",
        "aggregate",
        "summarize",
        "itemLists",
        "sort",
        "limit",
        "removeDuplicates",
        "renameKeys",
        "dateTime",
        "crypto",
        "html",
        "markdown",
        "xml",
        "compareDatasets",
        "convertToFile",
        "extractFromFile",
        "moveBinaryData",
        "spreadsheetFile",
        "jwt",
        "editImage",
        "compression",
        "stickyNote",
        "debugHelper",
        "respondToWebhook",
        "executionData",
        "form",
    }
)
_CODE = frozenset({"code", "function", "functionItem", "aiTransform", "pythonFunction"})
_CALLS_OUT = re.compile(r"\bhelpers\.\w*[rR]equest|\bfetch\s*\(|\baxios\b|\brequests\.")
_SHELL = frozenset({"executeCommand", "ssh"})
ITSELF = "(itself)"  # until the workflow's own id stands there
_NAMES = {
    "set": "set fields of the items",
    "merge": "merge inputs",
    "noOp": "do nothing",
    "splitInBatches": "loop over the items in batches",
    "respondToWebhook": "answer the webhook",
    "stickyNote": "a note on the canvas",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a node's wires tell of its step: the ways on, failure, and what is odd."""

    edges: tuple[Edge, ...]
    failure: Failure
    notes: tuple[str, ...]


def read_step(node: Node, items: Items, place: Place) -> Step:
    """The step of a node at its place in the workflow."""
    start = Step(
        node.id,
        StepKind.OPAQUE,
        "",
        node.type,
        edges=place.edges,
        failure=place.failure,
        enabled=node.enabled,
        secrets=node.secrets,
        notes=(*node.notes, *place.notes, *_taken_literally(node), *without_way_out(node)),
    )
    if is_trigger(node):
        trigger = read_trigger(node)
        return replace(
            start,
            kind=StepKind.JOINT,
            words=f"starts: {trigger.words}",
            understanding=trigger.understanding,
            failure=Failure.CANNOT,
            notes=(*start.notes, *_open_to_all(node)),
        )
    reader = _READERS.get(node.kind)
    if reader is not None and node.known_package:
        return reader(start, node, items)
    return _other(start, node, items)


def _taken_literally(node: Node) -> tuple[str, ...]:
    """Braces in a text that does not begin with "=": an author's frequent mistake."""
    if node.kind in _CODE or node.kind == "stickyNote":
        return ()
    for found in strings(node.parameters):
        if "{{" in found and "$" in found and not found.startswith("="):
            return (LITERAL_BRACES,)
    return ()


def _set_in_clear(node: Node) -> tuple[str, ...]:
    """The names of secrets that a Set node holds."""
    return once(
        f"field {shown(each.get('name'), 60)}"
        for each in assignments(node.parameters)
        if names_secret(text(each.get("name")))
        and (value := text(each.get("value", each.get("stringValue"))))
        and not is_expression(value)
    )


def _open_to_all(node: Node) -> tuple[str, ...]:
    if node.kind == "mailchimpTrigger" and "api" in texts(node.parameters.get("sources")):
        return ("is started by changes through the API as well: it may answer its own writes",)
    if node.kind == "webhook" and node.says("authentication", "none") == "none":
        return ("whoever knows the address can start it: authentication is none",)
    return ()


def _other(start: Step, node: Node, items: Items) -> Step:
    reads = reads_of(node.parameters, node.id, items)
    if node.kind in _INNER and node.type.startswith(OWN):
        idle = node.kind == "stickyNote"
        clear = _set_in_clear(node) if node.kind == "set" else ()
        return replace(
            start,
            kind=StepKind.JOINT,
            words=_NAMES.get(node.kind, node.kind),
            reads=reads,
            failure=Failure.CANNOT,
            enabled=node.enabled and not idle,
            secrets=once((*start.secrets, *clear)),
            notes=(*start.notes, IN_CLEAR) if clear else start.notes,
        )
    vendor = VENDORS.get(node.kind)
    if vendor is not None and node.type.startswith(OWN):
        return read_record_node(start, node, vendor, items)
    if node.type.startswith(CHAINS):
        return replace(
            start,
            kind=StepKind.CALL,
            words=shown(f"{node.kind} (a node for language models)", 100),
            understanding=Understanding.READ,
            reads=reads,
        )
    operation = node.says("operation")
    kind = kind_of(operation) if operation else StepKind.OPAQUE
    if node.type.startswith(OWN) and kind is not StepKind.OPAQUE:
        words = shown(f"{operation} {node.says('resource')}".strip() + f" in {node.kind}", 100)
        return replace(
            start,
            kind=kind,
            words=words,
            understanding=Understanding.READ,
            reads=reads,
            system=node.kind.lower(),
        )
    return replace(
        start,
        words=f"a node of unknown type {shown(node.type, 60)}".rstrip(),
        understanding=Understanding.OPAQUE,
        reads=reads,
    )


def _choice(start: Step, node: Node, items: Items) -> Step:
    del items
    words = {"if": "check a condition", "filter": "keep what fits", "switch": "choose a way"}[
        node.kind
    ]
    return replace(start, kind=StepKind.BRANCH, words=words, failure=Failure.CANNOT)


def _code(start: Step, node: Node, items: Items) -> Step:
    source = "\n".join(node.says(key) for key in ("jsCode", "pythonCode", "functionCode"))[:200_000]
    notes = [*start.notes]
    if _CALLS_OUT.search(source):
        notes.append("the code may call other systems")
    clear = secrets_in_code(source)
    if clear:
        notes.append(IN_CLEAR)
    return replace(
        start,
        kind=StepKind.CODE,
        words="run code",
        understanding=Understanding.READ,
        reads=once(read_text(source, node.id, items)),
        secrets=once((*start.secrets, *clear)),
        notes=tuple(notes),
    )


def _shell(start: Step, node: Node, items: Items) -> Step:
    del node, items
    return replace(
        start,
        kind=StepKind.CODE,
        words="run a command on the server",
        understanding=Understanding.READ,
    )


def _wait(start: Step, node: Node, items: Items) -> Step:
    reads = reads_of(node.parameters, node.id, items)
    resume = node.says("resume", "timeInterval")
    step = replace(start, kind=StepKind.WAIT, reads=reads, failure=Failure.CANNOT)
    if resume == "timeInterval":
        # The default was one hour in version 1 and is five seconds since 1.1.
        first = ("1", "hours") if node.version < 1.1 else ("5", "seconds")
        unit = node.says("unit", first[1])
        length = seconds(node.parameters.get("amount", first[0]), unit)
        words = f"wait {length_in_words(length)}" if length is not None else "wait a computed time"
        return replace(step, words=words, wait_s=length)
    words = {
        "specificTime": "wait until a time",
        "webhook": "wait until a webhook is called",
        "form": "wait until a form is submitted",
    }
    return replace(step, words=words.get(resume, "wait"))


def _subworkflow(start: Step, node: Node, items: Items) -> Step:
    value = node.parameters.get("workflowId")
    called = located(value)
    itself = "$workflow.id" in called
    notes = list(start.notes)
    if itself:
        notes.append("calls itself")
    if flag(mapping(node.parameters.get("options")).get("waitForSubWorkflow")) is False:
        notes.append("does not wait: an error in there never comes back")
    source = node.says("source", "database")
    if source != "database":
        notes.append(f"the other workflow comes from {shown(source, 20)}, not from the instance")
    known = bool(called) and not is_expression(called)
    name = shown(located_name(value), 60) if known else "another workflow"
    return replace(
        start,
        kind=StepKind.ENROLL,
        words=f"run {'itself' if itself else name}",
        understanding=Understanding.UNDERSTOOD if known or itself else Understanding.READ,
        reads=reads_of(node.parameters, node.id, items),
        calls_flows=(called,) if known else (ITSELF,) if itself else (),
        notes=tuple(notes),
    )


def _slack(start: Step, node: Node, items: Items) -> Step:
    resource, operation = node.says("resource", "message"), node.says("operation", "post")
    channel = located_name(node.parameters.get("channelId")) or node.says("channel")
    person = located(node.parameters.get("user")) if node.says("select") == "user" else ""
    where = shown(channel, 40) if channel and not is_expression(channel) else "a chat"
    people = (person,) if person and not is_expression(person) else ()
    talks = resource == "message" and operation in {"post", "send", "update", "sendAndWait"}
    return replace(
        start,
        kind=StepKind.NOTIFY if talks else kind_of(operation),
        words=f"post to {where} in Slack" if talks else f"{operation} {resource} in Slack",
        understanding=Understanding.UNDERSTOOD if talks else Understanding.READ,
        reads=reads_of(node.parameters, node.id, items),
        people=people,
        system="slack",
    )


_MAIL = {"gmail": "gmail", "emailSend": "smtp", "microsoftOutlook": "outlook"}


def _mail(start: Step, node: Node, items: Items) -> Step:
    system = _MAIL[node.kind]
    reads = reads_of(node.parameters, node.id, items)
    default = "create" if node.kind == "gmail" and node.version < 2 else "send"
    resource = node.says("resource", "draft" if default == "create" else "message")
    operation = node.says("operation", default)
    sends = resource in {"message", "email"} and operation in {"send", "reply", "sendAndWait"}
    if not sends:
        return replace(
            start,
            kind=kind_of(operation),
            words=f"{operation} {resource} in {system}",
            understanding=Understanding.READ,
            reads=reads,
            system=system,
        )
    return _addressed(replace(start, reads=reads, system=system), node, "email")


def _text_message(start: Step, node: Node, items: Items) -> Step:
    reads = reads_of(node.parameters, node.id, items)
    step = replace(start, reads=reads, system=node.kind.lower())
    if node.kind == "telegram":
        return replace(step, kind=StepKind.NOTIFY, words="post to Telegram")
    return _addressed(step, node, "whatsapp" if node.kind == "whatsApp" else "sms")


def _addressed(step: Step, node: Node, channel: str) -> Step:
    """A message: to the subject where the address is computed, to the team where it is fixed."""
    to = next(
        (
            node.parameters[k]
            for k in ("sendTo", "toEmail", "toRecipients", "toList", "to")
            if k in node.parameters
        ),
        "",
    )
    addresses = [text(each) for each in listing(to)] if is_list(to) else [text(to)]
    fixed = bool(addresses) and not any(is_expression(a) for a in addresses) and any(addresses)
    if fixed:
        people = once(p.strip() for a in addresses for p in a.split(",") if p.strip())
        words = f"send {channel} to {counted(len(people), 'fixed address', 'fixed addresses')}"
        return replace(step, kind=StepKind.NOTIFY, words=words, people=people)
    sent = (Send(channel, step.system, node.name, checks_consent=False),)
    return replace(step, kind=StepKind.SEND, words=f"send {channel} by {step.system}", sends=sent)


def _stop(start: Step, node: Node, items: Items) -> Step:
    del node, items
    return replace(start, kind=StepKind.STOP, words="stop with an error", failure=Failure.CANNOT)


Reader = Callable[[Step, Node, Items], Step]
_READERS: dict[str, Reader] = {
    **dict.fromkeys(("if", "switch", "filter"), _choice),
    **dict.fromkeys(_CODE, _code),
    **dict.fromkeys(_SHELL, _shell),
    **dict.fromkeys(_MAIL, _mail),
    **dict.fromkeys(("twilio", "whatsApp", "telegram", "vonage", "messageBird"), _text_message),
    "wait": _wait,
    "executeWorkflow": _subworkflow,
    "toolWorkflow": _subworkflow,
    "slack": _slack,
    "httpRequest": read_request,
    "toolHttpRequest": read_request,
    "stopAndError": _stop,
}
