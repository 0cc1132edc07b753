"""What the tables of a stack tell the map: objects with their fields, and syncs between systems."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.blueprint.graph.flow import FieldRef


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field that a table holds: ``label`` as people see it, ``filled`` records with a value."""

    ref: FieldRef
    label: str = ""
    filled: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """An object of a system (its contacts, say) with the number of its records."""

    system: str
    object: str
    records: int | None = None
    fields: tuple[FieldSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Sync:
    """One field kept like another, in one direction, by something that is no flow of the files
    (a vendor's own integration). ``every_s``: seconds between two runs; None = not known."""

    source: FieldRef
    target: FieldRef
    name: str
    every_s: float | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that is known beside the flows; empty where no tables were given."""

    objects: tuple[ObjectSeen, ...] = ()
    syncs: tuple[Sync, ...] = ()
