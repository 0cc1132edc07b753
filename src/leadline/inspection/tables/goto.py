"""GoTo Webinar's attendee report: blocks with headers of their own, then "Session Details".

No real file was at hand: the names follow the vendor's support pages and are matched loosely.
"""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Sections, Shape

SECTIONS = Sections(
    begins=("generated", "general information", "attendee report generated"),
    wanted=("session details", "attendee details", "unattended", "registrant details"),
    others=("general information", "panelist details", "staff details", "session staff details"),
    facts=(
        ("webinar name", "topic"),
        ("webinar id", "webinar_id"),
        ("actual start date/time", "actual_start_time"),
        ("scheduled start date/time", "scheduled_time"),
    ),
)

_HEADINGS = (
    H("email", ("Email Address", "Email"), Meaning.EMAIL),
    H("first_name", ("First Name",), Meaning.FIRST_NAME),
    H("last_name", ("Last Name",), Meaning.LAST_NAME),
    H("attended", ("Attended", "Attendance"), Meaning.ATTENDED, 0.2),
    H("interest_rating", ("Interest Rating", "Attendee Interest Rating"), Meaning.SCORE, 0.7),
    H(
        "registration_time",
        ("Registration Date / Time", "Registration Date/Time", "Registration Date"),
        Meaning.AT,
        0.5,
    ),
    H("join_time", ("Join Time", "Join Date/Time"), weight=0.2),
    H("leave_time", ("Leave Time", "Leave Date/Time"), weight=0.2),
    H(
        "time_in_session",
        ("Time in Session", "Time in Session (minutes)", "In Session Duration*"),
        weight=0.3,
    ),
    H("attentiveness", ("Attentiveness", "Attentiveness Score"), weight=0.4),
    H("unsubscribed", ("Unsubscribed",), Meaning.OPTED_OUT, 0.2),
    H("registrant_key", ("Registrant Key",), weight=0.4),
    H("phone", ("Phone", "Phone Number"), Meaning.PHONE),
    H("company", ("Organization", "Company"), Meaning.COMPANY_NAME),
    H("job_title", ("Job Title",)),
    H("city", ("City",), Meaning.CITY),
    H("state", ("State/Province", "State"), Meaning.STATE),
    H("postcode", ("Zip/Postal Code", "Zip Code"), Meaning.POSTCODE),
    H("country", ("Country",), Meaning.COUNTRY),
    H("source", ("Source",), Meaning.SOURCE),
    H("topic", (), Meaning.TOPIC),
    H("webinar_id", ()),
    H("actual_start_time", ()),
    H("scheduled_time", ()),
)

SHAPES = (
    Shape(
        "goto-attendees",
        "goto",
        Kind.REGISTRATION,
        "attendee",
        _HEADINGS,
        (("email",), ("interest_rating", "registration_time", "attentiveness", "registrant_key")),
        ("approval_status", "Approval Status", "User Name (Original Name)"),
        Hint(r"goto|attendee", 0.3),
        sections=SECTIONS,
        gives="registrations",
    ),
)
