"""Mailchimp's audience by status, and SendGrid's suppressions, as they should be."""

from __future__ import annotations

from calendar import timegm
from datetime import datetime, timedelta

from making.people import Person
from making.world import Row, World

MEMBER_COLUMNS = [
    "Email Address",
    "First Name",
    "Last Name",
    "MEMBER_RATING",
    "OPTIN_TIME",
    "OPTIN_IP",
    "CONFIRM_TIME",
    "CONFIRM_IP",
    "LATITUDE",
    "LONGITUDE",
    "GMTOFF",
    "DSTOFF",
    "TIMEZONE",
    "CC",
    "REGION",
    "LAST_CHANGED",
    "LEID",
    "EUID",
    "NOTES",
    "TAGS",
]
UNSUBSCRIBED_COLUMNS = [
    *MEMBER_COLUMNS,
    "UNSUB_TIME",
    "UNSUB_CAMPAIGN_TITLE",
    "UNSUB_CAMPAIGN_ID",
    "UNSUB_REASON",
    "UNSUB_REASON_OTHER",
]
CLEANED_COLUMNS = [*MEMBER_COLUMNS, "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID"]
STATUSES = ("subscribed", "unsubscribed", "cleaned", "nonsubscribed")
COLUMNS = {
    "subscribed": MEMBER_COLUMNS,
    "unsubscribed": UNSUBSCRIBED_COLUMNS,
    "cleaned": CLEANED_COLUMNS,
    "nonsubscribed": MEMBER_COLUMNS,
}
SUPPRESSIONS = {
    "bounces": ("status", "reason", "email", "created"),
    "spam_reports": ("ip", "email", "created"),
    "unsubscribes": ("email", "created"),
}


def moment(at: datetime) -> str:
    """A time as Mailchimp exports it (UTC)."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def status_of(person: Person) -> str | None:
    """The file in which a person stands, or None for those whom the mail tool never got."""
    if person.opted_out:
        return "unsubscribed"
    if person.bounced:
        return "cleaned"
    if person.marketing:
        return "subscribed"
    return "nonsubscribed" if person.email and person.number % 9 == 0 else None


def fill_mailchimp(world: World) -> None:
    """Lay the audience: everybody whom marketing may write to, and those who left."""
    for status in STATUSES:
        world.tables[f"mailchimp.{status}"] = []
    for person in world.people:
        status = status_of(person)
        if status is not None:
            world.add(f"mailchimp.{status}", member(world, person, status), person)


def member(world: World, person: Person, status: str) -> Row:
    """The person as a member of the audience."""
    draw = world.draw(f"member/{person.number}")
    asked = person.created + timedelta(minutes=1)
    confirmed = person.created + timedelta(minutes=1 + draw.randint(1, 300))
    consented = status != "nonsubscribed"
    row = {
        "Email Address": person.email,
        "First Name": person.first,
        "Last Name": person.last,
        "MEMBER_RATING": str(draw.randint(2, 5)),
        "OPTIN_TIME": moment(asked) if consented else "",
        "OPTIN_IP": _address(draw.randint(1, 254)) if consented else "",
        "CONFIRM_TIME": moment(confirmed) if consented else "",
        "CONFIRM_IP": _address(draw.randint(1, 254)) if consented else "",
        "LATITUDE": "",
        "LONGITUDE": "",
        "GMTOFF": "",
        "DSTOFF": "",
        "TIMEZONE": person.country.zone,
        "CC": person.country.code,
        "REGION": "",
        "LAST_CHANGED": moment(person.touched),
        "LEID": str(410_000 + person.number),
        "EUID": f"{0xA0000000 + person.number * 2654435 % 0x5FFFFFFF:010x}",
        "NOTES": "",
        "TAGS": '"newsletter"' if draw.random() < 0.7 else '"newsletter","webinar"',
    }
    if status == "unsubscribed":
        row |= {
            "UNSUB_TIME": moment(person.touched),
            "UNSUB_CAMPAIGN_TITLE": "Monthly letter",
            "UNSUB_CAMPAIGN_ID": "8f1c02ab44",
            "UNSUB_REASON": "NORMAL",
            "UNSUB_REASON_OTHER": "",
        }
    if status == "cleaned":
        row |= {
            "CLEAN_TIME": moment(person.touched),
            "CLEAN_CAMPAIGN_TITLE": "Monthly letter",
            "CLEAN_CAMPAIGN_ID": "8f1c02ab44",
        }
    return row


def _address(last: int) -> str:
    return f"203.0.113.{last}"  # kept for documentation


def fill_sendgrid(world: World) -> None:
    """Lay the suppressions: some of those who bounced, complained or left."""
    for person in world.people:
        if person.bounced:
            suppress(world, person, "bounces")
        elif person.opted_out and person.number % 3 == 0:
            suppress(world, person, "unsubscribes")
        elif person.opted_out and person.number % 11 == 1:
            suppress(world, person, "spam_reports")
    for kind in SUPPRESSIONS:
        world.tables.setdefault(f"sendgrid.{kind}", [])


def suppress(world: World, person: Person, kind: str) -> None:
    """Write the person into one of the suppression lists."""
    row = {"email": person.email, "created": str(timegm(person.touched.timetuple()))}
    if kind == "bounces":
        reason = "550 5.1.1 The email account that you tried to reach does not exist, sorry"
        row |= {"status": "5.1.1", "reason": reason}
    if kind == "spam_reports":
        row |= {"ip": "198.51.100.9"}
    world.add(f"sendgrid.{kind}", row, person)
