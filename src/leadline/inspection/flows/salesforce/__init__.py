"""Salesforce's flows from ``.flow-meta.xml`` files, Process Builder's among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from types import MappingProxyType

from leadline.blueprint.graph.flow import Flow, Live, Step, Trigger, TriggerKind, Understanding
from leadline.inspection.flows.document import distinct, shown
from leadline.inspection.flows.revising import replace
from leadline.inspection.flows.salesforce.elements import (
    ELEMENTS,
    read_assigned,
    read_element,
)
from leadline.inspection.flows.salesforce.logic import read_filters
from leadline.inspection.flows.salesforce.references import (
    SYSTEM,
    Names,
    field_of,
    object_named,
    read_names,
)
from leadline.inspection.flows.salesforce.tag import NAMESPACE, Tag, parse
from leadline.inspection.recognition import Content, Recognition, Unread

SHAPES = ("salesforce-flow",)
CANNOT_SAY = (
    "whether this version is the active one now: the org decides, the file shows its retrieval",
    "whom an email alert mails, and its text",
    "what Apex code does",
    "which permissions it runs with",
)
_ROOT = re.compile(r"<(?:\w+:)?Flow[\s>]")
# Declarations and settings, which are no steps.
DECLARED = frozenset(
    {
        "actionCalls",
        "apiVersion",
        "areMetricsLoggedToDataCloud",
        "choices",
        "constants",
        "customProperties",
        "description",
        "dynamicChoiceSets",
        "environments",
        "formulas",
        "fullName",
        "interviewLabel",
        "isAdditionalPermissionRequiredToRun",
        "isOverridable",
        "isTemplate",
        "label",
        "migratedFromWorkflowRuleName",
        "overriddenFlow",
        "processMetadataValues",
        "processType",
        "runInMode",
        "segment",
        "sourceTemplate",
        "stages",
        "start",
        "startElementReference",
        "status",
        "textTemplates",
        "timeZoneSidKey",
        "triggerOrder",
        "variables",
    }
)
_KINDS = {
    "RecordBeforeSave": (TriggerKind.RECORD_SAVED, "before the save"),
    "RecordAfterSave": (TriggerKind.RECORD_SAVED, "after the save"),
    "RecordBeforeDelete": (TriggerKind.RECORD_SAVED, "before it is deleted"),
    "Scheduled": (TriggerKind.SCHEDULE, "on a schedule"),
    "PlatformEvent": (TriggerKind.EVENT, "when a platform event comes"),
}
_MOMENTS = {
    "Create": "created",
    "Update": "updated",
    "CreateAndUpdate": "created or updated",
    "Delete": "deleted",
}


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the text is a flow of Salesforce."""
    if not isinstance(document, str):
        return None
    head = document[:4000]
    named = path.endswith((".flow-meta.xml", ".flow"))
    spaced = NAMESPACE in head
    if not _ROOT.search(head) or not (named or spaced):
        return None
    evidence = [*(["its name"] if named else []), *(["Salesforce's namespace"] if spaced else [])]
    sure = 0.98 if spaced else 0.75
    words = (f"a root element Flow, {' and '.join(evidence)}",)
    return Recognition("salesforce-flow", SYSTEM, Content.FLOWS, sure, words)


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """The flow in the text, or why there is none."""
    del recognition, dictionary
    root = parse(document) if isinstance(document, str) else "the file holds no XML text"
    if isinstance(root, str):
        fix = "Retrieve the flow again; a whole file ends with </Flow>."
        return (), (Unread(path, f"This flow cannot be read: {root}.", fix),)
    if root.name != "Flow":
        what = f"The root element is {shown(root.name, 40)}, expected Flow."
        return (), (Unread(path, what, "Give the flow's own file, *.flow-meta.xml."),)
    return (_flow(root, path),), ()


