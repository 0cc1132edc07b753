"""Level 2: each system answers, and somebody answers for each system."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.maturity.evidence import Asked, Effort, Evidence, NextStep, many
from leadline.blueprint.maturity.measured import WEEK, Lived, Measured
from leadline.blueprint.uses import connections
from leadline.ledger.vendor_limits import ALL, Trust
from leadline.project.problems import listed
from leadline.project.systems import System
from leadline.project.triggers import all_steps
from leadline.project.workflow import CarryOn, PostStep, SaveStep, SendStep

_OWNED = Asked(
    "owners",
    "Systems that name who answers for them and who is told",
    "all",
    "a connection that breaks at night needs somebody whose task it is",
)
_HEARD = Asked(
    "failures-told",
    "Steps whose failure somebody hears of, or that leave a dead letter",
    "all",
    "a failure that is carried past in silence is found by the customer",
)
_LIMITS = Asked(
    "limits-known",
    "Systems whose limits are known and not assumed",
    "all",
    "a burst is planned by these figures: an assumed one is refused by the real system",
)
_ANSWERS = Asked(
    "systems-answer",
    "Systems in use that answered",
    f"all, within {WEEK.days} days",
    "keys expire and rights are taken away without anybody saying so",
)
_CALM = Asked(
    "no-incident",
    "Open incidents",
    "none",
    "what is built on a connection that is in trouble now will wait with it",
)


def evidence(measured: Measured) -> Iterator[Evidence]:
    """What is measured for this level."""
    yield _owned(measured)
    yield _heard(measured)
    yield _limits(measured)
    yield _answers(measured)
    yield _calm(measured.lived)


def _used(measured: Measured) -> tuple[System, ...]:
    names = {name for w in measured.project.workflows.values() for name in connections(w)}
    return tuple(s for name, s in sorted(measured.project.systems.items()) if name in names)


def _owned(measured: Measured) -> Evidence:
    systems = measured.project.systems
    without = sorted(s.name for s in systems.values() if s.owner is None or not s.tell)
    return _OWNED.shown(
        f"{len(systems) - len(without)} of {len(systems)}",
        NextStep(
            f"Add owner: and tell: to {listed(f'systems/{n}.yaml' for n in without)}."
            if systems
            else "Describe your first system in systems/.",
            Effort.FILE,
        ),
        holds=bool(systems) and not without,
    )


def _heard(measured: Measured) -> Evidence:
    steps = [
        (workflow.name, step)
        for workflow in measured.project.workflows.values()
        for step in all_steps(workflow.steps)
        if isinstance(step, SendStep | SaveStep | PostStep)
    ]
    silent = [
        f"{name}: {step.name}"
        for name, step in steps
        if isinstance(step.policy.then, CarryOn) and not step.policy.tell
    ]
    return _HEARD.shown(
        f"{len(steps) - len(silent)} of {len(steps)}" if steps else "no step acts yet",
        NextStep(f"Add tell: owner to if_it_fails of {listed(silent)}.", Effort.FILE),
        holds=not silent,
    )


def _limits(measured: Measured) -> Evidence:
    used = _used(measured)
    assumed = [s.name for s in used if _assumed(s)]
    return _LIMITS.shown(
        f"{len(used) - len(assumed)} of {len(used)}" if used else "no system is in use yet",
        NextStep(
            f"Write the provider's own figure under limits: in {listed(assumed)}.", Effort.FILE
        ),
        holds=not assumed,
    )


def _assumed(system: System) -> bool:
    """Whether all that is known of a system's limits is an assumption."""
    published = ALL.get(system.kind)
    if published is None:
        return not system.limits
    windows = published.tiers[published.default_tier]
    return all(
        w.source.trust is Trust.ASSUMED and w.window.name not in system.limits for w in windows
    )


def _answers(measured: Measured) -> Evidence:
    used = _used(measured)
    check = NextStep(
        "Let each system be asked, and be written down.", Effort.COMMAND, "leadline systems check"
    )
    lived = measured.lived
    if lived is None:
        return _ANSWERS.unknown(check)
    silent = [s.name for s in used if s.name not in lived.answered]
    refused = [s.name for s in used if s.name in lived.answered and not lived.answered[s.name].ok]
    old = [
        s.name
        for s in used
        if s.name not in (*silent, *refused) and lived.answered[s.name].at < lived.at - WEEK
    ]
    well = len(used) - len(silent) - len(refused) - len(old)
    shown = f"{well} of {many(len(used), 'system')}"
    if refused:
        return _ANSWERS.shown(
            f"{shown}, {listed(refused)} refused",
            NextStep(
                f"Mend the credentials of {listed(refused)}, and check again.",
                Effort.COMMAND,
                "leadline systems check",
            ),
            holds=False,
        )
    if silent:
        return _ANSWERS.unknown(check, f"{shown}, {listed(silent)} never asked")
    told = f"{shown}, {listed(old)} too long ago" if old else shown
    return _ANSWERS.shown(told if used else "no system is in use yet", check, holds=not old)


def _calm(lived: Lived | None) -> Evidence:
    status = NextStep("Mend what is open.", Effort.COMMAND, "leadline status")
    if lived is None:
        return _CALM.unknown(status)
    return _CALM.shown(many(len(lived.incidents), "incident"), status, holds=not lived.incidents)
