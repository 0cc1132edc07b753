"""Level 5: several workflows run together, and releases are changed and taken back."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.maturity.evidence import Asked, Effort, Evidence, NextStep, many
from leadline.blueprint.maturity.measured import MONTH, Lived, Measured
from leadline.project.problems import listed

WORKFLOWS = 2
RUNS = 100
RELEASES = 3

_TOGETHER = Asked(
    "workflows-together",
    f"Workflows with at least {RUNS} runs in {MONTH.days} days",
    f"at least {WORKFLOWS}",
    "workflows get in each other's way only when they run at the same time",
)
_SUCCESS = Asked(
    "success-counted",
    "Workflows whose success was counted",
    "at least 1",
    "without a measured success nobody can say which workflow is worth refining",
)
_CHANGED = Asked(
    "releases",
    "Releases made active in 90 days",
    f"at least {RELEASES}",
    "who changes seldom changes much at once, and that is what breaks",
)
_BACK = Asked(
    "taken-back",
    "Times that an earlier release was made active again",
    "at least 1",
    "a way back that was never walked is a hope",
)
_CLEAR = Asked(
    "no-override",
    "Workflows that an override lets through",
    "none",
    "what was let through has not been shown yet",
)
_RUN = NextStep("Let a second workflow run for a while.", Effort.RUN, "leadline status")
_DEPLOY = NextStep("Change something small, and deploy it.", Effort.COMMAND, "leadline deploy")
_RETURN = NextStep(
    "Practise it once: deploy the files of the release before.", Effort.COMMAND, "leadline deploy"
)


def evidence(measured: Measured) -> Iterator[Evidence]:
    """What is measured for this level."""
    lived = measured.lived
    yield _together(lived)
    yield _success(measured)
    yield _changed(lived)
    yield _back(lived)
    yield _clear(measured)


def _together(lived: Lived | None) -> Evidence:
    if lived is None:
        return _TOGETHER.unknown(_RUN)
    busy = sum(1 for runs in lived.runs.values() if runs >= RUNS)
    return _TOGETHER.shown(many(busy, "workflow"), _RUN, holds=busy >= WORKFLOWS)


def _success(measured: Measured) -> Evidence:
    workflows = measured.project.workflows.values()
    if not any(w.success is not None for w in workflows):
        step = NextStep("Add success: to a workflow.", Effort.FILE)
        return _SUCCESS.shown("no workflow counts one", step, holds=False)
    if measured.lived is None:
        return _SUCCESS.unknown(_RUN)
    counted = sum(1 for times in measured.lived.successes.values() if times)
    return _SUCCESS.shown(many(counted, "workflow"), _RUN, holds=counted > 0)


def _changed(lived: Lived | None) -> Evidence:
    if lived is None:
        return _CHANGED.unknown(_DEPLOY)
    made = len(lived.releases)
    return _CHANGED.shown(many(made, "release"), _DEPLOY, holds=made >= RELEASES)


def _back(lived: Lived | None) -> Evidence:
    if lived is None:
        return _BACK.unknown(_RETURN)
    again = sum(1 for n, one in enumerate(lived.releases) if one in lived.releases[:n])
    return _BACK.shown(many(again, "time"), _RETURN, holds=again > 0)


def _clear(measured: Measured) -> Evidence:
    let = sorted(n for n, w in measured.project.workflows.items() if w.override is not None)
    return _CLEAR.shown(
        listed(let) if let else "none",
        NextStep(f"Show what {listed(let)} needs, and take the override out.", Effort.FILE),
        holds=not let,
    )
