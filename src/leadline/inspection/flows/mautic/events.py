"""One event of a Mautic campaign: an action, a decision or a condition.

The row's own columns win; ``properties`` is a copy of the form that made it, with another
``properties`` inside, texts beside numbers and stale names of triggers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    Blank,
    Call,
    Comparison,
    Condition,
    Consent,
    Failure,
    FieldRef,
    Happened,
    Live,
    Membership,
    Purpose,
    Send,
    Some,
    Step,
    StepKind,
    Unclear,
    Understanding,
    Write,
)
from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    constant,
    constants,
    counted,
    flag,
    host,
    is_list,
    is_map,
    length_in_words,
    listed,
    mapping,
    mappings,
    names_secret,
    once,
    seconds,
    secrets_in,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.revising import replace

SYSTEM = "mautic"
CONTACT = "contact"
_FORM_KEYS = frozenset(
    {
        "canvasSettings",
        "name",
        "description",
        "triggerMode",
        "triggerDate",
        "triggerInterval",
        "triggerIntervalUnit",
        "triggerHour",
        "triggerRestrictedStartHour",
        "triggerRestrictedStopHour",
        "triggerRestrictedDaysOfWeek",
        "triggerWindow",
        "anchor",
        "anchorEventType",
        "properties",
        "type",
        "eventType",
        "campaignId",
        "_token",
        "buttons",
        "settings",
        "decisionPath",
        "id",
        "tempId",
        "order",
        "parent",
    }
)
_OPERATORS = {
    "=": "is",
    "!=": "is not",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "like": "is like",
    "!like": "is not like",
    "in": "is one of",
    "!in": "is none of",
    "regexp": "matches a pattern",
    "!regexp": "does not match a pattern",
    "startsWith": "starts with",
    "endsWith": "ends with",
    "contains": "contains",
    "date": "is the date",
}
_HAPPENINGS = {
    "email.open": "opens the email",
    "email.click": "clicks in the email",
    "email.reply": "replies to the email",
    "form.submit": "submits a form",
    "page.pagehit": "visits a page",
    "page.devicehit": "visits with a device",
    "asset.download": "downloads an asset",
    "dwc.decision": "asks for dynamic content",
    "lead.device": "uses a device",
    "lead.pageHit": "visited a page",
    "lead.campaigns": "is in a campaign",
    "email.validate.address": "has an address that can be mailed",
    "notification.has.active": "takes notifications",
}
_CHANNELS = {
    "email.send": "email",
    "sms.send_text_sms": "sms",
    "message.send": "email",
    "notification.send_notification": "push",
    "notification.send_mobile_notification": "push",
    "whatsapp.send": "whatsapp",
}
_OUTSIDE = {
    "focus.show": "show a focus item",
    "dwc.push_content": "show dynamic content",
    "twitter.tweet": "post to Twitter",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What else the file holds: whether an email is published (None = not told), by its id,
    and the fields that a segment filters by, by its id."""

    emails: Mapping[str, bool | None] = field(default_factory=dict[str, bool | None])
    unknowns: Unknowns = field(default_factory=Unknowns)
    segments: Mapping[str, tuple[FieldRef, ...]] = field(
        default_factory=dict[str, "tuple[FieldRef, ...]"]
    )


def column(row: Map, snake: str, camel: str) -> str:
    """A column by its name in the export, or in answers of the interface."""
    return text(row.get(snake)) or text(row.get(camel))


def settings_of(row: Map) -> dict[str, object]:
    """The event's own settings: the inner ``properties`` over the outer, form keys left out."""
    outer = mapping(row.get("properties"))
    inner = mapping(outer.get("properties"))
    found = {key: value for key, value in outer.items() if key not in _FORM_KEYS}
    found.update(inner)
    return found


def read_event(row: Map, step_id: str, held: Held) -> Step:
    """The event as a step; the ways on are laid by the caller, who knows its children."""
    kind = text(row.get("type"))
    step = Step(step_id, StepKind.OPAQUE, "", kind, system=SYSTEM)
    group = column(row, "event_type", "eventType")
    settings = settings_of(row)
    if group == "decision":
        what = _HAPPENINGS.get(kind, f"does what {shown(kind, 40)} asks")
        known = kind in _HAPPENINGS
        step = replace(
            step,
            kind=StepKind.BRANCH,
            words=f"when the contact {what}",
            failure=Failure.CANNOT,
            understanding=Understanding.UNDERSTOOD if known else Understanding.OPAQUE,
        )
    elif group == "condition":
        known = kind in _HAPPENINGS or kind in _CONDITIONS
        step = replace(
            step,
            kind=StepKind.BRANCH,
            words=f"if {_words(read_condition(kind, settings))}",
            failure=Failure.CANNOT,
            understanding=Understanding.UNDERSTOOD if known else Understanding.OPAQUE,
        )
    else:
        step = _action(step, row, settings, held)
    if step.understanding is Understanding.OPAQUE:
        held.unknowns.add(f"event: {shown(kind, 60) or 'without a type'}")
        step = replace(step, words=step.words or f"an event of unknown type {shown(kind, 60)}")
    return _timed(step, row)


