"""Faults in HubSpot's flows, with the data that they stumble over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from making.faults_values import COUNTRY_WORDS
from making.flow_parts import (
    Draft,
    Part,
    Way,
    act,
    any_of,
    at_least,
    choose,
    equals,
    every,
    flow,
    known,
    matching,
    none_of,
    on_event,
    put,
    send,
    some,
    task,
    wait,
)
from making.hubspot import user_id
from making.picking import add_property, alone
from making.words import HOUSE_DOMAIN, OWNERS
from making.world import TAKEN_AT, Json, Planted, Row, World, keys_of

DAY = 24 * 60


def _way(name: str, *filters: Json, then: tuple[Part, ...] = ()) -> Way:
    return Way(name, some(every(*filters)), then)


def _add(world: World, draft: Draft) -> dict[str, str]:
    made, named = flow(draft)
    world.flows.append(made)
    return named


def _told(world: World, label: str, name: str, writer: tuple[str, ...], until: datetime) -> None:
    """Let the history tell who filled a property, so that it is no field without a writer."""
    values = dict(world.options["contacts"].get(name, []))
    for person in world.people:
        row = world.row("hubspot.contacts", person)
        if row is None or not row[label] or row["Record ID"] not in world.history:
            continue
        at = min(person.created + timedelta(hours=2), until - timedelta(hours=person.number % 90))
        world.changed(person, name, values.get(row[label], row[label]), at, writer)


FORM = ("FORM", "c19d77aa-0417", "Partner and event form")


def _negative(world: World, count: int) -> None:
    del count
    draw = world.draw("partner-level")
    levels = [("Gold", "gold"), ("Silver", "silver"), ("None", "none")]
    rows = add_property(
        world, "Partner level", "partner_level", "enumeration", levels,
        lambda row: draw.choice(levels)[0] if draw.random() < 0.45 else "",
    )  # fmt: skip
    _told(world, "Partner level", "partner_level", FORM, TAKEN_AT)
    enrol = matching(none_of("partner_level", "gold", "silver", blanks=True))
    draft = Draft(602_001, "Newsletter | Everybody but partners", enrol, (send(70_300_001),))
    _add(world, draft)
    unknown = len(world.tables["hubspot.contacts"]) - len(rows)
    world.plant(Planted("negative-over-unknown", "hubspot", "contacts", ("partner_level",),
                        flow="hubspot/602001", count=unknown))  # fmt: skip


def _free_text(world: World, count: int) -> None:
    rows: list[Row] = []
    fits = alone(world)
    asked = lambda p: fits(p) and p.country.code in {"DE", "GB", "FR"}  # noqa: E731
    for number, person in enumerate(world.pick("free-text-in-branch", count, asked)):
        row = world.contact(person)
        words = COUNTRY_WORDS[person.country.code]
        row["Country/Region"] = words[number % len(words)]
        rows.append(row)
    ways = [
        _way("Germany", equals("country", "Germany"), then=(send(70_300_011),)),
        _way("United Kingdom", equals("country", "United Kingdom"), then=(send(70_300_012),)),
        _way("France", equals("country", "France"), then=(send(70_300_013),)),
    ]
    branch = choose(ways, [task("Invite by hand")], name="branch")
    enrol = matching(any_of("webinar_interest", "reporting"))
    named = _add(
        world, Draft(602_002, "Events | Invitation by country", enrol, (wait(DAY), branch))
    )
    keys = keys_of(rows, "Record ID")
    world.plant(Planted("free-text-in-branch", "hubspot", "contacts", ("country",), keys,
                        flow="hubspot/602002", step=named["branch"], count=len(keys),
                        also=("not-normal", "language-against-country")))  # fmt: skip


def _unwritten(world: World, count: int) -> None:
    del count
    draw = world.draw("event-preference")
    kinds = [("On site", "on_site"), ("Online", "online")]
    old = TAKEN_AT - timedelta(days=500)
    made = {world.contact(p)["Record ID"]: p.created for p in world.people
            if world.row("hubspot.contacts", p)}  # fmt: skip
    rows = add_property(
        world, "Event preference", "event_preference", "enumeration", kinds,
        lambda row: draw.choice(kinds)[0] if made.get(row["Record ID"], TAKEN_AT) < old else "",
    )  # fmt: skip
    for person in world.people:
        row = world.row("hubspot.contacts", person)
        if row is not None and row["Event preference"]:
            value = dict(kinds)[row["Event preference"]]
            world.changed(person, "event_preference", value, person.created, FORM)
    ways = [_way("On site", any_of("event_preference", "on_site"), then=(send(70_300_021),))]
    branch = choose(ways, [send(70_300_022)], name="branch")
    enrol = matching(any_of("webinar_interest", "reporting", "automation"))
    named = _add(world, Draft(602_003, "Events | On site or online", enrol, (wait(DAY), branch)))
    world.plant(Planted("read-but-unwritten", "hubspot", "contacts", ("event_preference",),
                        flow="hubspot/602003", step=named["branch"], count=len(rows),
                        also=("value-suddenly-fills", "volume-dead")))  # fmt: skip


def _two_fields(world: World) -> None:
    draw = world.draw("priority")
    levels = [("High", "high"), ("Low", "low")]
    services = [("Gold", "gold"), ("Basic", "basic")]
    for label, name, options, writer in (
        ("Contact priority", "contact_priority", levels, "602005"),
        ("Service level", "service_level", services, "602004"),
    ):
        add_property(world, label, name, "enumeration", options,
                     lambda row, options=options: draw.choice(options)[0])  # fmt: skip
        _told(world, label, name, ("AUTOMATION_PLATFORM", writer, "Service"), TAKEN_AT)


def _loop(world: World, count: int) -> None:
    del count
    _two_fields(world)
    there = choose(
        [_way("High", any_of("contact_priority", "high"), then=(put("service_level", "gold"),))],
        [put("service_level", "basic")],
        name="first",
    )
    back = choose(
        [_way("Busy", at_least("hubspotscore", 40), then=(put("contact_priority", "high"),))],
        [put("contact_priority", "low")],
    )
    enrol = matching(known("contact_priority"), again=True, on=("contact_priority",))
    _add(world, Draft(602_004, "Service | Level from priority", enrol, (there,)))
    enrol = matching(known("service_level"), again=True, on=("service_level",))
    _add(world, Draft(602_005, "Service | Priority from level", enrol, (back,)))
    world.plant(Planted("write-loop", "hubspot", "contacts", ("contact_priority", "service_level"),
                        flow="hubspot/602004", count=2))  # fmt: skip


def _two_writers(world: World, count: int) -> None:
    del count
    draw = world.draw("follow-up")
    states = [("Call", "call"), ("Mail", "mail")]
    add_property(world, "Next follow-up", "next_follow_up", "enumeration", states,
                 lambda row: draw.choice(states)[0])  # fmt: skip
    _told(world, "Next follow-up", "next_follow_up",
          ("AUTOMATION_PLATFORM", "602006", "Sales | Follow up by call"), TAKEN_AT)  # fmt: skip
    for number, (name, value) in enumerate(
        (("Sales | Follow up by call", "call"), ("Marketing | Follow up by mail", "mail"))
    ):
        enrol = matching(any_of("lifecyclestage", "marketingqualifiedlead"))
        _add(world, Draft(602_006 + number, name, enrol, (wait(60), put("next_follow_up", value))))
    world.plant(Planted("two-writers", "hubspot", "contacts", ("next_follow_up",),
                        flow="hubspot/602006", count=2, also=("several-writers",)))  # fmt: skip


def _race(world: World, count: int) -> None:
    """The webinar's sync sets the status a little after HubSpot sees the registration."""
    del count
    ways = [_way("Signed up", any_of("webinar_status", "registered"), then=(send(70_300_041),))]
    branch = choose(ways, [task("Ask whether they want to come")], name="branch")
    draft = Draft(602_008, "Webinar | Confirm at once", on_event("4-68559"), (branch,))
    named = _add(world, draft)
    world.plant(Planted("race-with-sync", "hubspot", "contacts", ("webinar_status",),
                        flow="hubspot/602008", step=named["branch"]))  # fmt: skip


