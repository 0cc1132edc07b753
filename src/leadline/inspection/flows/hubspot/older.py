"""HubSpot's older answers, ``automation/v3/workflows`` and v2: a flat list of actions.

Lengths of time are milliseconds here, contacts the only object, and what that interface does not
support comes as UNSUPPORTED_ACTION.
"""

from __future__ import annotations

from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    Call,
    Edge,
    EdgeKind,
    Failure,
    FieldRef,
    Flow,
    Live,
    Purpose,
    Send,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Unclear,
    Understanding,
    Write,
)
from leadline.inspection.flows.document import (
    Map,
    constant,
    flag,
    host,
    is_list,
    is_map,
    items,
    length_in_words,
    mapping,
    mappings,
    number,
    once,
    secrets_in,
    shown,
    strings,
    text,
    texts,
)
from leadline.inspection.flows.hubspot.names import SYSTEM, field
from leadline.inspection.flows.hubspot.scope import Scope
from leadline.inspection.flows.hubspot.values import tokens
from leadline.inspection.flows.revising import replace

CANNOT_SAY = (
    "what an unsupported action does: this older interface leaves it out",
    "what happens when an action fails",
    "how the branches of a workflow join",
    "the text of its emails",
)
KEYS = frozenset(
    {
        "id",
        "name",
        "type",
        "enabled",
        "insertedAt",
        "updatedAt",
        "contactListIds",
        "migrationStatus",
        "actions",
        "description",
        "segmentCriteria",
        "goalCriteria",
        "reEnrollmentTriggerSets",
        "triggerSets",
        "suppressionListIds",
        "portalId",
        "onlyExecOnBizDays",
        "nurtureTimeRange",
        "unenrollmentSetting",
        "recurringSetting",
        "enrollOnCriteriaUpdate",
        "onlyEnrollsManually",
        "creationSource",
        "updateSource",
        "lastUpdatedBy",
        "canEnrollFromSalesforce",
        "personaTagIds",
        "lastUpdatedByUserId",
        "legacyMigration",
        "metaData",
        "originalAuthorUserId",
        "internal",
        "allowContactToTriggerMultipleTimes",
        "lifecyclestage",
        "goalListId",
    }
)


def is_old(found: Map) -> bool:
    """Whether a map is a workflow of the older kind, with or without its actions."""
    return "enabled" in found and any(
        key in found for key in ("contactListIds", "insertedAt", "migrationStatus")
    )


def read_old(found: Map, where: str, name: str) -> Flow:
    """One workflow of the older kind."""
    scope = Scope("contact", {}, {})
    scope.unknowns.keys(found, KEYS, "workflow")
    steps: dict[str, Step] = {}
    _lay(found.get("actions"), steps, scope)
    live = flag(found.get("enabled"))
    migrated = text(mapping(found.get("migrationStatus")).get("flowId"))
    criteria = found.get("segmentCriteria") or found.get("triggerSets")
    return Flow(
        SYSTEM,
        migrated or text(found.get("id")) or name,
        shown(found.get("name"), 200) or name,
        where,
        Live.UNSAID if live is None else Live.ON if live else Live.OFF,
        "contact",
        (_trigger(found, criteria),),
        next(iter(steps), None),
        MappingProxyType(steps),
        lists_kept_out=texts(items(found.get("suppressionListIds"))),
        goal=Unclear("the goal of the workflow", _named(found.get("goalCriteria")))
        if found.get("goalCriteria")
        else None,
        updated_at=text(found.get("updatedAt")) or None,
        not_understood=scope.unknowns.all(),
        cannot_say=CANNOT_SAY,
        notes=(f"its older number is {text(found.get('id'))}",) if migrated else (),
    )


def _trigger(found: Map, criteria: object) -> Trigger:
    again = flag(found.get("allowContactToTriggerMultipleTimes"))
    if not criteria:
        by_hand = flag(found.get("onlyEnrollsManually"))
        words = "enrolled by hand" if by_hand else "what enrolls is not in the file"
        kind = TriggerKind.MANUAL if by_hand else TriggerKind.OPAQUE
        known = Understanding.UNDERSTOOD if by_hand else Understanding.OPAQUE
        return Trigger(kind, words, again=again, understanding=known)
    reads = _named(criteria)
    return Trigger(
        TriggerKind.CRITERIA,
        "the contact comes to match the criteria",
        Unclear("criteria of the older kind", reads),
        reads,
        again,
        understanding=Understanding.READ,
    )


