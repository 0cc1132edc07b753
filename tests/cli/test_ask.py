"""The lists and the status: what they show, what programs read, and their exit codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from leadline.ledger.outcome import Rejected, Unauthorised
from leadline.store import control
from tests.cli.golden import check_golden
from tests.cli.stage import Stage
from tests.cli.test_why import ANN, answering, signed_up, waiting_for_limit

pytestmark = pytest.mark.anyio
KEYS = ["key", "workflow", "step", "email", "connection"]
KEYS += ["kind", "state", "reason", "vendor_id", "at"]


async def rows(stage: Stage, *arguments: str) -> list[dict[str, object]]:
    listed = await stage.run(*arguments, "--json")
    assert listed.exit_code == 0, listed.output
    return [orjson.loads(line) for line in listed.output.splitlines()]


async def test_an_action_has_exactly_the_agreed_keys(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    found = await rows(stage, "actions")
    assert [list(row) for row in found] == [KEYS, KEYS]
    write, mail = found
    assert (mail["step"], mail["kind"], mail["state"]) == ("hello", "mail", "accepted")
    assert (write["connection"], write["vendor_id"], write["email"]) == ("crm", "id-of-it", ANN)
    run, step, visit = str(mail["key"]).split("/")
    assert (step, visit) == ("hello", "1")
    assert datetime.fromisoformat(str(mail["at"])).utcoffset() == timedelta(0)
    assert str(run) in (await stage.run("why", ANN, "--json")).output


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), 5),
        (("--workflow", "welcome"), 4),
        (("--connection", "mail"), 2),
        (("--state", "skipped"), 1),
        (("--step", "note"), 1),
        (("--email", "ANN@people.example"), 3),
        (("--email", "nobody@people.example"), 0),
        (("--email", ANN, "--connection", "crm", "--state", "accepted"), 2),
        (("--limit", "2"), 2),
    ],
)
async def test_actions_are_filtered(stage: Stage, filters: tuple[str, ...], expected: int) -> None:
    await signed_up(stage)
    await stage.comes("came.back", ANN, {"plan": "pro"})
    await stage.run("suppress", "bob@people.example")
    await signed_up(stage, "bob@people.example")
    await stage.move()
    await stage.sql("delete from work where step = 'seen'")
    await stage.sql("delete from action where step = 'seen'")
    assert len(await rows(stage, "actions", *filters)) == expected


async def test_actions_refuse_a_state_that_there_is_not(stage: Stage) -> None:
    wrong = await stage.run("actions", "--state", "acepted")
    assert wrong.exit_code == 2
    assert 'Did you mean "accepted"?' in wrong.trouble


async def test_rejected_events_are_shown_with_whom_they_name(stage: Stage) -> None:
    await signed_up(stage)
    await stage.comes("signd.up", "cy@people.example", {"plan": "pro"})
    await stage.comes("signed.up", "dee@people.example", {"starts_at": "soon"})
    await stage.move()
    found = await rows(stage, "events", "--rejected")
    assert {row["email"] for row in found} == {"cy@people.example", "dee@people.example"}
    assert any('Did you mean "signed.up"?' in str(row["rejected"]) for row in found)
    assert len(await rows(stage, "events")) == 3
    assert len(await rows(stage, "events", "--limit", "1")) == 1


async def test_lists_say_when_they_are_empty(stage: Stage) -> None:
    for command, said in (
        (("actions",), "There is no such action."),
        (("events",), "No event came in."),
        (("events", "--rejected"), "No event was rejected."),
        (("dead-letters",), "There are no dead letters."),
    ):
        assert said in (await stage.run(*command)).output
        assert await rows(stage, *command) == []


async def test_status_shows_what_stands(stage: Stage) -> None:
    await signed_up(stage)
    await signed_up(stage, "bob@elsewhere.example")
    await stage.move()
    shown = await stage.run("status")
    assert shown.exit_code == 0
    text = shown.output.replace(stage.release, "RELEASE")
    check_golden("status", text)
    found = orjson.loads((await stage.run("status", "--json")).output)
    welcome = found["workflows"]["welcome"]
    assert (welcome["runs"], welcome["intended"]) == (2, 4)
    assert (welcome["accepted"], welcome["skipped"]) == (2, 2)
    (promise,) = found["promises"]
    # Bob was never reached, and his five minutes are not over: nothing is broken yet.
    assert (promise["kept"], promise["runs"], promise["share"]) == (True, 2, 1.0)


async def test_a_promise_that_is_not_kept_is_a_problem(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    await stage.sql("update enrollment set started_at = now() - interval '1 hour'")
    await stage.sql("update outcome set at = now() where step = 'hello'")
    shown = await stage.run("status")
    assert shown.exit_code == 1
    assert '"hello" within 5 minutes: NOT KEPT, 0 % of 1 run, 99 % promised.' in shown.output


async def test_a_refused_connection_is_an_incident_with_what_to_do(stage: Stage) -> None:
    stage.answers["crm"] = answering(Unauthorised("401 the token is revoked"))
    await signed_up(stage)
    await stage.move()
    shown = await stage.run("status")
    assert shown.exit_code == 1
    assert "crm refuses our credentials: 401 the token is revoked" in shown.output
    assert "leadline resume connection crm" in shown.output


async def test_success_is_counted_and_notices_are_shown(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    await stage.comes("bought", ANN, {"plan": "pro"})
    stage.answers["crm"] = answering(Rejected("no option AT", "country"))
    await signed_up(stage, "bob@people.example", country="AT")
    await stage.move()
    found = orjson.loads((await stage.run("status", "--json")).output)
    assert found["workflows"]["welcome"]["successes"] == 1
    assert found["workflows"]["welcome"]["dead_letters"] == 1
    shown = await stage.run("status")
    assert 'ops@acme.example: In "welcome" the action of the step "crm"' in shown.output
    assert "welcome: 1 dead letter: leadline dead-letters" in shown.output


async def test_a_queue_says_until_when(stage: Stage) -> None:
    await waiting_for_limit(stage)  # ten mails, two a second
    found = orjson.loads((await stage.run("status", "--json")).output)
    (mail,) = [q for q in found["queues"] if q["connection"] == "mail"]
    assert mail["waiting"] == 10
    wait_s = (datetime.fromisoformat(mail["expected_at"]) - datetime.now(UTC)).total_seconds()
    assert 2 < wait_s < 6  # four windows of a second, and the answers between
    told = await stage.run("why", ANN)
    assert "It should go out about" in told.output


async def test_what_people_did_is_kept_in_order(stage: Stage) -> None:
    await stage.run("pause", "everything", "--by", "Eve")
    await stage.run("resume", "everything", "--by", "Bob")
    async with stage.store.connection() as conn:
        assert [(a.who, a.what) for a in await control.audited(conn, 10)] == [
            ("Bob", "resume"),
            ("Eve", "pause"),
        ]
