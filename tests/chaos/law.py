"""The law that histories are judged by, copied by hand from sections 5 and 6 of the design.

It is a copy on purpose: a slip in ``leadline.ledger.transitions`` must not pass here.
"""

from __future__ import annotations

PENDING, SENDING, UNKNOWN, HELD = "pending", "sending", "unknown", "held"
OPEN = {PENDING, SENDING, UNKNOWN, HELD}
TAKEN = {"accepted", "confirmed", "bounced"}
"""The vendor took it: exactly one effect."""
UNTAKEN = {"rejected", "skipped", "expired", "superseded", "dead"}
"""Nothing took effect."""
SETTLED = TAKEN | UNTAKEN

EVIDENCE, PERSON = "evidence", "person"
_ONLY_BY: dict[tuple[str, str], set[str]] = {
    (PENDING, SENDING): {"claim"},
    (PENDING, "superseded"): {"coalesce"},
    (PENDING, "skipped"): {"gate"},
    (PENDING, "expired"): {"deadline"},
    (PENDING, "dead"): {"give up", PERSON},
    (PENDING, "accepted"): {EVIDENCE},
    (SENDING, PENDING): {"answer", "lease end"},
    (SENDING, "accepted"): {"answer"},
    (SENDING, "rejected"): {"answer"},
    (SENDING, UNKNOWN): {"answer", "lease end"},
    (UNKNOWN, "accepted"): {"proof", "followed", EVIDENCE},
    (UNKNOWN, PENDING): {"proof", EVIDENCE},
    (UNKNOWN, HELD): {"proof"},
    (HELD, "accepted"): {EVIDENCE, PERSON},
    (HELD, PENDING): {EVIDENCE, PERSON},
    (HELD, "dead"): {EVIDENCE, PERSON},
    ("rejected", "dead"): {"give up", PERSON},
    ("rejected", "accepted"): {EVIDENCE},
    ("expired", "accepted"): {EVIDENCE},
    ("dead", PENDING): {"replay"},
    ("dead", "accepted"): {EVIDENCE},
    ("accepted", "confirmed"): {EVIDENCE},
    ("accepted", "bounced"): {EVIDENCE},
    ("confirmed", "bounced"): {EVIDENCE},
}

ENDS_A_CALL = {"answer", "lease end"}
"""What moves a claimed action; the claim before it leaves no outcome of its own."""


def lawful(before: str, after: str, cause: str) -> bool:
    """Whether an action may go from one state to another for that cause."""
    return cause in _ONLY_BY.get((before, after), set())


BUCKET_LEASE_S = 10.0
CONNECTION_LEASE_S = 5.0
PROBE_S = 5.0
"""A connection that could not be reached is tried again after this at the latest."""
BACKOFF_MOST_S = 900.0


def backoff_s(attempt: int) -> float:
    """The longest wait after that many failed attempts."""
    return min(BACKOFF_MOST_S, 2.0 ** min(attempt - 1, 20)) if attempt > 0 else 0.0


# What `why` may say (design, section 10): a closed list, also copied by hand.

NEVER_SEEN, EVENT_REJECTED = "never seen", "event rejected"
NOT_LOOKED_AT, NO_TRIGGER = "not looked at yet", "no trigger came in"
STEP_SKIPPED, WHY_WAITING = "step skipped", "waiting for approval"

WHY_NOT = {
    "the event came too late": "trigger came too late",
    "no email address": "no address",
    "the email address is not one": "impossible address",
    "the value that it is once per is unknown": "once_per unknown",
    "the condition does not hold": "condition false",
    "the condition cannot be decided": "condition unknown",
    "already entered": "already in",
}
"""What an entry that entered nobody gives as its reason, and what is said of it."""
WAITS = {
    "starting",
    "sleeping",
    "waiting for an event",
    "waiting for a system",
    "waiting for its action",
    "asked for",
}
"""Why a run goes on; one that waits for its action may also say what that action waits for."""
ENDS = {
    "completed",
    "stopped by an event",
    "stopped by a step",
    "stopped by a person",
    "stopped after a failure",
    "dead letter",
    "loop",
    "step missing",
}
_REFUSED = {"suppressed", "not on the allow-list", "no consent", "refused by a rule"}
CAUSES_OF = {
    PENDING: {
        "waiting for the limit",
        "waiting for its bundle",
        "waiting for the next attempt",
        "paused",
    },
    SENDING: {"being sent"},
    UNKNOWN: {"not known yet"},
    HELD: {"held"},
    "accepted": {"accepted"},
    "confirmed": {"confirmed"},
    "bounced": {"bounced"},
    "rejected": {"rejected by the vendor"},
    "skipped": _REFUSED,
    "expired": {"too late"},
    "superseded": {"superseded"},
    "dead": {"given up", "rejected by the vendor"},
}
"""What may be said of an action that stands so."""
REACHED = {"accepted", "confirmed", "bounced"}
UNREACHED = _REFUSED | {"too late", "superseded", "given up", "rejected by the vendor"}
CAUSES = (
    {NEVER_SEEN, EVENT_REJECTED, NOT_LOOKED_AT, NO_TRIGGER, STEP_SKIPPED, WHY_WAITING}
    | set(WHY_NOT.values())
    | WAITS
    | ENDS
    | set().union(*CAUSES_OF.values())
)
