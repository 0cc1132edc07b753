"""Everything that was read of the files given, and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from leadline.audit.stack import Stack
from leadline.inspection.recognition import Recognition, Unread


@dataclass(frozen=True, slots=True)
class Read:
    """One file (or member of an archive): what it was taken for, and what came of it.

    ``rivals`` are other claims that were close; ``held`` says in words what it gave
    ("12,031 contacts", "30 flows, 412 nodes: 398 understood, 9 read, 5 opaque").
    """

    path: str
    recognition: Recognition
    rivals: tuple[Recognition, ...] = ()
    held: str = ""
    asked_for: bool = False  # the person said what it is (--as or inspect.yaml)


@dataclass(frozen=True, slots=True)
class Reading:
    """The stack as read. ``unread`` lists what could not be read, with what to do; ``missing``
    the exports that would let more be judged ("hubspot-property-history": why); ``tiers`` the
    team's own tier by vendor, as ``inspect.yaml`` says."""

    stack: Stack
    files: tuple[Read, ...]
    unread: tuple[Unread, ...]
    missing: tuple[tuple[str, str], ...] = ()
    tiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
