"""Nodes that read and write records at a vendor, after n8n's defaults."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.graph.flow import (
    FieldRef,
    Purpose,
    Send,
    Step,
    StepKind,
    Understanding,
    Write,
)
from leadline.inspection.flows.document import (
    Map,
    constant,
    is_map,
    mapping,
    mappings,
    maps_within,
    once,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.n8n.expressions import Items, reads_of
from leadline.inspection.flows.n8n.node import Node, is_expression, located
from leadline.inspection.flows.n8n.vendors import Vendor
from leadline.inspection.flows.revising import replace

_CREATES = ("create", "append", "add", "insert", "upload", "invite", "post", "schedule")
_CHANGES = ("update", "upsert", "appendOrUpdate", "move", "set", "edit", "enroll", "submit")
_DELETES = ("delete", "remove", "archive", "unsubscribe", "clear")
_READS = (
    "get",
    "search",
    "read",
    "list",
    "lookup",
    "find",
    "query",
    "download",
    "select",
    "count",
    "export",
)
_SENDS = ("send", "reply", "notify")
# Parameters that say which record, not what is written.
_NOT_FIELDS = frozenset({"options", "associations", "customPropertiesUi", "customFieldsUi"})


def resource_and_operation(node: Node, vendor: Vendor) -> tuple[str, str]:
    """What the node works on and does, with the defaults of node and version filled in."""
    resource, operation = vendor.default(node.version)
    named = node.says("resource")
    if named and named != resource:
        resource, operation = named, vendor.operations.get(named, operation)
    return resource, node.says("operation", operation)


def kind_of(operation: str) -> StepKind:
    """What kind of step an operation is, by the word that it begins with."""
    for words, kind in (
        (_CHANGES, StepKind.WRITE),
        (_CREATES, StepKind.CREATE),
        (_DELETES, StepKind.DELETE),
        (_READS, StepKind.READ),
        (_SENDS, StepKind.NOTIFY),
    ):
        if operation.startswith(words):
            return kind
    return StepKind.OPAQUE


def object_of(node: Node, vendor: Vendor) -> str:
    """The vendor's object that the node works on, in our words where there are any."""
    resource, _ = resource_and_operation(node, vendor)
    if resource == "customObject":
        return located(node.parameters.get("customObject"))
    return vendor.objects.get(resource, resource)


def read_record_node(start: Step, node: Node, vendor: Vendor, items: Items) -> Step:
    """The step of a node that works on a vendor's records."""
    resource, operation = resource_and_operation(node, vendor)
    target = object_of(node, vendor)
    reads = reads_of(node.parameters, node.id, items)
    kind = kind_of(operation)
    step = replace(
        start, kind=kind, system=vendor.system, words=f"{operation} {resource} in {vendor.system}"
    )
    if resource == "mail" or (resource == "email" and operation.startswith("send")):
        return _mail(step, node, vendor, reads)
    if resource in {"contactList", "contactSegment"}:
        list_id = located(node.parameters.get("listId")) or node.says("segmentId")
        lists = (list_id,) if list_id and not is_expression(list_id) else ()
        words = f"{operation} contact {'from' if kind is StepKind.DELETE else 'to'} list"
        return replace(step, kind=StepKind.LIST, words=words, reads=reads, lists=lists)
    if resource in {"campaignContact"}:
        flow_id = node.says("campaignId")
        calls = (flow_id,) if flow_id and not is_expression(flow_id) else ()
        return replace(step, kind=StepKind.ENROLL, reads=reads, calls_flows=calls)
    if resource == "segmentEmail":
        sent = (Send("email", vendor.system, node.says("segmentEmailId"), checks_consent=True),)
        return replace(step, kind=StepKind.SEND, reads=reads, sends=sent)
    if kind is StepKind.OPAQUE:
        return replace(step, understanding=Understanding.READ, reads=reads)
    if kind is StepKind.READ:
        asked = tuple(FieldRef(vendor.system, target, n) for n in once(_asked_for(node)))
        return replace(step, reads=once((*reads, *asked)))
    if kind is StepKind.DELETE:
        return replace(step, reads=reads)
    writes = tuple(_writes(node, vendor, target, items))
    named = ", ".join(write.field.name for write in writes[:3])
    words = f"{operation} {resource} in {vendor.system}" + (f" ({named})" if named else "")
    lists = _audiences(node, vendor)
    return replace(step, words=words, reads=reads, writes=writes, lists=lists)


def _mail(step: Step, node: Node, vendor: Vendor, reads: tuple[FieldRef, ...]) -> Step:
    template = node.says("templateId")
    content = template if template and not is_expression(template) else node.name
    settings = mapping(node.parameters.get("additionalFields"))
    notes = ("sandbox mode is on: nothing is sent",) if settings.get("enableSandbox") else ()
    words = f"send email by {vendor.system}"
    sent = (Send("email", vendor.system, content, Purpose.UNSAID),)
    return replace(
        step, kind=StepKind.SEND, words=words, reads=reads, sends=sent, notes=(*step.notes, *notes)
    )


def _audiences(node: Node, vendor: Vendor) -> tuple[str, ...]:
    if vendor.system != "mailchimp":
        return ()
    audience = located(node.parameters.get("list"))
    return (audience,) if audience and not is_expression(audience) else ()


def _asked_for(node: Node) -> Iterator[str]:
    """The fields that a reading node asks for or filters by."""
    for key in ("properties", "propertiesToInclude", "fields"):
        for found in maps_within({"found": node.parameters.get(key)}):
            yield from (text(n) for n in texts(found.get("found")) if not is_expression(n))
    for found in maps_within(node.parameters):
        name = text(found.get("propertyName")) or text(found.get("field"))
        if name and not is_expression(name):
            # HubSpot's node writes the type behind the name: "lifecyclestage|enumeration".
            yield name.partition("|")[0]
        for each in texts(found.get("properties")) if "propertiesValues" not in found else ():
            if not is_expression(each):
                yield each


def _writes(node: Node, vendor: Vendor, target: str, items: Items) -> Iterator[Write]:
    found: dict[str, object] = {}
    for name in node.parameters:
        if name in vendor.plain:
            found.setdefault(vendor.named(name), node.parameters[name])
    for group in vendor.groups:
        for name, value in mapping(node.parameters.get(group)).items():
            if name not in _NOT_FIELDS and not is_map(value):
                found.setdefault(vendor.named(name), value)
    for within in (node.parameters, *(mapping(node.parameters.get(g)) for g in vendor.groups)):
        for path, key in vendor.pairs:
            for pair in _at(within, path):
                name = located(pair.get(key)).partition("|")[0]
                if name and not is_expression(name):
                    found.setdefault(name, pair.get("value", pair.get("fieldValue")))
    columns = mapping(node.parameters.get("columns"))
    found.update(mapping(columns.get("value")))
    for name, value in found.items():
        reads = reads_of(value, node.id, items)
        fixed = None if is_expression(value) else constant(value)
        mode = "add" if name == "tags" else "set"
        yield Write(FieldRef(vendor.system, target, shown(name, 120)), fixed or None, reads, mode)


def _at(found: Map, path: str) -> list[Map]:
    current: object = found
    for part in path.split("."):
        current = mapping(current).get(part)
    return mappings(current)
