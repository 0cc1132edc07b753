"""The HubSpot sandbox, driven by HubSpot's own client and, where that hides things, by httpx."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import pytest
from anyio import to_thread
from hubspot import HubSpot
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.properties import PropertyCreate

from leadline.sandbox import HubSpotConfig, HubSpotSandbox, Running, serve
from leadline.sandbox.hubspot.contacts import SearchLag

pytestmark = pytest.mark.anyio
T = TypeVar("T")
FRESH = SearchLag(0.0)
AUTH = {"authorization": "Bearer pat-na1-sandbox"}


@asynccontextmanager
async def account(**settings: Any) -> AsyncIterator[tuple[Running, HubSpot, httpx.AsyncClient]]:
    sandbox = HubSpotSandbox(HubSpotConfig(**{"search_lag": FRESH, **settings}))
    async with (
        serve(sandbox) as running,
        httpx.AsyncClient(base_url=running.url, headers=AUTH, trust_env=False) as http,
    ):
        client = HubSpot(access_token="pat-na1-sandbox")
        client.config["host"] = running.url
        yield running, client, http


async def ask(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await to_thread.run_sync(lambda: call(*args, **kwargs))


def upserts(*rows: dict[str, Any]) -> BatchInputSimplePublicObjectBatchInputUpsert:
    return BatchInputSimplePublicObjectBatchInputUpsert(inputs=list(rows))


def row(email: str, trace: str | None = None, **properties: str) -> dict[str, Any]:
    found: dict[str, Any] = {"id": email, "idProperty": "email", "properties": properties}
    return found | ({"objectWriteTraceId": trace} if trace else {})


async def test_the_official_client_creates_reads_updates_and_archives() -> None:
    async with account() as (running, client, _):
        api = client.crm.contacts.basic_api
        made = await ask(
            api.create,
            SimplePublicObjectInputForCreate(
                properties={"email": "Ada@Acme.example ", "firstname": "Ada"}
            ),
        )
        assert made.properties["email"] == "ada@acme.example"
        found = await ask(
            api.get_by_id, "ADA@acme.example", id_property="email", properties=["firstname"]
        )
        assert (found.id, found.properties["firstname"]) == (made.id, "Ada")
        updated = await ask(
            api.update, made.id, SimplePublicObjectInput(properties={"firstname": "Augusta"})
        )
        assert updated.updated_at >= made.updated_at
        await ask(api.archive, made.id)
        with pytest.raises(ApiException) as gone:
            await ask(api.get_by_id, made.id)
        assert gone.value.status == 404
        effects = running.truth.effects(record=made.id)
        assert [e.what for e in effects] == [
            "contact.created",
            "contact.updated",
            "contact.archived",
        ]
        assert all(e.by == "ours" for e in effects)


async def test_upsert_by_email_and_by_a_unique_property() -> None:
    async with account() as (running, client, _):
        properties = client.crm.properties.core_api
        made = await ask(
            properties.create,
            "contacts",
            PropertyCreate(
                name="leadline_key",
                label="Leadline key",
                type="string",
                field_type="text",
                group_name="contactinformation",
                has_unique_value=True,
            ),
        )
        assert made.has_unique_value
        batch = client.crm.contacts.batch_api
        first = await ask(batch.upsert, upserts(row("a@x.example", firstname="A")))
        assert first.results[0].new
        again = await ask(batch.upsert, upserts(row("A@X.example", firstname="B")))
        assert (again.results[0].new, again.results[0].id) == (False, first.results[0].id)
        by_key = {"id": "k1", "idProperty": "leadline_key", "properties": {"firstname": "K"}}
        created = await ask(batch.upsert, upserts(by_key))
        assert created.results[0].properties["leadline_key"] == "k1"
        assert len(running.truth.effects()) == 4  # the property, and three writes


async def test_batch_read_by_email_names_what_is_missing() -> None:
    async with account(contacts=({"email": "a@x.example"},)) as (_, client, _http):
        read = BatchReadInputSimplePublicObjectId(
            inputs=[{"id": "A@x.example"}, {"id": "b@x.example"}],
            properties=["email"],
            properties_with_history=[],
            id_property="email",
        )
        answer = await ask(client.crm.contacts.batch_api.read, read)
        assert [r.properties["email"] for r in answer.results] == ["a@x.example"]
        assert answer.num_errors == 1
        assert answer.errors[0].context["ids"] == ["b@x.example"]


async def test_a_batch_update_with_an_email_as_id_matches_nothing_and_says_nothing() -> None:
    async with account(contacts=({"email": "a@x.example"},)) as (running, client, _):
        update = BatchInputSimplePublicObjectBatchInput(
            inputs=[{"id": "a@x.example", "properties": {"firstname": "A"}}]
        )
        answer = await ask(client.crm.contacts.batch_api.update, update)
        assert (answer.status, answer.results) == ("COMPLETE", [])
        assert running.truth.effects() == []
        update.inputs[0]["id"] = "101"
        answer = await ask(client.crm.contacts.batch_api.update, update)
        assert answer.results[0].properties["firstname"] == "A"


async def test_batch_create_answers_409_naming_the_first_taken_row_only() -> None:
    taken = ({"email": "a@x.example"}, {"email": "b@x.example"})
    async with account(contacts=taken) as (running, client, _):
        create = BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[
                {"properties": {"email": e}, "associations": []}
                for e in ("new@x.example", "a@x.example", "b@x.example")
            ]
        )
        with pytest.raises(ApiException) as conflict:
            await ask(client.crm.contacts.batch_api.create, create)
        assert conflict.value.status == 409
        assert "Contact already exists. Existing ID: 101" in conflict.value.body
        assert "102" not in conflict.value.body
        assert running.truth.effects() == []


async def test_207_only_when_every_row_carries_a_trace_id() -> None:
    async with account() as (running, client, _):
        batch = client.crm.contacts.batch_api
        bad = row("not an address", "t2", firstname="B")
        answer = await ask(batch.upsert, upserts(row("a@x.example", "t1"), bad))
        assert answer.num_errors == 1
        assert answer.errors[0].context["objectWriteTraceId"] == ["t2"]
        assert answer.results[0].object_write_trace_id == "t1"
        assert [e.key for e in running.truth.effects()] == ["t1"]
        with pytest.raises(ApiException) as refused:
            await ask(batch.upsert, upserts(row("b@x.example"), bad))
        assert refused.value.status == 400
        assert "not an address" in refused.value.body
        assert len(running.truth.effects()) == 1


async def test_207_can_be_switched_off() -> None:
    async with account(partial=frozenset()) as (running, client, _):
        rows = upserts(row("a@x.example", "t1"), row("nope", "t2"))
        with pytest.raises(ApiException) as refused:
            await ask(client.crm.contacts.batch_api.upsert, rows)
        assert refused.value.status == 400
        assert running.truth.effects() == []


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"no_such": "1"}, "PROPERTY_DOESNT_EXIST"),
        ({"lifecyclestage": "guru"}, "INVALID_OPTION"),
        ({"numberofemployees": "1,000"}, "INVALID_INTEGER"),
        ({"hs_email_optout": "true"}, "READ_ONLY_VALUE"),
        ({"email": "two@at@x"}, "INVALID_EMAIL"),
    ],
)
async def test_values_that_hubspot_refuses(properties: dict[str, str], code: str) -> None:
    async with account() as (running, client, _):
        with pytest.raises(ApiException) as refused:
            await ask(
                client.crm.contacts.basic_api.create,
                SimplePublicObjectInputForCreate(properties=properties),
            )
        assert refused.value.status == 400
        assert code in refused.value.body
        assert running.truth.effects() == []


async def test_an_id_twice_in_a_batch_is_refused() -> None:
    async with account() as (running, client, _):
        with pytest.raises(ApiException) as refused:
            await ask(
                client.crm.contacts.batch_api.upsert,
                upserts(row("a@x.example", "t1"), row("A@x.example", "t2")),
            )
        assert "Duplicate IDs" in refused.value.body
        assert running.truth.effects() == []


async def test_more_than_100_rows_are_refused() -> None:
    async with account() as (_, client, _http):
        rows = upserts(*(row(f"p{i}@x.example") for i in range(101)))
        with pytest.raises(ApiException) as refused:
            await ask(client.crm.contacts.batch_api.upsert, rows)
        assert refused.value.status == 400


async def test_a_lifecycle_stage_that_goes_back_is_ignored_or_refused() -> None:
    customer = ({"email": "a@x.example", "lifecyclestage": "customer"},)
    back = row("a@x.example", lifecyclestage="lead", firstname="A")
    async with account(contacts=customer) as (running, client, _):
        answer = await ask(client.crm.contacts.batch_api.upsert, upserts(back))
        assert answer.results[0].properties["lifecyclestage"] == "customer"
        assert dict(running.truth.effects()[0].values) == {"firstname": "A", "email": "a@x.example"}
        clear = row("a@x.example", lifecyclestage="")
        await ask(client.crm.contacts.batch_api.upsert, upserts(clear))
        answer = await ask(client.crm.contacts.batch_api.upsert, upserts(back))
        assert answer.results[0].properties["lifecyclestage"] == "lead"
    async with account(contacts=customer, backward_stage="refuse") as (_, client, _http):
        with pytest.raises(ApiException) as refused:
            await ask(client.crm.contacts.batch_api.upsert, upserts(back))
        assert refused.value.status == 400


async def test_results_come_in_another_order_than_the_rows() -> None:
    async with account() as (_, client, _http):
        rows = [row(f"p{i}@x.example") for i in range(100)]
        answer = await ask(client.crm.contacts.batch_api.upsert, upserts(*rows))
        emails = [r.properties["email"] for r in answer.results]
        assert emails != [r["id"] for r in rows]
        assert sorted(emails) == sorted(r["id"] for r in rows)


async def test_search_trails_while_reading_by_id_does_not() -> None:
    async with account(search_lag=SearchLag(3600.0, 0.1)) as (running, client, _):
        await ask(client.crm.contacts.batch_api.upsert, upserts(row("a@x.example")))
        search = PublicObjectSearchRequest(
            filter_groups=[
                {"filters": [{"propertyName": "email", "operator": "EQ", "value": "a@x.example"}]}
            ],
            properties=["email"],
            limit=10,
        )
        found = await ask(client.crm.contacts.search_api.do_search, search)
        assert found.total == 0
        assert running.truth.effects()[0].what == "contact.created"
        fresh = await ask(
            client.crm.contacts.basic_api.get_by_id, "a@x.example", id_property="email"
        )
        assert fresh.id == "101"


async def test_search_finds_sorts_and_pages() -> None:
    people = tuple({"email": f"p{i:02}@x.example", "numberofemployees": str(i)} for i in range(30))
    async with account(contacts=people) as (_, client, _http):
        search = PublicObjectSearchRequest(
            filter_groups=[
                {
                    "filters": [
                        {"propertyName": "numberofemployees", "operator": "GTE", "value": "10"}
                    ]
                }
            ],
            sorts=["-numberofemployees"],
            properties=["numberofemployees"],
            limit=5,
        )
        page = await ask(client.crm.contacts.search_api.do_search, search)
        assert page.total == 20
        assert [r.properties["numberofemployees"] for r in page.results][:2] == ["29", "28"]
        assert page.paging.next.after == "5"


async def test_a_search_beyond_its_limits_is_refused() -> None:
    async with account() as (_, _client, http):
        one = {"propertyName": "email", "operator": "HAS_PROPERTY"}
        for body in (
            {"limit": 201},
            {"limit": 200, "after": 9_900},
            {"query": "x" * 3_001},
            {"filterGroups": [{"filters": [one]}] * 6},
            {"filterGroups": [{"filters": [one] * 7}]},
        ):
            answer = await http.post("/crm/v3/objects/contacts/search", json=body)
            assert answer.status_code == 400, body
        windows = (await http.get("/_sandbox/windows")).json()["windows"]
        assert windows[0]["name"] == "search"


async def test_dated_paths_are_the_same_doors() -> None:
    async with account(contacts=({"email": "a@x.example"},)) as (_, _client, http):
        for path in ("/crm/v3/objects/contacts/101", "/crm/objects/2026-09/contacts/101"):
            assert (await http.get(path)).json()["id"] == "101"
        for path in ("/crm/v3/properties/contacts", "/crm/properties/2026-09/contacts"):
            names = {p["name"] for p in (await http.get(path)).json()["results"]}
            assert {"email", "lifecyclestage"} <= names
        usage = await http.get("/account-info/v3/api-usage/daily/private-apps")
        assert usage.json()["results"][0]["currentUsage"] == 5
        assert (await http.get("/crm/v3/objects/unicorns/1")).status_code == 404


async def test_wrong_credentials_and_missing_scopes_are_told_apart() -> None:
    async with account(scopes=("crm.objects.contacts.read",)) as (_, _client, http):
        path = "/crm/v3/objects/contacts"
        nobody = await http.get(path, headers={"authorization": "Bearer wrong"})
        assert nobody.status_code == 401
        denied = await http.post(path, json={"properties": {}})
        assert denied.status_code == 403
        assert denied.json()["category"] == "MISSING_SCOPES"
        assert (await http.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("settings", "limit"),
    [({}, 100), ({"tier": "pro"}, 190), ({"tier": "enterprise", "add_on": True}, 250)],
)
async def test_the_burst_limit_of_each_tier(settings: dict[str, Any], limit: int) -> None:
    async with account(**settings) as (running, _, http):
        path = "/crm/v3/objects/contacts/1"
        answers = [await http.get(path) for _ in range(limit + 2)]
        assert answers[0].headers["x-hubspot-ratelimit-max"] == str(limit)
        assert answers[0].headers["x-hubspot-ratelimit-remaining"] == str(limit - 1)
        assert [a.status_code for a in answers].count(429) == 2
        body = answers[-1].json()
        assert body["policyName"] == "TEN_SECONDLY_ROLLING"
        assert body["message"] == "You have reached your ten_secondly_rolling limit."
        assert running.truth.figures()["throttled_calls_caused"] == 2
        window = (await http.get("/_sandbox/windows")).json()["windows"][0]
        assert (window["name"], window["own_peak"]) == ("burst", limit + 2)
        assert window["own_over_full"]


async def test_search_has_a_limit_of_its_own_and_no_headers() -> None:
    async with account() as (_, _client, http):
        path = "/crm/v3/objects/contacts/search"
        answers = await asyncio.gather(*(http.post(path, json={}) for _ in range(12)))
        throttled = [a for a in answers if a.status_code == 429]
        assert throttled
        assert not [h for a in answers for h in a.headers if "ratelimit" in h]
        assert throttled[0].json()["message"] == "You have reached your secondly limit."
        other = await http.get("/crm/v3/objects/contacts")
        assert other.status_code == 200


async def test_the_daily_limit_is_told_as_such() -> None:
    async with account(daily_limit=3) as (_, _client, http):
        answers = [await http.get("/crm/v3/objects/contacts") for _ in range(4)]
        assert answers[-1].status_code == 429
        assert answers[-1].json()["policyName"] == "DAILY"


async def test_another_app_has_its_own_burst_and_is_a_stranger_in_the_truth() -> None:
    async with account() as (running, _, http):
        stranger = {"authorization": "Bearer pat-na1-stranger"}
        path = "/crm/v3/objects/contacts"
        await http.post(path, json={"properties": {"email": "s@x.example"}}, headers=stranger)
        answer = await http.get(path)
        assert answer.headers["x-hubspot-ratelimit-remaining"] == "99"
        assert answer.headers["x-hubspot-ratelimit-daily-remaining"] == str(250_000 - 2)
        assert [e.by for e in running.truth.effects()] == ["stranger"]
        assert running.truth.figures()["calls_of_strangers"] == 1


async def test_a_merged_id_leads_to_the_survivor() -> None:
    two = ({"email": "a@x.example"}, {"email": "b@x.example"})
    async with account(contacts=two) as (_, _client, http):
        body = {"primaryObjectId": "101", "objectIdToMerge": "102"}
        assert (await http.post("/crm/v3/objects/contacts/merge", json=body)).status_code == 200
        assert (await http.get("/crm/v3/objects/contacts/102")).json()["id"] == "101"
        by_email = await http.get("/crm/v3/objects/contacts/b@x.example?idProperty=email")
        assert by_email.json()["id"] == "101"


async def test_a_body_that_is_no_json_is_a_400() -> None:
    async with account() as (_, _client, http):
        deep = b"[" * 100_000
        for content in (b"{", b"[]", b'{"inputs": {}}', b'{"inputs": [1]}', b"\xff\x00", deep):
            answer = await http.post("/crm/v3/objects/contacts/batch/upsert", content=content)
            assert answer.status_code == 400, content
            assert answer.json()["category"] == "VALIDATION_ERROR"


async def test_a_rule_that_requires_a_property_is_enforced_on_new_contacts() -> None:
    settings = {"required": ("lastname",), "contacts": ({"email": "a@x.example"},)}
    async with account(**settings) as (_, client, _http):
        batch = client.crm.contacts.batch_api
        known = await ask(batch.upsert, upserts(row("a@x.example", firstname="A")))
        assert known.status == "COMPLETE"
        with pytest.raises(ApiException) as refused:
            await ask(batch.upsert, upserts(row("b@x.example", firstname="B")))
        assert "REQUIRED_PROPERTY" in refused.value.body


async def test_a_value_taken_by_an_earlier_row_of_the_batch_is_a_conflict() -> None:
    async with account(unique_properties=("leadline_key",)) as (running, client, _):
        rows = [
            {"id": key, "idProperty": "leadline_key", "properties": {"email": "a@x.example"}}
            for key in ("k1", "k2")
        ]
        with pytest.raises(ApiException) as conflict:
            await ask(client.crm.contacts.batch_api.upsert, upserts(*rows))
        assert conflict.value.status == 409
        assert running.truth.effects() == []


async def test_an_address_can_be_changed_and_its_old_one_is_free_again() -> None:
    async with account(contacts=({"email": "old@x.example"},)) as (_, _client, http):
        path = "/crm/v3/objects/contacts"
        changed = {"properties": {"email": "new@x.example"}}
        assert (await http.patch(f"{path}/101", json=changed)).status_code == 200
        again = {"properties": {"email": "old@x.example"}}
        assert (await http.post(path, json=again)).status_code == 201
        taken = await http.patch(f"{path}/102", json=changed)
        assert (taken.status_code, taken.json()["category"]) == (409, "CONFLICT")
        by_email = await http.get(f"{path}/new@x.example?idProperty=email")
        assert by_email.json()["id"] == "101"


async def test_a_batch_update_by_email_is_refused_by_a_unique_property_is_not() -> None:
    settings = {
        "unique_properties": ("leadline_key",),
        "contacts": ({"email": "a@x.example", "leadline_key": "k1"},),
    }
    async with account(**settings) as (_, _client, http):
        path = "/crm/v3/objects/contacts/batch/update"
        by_email = {"id": "a@x.example", "idProperty": "email", "properties": {"city": "X"}}
        refused = await http.post(path, json={"inputs": [by_email]})
        assert (refused.status_code, "non-unique" in refused.json()["message"]) == (400, True)
        by_key = {"id": "k1", "idProperty": "leadline_key", "properties": {"city": "X"}}
        answer = await http.post(path, json={"inputs": [by_key]})
        assert answer.json()["results"][0]["properties"]["city"] == "X"


async def test_null_changes_nothing_and_an_empty_text_clears() -> None:
    async with account(contacts=({"email": "a@x.example", "city": "X"},)) as (_, _client, http):
        path = "/crm/v3/objects/contacts/101"
        await http.patch(path, json={"properties": {"city": None}})
        seen = (await http.get(path, params={"properties": "city"})).json()
        assert seen["properties"]["city"] == "X"
        await http.patch(path, json={"properties": {"city": ""}})
        seen = (await http.get(path, params={"properties": "city"})).json()
        assert seen["properties"]["city"] is None


async def test_a_lone_surrogate_in_a_value_is_kept_and_given_back() -> None:
    async with account() as (running, _, http):
        body = b'{"properties": {"email": "a@x.example", "city": "x\\ud800\\u0000"}}'
        made = await http.post("/crm/v3/objects/contacts", content=body)
        assert made.json()["properties"]["city"] == "x\ud800\0"
        assert running.truth.effects()[0].values["city"] == "x\ud800\0"


async def test_paging_with_nonsense_is_a_400() -> None:
    async with account() as (_, _client, http):
        answer = await http.get("/crm/v3/objects/contacts", params={"limit": "many"})
        assert answer.status_code == 400
