"""Calendly's export of events: one row a booking; a rescheduled one is there twice."""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_HEADINGS = (
    H("user_name", ("User Name",), weight=0.1),
    H("user_email", ("User Email",), Meaning.OWNER, 0.1),
    H("team", ("Team",)),
    H("invitee_name", ("Invitee Name",), Meaning.FULL_NAME, 0.4),
    H("invitee_first_name", ("Invitee First Name",), Meaning.FIRST_NAME, 0.4),
    H("invitee_last_name", ("Invitee Last Name",), Meaning.LAST_NAME, 0.4),
    H("invitee_email", ("Invitee Email",), Meaning.EMAIL, 0.5),
    H("invitee_time_zone", ("Invitee Time Zone",), Meaning.TIME_ZONE, 0.5),
    H(
        "invitee_accepted_marketing_emails",
        ("Invitee accepted marketing emails",),
        Meaning.CONSENT,
        0.5,
    ),
    H("text_reminder_number", ("Text Reminder Number",), Meaning.MOBILE, 0.4),
    H("event_type_name", ("Event Type Name",), Meaning.TOPIC, 0.4),
    H("start_date_time", ("Start Date & Time",), weight=0.3),
    H("end_date_time", ("End Date & Time",), weight=0.3),
    H("event_created_date_time", ("Event Created Date & Time",), Meaning.AT, 0.4),
    H("canceled", ("Canceled",), weight=0.2),
    H("cancellation_reason", ("Cancellation reason",), Meaning.REASON, 0.2),
    H("utm_source", ("UTM Source",), Meaning.SOURCE, 0.05),
    H("utm_campaign", ("UTM Campaign",)),
    H("utm_medium", ("UTM Medium",)),
    H("marked_as_no_show", ("Marked as No-Show",), weight=0.3),
)

SHAPES = (
    Shape(
        "calendly-events",
        "calendly",
        Kind.REGISTRATION,
        "booking",
        _HEADINGS,
        (("invitee_email",), ("event_type_name", "start_date_time", "event_created_date_time")),
        (),
        Hint(r"calendly", 0.4),
        gives="bookings",
    ),
)
