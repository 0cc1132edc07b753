"""Faults in how far people have come: stages, deals, owners, scores, hand-overs, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from making.hubspot import WRITERS, stamp
from making.picking import alone, before_the_import, by_import
from making.world import IMPORT_AT, TAKEN_AT, THE_IMPORT, Planted, Row, World, keys_of

GONE = "Jonas Brandt (Deactivated User)"


def _contacts(
    code: str, fields: tuple[str, ...], rows: list[Row], *also: str, because: str | None = None
) -> Planted:
    keys = keys_of(rows, "Record ID")
    return Planted(code, "hubspot", "contacts", fields, keys, count=len(keys), also=also,
                   because=because)  # fmt: skip


def _contradicts(world: World, count: int) -> None:
    rows: list[Row] = []
    fits = alone(world)
    bought = {p.firm.number for p in world.people if p.firm and p.stage == "Customer"}
    for person in world.pick(
        "stage-contradicts-deals",
        count,
        lambda p: fits(p) and (p.firm is None or p.firm.number not in bought),
    ):
        row = world.contact(person)
        row |= {"Lifecycle Stage": "Customer", "Customer type": "Customer"}
        world.changed(person, "lifecyclestage", "customer", person.touched + timedelta(hours=1),
                      WRITERS["lifecyclestage"])  # fmt: skip
        rows.append(row)
    world.plant(_contacts("stage-contradicts-deals", ("lifecyclestage",), rows, "owner-gone"))


def _backwards(world: World, count: int) -> None:
    fits = before_the_import(lambda p: p.stage == "Lead")
    rows: list[Row] = []
    for person in world.pick("stage-backwards", count, fits):
        row = world.contact(person)
        by_import(world, person, "lifecyclestage", "lead")
        writer = WRITERS["lifecyclestage"]
        first = IMPORT_AT - timedelta(days=20)
        for number, stage in enumerate(("subscriber", "lead", "salesqualifiedlead")):
            world.changed(person, "lifecyclestage", stage, first + timedelta(days=number), writer)
        rows.append(row)
    world.plant(_contacts("stage-backwards", ("lifecyclestage",), rows, "several-writers",
                          because=THE_IMPORT))  # fmt: skip


def _gone(world: World, count: int) -> None:
    rows: list[Row] = []
    for person in world.pick("owner-gone", count, lambda p: bool(p.owner)):
        row = world.contact(person)
        row["Contact owner"] = GONE
        rows.append(row)
    world.plant(_contacts("owner-gone", ("hubspot_owner_id",), rows, "outside-picklist"))


def _unanswered(world: World, count: int) -> None:
    rows: list[Row] = []
    for number, person in enumerate(
        world.pick("hand-over-unanswered", count, lambda p: p.stage == "Sales Qualified Lead")
    ):
        handed = TAKEN_AT - timedelta(days=25 + number % 40, hours=number)
        row = world.contact(person)
        row |= {
            "Create Date": stamp(min(person.created, handed - timedelta(days=4))),
            "Owner assigned date": stamp(handed),
            "Date of first engagement": "",
            "Last Activity Date": stamp(handed - timedelta(days=1)),
            "Last Modified Date": stamp(handed),
            "Lead Status": "New",
        }
        lead = world.row("salesforce.leads", person)
        if lead is not None:
            lead |= {
                "Status": "New",
                "LastActivityDate": "",
                "CreatedDate": handed.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            }
        rows.append(row)
    fields = ("hubspot_owner_assigneddate", "hs_sa_first_engagement_date")
    world.plant(_contacts("hand-over-unanswered", fields, rows))


def _scores(world: World, count: int) -> None:
    del count
    draw = world.draw("scores")
    rows: list[Row] = []
    for row in world.tables["hubspot.contacts"]:
        if draw.random() < 0.88:
            row["HubSpot Score"] = "100"
            rows.append(row)
    world.plant(_contacts("score-stale", ("hubspotscore",), rows))


def _close_date(world: World, count: int) -> None:
    rows: list[Row] = []
    for number, person in enumerate(
        world.pick("close-date-past", count, lambda p: p.stage == "Opportunity")
    ):
        row = world.home["hubspot.deals"][person.number]
        row["Close Date"] = stamp(TAKEN_AT - timedelta(days=30 + 5 * (number % 50)))
        rows.append(row)
    keys = keys_of(rows, "Record ID")
    world.plant(
        Planted("close-date-past", "hubspot", "deals", ("closedate",), keys, count=len(keys))
    )


def _writers(world: World, count: int) -> None:
    sync = ("INTEGRATION", "salesforce", "Salesforce")
    flow = WRITERS["customer_type"]
    rows: list[Row] = []
    fits = before_the_import(lambda p: p.stage != "Customer")
    for person in world.pick("several-writers", count, fits):
        row = world.contact(person)
        world.history.setdefault(row["Record ID"], {})["customer_type"] = []
        for number in range(4):
            at = IMPORT_AT + timedelta(days=9 * number, minutes=person.number % 60)
            value, writer = ("customer", sync) if number % 2 == 0 else ("prospect", flow)
            world.changed(person, "customer_type", value, at, writer)
        rows.append(row)
    world.plant(_contacts("several-writers", ("customer_type",), rows, "race-with-sync",
                          "two-writers", "write-loop"))  # fmt: skip


def _sourceless(world: World, count: int) -> None:
    keys: list[str] = []
    for person in world.pick(
        "lead-without-source", count, lambda p: bool(world.row("salesforce.leads", p))
    ):
        row = world.home["salesforce.leads"][person.number]
        row["LeadSource"] = ""
        keys.append(row["Id"])
    world.plant(
        Planted("lead-without-source", "salesforce", "leads", ("LeadSource",), tuple(keys),
                count=len(keys))
    )  # fmt: skip


PLANTS: dict[str, Callable[[World, int], None]] = {
    "stage-contradicts-deals": _contradicts,
    "stage-backwards": _backwards,
    "owner-gone": _gone,
    "hand-over-unanswered": _unanswered,
    "score-stale": _scores,
    "close-date-past": _close_date,
    "several-writers": _writers,
    "lead-without-source": _sourceless,
}
