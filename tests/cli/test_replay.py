"""Dead letters are shown, replayed under their old keys, and refused where they are stale."""

from __future__ import annotations

import orjson
import pytest

from leadline.ledger.outcome import Accepted, Rejected
from tests.cli.stage import Stage
from tests.cli.test_why import ANN, answering, asked_to_stop, dead, rejected, signed_up

pytestmark = pytest.mark.anyio
REASON = "the property country has no option AT"


async def dead_letter(stage: Stage, email: str = ANN) -> str:
    """A run in the dead letters, for its write was refused; return the key of the write."""
    stage.answers["crm"] = answering(Rejected(REASON, "country"))
    await signed_up(stage, email, country="AT")
    await stage.move()
    (key,) = [key for key, state in (await states(stage, email)).items() if state == "dead"]
    return key


async def states(stage: Stage, email: str = ANN) -> dict[str, str]:
    listed = await stage.run("actions", "--email", email, "--json")
    lines = [orjson.loads(line) for line in listed.output.splitlines()]
    return {line["key"]: line["state"] for line in lines}


async def steps(stage: Stage) -> set[tuple[object, ...]]:
    return set(await stage.sql("select workflow, step, end_reason from enrollment"))


async def test_dead_letters_are_grouped_by_their_cause(stage: Stage) -> None:
    await dead_letter(stage, "bob@people.example")
    key = await dead_letter(stage)
    shown = await stage.run("dead-letters")
    assert f"2 times: welcome, step crm: {REASON}" in shown.output
    assert "leadline replay --workflow welcome --step crm" in shown.output
    listed = await stage.run("dead-letters", "--json")
    rows = {row["email"]: row for row in map(orjson.loads, listed.output.splitlines())}
    at = rows[ANN].pop("at")
    assert at.endswith("Z")
    assert rows[ANN] == {
        "key": key,
        "workflow": "welcome",
        "step": "crm",
        "email": ANN,
        "connection": "crm",
        "kind": "save",
        "state": "dead",
        "reason": REASON,
        "run": "dead letter",
    }


async def test_a_replay_sends_under_the_old_key_and_the_run_goes_on(stage: Stage) -> None:
    key = await dead_letter(stage)
    stage.answers["crm"] = answering(Accepted("contact-1"))
    done = await stage.run("replay", key, "--yes", "--by", "Eve", "--why", "added the option")
    assert done.exit_code == 0
    assert f"{key}: the save of welcome, step crm, is tried again and its run goes on." in (
        done.output
    )
    assert (await states(stage))[key] == "dead", "nothing moves before its owner does"
    await stage.move()
    assert (await states(stage))[key] == "accepted"
    assert await steps(stage) == {("welcome", "pause", None)}
    assert await stage.sql("select count(*) from request") == [(0,)]
    told = await stage.run("why", ANN, "welcome")
    assert "crm: the write goes back to wait by a replay (Eve: added the option)." in told.output
    assert "Taken up again at crm, by Eve." in told.output
    assert await stage.sql("select who, what, why, detail from audit_log") == [
        ("Eve", "replay", "added the option", {"keys": [key]})
    ]


async def test_a_replay_asks_first_and_takes_no_for_an_answer(stage: Stage) -> None:
    key = await dead_letter(stage)
    declined = await stage.run("replay", key, answer="n\n")
    assert declined.exit_code == 0
    unanswered = await stage.run("replay", key)
    assert unanswered.exit_code == 2
    assert "Say --yes to act without asking." in unanswered.trouble
    assert await stage.sql("select count(*) from request") == [(0,)]


async def test_all_of_a_cause_are_replayed_at_once(stage: Stage) -> None:
    for number in range(3):
        await dead_letter(stage, f"p{number}@people.example")
    stage.answers["crm"] = answering(Accepted("contact-1"))
    nothing = await stage.run("replay", "--workflow", "welcome", "--reason", "no such words")
    assert "There is nothing to replay." in nothing.output
    done = await stage.run("replay", "--workflow", "welcome", "--reason", "NO OPTION", "--yes")
    assert done.output.count("is tried again") == 3
    await stage.move()
    assert await steps(stage) == {("welcome", "pause", None)}


async def test_an_action_whose_run_went_on_is_replayed_alone(stage: Stage) -> None:
    await rejected(stage)  # its policy says: carry on
    (key,) = [key for key, state in (await states(stage)).items() if state == "rejected"]
    stage.answers["crm"] = answering(Accepted("contact-1"))
    done = await stage.run("replay", key, "--yes", "--json")
    assert orjson.loads(done.output)["replayed"] is True
    await stage.move()
    assert (await states(stage))[key] == "accepted"
    assert await steps(stage) == {("loyal", "seen", None)}
    path = await stage.sql("select state, cause from outcome where step = 'note' order by id")
    assert path == [
        ("rejected", "answer"),
        ("dead", "person"),
        ("pending", "replay"),
        ("accepted", "answer"),
    ]


async def test_a_replay_that_fails_again_is_a_dead_letter_again(stage: Stage) -> None:
    key = await dead_letter(stage)
    for _ in range(2):
        done = await stage.run("replay", key, "--yes")
        assert done.exit_code == 0
        await stage.move()
        assert (await states(stage))[key] == "dead"
        assert await steps(stage) == {("welcome", "crm", "dead letter")}


