"""One node of an n8n workflow, with what the file leaves out filled in by n8n's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadline.blueprint.graph.flow import Failure
from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    flag,
    is_map,
    mapping,
    number,
    shown,
    text,
)

SYSTEM = "n8n"
OWN = "n8n-nodes-base."
CHAINS = "@n8n/n8n-nodes-langchain."
KEYS = frozenset(
    {
        "id",
        "name",
        "type",
        "typeVersion",
        "parameters",
        "position",
        "credentials",
        "disabled",
        "notes",
        "notesInFlow",
        "webhookId",
        "executeOnce",
        "alwaysOutputData",
        "retryOnFail",
        "maxTries",
        "waitBetweenTries",
        "onError",
        "continueOnFail",
        "color",
        "extendsCredential",
        "issues",
        "rewireOutputLogTo",
        "forceCustomOperation",
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """``kind`` is the type without its package ("hubspot"); ``id`` is unique in the workflow."""

    id: str
    name: str
    type: str
    kind: str
    version: float
    parameters: Map
    enabled: bool
    on_error: str  # stopWorkflow, continueRegularOutput, continueErrorOutput
    tries: int  # 1 = no retry
    secrets: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def known_package(self) -> bool:
        """Whether n8n itself makes the node."""
        return self.type.startswith((OWN, CHAINS))

    def says(self, name: str, default: str = "") -> str:
        """A parameter's text; n8n leaves a parameter out that has its default."""
        return text(self.parameters.get(name)) or default


def read_node(found: Map, node_id: str, unknowns: Unknowns) -> Node:
    """A node of the file; ``node_id`` is its name, or a name made distinct."""
    unknowns.keys(found, KEYS, "node")
    full = text(found.get("type"))
    on_error = text(found.get("onError")) or (
        "continueRegularOutput" if flag(found.get("continueOnFail")) else "stopWorkflow"
    )
    return Node(
        node_id,
        text(found.get("name")),
        full,
        kind_of(full),
        number(found.get("typeVersion")) or 1.0,
        mapping(found.get("parameters")),
        not flag(found.get("disabled")),
        on_error,
        max(1, int(min(number(found.get("maxTries")) or 3, 99)))
        if flag(found.get("retryOnFail"))
        else 1,
        tuple(_secrets(found)),
        tuple(_notes(found)),
    )


def kind_of(full: str) -> str:
    """The type without its package; tools of agents are the node that they wrap."""
    kind = full.rpartition(".")[2]
    return kind.removesuffix("Tool") if full.startswith(OWN) else kind


def _secrets(found: Map) -> Iterator[str]:
    for kind, named in mapping(found.get("credentials")).items():
        name = shown(mapping(named).get("name"), 60) if is_map(named) else ""
        yield f"{shown(kind, 60)} ({name})" if name else shown(kind, 60)


def _notes(found: Map) -> Iterator[str]:
    if flag(found.get("retryOnFail")):
        pause = number(found.get("waitBetweenTries"))
        yield (
            f"tries {text(found.get('maxTries')) or '3'} times, "
            f"{text(1000.0 if pause is None else pause)} ms apart"
        )
    elif found.get("maxTries") is not None:
        yield "maxTries has no effect, for retryOnFail is not on"
    if flag(found.get("executeOnce")):
        yield "runs for the first item only"
    if flag(found.get("alwaysOutputData")):
        yield "goes on even where it finds nothing"


def failure_of(node: Node, *, error_is_wired: bool) -> Failure:
    """What becomes of the run when the node fails."""
    match node.on_error:
        case "continueErrorOutput":
            return Failure.HANDLED if error_is_wired else Failure.IGNORED
        case "continueRegularOutput":
            return Failure.IGNORED
        case _:
            return Failure.RETRIED if node.tries > 1 else Failure.STOPS


def located(value: object) -> str:
    """What a resource locator, or an older plain text, names."""
    return text(mapping(value).get("value")) if is_map(value) else text(value)


def located_name(value: object) -> str:
    """The name that a resource locator shows, or what it names."""
    return text(mapping(value).get("cachedResultName")) or located(value)


def is_expression(value: object) -> bool:
    """Whether n8n computes the value: a text that begins with an equals sign."""
    return isinstance(value, str) and value.startswith("=")
