"""The elements of a Salesforce flow: what each reads, writes and sends, and its ways on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from leadline.blueprint.graph.flow import (
    Edge,
    EdgeKind,
    Failure,
    FieldRef,
    Send,
    Step,
    StepKind,
    Understanding,
    Write,
)
from leadline.inspection.flows.document import counted, listed, once, shown
from leadline.inspection.flows.revising import replace
from leadline.inspection.flows.salesforce.logic import read_rule
from leadline.inspection.flows.salesforce.references import (
    RECORD,
    SYSTEM,
    Names,
    field_of,
    fixed,
    object_named,
    reads_of_value,
)
from leadline.inspection.flows.salesforce.tag import Tag

_CONNECTORS = (
    ("connector", EdgeKind.NEXT, ""),
    ("nextValueConnector", EdgeKind.BRANCH, "for each"),
    ("noMoreValuesConnector", EdgeKind.ELSE, "after the last"),
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What assignments put into fields of variables: by variable, each field with its value."""

    by_variable: Mapping[str, tuple[Write, ...]]
    before_save: bool

    def of(self, variable: str) -> tuple[Write, ...]:
        """The fields that were set in a variable, or in what was added to a collection."""
        return self.by_variable.get(variable, ())


def read_assigned(root: Tag, names: Names, *, before_save: bool) -> Assigned:
    """Every assignment of the flow, by the variable whose fields it sets."""
    found: dict[str, list[Write]] = {}
    collected: dict[str, list[str]] = {}
    for element in root.all("assignments"):
        for item in element.all("assignmentItems"):
            reference = item.says("assignToReference")
            variable, _, path = reference.partition(".")
            write = _assignment(item, names)
            if write is not None:
                found.setdefault(variable, []).append(write)
            elif not path:
                added = item.one("value").says("elementReference")
                if added and "." not in added:
                    collected.setdefault(variable, []).append(added)
    for collection, members in collected.items():
        for member in members:
            found.setdefault(collection, []).extend(found.get(member, ()))
    return Assigned({name: once(writes) for name, writes in found.items()}, before_save)


def _assignment(item: Tag, names: Names) -> Write | None:
    target = names.target(item.says("assignToReference"))
    if target is None:
        return None
    value = item.one("value")
    mode = {"Add": "add", "Subtract": "add"}.get(item.says("operator"), "set")
    return _write(target, value, names, mode)


def _write(target: FieldRef, value: Tag, names: Names, mode: str = "set") -> Write:
    reads = reads_of_value(value, names)
    kept = fixed(value, names)
    if kept == "" and mode == "set":
        return Write(target, None, (), "clear")
    return Write(target, kept, reads, mode)


def read_element(element: Tag, step_id: str, names: Names, assigned: Assigned) -> Step:
    """One element as a step with its ways on."""
    start = Step(step_id, StepKind.OPAQUE, "", element.name, system=SYSTEM)
    start = replace(start, edges=tuple(_edges(element, names)))
    reader = _READERS.get(element.name)
    if reader is None:
        names.unknowns.add(f"element: {shown(element.name, 40)}")
        return replace(
            start,
            words=f"an element of unknown type {shown(element.name, 40)}",
            understanding=Understanding.OPAQUE,
            reads=_all_reads(element, names),
        )
    step = reader(start, element, names, assigned)
    if step.failure is not Failure.UNSAID:
        return step
    handled = any(edge.kind is EdgeKind.ERROR for edge in step.edges)
    return replace(step, failure=Failure.HANDLED if handled else Failure.STOPS)


def _edges(element: Tag, names: Names) -> Iterator[Edge]:
    for rule in element.all("rules"):
        target = rule.one("connector").says("targetReference") or None
        label = shown(rule.says("label") or rule.says("name"))
        yield Edge(target, EdgeKind.BRANCH, label, read_rule(rule, names))
    for event in element.all("waitEvents"):
        target = event.one("connector").says("targetReference") or None
        yield Edge(target, EdgeKind.BRANCH, shown(event.says("label") or event.says("name")))
    branches = bool(element.all("rules") or element.all("waitEvents"))
    found = False
    for name, kind, label in _CONNECTORS:
        connector = element.one(name)
        target = connector.says("targetReference")
        if target:
            found = True
            jumps = kind is EdgeKind.NEXT and connector.says("isGoTo") == "true"
            yield Edge(target, EdgeKind.JUMP if jumps else kind, label)
    default = element.one("defaultConnector").says("targetReference") or None
    if branches or default:
        yield Edge(default, EdgeKind.ELSE, shown(element.says("defaultConnectorLabel")))
    elif not found:
        yield Edge(None)
    fault = element.one("faultConnector").says("targetReference")
    if fault:
        yield Edge(fault, EdgeKind.ERROR, "fault")


