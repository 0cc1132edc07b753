"""What is particular to HubSpot, against its sandbox; request bodies in its own client's models."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchReadInputSimplePublicObjectId,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
)
from hubspot.crm.properties import PropertyCreate
from hypothesis import given
from hypothesis import strategies as st

from leadline.connectors.contract import Need, RecordWrite
from leadline.connectors.door import Reply
from leadline.connectors.hubspot.answers import Refused, failure
from leadline.connectors.hubspot.values import as_sent, is_same, plan
from leadline.connectors.hubspot.wire import VERSION, quota
from leadline.ledger.coalesce import AddTo, Clear, FieldWrite, Forward, IfEmpty, Increment, SetTo
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.sandbox import Fault
from leadline.sandbox.faults import FaultKind
from leadline.sandbox.hubspot.contacts import Contacts, SearchLag
from tests.connectors.benches import Bench, bench, records
from tests.connectors.memory_allowance import allowance_for

pytestmark = pytest.mark.anyio
ORDER = ("subscriber", "lead", "customer")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def one(i: int = 0, **fields: FieldWrite) -> RecordWrite:
    (write,) = records(1, start=i)
    return replace(write, fields=fields)


def stands(i: int = 0, **values: str) -> dict[str, str]:
    return {"email": f"p{i}@acme.example", **values}


def contact(b: Bench, i: int = 0) -> dict[str, str]:
    found = b.sandbox.contacts.find("email", f"p{i}@acme.example")
    assert found is not None
    return dict(found.properties)


def writes_of(b: Bench) -> list[tuple[str, int]]:
    return [
        (c.operation.rpartition(".")[2], c.members) for c in b.running.truth.calls() if c.effectful
    ]


async def test_what_is_there_is_updated_by_id_and_what_is_not_is_created_once() -> None:
    async with bench("hubspot", contacts=(stands(0), stands(2))) as b:
        outcomes = await b.perform(*records(4))
        assert all(isinstance(o, Accepted) and o.vendor_time is not None for o in outcomes)
        assert writes_of(b) == [("update", 2), ("upsert", 2)]
        assert [contact(b, i)["firstname"] for i in range(4)] == ["P0", "P1", "P2", "P3"]
        assert "leadline_key" not in contact(b, 0)
        assert contact(b, 1)["leadline_key"] == "key-1"
        again = await b.perform(*records(4))
        assert [o.vendor_id for o in again] == [o.vendor_id for o in outcomes]  # type: ignore[union-attr]
        assert len(list(b.sandbox.contacts.all())) == 4


async def test_an_address_is_found_whatever_its_case_and_though_it_is_a_second_one() -> None:
    async with bench("hubspot", contacts=(stands(0), {"email": "old@acme.example"})) as b:
        survivor = b.sandbox.contacts.find("email", "p0@acme.example")
        loser = b.sandbox.contacts.find("email", "old@acme.example")
        b.sandbox.contacts.merge(survivor, loser, b.sandbox.clock.now())
        upper = replace(one(0, firstname=SetTo("A")), record=" P0@ACME.example ")
        old = replace(one(1, lastname=SetTo("B")), record="Old@acme.example")
        first, second = await b.perform(upper, old)
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)
        assert first.vendor_id == second.vendor_id == survivor.id
        assert (contact(b)["firstname"], contact(b)["lastname"]) == ("A", "B")
        assert writes_of(b) == [("update", 1), ("update", 1)], "an id never twice in a batch"


async def test_a_refused_batch_is_halved_down_to_the_record() -> None:
    # Without 207 one bad row refuses all hundred, and the message names only the first.
    async with bench("hubspot", partial=frozenset()) as b:
        effects = list(records(40))
        for bad in (3, 29):
            effects[bad] = replace(effects[bad], record=f"no address {bad}")
        allowance = allowance_for(b.connector, b.settings)
        outcomes = await b.connector.perform(b.door(allowance), tuple(effects))
        assert [i for i, o in enumerate(outcomes) if not isinstance(o, Accepted)] == [3, 29]
        assert isinstance(outcomes[3], Rejected)
        assert outcomes[3].field == "email"
        assert len(b.running.truth.effects()) == 38, "nothing is written twice on the way"
        assert len(allowance.effectful()) <= 2 * 2 * 6 + 1
        opened = [r for c in allowance.effectful() for r in c.intent.records]
        assert len(opened) == len(set(opened)) == 40, "a record is opened once a claim"


async def test_a_batch_refused_for_one_row_that_stays_bad_costs_only_that_row() -> None:
    for kind in (FaultKind.REFUSE_WHOLE, FaultKind.REFUSE_PART):
        async with bench("hubspot") as b:
            b.running.faults.add(Fault(kind, stays=True))
            outcomes = await b.perform(*records(10))
            bad = [o for o in outcomes if not isinstance(o, Accepted)]
            assert len(bad) == 1
            assert isinstance(bad[0], Rejected)
            assert len(b.running.truth.effects()) == 9


async def test_a_row_that_was_refused_for_a_moment_is_written_after_all() -> None:
    async with bench("hubspot") as b:
        b.running.faults.add(Fault(FaultKind.REFUSE_WHOLE))
        outcomes = await b.perform(*records(10))
        assert all(isinstance(o, Accepted) for o in outcomes)
        assert len(b.running.truth.effects()) == 10


async def test_a_property_that_does_not_exist_costs_no_hundred_calls() -> None:
    async with bench("hubspot", partial=frozenset()) as b:
        effects = [
            replace(w, fields={**w.fields, **({"shoe_size": SetTo("9")} if i % 2 else {})})
            for i, w in enumerate(records(50))
        ]
        outcomes = await b.perform(*effects)
        for i, outcome in enumerate(outcomes):
            expected = Rejected if i % 2 else Accepted
            assert isinstance(outcome, expected)
            assert not isinstance(outcome, Rejected) or outcome.field == "shoe_size"
        assert len(writes_of(b)) == 2


async def test_a_contact_that_came_in_between_is_read_again_and_updated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = Contacts.find

    def find(self: Contacts, name: str, value: str) -> Any:
        found = original(self, name, value)
        if name == "email" and found is None:
            self.create(stands(0), 0.0)  # by somebody else, right after our lookup
        return found

    for partial in (frozenset(), frozenset({"upsert"})):
        async with bench("hubspot", partial=partial) as b:
            monkeypatch.setattr(Contacts, "find", find)
            (outcome,) = await b.perform(one(firstname=SetTo("A")))
            monkeypatch.undo()
            assert isinstance(outcome, Accepted)
            assert contact(b)["firstname"] == "A"
            assert len(list(b.sandbox.contacts.all())) == 1


async def test_without_the_unique_property_nothing_is_created_and_the_connection_says_why() -> None:
    async with bench("hubspot", unique_properties=(), contacts=(stands(0),)) as b:
        outcomes = await b.perform(*records(30))
        assert isinstance(outcomes[0], Accepted), "what is there needs no key"
        assert all(isinstance(o, Unauthorised) and "leadline_key" in o.reason for o in outcomes[1:])
        assert len(writes_of(b)) == 2
        found = {c.name: c for c in await b.connector.check(b.door(), ())}
        assert found["leadline_key"].mend == "leadline_key"
        assert b.connector.mend is not None
        assert (await b.connector.mend(b.door(), "leadline_key")).ok
        assert all(c.ok for c in await b.connector.check(b.door(), ()))
        assert all(isinstance(o, Accepted) for o in await b.perform(*records(30)))


async def stage(held: str | None, write: FieldWrite, **config: Any) -> tuple[Outcome, str]:
    there = stands(0, **({"lifecyclestage": held} if held else {}))
    async with bench("hubspot", contacts=(there,), **config) as b:
        (outcome,) = await b.perform(one(firstname=SetTo("A"), lifecyclestage=write))
        assert contact(b)["firstname"] == "A", "the other values count in any case"
        return outcome, contact(b).get("lifecyclestage", "")


@pytest.mark.parametrize(
    ("held", "wanted", "after", "said"),
    [
        (None, "lead", "lead", None),
        ("subscriber", "lead", "lead", None),
        ("lead", "lead", "lead", None),
        ("customer", "lead", "customer", 'further, at "customer"'),
        ("opportunity", "lead", "opportunity", 'further, at "opportunity"'),
    ],
)
@pytest.mark.parametrize("backward", ["ignore", "refuse"])
async def test_a_stage_only_goes_forward_and_it_is_said_where_it_did_not_move(
    held: str | None, wanted: str, after: str, said: str | None, backward: str
) -> None:
    outcome, found = await stage(held, Forward(wanted, ORDER), backward_stage=backward)
    assert isinstance(outcome, Accepted)
    assert found == after
    assert (outcome.detail is None) == (said is None)
    assert said is None or said in (outcome.detail or "")


async def test_a_silent_no_to_a_step_back_is_said() -> None:
    outcome, found = await stage("customer", SetTo("lead"))
    assert found == "customer"
    assert isinstance(outcome, Accepted)
    assert 'lifecyclestage did not move: HubSpot kept "customer"' in (outcome.detail or "")


@asynccontextmanager
async def moved_meanwhile(b: Bench, to: str) -> AsyncIterator[None]:
    """Somebody moves the contact after we looked it up and before we write."""
    original = type(b.sandbox.contacts).problem
    there = b.sandbox.contacts.find("email", "p0@acme.example")

    def problem(self: Any, wanted: Any, found: Any, claimed: Any) -> Any:
        there.properties["lifecyclestage"] = to
        return original(self, wanted, found, claimed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(b.sandbox.contacts), "problem", problem)
        yield


@pytest.mark.parametrize("backward", ["ignore", "refuse"])
async def test_a_stage_that_somebody_moved_meanwhile_is_left_there(backward: str) -> None:
    there = stands(0, lifecyclestage="subscriber")
    async with bench("hubspot", contacts=(there,), backward_stage=backward) as b:
        async with moved_meanwhile(b, "customer"):
            (outcome,) = await b.perform(
                one(firstname=SetTo("A"), lifecyclestage=Forward("lead", ORDER))
            )
        assert isinstance(outcome, Accepted)
        assert "did not move" in (outcome.detail or "")
        assert (contact(b)["lifecyclestage"], contact(b)["firstname"]) == ("customer", "A")


async def test_each_way_of_writing_does_what_it_says() -> None:
    there = stands(0, firstname="Old", phone="1", numberofemployees="3")
    async with bench("hubspot", contacts=(there,)) as b:
        write = one(
            firstname=IfEmpty("New"),
            lastname=IfEmpty("New"),
            phone=Clear(),
            numberofemployees=Increment(Decimal("2.5")),
            company=SetTo(""),
        )
        (outcome,) = await b.perform(write)
        assert isinstance(outcome, Accepted)
        assert outcome.detail == "firstname was not empty"
        found = contact(b)
        assert (found["firstname"], found["lastname"]) == ("Old", "New")
        assert ("phone" in found, found["numberofemployees"]) == (False, "5.5")
        assert b.connector.verify is not None
        (verdict,) = await b.connector.verify(b.door(), (write,), ())
        assert isinstance(verdict, Unknown), "an increase cannot be seen"
        (idle,) = await b.perform(one(firstname=IfEmpty("Newer")))
        assert isinstance(idle, Accepted)
        assert len(writes_of(b)) == 1, "where nothing is to change nothing is sent"


def test_additions_join_what_stands_there() -> None:
    found = plan({"topics": AddTo(("b", "c"))}, {"topics": "a;b"})
    assert found.sent == {"topics": "a;b;c"}


async def test_verification_reads_by_address_and_never_searches() -> None:
    lag = SearchLag(3_600.0)
    async with bench("hubspot", search_lag=lag, contacts=(stands(1, firstname="Other"),)) as b:
        await b.perform(*records(1))
        effects = (*records(1), one(1, firstname=SetTo("P1")), one(7, firstname=SetTo("X")))
        assert b.connector.verify is not None
        verdicts = await b.connector.verify(b.door(), effects, ())
        assert [type(v) for v in verdicts] == [Accepted, Absent, Absent]
        assert {c.operation for c in b.running.truth.calls()} == {
            "contacts.batch.read",
            "contacts.batch.upsert",
        }
        b.running.faults.add(Fault(FaultKind.ERROR, status=502, on="reads"))
        verdicts = await b.connector.verify(b.door(), effects, ())
        assert all(isinstance(v, Unavailable) for v in verdicts), "a failed read proves nothing"


async def test_has_seen_compares_with_hubspots_own_time() -> None:
    async with bench("hubspot") as b:
        (outcome,) = await b.perform(*records(1))
        assert isinstance(outcome, Accepted)
        assert outcome.vendor_id is not None
        assert outcome.vendor_time is not None
        seen = b.connector.has_seen
        assert seen is not None
        assert await seen(b.door(), outcome.vendor_id, outcome.vendor_time)
        assert not await seen(
            b.door(), outcome.vendor_id, outcome.vendor_time + timedelta(seconds=1)
        )
        assert not await seen(b.door(), "999999", outcome.vendor_time)


async def test_strangers_are_noticed_in_the_headers() -> None:
    async with bench("hubspot") as b:
        b.running.faults.add(Fault(FaultKind.STRANGERS, match="burst", rate=300.0, seconds=0.1))
        allowance = allowance_for(b.connector, b.settings)
        for start in range(0, 40, 10):
            await b.connector.perform(b.door(allowance), records(10, start))
        taken = sum(s.units for s in allowance.stranger_slots if s.window == "ten seconds")
        figures = {w.name: w for w in b.running.limits.figures(b.sandbox.clock.now())}
        assert figures["burst"].strangers > 10
        assert taken > 0.8 * figures["burst"].strangers


async def test_check_names_what_is_missing_in_the_account() -> None:
    needs = (
        Need("field", "firstname", "text"),
        Need("field", "numberofemployees", "text"),
        Need("field", "lifecyclestage", "choice", ("lead", "fan")),
        Need("field", "shoe_size", "number"),
    )
    async with bench("hubspot") as b:
        found = {c.name: c for c in await b.connector.check(b.door(), needs)}
        assert {n for n, c in found.items() if not c.ok} == {
            "property numberofemployees",
            "property lifecyclestage",
            "property shoe_size",
        }
        assert "fan" in found["property lifecyclestage"].message
        assert all(c.fix and c.fix.endswith(".") for c in found.values() if not c.ok)
        assert not b.running.truth.effects(), "a check changes nothing"
    async with bench("hubspot", scopes=("crm.objects.contacts.read",)) as b:
        found = {c.name: c for c in await b.connector.check(b.door(), needs)}
        assert "crm.schemas.contacts.read" in (found["properties"].fix or "")
        outcomes = await b.perform(*records(2))
        assert all(
            isinstance(o, Unauthorised) and "crm.objects.contacts.write" in o.reason
            for o in outcomes
        )


def reply(status: int, body: dict[str, Any] | None = None, **headers: str) -> Reply:
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return Reply(status, named, orjson.dumps(body or {}), NOON)


@pytest.mark.parametrize(
    ("status", "hint", "wait"),
    [
        (429, "1500", 1.5),
        (429, None, 10.0),
        (429, "20", 1.0),
        (423, None, 2.0),
        (477, "86400", 86_400.0),
    ],
)
def test_a_hint_to_come_back_is_read_in_its_own_unit(
    status: int, hint: str | None, wait: float
) -> None:
    found = failure(reply(status, {}, **({"retry_after": hint} if hint else {})))
    assert isinstance(found, Throttled | Unavailable)
    assert found.until == NOON + timedelta(seconds=wait)


def test_the_day_and_the_ten_seconds_are_told_apart() -> None:
    burst = reply(429, {"policyName": "TEN_SECONDLY_ROLLING"}, x_hubspot_ratelimit_remaining="0")
    day = reply(429, {"policyName": "DAILY"})
    newer = reply(429, {"message": "You have reached your daily limit."})
    assert failure(burst) == Throttled(NOON + timedelta(seconds=10), window="ten seconds")
    assert failure(day) == failure(newer) == Throttled(None, window="day")
    assert quota(burst).remaining == {"ten seconds": 0}
    assert quota(day).refused is not None
    assert quota(reply(200)).refused is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Unauthorised),
        (403, Unauthorised),
        (404, Unauthorised),
        (409, Refused),
        (414, Refused),
        (423, Unavailable),
        (477, Unavailable),
        (500, Unknown),
        (502, Unknown),
        (503, Unavailable),
        (504, Unknown),
        (521, Unavailable),
        (524, Unknown),
        (302, Unknown),
    ],
)
def test_every_status_has_its_class_even_without_a_body(
    status: int, expected: type[object]
) -> None:
    assert isinstance(failure(Reply(status, {}, b"<html>", NOON)), expected)


async def test_request_bodies_are_what_hubspots_own_client_would_send() -> None:
    bodies: list[tuple[str, dict[str, Any]]] = []
    async with bench("hubspot", contacts=(stands(0),), unique_properties=()) as b:
        original = b.sandbox.operation

        def operation(request: Any) -> Any:
            if request.body:
                bodies.append((request.path, orjson.loads(request.body)))
            return original(request)

        b.sandbox.operation = operation
        assert b.connector.mend is not None
        await b.connector.mend(b.door(), "leadline_key")
        await b.perform(*records(2))
    assert all(path.startswith(("/crm/objects/", "/crm/properties/")) for path, _ in bodies)
    assert all(f"/{VERSION}/" in path for path, _ in bodies)
    kinds = {path.rpartition("/")[2]: body for path, body in bodies}
    made = PropertyCreate(**_python(PropertyCreate, kinds["contacts"]))
    assert made.has_unique_value
    read = BatchReadInputSimplePublicObjectId(
        properties_with_history=[],
        **_python(BatchReadInputSimplePublicObjectId, kinds["read"]),
    )
    assert [SimplePublicObjectId(**i).id for i in read.inputs] == [
        "p0@acme.example",
        "p1@acme.example",
    ]
    for verb, whole, row in (
        ("update", BatchInputSimplePublicObjectBatchInput, SimplePublicObjectBatchInput),
        (
            "upsert",
            BatchInputSimplePublicObjectBatchInputUpsert,
            SimplePublicObjectBatchInputUpsert,
        ),
    ):
        inputs = whole(**_python(whole, kinds[verb])).inputs
        rows = [row(**_python(row, i)) for i in inputs]
        assert all(isinstance(v, str) for r in rows for v in r.properties.values())
        assert all(r.object_write_trace_id for r in rows)
    assert rows[0].id_property == "leadline_key"


def _python(model: Any, body: dict[str, Any]) -> dict[str, Any]:
    """A wire body by the model's own names; KeyError for a key that the model does not have."""
    names = {wire: python for python, wire in model.attribute_map.items()}
    return {names[key]: value for key, value in body.items()}


