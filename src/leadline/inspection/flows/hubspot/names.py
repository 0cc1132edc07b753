"""HubSpot's numbers and their names: objects, associations, events; fields by these names.

From HubSpot's own pages and, for part of the events, from what third parties saw in accounts.
A number that is not here keeps its number.
"""

from __future__ import annotations

from functools import lru_cache

from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.flows.document import Map, text

SYSTEM = "hubspot"

OBJECTS = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
    "0-5": "ticket",
    "0-7": "product",
    "0-8": "line_item",
    "0-11": "conversation",
    "0-14": "quote",
    "0-18": "communication",
    "0-27": "task",
    "0-46": "note",
    "0-47": "meeting",
    "0-48": "call",
    "0-49": "email",
    "0-53": "invoice",
    "0-69": "subscription",
    "0-101": "payment",
    "0-123": "order",
    "0-136": "lead",
    "0-142": "cart",
}
WORDS = {"contact", "company", "deal", "ticket", "lead", "quote", "product"}
# The object at the far end of an association of HubSpot's own, by its type id.
FAR_ENDS = {
    "1": "company",
    "2": "contact",
    "3": "contact",
    "4": "deal",
    "5": "company",
    "6": "deal",
    "15": "contact",
    "16": "ticket",
    "192": "task",
    "204": "task",
    "279": "company",
    "280": "contact",
    "341": "company",
    "342": "deal",
}
PROPERTY_CHANGED = "4-655002"
FORM_SUBMITTED = "4-1639801"
EVENTS = {
    FORM_SUBMITTED: "form submitted",
    "4-1639797": "form viewed",
    "4-1639799": "form interaction",
    "4-666440": "email opened",
    "4-666288": "email link clicked",
    "4-665538": "email replied to",
    "4-665536": "email delivered",
    "4-666439": "email bounced",
    "4-1553675": "ad interaction",
    "4-68559": "event registration",
    "4-69072": "event registration cancelled",
    "4-1733817": "call started",
    "4-1741072": "call ended",
    "4-1722276": "SMS link clicked",
    "4-1555804": "call to action viewed",
    "4-1555805": "call to action clicked",
    "4-675783": "media played",
    "4-1463224": "object created",
    PROPERTY_CHANGED: "property changed",
}


def object_named(type_id: object) -> str:
    """The object's word for HubSpot's type id or own word; what is not known stays as it is."""
    found = text(type_id).strip()
    known = OBJECTS.get(found)
    if known is not None:
        return known
    word = found.lower()
    return word if word in WORDS else found


def far_end(association: Map) -> str:
    """The object that an association leads to; empty where that is not known.

    Associations of an account's own count from 1 as well: only HubSpot's have these numbers.
    """
    named = object_named(association.get("objectTypeId") or association.get("toObjectTypeId"))
    own = text(association.get("associationCategory")) not in {"", "HUBSPOT_DEFINED"}
    return named or ("" if own else FAR_ENDS.get(text(association.get("associationTypeId")), ""))


@lru_cache(maxsize=50_000)
def field(object_name: str, name: str) -> FieldRef:
    """A property of an object."""
    return FieldRef(SYSTEM, object_name, name)
