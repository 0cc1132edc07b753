"""Looking at an account before anything is deployed to it: token, rights, properties."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.connectors.contract import Check, Need
from leadline.connectors.door import Door
from leadline.connectors.hubspot import answers
from leadline.connectors.hubspot.calls import (
    ACCOUNT,
    CONTACTS,
    KEY_PROPERTY,
    PROPERTIES,
    ask,
    request,
)
from leadline.connectors.replies import Reply, as_object, as_objects, as_text
from leadline.expression.types import Kind
from leadline.ledger.outcome import Outcome, Throttled, Unauthorised, Unavailable, Unknown

READ = "crm.objects.contacts.read"
WRITE = "crm.objects.contacts.write"
SCHEMA = "crm.schemas.contacts.read"
MAKE = 'Make it with "leadline systems check", or in HubSpot as a unique single-line text.'

TAKES: Mapping[str, frozenset[str]] = {
    Kind.TEXT: frozenset({"string", "phone_number", "enumeration"}),
    Kind.EMAIL: frozenset({"string"}),
    Kind.CHOICE: frozenset({"enumeration", "string"}),
    Kind.NUMBER: frozenset({"number"}),
    Kind.FLAG: frozenset({"bool", "enumeration"}),
    Kind.TIME: frozenset({"datetime"}),
    Kind.DATE: frozenset({"date"}),
}
"""Which types of property take a kind of value of ours. A date in a text property would be
a row of digits, a date and time in a date property is refused unless it is midnight."""


async def check(door: Door, needs: tuple[Need, ...]) -> tuple[Check, ...]:
    """Try the token, each right, and whether each property can take what is written to it."""
    token = await ask(door, request(door, "GET", ACCOUNT))
    if not isinstance(token, Reply):
        return (_failed("credentials", token, "a valid token"),)
    found = [Check("credentials", ok=True, message="HubSpot takes the token.")]
    read = await ask(door, request(door, "GET", CONTACTS, params={"limit": "1"}))
    found.append(_right(READ, read, "Contacts can be read."))
    # An empty batch writes nothing: HubSpot looks at the rights before it looks at the body.
    write = await ask(door, request(door, "POST", f"{CONTACTS}/batch/update", {"inputs": []}))
    found.append(_right(WRITE, write, "Contacts can be written."))
    listed = await ask(door, request(door, "GET", PROPERTIES))
    found.append(_right(SCHEMA, listed, "Properties can be read."))
    if isinstance(listed, Reply) and listed.status == 200:
        there = {as_text(p.get("name")): p for p in as_objects(listed.fields.get("results"))}
        found.append(_key_check(there.get(KEY_PROPERTY)))
        found += [_field_check(n, there.get(n.name)) for n in needs if n.what == "field"]
    return tuple(found)


async def mend(door: Door, what: str) -> Check:
    """Do what a check offered, after a person agreed. ValueError for what none offers."""
    if what != KEY_PROPERTY:
        raise ValueError(f'HubSpot has nothing to mend that is called "{what}".')
    return await create_key_property(door)


async def create_key_property(door: Door) -> Check:
    """Make the unique property by which contacts are created once."""
    body = {
        "name": KEY_PROPERTY,
        "label": "Leadline key",
        "description": "Written by Leadline so that a contact is created once. Do not edit.",
        "groupName": "contactinformation",
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": True,
    }
    made = await ask(door, request(door, "POST", PROPERTIES, body))
    if isinstance(made, Reply) and made.status == 201:
        return Check(KEY_PROPERTY, ok=True, message=f'The property "{KEY_PROPERTY}" was made.')
    if isinstance(made, Reply) and made.status == 409:
        return Check(
            KEY_PROPERTY,
            ok=False,
            message=f'There is a property "{KEY_PROPERTY}" already.',
            fix="Check again; if it is no unique text, archive it in HubSpot first.",
        )
    if isinstance(made, Reply):
        said = answers.wrong_of(made).message
        return Check(
            KEY_PROPERTY,
            ok=False,
            message=f'HubSpot did not make the property "{KEY_PROPERTY}": {said}',
            fix="Make it in HubSpot as a unique single-line text.",
        )
    return _failed(KEY_PROPERTY, made, "crm.schemas.contacts.write")


def _right(scope: str, answer: Reply | Outcome, message: str) -> Check:
    if isinstance(answer, Reply):
        return Check(scope, ok=True, message=message)
    return _failed(scope, answer, scope)


def _failed(name: str, outcome: Outcome, needed: str) -> Check:
    match outcome:
        case Unauthorised(reason=reason):
            fix = f"Give the token the right {needed}, or put a valid one into secrets."
            return Check(name, ok=False, message=f"{reason}.", fix=fix)
        case Unavailable(reason=reason) | Unknown(reason=reason):
            fix = "Look at base_url in the system's file and at the network, then check again."
            return Check(name, ok=False, message=f"HubSpot was not reached: {reason}.", fix=fix)
        case Throttled():
            return Check(name, ok=False, message="HubSpot's limit is reached.", fix="Check later.")
        case _:
            return Check(name, ok=False, message="HubSpot refused it.", fix="Check again.")


def _key_check(definition: Mapping[str, object] | None) -> Check:
    if definition is None:
        message = f'There is no contact property "{KEY_PROPERTY}", so no contact can be created.'
        return Check(KEY_PROPERTY, ok=False, message=message, fix=MAKE, mend=KEY_PROPERTY)
    if definition.get("hasUniqueValue") is not True or definition.get("type") != "string":
        message = f'The property "{KEY_PROPERTY}" is there but is no unique text.'
        return Check(KEY_PROPERTY, ok=False, message=message, fix=f"Archive it. {MAKE}")
    return Check(KEY_PROPERTY, ok=True, message=f'The property "{KEY_PROPERTY}" is there.')


def _field_check(need: Need, definition: Mapping[str, object] | None) -> Check:
    name = need.name
    if definition is None:
        message = f'There is no contact property "{name}".'
        fix = "Make it in HubSpot, or correct its name in data/contact.yaml."
        return Check(name, ok=False, message=message, fix=fix)
    if as_object(definition.get("modificationMetadata")).get("readOnlyValue") is True:
        message = f'HubSpot alone writes the property "{name}".'
        return Check(name, ok=False, message=message, fix="Take it out of every save_to step.")
    kind = as_text(definition.get("type")) or ""
    if kind not in TAKES.get(need.kind, {kind}):
        message = f'The property "{name}" is of the type {kind}, the field is a {need.kind}.'
        fix = "Write another property, or change the field's type in data/contact.yaml."
        return Check(name, ok=False, message=message, fix=fix)
    options = {as_text(o.get("value")) for o in as_objects(definition.get("options"))}
    lacking = [option for option in need.options if option not in options]
    if kind == "enumeration" and lacking:
        message = f'The property "{name}" has no option {" or ".join(lacking)}.'
        fix = "Add it in HubSpot (its internal name counts), or correct data/contact.yaml."
        return Check(name, ok=False, message=message, fix=fix)
    return Check(name, ok=True, message=f'The property "{name}" takes what is written.')
