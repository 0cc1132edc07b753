"""Commands that talk to systems, against the sandboxes: systems check, message send-test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.errors import LeadlineError
from leadline.sandbox import (
    HubSpotConfig,
    HubSpotSandbox,
    MailConfig,
    MailSandbox,
    Running,
    SlackConfig,
    SlackSandbox,
    serve,
)
from tests.cli.project import FILES
from tests.cli.stage import Stage, write_files

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Outside:
    """The project, its systems at sandboxes of this test."""

    directory: Path
    crm: Running
    chat: Running
    mail: Running

    async def run(self, *arguments: str, answer: str | None = None) -> Result:
        def call() -> Result:
            result = CliRunner().invoke(
                app, [*arguments, "--project", str(self.directory)], input=answer
            )
            if isinstance(result.exception, LeadlineError):
                result.trouble = str(result.exception)  # type: ignore[attr-defined]
                result.exit_code = result.exception.exit_code
            elif result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception
            return result

        return await to_thread.run_sync(call)


@pytest.fixture
async def outside(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Outside]:
    for name in ("HUBSPOT_TOKEN", "SLACK_TOKEN", "SMTP_USER", "SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    async with AsyncExitStack() as stack:
        crm = await stack.enter_async_context(serve(HubSpotSandbox(HubSpotConfig())))
        chat = await stack.enter_async_context(serve(SlackSandbox(SlackConfig())))
        mail = await stack.enter_async_context(serve(MailSandbox(MailConfig(tls="none"))))
        ports = {"8701": crm.port, "8702": chat.port, "8703": mail.port}
        files = dict(FILES)
        for name in [n for n in files if n.startswith("systems/")]:
            for usual, own in ports.items():
                files[name] = files[name].replace(usual, str(own))
        write_files(tmp_path, files)
        yield Outside(tmp_path, crm, chat, mail)


async def test_a_check_says_of_each_system_what_is_right_and_wrong(outside: Outside) -> None:
    checked = await outside.run("systems", "check", answer="n\n")
    assert checked.exit_code == 1
    assert "ok   mail: 127.0.0.1" in checked.output
    assert "ok   crm: HubSpot takes the token." in checked.output
    assert 'NOT  crm: There is no contact property "leadline_key"' in checked.output
    assert 'ok   chat: The channel "sales" takes posts.' in checked.output


async def test_the_key_property_is_made_only_after_a_yes(outside: Outside) -> None:
    declined = await outside.run("systems", "check", "crm", answer="n\n")
    assert "Nothing was done." in declined.output
    made = await outside.run("systems", "check", "crm", answer="y\n")
    assert 'ok   crm: The property "leadline_key" was made.' in made.output
    again = await outside.run("systems", "check", "crm", "--json")
    found = {row["check"]: row for row in map(orjson.loads, again.output.splitlines())}
    assert found["leadline_key"]["ok"] is True
    assert {row["system"] for row in found.values()} == {"crm"}


async def test_wrong_credentials_are_told_with_what_to_do(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-na1-revoked")
    monkeypatch.setenv("SMTP_PASSWORD", "wrong")
    checked = await outside.run("systems", "check", "--json")
    assert checked.exit_code == 1
    wrong = [row for row in map(orjson.loads, checked.output.splitlines()) if not row["ok"]]
    assert {row["system"] for row in wrong} == {"crm", "mail"}
    assert all(row["fix"] for row in wrong)
    assert "revoked" not in checked.output


async def test_a_secret_that_is_not_set_is_named(outside: Outside) -> None:
    checked = await outside.run("systems", "check", "crm", "--env", "prod")
    assert checked.exit_code == 1
    assert "HUBSPOT_TOKEN is not set. Set it: export HUBSPOT_TOKEN=…" in checked.output


async def test_an_unknown_system_or_environment_is_wrong_use(outside: Outside) -> None:
    wrong = await outside.run("systems", "check", "hubspot")
    assert (wrong.exit_code, "Use one of: chat, crm, mail." in wrong.trouble) == (2, True)
    wrong = await outside.run("systems", "check", "--env", "staging")
    assert (wrong.exit_code, "Use one of: dev, prod." in wrong.trouble) == (2, True)


async def test_a_test_mail_goes_out_once_and_stands_in_no_ledger(outside: Outside) -> None:
    sent = await outside.run("message", "send-test", "hello", "--to", "me@acme.example")
    assert sent.exit_code == 0
    assert "mail accepted the test for me@acme.example." in sent.output
    (effect,) = outside.mail.truth.effects()
    assert "[test] Welcome to Plan" in str(effect)
    assert (await outside.run("actions", "--json")).output == ""


async def test_outside_a_sandbox_a_test_mail_needs_a_yes(
    outside: Outside, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", database_url)  # the other belongs to dev
    monkeypatch.setenv("SMTP_USER", "sandbox")
    monkeypatch.setenv("SMTP_PASSWORD", "sandbox-password")
    command = ("message", "send-test", "hello", "--to", "me@acme.example", "--env", "prod")
    unanswered = await outside.run(*command)
    assert unanswered.exit_code == 2
    assert (await outside.run(*command, answer="n\n")).exit_code == 1
    assert outside.mail.truth.effects() == []
    sent = await outside.run(*command, "--yes")
    assert sent.exit_code == 0, sent.trouble
    assert len(outside.mail.truth.effects()) == 1


async def test_a_suppressed_address_gets_no_test(outside: Outside) -> None:
    await outside.run("suppress", "me@acme.example", "--why", "asked us")
    refused = await outside.run("message", "send-test", "hello", "--to", "Me@acme.example")
    assert refused.exit_code == 1
    assert "is suppressed (asked us), so nothing is sent." in refused.trouble
    assert outside.mail.truth.effects() == []


async def test_what_takes_no_mail_is_wrong_use(outside: Outside) -> None:
    nowhere = await outside.run("message", "send-test", "hello", "--to", "me at acme")
    assert (nowhere.exit_code, "The address has no @." in nowhere.trouble) == (2, True)
    post = await outside.run("message", "send-test", "news", "--to", "me@acme.example")
    assert (post.exit_code, "is a chat post" in post.trouble) == (2, True)
