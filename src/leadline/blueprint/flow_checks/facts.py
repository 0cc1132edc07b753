"""What is known beside the flows: people, lists, unknown values, syncs, limits, who has left.

Everything may be missing. A check that needs a figure which is not there says less, not more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from leadline.blueprint.graph.asking import lists_asked
from leadline.blueprint.graph.flow import FieldRef, Flow, Trigger
from leadline.blueprint.graph.inventory import Sync
from leadline.ledger import vendor_limits
from leadline.ledger.vendor_limits import VendorLimits


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the records looked at have no value in a field."""

    unknown: int
    of: int

    @property
    def part(self) -> float:
        """The unknown part, 0 to 1."""
        return self.unknown / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Burst:
    """The most people known to come into a flow together, within so many seconds."""

    people: int
    within_s: float


def _nothing() -> Mapping[str, int]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the data, the vendors and the team tell.

    ``people``: records that meet a flow's way in, by ``Flow.key``. ``lists``: members of a list
    by ``system/id``. ``bursts`` by ``Flow.key``. ``unknown``: share of records without a value
    by field. ``gone``: ids, names or addresses (lower case) of people who have left. ``tiers``:
    the team's own tier of a vendor, where it is not the most careful one.
    """

    people: Mapping[str, int] = field(default_factory=_nothing)
    lists: Mapping[str, int] = field(default_factory=_nothing)
    bursts: Mapping[str, Burst] = field(default_factory=lambda: MappingProxyType({}))
    unknown: Mapping[FieldRef, Share] = field(default_factory=lambda: MappingProxyType({}))
    syncs: tuple[Sync, ...] = ()
    gone: frozenset[str] = frozenset()
    limits: Mapping[str, VendorLimits] = field(default_factory=lambda: vendor_limits.INSPECTED)
    tiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def enter(self, flow: Flow) -> int | None:
        """How many people of the data given a flow takes in; None = not known."""
        known = self.people.get(flow.key)
        if known is not None:
            return known
        if not self.lists:
            return None
        sizes = [self.members(flow, list_id) for t in flow.triggers for list_id in lists_of(t)]
        told = [size for size in sizes if size is not None]
        return max(told) if told and len(told) == len(sizes) else None

    def members(self, flow: Flow, list_id: str) -> int | None:
        """How many members a list of the flow's system has; None = not known."""
        return self.lists.get(f"{flow.system}/{list_id}")


def lists_of(trigger: Trigger) -> tuple[str, ...]:
    """The ids of the lists that a trigger waits for people to join."""
    return tuple(m.list_id for m in lists_asked(trigger.condition) if m.inside)
