"""Zoom's reports of webinars: attendees (one row a join, hosts in a block of their own), and
registrations."""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Sections, Shape

SECTIONS = Sections(
    begins=("attendee report", "registration report", "registrant report"),
    wanted=("attendee details", "registrant details", "registrants details"),
    others=("host details", "panelist details", "other attended", "poll details", "q&a details"),
    facts=(
        ("topic", "topic"),
        ("webinar id", "webinar_id"),
        ("meeting id", "webinar_id"),
        ("actual start time", "actual_start_time"),
        ("scheduled time", "scheduled_time"),
        ("start time", "actual_start_time"),
    ),
)

_PERSON = (
    H("email", ("Email", "Email Address", "User Email", "E-Mail"), Meaning.EMAIL),
    H("first_name", ("First Name", "Vorname"), Meaning.FIRST_NAME),
    H("last_name", ("Last Name", "Nachname"), Meaning.LAST_NAME),
    H("user_name", ("User Name (Original Name)", "Name (Original Name)"), Meaning.FULL_NAME, 0.6),
    H("phone", ("Phone",), Meaning.PHONE),
    H("organization", ("Organization", "Company"), Meaning.COMPANY_NAME),
    H("city", ("City",), Meaning.CITY),
    H("state", ("State/Province", "State"), Meaning.STATE),
    H("postcode", ("Zip/Postal Code",), Meaning.POSTCODE),
    H("country", ("Country/Region", "Country/Region Name", "Country"), Meaning.COUNTRY),
    H("registration_time", ("Registration Time",), Meaning.AT, 0.4),
    H("approval_status", ("Approval Status",), weight=0.5),
    H("source_name", ("Source Name", "Registration Source"), Meaning.SOURCE, 0.2),
    H("topic", (), Meaning.TOPIC),
    H("webinar_id", ("Webinar ID",), weight=0.1),
    H("actual_start_time", ()),
    H("scheduled_time", ()),
)

_JOIN = (
    H("attended", ("Attended",), Meaning.ATTENDED, 0.4),
    H("join_time", ("Join Time",), weight=0.3),
    H("leave_time", ("Leave Time",), weight=0.3),
    H("time_in_session", ("Time in Session (minutes)",), weight=0.4),
    H("is_guest", ("Is Guest",), weight=0.3),
)

SHAPES = (
    Shape(
        "zoom-attendees",
        "zoom",
        Kind.REGISTRATION,
        "attendee",
        (*_PERSON, *_JOIN),
        (("email",), ("attended", "join_time", "time_in_session")),
        ("interest_rating", "Interest Rating"),
        Hint(r"attendee|zoom", 0.3),
        sections=SECTIONS,
        gives="joins of attendees",
    ),
    Shape(
        "zoom-registrations",
        "zoom",
        Kind.REGISTRATION,
        "registrant",
        _PERSON,
        (("email",), ("registration_time", "approval_status")),
        ("Join Time", "Attended", "Interest Rating", "Registration Date"),
        Hint(r"registra|zoom", 0.3),
        sections=SECTIONS,
        gives="registrations",
    ),
)
