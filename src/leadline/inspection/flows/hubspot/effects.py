"""What each kind of HubSpot action does to records, people and lists."""

from __future__ import annotations

from leadline.blueprint.graph.flow import (
    Failure,
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
    counted,
    flag,
    items,
    length_in_words,
    listed,
    mapping,
    mappings,
    number,
    once,
    seconds,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.hubspot.filters import changed_property, read_event
from leadline.inspection.flows.hubspot.names import (
    EVENTS,
    PROPERTY_CHANGED,
    SYSTEM,
    far_end,
    field,
    object_named,
)
from leadline.inspection.flows.hubspot.scope import Scope
from leadline.inspection.flows.hubspot.values import Value, names_in, read_value, reads_of
from leadline.inspection.flows.revising import replace

OWNER = "hubspot_owner_id"


def set_property(start: Step, fields: Map, scope: Scope) -> Step:
    """Writes one property of the enrolled record, or of one associated with it."""
    name = text(fields.get("property_name"))
    value = read_value(fields.get("value"), scope)
    association = mapping(fields.get("association"))
    target, where = scope.object, ""
    if association:
        target = far_end(association)
        where = f" of the associated {target or 'record'}"
    written = field(target, name)
    reads = value.reads
    if value.mode == "increment":
        reads = once((*reads, written))
    return replace(
        start,
        kind=StepKind.WRITE,
        words=_set_words(f"{name}{where}", value),
        reads=reads,
        writes=(Write(written, value.constant, value.reads, value.mode),),
        people=_people_in(name, value),
        notes=("writes a record beside the enrolled one",) if association else (),
    )


def _set_words(name: str, value: Value) -> str:
    match value.mode:
        case "clear":
            return f"clear {name}"
        case "add":
            return f"add {value.words} to {name}"
        case "increment":
            return f"raise {name}"
        case _:
            return f"set {name} to {value.words}"


def _people_in(name: str, value: Value) -> tuple[str, ...]:
    """A person's id, where an owner is written as a constant."""
    owner = name.endswith(("_owner", "owner_id"))
    return (value.constant,) if owner and value.constant else ()


def send_email(start: Step, fields: Map, scope: Scope) -> Step:
    """Sends a marketing email; HubSpot itself keeps those out who opted out of it."""
    content = text(fields.get("content_id"))
    return replace(
        start,
        kind=StepKind.SEND,
        words=f"send email {shown(content, 40)}".rstrip(),
        reads=reads_of(fields, scope),
        sends=(Send("email", SYSTEM, content, Purpose.MARKETING, checks_consent=True),),
    )


def send_fixed(start: Step, fields: Map, scope: Scope) -> Step:
    """Sends an email to addresses written into the flow, not to the record."""
    people = texts(fields.get("recipient_emails"))
    content = text(fields.get("email_content_id"))
    return replace(
        start,
        kind=StepKind.NOTIFY,
        words=f"send email {shown(content, 40)} to "
        f"{counted(len(people), 'fixed address', 'fixed addresses')}",
        reads=reads_of(fields, scope),
        people=people,
    )


def wait(start: Step, fields: Map, scope: Scope) -> Step:
    """Waits for a length of time; ``delta`` counts minutes unless a unit is given."""
    length = seconds(fields.get("delta"), fields.get("time_unit") or "MINUTES")
    if length is None:
        return replace(
            start,
            kind=StepKind.WAIT,
            failure=Failure.CANNOT,
            words="wait until a day of the week or time of day",
            reads=reads_of(fields, scope),
        )
    return replace(
        start,
        kind=StepKind.WAIT,
        failure=Failure.CANNOT,
        words=f"wait {length_in_words(length)}",
        wait_s=length,
    )


def wait_until(start: Step, fields: Map, scope: Scope) -> Step:
    """Waits until a date: of a property (a read), or one written down."""
    value = read_value(fields.get("date"), scope)
    offset = seconds(fields.get("delta"), fields.get("time_unit") or "DAYS")
    until = value.words if value.reads else "a fixed date"
    words = f"wait until {until}"
    if offset:
        side = "before" if offset < 0 else "after"
        words = f"wait until {length_in_words(abs(offset))} {side} {until}"
    return replace(
        start,
        kind=StepKind.WAIT,
        failure=Failure.CANNOT,
        words=words,
        reads=reads_of(fields, scope),
    )


def wait_for_event(start: Step, fields: Map, scope: Scope) -> Step:
    """Waits for something to happen, at most so long."""
    branches = mappings(fields.get("event_filter_branches"))
    most = seconds(fields.get("expiration_minutes"), "minutes")
    reads: list[FieldRef] = list(reads_of(fields, scope))
    names: list[str] = []
    for branch in branches:
        event = text(branch.get("eventTypeId"))
        changed = changed_property(branch, scope.object) if event == PROPERTY_CHANGED else None
        read_event(branch, scope, scope.object)
        if changed is not None:
            reads.append(changed)
        names.append(
            f"{changed.name} changed" if changed else EVENTS.get(event, f"event {shown(event, 20)}")
        )
    at_most = f", at most {length_in_words(most)}" if most else ""
    return replace(
        start,
        kind=StepKind.WAIT,
        failure=Failure.CANNOT,
        words=f"wait for {listed(names)}{at_most}",
        reads=once(reads),
    )


def enroll(start: Step, fields: Map, scope: Scope) -> Step:
    """Puts the record into another workflow."""
    flow_id = names_in(fields, "flow_id", "workflow_id")
    old = "flow_id" not in fields
    return replace(
        start,
        kind=StepKind.ENROLL,
        words=f"enroll in workflow {shown(flow_id, 40)}",
        reads=reads_of(fields, scope),
        calls_flows=(flow_id,) if flow_id else (),
        notes=("the number is of the older kind and has to be mapped to a flow",) if old else (),
    )


def change_list(start: Step, fields: Map, scope: Scope) -> Step:
    """Adds to or removes from a static list, as ``operation`` says."""
    removes = text(fields.get("operation")).upper() == "REMOVE"
    return _list(start, fields, scope, removes=removes)


def add_to_list(start: Step, fields: Map, scope: Scope) -> Step:
    """Adds to a static list."""
    return _list(start, fields, scope, removes=False)


def leave_list(start: Step, fields: Map, scope: Scope) -> Step:
    """Removes from a static list."""
    return _list(start, fields, scope, removes=True)


def _list(start: Step, fields: Map, scope: Scope, *, removes: bool) -> Step:
    list_id = names_in(fields, "listId", "list_id")
    return replace(
        start,
        kind=StepKind.LIST,
        words=f"{'remove from' if removes else 'add to'} list {shown(list_id, 40)}",
        reads=reads_of(fields, scope),
        lists=(list_id,) if list_id else (),
    )


def create(start: Step, fields: Map, scope: Scope) -> Step:
    """Creates a record of some object and sets its properties."""
    made = object_named(fields.get("object_type_id"))
    writes: list[Write] = []
    people: list[str] = []
    for each in mappings(fields.get("properties")):
        name = text(each.get("targetProperty"))
        if not name:
            continue
        value = read_value(each.get("value"), scope)
        writes.append(Write(field(made, name), value.constant, value.reads, value.mode))
        people.extend(_people_in(name, value))
    linked = bool(items(fields.get("associations")))
    return replace(
        start,
        kind=StepKind.CREATE,
        words=f"create a {made or 'record'} with {counted(len(writes), 'property', 'properties')}",
        reads=reads_of(fields, scope),
        writes=tuple(writes),
        people=tuple(people),
        notes=("links the new record to others",) if linked else (),
    )


def copy(start: Step, fields: Map, scope: Scope) -> Step:
    """Copies a property of the record to a record associated with it."""
    source = field(scope.object, text(fields.get("source_property")))
    target = field(object_named(fields.get("target_object")), text(fields.get("target_property")))
    return replace(
        start,
        kind=StepKind.WRITE,
        words=f"copy {source.name} to {target.name} of the associated {target.object or 'record'}",
        reads=once((source, *reads_of(fields, scope))),
        writes=(Write(target, None, (source,)),),
        notes=("writes a record beside the enrolled one",),
    )


def rotate_owner(start: Step, fields: Map, scope: Scope) -> Step:
    """Gives the record to one of several people in turn."""
    target = field(scope.object, text(fields.get("target_property")) or OWNER)
    people = _team(fields)
    overwrites = flag(fields.get("overwrite_current_owner"))
    return replace(
        start,
        kind=StepKind.WRITE,
        words=f"rotate {target.name} among "
        f"{counted(len(people), 'person or team', 'people or teams')}",
        reads=reads_of(fields, scope),
        writes=(Write(target),),
        people=people,
        notes=("keeps an owner who is already set",) if overwrites is False else (),
    )


def create_task(start: Step, fields: Map, scope: Scope) -> Step:
    """Creates a task for somebody of the team; what it says is not kept."""
    owner = (
        read_value(fields.get("owner_assignment"), scope) if "owner_assignment" in fields else None
    )
    people = (owner.constant,) if owner and owner.constant and owner.constant.isdigit() else ()
    return replace(
        start,
        kind=StepKind.NOTIFY,
        words="create a task",
        reads=reads_of(fields, scope),
        people=once((*people, *_team(fields))),
    )


def notify(start: Step, fields: Map, scope: Scope) -> Step:
    """Tells people of the team; what it says is not kept."""
    owners = tuple(field(scope.object, name) for name in texts(fields.get("owner_properties")))
    people = _team(fields)
    in_app = text(fields.get("delivery_method")) == "APP" or start.source_type == "0-9"
    return replace(
        start,
        kind=StepKind.NOTIFY,
        words=f"notify {counted(len(people), 'person or team', 'people or teams')} "
        f"{'in the app' if in_app else 'by email'}",
        reads=once((*owners, *reads_of(fields, scope))),
        people=people,
    )


def marketing_status(start: Step, fields: Map, scope: Scope) -> Step:
    """Makes a contact one that is paid for, or no longer."""
    value = constant(fields.get("marketableType"))
    written = field("contact", "hs_marketable_status")
    return replace(
        start,
        kind=StepKind.WRITE,
        words=f"set the marketing contact status to {shown(value)}",
        reads=reads_of(fields, scope),
        writes=(Write(written, value),),
    )


def subscribe(start: Step, fields: Map, scope: Scope) -> Step:
    """Opts the contact in to or out of a subscription."""
    state = shown(fields.get("optState"), 30).lower().replace("_", " ")
    return replace(
        start,
        kind=StepKind.WRITE,
        words=f"set subscription {shown(fields.get('subscriptionId'), 30)} to {state or 'a state'}",
        reads=reads_of(fields, scope),
        notes=("changes a consent, not a property",),
    )


def ads_audience(start: Step, fields: Map, scope: Scope) -> Step:
    """Adds to or removes from an audience of an ad network."""
    return _by_kind(start, fields, scope, StepKind.LIST, "change an ads audience")


def sequence(start: Step, fields: Map, scope: Scope) -> Step:
    """Enrols in a sequence of a salesperson's emails."""
    step = _by_kind(start, fields, scope, StepKind.SEND, "enroll in a sequence of sales emails")
    content = names_in(fields, "sequenceId", "sequence_id")
    return replace(step, sends=(Send("email", SYSTEM, content),))


def delete(start: Step, fields: Map, scope: Scope) -> Step:
    """Deletes the record."""
    return _by_kind(start, fields, scope, StepKind.DELETE, "delete the record")


def associate(start: Step, fields: Map, scope: Scope) -> Step:
    """Associates records whose properties agree."""
    return _by_kind(start, fields, scope, StepKind.WRITE, "associate records by a property")


def slack(start: Step, fields: Map, scope: Scope) -> Step:
    """Posts to Slack."""
    step = _by_kind(start, fields, scope, StepKind.NOTIFY, "post to Slack")
    return replace(step, system="slack")


def _by_kind(start: Step, fields: Map, scope: Scope, kind: StepKind, words: str) -> Step:
    """An action whose kind is known, and not which fields it touches."""
    return replace(
        start,
        kind=kind,
        words=words,
        understanding=Understanding.READ,
        reads=reads_of(fields, scope),
        failure=Failure.UNSAID,
    )


def _team(fields: Map) -> tuple[str, ...]:
    """Ids of users, and of teams as ``team 12``, that are written into the action."""
    users = [user for user in texts(fields.get("user_ids")) if number(user) is not None]
    return once((*users, *(f"team {team}" for team in texts(fields.get("team_ids")))))