def _all_reads(element: Tag, names: Names) -> tuple[FieldRef, ...]:
    return once(reads_of_value(element, names))


def _lookup(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    del assigned
    target = element.says("object")
    queried = [field_of(target, each.text) for each in element.all("queriedFields") if each.text]
    queried += [field_of(target, each.says("field")) for each in element.all("outputAssignments")]
    asked = [field_of(target, f.says("field")) for f in element.all("filters")]
    return replace(
        start,
        kind=StepKind.READ,
        words=f"look up {object_named(target) or 'records'}",
        reads=once((*asked, *queried, *_all_reads(element, names))),
    )


def _record_writes(element: Tag, names: Names, assigned: Assigned) -> tuple[str, tuple[Write, ...]]:
    """The object that a data element changes, and which of its fields."""
    source = element.says("inputReference")
    target = element.says("object") or (
        names.record if source == RECORD else names.objects.get(source, "")
    )
    given = tuple(
        _write(field_of(target, each.says("field")), each.one("value"), names)
        for each in element.all("inputAssignments")
        if each.says("field")
    )
    return target, once((*given, *assigned.of(source)))


def _save(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    target, writes = _record_writes(element, names, assigned)
    creates = element.name == "recordCreates"
    asked = [field_of(target, f.says("field")) for f in element.all("filters")]
    named = listed([w.field.name for w in writes], "and")
    verb = "create" if creates else "update"
    others = element.says("inputReference") != RECORD
    unknown = () if writes else ("which fields it writes, the file does not tell",)
    return replace(
        start,
        kind=StepKind.CREATE if creates else StepKind.WRITE,
        words=f"{verb} {object_named(target) or 'records'}" + (f": {named}" if named else ""),
        reads=once((*asked, *_all_reads(element, names), *(s for w in writes for s in w.source))),
        writes=writes,
        understanding=Understanding.UNDERSTOOD if writes else Understanding.READ,
        notes=(*(("writes records beside the one that started it",) if others else ()), *unknown),
        people=tuple(
            w.value for w in writes if w.field.name == "OwnerId" and w.value and w.value.isalnum()
        ),
    )


def _delete(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    target, _ = _record_writes(element, names, assigned)
    asked = [field_of(target, f.says("field")) for f in element.all("filters")]
    words = f"delete {object_named(target) or 'records'}"
    reads = once((*asked, *_all_reads(element, names)))
    return replace(start, kind=StepKind.DELETE, words=words, reads=reads)


def _decision(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    del names, assigned
    label = shown(element.says("label") or element.says("name"))
    return replace(start, kind=StepKind.BRANCH, words=f"decide: {label}", failure=Failure.CANNOT)


def _assign(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    """Before a save, setting a field of the record is the write itself."""
    reads: list[FieldRef] = []
    writes: list[Write] = []
    for item in element.all("assignmentItems"):
        reads.extend(reads_of_value(item.one("value"), names))
        write = _assignment(item, names)
        own = item.says("assignToReference").startswith(f"{RECORD}.")
        if write is not None and own and assigned.before_save:
            writes.append(write)
    named = listed([w.field.name for w in writes], "and")
    return replace(
        start,
        kind=StepKind.WRITE if writes else StepKind.JOINT,
        words=f"set {named} before the save" if writes else "set variables",
        reads=once(reads),
        writes=tuple(writes),
        failure=Failure.CANNOT,
        people=tuple(w.value for w in writes if w.field.name == "OwnerId" and w.value),
    )


def _joint(words: str) -> Callable[[Step, Tag, Names, Assigned], Step]:
    def read(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
        del assigned
        return replace(
            start,
            kind=StepKind.JOINT,
            words=words,
            reads=_all_reads(element, names),
            failure=Failure.CANNOT,
        )

    return read


def _wait(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    del assigned
    reads = _all_reads(element, names)
    return replace(start, kind=StepKind.WAIT, words="wait", reads=reads, failure=Failure.CANNOT)


def _subflow(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    del assigned
    called = element.says("flowName")
    return replace(
        start,
        kind=StepKind.ENROLL,
        words=f"run flow {shown(called, 80)}",
        reads=_all_reads(element, names),
        calls_flows=(called,) if called else (),
    )


def _apex(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    del assigned
    return replace(
        start,
        kind=StepKind.CODE,
        words=f"run Apex {shown(element.says('actionName') or element.says('apexClass'), 60)}",
        understanding=Understanding.READ,
        reads=_all_reads(element, names),
        notes=("what the code writes, the file does not tell",),
    )


_TOLD = frozenset({"chatterPost", "customNotificationAction", "slackPostMessage", "submit"})
_CALLED = frozenset({"externalService", "quickAction", "invokeExternalService"})


def _action(start: Step, element: Tag, names: Names, assigned: Assigned) -> Step:
    kind, name = element.says("actionType"), element.says("actionName")
    reads = _all_reads(element, names)
    step = replace(start, reads=reads, source_type=f"actionCalls {kind}".rstrip())
    match kind:
        case "apex":
            return _apex(step, element, names, assigned)
        case "emailAlert":
            sent = (Send("email", SYSTEM, shown(name, 120)),)
            words = f"send email alert {shown(name, 60)}"
            notes = ("whom the alert mails, and its text, stand in another file",)
            return replace(step, kind=StepKind.SEND, words=words, sends=sent, notes=notes)
        case "emailSimple":
            return _simple_mail(step, element)
        case "flow":
            return replace(
                step, kind=StepKind.ENROLL, words=f"run flow {shown(name, 80)}", calls_flows=(name,)
            )
        case kind if kind in _TOLD:
            return replace(step, kind=StepKind.NOTIFY, words=shown(f"{kind} {name}", 100))
        case kind if kind in _CALLED:
            return replace(
                step,
                kind=StepKind.CALL,
                words=shown(f"{kind} {name}", 100),
                understanding=Understanding.READ,
            )
        case _:
            names.unknowns.add(f"action: {shown(kind, 40) or 'without a type'}")
            return replace(
                step,
                words=f"an action of unknown type {shown(kind, 40)}".rstrip(),
                understanding=Understanding.OPAQUE,
            )


def _simple_mail(step: Step, element: Tag) -> Step:
    """Mail to fixed addresses is for the team; to computed ones, for the subject."""
    fixed_to: list[str] = []
    computed = False
    for parameter in element.all("inputParameters"):
        if parameter.says("name") not in {"emailAddresses", "emailAddressesArray", "recipientId"}:
            continue
        value = parameter.one("value")
        text = value.says("stringValue")
        if text and "{!" not in text:
            fixed_to.extend(each.strip() for each in text.split(",") if each.strip())
        else:
            computed = computed or bool(value.children)
    if fixed_to and not computed:
        words = f"send an email to {counted(len(fixed_to), 'fixed address', 'fixed addresses')}"
        return replace(step, kind=StepKind.NOTIFY, words=words, people=once(fixed_to))
    sent = (Send("email", SYSTEM, shown(element.says("name"), 80)),)
    return replace(step, kind=StepKind.SEND, words="send an email", sends=sent)


_READERS: dict[str, Callable[[Step, Tag, Names, Assigned], Step]] = {
    "recordLookups": _lookup,
    "recordCreates": _save,
    "recordUpdates": _save,
    "recordDeletes": _delete,
    "recordRollbacks": _joint("undo what was written so far"),
    "decisions": _decision,
    "assignments": _assign,
    "loops": _joint("loop over records"),
    "collectionProcessors": _joint("sort or filter a collection"),
    "transforms": _joint("transform data"),
    "screens": _joint("show a screen"),
    "steps": _joint("a placeholder"),
    "customErrors": _joint("stop the save with a message"),
    "waits": _wait,
    "subflows": _subflow,
    "actionCalls": _action,
    "apexPluginCalls": _apex,
}
ELEMENTS = frozenset(_READERS)
