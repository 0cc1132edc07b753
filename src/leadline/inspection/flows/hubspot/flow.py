"""One HubSpot flow (automation v4, and the dated versions with the same keys)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    Edge,
    Failure,
    Flow,
    Live,
    Step,
)
from leadline.inspection.flows.document import (
    Map,
    distinct,
    flag,
    items,
    mapping,
    mappings,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.hubspot.branching import read_action
from leadline.inspection.flows.hubspot.enrolment import enrolment_notes, read_triggers
from leadline.inspection.flows.hubspot.filters import read_branch
from leadline.inspection.flows.hubspot.names import SYSTEM, object_named
from leadline.inspection.flows.hubspot.scope import (
    ActionType,
    Scope,
    read_fetched,
    read_source_reads,
)
from leadline.inspection.flows.revising import replace

CANNOT_SAY = (
    "whether a flow that is off is a draft or was paused",
    "what happens when an action fails, except where a branch asks for its result",
    "how many records are enrolled",
    "the time zone of its hours",
    "the text of its marketing emails",
)
KEYS = frozenset(
    {
        "type",
        "flowType",
        "isEnabled",
        "id",
        "revisionId",
        "name",
        "description",
        "createdAt",
        "updatedAt",
        "uuid",
        "startActionId",
        "nextAvailableActionId",
        "actions",
        "enrollmentCriteria",
        "enrollmentSchedule",
        "timeWindows",
        "blockedDates",
        "customProperties",
        "crmObjectCreationStatus",
        "dataSources",
        "objectTypeId",
        "suppressionListIds",
        "goalFilterBranch",
        "eventAnchor",
        "canEnrollFromSalesforce",
        "unEnrollmentSetting",
        "suppressionFilterBranch",
    }
)


def read_flow(found: Map, where: str, name: str, dictionary: Mapping[str, ActionType]) -> Flow:
    """One flow object; ``name`` stands in where the file has neither id nor name."""
    scope = Scope(
        object_named(found.get("objectTypeId"))
        or ("contact" if found.get("type") == "CONTACT_FLOW" else ""),
        read_fetched(found.get("dataSources")),
        dictionary,
    )
    scope = replace(scope, source_reads=read_source_reads(found.get("dataSources"), scope.object))
    scope.unknowns.keys(found, KEYS, "flow")
    kind = text(found.get("type"))
    if kind not in {"CONTACT_FLOW", "PLATFORM_FLOW", ""}:
        scope.unknowns.add(f"flow type: {shown(kind, 40)}")
    steps, notes = _steps(found, scope)
    start = text(found.get("startActionId")) or None
    live = flag(found.get("isEnabled"))
    triggers = read_triggers(found, scope)
    if start is not None and start not in steps:
        notes.append(f"starts with action {shown(start, 20)}, which the file does not hold")
        start = None
    unread = len(items(found.get("actions"))) - len(mappings(found.get("actions")))
    if unread:
        notes.append(f"{unread} actions are not objects and could not be read")
    return Flow(
        SYSTEM,
        text(found.get("id")) or shown(found.get("name"), 200) or name,
        shown(found.get("name"), 200) or name,
        where,
        Live.UNSAID if live is None else Live.ON if live else Live.OFF,
        scope.object,
        triggers,
        start,
        MappingProxyType(steps),
        keeps_out=read_branch(found.get("suppressionFilterBranch"), scope, scope.object),
        lists_kept_out=texts(items(found.get("suppressionListIds"))),
        goal=read_branch(found.get("goalFilterBranch"), scope, scope.object),
        updated_at=text(found.get("updatedAt")) or None,
        not_understood=scope.unknowns.all(),
        cannot_say=CANNOT_SAY,
        notes=(*notes, *enrolment_notes(found)),
    )


def _steps(found: Map, scope: Scope) -> tuple[dict[str, Step], list[str]]:
    steps: dict[str, Step] = {}
    notes: list[str] = []
    for number, action in enumerate(mappings(found.get("actions")), start=1):
        wanted = text(action.get("actionId")) or f"(action {number})"
        step_id = distinct(wanted, steps)
        if step_id != wanted:
            notes.append(f"two actions have the number {shown(wanted, 20)}")
        steps[step_id] = read_action(action, step_id, scope)
    for step_id, step in steps.items():
        if any(edge.to is not None and edge.to not in steps for edge in step.edges):
            steps[step_id] = _without_loose_ends(step, steps)
    for step_id in _asked_for_results(found):
        step = steps.get(step_id)
        if step is not None and step.failure in {Failure.UNSAID, Failure.RETRIED}:
            steps[step_id] = replace(step, failure=Failure.HANDLED)
    return steps, notes


def _without_loose_ends(step: Step, steps: Mapping[str, Step]) -> Step:
    missing = dict.fromkeys(e.to for e in step.edges if e.to is not None and e.to not in steps)
    edges = tuple(_cut(edge) if edge.to in missing else edge for edge in step.edges)
    notes = tuple(f"leads to action {shown(m, 20)}, which the file does not hold" for m in missing)
    return replace(step, edges=edges, notes=(*step.notes, *notes))


def _cut(edge: Edge) -> Edge:
    return replace(edge, to=None)


_TELLING = frozenset({"CUSTOM_CODE", "WEBHOOK"})


def _asked_for_results(found: Map) -> Iterator[str]:
    """Actions whose own result a branch asks for: the only failure path that a flow can have."""
    actions = {text(a.get("actionId")): a for a in mappings(found.get("actions"))}
    for action in actions.values():
        if text(action.get("type")) != "STATIC_BRANCH":
            continue
        value = mapping(action.get("inputValue"))
        if text(value.get("type")) != "FIELD_DATA":
            continue
        asked = text(value.get("actionId"))
        source = actions.get(asked, {})
        from_app = text(source.get("actionTypeId")).startswith("1-")
        if (
            text(value.get("dataKey")) == "hs_execution_state"
            or text(source.get("type")) in _TELLING
            or from_app
        ):
            yield asked


def is_flow(found: Map) -> bool:
    """Whether a map is a flow with its actions (and not a line of the listing)."""
    return isinstance(found.get("actions"), list) and any(
        key in found
        for key in ("enrollmentCriteria", "startActionId", "flowType", "objectTypeId", "isEnabled")
    )


def is_listed(found: Map) -> bool:
    """Whether a map is a line of the listing: a flow's name and state, without its content."""
    return (
        "actions" not in found
        and "id" in found
        and any(key in found for key in ("isEnabled", "flowType", "revisionId"))
    )