async def test_what_is_stale_is_refused(stage: Stage) -> None:
    await dead(stage)
    await stage.sql("update action set not_after = now() - interval '1 second'")
    (key,) = await states(stage)
    refused = await stage.run("replay", key, "--yes")
    assert refused.exit_code == 1
    assert "it would come too late" in refused.output


async def test_what_took_effect_is_refused(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    key = next(iter(await states(stage)))
    refused = await stage.run("replay", key, "--yes")
    assert refused.exit_code == 1
    assert "a replay would do it twice" in refused.output


async def test_a_person_who_called_it_off_gets_no_replay(stage: Stage) -> None:
    key = await dead_letter(stage)
    stage.answers["crm"] = answering(Accepted("contact-1"))
    await stage.run("replay", key, "--yes")
    await stage.comes("called.off", ANN, {"plan": "pro"})
    await stage.move()
    assert (await states(stage))[key] == "dead"
    assert await steps(stage) == {("welcome", "crm", "stopped by an event")}
    later = await stage.run("replay", key, "--yes")
    assert later.exit_code == 1
    assert "its run was stopped by an event, and stays so" in later.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Nothing is named to replay."),
        (("nonsense",), '"nonsense" is not an action key'),
        (("018f0000-0000-7000-8000-000000000001/crm/1",), "There is no action"),
        (("--workflow", "welcom"), 'Did you mean "welcome"?'),
    ],
)
async def test_wrong_use_is_told(stage: Stage, arguments: tuple[str, ...], said: str) -> None:
    wrong = await stage.run("replay", *arguments)
    assert wrong.exit_code == 2
    assert said in wrong.trouble


async def test_a_stopped_run_sends_nothing_that_waits(stage: Stage) -> None:
    await stage.run("pause", "connection", "mail")
    await signed_up(stage)
    await stage.move()
    stopped = await stage.run("stop", ANN, "--yes", "--by", "Eve", "--why", "she asked us to")
    assert stopped.exit_code == 0
    await stage.move()
    await stage.run("resume", "connection", "mail")
    await stage.move()
    assert list((await states(stage)).values()) == ["dead"]
    assert await steps(stage) == {("welcome", "hello", "stopped by a person")}
    told = await stage.run("why", ANN, "welcome")
    assert "the run was stopped by Eve: she asked us to" in told.output
    assert "There are no dead letters." in (await stage.run("dead-letters")).output


async def test_all_runs_of_a_workflow_are_stopped(stage: Stage) -> None:
    for number in range(3):
        await signed_up(stage, f"p{number}@people.example")
    await stage.comes("came.back", ANN, {"plan": "pro"})
    await stage.move()
    stopped = await stage.run("stop", "--workflow", "welcome", answer="y\n")
    assert stopped.exit_code == 0
    await stage.move()
    assert await steps(stage) == {
        ("welcome", "pause", "stopped by a person"),
        ("loyal", "seen", None),
    }
    again = await stage.run("stop", "--workflow", "welcome", "--yes")
    assert again.exit_code == 1
    assert "There is no such run under way." in again.output


async def test_one_run_is_stopped_by_its_id(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    ((run,),) = await stage.sql("select id from enrollment")
    await stage.run("stop", str(run), "--yes")
    await stage.move()
    assert await steps(stage) == {("welcome", "pause", "stopped by a person")}


async def test_a_run_that_is_asked_to_stop_twice_stops_once(stage: Stage) -> None:
    await asked_to_stop(stage)
    await stage.run("stop", ANN, "--yes", "--by", "Bob")
    await stage.move()
    told = await stage.run("why", ANN, "welcome")
    assert "Eve stopped the run" in told.output
    assert await stage.sql("select count(*) from request") == [(0,)]


async def test_stop_of_nobody_known_says_so(stage: Stage) -> None:
    wrong = await stage.run("stop", "neither")
    assert wrong.exit_code == 2
    assert '"neither" is neither the id of a run nor an address.' in wrong.trouble


async def test_a_replay_that_would_bring_an_old_value_back_is_refused(stage: Stage) -> None:
    key = await dead_letter(stage)
    await _later_write(stage, key)
    done = await stage.run("replay", key, "--yes", "--by", "Eve", "--why", "added the option")
    assert done.exit_code == 1
    assert "a later write of the same fields went out since; this one would undo it." in (
        done.output
    )


async def _later_write(stage: Stage, key: str) -> None:
    """Another run of the same person has written the same fields of the record since."""
    enrollment, step, _ = key.split("/")
    await stage.sql(
        "with later as (insert into action (bucket, enrollment_id, step, visit, contact_id,"
        " workflow, release, kind, connection, lane, record, payload, payload_hash, intended_at,"
        " retry_until) select bucket, gen_random_uuid(), step, visit, contact_id, workflow,"
        " release, kind, connection, lane, record, payload, payload_hash, now(), retry_until"
        f" from action where enrollment_id = '{enrollment}' and step = '{step}'"
        " returning bucket, enrollment_id, step, visit)"
        " insert into outcome (bucket, enrollment_id, step, visit, at, state, cause)"
        " select bucket, enrollment_id, step, visit, now(), 'accepted', 'answer' from later"
    )
