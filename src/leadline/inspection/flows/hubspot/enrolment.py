"""What starts a HubSpot flow, what keeps a record out of it and what takes it out again."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.graph.flow import (
    Condition,
    Every,
    FieldRef,
    Some,
    Trigger,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows.document import (
    Map,
    flag,
    items,
    mapping,
    mappings,
    maps_within,
    once,
    shown,
    text,
)
from leadline.inspection.flows.hubspot.filters import changed_property, read_branch, read_event
from leadline.inspection.flows.hubspot.names import (
    EVENTS,
    FORM_SUBMITTED,
    PROPERTY_CHANGED,
    field,
)
from leadline.inspection.flows.hubspot.scope import Scope


def read_triggers(flow: Map, scope: Scope) -> tuple[Trigger, ...]:
    """Every way into the flow. Without criteria: people, and other flows."""
    found = (*_criteria(flow, scope), *_schedule(flow, scope))
    by_hand = Trigger(TriggerKind.MANUAL, "enrolled by hand or by another flow")
    return found or (by_hand,)


def _criteria(flow: Map, scope: Scope) -> Iterator[Trigger]:
    criteria = mapping(flow.get("enrollmentCriteria"))
    again = flag(criteria.get("shouldReEnroll"))
    kind = text(criteria.get("type"))
    match kind:
        case "LIST_BASED":
            condition = read_branch(criteria.get("listFilterBranch"), scope, scope.object)
            reads = once(_triggering(criteria, scope))
            chosen = items(criteria.get("reEnrollmentTriggersFilterBranches"))
            # Re-enrollment without a chosen trigger lets nobody in again by the criteria.
            again = again if chosen or again is None else False
            yield Trigger(
                TriggerKind.CRITERIA,
                f"the {scope.object or 'record'} comes to match the criteria",
                condition,
                reads,
                again,
            )
        case "EVENT_BASED":
            yield from _events(criteria, scope, again=again)
        case "MANUAL":
            yield Trigger(TriggerKind.MANUAL, "enrolled by hand or by another flow", again=again)
        case "DATASET":
            name = shown(criteria.get("datasetId"), 40)
            yield Trigger(
                TriggerKind.OPAQUE,
                f"a row of dataset {name}",
                again=again,
                understanding=Understanding.READ,
            )
        case "" if not criteria:
            return
        case _:
            scope.unknowns.add(f"enrollment: {shown(kind, 40) or 'without a type'}")
            yield Trigger(
                TriggerKind.OPAQUE,
                f"enrollment of unknown type {shown(kind, 40)}".rstrip(),
                again=again,
                understanding=Understanding.OPAQUE,
            )


def _triggering(criteria: Map, scope: Scope) -> Iterator[FieldRef]:
    """The properties whose change enrols a record once more."""
    for found in maps_within(criteria.get("reEnrollmentTriggersFilterBranches")):
        if text(found.get("eventTypeId")) == PROPERTY_CHANGED:
            changed = changed_property(found, scope.object)
            if changed is not None:
                yield changed
        elif text(found.get("filterType")) == "PROPERTY":
            name = text(found.get("property"))
            if name and name not in {"hs_name", "hs_value", "hs_previous_value"}:
                yield field(scope.object, name)


def _events(criteria: Map, scope: Scope, *, again: bool | None) -> Iterator[Trigger]:
    branches = mappings(criteria.get("listMembershipFilterBranches"))
    memberships = [
        c for c in (read_branch(b, scope, scope.object) for b in branches) if c is not None
    ]
    refined = read_branch(criteria.get("refinementCriteria"), scope, scope.object)
    extra = [*memberships, *([refined] if refined is not None else [])]
    events = list(_event_branches(criteria.get("eventFilterBranches")))
    if not events and memberships:
        joined = memberships[0] if len(memberships) == 1 else Some(tuple(memberships))
        yield Trigger(TriggerKind.LIST, "the record joins a list", joined, again=again)
    for branch in events:
        event = text(branch.get("eventTypeId"))
        changed = changed_property(branch, scope.object) if event == PROPERTY_CHANGED else None
        asked = read_event(branch, scope, scope.object)
        condition: Condition = Every((asked, *extra)) if extra else asked
        kind = TriggerKind.EVENT
        words = EVENTS.get(event, f"event {shown(event, 40)}")
        if changed is not None:
            kind, words = TriggerKind.FIELD_CHANGED, f"{changed.name} changes"
        elif event == FORM_SUBMITTED:
            kind, words = TriggerKind.FORM, "a form is submitted"
        yield Trigger(kind, words, condition, (changed,) if changed else (), again)


def _event_branches(found: object) -> Iterator[Map]:
    """The event branches, also where an OR stands around them."""
    pending = list(reversed(mappings(found)))
    while pending:
        branch = pending.pop()
        if branch.get("eventTypeId") is None and branch.get("filterBranches"):
            pending.extend(reversed(mappings(branch.get("filterBranches"))))
        else:
            yield branch


def _schedule(flow: Map, scope: Scope) -> Iterator[Trigger]:
    schedule = mapping(flow.get("enrollmentSchedule"))
    anchor = mapping(flow.get("eventAnchor"))
    if schedule:
        kind = text(schedule.get("type"))
        name = text(schedule.get("dateProperty"))
        if kind == "PROPERTY_BASED" or name:
            days = shown(schedule.get("daysDelta"), 10)
            yield Trigger(
                TriggerKind.DATE,
                f"{days or 0} days from {shown(name) or 'a date'}",
                reads=(field(scope.object, name),) if name else (),
            )
        else:
            yield Trigger(TriggerKind.SCHEDULE, shown(kind, 40).lower().replace("_", " "))
    if anchor:
        name = text(anchor.get("contactProperty"))
        yield Trigger(
            TriggerKind.DATE,
            f"counted from {shown(name) or 'a fixed date'}",
            reads=(field(scope.object, name),) if name else (),
        )


def enrolment_notes(flow: Map) -> Iterator[str]:
    """What else the file says of who is in the flow, and when it runs."""
    criteria = mapping(flow.get("enrollmentCriteria"))
    if (
        flag(criteria.get("shouldReEnroll"))
        and text(criteria.get("type")) == "LIST_BASED"
        and not items(criteria.get("reEnrollmentTriggersFilterBranches"))
    ):
        yield "re-enrollment is on, and no trigger is chosen that would re-enroll anybody"
    if flag(criteria.get("unEnrollObjectsNotMeetingCriteria")):
        yield "records leave midway when they stop meeting the criteria"
    leaving = mapping(flow.get("unEnrollmentSetting"))
    match text(leaving.get("type")):
        case "ALL":
            yield "enrolling takes the contact out of all other workflows"
        case "SELECTIVE":
            count = len(items(leaving.get("flowIds")))
            yield f"enrolling takes the contact out of {count} other workflows"
        case _:
            pass
    windows = len(items(flow.get("timeWindows")))
    if windows:
        yield f"actions run in {windows} stated time windows only, in the account's time zone"
    blocked = len(items(flow.get("blockedDates")))
    if blocked:
        yield f"actions rest on {blocked} stated dates"
    if flag(flow.get("canEnrollFromSalesforce")):
        yield "people in Salesforce can enroll contacts"
