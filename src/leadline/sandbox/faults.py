"""The surprises a sandbox can be told to make: a closed list, each drawn from a seed.

Nothing else in Leadline knows faults. A fault chooses among the calls it may hit: after ``skip``
of them each is hit with ``probability``, at most ``times``; ``at_least`` of the first few are hit
whatever the draw says, so that "1 % and at least one" holds in a short run too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import ConfigDict, JsonValue


class FaultKind(StrEnum):
    """Every surprise there is."""

    STRANGERS = "strangers"
    """Others spend the same quota, ``rate`` calls a second, in windows beginning with ``match``."""
    OUTAGE = "outage"
    """For ``seconds``, after ``delay_s``, connections are refused, or answered with ``status``."""
    CUT_BEFORE_EFFECT = "cut_before_effect"
    """The connection is reset before anything happened (mail: before the final dot)."""
    HALF_OPEN = "half_open"
    """The request is taken, nothing happens, nothing is ever answered."""
    LATE_EFFECT = "late_effect"
    """The effect comes after ``delay_s``, when the caller may have left already."""
    SLOW_ANSWER = "slow_answer"
    """The effect comes at once, its answer after ``delay_s``."""
    COMMIT_THEN_HANG = "commit_then_hang"
    """The effect comes, its answer never."""
    COMMIT_THEN_CUT = "commit_then_cut"
    """The effect comes, then the connection is reset."""
    COMMIT_THEN_ERROR = "commit_then_error"
    """The effect comes, then an error is answered: ``status``, or Slack's ``error``."""
    ERROR = "error"
    """Nothing happens but an error answer: ``status``, or Slack's ``error``."""
    THROTTLED = "throttled"
    """The vendor's answer to a full window, though ours is not."""
    REFUSE_WHOLE = "refuse_whole"
    """A batch is refused because of one row; with ``stays`` that row stays bad when sent again."""
    REFUSE_PART = "refuse_part"
    """One row (mail: one recipient) is refused, the others succeed where the vendor can say so."""
    FEED_DOUBLE = "feed_double"
    """A delivery event is posted twice, under two notification ids."""
    FEED_DISORDER = "feed_disorder"
    """A delivery event overtakes: it is held back by ``delay_s``."""
    FEED_LOSS = "feed_loss"
    """A delivery event is never posted."""


