"""The parts that HubSpot flows are made of, in the shape of its v4 definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from making.world import Json

OBJECTS = {"contact": "0-1", "company": "0-2", "deal": "0-3"}


@dataclass(slots=True)
class Canvas:
    """The actions of one flow while they are laid; ids count upwards as actions are added."""

    actions: list[Json] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    last: int = 0

    def add(self, action: Json, then: str | None, name: str = "") -> str:
        """Add an action that leads on to ``then``; returns its id."""
        self.last += 1
        identity = str(self.last)
        laid = {"actionId": identity, **action}
        if then is not None:
            laid["connection"] = to(then)
        self.actions.append(laid)
        if name:
            self.named[name] = identity
        return identity


Part = Callable[[Canvas, str | None], str]


def to(action: str, kind: str = "STANDARD") -> Json:
    """A connection."""
    return {"edgeType": kind, "nextActionId": action}


def lay(canvas: Canvas, parts: Sequence[Part], then: str | None = None) -> str | None:
    """Lay parts so that each leads on to the next; returns the id of the first."""
    for part in reversed(parts):
        then = part(canvas, then)
    return then


def act(kind: str, fields: Json, *, version: int = 0, name: str = "") -> Part:
    """An action of a type, such as ``0-5``."""
    action = {
        "type": "SINGLE_CONNECTION",
        "actionTypeVersion": version,
        "actionTypeId": kind,
        "fields": fields,
    }
    return lambda canvas, then: canvas.add(action, then, name)


def wait(minutes: int) -> Part:
    """A delay; HubSpot writes minutes, as a text."""
    return act("0-1", {"delta": str(minutes), "time_unit": "MINUTES"})


def send(content: int, *, name: str = "") -> Part:
    """A marketing mail, by its content id."""
    return act("0-4", {"content_id": str(content)}, name=name)


def put(field_name: str, value: str, *, name: str = "") -> Part:
    """Set a property to a constant."""
    value_of = {"type": "STATIC_VALUE", "staticValue": value}
    return act("0-5", {"property_name": field_name, "value": value_of}, name=name)


def task(subject: str) -> Part:
    """A task for the owner of the record."""
    owner = {"type": "OBJECT_PROPERTY", "propertyName": "hubspot_owner_id"}
    return act(
        "0-3",
        {
            "task_type": "CALL",
            "subject": subject,
            "body": "See the record.",
            "associations": [{"target": {"associationCategory": "HUBSPOT_DEFINED"}}],
            "owner_assignment": {"type": "OBJECT_PROPERTY", "value": owner},
            "use_explicit_associations": "true",
        },
    )


def tell_owner(subject: str) -> Part:
    """An internal mail to the owner of the record."""
    return act(
        "0-8",
        {
            "owner_properties": ["hubspot_owner_id"],
            "subject": subject,
            "body": "<p>{{ enrolled_object.firstname }} {{ enrolled_object.lastname }}</p>",
        },
    )


def webhook(host_and_path: str, secret: str, *, name: str = "") -> Part:
    """A call of an address outside; the key is a stored secret, named only."""
    action = {
        "type": "WEBHOOK",
        "method": "POST",
        "webhookUrl": f"https://{host_and_path}",
        "queryParams": [],
        "authSettings": {"type": "AUTH_KEY", "location": "HEADER", "name": "X-Api-Key",
                         "secretName": secret},
    }  # fmt: skip
    return lambda canvas, then: canvas.add(action, then, name)


def code(source: str, reads: Sequence[str], outputs: Sequence[str], *, name: str = "") -> Part:
    """Custom code."""
    action = {
        "type": "CUSTOM_CODE",
        "sourceCode": source,
        "runtime": "NODE20X",
        "secretNames": ["ENRICH_TOKEN"],
        "inputFields": [
            {"name": each, "value": {"type": "OBJECT_PROPERTY", "propertyName": each}}
            for each in reads
        ],
        "outputFields": [{"name": each, "type": "STRING"} for each in outputs],
    }
    return lambda canvas, then: canvas.add(action, then, name)


def guarded(part: Part, good: Sequence[Part], bad: Sequence[Part]) -> Part:
    """An action whose failure has a path of its own: a branch on what became of it."""

    def laid(canvas: Canvas, then: str | None) -> str:
        right, wrong = lay(canvas, good, then), lay(canvas, bad)
        branch: Json = {
            "type": "STATIC_BRANCH",
            "inputValue": {"type": "FIELD_DATA", "actionId": "", "dataKey": "hs_execution_state"},
            "staticBranches": [],
            "defaultBranchName": "Failed",
        }
        success: Json = {"branchValue": "SUCCESS"}
        if right is not None:
            success["connection"] = to(right)
        branch["staticBranches"] = [success]
        if wrong is not None:
            branch["defaultBranch"] = to(wrong)
        switch = canvas.add(branch, None)
        first = part(canvas, switch)
        branch["inputValue"]["actionId"] = first
        _laid(canvas, switch)["inputValue"]["actionId"] = first
        return first

    return laid


def _laid(canvas: Canvas, identity: str) -> Json:
    return next(action for action in canvas.actions if action["actionId"] == identity)


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a branch."""

    name: str
    filters: Json
    parts: tuple[Part, ...]


