"""A connection whose vendor answers at once and sets no limit that anybody meets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from leadline.connectors.contract import (
    Allowance,
    Answered,
    Batch,
    CallIntent,
    Connector,
    Digest,
    Effect,
    Mail,
    NotNow,
    Place,
    Post,
    RecordWrite,
    Settings,
    Single,
)
from leadline.ledger import vendor_limits
from leadline.ledger.budget import Rolling
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Accepted, Outcome, Settles, Unavailable
from leadline.runtime.link import Link

SECOND = timedelta(seconds=1)
GENEROUS = Rolling("second", 1_000_000, SECOND)
TIMING = CallTiming(5 * SECOND, 5 * SECOND, SECOND, SECOND)


@dataclass(frozen=True)
class ToyDoor:
    """What the toy's ``perform`` needs of a door: only the allowance."""

    link: Link
    allowance: Allowance

    @property
    def settings(self) -> Settings:
        return self.link.settings


async def answer_at_once(door: ToyDoor, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
    """Spend one call on all effects and accept them."""
    begun = await door.allowance.begin(
        CallIntent(
            "toy",
            tuple(member for effect in effects for member in effect.members),
            tuple(effect.record for effect in effects if isinstance(effect, RecordWrite)),
            (Place(GENEROUS.name),),
            1,
            None,
            1.0,
        )
    )
    if isinstance(begun, NotNow):
        return tuple(Unavailable(begun.reason, begun.until) for _ in effects)
    await door.allowance.end(begun.call_id, Answered(sent=True, words="200"))
    return tuple(Accepted(str(begun.call_id)) for _ in effects)


def toy_link(name: str) -> Link:
    """A connection of this name that takes mails one by one, records and posts by the hundred."""
    connector = Connector(
        kind="hubspot",
        secrets=(),
        limits=vendor_limits.HUBSPOT,
        objects=("contact",),
        actions={Mail: Single(), RecordWrite: Batch(100), Post: Digest(100)},
        settles=lambda _: Settles.HELD,
        timing=TIMING,
        check=None,  # type: ignore[arg-type]  # nobody checks a toy
        perform=answer_at_once,  # type: ignore[arg-type]  # its door is a toy as well
    )
    settings = Settings(name, {"from": "Acme <hello@acme.example>"}, {})
    return Link(name, connector, settings, {GENEROUS.name: GENEROUS}, {GENEROUS.name: "all"})
