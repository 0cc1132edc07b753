"""Settling what is held, the gate's switches, and what each act leaves in the audit log."""

from __future__ import annotations

import getpass

import orjson
import pytest

from tests.cli.stage import Stage
from tests.cli.test_replay import states
from tests.cli.test_why import ANN, asked_for_offer, held, signed_up

pytestmark = pytest.mark.anyio


async def held_key(stage: Stage) -> str:
    await held(stage)
    ((key, state),) = (await states(stage)).items()
    assert state == "held"
    return key


async def audited(stage: Stage) -> list[tuple[object, ...]]:
    return await stage.sql("select who, what, why from audit_log order by at")


async def test_a_held_mail_that_arrived_is_settled_and_its_run_goes_on(stage: Stage) -> None:
    key = await held_key(stage)
    stage.answers.clear()
    done = await stage.run(
        "settle", key, "accepted", "--why", "Ann has it", "--by", "Eve", "--yes", "--json"
    )
    assert orjson.loads(done.output) == {"key": key, "state": "accepted", "by": "Eve"}
    await stage.move()
    assert (await states(stage))[key] == "accepted"
    assert await stage.sql("select step from enrollment") == [("pause",)]
    assert await audited(stage) == [("Eve", "settle", "Ann has it")]
    told = await stage.run("why", ANN, "welcome")
    assert "That is known by a person who settled it." in told.output


async def test_a_held_mail_that_never_arrived_is_sent_again(stage: Stage) -> None:
    key = await held_key(stage)
    stage.answers.clear()
    # Long after its step gave up: a person's word gives it the time of its step once more.
    await stage.sql("update work set retry_until = now() - interval '1 hour'")
    await stage.run("settle", key, "pending", "--why", "not in her mailbox", "--yes")
    assert (await states(stage))[key] == "pending"
    await stage.move()
    assert (await states(stage))[key] == "accepted"


async def test_a_held_mail_may_be_left(stage: Stage) -> None:
    key = await held_key(stage)
    await stage.run("settle", key, "dead", "--why", "let it be", "--yes")
    await stage.move()
    assert (await states(stage))[key] == "dead"
    assert await stage.sql("select end_reason from enrollment") == [("dead letter",)]


async def test_settling_lets_go_of_the_record(stage: Stage) -> None:
    key = await held_key(stage)
    await stage.sql("update work set record = %s", ANN)
    await stage.sql("update action set record = %s", ANN)
    await stage.sql(
        "insert into call_record select connection, id, %s from call where connection = 'mail'", ANN
    )
    await stage.run("settle", key, "pending", "--why", "not written", "--yes")
    assert await stage.sql("select open from call_record") == [(False,)]


async def test_only_what_is_held_is_settled(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    key = next(iter(await states(stage)))
    wrong = await stage.run("settle", key, "accepted", "--why", "so", "--yes")
    assert wrong.exit_code == 1
    assert "it is not held: it is accepted." in wrong.trouble


async def test_a_late_mail_is_not_let_go_again(stage: Stage) -> None:
    key = await held_key(stage)
    await stage.sql("update action set not_after = now() - interval '1 second'")
    wrong = await stage.run("settle", key, "pending", "--why", "so", "--yes")
    assert wrong.exit_code == 1
    assert "it would come too late." in wrong.trouble


async def test_settling_needs_a_reason(stage: Stage) -> None:
    key = await held_key(stage)
    assert (await stage.run("settle", key, "accepted", "--yes")).exit_code == 2
    empty = await stage.run("settle", key, "accepted", "--why", " ", "--yes")
    assert "A reason is needed." in empty.trouble


async def test_a_burst_waits_until_it_is_approved(stage: Stage) -> None:
    for number in range(5):
        await asked_for_offer(stage, f"p{number}@people.example", country="DE")
    await stage.move()
    shown = await stage.run("status")
    assert "promo: 3 people wait for approval: leadline approve promo" in shown.output
    approved = await stage.run("approve", "promo", "--why", "the campaign runs", "--json")
    assert orjson.loads(approved.output) == {"workflow": "promo", "approved": 3}
    await stage.move()
    assert await stage.sql("select count(*) from enrollment") == [(5,)]
    assert await audited(stage) == [(getpass.getuser(), "approve", "the campaign runs")]
    nobody = await stage.run("approve", "promo")
    assert "Nobody waits for approval in promo." in nobody.output


async def test_a_suppressed_address_is_kept_as_a_digest_and_can_be_lifted(stage: Stage) -> None:
    first = await stage.run("suppress", "Ann@People.example", "--why", "asked us", "--json")
    assert orjson.loads(first.output) == {"email": ANN, "suppressed": True, "changed": True}
    again = await stage.run("suppress", ANN)
    assert f"{ANN} was suppressed already." in again.output
    rows = await stage.sql("select digest, reason from suppression")
    assert rows[0][1] == "asked us"
    everything = await stage.sql("select detail::text from audit_log")
    assert "ann" not in str(rows) + str(everything)
    assert "Nobody answered" in (await stage.run("unsuppress", ANN)).trouble
    lifted = await stage.run("unsuppress", ANN, "--yes")
    assert f"{ANN} may be written to again." in lifted.output
    assert await stage.sql("select count(*) from suppression") == [(0,)]


@pytest.mark.parametrize("what", [("everything",), ("connection", "mail"), ("workflow", "welcome")])
async def test_what_is_paused_stands_until_it_is_resumed(
    stage: Stage, what: tuple[str, ...]
) -> None:
    paused = await stage.run("pause", *what, "--by", "Eve", "--why", "wrong template")
    assert f"stands still until: leadline resume {' '.join(what)}" in paused.output
    await signed_up(stage)
    await stage.move()
    assert set((await states(stage)).values()) == {"pending"}
    shown = await stage.run("status")
    assert "by Eve: wrong template." in shown.output
    assert f"leadline resume {' '.join(what)}" in shown.output
    assert "goes on." in (await stage.run("resume", *what)).output
    # Work of a paused workflow is looked at again after a while; here that is now.
    await stage.sql("update work set due_at = now()")
    await stage.move()
    assert set((await states(stage)).values()) == {"accepted"}
    assert [(who, act) for who, act, _ in await audited(stage)] == [
        ("Eve", "pause"),
        (getpass.getuser(), "resume"),
    ]


async def test_a_pause_names_something_that_is_there(stage: Stage) -> None:
    for arguments, said in (
        (("connection", "hubspot"), 'There is no connection "hubspot".'),
        (("workflow", "welcom"), 'Did you mean "welcome"?'),
        (("connection",), "Which connection is meant is not said."),
        (("everything", "now"), '"everything" takes no name'),
    ):
        wrong = await stage.run("pause", *arguments)
        assert wrong.exit_code == 2
        assert said in wrong.trouble
    assert (await stage.run("pause", "nothing")).exit_code == 2