AFTER_EFFECT = frozenset(
    {FaultKind.COMMIT_THEN_HANG, FaultKind.COMMIT_THEN_CUT, FaultKind.COMMIT_THEN_ERROR}
)
FEED = frozenset({FaultKind.FEED_DOUBLE, FaultKind.FEED_DISORDER, FaultKind.FEED_LOSS})
STANDING = frozenset({FaultKind.STRANGERS, FaultKind.OUTAGE})
UNCLEAR_ERRORS = frozenset({"fatal_error", "internal_error"})
"""Slack's words for "part of it may have happened"."""
BATCH = frozenset({FaultKind.REFUSE_WHOLE, FaultKind.REFUSE_PART})
WITHIN_FIRST = 3
"""``at_least`` hits are drawn from this many calls each: a short run makes few calls."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One switched-on surprise.

    ``match`` narrows it to operations that contain this text (strangers: to windows that begin
    with it; mail: "message", or where asked for "connect" and "recipient"). ``on`` says which
    calls it may hit: those that write, those that read, or all; ``members`` spares calls about
    fewer records. ``seconds`` is how long strangers or an outage last (None: until faults are
    cleared), ``delay_s`` when they begin, or how late an effect, an answer or an event comes.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kind: FaultKind
    probability: float = 1.0
    times: int | None = 1
    at_least: int = 0
    skip: int = 0
    on: Literal["writes", "reads", "all"] = "writes"
    match: str = ""
    seconds: float | None = None
    delay_s: float = 0.0
    rate: float = 1.0
    status: int | None = None
    error: str | None = None
    stays: bool = False
    members: int = 1

    def problem(self) -> str | None:
        """What is wrong with these values, if anything, as a sentence."""
        if not 0.0 <= self.probability <= 1.0:
            return f"probability is {self.probability}; it must lie between 0 and 1."
        if self.kind is FaultKind.STRANGERS and self.rate <= 0:
            return f"rate is {self.rate}; strangers need more than 0 calls a second."
        if min(self.seconds or 0.0, self.delay_s, float(self.skip), float(self.at_least)) < 0:
            return "seconds, delay_s, skip and at_least must not be negative."
        if self.times is not None and self.times < max(1, self.at_least):
            return f"times is {self.times}; it must be at least 1 and not below at_least."
        return None


@dataclass(slots=True)
class _Armed:
    """A fault with what it has done so far."""

    fault: Fault
    draw: random.Random
    seen: int = 0
    hits: int = 0
    sure: frozenset[int] = frozenset()

    def strikes(self) -> bool:
        """Draw for one more call that it may hit."""
        fault = self.fault
        self.seen += 1
        number = self.seen - fault.skip
        if number <= 0 or (fault.times is not None and self.hits >= fault.times):
            return False
        lucky = self.draw.random() < fault.probability
        if not lucky and number not in self.sure:
            return False
        self.hits += 1
        return True


@dataclass(slots=True)
class Faults:
    """The faults of one sandbox. ``allowed`` are the kinds that mean something there."""

    seed: int
    allowed: frozenset[FaultKind]
    changed: list[Callable[[Fault], None]] = field(default_factory=list[Callable[[Fault], None]])
    """Told of each fault that lasts for a time (strangers, outage) when it is switched on."""
    cleared: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    _armed: list[_Armed] = field(default_factory=list[_Armed])
    _made: int = 0

    def add(self, fault: Fault) -> None:
        """Switch a fault on. Raises ValueError, with a sentence, for one that cannot be."""
        if fault.kind not in self.allowed:
            kinds = ", ".join(sorted(self.allowed))
            raise ValueError(f'"{fault.kind}" is not a fault of this sandbox. It has: {kinds}.')
        problem = fault.problem()
        if problem is not None:
            raise ValueError(problem)
        self._made += 1
        draw = random.Random(f"fault:{self.seed}:{self._made}:{fault.kind}")  # noqa: S311  # seeded, so that a run can be repeated
        span = max(1, fault.at_least * WITHIN_FIRST)
        sure = frozenset(draw.sample(range(1, span + 1), min(fault.at_least, span)))
        self._armed.append(_Armed(fault, draw, sure=sure))
        if fault.kind in STANDING:
            for tell in self.changed:
                tell(fault)

    def clear(self) -> None:
        """Switch all faults off."""
        self._armed.clear()
        for tell in self.cleared:
            tell()

    def strike(
        self,
        kinds: frozenset[FaultKind],
        operation: str,
        *,
        effectful: bool,
        members: int = 1,
        named: bool = False,
    ) -> Fault | None:
        """The first fault of these kinds that hits this call, if any.

        ``named``: only a fault whose ``match`` asks for this operation.
        """
        for armed in self._armed:
            fault = armed.fault
            if fault.kind not in kinds or fault.match not in operation:
                continue
            if named and not fault.match:
                continue
            if fault.on != "all" and effectful != (fault.on == "writes"):
                continue
            fewest = 2 if fault.kind is FaultKind.REFUSE_PART else 1
            if members < max(fewest, fault.members):
                continue
            if armed.strikes():
                return fault
        return None

    def chosen_row(self, fault: Fault, rows: int) -> int:
        """Which row of a batch the fault picks: repeatable, from the seed."""
        draw = random.Random(f"row:{self.seed}:{fault.kind}:{rows}")  # noqa: S311  # seeded, so that a run can be repeated
        return draw.randrange(rows)

    def report(self) -> list[dict[str, JsonValue]]:
        """Each fault with how many calls it could have hit and how many it did."""
        return [
            {**asdict(armed.fault), "seen": armed.seen, "hits": armed.hits} for armed in self._armed
        ]