def _no_branch(world: World, count: int) -> None:
    del count
    draw = world.draw("event-city")
    cities = [("Berlin", "berlin"), ("London", "london")]
    rows = add_property(world, "Event city", "event_city", "enumeration", cities,
                        lambda row: draw.choice(cities)[0] if draw.random() < 0.6 else "",
    )  # fmt: skip
    _told(world, "Event city", "event_city", FORM, TAKEN_AT)
    ways = [
        _way("Berlin", any_of("event_city", "berlin"), then=(send(70_300_051),)),
        _way("London", any_of("event_city", "london"), then=(send(70_300_052),)),
    ]
    branch = choose(ways, None, name="branch")
    enrol = matching(any_of("lifecyclestage", "marketingqualifiedlead", "salesqualifiedlead"))
    named = _add(world, Draft(602_009, "Events | Dinner in two cities", enrol, (branch,)))
    unknown = len(world.tables["hubspot.contacts"]) - len(rows)
    world.plant(Planted("no-branch-for-unknown", "hubspot", "contacts", ("event_city",),
                        flow="hubspot/602009", step=named["branch"], count=unknown))  # fmt: skip


def _nothing_enters(world: World, count: int) -> None:
    del count
    parts = (send(70_300_061), wait(3 * DAY), send(70_300_062))
    _add(world, Draft(602_010, "Partners | Welcome series", None, parts))
    world.plant(Planted("nothing-enters", "hubspot", flow="hubspot/602010"))


