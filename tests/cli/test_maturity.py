"""Maturity measured in a real store: empty, lived in, and with nobody's database at all."""

from __future__ import annotations

from pathlib import Path

import anyio
import orjson
import pytest
from typer.testing import CliRunner

from leadline.cli.main import app
from leadline.errors import UsageError
from leadline.ledger.outcome import Rejected, Unauthorised
from tests.cli.stage import Stage, run_command
from tests.cli.test_outside import Outside, outside
from tests.cli.test_why import ANN, SIGNED_UP, answering, signed_up

__all__ = ["outside"]
pytestmark = pytest.mark.anyio


async def measured(stage: Stage, *arguments: str) -> tuple[dict[str, object], dict[str, dict]]:
    """The head of the answer, and the evidence by its code."""
    told = await stage.run("maturity", "--json", *arguments)
    assert told.exit_code == 0, told.output
    head, *rest = map(orjson.loads, told.output.splitlines())
    return head, {e["code"]: e for e in rest if e["kind"] == "evidence"}


async def test_an_empty_database_shows_nothing_and_claims_nothing(stage: Stage) -> None:
    head, evidence = await measured(stage)
    assert (head["reached"], head["database"], head["environment"]) == (0, True, "dev")
    assert evidence["systems-answer"]["holds"] == "unknown"
    assert evidence["starting-events"]["holds"] == "no"
    assert evidence["effects"]["holds"] == "unknown"
    assert evidence["dead-letters"]["measured"] == "0 dead letters"
    assert head["next"]["step"]["command"] == "leadline inspect exports/ --facts ."


async def test_what_was_lived_through_is_counted(stage: Stage) -> None:
    stage.answers["crm"] = answering(Rejected("no option AT", "country"))
    for number in range(3):
        await signed_up(stage, f"p{number}@people.example")
    await stage.comes("called.off", ANN, {"plan": "pro"})
    await stage.comes("signd.up", ANN, SIGNED_UP)  # not declared, so rejected
    await stage.move()
    _, evidence = await measured(stage)
    started = evidence["starting-events"]
    assert started["measured"].startswith("1 of 5 events, 3 times; never: ")
    assert evidence["other-events"]["measured"] == '1 of 2 events, 1 time; never: "bought"'
    assert evidence["events-accepted"]["measured"] == "20 % of 5 events"
    assert evidence["effects"]["measured"] == "6 effects"
    assert evidence["effects-done"]["measured"] == "50 % of 6 effects, 0 of them confirmed"
    assert evidence["dead-letters"]["measured"] == "3 dead letters"
    assert evidence["promise-kept"]["measured"] == "1 of 1 promise, 3 runs"
    assert evidence["systems-answer"]["holds"] == "unknown"  # the chat was never called
    assert evidence["releases"]["measured"] == "1 release"


async def test_what_is_old_counts_no_more(stage: Stage) -> None:
    await signed_up(stage)
    await stage.move()
    await stage.sql("update event set received_at = received_at - interval '8 days'")
    await stage.sql("update action set intended_at = intended_at - interval '31 days'")
    await stage.sql("update health set last_ok_at = last_ok_at - interval '8 days'")
    _, evidence = await measured(stage)
    assert '"signed.up"' in evidence["starting-events"]["measured"]
    assert evidence["effects"]["measured"] == "nothing was intended"


async def test_a_refused_connection_is_no_answer(stage: Stage) -> None:
    stage.answers["crm"] = answering(Unauthorised("401 the token is revoked"))
    await signed_up(stage)
    await stage.move()
    _, evidence = await measured(stage)
    assert evidence["systems-answer"]["holds"] == "no"
    assert evidence["systems-answer"]["measured"].endswith('"crm" refused')
    assert evidence["no-incident"]["measured"] == "1 incident"


async def test_a_check_of_the_systems_is_evidence(outside: Outside) -> None:
    await outside.run("systems", "check", "--yes")
    told = await outside.run("maturity", "--json")
    rows = [orjson.loads(line) for line in told.output.splitlines()]
    (found,) = [row for row in rows if row.get("code") == "systems-answer"]
    assert (found["holds"], found["measured"]) == ("yes", "3 of 3 systems")
    kept = await outside.run("maturity")
    assert "yes      Systems in use that answered: 3 of 3 systems" in kept.output


