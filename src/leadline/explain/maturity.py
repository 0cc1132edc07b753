"""What an environment has shown so far, read from its store as one value."""

from __future__ import annotations

from datetime import datetime, timedelta

from leadline.blueprint.maturity.measured import MONTH, WEEK, Answered, Arrivals, Kept, Lived
from leadline.project.project import Project
from leadline.store import call as calls
from leadline.store import control, maturity, report
from leadline.store.pool import Connection, now

QUARTER = timedelta(days=90)
_ACTIVATIONS = 1_000


async def read_lived(conn: Connection, project: Project, environment: str) -> Lived:
    """Gather the figures of an environment; the project says which promises are meant."""
    moment = await now(conn)
    effects = await maturity.effects_since(conn, moment - MONTH)
    runs = await maturity.runs_since(conn, moment - MONTH)
    events = await maturity.events_by_name(conn, moment - WEEK, moment - MONTH)
    activations = await control.activations(conn, _ACTIVATIONS)
    return Lived(
        environment=environment,
        at=moment,
        answered=await _answered(conn, moment),
        incidents=tuple(incident.sentence for incident in await control.open_incidents(conn)),
        events={e.name: Arrivals(e.week, e.month, e.rejected) for e in events},
        effects={each.name: each.times for each in effects},
        runs={each.name: each.times for each in runs},
        promises=await _promises(conn, project, moment),
        successes={s.workflow: s.successes for s in await report.successes(conn)},
        releases=tuple(a.hash for a in reversed(activations) if a.at >= moment - QUARTER),
        dead_letters=await maturity.letters_open(conn),
    )


async def _answered(conn: Connection, moment: datetime) -> dict[str, Answered]:
    """What a system said last: to the running system, or to a person who checked it."""
    found: dict[str, Answered] = {}
    for health in await calls.health(conn):
        ok = health.state == "ok"
        at = (health.last_ok_at if ok else None) or health.since
        found[health.connection] = Answered(ok, at, health.reason)
    for checked in await maturity.systems_checked(conn, moment - MONTH):
        before = found.get(checked.system)
        if before is None or checked.at > before.at:
            found[checked.system] = Answered(checked.ok, checked.at, checked.message)
    return found


async def _promises(conn: Connection, project: Project, moment: datetime) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for name, workflow in sorted(project.workflows.items()):
        promise = workflow.promise
        if promise is None:
            continue
        count = await report.promise_kept(conn, name, promise.step, promise.within, moment - WEEK)
        found[name] = Kept(count.kept, count.runs - count.open, promise.share)
    return found
