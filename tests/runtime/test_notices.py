"""Notices are mailed once, and only to whom the gate would let a message go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from leadline.connectors.contract import Allowance, Effect, Mail
from leadline.ledger.outcome import Accepted, Outcome
from leadline.runtime.notify import mail_notices
from leadline.store import control, gate
from leadline.store.control import Telling
from tests.cli.stage import Stage
from tests.runtime.floor import FILES, direct, open_floor, owner, states

pytestmark = pytest.mark.anyio

OWNER = "ops@acme.example"
OTHER = "boss@elsewhere.example"


async def _tell_and_mail(stage: Stage, recipients: Sequence[str], times: int = 1) -> list[str]:
    """Tell each of something, let the owner of the mail connection mail; return who was."""
    mailed: list[str] = []

    async def perform(_: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
        mailed.extend(effect.to for effect in effects if isinstance(effect, Mail))
        return tuple(Accepted("m") for _ in effects)

    async def tell() -> None:
        async with stage.opened.store.transaction() as conn:
            told = [Telling(f"cause of {who}", who, "It failed.", 1) for who in recipients]
            await control.tell(conn, told)

    link = direct(stage, "mail", perform)
    await tell()
    dispatcher = await owner(stage, link)
    for _ in range(times):
        await mail_notices(stage.worker, link, dispatcher.budget, dispatcher.epoch)
    return mailed


async def test_a_notice_is_mailed_once(tmp_path: Path, database_url: str) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.move()
        assert await _tell_and_mail(stage, [OWNER], times=3) == [OWNER]


async def test_a_suppressed_owner_is_not_mailed_and_the_notice_says_so(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.move()
        async with stage.opened.store.transaction() as conn:
            digest = stage.worker.suppression_digest(OWNER)
            await gate.suppress(conn, [digest], "asked not to be written to", "Eve")
        assert await _tell_and_mail(stage, [OWNER, OTHER], times=2) == [OTHER]
        assert await stage.sql(
            "select recipient, not_mailed from notice where mailed_at is null"
        ) == [(OWNER, "the address is suppressed: asked not to be written to.")]
        shown = await stage.run("status")
        assert "Not mailed: the address is suppressed" in shown.output


async def test_an_environment_with_an_allow_list_mails_no_notice_outside_of_it(
    tmp_path: Path, database_url: str
) -> None:
    listed = FILES["leadline.yaml"].replace(
        "{ sandbox: true }", '{ sandbox: true, only_to: [ "@acme.example" ] }'
    )
    async with open_floor(tmp_path, database_url, {"leadline.yaml": listed}) as stage:
        await stage.move()
        assert await _tell_and_mail(stage, [OWNER, OTHER]) == [OWNER]


async def test_an_environment_that_the_release_does_not_know_reaches_nobody(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.move()
        stage.worker.environment = "prod"
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move()
        assert await states(stage) == {"crm": "pending"}
        assert await _tell_and_mail(stage, [OWNER]) == []
