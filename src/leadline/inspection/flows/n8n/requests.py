"""n8n's request nodes: which host, which method, and what is written at HubSpot's own address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import cast

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    Call,
    Failure,
    FieldRef,
    Send,
    Step,
    StepKind,
    Understanding,
    Write,
)
from leadline.inspection.flows.document import (
    Map,
    constant,
    flag,
    host,
    mapping,
    mappings,
    names_secret,
    once,
    secrets_in,
    shown,
    text,
)
from leadline.inspection.flows.n8n.expressions import Items, reads_of
from leadline.inspection.flows.n8n.node import Node, is_expression
from leadline.inspection.flows.n8n.vendors import PLURALS, RECORDS, SENDING, system_of
from leadline.inspection.flows.revising import replace

_EMBEDDED = re.compile(r"\{\{.{0,2000}?\}\}", re.DOTALL)
MAX_URL = 5_000  # characters of an address that are looked at
MAX_BODY = 20_000  # and of a body


def read_request(start: Step, node: Node, items: Items) -> Step:
    """The step of an HTTP Request node of any version."""
    old = node.version < 3
    method = node.says("requestMethod" if old else "method", "GET").upper()
    method = "an unknown method" if is_expression(method) else shown(method, 10)
    url = node.says("url")[:MAX_URL]
    # "=https://host/{{ … }}" holds its host; "={{ $json.url }}" does not.
    written = _EMBEDDED.split(url.removeprefix("="))[0]
    called = host(written) if "://" in written else None
    system = system_of(called) if called else ""
    options = mapping(node.parameters.get("options"))
    response = mapping(mapping(options.get("response")).get("response"))
    hides = bool(flag(response.get("neverError")) or flag(options.get("ignoreResponseCode")))
    notes = list(start.notes)
    clear = _in_clear(node)
    if clear:
        notes.append(IN_CLEAR)
    failure = start.failure
    if hides:
        notes.append("takes every answer for success, 4xx and 5xx as well")
        failure = Failure.IGNORED if failure is not Failure.HANDLED else failure
    if not old and node.parameters.get("jsonBody") and not flag(node.parameters.get("sendBody")):
        notes.append("has a body that is not sent, for sendBody is off")
    writes = tuple(_writes(node, items)) if system == "hubspot" and method != "GET" else ()
    reads = once(
        (*reads_of(node.parameters, node.id, items), *(r for w in writes for r in w.source))
    )
    channel = _channel(called, url) if method == "POST" else ""
    sends = (Send(channel, system, node.name),) if channel not in {"", "chat"} else ()
    return replace(
        start,
        kind=StepKind.NOTIFY if channel == "chat" else StepKind.SEND if sends else StepKind.CALL,
        sends=sends,
        words=f"{method} to {called or 'an unknown host'}",
        understanding=Understanding.UNDERSTOOD if called else Understanding.READ,
        call=Call(method, called),
        system=system,
        reads=reads,
        writes=writes,
        failure=failure,
        secrets=once((*start.secrets, *_headers(node), *clear)),
        notes=tuple(notes),
    )


def _channel(called: str | None, url: str) -> str:
    """What a request sends over, where its address is known for that."""
    for host_name, path, channel in SENDING:
        if called == host_name and path in url:
            return channel
    return ""


def _headers(node: Node) -> Iterator[str]:
    """The names of the headers sent: their values hold keys."""
    for each in _pairs(node, _HEADERS):
        computed = is_expression(each.get("value"))
        name = shown(each.get("name"), 60)
        if name:
            yield f"{'computed ' if computed else ''}header {name}"


def _in_clear(node: Node) -> tuple[str, ...]:
    """The names of headers and parameters whose secret stands in the definition."""
    headers = [each for each in _pairs(node, _HEADERS) if _holds_secret(each)]
    queries = [each for each in _pairs(node, _QUERIES) if _holds_secret(each)]
    return once(
        [
            *(f"header {shown(each.get('name'), 60)}" for each in headers),
            *(f"parameter {shown(each.get('name'), 60)}" for each in queries),
            *secrets_in(node.says("url")),
        ]
    )


def _holds_secret(pair: Map) -> bool:
    value = text(pair.get("value"))
    return bool(value) and not is_expression(value) and names_secret(text(pair.get("name")))


_HEADERS = (("headerParameters", "parameters"), ("headerParametersUi", "parameter"))
_QUERIES = (
    ("queryParameters", "parameters"),
    ("queryParametersUi", "parameter"),
    ("bodyParameters", "parameters"),
    ("bodyParametersUi", "parameter"),
)


def _pairs(node: Node, places: tuple[tuple[str, str], ...]) -> Iterator[Map]:
    for key, inner in places:
        yield from mappings(mapping(node.parameters.get(key)).get(inner))


def _writes(node: Node, items: Items) -> Iterator[Write]:
    """What a request to HubSpot's records writes, where its body is written down."""
    match = RECORDS.search(node.says("url"))
    if match is None or "/search" in (match[2] or "") or "/batch/read" in (match[2] or ""):
        return
    target = PLURALS.get(match[1], match[1])
    for name, value in _properties(node):
        reads = reads_of(value, node.id, items)
        fixed = None if reads or is_expression(value) else constant(value)
        yield Write(FieldRef("hubspot", target, shown(name, 120)), fixed or None, reads)


def _properties(node: Node) -> Iterator[tuple[str, object]]:
    for key in ("jsonBody", "bodyParametersJson", "body"):
        body = node.says(key)[:MAX_BODY].removeprefix("=")
        if "properties" in body:
            yield from _of_body(body)
            return


def _of_body(body: str) -> Iterator[tuple[str, object]]:
    """The properties of a JSON body with expressions in it; each keeps what it reads."""
    embedded = _EMBEDDED.findall(body)
    numbers = iter(range(len(embedded)))
    try:
        # A digit is JSON within quotes and without.
        found = cast("object", json.loads(_EMBEDDED.sub(lambda _: f"77{next(numbers)}00", body)))
    except (ValueError, RecursionError):
        return
    inputs = mappings(mapping(found).get("inputs"))
    for holder in inputs or [mapping(found)]:
        for name, value in mapping(holder.get("properties")).items():
            shown_value = text(value)
            inside = [e for n, e in enumerate(embedded) if f"77{n}00" in shown_value]
            yield name, f"={' '.join(inside)}" if inside else value
