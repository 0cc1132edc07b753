"""What a connection may call now: the order in which one record's writes go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from leadline.connectors.contract import Allowance
from leadline.connectors.door import Door
from leadline.journey.action import SaveRecord
from leadline.ledger.budget import Lane
from leadline.ledger.coalesce import SetTo
from leadline.ledger.key import ActionKey
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime.actions import new_action
from leadline.runtime.allowance import Budget
from leadline.runtime.buckets import Buckets
from leadline.runtime.claim import claim_due
from leadline.runtime.link import Clock, Link
from leadline.runtime.steps import LiveSteps
from leadline.runtime.worker import Worker
from leadline.store import advance, gate, lease
from leadline.store.advance import EnrollmentRow
from leadline.store.pool import Store, now
from leadline.store.secret_key import secret_key
from tests.chaos.worker import toy_links

pytestmark = pytest.mark.anyio

PROJECT = Path(__file__).parents[1] / "chaos" / "project"
OWNER = "w1"
BUCKET = 5


@dataclass(frozen=True)
class Crm:
    """The connection "crm" of a deployed project, owned by us, with nothing to do yet."""

    store: Store
    worker: Worker
    budget: Budget
    release: str

    async def intend(self, workflow: str, record: str, title: str) -> UUID:
        """Intend a write of a record; return the run that does so."""
        run = uuid4()
        async with self.store.transaction() as conn:
            moment = await now(conn)
            row = EnrollmentRow(
                BUCKET, run, workflow, self.release, uuid4(), "", None, None, moment, moment, {}, 0
            )
            action = SaveRecord(
                ActionKey(run, "crm", 1),
                "crm",
                "contact",
                record,
                {"last_course": SetTo(title)},
                frozenset(),
                moment + timedelta(hours=1),
            )
            await advance.insert_actions(conn, [new_action(row, action, Lane.TRANSACTIONAL)])
        return run

    async def claimed(self) -> list[set[UUID]]:
        """What goes out now: the runs of each call."""
        claims = await claim_due(self.worker, self.link, self.budget, 1)
        return [{key[1] for key in claim.attempts} for claim in claims.claims]

    @property
    def link(self) -> Link:
        return self.worker.links["crm"]


@pytest.fixture
async def crm(store: Store, tmp_path: Path) -> Crm:
    checked = check_project(PROJECT)
    compiled = compile_checked(checked)
    deployed = await deploy(store, compiled, checked.files.texts, "test")
    worker = Worker(
        name=OWNER,
        environment="dev",
        steps=LiveSteps(store),
        secret=secret_key(tmp_path),
        links=toy_links(compiled, "http://127.0.0.1:1"),
        open_door=no_door,
        draw=lambda: 0.5,
        buckets=Buckets(OWNER),
    )
    async with store.connection() as conn:
        await worker.releases.refresh(conn)
        assert await lease.take_connection(conn, "crm", OWNER, 60) == 1
        budget = Budget(worker.links["crm"], Clock(await now(conn)))
    return Crm(store, worker, budget, deployed.release)


def no_door(link: Link, allowance: Allowance) -> Door:
    raise AssertionError("claiming calls nobody")


async def test_a_later_write_waits_behind_one_of_a_paused_workflow(crm: Crm) -> None:
    first = await crm.intend("payments", "ann@x.example", "first")
    later = await crm.intend("welcome", "ann@x.example", "later")
    other = await crm.intend("welcome", "bob@x.example", "other")
    async with crm.store.transaction() as conn:
        await gate.pause(conn, "workflow", "payments", "looking at it", "ann")
    assert await crm.claimed() == [{other}]
    assert await crm.claimed() == []
    async with crm.store.transaction() as conn:
        await gate.resume(conn, "workflow", "payments")
        await conn.execute("update work set due_at = now()")
    [runs] = await crm.claimed()
    assert later in runs
    assert first not in runs, "overwritten by the later one, so it needs no sending"
