"""Who may be taken for which fault, and the ways in which several faults come into a stack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from making.people import Person
from making.world import IMPORT, IMPORT_AT, Row, World

OTHERS = (
    "salesforce.contacts",
    "salesforce.leads",
    "mailchimp.subscribed",
    "mailchimp.unsubscribed",
    "mailchimp.cleaned",
    "mailchimp.nonsubscribed",
    "hubspot.deals",
)
Fits = Callable[[Person], bool]


def alone(world: World) -> Fits:
    """People whom HubSpot alone knows, early in their way, and whom one may write to."""
    seen = {person.number for person, _ in world.guests}
    return lambda p: (
        p.mailable
        and bool(p.email)
        and not p.marketing
        and p.number not in seen
        and not any(world.row(table, p) for table in OTHERS)
    )


def in_audience(world: World) -> Fits:
    """People whom marketing writes to, and whom sales does not know."""
    sales = ("salesforce.contacts", "salesforce.leads", "hubspot.deals")
    return lambda p: p.mailable and p.marketing and not any(world.row(t, p) for t in sales)


def before_the_import(fits: Fits) -> Fits:
    """The same, of those who were there when the list of 3 March was imported."""
    return lambda p: fits(p) and p.created < IMPORT_AT - timedelta(days=30)


def by_import(world: World, person: Person, name: str, value: str) -> None:
    """Let the history say that the list of 3 March wrote the value, and nobody since."""
    key = world.contact(person)["Record ID"]
    world.history.setdefault(key, {})[name] = []
    world.changed(person, name, value, IMPORT_AT + timedelta(seconds=person.number % 50), IMPORT)


def copy_of(world: World, row: Row, **changes: str) -> Row:
    """A further HubSpot record made from a row."""
    return row | {"Record ID": str(80_440_000_000 + world.fresh_id() * 17)} | changes


def add_property(
    world: World,
    label: str,
    name: str,
    kind: str,
    options: list[tuple[str, str]],
    value: Callable[[Row], str],
) -> list[Row]:
    """Give HubSpot's contacts a further property; returns the rows that have a value in it."""
    world.columns["hubspot.contacts"].append((label, name, kind))
    if options:
        world.options["contacts"][name] = options
    for row in world.tables["hubspot.contacts"]:
        row[label] = value(row)
    return [row for row in world.tables["hubspot.contacts"] if row[label]]
