"""Google Contacts, in the newer form of its CSV and in the older one."""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_HEADINGS = (
    H("first_name", ("First Name", "Given Name"), Meaning.FIRST_NAME, 0.02),
    H("last_name", ("Last Name", "Family Name"), Meaning.LAST_NAME, 0.02),
    H("name", ("Name",), Meaning.FULL_NAME),
    H("email_1", ("E-mail 1 - Value",), Meaning.EMAIL, 0.6),
    H("email_1_label", ("E-mail 1 - Label", "E-mail 1 - Type"), weight=0.5),
    H("phone_1", ("Phone 1 - Value",), Meaning.PHONE, 0.4),
    H("phone_2", ("Phone 2 - Value",), Meaning.OTHER, 0.2),
    H(
        "organization_name",
        ("Organization Name", "Organization 1 - Name"),
        Meaning.COMPANY_NAME,
        0.2,
    ),
    H("labels", ("Labels", "Group Membership"), weight=0.3),
    H("file_as", ("File As",), weight=0.3),
    H("phonetic_first_name", ("Phonetic First Name", "Given Name Yomi"), weight=0.3),
    H("yomi_name", ("Yomi Name",), weight=0.4),
    H("street", ("Address 1 - Street",), Meaning.STREET, 0.2),
    H("city", ("Address 1 - City",), Meaning.CITY, 0.2),
    H("state", ("Address 1 - Region",), Meaning.STATE, 0.2),
    H("postcode", ("Address 1 - Postal Code",), Meaning.POSTCODE, 0.2),
    H("country", ("Address 1 - Country",), Meaning.COUNTRY, 0.2),
)

SHAPES = (
    Shape(
        "google-contacts",
        "google",
        Kind.CONTACT,
        "contact",
        _HEADINGS,
        (("email_1", "phone_1"), ("labels", "email_1_label", "file_as")),
        (),
        Hint(r"google", 0.3),
        gives="contacts",
    ),
)
