"""Which disturbance strikes when: pure, and decided by the seed alone.

Every kind of disturbance is a card; a shuffled deck is dealt evenly over the time, then the
next: so a short run meets every kind once, and a long one every order.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.chaos.vendor import FOR_A_TIME, LIMITS, ONE_CALL

Card = TypeVar("Card")

PROCESS_EVERY_S = 4.0
VENDOR_EVERY_S = 0.4
PERSON_EVERY_S = 2.5

TEMPTING = ("late effect", "lost answer", "silent effect")
BATCHES_ONLY = frozenset({"refused whole", "refused partly"})
PROCESS_CARDS = (
    "kill worker",
    "kill worker",
    "freeze worker",
    "kill database",
    "cut database",
    "kill intake",
    "shift clock",
)
PERSON_CARDS = (*["suppress"] * 6, "pause", "pause workflow", "pause everything")


@dataclass(frozen=True, slots=True)
class Strike:
    """One disturbance: when it begins (seconds from the start), what and whom, and for how long.

    ``draw`` (0 to 1) chooses among what is only known at that moment: a person, a process.
    """

    at_s: float
    nemesis: str
    target: str
    for_s: float
    calls: int
    draw: float


def schedule(seed: int, faults_s: float, workers: int) -> tuple[Strike, ...]:
    """All strikes of a run, in order of their beginning; all are over by ``faults_s``."""
    dice = random.Random(f"nemesis {seed}")
    strikes: list[Strike] = []
    for at_s, card in _dealt(dice, PROCESS_CARDS, PROCESS_EVERY_S, faults_s):
        strikes.append(_on_a_process(dice, at_s, card, workers))
    cards = [
        (account, fault)
        for account in LIMITS
        for fault in sorted(ONE_CALL | FOR_A_TIME)
        if account == "crm" or fault not in BATCHES_ONLY
    ]
    # What tempts to do a thing twice, once more where the ledger has to find out by itself.
    cards += [(account, fault) for account in ("crm", "chat") for fault in TEMPTING]
    for at_s, (account, fault) in _dealt(dice, cards, VENDOR_EVERY_S, faults_s):
        strikes.append(_at_the_vendor(dice, at_s, account, fault))
    for at_s, card in _dealt(dice, PERSON_CARDS, PERSON_EVERY_S, faults_s):
        strikes.append(_by_a_person(dice, at_s, card))
    within = (s for s in strikes if s.at_s < faults_s)
    return tuple(sorted((_cut_short(s, faults_s) for s in within), key=lambda s: s.at_s))


def _dealt(
    dice: random.Random, cards: Sequence[Card], every_s: float, until_s: float
) -> list[tuple[float, Card]]:
    """Deck after deck, one card at a random moment of each stretch of time."""
    found: list[tuple[float, Card]] = []
    deck: list[Card] = []
    stretch = 0
    while stretch * every_s < until_s:
        if not deck:
            deck = list(cards)
            dice.shuffle(deck)
        found.append(((stretch + dice.random()) * every_s, deck.pop()))
        stretch += 1
    return found


def _on_a_process(dice: random.Random, at_s: float, card: str, workers: int) -> Strike:
    lasts = {
        "kill worker": (0.1, 1.5),
        "freeze worker": (5.5, 12.0),  # beyond the leases of claim, connection and bucket
        "kill database": (0.0, 0.5),
        "cut database": (0.0, 0.0),
        "kill intake": (0.1, 1.0),
        "shift clock": (4.0, 8.0),
    }
    target = str(dice.randrange(workers))
    for_s = dice.uniform(*lasts[card])
    return Strike(at_s, card, target, for_s, 0, dice.random())


def _at_the_vendor(dice: random.Random, at_s: float, account: str, fault: str) -> Strike:
    for_s = dice.uniform(1.0, 4.0) if fault in FOR_A_TIME else 0.0
    calls = 0 if fault in FOR_A_TIME else dice.randint(1, 2)
    return Strike(at_s, fault, account, for_s, calls, dice.random())


def _by_a_person(dice: random.Random, at_s: float, card: str) -> Strike:
    targets = {
        "pause": tuple(LIMITS),
        "pause workflow": ("welcome", "follow-up", "payments"),
        "pause everything": ("everything",),
        "suppress": ("a person",),
    }
    for_s = 0.0 if card == "suppress" else dice.uniform(1.0, 3.0)
    return Strike(at_s, card, dice.choice(targets[card]), for_s, 0, dice.random())


def _cut_short(strike: Strike, faults_s: float) -> Strike:
    """What lasts is over when the faults end."""
    left_s = max(0.0, faults_s - strike.at_s)
    return Strike(
        strike.at_s,
        strike.nemesis,
        strike.target,
        min(strike.for_s, left_s),
        strike.calls,
        strike.draw,
    )