def _unreachable(world: World, count: int) -> None:
    del count
    enrol = matching(any_of("lifecyclestage", "customer"))
    parts = (wait(14 * DAY), send(70_300_071, name="last"))
    made, _ = flow(Draft(602_011, "Customers | Second month", enrol, parts))
    lost = str(len(made["actions"]) + 1)
    content = {"content_id": "70300072"}
    made["actions"].append({"actionId": lost, "type": "SINGLE_CONNECTION", "actionTypeVersion": 0,
                            "actionTypeId": "0-4", "fields": content})  # fmt: skip
    made["nextAvailableActionId"] = str(int(lost) + 1)
    world.flows.append(made)
    world.plant(Planted("unreachable-step", "hubspot", flow="hubspot/602011", step=lost))


def _hard_coded(world: World, count: int) -> None:
    del count
    gone, mailbox, _ = OWNERS[-1]
    told = act("0-8", {"user_ids": [user_id(gone)], "subject": "A key account wrote",
                       "body": "<p>Please call.</p>"}, name="told")  # fmt: skip
    mail = act("0-23", {"email_content_id": "70300081",
                        "recipient_emails": [f"{mailbox}@{HOUSE_DOMAIN}"]})  # fmt: skip
    enrol = matching(any_of("engagement_band", "high"), any_of("lifecyclestage", "opportunity"))
    named = _add(world, Draft(602_012, "Sales | Key accounts to Jonas", enrol, (told, mail)))
    world.plant(Planted("hard-coded-people", "hubspot", flow="hubspot/602012", step=named["told"],
                        also=("owner-gone",)))  # fmt: skip


PLANTS: dict[str, Callable[[World, int], None]] = {
    "negative-over-unknown": _negative,
    "free-text-in-branch": _free_text,
    "read-but-unwritten": _unwritten,
    "write-loop": _loop,
    "two-writers": _two_writers,
    "race-with-sync": _race,
    "no-branch-for-unknown": _no_branch,
    "nothing-enters": _nothing_enters,
    "unreachable-step": _unreachable,
    "hard-coded-people": _hard_coded,
}
