"""What ``systems check`` finds in a HubSpot account, and what it can mend."""

from __future__ import annotations

import pytest

from leadline.connectors.contract import Check, Need
from leadline.connectors.hubspot import connector, create_key_property
from leadline.expression.types import Kind
from leadline.ledger.outcome import Accepted, Unauthorised
from leadline.sandbox import FaultKind
from leadline.sandbox.hubspot.doors import READ_CONTACTS, READ_SCHEMAS, SCOPES, WRITE_CONTACTS
from leadline.sandbox.hubspot.properties import Property
from tests.connectors.hubspot_account import Account, account, write

pytestmark = pytest.mark.anyio


async def checked(there: Account, *needs: Need) -> dict[str, Check]:
    found = await connector.check(there.door, needs)
    for check in found:
        assert check.message.endswith(".")
        assert len(check.message) < 200
        assert check.ok or (check.fix or "").endswith(".")
    assert [e for e in there.running.truth.effects() if e.what != "property.created"] == []
    return {check.name: check for check in found}


def field(name: str, kind: Kind, *options: str) -> Need:
    return Need("field", name, kind, options)


async def test_what_is_there_passes() -> None:
    async with account() as there:
        found = await checked(
            there,
            field("firstname", Kind.TEXT),
            field("email", Kind.EMAIL),
            field("numberofemployees", Kind.NUMBER),
            field("lifecyclestage", Kind.CHOICE, "lead", "customer"),
            Need("channel", "sales"),
        )
        assert [name for name, check in found.items() if not check.ok] == []
        assert "sales" not in found


@pytest.mark.parametrize(
    ("need", "said"),
    [
        (field("shoe_size", Kind.NUMBER), "no contact property"),
        (field("numberofemployees", Kind.TEXT), "of the type number"),
        (field("firstname", Kind.DATE), "of the type string"),
        (field("lifecyclestage", Kind.CHOICE, "lead", "fan"), "no option fan"),
        (field("createdate", Kind.TIME), "HubSpot alone writes"),
    ],
    ids=lambda v: v.name if isinstance(v, Need) else "",
)
async def test_what_is_missing_or_of_another_kind_is_named(need: Need, said: str) -> None:
    async with account() as there:
        found = (await checked(there, need))[need.name]
        assert not found.ok
        assert said in found.message


@pytest.mark.parametrize("scope", [READ_CONTACTS, WRITE_CONTACTS, READ_SCHEMAS])
async def test_a_missing_right_is_named_and_the_others_are_not(scope: str) -> None:
    async with account(scopes=tuple(s for s in SCOPES if s != scope)) as there:
        found = await checked(there)
        assert [name for name, check in found.items() if not check.ok] == [scope]
        assert scope in (found[scope].fix or "")


async def test_without_the_right_to_write_every_write_pauses_with_its_name() -> None:
    async with account(scopes=(READ_CONTACTS,)) as there:
        outcomes = await there.perform(write("ada@acme.example"), write("bob@acme.example"))
        for outcome in outcomes:
            assert isinstance(outcome, Unauthorised)
            assert WRITE_CONTACTS in outcome.reason


async def test_the_key_property_is_offered_made_and_then_found() -> None:
    async with account(unique_properties=()) as there:
        found = (await checked(there))["leadline_key"]
        assert not found.ok
        assert found.mend == "leadline_key"
        assert connector.mend is not None
        assert (await connector.mend(there.door, found.mend)).ok
        assert (await checked(there))["leadline_key"].ok
        (outcome,) = await there.perform(write("ada@acme.example"))
        assert isinstance(outcome, Accepted)


async def test_what_cannot_be_mended_says_so() -> None:
    async with account(unique_properties=(), scopes=(READ_CONTACTS, READ_SCHEMAS)) as there:
        refused = await create_key_property(there.door)
        assert not refused.ok
        assert "crm.schemas.contacts.write" in (refused.fix or "")
        assert connector.mend is not None
        with pytest.raises(ValueError, match="nothing to mend"):
            await connector.mend(there.door, "everything")
    async with account(unique_properties=()) as there:
        own = Property("leadline_key", "Leadline key", own=False)
        there.sandbox.contacts.definitions["leadline_key"] = own
        found = (await checked(there))["leadline_key"]
        assert "no unique text" in found.message
        assert found.mend is None
        assert not (await create_key_property(there.door)).ok


async def test_an_account_that_is_not_reached_is_no_wrong_token() -> None:
    async with account() as there:
        there.fault(FaultKind.OUTAGE)
        (found,) = (await checked(there)).values()
        assert "was not reached" in found.message
        assert "base_url" in (found.fix or "")


async def test_a_throttled_check_says_to_come_back() -> None:
    async with account() as there:
        there.fault(FaultKind.THROTTLED, on="reads")
        (found,) = (await checked(there)).values()
        assert "limit" in found.message