def _named(criteria: object) -> tuple[FieldRef, ...]:
    """The properties named by criteria of the older kind (lists in lists of filters)."""
    pending: list[object] = [criteria]
    names: list[str] = []
    while pending:
        current = pending.pop()
        below = items(current) or list(mapping(current).values())
        pending.extend(reversed([b for b in below if is_list(b) or is_map(b)]))
        name = text(mapping(current).get("property"))
        if name:
            names.append(name)
    return once(field("contact", name) for name in names)


def _lay(actions: object, steps: dict[str, Step], scope: Scope) -> None:
    """Lay out the flat list, with the lists that its branches hold, without recursion."""
    pending: list[tuple[list[Map], str | None]] = [(mappings(actions), None)]
    while pending:
        run, after = pending.pop()
        for position, action in enumerate(run):
            step_id = str(len(steps) + 1)
            steps[step_id] = _step(action, step_id, scope)
            if after is not None:
                edge = Edge(step_id, EdgeKind.BRANCH if position == 0 else EdgeKind.NEXT)
                steps[after] = replace(steps[after], edges=(*steps[after].edges, edge))
            after = step_id
            for key in ("acceptActions", "rejectActions"):
                if items(action.get(key)):
                    pending.append((mappings(action.get(key)), step_id))


def _step(action: Map, step_id: str, scope: Scope) -> Step:
    kind = text(action.get("type"))
    start = Step(step_id, StepKind.OPAQUE, "", kind, system=SYSTEM)
    reads = once(r for s in strings(action) if "{{" in s for r in tokens(s, scope))
    match kind:
        case "DELAY":
            length = (number(action.get("delayMillis")) or 0) / 1000
            words = f"wait {length_in_words(length)}"
            return replace(
                start, kind=StepKind.WAIT, words=words, wait_s=length, failure=Failure.CANNOT
            )
        case "SET_CONTACT_PROPERTY" | "SET_COMPANY_PROPERTY":
            target = "contact" if kind == "SET_CONTACT_PROPERTY" else "company"
            name = text(action.get("propertyName"))
            value = constant(action.get("newValue"))
            words = f"set {name} to {shown(value) or 'a text'}"
            write = Write(field(target, name), value, reads)
            return replace(start, kind=StepKind.WRITE, words=words, reads=reads, writes=(write,))
        case "EMAIL":
            content = text(action.get("emailContentId"))
            send = Send("email", SYSTEM, content, Purpose.MARKETING, checks_consent=True)
            return replace(start, kind=StepKind.SEND, words=f"send email {content}", sends=(send,))
        case "WEBHOOK":
            return _webhook(start, action)
        case "NOTIFICATION" | "TASK" | "SMS_NOTIFICATION" | "NOTIFICATION_STATION":
            people = texts(items(action.get("recipientUserIds")))
            words = f"notify the team ({kind.lower().replace('_', ' ')})"
            return replace(start, kind=StepKind.NOTIFY, words=words, reads=reads, people=people)
        case "ADD_LIST" | "REMOVE_LIST":
            list_id = text(action.get("listId"))
            words = f"{'add to' if kind == 'ADD_LIST' else 'remove from'} list {list_id}"
            lists = (list_id,) if list_id else ()
            return replace(start, kind=StepKind.LIST, words=words, lists=lists)
        case "WORKFLOW_ENROLLMENT":
            flow_id = text(action.get("workflowId"))
            return replace(
                start,
                kind=StepKind.ENROLL,
                words=f"enroll in workflow {flow_id}",
                calls_flows=(flow_id,) if flow_id else (),
            )
        case "BRANCH":
            asked = _named(action.get("filters") or action.get("filtersListId"))
            return replace(
                start, kind=StepKind.BRANCH, words="branch", reads=asked, failure=Failure.CANNOT
            )
        case _:
            unsupported = kind == "UNSUPPORTED_ACTION"
            scope.unknowns.add(f"action: {shown(kind, 40) or 'without a type'}")
            words = "an action that this interface leaves out" if unsupported else "an action"
            return replace(start, words=words, reads=reads, understanding=Understanding.OPAQUE)


def _webhook(start: Step, action: Map) -> Step:
    called = host(action.get("url"))
    clear = secrets_in(action.get("url"))
    method = shown(action.get("method"), 10).upper() or "POST"
    return replace(
        start,
        kind=StepKind.CALL,
        words=f"{method} to {called or 'an unknown host'}",
        understanding=Understanding.UNDERSTOOD if called else Understanding.READ,
        call=Call(method, called),
        system=called or "",
        failure=Failure.RETRIED,
        secrets=(*(("authCreds",) if action.get("authCreds") else ()), *clear),
        notes=(IN_CLEAR,) if clear or action.get("authCreds") else (),
    )
