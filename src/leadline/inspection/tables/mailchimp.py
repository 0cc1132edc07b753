"""Mailchimp's audience export: four files, whose status stands in the file's name only."""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_STATUSES = (
    (r"(?:^|[/!_-])sms_only", "sms only"),
    (r"(?:^|[/!_-])unsubscribed", "unsubscribed"),
    (r"(?:^|[/!_-])non-?subscribed", "nonsubscribed"),
    (r"(?:^|[/!_-])cleaned", "cleaned"),
    (r"(?:^|[/!_-])subscribed", "subscribed"),
)

_HEADINGS = (
    H("Email Address", ("EMAIL", "E-Mail-Adresse"), Meaning.EMAIL, 0.2),
    H("First Name", ("FNAME", "Vorname"), Meaning.FIRST_NAME),
    H("Last Name", ("LNAME", "Nachname"), Meaning.LAST_NAME),
    H("Phone Number", ("PHONE", "Phone", "Telefonnummer"), Meaning.PHONE),
    H("Company", ("COMPANY", "Company Name", "Unternehmen"), Meaning.COMPANY_NAME),
    H("Address", ("ADDRESS", "Adresse"), Meaning.STREET),
    H("Birthday", ("BIRTHDAY",)),
    H("MEMBER_RATING", (), weight=0.6),
    H("OPTIN_TIME", (), weight=0.4),
    H("OPTIN_IP", (), weight=0.4),
    H("CONFIRM_TIME", (), Meaning.CONSENT_AT, 0.4),
    H("CONFIRM_IP", (), weight=0.4),
    H("LATITUDE", (), weight=0.05),
    H("LONGITUDE", (), weight=0.05),
    H("GMTOFF", (), weight=0.3),
    H("DSTOFF", (), weight=0.3),
    H("TIMEZONE", (), Meaning.TIME_ZONE, 0.05),
    H("CC", (), Meaning.COUNTRY, 0.1),
    H("REGION", (), Meaning.STATE, 0.05),
    H("LAST_CHANGED", (), Meaning.UPDATED_AT, 0.3),
    H("LEID", (), weight=0.6),
    H("EUID", (), Meaning.KEY, 0.6),
    H("NOTES", (), weight=0.02),
    H("TAGS", (), weight=0.05),
    H("UNSUB_TIME", (), Meaning.OPTED_OUT_AT, 0.6),
    H("UNSUB_CAMPAIGN_TITLE", (), weight=0.5),
    H("UNSUB_CAMPAIGN_ID", (), weight=0.5),
    H("UNSUB_REASON", (), Meaning.REASON, 0.5),
    H("UNSUB_REASON_OTHER", (), weight=0.5),
    H("CLEAN_TIME", (), weight=0.6),
    H("CLEAN_CAMPAIGN_TITLE", (), weight=0.5),
    H("CLEAN_CAMPAIGN_ID", (), weight=0.5),
)

SHAPES = (
    Shape(
        "mailchimp-audience",
        "mailchimp",
        Kind.CONTACT,
        "member",
        _HEADINGS,
        (("Email Address",), ("MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID", "LAST_CHANGED")),
        (),
        Hint(r"audience_export|members_export|mailchimp", 0.6),
        statuses=_STATUSES,
        status_columns=(("UNSUB_TIME", "unsubscribed"), ("CLEAN_TIME", "cleaned")),
        gives="members",
    ),
)
