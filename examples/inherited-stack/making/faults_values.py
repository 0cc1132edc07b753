"""Faults in single values: picklists, spelling, numbers, dates, places, encodings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from making.hubspot import stamp
from making.people import Person
from making.picking import Fits, add_property, alone, before_the_import, by_import, in_audience
from making.words import INDUSTRIES
from making.world import TAKEN_AT, THE_IMPORT, Planted, Row, World, keys_of

JUNK = ("N/A", "-", "TEST", "xx", "Dear customer", "???", "Herr", "1234", "Unknown", ".")
OWN_WORDS = ("Maschinenbau", "Mfg.", "IT / Software", "Logistik", "Food & Bev", "Finance")
COUNTRY_WORDS = {
    "DE": ("Deutschland", "DEU", "D"),
    "GB": ("UK", "Great Britain", "GBR"),
    "FR": ("Frankreich", "FRA", "FR"),
}
DIAL = {"DE": "+49", "GB": "+44", "FR": "+33", "SE": "+46", "US": "+1"}


def _contacts(
    code: str, fields: tuple[str, ...], rows: list[Row], *also: str, because: str | None = None
) -> Planted:
    keys = keys_of(rows, "Record ID")
    return Planted(code, "hubspot", "contacts", fields, keys, count=len(keys), also=also,
                   because=because)  # fmt: skip


def _junk(world: World, count: int) -> None:
    rows: list[Row] = []
    fits = before_the_import(in_audience(world))
    for number, person in enumerate(world.pick("greeting-junk", count, fits)):
        row = world.contact(person)
        row["First Name"] = JUNK[number % len(JUNK)]
        by_import(world, person, "firstname", row["First Name"])
        rows.append(row)
    also = ("test-or-disposable", "not-normal", "same-person-elsewhere")
    world.plant(_contacts("greeting-junk", ("firstname",), rows, *also, because=THE_IMPORT))


def _outside(world: World, count: int) -> None:
    rows: list[Row] = []
    for number, person in enumerate(
        world.pick("outside-picklist", count, before_the_import(lambda p: bool(p.industry)))
    ):
        row = world.contact(person)
        row["Industry"] = OWN_WORDS[number % len(OWN_WORDS)]
        by_import(world, person, "industry", row["Industry"])
        rows.append(row)
    world.plant(_contacts("outside-picklist", ("industry",), rows, because=THE_IMPORT))


def _other_picklist(world: World, count: int) -> None:
    del count  # the lists differ or they do not
    renamed = {
        "Manufacturing": ("Industrial manufacturing", "INDUSTRIAL"),
        "Computer Software": ("Software and internet", "SOFTWARE_INTERNET"),
        "Food Production": ("Food and beverages", "FOOD_BEVERAGES"),
        "Health Care": ("Hospital and health care", "HOSPITAL_HEALTH_CARE"),
    }
    world.options["companies"]["industry"] = [
        renamed.get(label, (label, v)) for label, v in INDUSTRIES
    ]
    for row in world.tables["hubspot.companies"]:
        row["Industry"] = renamed.get(row["Industry"], (row["Industry"], ""))[0]
    world.plant(Planted("different-picklists", "hubspot", "companies", ("industry",),
                        count=len(renamed)))  # fmt: skip


def _number_as_text(world: World, count: int) -> None:
    del count  # a property is text for everybody
    draw = world.draw("budget")
    rows = add_property(
        world, "Annual budget", "annual_budget", "string", [],
        lambda row: str(draw.randint(5, 400) * 500) if draw.random() < 0.7 else "",
    )  # fmt: skip
    world.plant(_contacts("number-as-text", ("annual_budget",), rows))


def _ambiguous(world: World, count: int) -> None:
    """Two offices wrote the same column, one the day first and one the month first."""
    del count
    draw = world.draw("signed-on")

    def written(row: Row) -> str:
        if draw.random() < 0.5:
            return ""
        day = TAKEN_AT - timedelta(days=draw.randint(30, 600))
        shape = "%m/%d/%Y" if row["Country/Region"] == "United States" else "%d/%m/%Y"
        return day.strftime(shape)

    add_property(world, "Contract signed on", "contract_signed_on", "string", [], written)
    rows = [
        row
        for row in world.tables["hubspot.contacts"]
        if (text := row["Contract signed on"])
        and int(text[:2]) <= 12
        and int(text[3:5]) <= 12
        and text[:2] != text[3:5]
    ]
    planted = _contacts("day-month-ambiguous", ("contract_signed_on",), rows, "number-as-text")
    world.plant(planted)


def _zone(world: World, count: int) -> None:
    fits = in_audience(world)
    chosen = world.pick(
        "time-zone",
        count,
        lambda p: fits(p) and p.country.code != "US" and bool(world.row("mailchimp.subscribed", p)),
    )
    for number, person in enumerate(chosen):
        row = world.home["mailchimp.subscribed"][person.number]
        row["TIMEZONE"] = ("Asia/Tokyo", "America/Los_Angeles", "Australia/Sydney")[number % 3]
    world.plant(
        Planted("time-zone", "mailchimp", "subscribed", ("TIMEZONE",),
                tuple(person.email for person in chosen), count=len(chosen))
    )  # fmt: skip


def _local_number(person: Person, number: int) -> str:
    rest = person.phone.removeprefix(DIAL[person.country.code])
    if person.country.code == "US":
        return f"({rest[:3]}) {rest[3:6]}-{rest[6:]}"
    return (f"0{rest[:2]} / {rest[2:]}", f"0{rest[:3]}-{rest[3:]}", f"0{rest}")[number % 3]


def _not_normal(world: World, count: int) -> None:
    rows: list[Row] = []
    fits = before_the_import(lambda p: bool(p.phone) and p.stage in {"Subscriber", "Lead"})
    for number, person in enumerate(world.pick("not-normal", count, fits)):
        row = world.contact(person)
        row["Phone Number"] = _local_number(person, number)
        by_import(world, person, "phone", row["Phone Number"])
        rows.append(row)
    world.plant(_contacts("not-normal", ("phone",), rows, because=THE_IMPORT))


def _language(world: World, count: int) -> None:
    rows: list[Row] = []
    for number, person in enumerate(world.pick("language-against-country", count, alone(world))):
        row = world.contact(person)
        row["Preferred language"] = ("Japanese", "Portuguese")[number % 2]
        rows.append(row)
    world.plant(_contacts("language-against-country", ("hs_language",), rows))


def _invisible(world: World, count: int) -> None:
    rows: list[Row] = []
    for number, person in enumerate(world.pick("invisible-characters", count, alone(world))):
        row = world.contact(person)
        name = row["First Name"]
        row["First Name"] = (f"{name}\u200b", f"\u00a0{name}", f"{name} ", f"\u2060{name}")[
            number % 4
        ]
        rows.append(row)
    world.plant(_contacts("invisible-characters", ("firstname",), rows))


def _mangled(text: str) -> str:
    return text.encode().decode("cp1252", errors="replace").replace("\ufffd", "")


def _encoding(world: World, count: int) -> None:
    rows: list[Row] = []
    fits = before_the_import(in_audience(world))
    marked: Fits = lambda p: fits(p) and not p.last.isascii()  # noqa: E731
    for person in world.pick("broken-encoding", count, marked):
        row = world.contact(person)
        row["Last Name"] = _mangled(row["Last Name"])
        by_import(world, person, "lastname", row["Last Name"])
        rows.append(row)
    world.plant(_contacts("broken-encoding", ("lastname",), rows, because=THE_IMPORT))


def _fills(world: World, count: int) -> None:
    """Somebody cleaned up: on one day in August an import wrote "Other" over a tenth of them."""
    day = datetime(2026, 8, 12, 10, 20)  # noqa: DTZ001
    writer = ("IMPORT", "90177340", "industry-clean-up.csv")
    chosen = world.pick(
        "value-suddenly-fills",
        max(3 * count, len(world.people) // 10),
        lambda p: p.created < day - timedelta(days=2) and bool(world.row("hubspot.contacts", p)),
    )
    rows: list[Row] = []
    for person in chosen:
        row = world.contact(person)
        row["Industry"] = "Other"
        world.history.setdefault(row["Record ID"], {})["industry"] = []
        world.changed(
            person, "industry", "OTHER", day + timedelta(seconds=person.number % 90), writer
        )
        rows.append(row)
    world.plant(_contacts("value-suddenly-fills", ("industry",), rows))


def _twins(world: World, count: int) -> None:
    del count
    draw = world.draw("twins")
    rows = add_property(
        world, "Phone 2", "phone_2", "string", [],
        lambda row: row["Phone Number"] if draw.random() < 0.8 else "",
    )  # fmt: skip
    world.plant(_contacts("twin-fields", ("phone_2", "phone"), rows, "not-normal"))


def _volume(world: World, count: int) -> None:
    """Referrals brought a third of the people, until the partner's form broke in July."""
    del count
    draw = world.draw("volume")
    since = stamp(TAKEN_AT - timedelta(days=135))
    dead = 0
    for row in world.tables["hubspot.contacts"]:
        if row["Create Date"] < since and draw.random() < 0.3:
            row["Original Source"] = "Referrals"
        if row["Create Date"] >= since and row["Original Source"] == "Referrals":
            row["Original Source"] = "Organic Search"
        dead += row["Original Source"] == "Referrals"
    world.plant(Planted("volume-dead", "hubspot", "contacts", ("hs_analytics_source",), count=dead))


PLANTS: dict[str, Callable[[World, int], None]] = {
    "greeting-junk": _junk,
    "outside-picklist": _outside,
    "different-picklists": _other_picklist,
    "number-as-text": _number_as_text,
    "day-month-ambiguous": _ambiguous,
    "time-zone": _zone,
    "not-normal": _not_normal,
    "language-against-country": _language,
    "invisible-characters": _invisible,
    "broken-encoding": _encoding,
    "value-suddenly-fills": _fills,
    "twin-fields": _twins,
    "volume-dead": _volume,
}
