"""The verdict of each live flow, and the five findings to mend first. No score.

A flow *cannot be carried* where a blocking finding bites it, or where it decides by a field of
which a tenth or more is bad. It is *shaky* where a warning bites it. Otherwise it *stands*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leadline.blueprint.finding import Broken, Finding, Severity
from leadline.blueprint.graph.flow import Flow
from leadline.inspection.findings import is_live
from leadline.inspection.outcome import Reason, Standing, Verdict
from leadline.inspection.uses import DECIDING, same_field, uses

CARRIED_UP_TO = 0.1  # share of bad values from which a decision by the field is not carried
SHOWN_FIRST = 5

_RANK = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def verdicts(findings: Sequence[Finding], flows: Iterable[Flow]) -> tuple[Verdict, ...]:
    """A verdict for every live flow: what falls first, then what is shaky, then what stands."""
    live = {flow.key: flow for flow in flows if is_live(flow)}
    reasons: dict[str, list[Reason]] = {key: [] for key in live}
    for number, finding in enumerate(findings):
        for broken in finding.breaks:
            flow = live.get(broken.flow)
            if flow is not None and finding.weight is not Severity.NOTE:
                weight = _weight(finding, broken, flow)
                reasons[broken.flow].append(
                    Reason(number, weight, broken.step, broken.how, broken.people)
                )
    found = [_verdict(flow, reasons[key]) for key, flow in live.items()]
    order = list(Standing)[::-1]
    return tuple(sorted(found, key=lambda v: (order.index(v.standing), -len(v.reasons), v.flow)))


def _verdict(flow: Flow, reasons: list[Reason]) -> Verdict:
    reasons.sort(key=lambda r: (_RANK[r.weight], -(r.people or 0), r.finding))
    standing = Standing.STANDS
    if reasons:
        falls = reasons[0].weight is Severity.BLOCKING
        standing = Standing.FALLS if falls else Standing.SHAKY
    return Verdict(flow.key, flow.name or flow.id, flow.system, standing, tuple(reasons))


def _weight(finding: Finding, broken: Broken, flow: Flow) -> Severity:
    """How much a finding weighs for this flow: more than by itself where the flow decides by it."""
    if finding.flow is not None or finding.count is None or not finding.of:
        return finding.weight
    carried = finding.count < CARRIED_UP_TO * finding.of
    return finding.weight if carried or not _decides(finding, broken, flow) else Severity.BLOCKING


def _decides(finding: Finding, broken: Broken, flow: Flow) -> bool:
    """Whether the flow decides whom it reaches by a field that the finding is about."""
    return any(
        use.use in DECIDING
        and use.step == broken.step
        and any(same_field(field, use.field) for field in finding.fields)
        for use in uses(flow)
    )


def worst(findings: Sequence[Finding], found: Iterable[Verdict]) -> tuple[int, ...]:
    """The findings to mend first: the gravest, and of these those by which most flows fall.

    Of each rule one, and none that breaks only flows which an earlier one breaks already; where
    that leaves fewer than five, the next in order follow.
    """
    falls: dict[int, set[str]] = {}
    shakes: dict[int, set[str]] = {}
    for verdict in found:
        for reason in verdict.reasons:
            into = falls if reason.weight is Severity.BLOCKING else shakes
            into.setdefault(reason.finding, set()).add(verdict.flow)
    numbers = [n for n, f in enumerate(findings) if f.weight is not Severity.NOTE]
    ranked = sorted(numbers, key=lambda n: _grave(n, findings[n], falls, shakes))
    first: list[int] = []
    rules: set[str] = set()
    flows: set[str] = set()
    for number in ranked:
        broken = falls.get(number, set()) | shakes.get(number, set())
        if findings[number].rule.code not in rules and (not broken or broken - flows):
            first.append(number)
            rules.add(findings[number].rule.code)
            flows |= broken
    rest = [number for number in ranked if number not in set(first)]
    return tuple([*first, *rest][:SHOWN_FIRST])


def _grave(
    number: int,
    finding: Finding,
    falls: Mapping[int, set[str]],
    shakes: Mapping[int, set[str]],
) -> tuple[int, int, int, int, int]:
    return (
        _RANK[finding.weight],
        -len(falls.get(number, ())),
        -len(shakes.get(number, ())),
        -(finding.count or 0),
        number,
    )