def choose(ways: Sequence[Way], otherwise: Sequence[Part] | None, *, name: str = "") -> Part:
    """The first way whose condition holds. ``otherwise`` None: whoever fits none falls out."""

    def laid(canvas: Canvas, then: str | None) -> str:
        branches: list[Json] = []
        for way in ways:
            branch: Json = {"branchName": way.name, "filterBranch": way.filters}
            first = lay(canvas, way.parts, then)
            if first is not None:
                branch["connection"] = to(first)
            branches.append(branch)
        action: Json = {"type": "LIST_BRANCH", "listBranches": branches}
        if otherwise is not None:
            action["defaultBranchName"] = "None met"
            first = lay(canvas, otherwise, then)
            if first is not None:
                action["defaultBranch"] = to(first)
        return canvas.add(action, None, name)

    return laid


def compare(name: str, operation: str, operator: str, blanks: bool = False, **more: object) -> Json:  # noqa: FBT001, FBT002
    """A filter on a property; ``blanks`` lets records without a value pass."""
    return {
        "property": name,
        "operation": {
            "operator": operator,
            "includeObjectsWithNoValueSet": blanks,
            **more,
            "operationType": operation,
        },
        "filterType": "PROPERTY",
    }


def any_of(name: str, *values: str) -> Json:
    """Is any of these options."""
    return compare(name, "ENUMERATION", "IS_ANY_OF", values=list(values))


def none_of(name: str, *values: str, blanks: bool = False) -> Json:
    """Is none of these options."""
    return compare(name, "ENUMERATION", "IS_NONE_OF", blanks, values=list(values))


def equals(name: str, value: str) -> Json:
    """Is this text."""
    return compare(name, "STRING", "IS_EQUAL_TO", value=value)


def at_least(name: str, value: int) -> Json:
    """Is at least this number."""
    return compare(name, "NUMBER", "IS_GREATER_THAN_OR_EQUAL_TO", value=value)


def known(name: str) -> Json:
    """Has a value."""
    return compare(name, "ALL_PROPERTY", "IS_KNOWN")


def every(*filters: Json) -> Json:
    """All of the filters."""
    return {"filterBranches": [], "filters": list(filters), "filterBranchType": "AND",
            "filterBranchOperator": "AND"}  # fmt: skip


def some(*branches: Json) -> Json:
    """At least one of the branches: the usual root."""
    return {"filterBranches": list(branches), "filters": [], "filterBranchType": "OR",
            "filterBranchOperator": "OR"}  # fmt: skip


def matching(*filters: Json, again: bool = False, on: Sequence[str] = ()) -> Json:
    """Enrolment of whoever matches; with ``again``, once more when a field of ``on`` changes."""
    return {
        "shouldReEnroll": again,
        "type": "LIST_BASED",
        "listFilterBranch": some(every(*filters)),
        "unEnrollObjectsNotMeetingCriteria": False,
        "reEnrollmentTriggersFilterBranches": [some(every(_changed(name))) for name in on],
    }


def _changed(name: str) -> Json:
    return known(name)


def on_event(event: str, *filters: Json, again: bool = True) -> Json:
    """Enrolment by an event, such as ``4-1639801`` (a form submitted)."""
    branch = {
        "filterBranches": [],
        "filters": list(filters),
        "eventTypeId": event,
        "operator": "HAS_COMPLETED",
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
    }
    return {
        "shouldReEnroll": again,
        "type": "EVENT_BASED",
        "eventFilterBranches": [branch],
        "listMembershipFilterBranches": [],
    }


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to become a flow."""

    id: int
    name: str
    enrol: Json | None
    parts: tuple[Part, ...]
    object: str = "contact"
    live: bool = True
    more: Json = field(default_factory=dict)


def flow(draft: Draft) -> tuple[Json, dict[str, str]]:
    """The definition, and the ids of the actions that bear a name."""
    canvas = Canvas()
    first = lay(canvas, draft.parts)
    made: Json = {
        "id": str(draft.id),
        "isEnabled": draft.live,
        "flowType": "WORKFLOW",
        "revisionId": str(3 + draft.id % 41),
        "name": draft.name,
        "createdAt": f"2024-{1 + draft.id % 12:02d}-{1 + draft.id % 27:02d}T08:20:11.310Z",
        "updatedAt": f"2026-{1 + draft.id % 10:02d}-{1 + draft.id % 25:02d}T13:02:55.041Z",
        "startActionId": first,
        "nextAvailableActionId": str(canvas.last + 1),
        "actions": canvas.actions,
        "timeWindows": [],
        "blockedDates": [],
        "customProperties": {},
        "crmObjectCreationStatus": "COMPLETE",
        "type": "CONTACT_FLOW" if draft.object == "contact" else "PLATFORM_FLOW",
        "objectTypeId": OBJECTS[draft.object],
        "dataSources": [],
    }
    if first is None:
        del made["startActionId"]
    if draft.enrol is not None:
        made["enrollmentCriteria"] = draft.enrol
    if draft.object == "contact":
        made |= {"suppressionListIds": [], "canEnrollFromSalesforce": False}
    return made | draft.more, canvas.named
