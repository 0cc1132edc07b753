"""What goes wrong in the demo, and when: drawn from the seed, named as it strikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from leadline.demo.stage import Sandbox, Sandboxes

CRM_OUTAGE_AT_S = 8.0
CRM_OUTAGE_S = 5.0
KILL_AT_S = 14.0
LOST_ANSWERS = 0.01

FROM_THE_START: Mapping[str, tuple[Mapping[str, object], ...]] = {
    "hubspot": (
        {
            "kind": "commit_then_cut",
            "probability": LOST_ANSWERS,
            "at_least": 1,
            "times": None,
            "match": "contacts.batch",
        },
        {"kind": "refuse_whole", "times": 1, "skip": 3},
        {"kind": "refuse_part", "times": 1, "skip": 6},
        {"kind": "strangers", "rate": 2.0, "seconds": 45.0},
        {"kind": "outage", "delay_s": CRM_OUTAGE_AT_S, "seconds": CRM_OUTAGE_S},
    ),
    "slack": (
        {"kind": "commit_then_cut", "probability": LOST_ANSWERS, "at_least": 1, "times": None},
        {"kind": "strangers", "rate": 0.2, "seconds": 45.0, "match": "workspace"},
    ),
    "smtp": (
        {"kind": "commit_then_cut", "probability": LOST_ANSWERS, "at_least": 1, "times": None},
        {"kind": "feed_double", "probability": 0.05, "times": None},
        {"kind": "strangers", "rate": 1.0, "seconds": 20.0},
    ),
}


@dataclass(frozen=True, slots=True)
class Strike:
    """One thing that goes wrong, as the demo names it."""

    at_s: float
    words: str


async def arm(sides: Sandboxes) -> None:
    """Switch on what will strike: lost answers, refused batches, strangers, an outage to come."""
    for sandbox in sides.each():
        for fault in FROM_THE_START[sandbox.kind]:
            await _post(sandbox, fault)


async def _post(sandbox: Sandbox, fault: Mapping[str, object]) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{sandbox.control}/_sandbox/faults", json=dict(fault))
        if answer.status_code != 200:
            raise RuntimeError(f"{sandbox.kind} refuses the fault {fault}: {answer.text}")
