"""A deploy in the middle of the work: no value is lost, and nobody runs by half a release."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from leadline.environment import accepting, renewing
from leadline.project.fields import Field
from leadline.release import deploy as deploying
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime import advance as advancing
from leadline.runtime.advance import advance_due
from leadline.runtime.route import route
from leadline.store.contact_columns import backfill
from leadline.store.pool import Connection, Store
from tests.cli.stage import Stage, write_files
from tests.runtime.floor import FILES, open_floor
from tests.runtime.ingest_server import served

pytestmark = pytest.mark.anyio

MORE = {"data/contact.yaml": FILES["data/contact.yaml"] + "city: { type: text }\n"}
GONE = {"workflows/welcome.yaml": FILES["workflows/welcome.yaml"].replace("signup", "second")}


async def _deploy(stage: Stage, files: dict[str, str]) -> None:
    write_files(stage.directory, files)
    checked = check_project(stage.directory)
    assert not checked.errors, [str(p) for p in checked.errors]
    await deploy(stage.store, compile_checked(checked), checked.files.texts, "test")


async def _ready(stage: Stage) -> list[int]:
    async with stage.store.connection() as conn:
        await stage.worker.releases.refresh(conn)
    await stage.worker.buckets.balance(stage.worker.steps)
    return stage.worker.buckets.buckets()


async def test_what_is_stored_by_the_release_before_gets_into_a_new_field(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        buckets = await _ready(stage)

        async def then_routed(store: Store, fields: Sequence[Field]) -> int:
            monkeypatch.setattr(deploying, "backfill", backfill)
            moved = await backfill(store, fields)
            await stage.comes("signup", "ann@x.example", {"title": "One"}, city="Ulm")
            await route(stage.worker, buckets, 500)
            return moved

        monkeypatch.setattr(deploying, "backfill", then_routed)
        await _deploy(stage, MORE)
        assert await stage.sql("select f_city, extra from contact") == [("Ulm", {})]


async def test_the_release_of_a_batch_is_the_one_that_is_active_when_it_is_stored(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.comes("signup", "ann@x.example", {"title": "One"}, city="Ulm")
        buckets = await _ready(stage)
        await _deploy(stage, MORE | GONE)  # this worker has not seen it yet
        await route(stage.worker, buckets, 500)
        assert await stage.sql("select f_city from contact") == [("Ulm",)]
        assert await stage.sql("select from enrollment") == []


async def test_a_field_that_comes_while_runs_move_is_not_emptied(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = (
        FILES["workflows/welcome.yaml"] + "  - step: note\n    set: { contact.seen: event.title }\n"
    )
    sets = sets.replace(
        "  - step: crm\n",
        "  - step: note0\n    set: { contact.seen: event.title }\n  - step: crm\n",
    )
    async with open_floor(tmp_path, database_url, {"workflows/welcome.yaml": sets}) as stage:
        await stage.comes("signup", "ann@x.example", {"title": "One"}, city="Ulm")
        buckets = await _ready(stage)
        await route(stage.worker, buckets, 500)
        await _deploy(stage, MORE)
        read: Callable[..., Awaitable[object]] = advancing.read_contacts

        async def then_refreshed(conn: Connection, *rest: object) -> object:
            found = await read(conn, *rest)
            await stage.worker.releases.refresh(conn)
            return found

        monkeypatch.setattr(advancing, "read_contacts", then_refreshed)
        await advance_due(stage.worker, buckets, 500)
        assert await stage.sql("select f_city, f_seen from contact") == [("Ulm", "One")]


async def test_an_event_that_was_declared_a_moment_ago_is_not_rejected(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await _ready(stage)
        releases = stage.worker.releases
        asked = accepting(stage.opened, releases, stage.compiled)
        renew = renewing(stage.opened, releases)
        more = {"events.yaml": FILES["events.yaml"] + "tried.out: { plan: text }\n"}
        await _deploy(stage, more)
        assert "tried.out" not in asked().plan, "the server has not looked yet"
        async with (
            served(stage.store, accepting=asked, renew=renew) as server,
            server.client() as client,
        ):
            for event in ("tried.out", "tried.uot"):
                body = {"event": event, "userId": "u1", "properties": {"plan": "team"}}
                answer = await client.post("/v1/track", json=body, auth=("sandbox", ""))
                assert answer.status_code == 200
        found = await stage.sql("select name, rejected is null from event order by received_at")
        assert found == [("tried.out", True), ("tried.uot", False)]
        assert not await renew(), "nothing is newer now"
