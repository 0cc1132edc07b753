"""What the tests of flow readers share: files, and one way to read them."""

from __future__ import annotations

import json
from pathlib import Path

from leadline.blueprint.graph.flow import (
    Comparison,
    Condition,
    Every,
    Flow,
    Neither,
    Some,
    Step,
)
from leadline.inspection.flows import registry
from leadline.inspection.recognition import Unread

FILES = Path(__file__).parent / "files"


def document(name: str) -> object:
    """A file of this folder as the readers get it."""
    content = (FILES / name).read_text(encoding="utf-8")
    return json.loads(content) if name.endswith(".json") else content


def read_all(
    found: object, path: str = "file.json", dictionary: object = None
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    recognition = registry.recognise(found, path)
    assert recognition is not None, "no reader claims it"
    return registry.read(found, path, recognition, dictionary)


def read_one(found: object, path: str = "file.json", dictionary: object = None) -> Flow:
    flows, unread = read_all(found, path, dictionary)
    assert not unread
    (flow,) = flows
    return flow


def comparisons(condition: Condition | None) -> list[Comparison]:
    """Every comparison in a condition."""
    match condition:
        case Comparison():
            return [condition]
        case Every() | Some() | Neither():
            return [c for part in condition.parts for c in comparisons(part)]
        case _:
            return []


def written(step: Step) -> list[tuple[str, str | None, str]]:
    return [(str(w.field), w.value, w.mode) for w in step.writes]


def read_by(step: Step) -> set[str]:
    return {str(field) for field in step.reads}


def ways(step: Step) -> list[tuple[str, str | None]]:
    return [(edge.kind.value, edge.to) for edge in step.edges]