async def test_it_talks_to_whatever_speaks_the_contract_and_ignores_an_unknown_page() -> None:
    async with bench("hubspot") as b:
        values = {**b.settings.values, "base_url": f"{b.running.url}/not/here"}
        door = replace(b.door(), settings=replace(b.settings, values=values))
        (outcome,) = await b.connector.perform(door, records(1))
        assert isinstance(outcome, Rejected | Unauthorised)
        assert not b.running.truth.effects()


async def test_a_tier_with_more_room_is_used() -> None:
    async with bench("hubspot", values={"tier": "professional"}, tier="pro") as b:
        allowance = allowance_for(b.connector, b.settings)
        assert allowance.windows["ten seconds"].limit == 190
        assert all(
            isinstance(o, Accepted)
            for o in await b.connector.perform(b.door(allowance), records(3))
        )


VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    ),
    st.booleans(),
    st.dates(min_value=date(1970, 1, 1)),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),
)


@given(VALUES)
def test_a_value_is_the_same_as_itself_however_hubspot_shows_it(value: Any) -> None:
    sent = as_sent(value)
    assert is_same(sent, sent)
    if isinstance(value, Decimal):
        assert Decimal(sent) == value
        assert is_same(sent, f"{value}")
    if isinstance(value, datetime):
        shown = value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert is_same(sent, shown)


def test_what_differs_is_not_the_same() -> None:
    for wanted, held in (("lead", "leads"), ("1", "2"), ("", "x"), ("true", "false"), ("a;b", "a")):
        assert not is_same(wanted, held)
