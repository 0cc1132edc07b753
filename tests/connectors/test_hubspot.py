"""The HubSpot connector against the sandbox, judged by the sandbox's own truth."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import anyio
import pytest

from leadline.connectors.contract import CallIntent, Mail, RecordWrite
from leadline.connectors.hubspot import answers, connector
from leadline.ledger.coalesce import AddTo, Clear, Forward, IfEmpty, Increment
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.sandbox import FaultKind
from leadline.sandbox.hubspot.properties import Property
from tests.connectors.hubspot_account import account, write

pytestmark = pytest.mark.anyio
ORDER = ("subscriber", "lead", "customer")
ADA = {"email": "ada@acme.example", "firstname": "A"}


def kinds(outcomes: tuple[object, ...]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes]


async def test_who_is_there_is_updated_and_who_is_not_is_created_once() -> None:
    async with account(contacts=(ADA,)) as there:
        effects = (
            write("Ada@Acme.example", firstname="Ada"),
            write("bob@acme.example", firstname="Bob"),
        )
        outcomes = await there.perform(*effects)
        assert kinds(outcomes) == ["Accepted", "Accepted"]
        assert there.shown("ada@acme.example")["firstname"] == "Ada"
        assert there.shown("bob@acme.example")["leadline_key"] == "key-bob"
        await there.perform(*effects)
        assert [(e.what, e.key) for e in there.running.truth.effects()] == [
            ("contact.updated", "write-ada"),
            ("contact.created", "write-bob"),
            ("contact.updated", "write-ada"),
            ("contact.updated", "write-bob"),
        ]


async def test_outcomes_come_in_the_order_of_the_effects_however_hubspot_shuffles() -> None:
    known = tuple({"email": f"p{n}@acme.example"} for n in range(0, 100, 2))
    async with account(contacts=known) as there:
        effects = tuple(write(f"P{n}@acme.example", firstname=f"N{n}") for n in range(100))
        outcomes = await there.perform(*effects)
        for effect, outcome in zip(effects, outcomes, strict=True):
            assert isinstance(outcome, Accepted)
            (done,) = there.running.truth.effects(key=effect.write_id)
            assert outcome.vendor_id == done.record
            assert outcome.vendor_time is not None
            assert abs(outcome.vendor_time.timestamp() - done.at) < 0.01
        assert len(there.allowance.calls) == 3  # read, update, create


async def test_every_effectful_call_is_written_down_with_members_records_and_refs() -> None:
    async with account(contacts=(ADA,)) as there:
        await there.perform(write("Ada@acme.example", firstname="x"), write("bob@acme.example"))
        read, update, create = (kept.intent for kept in there.allowance.calls.values())
        assert (read.members, read.records) == ((), ())
        assert (update.members, update.records) == (("ada/crm/1",), ("Ada@acme.example",))
        assert update.refs == {"ada/crm/1": "write-ada"}
        assert create.refs == {"bob/crm/1": "write-bob"}
        assert all(n.answer is not None and n.answer.sent for n in there.allowance.calls.values())
        assert not any("acme.example" in c.intent.label for c in there.allowance.calls.values())


async def test_two_addresses_of_one_contact_are_never_in_one_batch() -> None:
    async with account(contacts=(ADA, {"email": "countess@acme.example"})) as there:
        contacts = there.sandbox.contacts
        survivor = contacts.find("email", "ada@acme.example")
        loser = contacts.find("email", "countess@acme.example")
        assert survivor is not None
        assert loser is not None
        contacts.merge(survivor, loser, there.sandbox.clock.now())
        first = write("ada@acme.example", firstname="Ada", jobtitle="analyst")
        later = write("countess@acme.example", firstname="Augusta")
        same_again = write("ADA@acme.example", "again", city="London")
        outcomes = await there.perform(first, later, same_again)
        assert kinds(outcomes) == ["Accepted"] * 3
        assert {o.vendor_id for o in outcomes if isinstance(o, Accepted)} == {survivor.id}
        assert survivor.properties["firstname"] == "Augusta"
        assert survivor.properties["jobtitle"] == "analyst"
        assert [e.key for e in there.running.truth.effects(by="ours")] == [
            "write-ada",
            "write-countess",
            "write-again",
        ]


@pytest.mark.parametrize("partial", [frozenset({"create", "update"}), frozenset[str]()])
@pytest.mark.parametrize("known", [True, False], ids=["update", "create"])
async def test_one_bad_row_costs_only_itself(partial: frozenset[str], known: bool) -> None:
    people = [f"p{n}@acme.example" for n in range(40)]
    contacts = tuple({"email": email} for email in people) if known else ()
    async with account(contacts=contacts, partial=partial) as there:
        effects = [write(email, firstname="x") for email in people]
        effects[17] = write(people[17], hs_lead_status="Nonsense")
        outcomes = await there.perform(*effects)
        bad = outcomes[17]
        assert isinstance(bad, Rejected)
        assert bad.field == "hs_lead_status"
        assert "not one of the allowed options" in bad.reason
        assert kinds(outcomes).count("Accepted") == 39
        counts = [len(there.effects_of(effect)) for effect in effects]
        assert counts == [0 if n == 17 else 1 for n in range(40)]
        assert len(there.allowance.effectful()) <= 1 + 2 * 6
        for noted in there.allowance.effectful():
            assert len(set(noted.intent.members)) == len(noted.intent.members)


async def test_a_batch_refused_for_a_row_that_stays_bad_is_halved_down_to_it() -> None:
    async with account(partial=frozenset()) as there:
        there.fault(FaultKind.REFUSE_WHOLE, stays=True)
        effects = [write(f"p{n}@acme.example") for n in range(8)]
        outcomes = await there.perform(*effects)
        assert sorted(set(kinds(outcomes))) == ["Accepted", "Rejected"]
        assert kinds(outcomes).count("Rejected") == 1
        sizes = [len(n.intent.members) for n in there.allowance.effectful()]
        assert sizes[:2] == [8, 4]
        assert 1 in sizes


async def test_a_contact_that_appears_after_the_reading_is_updated() -> None:
    async with account() as there:

        def somebody_else(call: CallIntent) -> None:
            if call.label.endswith("batch/create") and not there.sandbox.contacts.find(
                "email", "ada@acme.example"
            ):
                there.sandbox.contacts.create(ADA, there.sandbox.clock.now())

        there.allowance.before = somebody_else
        outcomes = await there.perform(
            write("ada@acme.example", firstname="Ada"), write("bob@acme.example")
        )
        assert kinds(outcomes) == ["Accepted", "Accepted"]
        assert there.shown("ada@acme.example")["firstname"] == "Ada"
        assert [e.what for e in there.running.truth.effects()].count("contact.created") == 1


async def test_an_address_that_a_person_corrected_is_not_put_back() -> None:
    async with account() as there:
        await there.perform(write("ada@acme.example", firstname="Ada"))
        found = there.sandbox.contacts.find("email", "ada@acme.example")
        assert found is not None
        there.sandbox.contacts.write(found, {"email": "ada@new.example"}, 0.0)
        (outcome,) = await there.perform(write("ada@acme.example", firstname="Augusta"))
        assert isinstance(outcome, Accepted)
        assert outcome.vendor_id == found.id
        assert found.properties["email"] == "ada@new.example"
        assert found.properties["firstname"] == "Augusta"


async def test_each_way_to_write_leaves_what_it_says() -> None:
    standing = {
        **ADA,
        "city": "London",
        "topics": "a;b",
        "numberofemployees": "7",
        "jobtitle": "analyst",
        "lifecyclestage": "subscriber",
    }
    async with account() as there:
        topics = Property("topics", "Topics", "enumeration", "checkbox", ("a", "b", "c"), own=False)
        there.sandbox.contacts.definitions["topics"] = topics
        there.sandbox.contacts.create(standing, there.sandbox.clock.now())
        (outcome,) = await there.perform(
            write(
                "ada@acme.example",
                city=IfEmpty("Paris"),
                country=IfEmpty("UK"),
                topics=AddTo(("c", "a")),
                numberofemployees=Increment(Decimal(3)),
                jobtitle=Clear(),
                lifecyclestage=Forward("lead", ORDER),
            )
        )
        assert isinstance(outcome, Accepted)
        assert outcome.detail is None
        shown = there.shown("ada@acme.example")
        assert shown["city"] == "London"
        assert shown["country"] == "UK"
        assert shown["topics"] == "a;b;c"
        assert shown["numberofemployees"] == "10"
        assert "jobtitle" not in shown
        assert shown["lifecyclestage"] == "lead"


async def test_a_write_that_changes_nothing_makes_no_call() -> None:
    async with account(contacts=({**ADA, "lifecyclestage": "customer"},)) as there:
        (outcome,) = await there.perform(
            write("ada@acme.example", lifecyclestage=Forward("lead", ORDER))
        )
        assert isinstance(outcome, Accepted)
        assert outcome.detail == 'lifecyclestage did not move: already further ("customer")'
        assert there.allowance.effectful() == []


@pytest.mark.parametrize("backward", ["ignore", "refuse"])
@pytest.mark.parametrize("others", [{}, {"firstname": "Ada"}], ids=["alone", "with others"])
async def test_a_stage_moved_on_in_between_is_proved_by_the_answer(
    backward: str, others: dict[str, str]
) -> None:
    contacts = ({**ADA, "lifecyclestage": "subscriber"},)
    async with account(contacts=contacts, backward_stage=backward) as there:

        def moved_on(call: CallIntent) -> None:
            if call.members:
                found = there.sandbox.contacts.find("email", "ada@acme.example")
                assert found is not None
                found.properties["lifecyclestage"] = "customer"

        there.allowance.before = moved_on
        (outcome,) = await there.perform(
            write("ada@acme.example", lifecyclestage=Forward("lead", ORDER), **others)
        )
        assert isinstance(outcome, Accepted)
        assert outcome.detail is not None
        assert outcome.detail.startswith("lifecyclestage did not move: already further")
        assert outcome.vendor_id is not None
        assert there.shown("ada@acme.example")["lifecyclestage"] == "customer"
        assert there.shown("ada@acme.example")["firstname"] == others.get("firstname", "A")


async def test_a_stage_that_does_not_exist_is_refused_and_not_taken_for_further() -> None:
    async with account(contacts=(ADA,)) as there:
        (outcome,) = await there.perform(
            write("ada@acme.example", lifecyclestage=Forward("prospect", ("prospect", "lead")))
        )
        assert isinstance(outcome, Rejected)
        assert outcome.field == "lifecyclestage"


async def test_what_cannot_be_written_is_refused_and_the_others_go() -> None:
    mail = Mail((), "a@x.example", "b@x.example", "s", None, "t", "<m@x.example>", "e")
    company = RecordWrite(("c/crm/1",), "w", "company", "acme", {}, "k")
    async with account() as there:
        outcomes = await connector.perform(
            there.door,
            (
                mail,
                company,
                write(" ", "nobody"),
                write("half\ud83d@acme.example", "half"),
                write("bob@acme.example", firstname="nul\0"),
                write("cy@acme.example", firstname="Cy"),
            ),
        )
        assert kinds(outcomes) == ["Rejected"] * 5 + ["Accepted"]
        assert all(o.reason.endswith(".") for o in outcomes if isinstance(o, Rejected))
        assert [e.key for e in there.running.truth.effects()] == ["write-cy"]


async def test_without_the_key_property_the_connection_stops_at_the_first_call() -> None:
    async with account(unique_properties=()) as there:
        outcomes = await there.perform(*(write(f"p{n}@acme.example") for n in range(50)))
        assert set(kinds(outcomes)) == {"Unauthorised"}
        assert isinstance(outcomes[0], Unauthorised)
        assert "leadline systems check" in outcomes[0].reason
        assert len(there.allowance.effectful()) == 1


async def test_calls_that_may_not_begin_leave_no_effect() -> None:
    async with account(contacts=(ADA,), allow_calls=2) as there:
        known, new = write("ada@acme.example", firstname="x"), write("bob@acme.example")
        outcomes = await there.perform(known, new)
        assert kinds(outcomes) == ["Accepted", "Unavailable"]
        assert there.effects_of(new) == []


async def test_a_lost_answer_is_unknown_and_reading_settles_it() -> None:
    async with account(contacts=(ADA,), timeout_s=0.3) as there:
        known, new = write("ada@acme.example", firstname="x"), write("bob@acme.example")
        there.fault(FaultKind.COMMIT_THEN_CUT, match="update")
        there.fault(FaultKind.COMMIT_THEN_HANG, match="create")
        assert kinds(await there.perform(known, new)) == ["Unknown", "Unknown"]
        verdicts = await there.verify(known, new)
        assert kinds(verdicts) == ["Accepted", "Accepted"]
        assert isinstance(verdicts[1], Accepted)
        (made,) = there.running.truth.effects(key=new.write_id)
        assert verdicts[1].vendor_id == made.record
        assert "contacts.search" not in there.operations


async def test_a_write_that_was_lost_on_the_way_is_proved_absent() -> None:
    contacts = (ADA, {"email": "bob@acme.example", "firstname": "Bob"})
    async with account(contacts=contacts) as there:
        there.fault(FaultKind.CUT_BEFORE_EFFECT, times=2)
        changed = write("ada@acme.example", firstname="Ada")
        unchanged = write("bob@acme.example", firstname="Bob")  # it says what stands there already
        new = write("cy@acme.example")
        assert kinds(await there.perform(changed, unchanged, new)) == ["Unknown"] * 3
        # Bob was written before the call began: what stands there is not ours.
        bob = there.sandbox.contacts.find("email", "bob@acme.example")
        assert bob is not None
        bob.updated_at -= 60
        assert kinds(await there.verify(changed, unchanged, new)) == ["Absent"] * 3


async def test_a_late_effect_is_found_and_never_doubled() -> None:
    async with account(timeout_s=0.2) as there:
        there.fault(FaultKind.LATE_EFFECT, delay_s=0.5, match="create")
        new = write("ada@acme.example", firstname="Ada")
        assert kinds(await there.perform(new)) == ["Unknown"]
        assert kinds(await there.verify(new)) == ["Absent"]  # too early: rule 4 waits longer
        assert kinds(await there.perform(new)) == ["Accepted"]  # as if rule 4 were broken
        with anyio.fail_after(5):
            # The sandbox rings no bell when a call is over.
            while any(c.answered_at is None for c in there.running.truth.calls()):  # noqa: ASYNC110
                await anyio.sleep(0.02)
        assert there.effects_of(new) == ["contact.created"]


async def test_a_sum_cannot_be_proved_unless_nothing_touched_the_record() -> None:
    async with account(contacts=(ADA,), timeout_s=0.3) as there:
        grows = write("ada@acme.example", numberofemployees=Increment(Decimal(1)))
        there.fault(FaultKind.COMMIT_THEN_CUT)
        assert kinds(await there.perform(grows)) == ["Unknown"]
        (verdict,) = await there.verify(grows)
        assert isinstance(verdict, Unknown)
        assert "numberofemployees" in verdict.reason
        ada = there.sandbox.contacts.find("email", "ada@acme.example")
        assert ada is not None
        ada.updated_at -= 60
        (verdict,) = await there.verify(grows)
        assert isinstance(verdict, Absent)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": FaultKind.THROTTLED}, Throttled),
        ({"kind": FaultKind.ERROR, "status": 423}, Unavailable),
        ({"kind": FaultKind.ERROR, "status": 477}, Unavailable),
        ({"kind": FaultKind.ERROR, "status": 521}, Unavailable),
        ({"kind": FaultKind.ERROR, "status": 502}, Unknown),
        ({"kind": FaultKind.ERROR, "status": 524}, Unknown),
        ({"kind": FaultKind.COMMIT_THEN_ERROR, "status": 500}, Unknown),
        ({"kind": FaultKind.HALF_OPEN}, Unknown),
    ],
    ids=lambda v: f"{v['kind']} {v.get('status', '')}" if isinstance(v, dict) else v.__name__,
)
async def test_each_trouble_of_a_write_is_called_by_its_name(
    fault: dict[str, object], expected: type
) -> None:
    async with account(timeout_s=0.3) as there:
        there.fault(**fault)  # type: ignore[arg-type]  # the table's values are a fault's
        outcomes = await there.perform(write("ada@acme.example"), write("bob@acme.example"))
        assert {type(outcome) for outcome in outcomes} == {expected}
        assert len(there.allowance.effectful()) == 1


@pytest.mark.parametrize("kind", [FaultKind.CUT_BEFORE_EFFECT, FaultKind.HALF_OPEN])
async def test_trouble_of_a_read_leaves_no_doubt(kind: FaultKind) -> None:
    async with account(timeout_s=0.3) as there:
        there.fault(kind, on="reads")
        assert kinds(await there.perform(write("ada@acme.example"))) == ["Unavailable"]
        assert there.allowance.effectful() == []


async def test_has_seen_compares_with_hubspots_own_clock() -> None:
    async with account() as there:
        (outcome,) = await there.perform(write("ada@acme.example"))
        assert isinstance(outcome, Accepted)
        assert outcome.vendor_id is not None
        assert outcome.vendor_time is not None
        assert connector.has_seen is not None
        seen = connector.has_seen
        assert await seen(there.door, outcome.vendor_id, outcome.vendor_time)
        later = outcome.vendor_time.replace(year=outcome.vendor_time.year + 1)
        assert not await seen(there.door, outcome.vendor_id, later)
        assert not await seen(there.door, "999", outcome.vendor_time)


async def test_a_property_that_does_not_exist_costs_no_hundred_calls() -> None:
    async with account(partial=frozenset()) as there:
        effects = [
            write(f"p{n}@acme.example", firstname="x", **({"shoe_size": "9"} if n % 2 else {}))
            for n in range(50)
        ]
        outcomes = await there.perform(*effects)
        for n, outcome in enumerate(outcomes):
            assert isinstance(outcome, Rejected if n % 2 else Accepted)
            assert not isinstance(outcome, Rejected) or outcome.field == "shoe_size"
        assert len(there.allowance.effectful()) == 2


async def test_a_record_is_opened_once_in_a_claim_however_often_its_batch_is_halved() -> None:
    async with account(partial=frozenset()) as there:
        effects = [write(f"p{n}@acme.example", firstname="x") for n in range(20)]
        effects[3] = write("no address", "p3")
        outcomes = await there.perform(*effects)
        assert isinstance(outcomes[3], Rejected)
        assert outcomes[3].field == "email"
        opened = [r for kept in there.allowance.effectful() for r in kept.intent.records]
        assert sorted(opened) == sorted(effect.record for effect in effects)


async def test_after_one_call_was_refused_for_all_no_other_is_made() -> None:
    async with account(contacts=(ADA,)) as there:
        there.fault(FaultKind.THROTTLED, match="update")
        outcomes = await there.perform(write("ada@acme.example", city="x"), write("b@acme.example"))
        assert kinds(outcomes) == ["Throttled", "Throttled"]
        (told,) = [kept.answer for kept in there.allowance.effectful()]
        assert told is not None
        assert told.refused == answers.BURST


async def test_errors_that_name_no_row_are_found_by_halving() -> None:
    async with account() as there:
        there.sandbox.nameless = True
        effects = [write(f"p{n}@acme.example", firstname="x") for n in range(12)]
        for bad in (2, 9):
            effects[bad] = write(f"p{bad}@acme.example", hs_lead_status="Nonsense")
        outcomes = await there.perform(*effects)
        assert [n for n, o in enumerate(outcomes) if isinstance(o, Rejected)] == [2, 9]
        assert [len(there.effects_of(e)) for e in effects] == [
            0 if n in (2, 9) else 1 for n in range(12)
        ]


async def test_a_contact_that_vanished_after_the_reading_is_tried_again_later() -> None:
    async with account(contacts=(ADA,)) as there:

        def somebody_deletes(call: CallIntent) -> None:
            found = there.sandbox.contacts.find("email", "ada@acme.example")
            if call.members and found is not None:
                there.sandbox.contacts.archive(found, there.sandbox.clock.now())

        there.allowance.before = somebody_deletes
        effect = write("ada@acme.example", firstname="x")
        assert kinds(await there.perform(effect)) == ["Unavailable"]
        assert kinds(await there.perform(effect)) == ["Accepted"]
        assert there.effects_of(effect) == ["contact.created"]


async def test_strangers_are_noticed_in_the_headers() -> None:
    async with account() as there:
        spent_by_others = 30
        burst = there.running.limits.window("burst", 100, 10.0)
        burst.take(there.sandbox.clock.now(), spent_by_others)
        for n in range(4):
            await there.perform(*(write(f"p{n}{i}@acme.example") for i in range(5)))
        taken = [s.units for s in there.allowance.stranger_slots if s.window == "ten seconds"]
        assert sum(taken) == spent_by_others


async def test_a_wrong_address_of_the_api_pauses_and_writes_nothing() -> None:
    async with account() as there:
        values = {"base_url": f"{there.running.url}/not/here"}
        door = replace(there.door, settings=replace(there.door.settings, values=values))
        (outcome,) = await connector.perform(door, (write("ada@acme.example"),))
        assert isinstance(outcome, Unauthorised)
        assert "base_url" in outcome.reason


async def test_an_address_that_hubspot_will_not_look_up_costs_only_itself() -> None:
    async with account() as there:
        there.sandbox.not_looked_up = {"odd@@acme.example"}
        effects = [write(f"p{n}@acme.example") for n in range(9)]
        effects[4] = write("Odd@@acme.example", "odd")
        outcomes = await there.perform(*effects)
        assert [n for n, o in enumerate(outcomes) if not isinstance(o, Accepted)] == [4]
        assert outcomes[4] == Rejected("One of the inputs is not valid.", "email")
        assert kinds(await there.verify(effects[4])) == ["Absent"]


async def test_a_second_address_is_not_made_the_first() -> None:
    async with account(contacts=(ADA, {"email": "countess@acme.example"})) as there:
        contacts = there.sandbox.contacts
        survivor = contacts.find("email", "ada@acme.example")
        loser = contacts.find("email", "countess@acme.example")
        assert survivor is not None
        assert loser is not None
        contacts.merge(survivor, loser, there.sandbox.clock.now())
        effect = write("countess@acme.example", email="Countess@acme.example", city="London")
        assert kinds(await there.perform(effect)) == ["Accepted"]
        assert survivor.properties["email"] == "ada@acme.example"
        assert survivor.properties["city"] == "London"
        assert kinds(await there.verify(effect)) == ["Accepted"]


async def test_a_contact_merged_after_the_reading_is_in_doubt_until_it_is_read() -> None:
    async with account(contacts=(ADA, {"email": "countess@acme.example"})) as there:
        contacts = there.sandbox.contacts

        def somebody_merges(call: CallIntent) -> None:
            survivor = contacts.find("email", "countess@acme.example")
            loser = contacts.find("email", "ada@acme.example")
            if call.members and survivor is not None and loser not in (None, survivor):
                assert loser is not None
                contacts.merge(survivor, loser, there.sandbox.clock.now())

        there.allowance.before = somebody_merges
        there.sandbox.untraced = True
        effect = write("ada@acme.example", firstname="Ada")
        assert kinds(await there.perform(effect)) == ["Unknown"]
        assert kinds(await there.verify(effect)) == ["Accepted"]
        assert there.effects_of(effect) == ["contact.updated"]


async def test_an_answer_that_is_not_understood_is_in_doubt() -> None:
    async with account() as there:
        there.sandbox.garbled = True
        effect = write("ada@acme.example")
        assert kinds(await there.perform(effect)) == ["Unknown"]
        there.sandbox.garbled = False
        assert kinds(await there.verify(effect)) == ["Accepted"]


async def test_answers_without_trace_ids_are_matched_by_what_they_say() -> None:
    async with account(contacts=(ADA,)) as there:
        there.sandbox.untraced = True
        effects = (
            write("bob@acme.example"),
            write("Ada@acme.example", city="London"),
            write("cy@acme.example"),
        )
        outcomes = await there.perform(*effects)
        for effect, outcome in zip(effects, outcomes, strict=True):
            assert isinstance(outcome, Accepted)
            (done,) = there.running.truth.effects(key=effect.write_id)
            assert outcome.vendor_id == done.record
