"""One inspection: read everything, judge the data and the flows, and bring both together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType

from leadline.audit.audience import live_flows, mail_steps
from leadline.audit.evidence import system_title
from leadline.audit.rules.no_unsubscribe_link import ASKING, people_at
from leadline.audit.stack import Stack
from leadline.audit.tables import Kind
from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.graph.flow import Understanding
from leadline.inspection import seams
from leadline.inspection.causes import causes
from leadline.inspection.costs import Costs, find_costs, money_of, read_costs
from leadline.inspection.findings import is_live, join
from leadline.inspection.outcome import (
    Figures,
    Inspection,
    Options,
    Standing,
    Unjudged,
    Verdict,
)
from leadline.inspection.reading import Reading
from leadline.inspection.seams import Progress
from leadline.inspection.verdicts import verdicts, worst
from leadline.inspection.writers import writers

_PEOPLE = frozenset({Kind.CONTACT, Kind.LEAD, Kind.REGISTRATION})


def inspect(paths: Sequence[Path], options: Options, progress: Progress) -> Inspection:
    """Inspect the files and folders given; nothing is sent anywhere, and nothing changed.

    Raises UsageError where a path is not there, or a costs.yaml is not as it should be. What
    cannot be read is listed in the reading; the rest is judged all the same.
    """
    place = find_costs(paths)
    costs = None if place is None else read_costs(place)
    progress("reading the files", 0, 0)
    reading = seams.read(paths, options, progress)
    progress("judging the data", 0, 0)
    of_data, data_open = seams.audit(reading.stack, progress)
    progress("judging the flows", 0, 0)
    of_flows, flows_open = seams.check(reading)
    progress("bringing data and flows together", 0, 0)
    return judge(reading, [*of_data, *of_flows], [*data_open, *flows_open], costs)


def judge(
    reading: Reading,
    found: Iterable[Finding],
    unjudged: Iterable[Unjudged] = (),
    costs: Costs | None = None,
) -> Inspection:
    """Bring together what was read and what was found in it."""
    stack = reading.stack
    findings = join(found := list(found), stack.flows, writers(stack, found))
    judged = verdicts(findings, stack.flows)
    names = {flow.key: flow.name for flow in stack.flows}
    money = {
        number: reckoned
        for number, finding in enumerate(findings)
        if costs is not None and (reckoned := money_of(finding, costs, names)) is not None
    }
    return Inspection(
        reading=reading,
        findings=findings,
        verdicts=judged,
        worst=worst(findings, judged),
        causes=causes(findings),
        unjudged=_together([*unjudged, *_not_given(reading)]),
        figures=_figures(reading, findings, judged),
        costs=costs,
        money=MappingProxyType(money),
    )


def _together(unjudged: Iterable[Unjudged]) -> tuple[Unjudged, ...]:
    """What the same reason keeps from being judged, in one line."""
    whats: dict[tuple[str, str], dict[str, None]] = {}
    for each in unjudged:
        whats.setdefault((each.why, each.fix), {})[each.what] = None
    return tuple(Unjudged("; ".join(found), why, fix) for (why, fix), found in whats.items())


def _not_given(reading: Reading) -> Iterable[Unjudged]:
    """What was not given, what could not be read, and what a format never tells."""
    for unread in reading.unread:
        yield Unjudged(unread.where, unread.what, unread.fix)
    for shape, why in reading.missing:
        how = 'Ask "leadline inspect --how" how to get it.'
        yield Unjudged(f"{shape} was not given", why, how)
    yield from _one_click(reading.stack)
    told: dict[tuple[str, str], int] = {}
    for flow in reading.stack.flows:
        for words in flow.cannot_say:
            told[flow.system, words] = told.get((flow.system, words), 0) + 1
    for (system, words), count in told.items():
        flows = f"{count} flow{'' if count == 1 else 's'}"
        yield Unjudged(f"{system}: {words}", f"The format of {flows} cannot say it.")


def _one_click(stack: Stack) -> Iterable[Unjudged]:
    """What a mail's own header tells can be looked up in one mail, and in no export."""
    senders = {send.system for flow in live_flows(stack) for _, send in mail_steps(flow)}
    senders |= {table.system for table in stack.tables if table.kind is Kind.ACTIVITY}
    if senders:
        people = people_at(stack, ASKING)
        names = " and ".join(system_title(system) for system in sorted(senders)[:3])
        yield Unjudged(
            f"One-click unsubscribe in mail sent by {names}",
            "The header List-Unsubscribe-Post stands in the mail and in no export; "
            f"{people:,} people of the data have a mailbox at Gmail or Yahoo, which ask for it.",
            "Send a campaign to a Gmail address of yours, choose “Show original”, and look for it.",
        )


def _figures(reading: Reading, findings: Sequence[Finding], judged: Sequence[Verdict]) -> Figures:
    stack = reading.stack
    steps = [step for flow in stack.flows for step in flow.steps.values()]
    weights = Counter(finding.weight for finding in findings)
    standing = Counter(verdict.standing for verdict in judged)
    return Figures(
        files=len(reading.files),
        unread=len(reading.unread),
        tables=len(stack.tables),
        rows=sum(table.rows for table in stack.tables),
        people=sum(table.rows for table in stack.tables if table.kind in _PEOPLE),
        flows=len(stack.flows),
        live_flows=sum(1 for flow in stack.flows if is_live(flow)),
        steps=len(steps),
        opaque_steps=sum(1 for step in steps if step.understanding is Understanding.OPAQUE),
        findings=MappingProxyType({each: weights[each] for each in Severity}),
        standing=MappingProxyType({each: standing[each] for each in Standing}),
    )
