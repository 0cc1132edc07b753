"""A table of unknown origin: meanings only from header words that say them plainly.

Never surer than LIKELY allows: what a word means in somebody's sheet is a reading, and is said.
"""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Shape

_EMAIL = H(
    "email",
    (
        "E-Mail",
        "Email Address",
        "E-Mail Address",
        "E-Mail-Adresse",
        "email_address",
        "Mail",
        "Mailadresse",
        "Contact Email",
        "Work Email",
        "Business Email",
    ),
    Meaning.EMAIL,
    0.65,
)

_PERSON = (
    _EMAIL,
    H("first_name", ("First Name", "firstname", "Given Name", "Vorname"), Meaning.FIRST_NAME, 0.2),
    H(
        "last_name",
        ("Last Name", "lastname", "Surname", "Family Name", "Nachname"),
        Meaning.LAST_NAME,
        0.2,
    ),
    H("full_name", ("Full Name", "Name", "Contact Name"), Meaning.FULL_NAME, 0.1),
    H(
        "phone",
        ("Phone Number", "Telephone", "Telefon", "Telefonnummer", "phone_number"),
        Meaning.PHONE,
        0.1,
    ),
    H(
        "mobile",
        ("Mobile Phone", "Cell Phone", "Mobil", "Handy", "mobile_phone"),
        Meaning.MOBILE,
        0.1,
    ),
    H(
        "company",
        ("Company Name", "Organization", "Organisation", "Firma", "Unternehmen", "company_name"),
        Meaning.COMPANY_NAME,
        0.1,
    ),
    H("source", ("Lead Source", "Quelle", "lead_source"), Meaning.SOURCE),
    H("consent", ("Opt-in", "optin", "Opt In", "Einwilligung", "Newsletter"), Meaning.CONSENT),
    H(
        "consent_at",
        ("Consent Date", "Opt-in Date", "consent_date", "optin_date"),
        Meaning.CONSENT_AT,
    ),
    H("opted_out", ("Opt-out", "optout", "Unsubscribed", "Abgemeldet"), Meaning.OPTED_OUT),
    H("language", ("Sprache", "Locale"), Meaning.LANGUAGE),
    H("time_zone", ("Time Zone", "timezone", "Zeitzone"), Meaning.TIME_ZONE),
    H("owner", ("Account Owner", "Contact Owner"), Meaning.OWNER),
    H("lifecycle_stage", ("Lifecycle Stage", "lifecyclestage"), Meaning.LIFECYCLE),
    H("score", ("Lead Score", "lead_score"), Meaning.SCORE),
)

_PLACE = (
    H("street", ("Street Address", "Address", "Straße", "Adresse"), Meaning.STREET),
    H("city", ("Town", "Stadt", "Ort"), Meaning.CITY),
    H("state", ("Region", "State/Region", "Bundesland"), Meaning.STATE),
    H("postcode", ("Zip", "Zip Code", "Postal Code", "PLZ", "Postleitzahl"), Meaning.POSTCODE),
    H("country", ("Country/Region", "Land"), Meaning.COUNTRY),
    H("id", ("Contact ID", "Customer ID", "User ID", "contact_id", "customer_id"), Meaning.KEY),
    H(
        "created_at",
        ("Created", "Created Date", "Create Date", "createdate", "Erstellt"),
        Meaning.CREATED_AT,
    ),
    H("updated_at", ("Updated", "Last Modified", "Modified", "Geändert"), Meaning.UPDATED_AT),
)

_COMPANY = (
    H(
        "name",
        ("Company Name", "Company", "Firma", "Unternehmen", "Account Name", "company"),
        Meaning.NAME,
        0.4,
    ),
    H(
        "domain",
        ("Company Domain", "Domain Name", "Website", "company_domain", "url"),
        Meaning.DOMAIN,
        0.4,
    ),
    *_PLACE,
)

SHAPES = (
    Shape(
        "plain-contacts",
        "plain",
        Kind.CONTACT,
        "contact",
        (*_PERSON, *_PLACE),
        (("email",),),
        most=0.75,
        apart=True,
        gives="contacts",
    ),
    Shape(
        "plain-companies",
        "plain",
        Kind.COMPANY,
        "company",
        _COMPANY,
        (("name",), ("domain",)),
        ("email", "e-mail", "email address", "first name", "last name"),
        most=0.7,
        apart=True,
        gives="companies",
    ),
    # Never recognised by itself: only where somebody says so.
    Shape(
        "plain-table",
        "plain",
        Kind.OTHER,
        "row",
        (),
        (("only where it is asked for",),),
        apart=True,
        gives="rows",
    ),
)
