"""Typeform's responses: the headers are the questions, so only the frame around them is known."""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_HEADINGS = (
    H("response", ("#",), Meaning.KEY, 0.3),
    H(
        "email",
        ("Email", "Email address", "What is your email address?", "Your email"),
        Meaning.EMAIL,
    ),
    H("first_name", ("First name",), Meaning.FIRST_NAME),
    H("last_name", ("Last name",), Meaning.LAST_NAME),
    H("phone_number", ("Phone number",), Meaning.PHONE),
    H("company", ("Company",), Meaning.COMPANY_NAME),
    H("response_type", ("Response Type",), weight=0.4),
    H("start_date_utc", ("Start Date (UTC)",), weight=0.5),
    H("stage_date_utc", ("Stage Date (UTC)",), weight=0.5),
    H("submit_date_utc", ("Submit Date (UTC)",), Meaning.AT, 0.6),
    H("network_id", ("Network ID",), weight=0.4),
    H("tags", ("Tags",)),
)

SHAPES = (
    Shape(
        "typeform-responses",
        "typeform",
        Kind.REGISTRATION,
        "response",
        _HEADINGS,
        (("submit_date_utc",), ("response", "network_id", "start_date_utc")),
        (),
        Hint(r"typeform|responses", 0.3),
        apart=True,
        gives="responses",
    ),
)
