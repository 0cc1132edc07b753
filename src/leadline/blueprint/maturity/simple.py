"""Level 4: simple workflows do what they promise, and failures are tested and mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadline.blueprint.maturity.evidence import (
    Asked,
    Effort,
    Evidence,
    NextStep,
    many,
    percent,
)
from leadline.blueprint.maturity.measured import MONTH, WEEK, Kept, Lived, Measured
from leadline.project.problems import listed

EFFECTS = 100
DONE_SHARE = 0.95
DOUBT_SHARE = 0.01

_DONE = frozenset({"accepted", "confirmed"})
_FAILED = frozenset({"bounced", "rejected", "dead", "expired"})
_DOUBT = frozenset({"unknown", "held"})

_TESTED = Asked(
    "failures-tested",
    "Failure branches that a test goes through",
    "all",
    "a branch that no test takes is taken for the first time by a customer",
)
_ENOUGH = Asked(
    "effects",
    f"Effects whose outcome is known, of the last {MONTH.days} days",
    f"at least {EFFECTS}",
    "with fewer, one failure more or less would turn every share below",
)
_ARRIVED = Asked(
    "effects-done",
    "Effects that were confirmed or accepted",
    f"at least {percent(DONE_SHARE)}",
    "of what fails more often the cause is in the data or the limits, not in chance",
)
_DOUBTFUL = Asked(
    "effects-in-doubt",
    "Effects of which nobody can say whether they took place",
    f"at most {percent(DOUBT_SHARE)}",
    "each is a person who may have been written to twice, or not at all",
)
_LETTERS = Asked(
    "dead-letters",
    "Dead letters that are open",
    "none",
    "each is a person who waits for something that does not come by itself",
)
_PROMISE = Asked(
    "promise-kept",
    f"Promises that were kept in the last {WEEK.days} days",
    "at least 1, and all of them",
    "without a promise nobody can say whether it works",
)


def evidence(measured: Measured) -> Iterator[Evidence]:
    """What is measured for this level."""
    lived = measured.lived
    effects: Mapping[str, int] = lived.effects if lived is not None else {}
    yield _tested(measured)
    yield _enough(effects)
    yield _arrived(effects)
    yield _doubtful(effects)
    yield _letters(lived)
    yield _promise(measured)


def _tested(measured: Measured) -> Evidence:
    tested = measured.tested
    if tested is None:
        step = NextStep("Run the project's tests.", Effort.COMMAND, "leadline test")
        return _TESTED.unknown(step)
    return _TESTED.shown(
        f"{tested.covered} of {tested.of}",
        NextStep(
            f"Write the missing cases: {listed(tested.missing)}.",
            Effort.FILE,
            "leadline test --suggest",
        ),
        holds=tested.covered == tested.of,
    )


def _of(effects: Mapping[str, int], states: frozenset[str]) -> int:
    return sum(times for state, times in effects.items() if state in states)


_RUN = NextStep(
    "Let the workflows of the level below run for a while.", Effort.RUN, "leadline status"
)


def _enough(effects: Mapping[str, int]) -> Evidence:
    known = _of(effects, _DONE | _FAILED)
    if not effects:
        return _ENOUGH.unknown(_RUN, "nothing was intended")
    return _ENOUGH.shown(many(known, "effect"), _RUN, holds=known >= EFFECTS)


def _arrived(effects: Mapping[str, int]) -> Evidence:
    done, failed = _of(effects, _DONE), _of(effects, _FAILED)
    if not done + failed:
        return _ARRIVED.unknown(_RUN, "no outcome is known")
    confirmed = effects.get("confirmed", 0)
    return _ARRIVED.shown(
        f"{percent(done, done + failed)} of {many(done + failed, 'effect')}, "
        f"{confirmed:,} of them confirmed",
        NextStep(
            "See what failed, and mend the commonest cause.",
            Effort.COMMAND,
            "leadline actions --state rejected",
        ),
        holds=done >= DONE_SHARE * (done + failed),
    )


def _doubtful(effects: Mapping[str, int]) -> Evidence:
    doubt = _of(effects, _DOUBT)
    whole = doubt + _of(effects, _DONE | _FAILED)
    if not whole:
        return _DOUBTFUL.unknown(_RUN, "no outcome is known")
    return _DOUBTFUL.shown(
        f"{percent(doubt, whole)} of {many(whole, 'effect')}",
        NextStep(
            "Find out what became of those that are held, and settle them.",
            Effort.COMMAND,
            "leadline actions --state held",
        ),
        holds=doubt <= DOUBT_SHARE * whole,
    )


def _letters(lived: Lived | None) -> Evidence:
    step = NextStep(
        "Mend the cause of each, and replay them.", Effort.COMMAND, "leadline dead-letters"
    )
    if lived is None:
        return _LETTERS.unknown(step)
    return _LETTERS.shown(
        many(lived.dead_letters, "dead letter"), step, holds=not lived.dead_letters
    )


def _promise(measured: Measured) -> Evidence:
    promising = sorted(n for n, w in measured.project.workflows.items() if w.promise is not None)
    if not promising:
        return _PROMISE.shown(
            "no workflow makes one",
            NextStep("Add promise: to a workflow.", Effort.FILE),
            holds=False,
        )
    found: Mapping[str, Kept] = measured.lived.promises if measured.lived is not None else {}
    decided = {name: found[name] for name in promising if name in found and found[name].decided}
    if not decided:
        return _PROMISE.unknown(_RUN, f"no run of {listed(promising)} can be judged yet")
    broken = sorted(name for name, kept in decided.items() if not kept.holds)
    runs = sum(kept.decided for kept in decided.values())
    shown = f"{len(decided) - len(broken)} of {many(len(decided), 'promise')}, {many(runs, 'run')}"
    return _PROMISE.shown(
        f"{shown}; broken: {listed(broken)}" if broken else shown,
        NextStep(f"See what made {listed(broken)} late.", Effort.COMMAND, "leadline status"),
        holds=not broken,
    )
