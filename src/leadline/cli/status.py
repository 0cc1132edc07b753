"""``leadline status``: are the promises kept, what waits and until when, what a person must do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import typer

from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption, in_environment
from leadline.cli.output import json_line, table
from leadline.cli.pace import paces
from leadline.cli.released import current_release
from leadline.environment import Opened
from leadline.explain import words
from leadline.explain.pace import expected
from leadline.explain.read import read_slots
from leadline.journey.compiled import CompiledProject
from leadline.ledger.lease import BUCKET
from leadline.project.workflow import Promise
from leadline.store import call as calls
from leadline.store import control, gate, lease, report, work
from leadline.store.call import Health
from leadline.store.control import Incident, Notice
from leadline.store.gate import Pause
from leadline.store.pool import Connection, now
from leadline.store.report import PromiseCount

LOOK_BACK = timedelta(days=7)
"""A promise is judged by the runs that began within this."""
NOTICES = 20
NO_PROMISES: Mapping[str, Promise] = {}

GROUPS: Mapping[str, str] = {
    "pending": "waiting",
    "sending": "waiting",
    "accepted": "accepted",
    "confirmed": "confirmed",
    "unknown": "unknown",
    "held": "unknown",
    "rejected": "failed",
    "dead": "failed",
    "expired": "failed",
    "bounced": "failed",
    "skipped": "skipped",
    "superseded": "superseded",
}
"""Where each state of an action is counted."""
COLUMNS = ("confirmed", "accepted", "waiting", "failed", "unknown", "skipped", "superseded")


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise, and how the runs of the last days kept it."""

    workflow: str
    promise: Promise
    count: PromiseCount

    @property
    def decided(self) -> int:
        """Runs of which it is known whether they kept it."""
        return self.count.runs - self.count.open

    @property
    def share(self) -> float | None:
        """The share that kept it, None before any is decided."""
        return self.count.kept / self.decided if self.decided else None

    @property
    def kept(self) -> bool:
        """Whether it is kept so far."""
        return self.share is None or self.share >= self.promise.share

    @property
    def sentence(self) -> str:
        """The promise and its state in words."""
        says = f'"{self.promise.step}" within {words.span(self.promise.within)}'
        aim = f"{_percent(self.promise.share)} promised"
        if self.share is None:
            return f"{self.workflow}: {says}: nothing to judge yet, {aim}."
        state = "kept" if self.kept else "NOT KEPT"
        return (
            f"{self.workflow}: {says}: {state}, {_percent(self.share)} of "
            f"{words.many(self.decided, 'run')}, {aim}."
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queue of a connection. ``expected_at``: when the last of it should go out."""

    connection: str
    pending: int
    sending: int
    unknown: int
    held: int
    oldest: datetime | None
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that ``status`` shows."""

    environment: str
    at: datetime
    release: str | None
    workers: tuple[str, ...]
    promises: tuple[Promised, ...]
    workflows: Mapping[str, Mapping[str, int]]
    queues: tuple[Waiting, ...]
    pauses: tuple[Pause, ...]
    incidents: tuple[Incident, ...]
    notices: tuple[Notice, ...]
    health: tuple[Health, ...]

    @property
    def problem(self) -> bool:
        """Whether a promise is broken or a finding open."""
        return bool(self.incidents) or not all(promised.kept for promised in self.promises)


def status(
    project: ProjectOption = None, env: EnvironmentOption = None, json: JsonOption = False
) -> None:
    """Say whether the promises are kept, what waits and until when, what needs a person.

    Exit 1 where a promise is not kept or an incident is open.
    """

    async def work_(opened: Opened) -> Status:
        async with opened.store.connection() as conn:
            return await read_status(conn, opened)

    found = in_environment(project, env, work_)
    if json:
        json_line(status_object(found))
    else:
        _show(found)
    if found.problem:
        raise typer.Exit(1)


async def read_status(conn: Connection, opened: Opened) -> Status:
    """Read what stands and what waits."""
    moment = await now(conn)
    current = await current_release(conn)
    return Status(
        environment=opened.name,
        at=moment,
        release=await control.active_release(conn),
        workers=tuple(await lease.workers_alive(conn, BUCKET.total_seconds())),
        promises=await _promises(conn, current, moment),
        workflows=await _workflows(conn, current),
        queues=await _queues(conn, opened, current, moment),
        pauses=tuple(await gate.pauses(conn)),
        incidents=tuple(await control.open_incidents(conn)),
        notices=tuple(await control.notices(conn, NOTICES)),
        health=tuple(await calls.health(conn)),
    )


async def _promises(
    conn: Connection, current: CompiledProject | None, moment: datetime
) -> tuple[Promised, ...]:
    found: list[Promised] = []
    promises = current.promises if current else NO_PROMISES
    for workflow, promise in sorted(promises.items()):
        count = await report.promise_kept(
            conn, workflow, promise.step, promise.within, moment - LOOK_BACK
        )
        found.append(Promised(workflow, promise, count))
    return tuple(found)


async def _workflows(
    conn: Connection, current: CompiledProject | None
) -> Mapping[str, Mapping[str, int]]:
    """Counts by workflow: people at the door, runs, actions by where they stand, successes."""
    found: dict[str, Counter[str]] = {
        name: Counter() for name in sorted(current.programs if current else ())
    }
    for entry in await report.entries_by_outcome(conn):
        name = {"waiting": "for_approval", "not entered": "not_entered"}.get(entry.outcome)
        if name is not None:
            found.setdefault(entry.workflow, Counter())[name] += entry.times
    for end in await report.runs_by_end(conn):
        counts = found.setdefault(end.workflow, Counter())
        counts["runs"] += end.times
        counts["running" if end.end_reason is None else "ended"] += end.times
        if end.end_reason == "dead letter":
            counts["dead_letters"] += end.times
    for line in await report.counts_by_state(conn):
        counts = found.setdefault(line.workflow, Counter())
        counts["intended"] += line.times
        counts[GROUPS[line.state]] += line.times
    for success in await report.successes(conn):
        found.setdefault(success.workflow, Counter())["successes"] += success.successes
    return found


async def _queues(
    conn: Connection, opened: Opened, current: CompiledProject | None, moment: datetime
) -> tuple[Waiting, ...]:
    by_connection: dict[str, dict[str, work.Queue]] = {
        name: {} for name in sorted(current.systems if current else ())
    }
    for row in await work.waiting_by_connection(conn):
        by_connection.setdefault(row.connection, {})[row.state] = row
    known = paces(opened, current)
    found: list[Waiting] = []
    for connection, states in by_connection.items():
        pending = states.get("pending")
        pace = known.get(connection)
        due: datetime | None = None
        if pending is not None and pace is not None:
            slots = await read_slots(conn, connection)
            due = expected(pace, pending.times - 1, slots, max(moment, pending.oldest))
        counts = {state: row.times for state, row in states.items()}
        found.append(
            Waiting(
                connection,
                counts.get("pending", 0),
                counts.get("sending", 0),
                counts.get("unknown", 0),
                counts.get("held", 0),
                pending.oldest if pending else None,
                due,
            )
        )
    return tuple(found)


# ---------------------------------------------------------------- how it is shown


def _show(found: Status) -> None:
    release = f"release {found.release[:12]}" if found.release else "nothing deployed"
    workers = words.many(len(found.workers), "worker") if found.workers else "NO WORKER RUNS"
    typer.echo(f"{found.environment}: {release}, {workers}, {words.at(found.at)}")
    typer.echo("\nPromises")
    for line in [p.sentence for p in found.promises] or ["No workflow makes one."]:
        typer.echo(f"  {line}")
    typer.echo("\nWorkflows")
    for line in [_flow(*each) for each in found.workflows.items()] or ["None is deployed."]:
        typer.echo(f"  {line}")
    typer.echo("")
    table(
        ("connection", "waiting", "sending", "unknown", "held", "done about", "health"),
        (
            (
                q.connection,
                q.pending,
                q.sending,
                q.unknown,
                q.held,
                q.expected_at,
                _health(q.connection, found.health),
            )
            for q in found.queues
        ),
        "No connection is deployed.",
    )
    for line in _needs(found):
        typer.echo(line)


def _flow(name: str, counts: Mapping[str, int]) -> str:
    """What a workflow has come to, in a sentence whose numbers add up."""
    runs = counts.get("runs", 0)
    if not runs:
        return f"{name}: nobody entered yet."
    under_way = f" ({counts['running']:,} under way)" if counts.get("running") else ""
    said = [f"{name}: {words.many(runs, 'run')}{under_way}."]
    if counts.get("intended"):
        parts = [f"{counts[c]:,} {c}" for c in COLUMNS if counts.get(c)]
        said.append(f"{words.many(counts['intended'], 'effect')} intended: {', '.join(parts)}.")
    if counts.get("successes"):
        said.append(f"Successes: {counts['successes']:,}.")
    return " ".join(said)


def _health(connection: str, health: Sequence[Health]) -> str:
    found = next((h for h in health if h.connection == connection), None)
    if found is None:
        return "not called yet"
    return found.state if not found.reason else f"{found.state}: {found.reason}"


def _needs(found: Status) -> Iterator[str]:
    """What a person must see or do."""
    lines = [
        *(
            f"{name}: {words.many(counts['for_approval'], 'person')} wait for approval: "
            f"leadline approve {name}"
            for name, counts in found.workflows.items()
            if counts.get("for_approval")
        ),
        *(
            f"{name}: {words.many(counts['dead_letters'], 'dead letter')}: leadline dead-letters"
            for name, counts in found.workflows.items()
            if counts.get("dead_letters")
        ),
        *(
            f"{q.connection}: {words.many(q.held, 'action')} held, for nobody can say what became "
            f"of them: leadline actions --connection {q.connection} --state held"
            for q in found.queues
            if q.held
        ),
        *(
            f"{_paused(p)} is paused since {words.at(p.at)} by {p.by}: {words.sentence(p.reason)} "
            f"leadline resume {_resume(p)}"
            for p in found.pauses
        ),
        *(f"{i.sentence} {i.fix}" for i in found.incidents),
    ]
    if not found.workers and found.release is not None:
        lines.append("No worker runs, so that nothing moves: leadline serve")
    if lines:
        yield "\nNeeds you"
        yield from (f"  {line}" for line in lines)
    if found.notices:
        yield "\nNotices"
        for notice in found.notices:
            times = f" ({notice.times:,} times)" if notice.times > 1 else ""
            unmailed = f" Not mailed: {notice.not_mailed}" if notice.not_mailed else ""
            yield (
                f"  {words.at(notice.hour)}  {notice.recipient}: {notice.sentence}{times}{unmailed}"
            )


def _paused(pause: Pause) -> str:
    return "Everything" if pause.kind == "everything" else f'The {pause.kind} "{pause.name}"'


def _resume(pause: Pause) -> str:
    return "everything" if pause.kind == "everything" else f"{pause.kind} {pause.name}"


def _percent(share: float) -> str:
    return f"{round(share * 100, 1):g} %"


def status_object(found: Status) -> dict[str, object]:
    """The status, for programs."""
    return {
        "environment": found.environment,
        "at": found.at,
        "release": found.release,
        "workers": found.workers,
        "promises": [
            {
                "workflow": p.workflow,
                "step": p.promise.step,
                "within_s": p.promise.within.total_seconds(),
                "share_promised": p.promise.share,
                "share": p.share,
                "runs": p.count.runs,
                "kept": p.kept,
            }
            for p in found.promises
        ],
        "workflows": {name: dict(counts) for name, counts in found.workflows.items()},
        "queues": [
            {
                "connection": q.connection,
                "waiting": q.pending,
                "sending": q.sending,
                "unknown": q.unknown,
                "held": q.held,
                "oldest_due_at": q.oldest,
                "expected_at": q.expected_at,
            }
            for q in found.queues
        ],
        "pauses": [p._asdict() for p in found.pauses],
        "incidents": [i._asdict() for i in found.incidents],
        "notices": [n._asdict() for n in found.notices],
        "health": [h._asdict() for h in found.health],
    }
