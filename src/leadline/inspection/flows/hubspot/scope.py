"""What stands in the background while one flow is read: its object, its sources, its portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    is_list,
    mapping,
    mappings,
    maps_within,
    once,
    text,
)
from leadline.inspection.flows.hubspot.names import far_end
from leadline.inspection.flows.hubspot.names import field as field_of


@dataclass(frozen=True, slots=True)
class ActionType:
    """One action of the portal's own list: its name, and what its fields are called."""

    name: str
    inputs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """``object`` is what is enrolled, ``fetched`` the objects of records fetched beside it,
    ``source_reads`` what is read to find those."""

    object: str
    fetched: Mapping[str, str]
    dictionary: Mapping[str, ActionType]
    source_reads: Mapping[str, tuple[FieldRef, ...]] = field(
        default_factory=dict[str, "tuple[FieldRef, ...]"]
    )
    unknowns: Unknowns = field(default_factory=Unknowns)


def read_dictionary(document: object) -> dict[str, ActionType]:
    """The portal's answer to ``action-types``, by action type id; empty for anything else."""
    listed = document if is_list(document) else mapping(document).get("results")
    found: dict[str, ActionType] = {}
    for entry in mappings(listed):
        type_id, name = text(entry.get("actionTypeId")), text(entry.get("actionName"))
        if type_id and name:
            inputs = mappings(entry.get("inputFieldDefinitions"))
            found[type_id] = ActionType(name, frozenset(filter(None, map(_input_name, inputs))))
    return found


def read_fetched(sources: object) -> dict[str, str]:
    """The objects of a flow's data sources by name; empty text where the file does not tell."""
    return {
        text(source.get("name")): far_end(source)
        for source in mappings(sources)
        if text(source.get("name"))
    }


def read_source_reads(sources: object, object_name: str) -> dict[str, tuple[FieldRef, ...]]:
    """What each data source reads to find its record, by its name."""
    found: dict[str, tuple[FieldRef, ...]] = {}
    for source in mappings(sources):
        far = far_end(source)
        reads: list[FieldRef] = []
        for inner in maps_within(source):
            for key, value in inner.items():
                if key.startswith("enrolled") and "ropert" in key and text(value):
                    reads.append(field_of(object_name, text(value)))
                elif key in {"property", "propertyName"} and text(value):
                    reads.append(field_of(far, text(value)))
        found[text(source.get("name"))] = once(reads)
    return found


def _input_name(definition: Map) -> str:
    inner = mapping(definition.get("typeDefinition"))
    return text(definition.get("name")) or text(inner.get("name"))
