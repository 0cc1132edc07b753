"""What ``systems check`` looks at in an account: token, scopes, properties, our unique key."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.connectors.contract import Check, Need, NotNow, places
from leadline.connectors.door import Door, NoReply, Reply, Request
from leadline.connectors.hubspot.answers import of_read
from leadline.connectors.hubspot.wire import (
    CONTACTS,
    KEY,
    PROPERTIES,
    home,
    quota,
    read,
)
from leadline.connectors.replies import as_object, as_objects, as_text
from leadline.ledger.outcome import Accepted, Throttled, Unauthorised
from leadline.ledger.vendor_limits import HUBSPOT

TOKEN_FIX = "Create a service key (Settings, Integrations) and put it where secrets says."  # noqa: S105
TYPES: Mapping[str, frozenset[str]] = {
    "email": frozenset({"string"}),
    "text": frozenset({"string", "phone_number", "enumeration"}),
    "number": frozenset({"number"}),
    "true or false": frozenset({"bool", "enumeration"}),
    "bool": frozenset({"bool", "enumeration"}),
    "date": frozenset({"date", "datetime"}),
    "time": frozenset({"datetime"}),
    "choice": frozenset({"enumeration", "string"}),
}
"""Which of HubSpot's types take a value of ours."""


async def check(door: Door, needs: tuple[Need, ...]) -> tuple[Check, ...]:
    """Look at everything that a project needs of this account; nothing is changed."""
    probe = {"inputs": [{"id": "1"}], "properties": ["email"]}
    found = [_token(await read(door, f"{CONTACTS}/batch/read", probe))]
    if not found[0].ok:
        return tuple(found)
    answer = await read(door, PROPERTIES)
    if not isinstance(answer, Reply) or answer.status != 200:
        found.append(_trouble("properties", answer, "Grant the scope crm.schemas.contacts.read."))
        return tuple(found)
    shown = {as_text(p.get("name")): p for p in as_objects(answer.fields.get("results"))}
    found.append(_own_key(shown.get(KEY)))
    found += [_property(need, shown.get(need.name)) for need in needs if need.what == "field"]
    return tuple(found)


async def mend(door: Door, what: str) -> Check:
    """Do what a check offered, after a person agreed."""
    if what != KEY:
        raise ValueError(f"HubSpot's connector cannot mend {what!r}.")
    return await create_key_property(door)


async def create_key_property(door: Door) -> Check:
    """Create the unique property by which contacts that we create are created once."""
    answer = await door.call(
        Request(
            "POST",
            PROPERTIES,
            places(HUBSPOT, door.settings, "batch"),
            json={
                "name": KEY,
                "label": "Leadline key",
                "description": "Set by Leadline when it creates a contact. Do not change it.",
                "groupName": "contactinformation",
                "type": "string",
                "fieldType": "text",
                "hasUniqueValue": True,
                "hidden": True,
                "formField": False,
            },
            bearer=door.settings.secrets["token"],
            quota=quota,
        ),
        home(door),
    )
    if isinstance(answer, Reply) and answer.status in {200, 201}:
        return Check(KEY, ok=True, message=f'The contact property "{KEY}" was created.')
    if isinstance(answer, Reply) and answer.status == 409:
        return Check(
            KEY,
            ok=False,
            message=f'There is a contact property "{KEY}" already, and it is not unique.',
            fix="Delete it in HubSpot (Settings, Properties), then check again.",
        )
    return _trouble(KEY, answer, "Grant the scope crm.schemas.contacts.write.")


def _token(answer: Reply | NoReply | NotNow) -> Check:
    if isinstance(answer, Reply) and answer.status in {200, 207}:
        return Check("token", ok=True, message="The token is good and may read contacts.")
    fix = "Check that this machine reaches HubSpot, and the base_url of this system."
    if isinstance(of_read(answer), Unauthorised):
        fix = f"{TOKEN_FIX} It needs crm.objects.contacts.read and crm.objects.contacts.write."
    return _trouble("token", answer, fix)


def _trouble(name: str, answer: Reply | NoReply | NotNow, fix: str) -> Check:
    outcome = of_read(answer)
    reason = "it is too busy" if isinstance(outcome, Accepted | Throttled) else outcome.reason
    return Check(name, ok=False, message=f"HubSpot did not answer as hoped: {reason}.", fix=fix)


def _own_key(shown: Mapping[str, object] | None) -> Check:
    if shown is None:
        return Check(
            KEY,
            ok=False,
            message=f'There is no contact property "{KEY}", so no contact can be created safely.',
            fix="Let Leadline create it, or create it as a unique single-line text.",
            mend=KEY,
        )
    if shown.get("hasUniqueValue") is not True:
        return Check(
            KEY,
            ok=False,
            message=f'The contact property "{KEY}" is not unique, so contacts could double.',
            fix="Delete it in HubSpot and let Leadline create it: uniqueness is set at creation.",
        )
    return Check(KEY, ok=True, message=f'The unique contact property "{KEY}" is there.')


def _property(need: Need, shown: Mapping[str, object] | None) -> Check:
    name = f"property {need.name}"
    if shown is None:
        return Check(
            name,
            ok=False,
            message=f'There is no contact property "{need.name}".',
            fix="Create it in HubSpot (Settings, Properties), or correct its name in data/.",
        )
    kind = as_text(shown.get("type")) or ""
    allowed = TYPES.get(need.kind)
    if allowed is not None and kind not in allowed:
        return Check(
            name,
            ok=False,
            message=f'The property "{need.name}" is {kind}; the project writes {need.kind}.',
            fix="Change the type of the field in data/, or write to another property.",
        )
    if _is_read_only(shown):
        return Check(
            name,
            ok=False,
            message=f'The property "{need.name}" cannot be written: HubSpot fills it itself.',
            fix="Write to another property.",
        )
    options = {as_text(o.get("value")) for o in as_objects(shown.get("options"))}
    missing = [o for o in need.options if options and o not in options]
    if missing:
        return Check(
            name,
            ok=False,
            message=f'The property "{need.name}" has no option {", ".join(missing)}.',
            fix="Add it in HubSpot as an option (its internal name counts), or correct data/.",
        )
    return Check(name, ok=True, message=f'The property "{need.name}" takes what is written.')


def _is_read_only(shown: Mapping[str, object]) -> bool:
    return as_object(shown.get("modificationMetadata")).get("readOnlyValue") is True