async def test_a_check_that_failed_is_evidence_against(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TOKEN", "xoxb-revoked")
    await outside.run("systems", "check", "--yes")
    told = await outside.run("maturity", "--json")
    rows = [orjson.loads(line) for line in told.output.splitlines()]
    (found,) = [row for row in rows if row.get("code") == "systems-answer"]
    assert (found["holds"], found["measured"]) == ("no", '2 of 3 systems, "chat" refused')


async def test_the_database_of_another_environment_says_nothing(stage: Stage) -> None:
    head, evidence = await measured(stage, "--env", "prod")
    assert (head["database"], head["environment"]) == (False, "prod")
    assert evidence["dead-letters"]["holds"] == "unknown"


async def test_people_read_the_smallest_step_first(stage: Stage) -> None:
    told = (await stage.run("maturity")).output
    assert told.startswith("acme in dev: no level is reached yet.")
    assert told.index("The smallest next step") < told.index("Level 1, data: 4 of 6 not shown")
    assert "welcome: level 4 (simple automation), above what is reached" in told
    assert "because it acts in 3 systems" in told


async def test_an_unknown_environment_is_wrong_use(stage: Stage) -> None:
    wrong = await stage.run("maturity", "--env", "staging")
    assert (wrong.exit_code, "Use one of: dev, prod." in wrong.trouble) == (2, True)


# ---------------------------------------------------------------- handover


async def test_a_person_hands_over_notices_as_well(stage: Stage) -> None:
    stage.answers["crm"] = answering(Rejected("no option AT", "country"))
    await signed_up(stage)
    await stage.move()
    told = await stage.run("handover", "OPS@acme.example", "--json")
    rows = [orjson.loads(line) for line in told.output.splitlines()]
    ties = {row["tie"] for row in rows}
    assert {"workflow", "told_of_step", "reached", "notice"} <= ties
    (notice,) = [row for row in rows if row["tie"] == "notice"]
    assert 'In "welcome" the action of the step "crm"' in notice["more"]
    workflow = next(row for row in rows if row["tie"] == "workflow")
    assert (workflow["alone"], workflow["file"]) == (True, "workflows/away.yaml")


async def test_an_unknown_owner_is_told_the_nearest(stage: Stage) -> None:
    wrong = await stage.run("handover", "opps@acme.example")
    assert wrong.exit_code == 2
    assert 'Did you mean "ops@acme.example"?' in wrong.trouble


# ---------------------------------------------------------------- without any installation


def test_a_first_picture_is_told_and_never_measured(tmp_path: Path) -> None:
    answers = tmp_path / "answers.txt"
    answers.write_text("email-share: yes\none-truth: yes\nowners: no\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["maturity", "--ask", "--answers", str(answers)])
    assert told.exit_code == 0
    assert told.output.startswith("This is what you told, not what was measured")
    assert "Begin with level 2, integration" in told.output
    found = CliRunner().invoke(app, ["maturity", "--answers", str(answers), "--json"])
    rows = [orjson.loads(line) for line in found.output.splitlines()]
    assert rows[-1] == {"kind": "picture", "measured": False, "reaches": 1}
    assert len(rows) == 11


def test_questions_need_somebody_to_answer_them() -> None:
    asked = CliRunner().invoke(app, ["maturity", "--ask"])
    assert isinstance(asked.exception, UsageError)
    assert "leadline maturity --ask --answers FILE" in str(asked.exception)


def test_an_answer_that_is_none_is_named_by_its_place(tmp_path: Path) -> None:
    answers = tmp_path / "answers.txt"
    answers.write_text("plan: perhaps\n", encoding="utf-8")
    asked = CliRunner().invoke(app, ["maturity", "--answers", str(answers)])
    assert isinstance(asked.exception, UsageError)
    assert str(asked.exception).startswith('answers.txt:1:1 "perhaps" is no answer.')


async def test_told_answers_change_no_measure(stage: Stage, tmp_path: Path) -> None:
    answers = anyio.Path(tmp_path / "answers.txt")
    await answers.write_text("email-share: yes\n", encoding="utf-8")
    before = await measured(stage)
    await anyio.to_thread.run_sync(
        lambda: run_command(stage, "maturity", "--ask", "--answers", str(answers))
    )
    assert await measured(stage) == before
