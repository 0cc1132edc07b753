"""Faults in who is who: addresses, duplicates, firms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from making.hubspot import stamp
from making.people import FREE_MAIL, plain
from making.picking import alone, copy_of, in_audience
from making.salesforce import lead_row
from making.words import ENDING
from making.world import TAKEN_AT, Planted, Row, World, keys_of

CONTACTS = "contacts"
DISPOSABLE = ("mailinator.com", "yopmail.com", "guerrillamail.com", "10minutemail.com")
TYPOS = (
    "gmai.com", "gnail.com", "gamil.com", "gmail.con", "gmaill.com", "gmail.cmo", "yahooo.com",
    "yaho.com", "hotmall.com", "hotmaill.com", "gmaol.com", "gmali.com", "gmakl.com", "yahpo.com",
)  # fmt: skip


def _found(code: str, fields: tuple[str, ...], rows: list[Row], *also: str) -> Planted:
    keys = keys_of(rows, "Record ID")
    return Planted(code, "hubspot", CONTACTS, fields, keys, count=len(keys), also=also)


def _without_email(world: World, count: int) -> None:
    rows: list[Row] = []
    for person in world.pick("audience-without-email", count, alone(world)):
        row = world.contact(person)
        row |= {"Email": "", "Marketing contact status": "Marketing contact"}
        rows.append(row)
    world.plant(_found("audience-without-email", ("email",), rows, "paid-but-unmailable"))


def _rewritten(code: str, write: Callable[[Row, int], str], *also: str) -> Callable[..., None]:
    def plant(world: World, count: int) -> None:
        rows: list[Row] = []
        for number, person in enumerate(world.pick(code, count, alone(world))):
            row = world.contact(person)
            row["Email"] = write(row, number)
            rows.append(row)
        world.plant(_found(code, ("email",), rows, *also))

    return plant


def _invalid(row: Row, number: int) -> str:
    name, domain = row["Email"].split("@")
    ways = (f"{name}{domain}", f"{name}@@{domain}", f"{name}@{domain.split('.')[0]}",
            f"{name}@.{domain}", f"{name} {name}@{domain}", f"{name}..x@{domain}")  # fmt: skip
    return ways[number % len(ways)]


def _typo(row: Row, number: int) -> str:
    return (
        f"{plain(row['First Name'])}_{plain(row['Last Name'])}{number}@{TYPOS[number % len(TYPOS)]}"
    )


def _disposable(row: Row, number: int) -> str:
    return f"{plain(row['Last Name'])}{number}@{DISPOSABLE[number % len(DISPOSABLE)]}"


def _role(world: World, count: int) -> None:
    roles = ("info", "sales", "office", "support", "contact", "admin")
    rows: list[Row] = []
    taken: set[str] = set()
    fits = alone(world)
    for number, person in enumerate(
        world.pick("role-address", count, lambda p: bool(p.firm) and fits(p))
    ):
        row = world.contact(person)
        domain = person.firm.domain if person.firm else ""
        free = [role for role in roles[number % 6 :] + roles if f"{role}@{domain}" not in taken]
        if not free:
            continue
        row["Email"] = f"{free[0]}@{domain}"
        taken.add(row["Email"])
        rows.append(row)
    world.plant(_found("role-address", ("email",), rows))


def _burst(world: World, count: int) -> None:
    draw = world.draw("bots")
    moment = TAKEN_AT - timedelta(days=41, hours=3)
    blank = dict.fromkeys(world.tables["hubspot.contacts"][0], "")
    rows: list[Row] = []
    for number in range(max(40, 3 * count)):
        word = "".join(draw.choices("bcdfghjklmnpqrstvwxz", k=9))
        made = stamp(moment + timedelta(seconds=2 * number))
        row = copy_of(world, blank, **{"Create Date": made, "Last Modified Date": made})
        row |= {
            "First Name": word.capitalize(),
            "Last Name": word.capitalize(),
            "Email": f"{word}{draw.randint(1000, 9999)}@{draw.choice('qxzwv')}-{word[:4]}.{ENDING}",
            "Lifecycle Stage": "Subscriber",
            "Marketing contact status": "Non-marketing contact",
            "Unsubscribed from all email": "No",
            "Original Source": "Direct Traffic",
            "Record source": "Form",
            "HubSpot Score": str(draw.randint(0, 9)),
            "Country/Region": "United States",
            "Preferred language": "English",
            "Customer type": "Prospect",
            "Sales region": "Americas",
            "Engagement band": "Low",
            "Score band": "C",
        }
        world.add("hubspot.contacts", row)
        rows.append(row)
    world.plant(_found("bot-burst", ("email",), rows, "greeting-junk", "test-or-disposable",
                       "value-suddenly-fills"))  # fmt: skip


def _same_mailbox(world: World, count: int) -> None:
    rows: list[Row] = []
    for number, person in enumerate(world.pick("duplicate-mailbox", count, alone(world))):
        row = world.contact(person)
        name, domain = row["Email"].split("@")
        address = f"{name}+webinar@{domain}" if number % 2 else f"{name.upper()}@{domain}"
        copied = copy_of(world, row, Email=address)
        world.add("hubspot.contacts", copied)
        rows.append(copied)
    world.plant(_found("duplicate-mailbox", ("email",), rows, "probably-same-person"))


def _misspelt(name: str, number: int) -> str:
    if number % 3 == 0 and len(name) > 4:
        return name[:2] + name[3] + name[2] + name[4:]
    return name if number % 3 == 1 else name[:-1] + name[-1] * 2


def _probably_same(world: World, count: int) -> None:
    fits = alone(world)
    rows: list[Row] = []
    chosen = world.pick(
        "probably-same-person", count, lambda p: bool(p.firm and p.phone) and fits(p)
    )
    for number, person in enumerate(chosen):
        row = world.contact(person)
        address = f"{plain(person.first)}_{plain(person.last)}_p{number}@{FREE_MAIL}"
        copied = copy_of(world, row, Email=address, **{"Last Name": _misspelt(person.last, number)})
        world.add("hubspot.contacts", copied)
        rows.append(copied)
    fields = ("email", "firstname", "lastname")
    world.plant(_found("probably-same-person", fields, rows, "duplicate-mailbox"))


def _elsewhere(world: World, count: int) -> None:
    chosen = world.pick(
        "same-person-elsewhere",
        count,
        lambda p: (
            bool(world.row("salesforce.contacts", p) and p.firm and p.phone)
            and world.row("salesforce.leads", p) is None
        ),
    )
    rows: list[Row] = []
    for person in chosen:
        row = world.home["salesforce.contacts"][person.number]
        row["Email"] = f"{plain(person.first)}_{plain(person.last)}_home@{FREE_MAIL}"
        rows.append(row)
    keys = keys_of(rows, "Id")
    world.plant(
        Planted("same-person-elsewhere", "salesforce", CONTACTS, ("Email",), keys,
                count=len(keys), also=("probably-same-person", "mail-tool-not-crm"))
    )  # fmt: skip


def _lead_and_contact(world: World, count: int) -> None:
    chosen = world.pick(
        "lead-and-contact",
        count,
        lambda p: (
            bool(world.row("salesforce.contacts", p)) and world.row("salesforce.leads", p) is None
        ),
    )
    keys: list[str] = []
    for person in chosen:
        row = lead_row(person, "Connected")
        world.add("salesforce.leads", row, person)
        keys.append(row["Id"])
    world.plant(
        Planted("lead-and-contact", "salesforce", "leads", ("Email",), tuple(keys),
                count=len(keys), also=("duplicate-mailbox", "same-person-elsewhere",
                                       "probably-same-person"))
    )  # fmt: skip


def _without_company(world: World, count: int) -> None:
    rows: list[Row] = []
    for person in world.pick("contact-without-company", count, lambda p: bool(p.firm)):
        row = world.contact(person)
        row |= {"Associated Company IDs": "", "Associated Company": "", "Company Name": ""}
        rows.append(row)
    world.plant(_found("contact-without-company", ("associatedcompanyid",), rows))


def _company_twice(world: World, count: int) -> None:
    companies = world.tables["hubspot.companies"]
    chosen = world.draw("company-twice").sample(companies, min(count, len(companies)))
    keys: list[str] = []
    for number, row in enumerate(sorted(chosen, key=lambda each: each["Record ID"])):
        copied = row | {
            "Record ID": str(19_900_000_000 + world.fresh_id() * 19),
            "Company name": row["Company name"].rsplit(" ", 1)[0],
        }
        if number % 2:
            copied["Company Domain Name"] = f"www.{row['Company Domain Name']}"
        world.add("hubspot.companies", copied)
        keys.append(copied["Record ID"])
    world.plant(
        Planted("company-twice", "hubspot", "companies", ("domain",), tuple(keys), count=len(keys))
    )


def _mail_tool_only(world: World, count: int) -> None:
    seen = {person.number for person, _ in world.guests}
    fits = in_audience(world)
    keys: list[str] = []
    for person in world.pick(
        "mail-tool-not-crm", count,
        lambda p: p.number not in seen and fits(p) and bool(world.row("mailchimp.subscribed", p)),
    ):  # fmt: skip
        world.history.pop(world.contact(person)["Record ID"], None)
        world.drop("hubspot.contacts", person)
        keys.append(person.email)
    world.plant(
        Planted("mail-tool-not-crm", "mailchimp", "subscribed", ("Email Address",), tuple(keys),
                count=len(keys))
    )  # fmt: skip


PLANTS: dict[str, Callable[[World, int], None]] = {
    "audience-without-email": _without_email,
    "invalid-email": _rewritten("invalid-email", _invalid, "typo-domain"),
    "typo-domain": _rewritten("typo-domain", _typo),
    "role-address": _role,
    "test-or-disposable": _rewritten("test-or-disposable", _disposable),
    "bot-burst": _burst,
    "duplicate-mailbox": _same_mailbox,
    "probably-same-person": _probably_same,
    "same-person-elsewhere": _elsewhere,
    "lead-and-contact": _lead_and_contact,
    "contact-without-company": _without_company,
    "company-twice": _company_twice,
    "mail-tool-not-crm": _mail_tool_only,
}
