"""What a chaos run is told to have found: judged, or broken off and not judged at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.check import Verdict, Violation
from tests.chaos.history import Answered, History, Spared, Struck

HOLDS, VIOLATED, BROKEN_OFF = 0, 1, 3
"""Exit codes; 2 is what a command says of arguments that it cannot read."""
FIRST = ("events", "enrollments", "actions", "effects", "doubted", "held", "unknown")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run is to do: everything follows from ``seed``.

    ``pace``: so many times the people, and so many times the calls that the vendor allows.
    ``rest_within_s``: after the last fault it is given up to wait for rest.
    """

    seed: int
    faults_s: float
    workers: int = 3
    pace: int = 1
    rest_within_s: float = 180.0

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, {self.faults_s / 60:g} minutes of faults, {self.workers} workers"
            + (f", pace {self.pace}" if self.pace > 1 else "")
        )


class BrokenOff(Exception):
    """The harness itself failed, so that nothing can be said of what it was to judge."""

    def __init__(self, trial: Trial, directory: Path, why: BaseException) -> None:
        self.trial, self.directory = trial, directory
        super().__init__("; ".join(f"{type(e).__name__}: {e}" for e in _leaves(why)))

    def report(self, history: History) -> str:
        """Say why, and how far it came; ``history`` is what had been written down."""
        stored = len({a.message_id for a in history if isinstance(a, Answered) and a.stored})
        return "\n".join(
            [
                f"{self.trial}: the harness itself failed, and nothing was judged.",
                f"  why: {self}",
                f"  until then: {stored} events acknowledged",
                f"  faults: {told(strikes(history))}",
                f"  history and logs: {self.directory}",
                "BROKEN OFF: this says nothing of what was to be judged",
            ]
        )


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found; ``crashes`` are processes that ended though nobody had ended them.

    ``took_s``: how long each part took, in seconds.
    """

    trial: Trial
    directory: Path
    verdicts: tuple[Verdict, ...]
    figures: Mapping[str, int]
    strikes: Mapping[str, int]
    spared: Mapping[str, str]
    crashes: tuple[str, ...]
    took_s: Mapping[str, float]

    @property
    def violations(self) -> tuple[Violation, ...]:
        return tuple(v for verdict in self.verdicts for v in verdict.violations)

    @property
    def good(self) -> bool:
        return not self.violations and not self.crashes

    @property
    def exit_code(self) -> int:
        return HOLDS if self.good else VIOLATED

    def report(self, most: int = 5) -> str:
        """Everything that a person wants to know of a run; its last line is the upshot."""
        rest = {name: n for name, n in self.figures.items() if name not in FIRST}
        lines = [
            str(self.trial),
            f"  {told({name: self.figures[name] for name in FIRST})}",
            f"  {told(rest)}",
            f"  faults: {sum(self.strikes.values())}: {told(self.strikes)}",
        ]
        lines += [f"  spared: {name}: {reason}" for name, reason in self.spared.items()]
        for verdict in self.verdicts:
            lines.append(f"  {verdict}")
            lines += [f"        {v.what}" for v in verdict.violations[:most]]
        lines += [f"  crashed: {crash}" for crash in self.crashes]
        lines.append("  " + ", ".join(f"{name} {s:.1f} s" for name, s in self.took_s.items()))
        if not self.good:
            lines.append(f"  history and logs: {self.directory}")
        judged = sum(verdict.not_judged is None for verdict in self.verdicts)
        lines.append(
            f"{'HOLDS' if self.good else 'VIOLATED'}: {len(self.violations)} violations of "
            f"{judged} invariants judged, {len(self.crashes)} crashes"
        )
        return "\n".join(lines)


def told(counts: Mapping[str, int]) -> str:
    """Counts, for a line of a report."""
    return ", ".join(f"{n} {name}" for name, n in counts.items()) or "none"


def strikes(history: History) -> dict[str, int]:
    """How often each nemesis struck."""
    found = Counter(line.nemesis for line in history if isinstance(line, Struck))
    return dict(sorted(found.items()))


def spared(history: History) -> dict[str, str]:
    """Which nemeses this machine or this run did not allow, and why."""
    return {line.nemesis: line.reason for line in history if isinstance(line, Spared)}
