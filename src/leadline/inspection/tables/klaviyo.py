"""Klaviyo's export of profiles: consent and suppression are two columns, and differ."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content, Recognition
from leadline.inspection.tables.answer import Answers, AnswerTable, mapping, objects, tabulate
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_HEADINGS = (
    H("Email", (), Meaning.EMAIL),
    H("Klaviyo ID", ("id",), Meaning.KEY, 0.7),
    H("First Name", ("first_name",), Meaning.FIRST_NAME),
    H("Last Name", ("last_name",), Meaning.LAST_NAME),
    H("Organization", ("organization",), Meaning.COMPANY_NAME, 0.1),
    H("Title", ("title",)),
    H("Phone Number", ("phone_number",), Meaning.PHONE),
    H("Address", ("Address 1", "address1"), Meaning.STREET),
    H("City", (), Meaning.CITY),
    H("State / Region", ("State", "region"), Meaning.STATE, 0.05),
    H("Zip Code", ("zip",), Meaning.POSTCODE),
    H("Country", (), Meaning.COUNTRY),
    H("Source", ("$source", "Initial Source"), Meaning.SOURCE),
    H("Locale", ("Language",), Meaning.LANGUAGE),
    H("Timezone", ("Time Zone",), Meaning.TIME_ZONE),
    H("Email Marketing Consent", (), Meaning.CONSENT, 0.6),
    H("Email Marketing Consent Timestamp", ("Email Consent Timestamp",), Meaning.CONSENT_AT, 0.6),
    H("Email Marketing Consent Method", ("Email Consent Method",), Meaning.CONSENT_SOURCE, 0.4),
    H("SMS Marketing Consent", (), weight=0.5),
    H("SMS Marketing Consent Timestamp", (), weight=0.5),
    H("Email Suppressions", ("Email Suppression",), Meaning.OPTED_OUT, 0.6),
    H("First Active", (), weight=0.3),
    H("Last Active", (), Meaning.LAST_ACTIVITY_AT, 0.3),
    H("Profile Created On", ("created",), Meaning.CREATED_AT, 0.4),
    H("Date Added", (), weight=0.2),
    H("updated", (), Meaning.UPDATED_AT),
    H("Last Open", (), weight=0.2),
    H("Last Click", (), weight=0.2),
    H("Address 2"),
    H("Latitude"),
    H("Longitude"),
    H("IP Address"),
    H("Historic Customer Lifetime Value", (), weight=0.3),
    H("Total Customer Lifetime Value", (), weight=0.3),
    H("Predicted Customer Lifetime Value", (), weight=0.3),
    H("Average Order Value", (), weight=0.1),
    H("Historic Number Of Orders", (), weight=0.3),
    H("Average Days Between Orders", (), weight=0.2),
)

SHAPES = (
    Shape(
        "klaviyo-profiles",
        "klaviyo",
        Kind.CONTACT,
        "profile",
        _HEADINGS,
        (
            ("Email",),
            ("Klaviyo ID", "Email Marketing Consent", "Email Suppressions", "Profile Created On"),
        ),
        (),
        Hint(r"klaviyo", 0.5),
        gives="profiles",
    ),
    Shape(
        "klaviyo-lists",
        "klaviyo",
        Kind.LIST,
        "list",
        (
            H("id", (), Meaning.KEY),
            H("name", (), Meaning.NAME),
            H("profile_count", (), Meaning.MEMBERS, 0.5),
        ),
        (("id",), ("name",), ("profile_count",)),
        keeps_names=True,
        gives="lists and segments",
    ),
)


def recognise(document: object, path: str) -> Recognition | None:
    """Tell an answer of /api/profiles, /lists or /segments by the type that records state."""
    records = objects(mapping(document).get("data"))
    types = {record.get("type") for record in records}
    if types and types <= {"list", "segment"}:
        told = f"{len(records):,} records of type {' and '.join(sorted(map(str, types)))}"
        return Recognition("klaviyo-lists", "klaviyo", Content.TABLE, 0.9, (told,))
    if types != {"profile"}:
        return None
    said = f"{len(records):,} records of type profile"
    return Recognition("klaviyo-profiles", "klaviyo", Content.TABLE, 0.95, (said,))


def tables(
    document: object,
    path: str,
    recognition: Recognition,
) -> tuple[AnswerTable, ...]:
    """Profiles as the CSV export has them: consent of e-mail marketing in columns of its own."""
    records = objects(mapping(document).get("data"))
    if recognition.shape == "klaviyo-lists":
        first = ("id", "name", "profile_count")
        return (tabulate(recognition.shape, map(_list, records), first),)
    return (tabulate(recognition.shape, map(_profile, records), ("Klaviyo ID", "email")),)


def _list(record: Mapping[str, object]) -> Mapping[str, object]:
    return {"id": record.get("id"), **mapping(record.get("attributes"))}


def _profile(record: Mapping[str, object]) -> Mapping[str, object]:
    attributes = dict(mapping(record.get("attributes")))
    subscriptions = mapping(attributes.pop("subscriptions", None))
    own = mapping(attributes.pop("properties", None))
    place = mapping(attributes.pop("location", None))
    marketing = mapping(mapping(subscriptions.get("email")).get("marketing"))
    return {
        "Klaviyo ID": record.get("id"),
        **attributes,
        **place,
        "Email Marketing Consent": marketing.get("consent"),
        "Email Marketing Consent Timestamp": marketing.get("consent_timestamp"),
        "Email Marketing Consent Method": marketing.get("method"),
        "Email Suppressions": marketing.get("suppression") or marketing.get("suppressions") or None,
        **own,
    }


ANSWERS = Answers(("klaviyo-profiles", "klaviyo-lists"), recognise, tables)
