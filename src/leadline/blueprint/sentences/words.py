"""The sentences of workflows in one language, as templates; ``english`` and ``german`` fill them.

A name in braces is a part that the walk puts in; texts of the files come in quotation marks.
``then`` clauses follow a comma after "if …", so German begins them with the verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.expression.spoken import Noun, Spoken
from leadline.expression.types import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that can be said of a workflow in one language."""

    spoken: Spoken

    # the workflow
    title: str
    why: str
    owner: str
    zone: str
    promise: str
    silenced: str
    override: str

    # what starts and ends it
    starting: str
    starts: str
    starts_by_workflow: str
    late: str
    late_counts: str
    needs_address: str
    only_if: str
    once_ever: str
    once_per: str
    max_burst: tuple[str, str]
    stops: str
    success: str
    counts_where: str
    counts_same: str

    # steps
    happening: str
    undecided: str
    step: str
    was: str
    send: str
    transactional: str
    marketing: str
    not_after: str
    not_after_known: str
    if_missing: str
    record: Noun
    save: str
    post: str
    bundle: str
    set: str
    wait: str
    wait_until: str
    wait_until_reference: str
    wait_seen: str
    wait_for: str
    choose: str
    branch: str
    unknown: str
    otherwise: str
    otherwise_or_unknown: str
    nothing: str
    enroll: str
    stop: str

    # times
    at_reference: str
    before_reference: str
    after_reference: str
    on_wall: str

    # writes
    set_constant: str
    set_reference: str
    only_forward: str
    only_if_empty: str
    else_stays: str
    add_constant: str
    add_reference: str
    else_not_added: str
    increase: str
    decrease: str
    clear: str

    # what follows a failure
    failed: str
    not_come: str
    not_come_ever: str
    not_seen: str
    not_seen_ever: str
    time_unknown: str
    time_unknown_or_late: str
    carry_on: str
    stop_run: str
    dead_letter: str
    go_to: str
    told: tuple[str, str]

    # the same in a few words, for a picture
    in_short: str
    in_short_told: str
    in_short_not_come: str
    short_then: tuple[str, str, str, str]
    entry: str
    end: str
    dead_letters: str

    # what it relies on
    relying: str
    kinds: Mapping[Kind, str]
    choice: str
    field: str
    named: str
    every_value: str
    property: str
    system: str

    # what people read
    reading: str
    mail: str
    text: str
    subject: str
    preheader: str
    body: str

    # who signed it
    signed: str
    not_signed: str
    void: str
    void_unseen: str
    note: str
