"""Looking at an account before anything is deployed to it: token, rights, properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from leadline.connectors.contract import Check
from leadline.connectors.door import Door, Reply
from leadline.connectors.hubspot import answers
from leadline.connectors.hubspot.calls import (
    ACCOUNT,
    CONTACTS,
    KEY_PROPERTY,
    PROPERTIES,
    ask,
    request,
)
from leadline.ledger.outcome import Outcome, Throttled, Unauthorised, Unavailable, Unknown

READ = "crm.objects.contacts.read"
WRITE = "crm.objects.contacts.write"
SCHEMA = "crm.schemas.contacts.read"
MAKE = 'Make it with "leadline systems check", or in HubSpot as a unique single-line text.'


async def check(door: Door, fields: tuple[str, ...]) -> tuple[Check, ...]:
    """Try the token, each right, and whether each property is there and can be written."""
    token = await ask(door, request(door, "GET", ACCOUNT))
    if not isinstance(token, Reply):
        return (_failed("credentials", token, "a token in secrets"),)
    found = [Check("credentials", ok=True, message="HubSpot takes the token.")]
    read = await ask(door, request(door, "GET", CONTACTS, params={"limit": "1"}))
    found.append(_right(READ, read, "Contacts can be read."))
    # An empty batch writes nothing: HubSpot looks at the rights before it looks at the body.
    write = await ask(door, request(door, "POST", f"{CONTACTS}/batch/update", {"inputs": []}))
    found.append(_right(WRITE, write, "Contacts can be written."))
    listed = await ask(door, request(door, "GET", PROPERTIES))
    found.append(_right(SCHEMA, listed, "Properties can be read."))
    if isinstance(listed, Reply) and listed.status == 200:
        there = _definitions(listed)
        found.append(_key_check(there.get(KEY_PROPERTY)))
        found += [_field_check(name, there.get(name)) for name in fields]
    return tuple(found)


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
    if isinstance(made, Reply):
        said = answers.wrong_of(made).message
        return Check(
            KEY_PROPERTY,
            ok=False,
            message=f'HubSpot did not make the property "{KEY_PROPERTY}": {said}',
            fix="Make it in HubSpot as a unique single-line text.",
        )
    return _failed(KEY_PROPERTY, made, "crm.schemas.contacts.write")


def _definitions(reply: Reply) -> dict[str, Mapping[str, object]]:
    results = reply.fields.get("results")
    listed = cast(list[object], results) if isinstance(results, list) else []
    found = [cast(Mapping[str, object], each) for each in listed if isinstance(each, dict)]
    return {str(each.get("name")): each for each in found}


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
        return Check(KEY_PROPERTY, ok=False, message=message, fix=MAKE)
    if definition.get("hasUniqueValue") is not True or definition.get("type") != "string":
        message = f'The property "{KEY_PROPERTY}" is there but is no unique text.'
        return Check(KEY_PROPERTY, ok=False, message=message, fix=f"Archive it. {MAKE}")
    return Check(KEY_PROPERTY, ok=True, message=f'The property "{KEY_PROPERTY}" is there.')


def _field_check(name: str, definition: Mapping[str, object] | None) -> Check:
    if definition is None:
        message = f'There is no contact property "{name}".'
        fix = "Make it in HubSpot, or correct its name in data/contact.yaml."
        return Check(name, ok=False, message=message, fix=fix)
    meta = definition.get("modificationMetadata")
    if isinstance(meta, dict) and cast(Mapping[str, object], meta).get("readOnlyValue") is True:
        message = f'HubSpot alone writes the property "{name}".'
        return Check(name, ok=False, message=message, fix="Take it out of every save_to step.")
    return Check(name, ok=True, message=f'"{name}" is a {definition.get("type")}.')
