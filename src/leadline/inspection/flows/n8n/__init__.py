"""n8n's workflows: downloads, the clipboard, exports of the command line, answers of its API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from leadline.blueprint.graph.flow import Flow
from leadline.inspection.flows.document import (
    Map,
    is_list,
    is_map,
    items,
    mapping,
    mappings,
    text,
)
from leadline.inspection.flows.n8n.flow import is_workflow, read_workflow
from leadline.inspection.flows.n8n.node import SYSTEM
from leadline.inspection.recognition import Content, Recognition, Unread

SHAPES = ("n8n-workflows",)


def recognise(document: object, path: str) -> Recognition | None:
    """Whether the document holds n8n workflows."""
    found = [entry for entry, _ in _entries(document, path) if is_workflow(entry)]
    if not found:
        return None
    types = [text(node.get("type")) for entry in found[:20] for node in mappings(_nodes(entry))]
    own = [t for t in types if t.startswith(("n8n-nodes", "@n8n/")) or ".n8n-" in t]
    named = any(is_map(entry.get("settings")) or "versionId" in entry for entry in found)
    sure = 0.98 if own else 0.85 if any("n8n" in t for t in types) else 0.7 if named else 0.4
    evidence = f"{len(found)} objects with nodes and connections, {len(own)} nodes of n8n's types"
    return Recognition("n8n-workflows", SYSTEM, Content.FLOWS, sure, (evidence,))


def read(
    document: object, path: str, recognition: Recognition, dictionary: object
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """Every workflow in the document, and what is none."""
    del recognition, dictionary
    entries = list(_entries(document, path))
    stem = PurePath(path).name
    flows: list[Flow] = []
    unread: list[Unread] = []
    for number, (entry, where) in enumerate(entries, start=1):
        if is_workflow(entry):
            name = stem if len(entries) == 1 else f"{stem} {number}"
            flows.append(read_workflow(entry, where, name))
        else:
            unread.append(
                Unread(
                    where,
                    "This is no workflow: it has no nodes and connections.",
                    "Download the workflow again from n8n's editor.",
                )
            )
    return tuple(flows), tuple(unread)


def _nodes(entry: Map) -> object:
    return entry.get("nodes") or mapping(entry.get("activeVersion")).get("nodes")


def _entries(document: object, path: str) -> Iterator[tuple[Map, str]]:
    found = mapping(document)
    listed = document if is_list(document) else found.get("data")
    if is_list(listed):
        several = items(listed)
        for number, entry in enumerate(several, start=1):
            where = path if len(several) == 1 else f"{path}, workflow {number}"
            yield mapping(entry), where
        return
    # The template site wraps a workflow once or twice.
    for _ in range(3):
        inner = found.get("workflow") or found.get("data")
        if not is_map(inner) or "nodes" in found:
            break
        found = mapping(inner)
    if found:
        yield found, path
