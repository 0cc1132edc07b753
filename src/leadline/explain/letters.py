"""Dead letters: runs that ended so, and actions that failed while their run went on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from leadline.journey.encoding import decode
from leadline.journey.state import Ended, State
from leadline.store import request as store
from leadline.store.pool import Connection
from leadline.store.request import ActionRow


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter. ``key`` names the action, None where a wait ended so.

    ``in_dead_letters``: the run ended there; else it went on, and only the action failed.
    """

    enrollment: UUID
    bucket: int
    workflow: str
    step: str
    contact_id: UUID
    reason: str
    at: datetime
    in_dead_letters: bool
    action: ActionRow | None

    @property
    def key(self) -> str | None:
        """The key of the action, as people write it."""
        a = self.action
        return None if a is None else f"{a.enrollment_id}/{a.step}/{a.visit}"


async def read_letters(conn: Connection, workflow: str | None, most: int) -> list[Letter]:
    """Read dead letters, the oldest first."""
    runs = await store.dead_runs(conn, workflow, most)
    ended = {run.id: cast(Ended, cast(State, decode(run.state))) for run in runs}
    keys = [(s.key.enrollment, s.key.step, s.key.visit) for s in ended.values() if s.key]
    actions = {row.enrollment_id: row for row in await store.actions_by_key(conn, keys)}
    letters = [
        Letter(
            run.id,
            run.bucket,
            run.workflow,
            run.step or "",
            run.contact_id,
            ended[run.id].detail,
            run.ended_at,
            in_dead_letters=True,
            action=actions.get(run.id),
        )
        for run in runs
    ]
    told = {row.key for row in actions.values()}
    letters += [
        of_action(row, in_dead_letters=False)
        for row in await store.failed_actions(conn, workflow, most)
        if row.key not in told
    ]
    return sorted(letters, key=lambda letter: letter.at)[:most]


def of_action(row: ActionRow, *, in_dead_letters: bool) -> Letter:
    """Return the letter of an action."""
    return Letter(
        row.enrollment_id,
        row.bucket,
        row.workflow,
        row.step,
        row.contact_id,
        row.reason or "no reason was given",
        row.at,
        in_dead_letters,
        row,
    )
