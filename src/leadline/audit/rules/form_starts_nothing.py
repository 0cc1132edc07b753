"""Forms that people fill in and that no flow waits for, and flows whose form nobody fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadline.audit.audience import live_flows
from leadline.audit.flow_views import reads_of
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Broken, Finding, FixKind, Repair, Rule, Severity
from leadline.blueprint.graph.asking import leaves
from leadline.blueprint.graph.flow import Flow, Happened, Membership, TriggerKind

RULE = Rule(
    "form-starts-nothing",
    "A form that starts nothing",
    Severity.WARNING,
    Repair.NOT_A_VALUE,
    FixKind.REVIEW,
    "People fill a form in and nothing happens: no answer, no owner, no follow-up. Or a flow waits "
    "for a form that nobody fills in any more.",
    "From the history of values: forms that wrote to at least 3 records, of systems whose flows "
    "were given. A live flow waits for a form where its way in names it, is any form, or reads a "
    "field that the form writes. A note where live flows start by lists or events that the files "
    "do not take apart. The reverse, a flow whose form the history never saw though it saw others, "
    "is a note: a history may hold only some fields.",
    "Let a flow begin when the form is filled in, or take the form off the page. Point the flow "
    "that waits to the form that is used today.",
    exact=False,
    topic="joint",
    needs=("change.writer_kind", "change.writer", "flows"),
)
LEAST = 3  # records: two are somebody's test
FORMS = """
    select system, writer_id, any_value(writer) as name,
      count(distinct key) as people, list(distinct lower(field)) as fields
    from change where lower(writer_kind) = 'form' and writer_id is not null
    group by system, writer_id order by people desc, writer_id
"""
# Ways in that may stand on a form without saying so.
UNSAID = {TriggerKind.LIST, TriggerKind.EVENT, TriggerKind.RECORD_SAVED, TriggerKind.OPAQUE}


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its id, with the people who filled it in and the fields it wrote."""

    system: str
    id: str
    name: str
    people: int
    fields: frozenset[str]


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the forms, then the flows that wait for one."""
    rows = stack.connection.execute(FORMS).fetchall()
    forms = [Form(s, w, str(n), int(p), frozenset(f)) for s, w, n, p, f in rows]
    for system in dict.fromkeys(form.system for form in forms):
        flows = [flow for flow in live_flows(stack) if flow.system == system]
        own = [form for form in forms if form.system == system]
        if flows:
            yield from _forms(own, flows)
            yield from _flows(own, flows)


def _forms(forms: list[Form], flows: list[Flow]) -> Iterator[Finding]:
    read = {one.field.name.lower() for flow in flows for one in reads_of(flow)}
    read_at_start = {
        one.field.name.lower() for flow in flows for one in reads_of(flow) if one.step is None
    }
    unsure = any(_unsaid(flow) for flow in flows)
    for form in forms:
        waited = any(_waits_for(flow, form) for flow in flows) or form.fields & read_at_start
        if form.people >= LEAST and not waited:
            used = form.fields & read
            yield Finding(
                RULE,
                f"Form “{form.name[:50]}” was filled in by {form.people:,} people, and no live "
                f"flow begins by it{'; flows only read what it wrote' if used else ''}.",
                form.system,
                count=form.people,
                severity=Severity.NOTE if unsure or used else None,
                facts={"form": form.id},
            )


def _flows(forms: list[Form], flows: list[Flow]) -> Iterator[Finding]:
    for flow in flows:
        for named in filter(None, _forms_asked(flow)):
            if not any(form.id in named or form.name in named for form in forms):
                yield Finding(
                    RULE,
                    f"“{flow.name[:50]}” waits for the form “{named[:50]}”, of which the history "
                    "given holds no submission.",
                    flow.system,
                    flow=flow.key,
                    severity=Severity.NOTE,
                    breaks=(Broken(flow.key, None, "waits for a form that nobody fills in", None),),
                )


def _waits_for(flow: Flow, form: Form) -> bool:
    return any(not named or form.id in named or form.name in named for named in _forms_asked(flow))


def _forms_asked(flow: Flow) -> Iterator[str]:
    """The forms that the ways in wait for, as the file names them; empty = any form."""
    for trigger in flow.triggers:
        asked = [one for one in leaves(trigger.condition) if isinstance(one, Happened)]
        asked = [one for one in asked if "form" in one.words.lower()]
        yield from map(_named, asked)
        if trigger.kind is TriggerKind.FORM and not asked:
            yield ""


def _named(asked: Happened) -> str:
    """What stands behind "form submitted", before or after the colon."""
    before, _, after = asked.words.partition(":")
    own = re.sub(r"^(not )?form submitted( on a page)?", "", before).strip()
    return own or ("" if asked.event.startswith("form submitted") else after.strip())


def _unsaid(flow: Flow) -> bool:
    return any(
        trigger.kind in UNSAID
        or any(isinstance(one, Membership) for one in leaves(trigger.condition))
        for trigger in flow.triggers
    )
