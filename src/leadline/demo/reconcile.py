"""The ledger held against the sandboxes' own truth, row by row. Pure.

An action that the ledger calls accepted or confirmed must have had its effect once; one that
it calls rejected, skipped, superseded, expired or dead must have had none. What it calls held
or unknown is exempt, and counted. A person who can be reached and for whom nothing was ever
intended is lost as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STATES = (
    "confirmed",
    "accepted",
    "skipped",
    "superseded",
    "rejected",
    "dead",
    "expired",
    "bounced",
    "held",
    "unknown",
    "waiting",
)
EFFECT = frozenset({"accepted", "confirmed", "bounced"})
NO_EFFECT = frozenset({"skipped", "superseded", "rejected", "dead", "expired"})
WAITING = frozenset({"pending", "sending"})


@dataclass(frozen=True, slots=True)
class Intended:
    """One action as the ledger has it; ``effects`` is how often the truth shows it."""

    key: str
    connection: str
    person: str
    state: str
    effects: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A row in which ledger and truth disagree."""

    connection: str
    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Balance:
    """One connection: what was intended, where it stands, and what the truth says."""

    connection: str
    intended: int
    states: Mapping[str, int]
    lost: int
    duplicated: int
    differences: tuple[Difference, ...]


def balance(
    connection: str, actions: Sequence[Intended], reachable: frozenset[str], doubled: int = 0
) -> Balance:
    """Hold one connection's actions against the truth.

    ``reachable`` are the people for whom an action must stand here: all who can be reached but
    for those whose run is in the dead letters before it, or waits for an action in doubt.
    ``doubled`` are effects that belong to no action of the ledger (a second record of a person,
    say).
    """
    states = Counter("waiting" if a.state in WAITING else a.state for a in actions)
    found: list[Difference] = []
    lost, more = 0, doubled
    for action in actions:
        if action.state in EFFECT and action.effects == 0:
            lost += 1
            found.append(_difference(action, f"is {action.state}, but nothing arrived"))
        if action.effects > 1:
            more += action.effects - 1
            found.append(_difference(action, f"arrived {action.effects} times"))
        if action.state in NO_EFFECT and action.effects > 0:
            more += 1
            found.append(_difference(action, f"is {action.state}, but it arrived"))
    for person in sorted(reachable - {a.person for a in actions}):
        lost += 1
        found.append(Difference(connection, person, "nothing was ever intended for this person"))
    if doubled:
        found.append(Difference(connection, "", f"{doubled} effects belong to no action"))
    return Balance(connection, len(actions), states, lost, more, tuple(found))


def totals(balances: Sequence[Balance]) -> dict[str, int]:
    """Add the connections up; the states add up to ``intended``."""
    summed: Counter[str] = Counter()
    for one in balances:
        summed.update(one.states)
    found = {state: summed[state] for state in STATES}
    found["intended"] = sum(b.intended for b in balances)
    found["lost"] = sum(b.lost for b in balances)
    found["duplicated"] = sum(b.duplicated for b in balances)
    assert sum(summed[s] for s in STATES) == found["intended"], "every action stands in one state"
    return found


def _difference(action: Intended, what: str) -> Difference:
    return Difference(action.connection, action.key, f"{action.key} {what}")