def _flow(root: Tag, path: str) -> Flow:
    start = root.one("start")
    record = start.says("object") or _process_object(root)
    names = read_names(root, record)
    before_save = start.says("triggerType") == "RecordBeforeSave"
    assigned = read_assigned(root, names, before_save=before_save)
    steps: dict[str, Step] = {}
    notes: list[str] = []
    for element in root.children:
        if element.name in ELEMENTS or (
            element.name not in DECLARED and element.says("name") and element.says("label")
        ):
            wanted = element.says("name") or f"({element.name})"
            step_id = distinct(wanted, steps)
            if step_id != wanted:
                notes.append(f"two elements are called {shown(wanted, 40)}")
            steps[step_id] = read_element(element, step_id, names, assigned)
        elif element.name not in DECLARED:
            names.unknowns.add(f"flow: {shown(element.name, 60)}")
    for step_id, step in steps.items():
        steps[step_id] = _without_loose_ends(step, steps)
    first = start.one("connector").says("targetReference") or root.says("startElementReference")
    if first and first not in steps:
        notes.append(f"starts with {shown(first, 40)}, which the file does not hold")
    process = root.says("processType")
    if process in {"Workflow", "CustomEvent", "InvocableProcess"}:
        notes.append("was built in Process Builder")
    if not steps:
        notes.append("has no elements: a managed package's flow comes without its content")
    return Flow(
        SYSTEM,
        root.says("fullName") or _name_of(path),
        shown(root.says("label"), 200) or _name_of(path),
        path,
        _live(root.says("status")),
        object_named(record),
        tuple(_triggers(root, start, record, names)),
        first if first in steps else None,
        MappingProxyType(steps),
        not_understood=names.unknowns.all(),
        cannot_say=CANNOT_SAY,
        notes=tuple(notes),
    )


def _name_of(path: str) -> str:
    return PurePath(path).name.removesuffix(".flow-meta.xml").removesuffix(".flow") or "flow"


def _live(status: str) -> Live:
    if not status:
        return Live.UNSAID
    return Live.ON if status == "Active" else Live.OFF


def _process_object(root: Tag) -> str:
    """Process Builder keeps its object in a list of values beside the elements."""
    for value in root.all("processMetadataValues"):
        if value.says("name") == "ObjectType":
            return value.one("value").says("stringValue")
    return ""


def _triggers(root: Tag, start: Tag, record: str, names: Names) -> Iterator[Trigger]:
    kind = start.says("triggerType")
    process = root.says("processType")
    condition = read_filters(start, record, names)
    if kind in _KINDS:
        trigger_kind, when = _KINDS[kind]
        moment = start.says("recordTriggerType")
        named = object_named(record) or "record"
        words = f"a {named} is {_MOMENTS.get(moment, 'saved')}, {when}"
        if trigger_kind is not TriggerKind.RECORD_SAVED:
            frequency = shown(start.one("schedule").says("frequency"), 20).lower()
            words = f"{when}{f' ({frequency})' if frequency else ''}"
        again = None if trigger_kind is not TriggerKind.RECORD_SAVED else moment != "Create"
        if start.says("doesRequireRecordChangedToMeetCriteria") == "true":
            words += ", when it comes to match"
        if start.one("connector").says("targetReference") or not start.all("scheduledPaths"):
            yield Trigger(trigger_kind, words, condition, (), again)
        for path in start.all("scheduledPaths"):
            yield _scheduled(path, Trigger(trigger_kind, words, condition, (), again), record)
    elif kind:
        names.unknowns.add(f"trigger: {shown(kind, 40)}")
        words = f"a trigger of unknown type {shown(kind, 40)}"
        opaque = Understanding.OPAQUE
        yield Trigger(TriggerKind.OPAQUE, words, condition, understanding=opaque)
    elif process in {"Workflow", "CustomEvent"}:
        named = object_named(record) or "record"
        yield Trigger(TriggerKind.RECORD_SAVED, f"a {named} is saved, after the save", condition)
    elif process == "Flow":
        yield Trigger(TriggerKind.MANUAL, "a person opens the screen")
    else:
        yield Trigger(TriggerKind.CALLED, "called by another flow, a process or code")


def _scheduled(path: Tag, base: Trigger, record: str) -> Trigger:
    """A path that runs apart from the save: at once, or some time from a date."""
    target = path.one("connector").says("targetReference") or None
    if path.says("pathType") == "AsyncAfterCommit":
        words = f"{base.words}, apart from the save"
        return replace(base, words=words, starts_at=target)
    name = path.says("recordField") or path.says("timeSourceField")
    offset = f"{path.says('offsetNumber') or '0'} {path.says('offsetUnit').lower() or 'days'}"
    since = name if name else "the save"
    return replace(
        base,
        kind=TriggerKind.DATE if name else base.kind,
        words=f"{shown(offset, 30)} from {shown(since, 60)}, after {base.words}",
        reads=(field_of(record, name),) if name else (),
        starts_at=target,
    )


def _without_loose_ends(step: Step, steps: dict[str, Step]) -> Step:
    loose = dict.fromkeys(e.to for e in step.edges if e.to is not None and e.to not in steps)
    if not loose:
        return step
    edges = tuple(replace(e, to=None) if e.to in loose else e for e in step.edges)
    said = tuple(f"leads to {shown(to, 40)}, which the file does not hold" for to in loose)
    return replace(step, edges=edges, notes=(*step.notes, *said))
