"""Mailchimp: the audience export, four files whose status stands in their names; audiences."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content, Recognition
from leadline.inspection.tables.answer import (
    Answers,
    AnswerTable,
    mapping,
    objects,
    share,
    tabulate,
)
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
    Shape(
        "mailchimp-audiences",
        "mailchimp",
        Kind.LIST,
        "audience",
        (
            H("id", (), Meaning.KEY),
            H("name", (), Meaning.NAME),
            H("member_count", (), Meaning.MEMBERS, 0.4),
            H("web_id", (), weight=0.2),
        ),
        (("id",), ("member_count",), ("web_id",)),
        keeps_names=True,
        gives="audiences",
    ),
)


def recognise(document: object, path: str) -> Recognition | None:
    """Tell the answer of /3.0/lists: audiences with their figures."""
    del path
    found = objects(mapping(document).get("lists"))
    if share(found, "id", "name", "stats") <= 0.5:
        return None
    said = f"{len(found):,} audiences with stats"
    return Recognition("mailchimp-audiences", "mailchimp", Content.TABLE, 0.95, (said,))


def tables(document: object, path: str, recognition: Recognition) -> tuple[AnswerTable, ...]:
    """One row an audience; ``member_count`` are those that may be mailed."""
    del path
    found = map(_audience, objects(mapping(document).get("lists")))
    return (tabulate(recognition.shape, found, ("id", "web_id", "name", "member_count")),)


def _audience(record: Mapping[str, object]) -> Mapping[str, object]:
    counts = mapping(record.get("stats"))
    told = ("member_count", "unsubscribe_count", "cleaned_count")
    own = {key: record.get(key) for key in ("id", "web_id", "name", "date_created")}
    return {**own, **{key: counts.get(key) for key in told}}


ANSWERS = Answers(("mailchimp-audiences",), recognise, tables)
