"""Conditions that ask for the absence of a value, and let in those without any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, counted, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts, Share
from leadline.blueprint.graph.asking import Asked, Placed, conditions, open_negatives
from leadline.blueprint.graph.flow import Blank, Flow, StepKind
from leadline.blueprint.graph.walk import reached, runs, steps_that_run
from leadline.blueprint.graph.words import said

RULE = rule(
    "unknown-let-in",
    "A negative condition that lets the unknown through",
    Severity.WARNING,
    marketer='"Is not a customer" also fits everybody of whom you do not know it, so customers '
    "whose stage was never filled in get the mail for strangers.",
    engineer="A negative comparison of a live flow (a positive one inside of a negation counts as "
    "negative), over a field that is not surely known by then, whose blank records pass: blocking "
    "where at least 5 % of the records have no value and the flow sends or writes, a note where "
    "fewer have none, a warning where the share is not known. Where the format does not say what "
    "blanks do it is a warning only with 5 % unknown, else a note. No unknown at all, or blanks "
    "kept out: nothing.",
    mend="Say what about the unknown: add that the field is known, or name the values that "
    "you want instead of those that you do not want.",
)
MANY = 0.05
"""From this share of unknown values on, an audience is plainly another one."""


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each field and place."""
    for flow in flows:
        if not runs(flow):
            continue
        there = None
        seen: set[tuple[str | None, object]] = set()
        for placed in conditions(flow):
            for asked in open_negatives(placed.condition, placed.known):
                there = reached(flow) if there is None else there
                place = (placed.step, asked.comparison.field)
                if place in seen or (placed.step is not None and placed.step not in there):
                    continue
                seen.add(place)
                finding = _finding(flow, placed, asked, facts)
                if finding is not None:
                    yield finding


def _finding(flow: Flow, placed: Placed, asked: Asked, facts: Facts) -> Finding | None:
    field = asked.comparison.field
    share = facts.unknown.get(field)
    if asked.blank is Blank.FAILS or (share is not None and not share.unknown):
        return None
    words = short(said(asked.comparison), 60)
    if asked.turned:
        words = f"not ({words})"
    known = "" if share is None else f" ({counted(share.unknown, 'record')} of {share.of:,})"
    if asked.blank is Blank.PASSES:
        ending = f"records without a value pass too{known}"
    else:
        ending = f"its file does not say what becomes of records without a value{known}"
    message = f"{named(flow)} asks {placed.words}: {words}; {ending}."
    more = Weighed(
        how=f"takes in records without {short(field.name, 30)}",
        severity=_severity(flow, asked.blank, share),
        count=share.unknown if share else None,
        of=share.of if share else None,
        fields=(field,),
    )
    step = flow.steps[placed.step] if placed.step is not None else None
    return at(RULE, flow, step, message, more, facts)


def _severity(flow: Flow, blank: Blank, share: Share | None) -> Severity:
    many = share is not None and share.part >= MANY
    if blank is Blank.UNSAID:
        return Severity.WARNING if many else Severity.NOTE
    if share is not None and not many:
        return Severity.NOTE
    return Severity.BLOCKING if many and _does_something(flow) else Severity.WARNING


def _does_something(flow: Flow) -> bool:
    kinds = {StepKind.SEND, StepKind.WRITE, StepKind.CREATE, StepKind.DELETE, StepKind.LIST}
    return any(step.kind in kinds or step.writes or step.sends for step in steps_that_run(flow))
