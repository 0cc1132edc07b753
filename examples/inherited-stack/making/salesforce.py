"""Salesforce as it should be: leads, contacts, users and one report, by Data Loader's names."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from making.people import Firm, Person
from making.words import HOUSE_DOMAIN, OWNERS, listed
from making.world import TAKEN_AT, Row, World

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
LEAD_COLUMNS = listed(
    "Id FirstName LastName Email Phone MobilePhone Company Title Street City State PostalCode "
    "Country Industry LeadSource Status OwnerId HasOptedOutOfEmail IsConverted "
    "ConvertedContactId ConvertedDate CreatedDate LastModifiedDate LastActivityDate"
)
CONTACT_COLUMNS = listed(
    "Id AccountId Account.Name FirstName LastName Email Phone MobilePhone Title MailingStreet "
    "MailingCity MailingState MailingPostalCode MailingCountry LeadSource OwnerId "
    "HasOptedOutOfEmail CreatedDate LastModifiedDate LastActivityDate"
)
USER_COLUMNS = ["Id", "Name", "Username", "Email", "IsActive"]
SOURCE_OF = {
    "Organic Search": "Web",
    "Direct Traffic": "Web",
    "Paid Search": "Advertisement",
    "Email Marketing": "Newsletter",
    "Referrals": "Partner Referral",
}


def long_id(prefix: str, number: int) -> str:
    """An 18-character id: 15 characters, and three that keep their case."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    tail = ""
    for _ in range(7):
        number, rest = divmod(number, 62)
        tail = digits[rest] + tail
    short = f"{prefix}5g000{tail}"
    check = ""
    for start in (0, 5, 10):
        part = short[start : start + 5]
        check += LETTERS[sum(1 << place for place, sign in enumerate(part) if sign.isupper())]
    return short + check


def owner_id(name: str) -> str:
    """The id of a user by name."""
    return long_id("005", 4_100_000 + 977 * [owner for owner, _, _ in OWNERS].index(name))


def account_id(firm: Firm) -> str:
    """The id of a firm's account."""
    return long_id("001", 9_000_000 + firm.number * 613)


def contact_id(person: Person) -> str:
    """The id of a person as a contact."""
    return long_id("003", 22_000_000 + person.number * 719)


def lead_id(person: Person) -> str:
    """The id of a person as a lead."""
    return long_id("00Q", 31_000_000 + person.number * 727)


def moment(at: datetime) -> str:
    """A time in UTC as Data Loader writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def fill(world: World) -> None:
    """Lay leads, contacts and users for those whom sales knows."""
    draw = world.draw("salesforce")
    for person in world.people:
        said = world.contact(person)["Lead Status"]  # the two are in step
        if person.stage in {"Opportunity", "Customer"}:
            world.add("salesforce.contacts", contact_row(person), person)
            if draw.random() < 0.25:
                row = lead_row(person, "Open Deal")
                row |= {
                    "IsConverted": "true",
                    "ConvertedContactId": contact_id(person),
                    "ConvertedDate": person.touched.strftime("%Y-%m-%d"),
                }
                world.add("salesforce.leads", row, person)
        elif person.stage == "Sales Qualified Lead" or (
            person.stage == "Marketing Qualified Lead" and draw.random() < 0.5
        ):
            world.add("salesforce.leads", lead_row(person, said), person)
    for name, mailbox, active in OWNERS:
        world.add("salesforce.users", {
            "Id": owner_id(name), "Name": name, "Username": f"{mailbox}@{HOUSE_DOMAIN}",
            "Email": f"{mailbox}@{HOUSE_DOMAIN}", "IsActive": str(active).lower(),
        })  # fmt: skip


def lead_row(person: Person, status: str) -> Row:
    """The person as a lead."""
    return {
        "Id": lead_id(person),
        "FirstName": person.first,
        "LastName": person.last,
        "Email": person.email,
        "Phone": person.phone,
        "MobilePhone": person.mobile,
        "Company": person.firm.name if person.firm else "Private",
        "Title": person.job,
        "Street": person.street,
        "City": person.town.name,
        "State": person.town.state,
        "PostalCode": person.postcode,
        "Country": person.country.name,
        "Industry": person.industry,
        "LeadSource": SOURCE_OF[person.source],
        "Status": status,
        "OwnerId": owner_id(person.owner),
        "HasOptedOutOfEmail": str(person.opted_out).lower(),
        "IsConverted": "false",
        "ConvertedContactId": "",
        "ConvertedDate": "",
        "CreatedDate": moment(person.created + timedelta(minutes=4)),
        "LastModifiedDate": moment(person.touched),
        "LastActivityDate": person.touched.strftime("%Y-%m-%d"),
    }


def contact_row(person: Person) -> Row:
    """The person as a contact."""
    return {
        "Id": contact_id(person),
        "AccountId": account_id(person.firm) if person.firm else "",
        "Account.Name": person.firm.name if person.firm else "",
        "FirstName": person.first,
        "LastName": person.last,
        "Email": person.email,
        "Phone": person.phone,
        "MobilePhone": person.mobile,
        "Title": person.job,
        "MailingStreet": person.street,
        "MailingCity": person.town.name,
        "MailingState": person.town.state,
        "MailingPostalCode": person.postcode,
        "MailingCountry": person.country.name,
        "LeadSource": SOURCE_OF[person.source],
        "OwnerId": owner_id(person.owner),
        "HasOptedOutOfEmail": str(person.opted_out).lower(),
        "CreatedDate": moment(person.created + timedelta(minutes=9)),
        "LastModifiedDate": moment(person.touched),
        "LastActivityDate": person.touched.strftime("%Y-%m-%d"),
    }


def report(world: World) -> str:
    """A report as its button exports it: labels, short ids, local dates, trailer lines."""
    header = ("Lead ID", "First Name", "Last Name", "Email", "Company / Account", "Lead Source",
              "Lead Status", "Lead Owner", "Create Date")  # fmt: skip
    names = {owner_id(name): name for name, _, _ in OWNERS}
    lines = [",".join(f'"{label}"' for label in header)]
    rows = [row for row in world.tables["salesforce.leads"] if row["IsConverted"] == "false"][:400]
    for row in rows:
        created = date.fromisoformat(row["CreatedDate"][:10])
        cells = (row["Id"][:15], row["FirstName"], row["LastName"], row["Email"], row["Company"],
                 row["LeadSource"], row["Status"], names[row["OwnerId"]],
                 created.strftime("%d/%m/%Y"))  # fmt: skip
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    lines += [
        "",
        "",
        '"Open leads by owner"',
        f'"Copyright (c) 2000-{TAKEN_AT.year} salesforce.com, inc. All rights reserved."',
        '"Confidential Information - Do Not Distribute"',
        f'"Generated By:  Clara Weiß  {TAKEN_AT.strftime("%d/%m/%Y %H:%M")}"',
        '"Kaldera"',
        f'"Grand Totals ({len(rows)} records)"',
    ]
    return "\r\n".join(lines) + "\r\n"
