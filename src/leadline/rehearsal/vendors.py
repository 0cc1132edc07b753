"""What systems answer in a test: everything is taken at once, unless a line says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.journey.action import Look
from leadline.ledger.outcome import (
    Accepted,
    Outcome,
    Rejected,
    Settles,
    Unavailable,
    Unknown,
    Verdict,
)
from leadline.ledger.transitions import EFFECT, State
from leadline.project.cases import Trouble, TroubleKind
from leadline.rehearsal.world import Standing, World

SETTLES: Mapping[str, Settles] = {
    "hubspot": Settles.VERIFIED,
    "slack": Settles.VERIFIED,
    # A delivery feed could tell; a test takes the case without one, which is the worse.
    "smtp": Settles.HELD,
}
"""How far each kind of system can say what became of a lost answer."""


def answer(world: World, standing: Standing, trouble: Trouble | None) -> Outcome:
    """What the system answers to the call of an action now."""
    kind = None if trouble is None else trouble.kind
    system = standing.action.connection
    match kind:
        case TroubleKind.REFUSES:
            return Rejected(f"{system} refuses it, as the test says")
        case TroubleKind.DOWN:
            return Unavailable(f"{system} is down, as the test says")
        case TroubleKind.LOSES | TroubleKind.SILENT if not isinstance(standing.action, Look):
            return Unknown(f"the answer of {system} was lost, as the test says")
        case TroubleKind.LAGS if isinstance(standing.action, Look):
            return Unavailable(f"{system} does not show it yet, as the test says")
        case _:
            return _taken(world, standing)


def _taken(world: World, standing: Standing) -> Outcome:
    """Taken; a look finds what was written, where it was."""
    if isinstance(standing.action, Look):
        written = world.actions[standing.action.written]
        if written.state not in EFFECT and written.state is not State.SUPERSEDED:
            return Unavailable("what it waits for was not written")
    return Accepted(vendor_id=None)


def verdict(world: World, standing: Standing) -> Verdict:
    """What the system says when it is asked about a call whose answer was lost."""
    kind = world.project.systems[standing.action.connection].kind
    silent = standing.trouble is not None and standing.trouble.kind is TroubleKind.SILENT
    if silent or SETTLES[kind] is Settles.HELD:
        return Unknown("the system cannot say what became of it")
    return Accepted(vendor_id=None)
