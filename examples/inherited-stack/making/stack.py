"""From a seed to a stack: everybody, every system, and then the faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from making import (
    faults_consent,
    faults_flows,
    faults_n8n,
    faults_people,
    faults_stages,
    faults_values,
    hubspot,
    mail_tools,
    n8n_flows,
    rooms,
    salesforce,
    sound_flows,
)
from making.codes import CODES
from making.people import people
from making.world import TAKEN_AT, World

SYSTEMS = frozenset({"hubspot", "salesforce", "mailchimp", "sendgrid", "zoom", "slack", "n8n"})
# In this order: those that touch everybody come last, so that the others find people who are free.
PLANTS: dict[str, Callable[[World, int], None]] = {
    **faults_people.PLANTS,
    **faults_consent.PLANTS,
    **faults_stages.PLANTS,
    **faults_flows.PLANTS,
    **faults_n8n.PLANTS,
    **faults_values.PLANTS,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a stack is to be: its size, its systems, its faults.

    ``each`` is how many records a fault concerns, ``more`` says otherwise by code; ``history`` how
    many contacts come with the history of their fields; ``live`` and ``paused`` how many
    sound flows there are.
    """

    seed: object
    people: int
    systems: frozenset[str] = SYSTEMS
    codes: tuple[str, ...] = ()
    each: int = 8
    more: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    history: int = 400
    live: int = 15
    paused: int = 3
    registrations: bool = True


# What grows by itself is much; what single slips make is little.
MUCH = {
    "audience-without-email": 420,
    "consent-without-proof": 340,
    "contact-without-company": 900,
    "free-text-in-branch": 320,
    "greeting-junk": 240,
    "lead-without-source": 500,
    "mail-tool-not-crm": 620,
    "not-normal": 600,
    "outside-picklist": 520,
    "owner-gone": 1_100,
    "paid-but-unmailable": 420,
    "role-address": 300,
    "time-zone": 400,
}
LARGE = Plan(
    "inherited",
    23_000,
    codes=tuple(code.slug for code in CODES),
    each=160,
    more=MUCH,
    history=2_500,
)
SMALL = Plan(
    "inherited-small",
    280,
    codes=(
        "audience-without-email",
        "invalid-email",
        "typo-domain",
        "duplicate-mailbox",
        "contact-without-company",
        "opt-out-here-opt-in-there",
        "came-back-by-import",
        "suppressed-in-live-audience",
        "greeting-junk",
        "outside-picklist",
        "not-normal",
        "owner-gone",
        "close-date-past",
        "negative-over-unknown",
        "free-text-in-branch",
        "no-branch-for-unknown",
        "hard-coded-people",
        "send-without-consent",
    ),
    each=4,
    history=20,
    live=2,
    paused=0,
    registrations=False,
)


def build(plan: Plan) -> World:
    """Make the stack and plant its faults; the same plan makes the same stack."""
    everybody, firms = people(plan.seed, plan.people, TAKEN_AT)
    world = World(plan.seed, plan.systems, everybody, firms)
    hubspot.fill(world, plan.history)
    if "salesforce" in plan.systems:
        salesforce.fill(world)
    if "mailchimp" in plan.systems:
        mail_tools.fill_mailchimp(world)
    if "sendgrid" in plan.systems:
        mail_tools.fill_sendgrid(world)
    rooms.invite(world)  # held whether or not the webinar tool was exported
    rooms.settle_status(world)
    sound_flows.fill(world, plan.live, plan.paused)
    if "n8n" in plan.systems:
        n8n_flows.fill(world, registrations=plan.registrations)
    for slug in _in_order(plan.codes):
        PLANTS[slug](world, plan.more.get(slug, plan.each))
    return world


def _in_order(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=list(PLANTS).index)
