"""Branches at which records that fit no path leave without a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, counted, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.asking import fields_read, takes_unknown, values_taken
from leadline.blueprint.graph.flow import Edge, EdgeKind, FieldRef, Flow, Step, StepKind
from leadline.blueprint.graph.walk import runs, steps_that_run

RULE = rule(
    "unmatched-leave",
    "Who fits no branch leaves silently",
    Severity.WARNING,
    marketer="The flow sorts people by a value. Whoever has none of the values named, or none at "
    "all, gets nothing from here on, and no list tells you who they are.",
    engineer="A branch of a live flow with two or more conditions and no way on for the rest "
    "(no else, or one that ends at once), unless its paths cover each other. With one condition "
    "it is a filter and a note, unless the field it reads is known to be unknown for some.",
    mend="Add a path for the rest: do something, or end it on purpose with a step that says so "
    "(a list, a note to the team).",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each such branch."""
    for flow in flows:
        if runs(flow):
            for step in steps_that_run(flow):
                if step.kind is StepKind.BRANCH:
                    asking = [e for e in step.edges if e.condition is not None]
                    if asking and not _rest_goes_on(step) and not _covers(asking):
                        yield _finding(flow, step, asking, facts)


def _rest_goes_on(step: Step) -> bool:
    return any(
        edge.to is not None
        for edge in step.edges
        if edge.kind is EdgeKind.ELSE
        or (edge.condition is None and edge.kind in {EdgeKind.NEXT, EdgeKind.BRANCH, EdgeKind.JUMP})
    )


def _covers(asking: Sequence[Edge]) -> bool:
    """Whether true and false, or the known and the unknown, of one field have a path each."""
    fields = {field for edge in asking for field in fields_read(edge.condition)}
    if any(
        {"true", "false"} <= {v for e in asking for v in values_taken(e.condition, field)}
        for field in fields
    ):
        return True
    from_unknown = frozenset[FieldRef]().union(*(takes_unknown(e.condition) for e in asking))
    return any(
        field in from_unknown and not values_taken(edge.condition, field)
        for edge in asking
        for field in fields_read(edge.condition)
        if field not in takes_unknown(edge.condition)
    )


def _finding(flow: Flow, step: Step, asking: Sequence[Edge], facts: Facts) -> Finding:
    fields = tuple(dict.fromkeys(f for e in asking for f in fields_read(e.condition)))
    shares = [(facts.unknown[f], f) for f in fields if f in facts.unknown]
    worst = max(shares, key=lambda pair: pair[0].part, default=None)
    paths = counted(len(asking), "path")
    message = f'{named(flow)} has {paths} at "{short(step.words, 40)}" and none for the rest'
    severity = None if len(asking) > 1 else Severity.NOTE
    if worst is not None and worst[0].unknown:
        share, field = worst
        message += f": {share.unknown:,} of {share.of:,} records have no {short(field.name, 30)}"
        severity = None
    more = Weighed(
        how="who fits no path leaves here",
        severity=severity,
        count=worst[0].unknown if worst else None,
        of=worst[0].of if worst else None,
        fields=fields,
    )
    return at(RULE, flow, step, f"{message}.", more, facts)