def _timed(step: Step, row: Map) -> Step:
    """When the event runs, counted from the one before it."""
    mode = column(row, "trigger_mode", "triggerMode")
    if text(row.get("triggerRestrictedStartHour")):
        step = replace(step, notes=(*step.notes, "runs in stated hours only"))
    if mode == "interval":
        amount = row.get("trigger_interval", row.get("triggerInterval"))
        unit = column(row, "trigger_interval_unit", "triggerIntervalUnit")
        length = seconds(amount, unit)
        after = length_in_words(length) if length is not None else f"{text(amount)} {unit}"
        return replace(step, words=f"after {shown(after, 40)}: {step.words}", wait_s=length)
    if mode == "date":
        return replace(step, words=f"at a fixed date: {step.words}")
    return step


def _action(step: Step, row: Map, settings: Map, held: Held) -> Step:
    kind = step.source_type
    if kind in _CHANNELS:
        return _send(step, row, settings, held)
    match kind:
        case "email.send.to.user":
            people = texts(settings.get("user_id"))
            addresses = [a.strip() for a in text(settings.get("to")).split(",") if a.strip()]
            everyone = once((*people, *addresses))
            words = f"send an email to {counted(len(everyone), 'person', 'people')} of the team"
            return replace(step, kind=StepKind.NOTIFY, words=words, people=everyone)
        case "campaign.sendwebhook":
            called = host(settings.get("url"))
            method = shown(settings.get("method"), 10).upper() or "GET"
            secrets = (*_headers(settings), *secrets_in(settings.get("url")))
            return replace(
                step,
                kind=StepKind.CALL,
                words=f"{method} to {called or 'an unknown host'}",
                understanding=Understanding.UNDERSTOOD if called else Understanding.READ,
                call=Call(method, called),
                system=called or "",
                secrets=secrets,
                notes=(IN_CLEAR,) if any(names_secret(_bare(s)) for s in secrets) else (),
                failure=Failure.RETRIED,
            )
        case "plugin.leadpush":
            where = shown(settings.get("integration"), 40) or "a plugin"
            return replace(
                step,
                kind=StepKind.CALL,
                words=f"push the contact to {where}",
                understanding=Understanding.READ,
                system=where.lower(),
                failure=Failure.RETRIED,
            )
        case "campaign.jump_to_event":
            return replace(step, kind=StepKind.JOINT, words="jump", failure=Failure.CANNOT)
        case "campaign.addremovelead":
            into = texts(settings.get("addTo"))
            words = f"add to campaign {listed(into, 'and')}" if into else "leave a campaign"
            return replace(step, kind=StepKind.ENROLL, words=words, calls_flows=into)
        case "lead.changelist":
            added = texts(settings.get("addToLists"))
            removed = texts(settings.get("removeFromLists"))
            words = f"add to {counted(len(added), 'segment')}, remove from {len(removed)}"
            return replace(step, kind=StepKind.LIST, words=words, lists=once((*added, *removed)))
        case "lead.deletecontact":
            return replace(step, kind=StepKind.DELETE, words="delete the contact")
        case _:
            return _write(step, settings)


def _send(step: Step, row: Map, settings: Map, held: Held) -> Step:
    channel = _CHANNELS[step.source_type]
    content = column(row, "channel_id", "channelId")
    if content in {"", "0"}:
        content = text(settings.get("email")) or text(settings.get("sms"))
    published = held.emails.get(content) if channel == "email" else None
    marks = {"transactional": Purpose.TRANSACTIONAL, "marketing": Purpose.MARKETING}
    purpose = marks.get(text(settings.get("email_type")), Purpose.UNSAID)
    live = Live.UNSAID if published is None else Live.ON if published else Live.OFF
    missing = channel == "email" and content not in held.emails and bool(held.emails)
    return replace(
        step,
        kind=StepKind.SEND,
        words=f"send {channel} {shown(content, 40)}".rstrip(),
        sends=(Send(channel, SYSTEM, content, purpose, checks_consent=True, live=live),),
        notes=(f"email {shown(content, 20)} is not in the file",) if missing else (),
    )


def _bare(secret: str) -> str:
    """A secret's own name, without what kind of thing it is."""
    return secret.partition(" ")[2]


def _headers(settings: Map) -> Iterator[str]:
    for each in mappings(mapping(settings.get("headers")).get("list")):
        name = text(each.get("label"))
        if name:
            yield f"header {shown(name, 60)}"


def _contact(name: str) -> FieldRef:
    return FieldRef(SYSTEM, CONTACT, shown(name, 120))


