"""The sixteen checks that every peer makes; the same words and values for all of them."""

from __future__ import annotations

from zoneinfo import available_timezones

EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
POSTCODE = r"^[0-9]{5}$"
DATE = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
PRESENT = ("email", "first_name", "company", "owner")
UNIQUE = ("contact_id", "email")
PATTERNS = {"email": EMAIL, "postcode": POSTCODE, "created_at": DATE, "updated_at": DATE}
SCORE = ("lead_score", 0, 100)
ONE_OF = {
    "country": ["DE", "AT", "CH", "FR", "GB", "US", "NL", "ES", "IT", "PL"],
    "lifecycle_stage": [
        "subscriber",
        "lead",
        "marketingqualifiedlead",
        "opportunity",
        "customer",
    ],
    "language": ["de", "fr", "en", "nl", "es", "it", "pl"],
    "opted_out": ["true", "false"],
    "time_zone": sorted(available_timezones()),
}
COLUMNS = [
    "contact_id",
    "email",
    "first_name",
    "last_name",
    "phone",
    "mobile",
    "company",
    "domain",
    "job_title",
    "street",
    "city",
    "state",
    "postcode",
    "country",
    "language",
    "time_zone",
    "owner",
    "lifecycle_stage",
    "lead_status",
    "lead_score",
    "source",
    "created_at",
    "updated_at",
    "opted_out",
    "marketing_status",
]
