"""The properties of a contact, and what HubSpot takes as a value of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from leadline.sandbox.hubspot.answers import Refused, Wrong, invalid

LIFECYCLE_STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)
LEAD_STATUSES = (
    "NEW",
    "OPEN",
    "IN_PROGRESS",
    "OPEN_DEAL",
    "UNQUALIFIED",
    "ATTEMPTED_TO_CONTACT",
    "CONNECTED",
    "BAD_TIMING",
)
MAX_UNIQUE_PROPERTIES = 10
MAX_TEXT = 65_536
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[A-Za-z0-9-]{2,}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
TYPES = ("string", "number", "date", "datetime", "enumeration", "bool", "phone_number")
FIELD_TYPES = (
    "text",
    "textarea",
    "select",
    "radio",
    "checkbox",
    "booleancheckbox",
    "number",
    "date",
    "file",
    "phonenumber",
    "html",
    "calculation_equation",
)


@dataclass(frozen=True, slots=True)
class Property:
    """The definition of one property."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: tuple[str, ...] = ()
    unique: bool = False
    read_only: bool = False
    own: bool = True
    """Defined by HubSpot, not by the account."""

    def as_json(self) -> dict[str, JsonValue]:
        """As the properties API answers."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": "",
            "groupName": "contactinformation",
            "options": [
                {"label": o, "value": o, "displayOrder": i, "hidden": False}
                for i, o in enumerate(self.options)
            ],
            "displayOrder": -1,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "formField": True,
            "calculated": False,
            "externalOptions": False,
            "archived": False,
            "hubspotDefined": self.own,
            "modificationMetadata": {
                "archivable": not self.own,
                "readOnlyDefinition": self.own,
                "readOnlyValue": self.read_only,
            },
        }


def hubspot_defined() -> dict[str, Property]:
    """The contact properties of a new account that matter to marketing."""
    texts = {
        "firstname": "First Name",
        "lastname": "Last Name",
        "company": "Company Name",
        "jobtitle": "Job Title",
        "city": "City",
        "country": "Country/Region",
        "website": "Website URL",
        "zip": "Postal Code",
        "hs_language": "Preferred language",
        "hubspot_owner_id": "Contact owner",
    }
    found = [
        Property("email", "Email", unique=True),
        *(Property(name, label) for name, label in texts.items()),
        Property("phone", "Phone Number", "string", "phonenumber"),
        Property("numberofemployees", "Number of Employees", "number", "number"),
        Property("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", LIFECYCLE_STAGES),
        Property("hs_lead_status", "Lead Status", "enumeration", "radio", LEAD_STATUSES),
        Property("hs_additional_emails", "Additional email addresses", read_only=True),
        Property("hs_object_id", "Record ID", "number", "number", read_only=True),
        Property("createdate", "Create Date", "datetime", "date", read_only=True),
        Property("lastmodifieddate", "Last Modified Date", "datetime", "date", read_only=True),
        Property(
            "hs_email_optout",
            "Unsubscribed from all email",
            "bool",
            "booleancheckbox",
            ("true", "false"),
            read_only=True,
        ),
    ]
    return {p.name: p for p in found}


def value_problem(name: str, definition: Property | None, value: str) -> Wrong | None:
    """Why HubSpot refuses this value; None when it takes it. ``""`` clears and is always taken."""
    if definition is None:
        message = f'Property "{name}" does not exist'
        return invalid(message, "PROPERTY_DOESNT_EXIST", propertyName=name)
    if definition.read_only:
        message = f'"{name}" is a read only property; its value cannot be set.'
        return invalid(message, "READ_ONLY_VALUE", propertyName=name)
    if value == "":
        return None
    if name == "email" and not _EMAIL.fullmatch(value.strip()):
        message = f"Email address {value} is invalid"
        return invalid(message, "INVALID_EMAIL", propertyName=name)
    if len(value) > MAX_TEXT:
        message = f"{name} is longer than {MAX_TEXT} characters."
        return invalid(message, "PROPERTY_VALUE_TOO_LONG", propertyName=name)
    return _type_problem(definition, value)


def _type_problem(definition: Property, value: str) -> Wrong | None:
    name = definition.name
    match definition.type:
        case "enumeration":
            chosen = value.split(";") if definition.field_type == "checkbox" else [value]
            unknown = [option for option in chosen if option not in definition.options]
            if unknown:
                allowed = ", ".join(definition.options)
                message = f"{unknown[0]} was not one of the allowed options: [{allowed}]"
                return invalid(message, "INVALID_OPTION", propertyName=name)
        case "bool":
            if value not in {"true", "false"}:
                message = f"{value} was not one of the allowed options: [true, false]"
                return invalid(message, "INVALID_OPTION", propertyName=name)
        case "number":
            if not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value):
                message = f"{value} was not a valid number."
                return invalid(message, "INVALID_INTEGER", propertyName=name)
        case "date" | "datetime":
            if not _is_moment(definition.type, value):
                message = f"{value} was not a valid {definition.type}."
                return invalid(message, "INVALID_DATE", propertyName=name)
        case _:
            pass
    return None


def _is_moment(kind: str, value: str) -> bool:
    if re.fullmatch(r"-?\d{1,14}", value):  # epoch milliseconds; a date must be midnight UTC
        return kind == "datetime" or int(value) % 86_400_000 == 0
    if kind == "date":
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def read_definition(body: JsonValue, existing: dict[str, Property]) -> Property:
    """A property as an account defines it. Raises Refused."""
    if not isinstance(body, dict):
        raise Refused(invalid("Invalid input JSON: an object is expected."))
    texts: dict[str, str] = {}
    for key in ("name", "label", "type", "fieldType", "groupName"):
        value = body.get(key)
        if not isinstance(value, str) or not value:
            raise Refused(invalid(f"Some required fields were not set: [{key}]"))
        texts[key] = value
    name = texts["name"]
    if not _NAME.fullmatch(name):
        raise Refused(invalid(f'Property name "{name}" is invalid.', "INVALID_PROPERTY_NAME"))
    if name in existing:
        message = f'A property named "{name}" already exists.'
        raise Refused(Wrong(409, "OBJECT_ALREADY_EXISTS", message))
    if texts["type"] not in TYPES or texts["fieldType"] not in FIELD_TYPES:
        raise Refused(invalid(f"Invalid type {texts['type']} or fieldType {texts['fieldType']}."))
    unique = body.get("hasUniqueValue") is True
    taken = sum(1 for p in existing.values() if p.unique and not p.own)
    if unique and taken >= MAX_UNIQUE_PROPERTIES:
        message = f"An object has at most {MAX_UNIQUE_PROPERTIES} unique properties."
        raise Refused(invalid(message, "PROPERTY_LIMIT"))
    return Property(
        name=name,
        label=texts["label"],
        type=texts["type"],
        field_type=texts["fieldType"],
        options=_option_values(body.get("options")),
        unique=unique,
        own=False,
    )


def _option_values(options: JsonValue) -> tuple[str, ...]:
    if not isinstance(options, list):
        return ()
    return tuple(
        value
        for option in options
        if isinstance(option, dict) and isinstance(value := option.get("value"), str)
    )