def _write(step: Step, settings: Map) -> Step:
    """Actions that change the contact, or its company."""
    writes: tuple[Write, ...] = ()
    people: tuple[str, ...] = ()
    match step.source_type:
        case "lead.updatelead" | "lead.updatecompany":
            target = CONTACT if step.source_type == "lead.updatelead" else "company"
            writes = tuple(_fields(settings, target))
        case "lead.changepoints":
            writes = (Write(_contact("points"), constant(settings.get("points")), (), "increment"),)
        case "lead.scorecontactscompanies":
            writes = (Write(FieldRef(SYSTEM, "company", "score"), None, (), "increment"),)
        case "lead.changetags":
            added = [_tags(v, "add") for v in texts(settings.get("add_tags"))]
            removed = [_tags(v, "clear") for v in texts(settings.get("remove_tags"))]
            writes = (*added, *removed)
        case "lead.addtocompany":
            writes = (Write(_contact("company"), constant(settings.get("company"))),)
        case "stage.change":
            writes = (Write(_contact("stage"), constant(settings.get("stage"))),)
        case "lead.adddnc" | "lead.removednc":
            given = "add" if step.source_type == "lead.adddnc" else "clear"
            writes = (Write(_contact("do_not_contact"), None, (), given),)
        case "lead.changeowner" | "lead.updateowner":
            people = texts(settings.get("owner"))
            writes = (Write(_contact("owner"), people[0] if people else None),)
        case kind if kind in _OUTSIDE:
            return replace(
                step,
                kind=StepKind.CALL,
                words=_OUTSIDE[kind],
                understanding=Understanding.READ,
            )
        case _:
            return replace(step, understanding=Understanding.OPAQUE)
    named = ", ".join(_said(write) for write in writes[:3])
    words = named or "change nothing"
    return replace(step, kind=StepKind.WRITE, words=words, writes=writes, people=people)


def _said(write: Write) -> str:
    match write.mode, write.value:
        case "clear", value:
            return f"remove {shown(value, 40)} from {write.field.name}".replace("  ", " ")
        case "add", value:
            return f"add {shown(value, 40)} to {write.field.name}".replace("  ", " ")
        case "increment", _:
            return f"change {write.field.name}"
        case _, None:
            return f"set {write.field.name}"
        case _, value:
            return f"set {write.field.name} to {shown(value, 40)}"


def _tags(tag: str, mode: str) -> Write:
    return Write(_contact("tags"), constant(tag), (), mode)


def _fields(settings: Map, target: str) -> Iterator[Write]:
    """The form posts every field; an empty one is not written."""
    for name, value in settings.items():
        if is_map(value) or not (text(value) or is_list(value)):
            continue
        fixed = constant(value) if not is_list(value) else constant(";".join(texts(value)))
        yield Write(FieldRef(SYSTEM, target, shown(name, 120)), fixed or None)


_CONDITIONS = frozenset(
    {
        "lead.field_value",
        "form.field_value",
        "lead.segments",
        "lead.points",
        "lead.tags",
        "lead.stages",
        "lead.owner",
        "lead.dnc",
    }
)


def read_condition(kind: str, settings: Map) -> Condition:
    """What a condition or a decision asks."""
    match kind:
        case "lead.field_value" | "form.field_value":
            name = text(settings.get("field"))
            read = (
                _contact(name)
                if kind == "lead.field_value"
                else FieldRef(SYSTEM, f"form {shown(settings.get('form'), 20)}", shown(name, 120))
            )
            return _compare(read, text(settings.get("operator")), settings.get("value"))
        case "lead.segments":
            parts = tuple(
                Membership(each, inside=True, words=f"is in segment {shown(each, 20)}")
                for each in texts(settings.get("segments"))
            )
            return parts[0] if len(parts) == 1 else Some(parts)
        case "lead.points":
            operator = text(settings.get("operator")) or "gte"
            return _compare(_contact("points"), operator, settings.get("score"))
        case "lead.tags":
            return _compare(_contact("tags"), "in", settings.get("tags"))
        case "lead.stages":
            return _compare(_contact("stage"), "in", settings.get("stages"))
        case "lead.owner":
            return _compare(_contact("owner"), "in", settings.get("owner"))
        case "lead.dnc":
            channels = texts(settings.get("channels"))
            words = f"must not be contacted by {listed(channels) or 'any channel'}"
            return Consent(listed(channels), given=False, words=words)
        case kind if kind in _HAPPENINGS:
            return Happened(kind, happened=True, words=_HAPPENINGS[kind])
        case _:
            return Unclear(f"what {shown(kind, 40) or 'an event without a type'} asks")


def _compare(read: FieldRef, operator: str, value: object) -> Comparison:
    if operator in {"empty", "!empty"}:
        known = operator == "!empty"
        words = f"{read.name} is {'known' if known else 'unknown'}"
        blank = Blank.FAILS if known else Blank.PASSES
        return Comparison(read, operator, words, blank=blank)
    raw = texts(value)
    if flag(value) is not None and not raw:
        raw = (text(value),)
    negative = operator.startswith("!")
    words = f"{read.name} {_OPERATORS.get(operator, shown(operator, 20) or 'is')} {listed(raw)}"
    blank = Blank.UNSAID if negative else Blank.FAILS
    return Comparison(read, operator, words.rstrip(), constants(raw), negative, blank)


def _words(condition: Condition) -> str:
    match condition:
        case Some():
            return "in one of several segments"
        case Comparison() | Membership() | Happened() | Consent() | Unclear():
            return condition.words
        case _:
            return "a condition"
