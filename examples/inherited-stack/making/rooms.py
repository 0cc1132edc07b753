"""The webinar and the chat, as Zoom and Slack export them."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from making.people import Person
from making.words import HOUSE_DOMAIN, OWNERS
from making.world import TAKEN_AT, World

TOPIC = "Automation without surprises"
WEBINAR = "917 3302 4418"
STARTED = datetime(2026, 10, 14, 15, 0)  # noqa: DTZ001
ATTENDEE = ("Attended", "User Name (Original Name)", "First Name", "Last Name", "Email",
            "Registration Time", "Approval Status", "Join Time", "Leave Time",
            "Time in Session (minutes)", "Is Guest", "Country/Region Name")  # fmt: skip


def _zoom(at: datetime) -> str:
    return at.strftime("%m/%d/%Y %I:%M:%S %p")


def invite(world: World) -> None:
    """Settle who registered, and whether they came."""
    draw = world.draw("webinar")
    fits = [p for p in world.people if p.mailable and p.email and p.created < STARTED and p.firm]
    chosen = draw.sample(fits, min(len(fits) // 8, 900))
    chosen.sort(key=lambda person: person.number)
    world.guests = [(person, draw.random() < 0.45) for person in chosen]


def settle_status(world: World) -> None:
    """Let HubSpot know who came, as the sync with the webinar tool would."""
    writer = ("INTEGRATION", "178192", "n8n")
    for person, came in world.guests:
        row = world.contact(person)
        row["Webinar status"] = "Attended" if came else "No-show"
        if row["Record ID"] in world.history:
            value = "attended" if came else "no_show"
            world.changed(person, "webinar_status", value, STARTED + timedelta(days=1), writer)


def _table(lines: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(lines)
    return target.getvalue()


def attendees(world: World) -> str:
    """The attendee report: blocks with headers of their own, a row for each time somebody joins."""
    listed = world.guests
    draw = world.draw("joins")
    came = sum(1 for _, attended in listed if attended)
    lines = [
        ["Attendee Report"],
        ["Report Generated:", "Oct 14, 2026 05:26 PM"],
        ["Topic", "Webinar ID", "Actual Start Time", "Actual Duration (minutes)", "# Registered",
         "# Cancelled", "Unique Viewers", "Total Users", "Max Concurrent Views"],
        [TOPIC, WEBINAR, _zoom(STARTED), "58", str(len(listed)), "0", str(came), str(came + 1),
         str(came)],
        ["Host Details"],
        ["Attended", "User Name (Original Name)", "Email", "Join Time", "Leave Time",
         "Time in Session (minutes)", "Is Guest", "Country/Region Name"],
        ["Yes", OWNERS[0][0], f"{OWNERS[0][1]}@{HOUSE_DOMAIN}", _zoom(STARTED),
         _zoom(STARTED + timedelta(minutes=58)), "58", "No", "Germany"],
        ["Attendee Details"],
        list(ATTENDEE),
    ]  # fmt: skip
    for person, attended in listed:
        signed = STARTED - timedelta(minutes=draw.randint(60, 20_000))
        if not attended:
            lines.append(_guest(person, signed, None, 0))
            continue
        start, stay = draw.randint(0, 9), draw.randint(5, 24)
        lines.append(_guest(person, signed, STARTED + timedelta(minutes=start), stay))
        if draw.random() < 0.15:  # fell out and came again
            lines.append(_guest(person, signed, STARTED + timedelta(minutes=start + stay + 2), 20))
    return _table(lines)


def _guest(person: Person, signed: datetime, joined: datetime | None, stay: int) -> list[str]:
    left = joined + timedelta(minutes=stay) if joined else None
    return [
        "Yes" if joined else "No",
        f"{person.first} {person.last}",
        person.first,
        person.last,
        person.email,
        _zoom(signed),
        "approved",
        _zoom(joined) if joined else "--",
        _zoom(left) if left else "--",
        str(stay) if joined else "--",
        "Yes" if joined else "--",
        person.country.name if joined else "--",
    ]


def registrations(world: World) -> str:
    """The registration report of the same webinar."""
    draw = world.draw("signed")
    listed = world.guests
    lines = [
        ["Registration Report"],
        ["Report Generated:", "Oct 14, 2026 05:31 PM"],
        ["Topic", "Webinar ID", "Scheduled Time", "Duration (minutes)", "# Registered",
         "# Cancelled", "# Approved", "# Denied"],
        [TOPIC, WEBINAR, _zoom(STARTED), "60", str(len(listed)), "0", str(len(listed)), "0"],
        ["Attendee Details"],
        ["First Name", "Last Name", "Email", "Registration Time", "Approval Status"],
    ]  # fmt: skip
    for person, _ in listed:
        signed = STARTED - timedelta(minutes=draw.randint(60, 20_000))
        lines.append([person.first, person.last, person.email, _zoom(signed), "approved"])
    return _table(lines)


def slack(world: World) -> dict[str, Any]:
    """A small export of the chat: users, one channel, three days of messages."""
    draw = world.draw("slack")
    users = [
        {"id": f"U0{4000 + n}", "name": mailbox, "deleted": not active,
         "profile": {"real_name": name, "email": f"{mailbox}@{HOUSE_DOMAIN}"}}
        for n, (name, mailbox, active) in enumerate(OWNERS)
    ]  # fmt: skip
    channel = "sales-leads"
    files: dict[str, Any] = {
        "users.json": users,
        "channels.json": [
            {"id": "C0771", "name": channel, "created": 1_672_531_200, "is_archived": False,
             "members": [user["id"] for user in users]}
        ],
        "integration_logs.json": [],
    }  # fmt: skip
    for back in (3, 2, 1):
        day = TAKEN_AT - timedelta(days=back)
        seconds = int((day - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001
        files[f"{channel}/{day:%Y-%m-%d}.json"] = [
            {"type": "message", "subtype": "bot_message", "username": "HubSpot",
             "text": f"New sales qualified lead, &lt;{draw.choice(world.firms).name}&gt;",
             "ts": f"{seconds + 900 * n}.{draw.randint(0, 999_999):06d}"}
            for n in range(4)
        ]  # fmt: skip
    return files
