"""What each Klaviyo action does, and where the profile goes after it."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    Call,
    Edge,
    EdgeKind,
    Failure,
    Live,
    Purpose,
    Send,
    Step,
    StepKind,
    Understanding,
    Write,
)
from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    constant,
    counted,
    flag,
    host,
    length_in_words,
    mapping,
    mappings,
    maps_within,
    names_secret,
    once,
    seconds,
    secrets_in,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.klaviyo.conditions import (
    SYSTEM,
    property_of,
    read_filter,
    reads_of,
    tokens,
)
from leadline.inspection.flows.revising import replace

KEYS = frozenset({"id", "temporary_id", "type", "links", "data"})
_CHANNELS = {
    "send-email": "email",
    "send-sms": "sms",
    "send-mobile-push": "push",
    "send-whatsapp": "whatsapp",
}
_TESTS = frozenset({"ab-test", "content-experiment"})
_SMALLER = {"days": "hours", "hours": "minutes", "weeks": "days"}
_WAITS = {
    "target-date": "wait until a date",
    "countdown-delay": "wait until a time before an event",
    "back-in-stock-delay": "wait until it is back in stock",
}


def read_action(action: Map, step_id: str, unknowns: Unknowns) -> Step:
    """One action of a definition as a step with its ways on."""
    unknowns.keys(action, KEYS, "action")
    kind = text(action.get("type"))
    data = mapping(action.get("data"))
    start = Step(step_id, StepKind.OPAQUE, "", kind, system=SYSTEM, edges=tuple(_links(action)))
    if kind in _CHANNELS or kind in _TESTS:
        return _message(start, kind, data, unknowns)
    match kind:
        case "time-delay":
            return _delay(start, data)
        case "target-date" | "countdown-delay" | "back-in-stock-delay":
            return _until(start, data)
        case "conditional-split" | "trigger-split" | "action-output-split":
            return _split(start, data, unknowns)
        case "multi-branch-split":
            return _many_ways(start, data, unknowns)
        case "update-profile":
            return _update(start, data)
        case "list-update":
            list_id = text(data.get("list_id"))
            words = f"change list {shown(list_id, 40)}"
            lists = (list_id,) if list_id else ()
            return replace(start, kind=StepKind.LIST, words=words, lists=lists)
        case "send-webhook":
            return _webhook(start, data)
        case "send-internal-alert":
            return _alert(start, data)
        case "internal-service":
            return replace(
                start,
                kind=StepKind.CALL,
                words="use another service of Klaviyo",
                understanding=Understanding.READ,
            )
        case "code":
            return replace(
                start,
                kind=StepKind.CODE,
                words="run code",
                understanding=Understanding.READ,
                reads=tokens(data),
                notes=("what the code does, the file does not tell",),
            )
        case _:
            unknowns.add(f"action: {shown(kind, 40) or 'without a type'}")
            return replace(
                start,
                words=f"an action of unknown type {shown(kind, 40)}".rstrip(),
                understanding=Understanding.OPAQUE,
                reads=tokens(data),
            )


def _until(start: Step, data: Map) -> Step:
    name = text(data.get("date_profile_property")) or text(data.get("property"))
    return replace(
        start,
        kind=StepKind.WAIT,
        words=_WAITS[start.source_type],
        reads=(property_of(name),) if name else (),
        failure=Failure.CANNOT,
    )


def _alert(start: Step, data: Map) -> Step:
    message = mapping(data.get("message")) or data
    people = texts(message.get("to_emails"))
    words = f"tell {counted(len(people), 'person', 'people')} of the team by email"
    return replace(start, kind=StepKind.NOTIFY, words=words, people=people, reads=tokens(message))


def _links(action: Map) -> Iterator[Edge]:
    links = mapping(action.get("links"))
    if "next_if_true" in links or "next_if_false" in links:
        yield Edge(text(links.get("next_if_true")) or None, EdgeKind.BRANCH, "yes")
        yield Edge(text(links.get("next_if_false")) or None, EdgeKind.ELSE, "no")
        return
    yield Edge(text(links.get("next")) or None)


def _message(start: Step, kind: str, data: Map, unknowns: Unknowns) -> Step:
    """A message, or an experiment whose messages lie in variations that no link names."""
    sends: list[Send] = []
    notes: list[str] = []
    filters = [read_filter(data.get("additional_filters"), unknowns)]
    for channel, held, status in _messages(kind, data):
        transactional = bool(flag(held.get("transactional")))
        content = text(held.get("template_id")) or text(held.get("id")) or text(held.get("name"))
        sends.append(
            Send(
                channel,
                SYSTEM,
                shown(content, 80),
                Purpose.TRANSACTIONAL if transactional else Purpose.MARKETING,
                checks_consent=not transactional,
                live=Live.ON if status == "live" else Live.OFF if status else Live.UNSAID,
            )
        )
        if status == "manual":
            notes.append("waits in a queue until a person sends it")
        if flag(held.get("smart_sending_enabled")):
            notes.append("skips who got a message lately (smart sending)")
        filters.append(read_filter(held.get("additional_filters"), unknowns))
    asked = [reads for found in filters for reads in reads_of(found)]
    what = f"test {len(sends)} messages" if kind in _TESTS else f"send {_CHANNELS[kind]}"
    name = shown(mapping(data.get("message")).get("name"), 60)
    status = shown(data.get("status"), 20)
    return replace(
        start,
        kind=StepKind.SEND,
        words=f"{what} {name}".rstrip() + (f" ({status})" if status else ""),
        reads=once((*asked, *tokens(data))),
        sends=tuple(sends),
        notes=once(notes),
    )


def _messages(kind: str, data: Map) -> Iterator[tuple[str, Map, str]]:
    """Each message with its channel and its own status."""
    if kind in _CHANNELS:
        message = mapping(data.get("message"))
        yield _CHANNELS[kind], message or data, text(data.get("status"))
        return
    outer = text(data.get("status"))
    for found in maps_within(data):
        inner = mapping(found.get("message"))
        if not inner:
            continue
        own = text(found.get("type")) or text(mapping(data.get("main_action")).get("type"))
        yield _CHANNELS.get(own, "email"), inner, text(found.get("status")) or outer


def _delay(start: Step, data: Map) -> Step:
    unit = text(data.get("unit"))
    length = seconds(data.get("value"), unit)
    more = seconds(data.get("secondary_value"), _SMALLER.get(unit, ""))
    total = None if length is None else length + (more or 0)
    words = "wait" if total is None else f"wait {length_in_words(total)}"
    if text(data.get("delay_until_time")):
        words += f", then until {shown(data.get('delay_until_time'), 10)}"
    days = texts(data.get("delay_until_weekdays"))
    notes = (f"only on {len(days)} days of the week",) if 0 < len(days) < 7 else ()
    return replace(
        start,
        kind=StepKind.WAIT,
        words=words,
        wait_s=total,
        failure=Failure.CANNOT,
        notes=notes,
    )


def _split(start: Step, data: Map, unknowns: Unknowns) -> Step:
    found = data.get("profile_filter") or data.get("trigger_filter") or data.get("filter")
    condition = read_filter(found, unknowns)
    edges = tuple(
        replace(edge, condition=condition) if edge.kind is EdgeKind.BRANCH else edge
        for edge in start.edges
    )
    words = {
        "conditional-split": "split by the profile",
        "trigger-split": "split by the event",
        "action-output-split": "split by what an action gave back",
    }[start.source_type]
    return replace(start, kind=StepKind.BRANCH, words=words, edges=edges, failure=Failure.CANNOT)


def _many_ways(start: Step, data: Map, unknowns: Unknowns) -> Step:
    edges: list[Edge] = []
    for branch in mappings(data.get("branches")):
        target = text(mapping(branch.get("links")).get("next")) or None
        rest = bool(flag(branch.get("is_else")))
        asked = None if rest else read_filter(branch.get("branch_filter"), unknowns)
        label = shown(branch.get("name") or branch.get("branch_id"), 60)
        edges.append(Edge(target, EdgeKind.ELSE if rest else EdgeKind.BRANCH, label, asked))
    return replace(
        start,
        kind=StepKind.BRANCH,
        words=f"choose one of {len(edges)} ways",
        edges=tuple(edges) or start.edges,
        failure=Failure.CANNOT,
    )


def _update(start: Step, data: Map) -> Step:
    writes: list[Write] = []
    for each in mappings(data.get("profile_operations")):
        name = text(each.get("property_key"))
        if not name:
            continue
        clears = text(each.get("operator")) == "delete"
        value = each.get("property_value")
        sources = tokens([value])
        fixed = None if sources or clears else constant(value)
        mode = "clear" if clears else "set"
        writes.append(Write(property_of(name), fixed or None, sources, mode))
    named = ", ".join(
        f"{'clear' if write.mode == 'clear' else 'set'} {write.field.name}" for write in writes[:3]
    )
    return replace(
        start,
        kind=StepKind.WRITE,
        words=shown(f"{named or 'set nothing'} of the profile", 120),
        reads=once(source for write in writes for source in write.source),
        writes=tuple(writes),
    )


def _webhook(start: Step, data: Map) -> Step:
    message = mapping(data.get("message")) or data
    called = host(message.get("url"))
    headers = mapping(message.get("headers"))
    clear = secrets_in(message.get("url"))
    return replace(
        start,
        kind=StepKind.CALL,
        words=f"POST to {called or 'an unknown host'}",
        understanding=Understanding.UNDERSTOOD if called else Understanding.READ,
        call=Call("POST", called),
        system=called or "",
        reads=tokens([message.get("body"), message.get("url")]),
        secrets=(*(f"header {shown(name, 60)}" for name in headers), *clear),
        notes=(IN_CLEAR,) if clear or any(names_secret(name) for name in headers) else (),
    )
