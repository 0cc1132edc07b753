"""Ids of records written into conditions and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import (
    Weighed,
    at,
    counted,
    named,
    rule,
    steps_named,
)
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.asking import leaves
from leadline.blueprint.graph.flow import Comparison, Condition, Flow, Step
from leadline.blueprint.graph.walk import runs, steps_that_run

RULE = rule(
    "hard-coded",
    "Ids and people written into a flow",
    Severity.NOTE,
    marketer="The flow names single people or records by their number. When a colleague leaves or "
    "a record is merged, the flow goes on with the old one and nobody notices.",
    engineer="Steps of a running flow that name persons, write an owner as a constant, or "
    "compare with or write a record id: 15 or 18 characters as in Salesforce, or a constant in a "
    "field whose name ends in id or owner. One note a flow. Ids of lists, flows and messages "
    "belong to a definition and are not counted.",
    mend="Take the person or record from a field or a team, or keep it in one place that the "
    "flows read.",
)
_SALESFORCE_ID = re.compile(r"(?=.*\d)(?:00|0[1-9A-Z]|a0)[0-9A-Za-z]{13}(?:[0-9A-Za-z]{3})?")
_NUMBER = re.compile(r"\d{4,}")
_SHORTEST = 4
_ID_FIELD = re.compile(r"(?:_id|Id|_owner|owner_id|ownerid|_ids)$")


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One note for each flow, at the first such step."""
    for flow in flows:
        if runs(flow):
            steps = [step for step in steps_that_run(flow) if step.people or _has_id(step)]
            at_the_way_in = any(_compares_id(t.condition) for t in flow.triggers)
            if steps or at_the_way_in:
                yield _finding(flow, steps, facts)


def _has_id(step: Step) -> bool:
    for write in step.writes:
        if write.value is not None and is_record_id(write.field.name, write.value):
            return True
    return any(e.condition is not None and _compares_id(e.condition) for e in step.edges)


def _compares_id(condition: Condition | None) -> bool:
    for leaf in leaves(condition):
        if isinstance(leaf, Comparison):
            for value in leaf.values:
                if is_record_id(leaf.field.name, value):
                    return True
    return False


def is_record_id(field: str, value: str) -> bool:
    """Whether a constant names one record: by its form, or by the field that it stands in."""
    if len(value) < _SHORTEST:
        return False
    text = value.strip()
    if _SALESFORCE_ID.fullmatch(text):
        return True
    return _ID_FIELD.search(field) is not None and _NUMBER.fullmatch(text) is not None


def _finding(flow: Flow, steps: Sequence[Step], facts: Facts) -> Finding:
    people = len({person for step in steps for person in step.people})
    who = counted(people, "person or team", "people or teams")
    named_people = f"{who} by name or number" if people else ""
    ids = sum(_has_id(step) for step in steps)
    records = f"single records in {counted(ids, 'step')}" if ids else ""
    what = " and ".join(part for part in (named_people, records) if part)
    what = what or "single records at the way in"
    message = f"{named(flow)} names {what}."
    more = Weighed(
        how="goes on with the old person or record",
        count=len(steps) or None,
        told=steps_named(steps),
    )
    return at(RULE, flow, steps[0] if steps else None, message, more, facts)
