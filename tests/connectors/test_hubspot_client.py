"""Our requests, and what we read, through HubSpot's own client's models."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hubspot.crm.contacts import ApiClient, BatchResponseSimplePublicObject, Configuration
from hubspot.crm.properties import ApiClient as PropertiesClient
from hubspot.crm.properties import PropertyCreate

from leadline.connectors.hubspot import answers, create_key_property
from leadline.ledger.coalesce import Increment
from tests.connectors.hubspot_account import account, write
from tests.connectors.replies import reply

pytestmark = pytest.mark.anyio
MODELS = {
    "contacts.batch.read": "BatchReadInputSimplePublicObjectId",
    "contacts.batch.update": "BatchInputSimplePublicObjectBatchInput",
    "contacts.batch.create": "BatchInputSimplePublicObjectBatchInputForCreate",
}


def as_sent(client: ApiClient | PropertiesClient, body: object, model: str) -> object:
    """Read a body into a model and write it again, as the client itself would send it."""
    read = client.deserialize(SimpleNamespace(data=json.dumps(body)), model)
    return client.sanitize_for_serialization(read)


async def test_the_models_know_every_key_that_we_send() -> None:
    ada = {"email": "ada@acme.example", "numberofemployees": "3"}
    async with account(contacts=(ada,)) as there:
        await there.perform(
            write("ada@acme.example", numberofemployees=Increment(Decimal(1))),
            write("bob@acme.example", firstname="Bob"),
        )
        assert [operation for operation, _, _ in there.sandbox.seen] == list(MODELS)
        client = ApiClient(Configuration())
        for operation, body, _ in there.sandbox.seen:
            assert as_sent(client, body, MODELS[operation]) == body


async def test_the_property_that_we_make_is_one_that_the_client_could_make() -> None:
    async with account(unique_properties=()) as there:
        assert (await create_key_property(there.door)).ok
        ((_, body, _),) = there.sandbox.seen
        assert as_sent(PropertiesClient(), body, PropertyCreate.__name__) == body
        assert body["hasUniqueValue"] is True


async def test_we_read_from_an_answer_what_the_client_reads() -> None:
    async with account(contacts=({"email": "ada@acme.example"},)) as there:
        await there.perform(write("ada@acme.example", firstname="Ada"))
        _, _, answer = there.sandbox.seen[1]
        theirs: Any = ApiClient(Configuration()).deserialize(
            SimpleNamespace(data=answer.body), BatchResponseSimplePublicObject
        )
        (row,) = answers.rows_of(reply(answer.status, text=answer.body.decode())) or []
        assert row.id == theirs.results[0].id
        assert row.properties == theirs.results[0].properties
        assert row.updated_at == theirs.results[0].updated_at
        assert row.trace_id == theirs.results[0].object_write_trace_id
