"""What stands beside the flows: objects with their fields, syncs, and what a project declares."""

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
    (a vendor's own integration). ``every_s``: seconds between two runs; ``lag_s``: seconds until
    the source shows a change; None = not known."""

    source: FieldRef
    target: FieldRef
    name: str
    every_s: float | None = None
    lag_s: float | None = None


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An event that is declared, with its properties: fields whose object is the event."""

    system: str
    name: str
    properties: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemSeen:
    """A system that is connected, whether a flow uses it or not."""

    name: str
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message that stands ready, whether a flow sends it or not."""

    system: str
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Same:
    """One field as we call it, and as a system does; ``leads``: it is the system of record."""

    ours: FieldRef
    theirs: FieldRef
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that is known beside the flows; empty where nothing was given."""

    objects: tuple[ObjectSeen, ...] = ()
    syncs: tuple[Sync, ...] = ()
    events: tuple[EventSeen, ...] = ()
    systems: tuple[SystemSeen, ...] = ()
    messages: tuple[MessageSeen, ...] = ()
    names: tuple[Same, ...] = ()
