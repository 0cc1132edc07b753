"""Actions that split, run code or call a web address, and the ways on from all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    Blank,
    Call,
    Comparison,
    Condition,
    Edge,
    EdgeKind,
    Failure,
    Step,
    StepKind,
    Unclear,
    Understanding,
)
from leadline.inspection.flows.document import (
    Map,
    constants,
    host,
    mapping,
    mappings,
    maps_within,
    names_secret,
    once,
    secrets_in,
    secrets_in_code,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.hubspot.filters import read_branch
from leadline.inspection.flows.hubspot.names import SYSTEM
from leadline.inspection.flows.hubspot.scope import Scope
from leadline.inspection.flows.hubspot.single import read_single
from leadline.inspection.flows.hubspot.values import Value, read_value, reads_of

# Hand-made bodies add the number of a type to every action.
_COMMON = frozenset({"actionId", "type", "actionTypeId", "actionTypeVersion"})
KEYS = {
    "SINGLE_CONNECTION": _COMMON
    | frozenset({"actionTypeId", "actionTypeVersion", "fields", "connection"}),
    "LIST_BRANCH": _COMMON | frozenset({"listBranches", "defaultBranch", "defaultBranchName"}),
    "STATIC_BRANCH": _COMMON
    | frozenset({"inputValue", "staticBranches", "defaultBranch", "defaultBranchName"}),
    "AB_TEST_BRANCH": _COMMON | frozenset({"testBranches"}),
    "CUSTOM_CODE": _COMMON
    | frozenset(
        {"sourceCode", "runtime", "secretNames", "inputFields", "outputFields", "connection"}
    ),
    "WEBHOOK": _COMMON
    | frozenset(
        {"method", "webhookUrl", "queryParams", "authSettings", "outputFields", "connection"}
    ),
}
_CALLS_OUT = re.compile(r"\bfetch\s*\(|\baxios\b|\brequests?\b|\burllib\b|\bhttps?://")
_HUBSPOT = re.compile(r"hubspot", re.IGNORECASE)
_CHANGES = re.compile(r"\b(?:update|create|upsert|archive|delete|patch|put|post)\b", re.IGNORECASE)
MAX_CODE = 200_000  # characters of code that are looked at


def read_action(action: Map, step_id: str, scope: Scope) -> Step:
    """One action of a flow as a step with its ways on. An unknown type is kept as opaque."""
    kind = text(action.get("type"))
    if kind not in KEYS and text(action.get("actionTypeId")):
        kind = kind or "SINGLE_CONNECTION"
    if kind in KEYS:
        scope.unknowns.keys(action, KEYS[kind], "action")
    match kind:
        case "SINGLE_CONNECTION":
            return read_single(action, step_id, _next(action), scope)
        case "LIST_BRANCH":
            return _list_branch(action, step_id, scope)
        case "STATIC_BRANCH":
            return _static_branch(action, step_id, scope)
        case "AB_TEST_BRANCH":
            return _ab_branch(action, step_id)
        case "CUSTOM_CODE":
            return _code(action, step_id, scope)
        case "WEBHOOK":
            return _webhook(action, step_id, scope)
        case _:
            return _opaque(action, step_id, scope, kind)


def _target(connection: object) -> str | None:
    return text(mapping(connection).get("nextActionId")) or None


def _jumps(connection: object) -> bool:
    return text(mapping(connection).get("edgeType")).replace("-", "") == "GOTO"


def _next(action: Map) -> tuple[Edge, ...]:
    connection = action.get("connection")
    return (Edge(_target(connection), EdgeKind.JUMP if _jumps(connection) else EdgeKind.NEXT),)


def _default(action: Map) -> Edge:
    """Where those go that no branch takes: ``defaultBranch`` is the connection itself."""
    label = shown(action.get("defaultBranchName"))
    return Edge(_target(action.get("defaultBranch")), EdgeKind.ELSE, label)


def _list_branch(action: Map, step_id: str, scope: Scope) -> Step:
    edges: list[Edge] = []
    for branch in mappings(action.get("listBranches")):
        condition = read_branch(branch.get("filterBranch"), scope, scope.object)
        label = shown(branch.get("branchName"))
        edges.append(Edge(_target(branch.get("connection")), EdgeKind.BRANCH, label, condition))
    return Step(
        step_id,
        StepKind.BRANCH,
        "check a condition" if len(edges) == 1 else f"choose the first of {len(edges)} that fits",
        "LIST_BRANCH",
        edges=(*edges, _default(action)),
        system=SYSTEM,
        failure=Failure.CANNOT,
    )


def _static_branch(action: Map, step_id: str, scope: Scope) -> Step:
    value = read_value(action.get("inputValue"), scope)
    edges: list[Edge] = []
    for branch in mappings(action.get("staticBranches")):
        wanted = text(branch.get("branchValue"))
        edges.append(
            Edge(
                _target(branch.get("connection")),
                EdgeKind.BRANCH,
                shown(wanted),
                _equals(value, wanted),
            )
        )
    labels = Counter(edge.label for edge in edges)
    doubled = sorted(label for label, count in labels.items() if count > 1)
    return Step(
        step_id,
        StepKind.BRANCH,
        f"branch on {value.words}",
        "STATIC_BRANCH",
        edges=(*edges, _default(action)),
        reads=value.reads,
        system=SYSTEM,
        failure=Failure.CANNOT,
        notes=tuple(f"two branches have the value {label}" for label in doubled),
    )


def _equals(value: Value, wanted: str) -> Condition:
    words = f"{value.words} is {shown(wanted) or 'nothing'}"
    if len(value.reads) != 1:
        return Unclear(words, value.reads)
    kept = constants((wanted,))
    return Comparison(value.reads[0], "IS_EQUAL_TO", words, kept, blank=Blank.FAILS)


def _ab_branch(action: Map, step_id: str) -> Step:
    branches = mappings(action.get("testBranches"))
    edges = tuple(
        Edge(
            _target(branch.get("connection")),
            EdgeKind.BRANCH,
            f"{text(branch.get('percentage'))} %"
            if text(branch.get("percentage"))
            else "by chance",
        )
        for branch in branches
    )
    return Step(
        step_id,
        StepKind.BRANCH,
        f"split by chance into {len(edges)}",
        "AB_TEST_BRANCH",
        edges=edges,
        system=SYSTEM,
        failure=Failure.CANNOT,
    )


def _code(action: Map, step_id: str, scope: Scope) -> Step:
    source = text(action.get("sourceCode"))[:MAX_CODE]
    notes: list[str] = []
    if _HUBSPOT.search(source) and _CHANGES.search(source):
        notes.append("the code may write to HubSpot: what, the file does not tell")
    if _CALLS_OUT.search(source):
        notes.append("the code may call other systems")
    clear = secrets_in_code(source)
    if clear:
        notes.append(IN_CLEAR)
    if not source:
        notes.append("the code is not in the file")
    return Step(
        step_id,
        StepKind.CODE,
        f"run code ({shown(action.get('runtime'), 20) or 'language not told'})",
        "CUSTOM_CODE",
        Understanding.READ,
        edges=_next(action),
        reads=reads_of(action.get("inputFields"), scope),
        system=SYSTEM,
        secrets=once((*texts(action.get("secretNames")), *clear)),
        notes=tuple(notes),
    )


def _webhook(action: Map, step_id: str, scope: Scope) -> Step:
    method = shown(action.get("method"), 10).upper() or "POST"
    called = host(action.get("webhookUrl"))
    notes = ("sends the whole record by default",) if method == "POST" else ()
    clear = (*secrets_in(action.get("webhookUrl")), *_parameters_in_clear(action))
    return Step(
        step_id,
        StepKind.CALL,
        f"{method} to {called or 'an unknown host'}",
        "WEBHOOK",
        Understanding.UNDERSTOOD if called else Understanding.READ,
        edges=_next(action),
        reads=reads_of([action.get("queryParams"), action.get("webhookUrl")], scope),
        call=Call(method, called),
        system=called or "",
        # An answer of 5xx or 429 is tried again for up to three days by HubSpot itself.
        failure=Failure.RETRIED,
        secrets=once((*_secrets(mapping(action.get("authSettings"))), *clear)),
        notes=(*notes, IN_CLEAR) if clear else notes,
    )


def _parameters_in_clear(action: Map) -> Iterator[str]:
    for each in mappings(action.get("queryParams")):
        name, value = text(each.get("name")), mapping(each.get("value"))
        if names_secret(name) and (text(value.get("staticValue")) or text(each.get("value"))):
            yield f"parameter {shown(name, 60)}"


def _secrets(settings: Map) -> Iterator[str]:
    for key in ("secretName", "name"):
        found = text(settings.get(key))
        if found:
            yield shown(found, 60)
            return


def _opaque(action: Map, step_id: str, scope: Scope, kind: str) -> Step:
    scope.unknowns.add(f"action: {shown(kind, 40) or 'without a type'}")
    return Step(
        step_id,
        StepKind.OPAQUE,
        f"an action of unknown type {shown(kind, 40)}".rstrip(),
        kind,
        Understanding.OPAQUE,
        edges=tuple(_edges_within(action)) or (Edge(None),),
        reads=reads_of({k: v for k, v in action.items() if k != "connection"}, scope),
        system=SYSTEM,
    )


def _edges_within(action: Map) -> Iterator[Edge]:
    """Every connection in an action whose shape is not known."""
    for found in maps_within(action):
        target = text(found.get("nextActionId"))
        if target:
            yield Edge(target, EdgeKind.JUMP if _jumps(found) else EdgeKind.NEXT)
