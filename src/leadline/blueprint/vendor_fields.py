"""What a vendor's own fields hold, as far as the project's checks need it.

Only fields that the vendor defines itself are here: what an account adds, the project must say.
Read on 24 November 2026 in HubSpot's contacts guide and changelog (copies of public pages).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leadline.expression.types import Kind


@dataclass(frozen=True, slots=True)
class VendorField:
    """The vendor's type, the options of a choice, and whether only the vendor writes it."""

    type: str
    options: tuple[str, ...] = ()
    read_only: bool = False


_TEXT = VendorField("string")
_HUBSPOT_TEXTS = (
    "email", "firstname", "lastname", "company", "jobtitle", "city", "country", "website", "zip",
    "phone",
)  # fmt: skip
_HUBSPOT_STAGES = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity",
    "customer", "evangelist", "other",
)  # fmt: skip
_HUBSPOT_STATUSES = (
    "NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "ATTEMPTED_TO_CONTACT", "CONNECTED",
    "BAD_TIMING",
)  # fmt: skip

CONTACT_FIELDS: Mapping[str, Mapping[str, VendorField]] = MappingProxyType(
    {
        "hubspot": MappingProxyType(
            {
                **dict.fromkeys(_HUBSPOT_TEXTS, _TEXT),
                "lifecyclestage": VendorField("enumeration", _HUBSPOT_STAGES),
                "hs_lead_status": VendorField("enumeration", _HUBSPOT_STATUSES),
                "numberofemployees": VendorField("number"),
                "hs_object_id": VendorField("number", read_only=True),
                "createdate": VendorField("datetime", read_only=True),
                "lastmodifieddate": VendorField("datetime", read_only=True),
                "hs_email_optout": VendorField("bool", read_only=True),
            }
        )
    }
)

HOLDS: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        "string": frozenset({Kind.TEXT, Kind.EMAIL, Kind.CHOICE}),
        "enumeration": frozenset({Kind.TEXT, Kind.CHOICE}),
        "number": frozenset({Kind.NUMBER}),
        "bool": frozenset({Kind.FLAG}),
        "datetime": frozenset({Kind.TIME}),
        "date": frozenset({Kind.DATE}),
    }
)
"""Which types of ours a vendor's type can hold."""


def vendor_field(kind: str, name: str) -> VendorField | None:
    """The vendor's own contact field of that name, None where the vendor defines none."""
    return CONTACT_FIELDS.get(kind, {}).get(name)
