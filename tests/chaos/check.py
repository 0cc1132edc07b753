"""The judge of a chaos run: pure, and a stranger to everything that it judges.

``check(history)`` gives every violation of the thirteen invariants of the design's section 12.
What a history cannot show is said to be not judged (``judge``), and never passes for true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos import answers, effects, people, timing
from tests.chaos.history import Call, History, Row, Told
from tests.chaos.law import HELD, UNKNOWN
from tests.chaos.world import World


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be, and the invariant that it breaks."""

    number: int
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.number}. {self.name}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one invariant; ``not_judged`` says why nothing can be said about it."""

    number: int
    name: str
    violations: tuple[Violation, ...]
    not_judged: str | None

    def __str__(self) -> str:
        if self.not_judged is not None:
            words = f"not judged: {self.not_judged}"
        else:
            words = f"{len(self.violations)} violations" if self.violations else "holds"
        return f"{self.number:>2}. {self.name}: {words}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """``needs`` says what the history lacks so that it cannot be judged; None: nothing."""

    number: int
    name: str
    broken: Callable[[World], Iterator[str]]
    needs: Callable[[World], str | None]


def _ledger(world: World) -> str | None:
    return None if world.of(Row) else "the history holds no dump of the ledger"


def _client(world: World) -> str | None:
    return _ledger(world) or (None if world.sent else "the history holds no client")


def _plan(world: World) -> str | None:
    return _ledger(world) or (
        None if world.plan is not None else "the history does not say which events start what"
    )


def _vendor(world: World) -> str | None:
    return _ledger(world) or (None if world.of(Call) else "the history holds no vendor")


def _limits(world: World) -> str | None:
    return _vendor(world) or (None if world.limits else "the vendor states no limit")


def _rest(world: World) -> str | None:
    if world.ceased is None or world.rested is None:
        return "the history does not say when the faults ceased or when it came to rest"
    return _plan(world)


def _end(world: World) -> str | None:
    missing = None if world.rested is not None else "the history does not say whether it rests"
    return _ledger(world) or missing


def _told(world: World) -> str | None:
    missing = None if world.of(Told) else "the history does not say what people are told"
    return _client(world) or _plan(world) or _vendor(world) or missing


INVARIANTS = (
    Invariant(
        1,
        "an acknowledged event is stored exactly once",
        people.every_acknowledged_event_is_stored_once,
        _client,
    ),
    Invariant(
        2,
        "event × matching workflow → exactly one entry",
        people.every_match_leaves_one_entry,
        _plan,
    ),
    Invariant(
        3,
        "each enrollment is ended, due or waiting with a wake-up, none overdue at rest",
        people.every_run_ends_or_wakes,
        _end,
    ),
    Invariant(
        4,
        "replaying the interpreter over the decisions gives the same actions",
        people.decisions_and_actions_agree,
        _ledger,
    ),
    Invariant(
        5,
        "every effect belongs to exactly one call, no effect without an action",
        effects.every_effect_belongs_to_one_call,
        _vendor,
    ),
    Invariant(
        6,
        "accepted or confirmed ⇒ one effect; rejected, skipped, expired, superseded ⇒ none",
        effects.outcomes_tell_the_truth,
        _vendor,
    ),
    Invariant(
        7,
        "held + unknown ≤ the ambiguity injected, per connection",
        effects.doubt_has_a_cause,
        _vendor,
    ),
    Invariant(
        8,
        "effects of a record are a subsequence of ledger order",
        effects.records_change_in_ledger_order,
        _vendor,
    ),
    Invariant(
        9,
        "no window over-full on the vendor's clock by our calls",
        timing.windows_hold,
        _limits,
    ),
    Invariant(
        10,
        "no effect after a suppression except calls already begun",
        effects.nothing_begins_after_it_was_forbidden,
        _vendor,
    ),
    Invariant(11, "every state path lies in the table", timing.paths_are_lawful, _ledger),
    Invariant(
        12,
        "at rest within the attainable bound after the last fault",
        timing.rest_comes_in_time,
        _rest,
    ),
    Invariant(
        13,
        "`why` names a reason for every person, and it agrees with the truth",
        answers.why_tells_the_truth,
        _told,
    ),
)


def judge(history: History) -> tuple[Verdict, ...]:
    """What became of each invariant, in their order."""
    return _judge(World(history))


def judged(history: History) -> tuple[tuple[Verdict, ...], dict[str, int]]:
    """What became of each invariant, and how much the run has tried."""
    world = World(history)
    return _judge(world), _figures(world)


def _judge(world: World) -> tuple[Verdict, ...]:
    verdicts: list[Verdict] = []
    for one in INVARIANTS:
        missing = one.needs(world)
        broken = () if missing is not None else tuple(one.broken(world))
        found = tuple(Violation(one.number, one.name, what) for what in broken)
        verdicts.append(Verdict(one.number, one.name, found, missing))
    return tuple(verdicts)


def check(history: History) -> tuple[Violation, ...]:
    """Everything that must not be; of what cannot be judged it says nothing (see ``judge``)."""
    return tuple(violation for verdict in judge(history) for violation in verdict.violations)


def figures(history: History) -> dict[str, int]:
    """Counts that say how much a run has tried: a run without doubt or retries proves little."""
    return _figures(World(history))


def _figures(world: World) -> dict[str, int]:
    standing = [world.standing(key) for key in world.actions]
    return {
        "events": len(world.tables["event"]),
        "enrollments": len(world.tables["enrollment"]),
        "actions": len(world.actions),
        "calls": len(world.calls),
        "requests": len(world.calls_of_ours),
        "effects": len(world.effects),
        "ambiguous_requests": sum(
            bool(c.refs) and (c.ending != "answered" or c.unclear) for c in world.calls_of_ours
        ),
        "throttled": sum(c.status == 429 for c in world.calls_of_ours),
        "doubted": sum(any(m.after == UNKNOWN for m in world.path(key)) for key in world.actions),
        "held": standing.count(HELD),
        "unknown": standing.count(UNKNOWN),
        "people": len({sent.person for sent in world.sent.values()}),
        "people_told_why": len(world.of(Told)),
        "late_requests": len(world.matched.late),
        "claims_of_several_calls": sum(
            n > 1 for n in Counter(c.token for c in world.calls if not c.void).values()
        ),
        **{state: standing.count(state) for state in sorted({*standing} - {HELD, UNKNOWN})},
    }
