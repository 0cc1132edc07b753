"""What stands in the background while one flow is read: its object, its sources, its portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    is_list,
    mapping,
    mappings,
    text,
)
from leadline.inspection.flows.hubspot.names import far_end, object_named


@dataclass(frozen=True, slots=True)
class ActionType:
    """One action of the portal's own list: its name, and what its fields are called."""

    name: str
    inputs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """``object`` is what is enrolled, ``fetched`` the objects of records fetched beside it."""

    object: str
    fetched: Mapping[str, str]
    dictionary: Mapping[str, ActionType]
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
    found: dict[str, str] = {}
    for source in mappings(sources):
        name = text(source.get("name"))
        if name:
            found[name] = object_named(source.get("objectTypeId")) or far_end(
                source.get("associationTypeId")
            )
    return found


def _input_name(definition: Map) -> str:
    inner = mapping(definition.get("typeDefinition"))
    return text(definition.get("name")) or text(inner.get("name"))
