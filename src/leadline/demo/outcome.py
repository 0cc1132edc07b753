"""What the demo found, as a value: the table is made from it, and so is the JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from leadline.demo.people import Registration, reachable
from leadline.demo.reconcile import Balance, Difference, totals
from leadline.demo.stage import ANSWER, Sandboxes
from leadline.demo.truth import Truth
from leadline.ledger import vendor_limits
from leadline.ledger.budget import attainable_bound, physical_bound

MEAN_ANSWER_S = ANSWER["median_s"] * 1.032
"""The mean of a log-normal answer time with the spread that the sandboxes use."""
BUNDLE_S = 5.0
SETTLES = {
    "feed": "verified (delivery feed)",
    "none": "held (nobody can be asked)",
    "read-back": "verified (read-back)",
}
SANDBOX = {"mail": "smtp", "hubspot": "hubspot", "slack": "slack"}


@dataclass(frozen=True, slots=True)
class Side:
    """The sandboxes that Leadline works with, and those of the ordinary script."""

    ours: Sandboxes
    theirs: Sandboxes


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection's line of the result."""

    settles: str
    intended: int
    confirmed: int
    held: int
    lost: int
    duplicated: int
    calls: int
    throttled_calls_caused: int
    makespan_s: float
    attainable_bound_s: float
    ambiguous: int


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the demo found; ``counts`` are actions and add up to ``intended``."""

    directory: Path
    registrations: int
    people: int
    counts: Mapping[str, int]
    throttled_calls_caused: int
    makespan_s: float
    attainable_bound_s: float
    physical_bound_s: float
    connections: Mapping[str, Connection]
    naive: Mapping[str, object]
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether ledger and truth say the same in every row, and nothing was left open.

        What is held or unknown is exempt as far as answers really were withheld.
        """
        open_ = self.counts["waiting"] > 0
        doubt = any(c.held > c.ambiguous for c in self.connections.values())
        return not (self.differences or open_ or doubt)

    def as_json(self) -> dict[str, object]:
        """The result as ``--json`` prints it."""
        return {
            "registrations": self.registrations,
            "people": self.people,
            **self.counts,
            "throttled_calls_caused": self.throttled_calls_caused,
            "makespan_s": self.makespan_s,
            "attainable_bound_s": self.attainable_bound_s,
            "physical_bound_s": self.physical_bound_s,
            "connections": {name: asdict(c) for name, c in self.connections.items()},
            "naive": dict(self.naive),
            "project": str(self.directory),
            "agrees": self.agrees,
        }


def summarise(
    directory: Path,
    everyone: Sequence[Registration],
    found: Sequence[Balance],
    truth: Mapping[str, Truth],
    naive: Mapping[str, object],
    began: float,
    evidence: str,
) -> Result:
    """Put the result together; ``evidence`` is how the delivery of mail is learned."""
    reached = len(reachable(tuple(everyone)))
    bounds = _bounds(reached)
    connections = {
        b.connection: _connection(
            b,
            truth[SANDBOX[b.connection]],
            began,
            bounds[b.connection],
            SETTLES[evidence if b.connection == "mail" else "read-back"],
        )
        for b in found
    }
    window = vendor_limits.SMTP.windows("common")[0]
    return Result(
        directory=directory,
        registrations=len(everyone),
        people=reached,
        counts=totals(found),
        throttled_calls_caused=sum(c.throttled_calls_caused for c in connections.values()),
        makespan_s=max(c.makespan_s for c in connections.values()),
        attainable_bound_s=max(bounds.values()),
        physical_bound_s=round(physical_bound(reached, window), 2),
        connections=connections,
        naive=naive,
        differences=tuple(d for b in found for d in b.differences),
    )


def _bounds(reached: int) -> dict[str, float]:
    """The attainable bound of each connection: a chain, each from when its last work is ready.

    Mail is bound by 14 a second. The CRM gets its last person when the last mail is accepted,
    and needs two more answers (read, write); the chat then waits for its bundle and an answer.
    """
    window = vendor_limits.SMTP.windows("common")[0]
    mail = attainable_bound(reached, window, MEAN_ANSWER_S)
    crm = mail + 2 * MEAN_ANSWER_S
    chat = crm + BUNDLE_S + MEAN_ANSWER_S
    return {"mail": round(mail, 2), "hubspot": round(crm, 2), "slack": round(chat, 2)}


def _connection(one: Balance, truth: Truth, began: float, bound: float, settles: str) -> Connection:
    last = truth.last_at
    return Connection(
        settles=settles,
        intended=one.intended,
        confirmed=one.states.get("confirmed", 0) + one.states.get("accepted", 0),
        held=one.states.get("held", 0) + one.states.get("unknown", 0),
        lost=one.lost,
        duplicated=one.duplicated,
        calls=truth.figures["calls"],
        throttled_calls_caused=truth.figures["throttled_calls_caused"],
        makespan_s=round(last - began, 2) if last is not None else 0.0,
        attainable_bound_s=bound,
        ambiguous=truth.figures["ambiguous_members"],
    )
