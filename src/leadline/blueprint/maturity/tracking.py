"""Level 3: what people do arrives, as the tracking plan says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from leadline.blueprint.maturity.evidence import (
    Asked,
    Effort,
    Evidence,
    NextStep,
    many,
    percent,
)
from leadline.blueprint.maturity.measured import MONTH, WEEK, Arrivals, Lived, Measured
from leadline.blueprint.uses import events_named
from leadline.project.problems import listed

REJECTED_SHARE = 0.01
DECLARED_SHARE = 0.95
_NEVER = Arrivals(0, 0)

_PLAN = Asked(
    "tracking-plan",
    "Events that workflows name, declared with their properties",
    "at least 1",
    "a workflow can only be as good as the moment that starts it",
)
_STARTS = Asked(
    "starting-events",
    "Events that start workflows came in",
    f"each, within {WEEK.days} days",
    "an event that stops coming stops a workflow without any error",
)
_OTHERS = Asked(
    "other-events",
    "Events that stop, end or are waited for came in",
    f"each, within {MONTH.days} days",
    "who cancelled and is not heard of is written to all the same",
)
_REJECTED = Asked(
    "events-accepted",
    "Events that were rejected",
    f"at most {percent(REJECTED_SHARE)} of {MONTH.days} days",
    "a rejected event is a person for whom nothing happens",
)
_DECLARED = Asked(
    "events-declared",
    "Events that came in under a declared name",
    f"at least {percent(DECLARED_SHARE)} of {MONTH.days} days",
    "many unknown names mean that the website and the plan have grown apart",
)


def evidence(measured: Measured) -> Iterator[Evidence]:
    """What is measured for this level."""
    workflows = measured.project.workflows.values()
    starting = {name for w in workflows for name in w.starts.when}
    others = {name for w in workflows for name in events_named(w)} - starting
    yield _PLAN.shown(
        many(len(starting | others), "event"),
        NextStep("Declare in events.yaml what starts your first workflow.", Effort.FILE),
        holds=bool(starting),
    )
    lived = measured.lived
    yield _came(_STARTS, starting, lived, WEEK)
    yield _came(_OTHERS, others, lived, MONTH)
    yield _rejected(lived)
    yield _declared(measured)


def _came(asked: Asked, names: set[str], lived: Lived | None, span: timedelta) -> Evidence:
    if lived is None:
        return asked.unknown(_run("Deploy, let events come in, and measure again."))
    came = {name: lived.events.get(name, _NEVER) for name in sorted(names)}
    counts = {name: came[name].week if span == WEEK else came[name].month for name in came}
    missing = [name for name, count in counts.items() if not count]
    total = sum(counts.values())
    shown = f"{len(names) - len(missing)} of {many(len(names), 'event')}, {many(total, 'time')}"
    if not names:
        return asked.shown("no workflow names one", None, holds=True)
    return asked.shown(
        f"{shown}; never: {listed(missing)}" if missing else shown,
        _run(f"See why {listed(missing)} does not come: is it sent, and under this name?"),
        holds=not missing,
    )


def _run(say: str) -> NextStep:
    return NextStep(say, Effort.RUN, "leadline events")


def _events(lived: Lived | None) -> Mapping[str, Arrivals]:
    return lived.events if lived is not None else {}


def _rejected(lived: Lived | None) -> Evidence:
    step = NextStep(
        "See why they were rejected, and mend what sends them.",
        Effort.COMMAND,
        "leadline events --rejected",
    )
    counts = _events(lived).values()
    rejected = sum(c.rejected for c in counts)
    whole = rejected + sum(c.month for c in counts)
    if not whole:
        return _REJECTED.unknown(step, "no event came in")
    return _REJECTED.shown(
        f"{percent(rejected, whole)} of {many(whole, 'event')}",
        step,
        holds=rejected <= REJECTED_SHARE * whole,
    )


def _declared(measured: Measured) -> Evidence:
    step = NextStep(
        "Declare in events.yaml what comes in, or stop sending it.", Effort.FILE, "leadline events"
    )
    events = _events(measured.lived)
    whole = sum(c.month for c in events.values())
    if not whole:
        return _DECLARED.unknown(step, "no event came in")
    plan = measured.project.events
    declared = sum(c.month for name, c in events.items() if name in plan)
    return _DECLARED.shown(
        f"{percent(declared, whole)} of {many(whole, 'event')}",
        step,
        holds=declared >= DECLARED_SHARE * whole,
    )
