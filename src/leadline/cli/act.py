"""Commands that act: replay, settle, approve, suppress, unsuppress, stop, pause, resume."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID

import anyio
import typer

from leadline.cli.asking import ask_first, named, tell
from leadline.cli.options import (
    ByOption,
    EnvironmentOption,
    JsonOption,
    ProjectOption,
    WhyOption,
    YesOption,
    in_environment,
)
from leadline.cli.output import json_line
from leadline.cli.released import check_workflow, current_release
from leadline.environment import Opened
from leadline.errors import LeadlineError, UsageError
from leadline.explain import words
from leadline.explain.letters import Letter, of_action, read_letters
from leadline.ledger.key import ActionKey
from leadline.ledger.lease import BUCKET
from leadline.ledger.transitions import State
from leadline.project.address import spell
from leadline.runtime import command
from leadline.runtime.command import By, Plan
from leadline.runtime.worker import suppression_digest
from leadline.store import lease, report
from leadline.store import request as requests
from leadline.store.pool import Connection, Store
from leadline.store.request import RunRow
from leadline.store.why import whole_person

MOST = 100_000
SEEN_WITHIN_S = 3.0
"""A worker takes up a request within this; without one it waits until one runs."""
NO_REASON = "no reason given"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("replay", short_help="Send dead letters again; says first what it will do.")(replay)
    app.command("settle", short_help="Say what became of a held action, once you know.")(settle)
    app.command("approve")(approve)
    app.command("suppress")(suppress)
    app.command("unsuppress")(unsuppress)
    app.command("stop", short_help="End one run, a person's runs, or all of a workflow.")(stop)
    app.command("pause", short_help="Make everything, or a part of it, stand still.")(pause)
    app.command("resume")(resume)


# ---------------------------------------------------------------- replay


def replay(
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="Keys as `leadline dead-letters` shows them: enrollment/step/visit."),
    ] = None,
    workflow: Annotated[str | None, typer.Option(help="All of this workflow.")] = None,
    step: Annotated[str | None, typer.Option(help="All of this step.")] = None,
    reason: Annotated[str | None, typer.Option(help="All whose reason holds this text.")] = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Send dead letters again, under their old keys; says first what it will do, and asks.

    Exit 1 where something that was named cannot be replayed.
    """
    if not keys and workflow is None and step is None and reason is None:
        raise UsageError(
            "Nothing is named to replay.",
            fix="Name keys, or --workflow, --step or --reason; see them: leadline dead-letters.",
        )

    async def plan(opened: Opened) -> Plan:
        async with opened.store.connection() as conn:
            check_workflow(workflow, await current_release(conn))
            letters = await (
                _named_letters(conn, keys) if keys else read_letters(conn, workflow, MOST)
            )
            chosen = [
                letter
                for letter in letters
                if workflow in (None, letter.workflow)
                and step in (None, letter.step)
                and (reason is None or reason.lower() in letter.reason.lower())
            ]
            return await command.plan_replay(conn, chosen)

    found = in_environment(project, env, plan)
    if not json:
        _show_plan(found)
    done = bool(found.going) and _replay(
        project, env, found, By(named(by), why), yes=yes, json=json
    )
    if json:
        for letter in found.going:
            json_line({"key": _key(letter), "replayed": done, "reason": letter.reason})
        for one in found.refused:
            json_line({"key": _key(one.letter), "replayed": False, "reason": one.reason})
    if keys and found.refused:
        raise typer.Exit(1)


def _replay(
    project: Path | None, env: str | None, plan: Plan, by: By, *, yes: bool, json: bool
) -> bool:
    """Replay what was planned, if that is meant; return whether it was."""
    if not ask_first(f"Replay {words.many(len(plan.going), 'dead letter')}?", yes):
        return False

    async def act(opened: Opened) -> int:
        async with opened.store.transaction() as conn:
            ids = await command.replay(conn, plan.going, by)
        return await _until_done(opened.store, ids)

    left = in_environment(project, env, act)
    if not json:
        typer.echo(f"Asked for. {_taken_up(left)}")
    return True


async def _named_letters(conn: Connection, keys: Sequence[str]) -> list[Letter]:
    """Find what keys name: actions, or runs that lie in the dead letters."""
    dead = {_key(letter): letter for letter in await read_letters(conn, None, MOST)}
    dead |= {str(letter.enrollment): letter for letter in dead.values() if letter.in_dead_letters}
    found: list[Letter] = []
    for key in keys:
        if key in dead:
            found.append(dead[key])
        else:
            found.append(of_action(await find_action(conn, key), in_dead_letters=False))
    return found


async def find_action(conn: Connection, key: str) -> requests.ActionRow:
    """Find the action of a key; raises UsageError where there is none."""
    try:
        parsed = ActionKey.parse(key)
    except ValueError as error:
        raise UsageError(str(error), fix="Keys are shown by: leadline actions.") from error
    rows = await requests.actions_by_key(conn, [(parsed.enrollment, parsed.step, parsed.visit)])
    if not rows:
        raise UsageError(
            f'There is no action "{key}" here.', fix="Keys are shown by: leadline actions."
        )
    return rows[0]


def _key(letter: Letter) -> str:
    return letter.key or str(letter.enrollment)


def _show_plan(plan: Plan) -> None:
    for letter in plan.going:
        kind = letter.action.kind if letter.action else "wait"
        goes_on = " and its run goes on" if letter.in_dead_letters else ""
        typer.echo(
            f"{_key(letter)}: the {kind} of {letter.workflow}, step {letter.step}, is tried "
            f"again{goes_on}. It failed: {letter.reason}"
        )
    for refused in plan.refused:
        typer.echo(f"{_key(refused.letter)}: not replayed, for {refused.reason}")
    if not plan.going:
        typer.echo("There is nothing to replay.")


# ---------------------------------------------------------------- settle


class Settled(StrEnum):
    """What a person may say of a held action."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    DEAD = "dead"


def settle(
    key: Annotated[str, typer.Argument(help="The key of the held action: enrollment/step/visit.")],
    to: Annotated[
        Settled,
        typer.Argument(
            help="accepted: it took effect; pending: it did not, send it; dead: leave it."
        ),
    ],
    why: Annotated[str, typer.Option("--why", help="How you know; it stands in the audit log.")],
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Say what became of a held action, when you have found out."""
    state = State(to.value)
    if not why.strip():
        raise UsageError("A reason is needed.", fix="Write how you know after --why.")

    async def look(opened: Opened) -> str | None:
        async with opened.store.connection() as conn:
            return await command.why_not_settled(conn, await find_action(conn, key), state)

    refusal = in_environment(project, env, look)
    if refusal is not None:
        raise LeadlineError(
            f"{key} cannot be settled: {refusal}", fix="See it: leadline actions --state held."
        )
    what = {"accepted": "took effect", "pending": "did not and is sent again", "dead": "is left"}
    if not ask_first(f"{key}: it {what[to.value]}?", yes):
        return

    async def act(opened: Opened) -> bool:
        async with opened.store.transaction() as conn:
            action = await find_action(conn, key)
            return await command.settle(conn, action, state, By(named(by), why))

    if not in_environment(project, env, act):
        raise LeadlineError(
            f"{key} was settled by something else at this moment.",
            fix="See how it stands: leadline actions.",
        )
    tell(json, {"key": key, "state": state.value, "by": named(by)}, f"{key} is {state} now.")


# ---------------------------------------------------------------- the gate


def approve(
    workflow: Annotated[str, typer.Argument(help="The workflow whose burst may enter.")],
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    json: JsonOption = False,
) -> None:
    """Let a burst above max_burst enter: everybody who waits now."""

    async def act(opened: Opened) -> int:
        async with opened.store.transaction() as conn:
            check_workflow(workflow, await current_release(conn))
            return await command.approve(conn, workflow, By(named(by), why))

    waiting = in_environment(project, env, act)
    tell(
        json,
        {"workflow": workflow, "approved": waiting},
        f"{words.many(waiting, 'person')} may enter {workflow}."
        if waiting
        else f"Nobody waits for approval in {workflow}.",
    )


def suppress(
    email: Annotated[str, typer.Argument(help="The address.")],
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    json: JsonOption = False,
) -> None:
    """Never write to an address again. Only a digest of it is kept."""
    address = spell(email)

    async def act(opened: Opened) -> bool:
        async with opened.store.transaction() as conn:
            digest = suppression_digest(opened.secret, address)
            return await command.suppress(conn, digest, By(named(by), why))

    new = in_environment(project, env, act)
    tell(
        json,
        {"email": address, "suppressed": True, "changed": new},
        f"{address} is never written to any more." if new else f"{address} was suppressed already.",
    )


def unsuppress(
    email: Annotated[str, typer.Argument(help="The address.")],
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Write to an address again that was suppressed; asks first."""
    address = spell(email)
    if not ask_first(f"Write to {address} again?", yes):
        return

    async def act(opened: Opened) -> bool:
        async with opened.store.transaction() as conn:
            digest = suppression_digest(opened.secret, address)
            return await command.unsuppress(conn, digest, By(named(by), why))

    lifted = in_environment(project, env, act)
    tell(
        json,
        {"email": address, "suppressed": False, "changed": lifted},
        f"{address} may be written to again." if lifted else f"{address} was not suppressed.",
    )


# ---------------------------------------------------------------- stop


def stop(
    who: Annotated[
        str | None, typer.Argument(help="A run's id, or the address of a person: all her runs.")
    ] = None,
    workflow: Annotated[str | None, typer.Option(help="Only (or all) of this workflow.")] = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """End one run, the runs of one person, or all of a workflow; what waits is not sent. Asks."""
    if who is None and workflow is None:
        raise UsageError("Nothing is named to stop.", fix="Name a run, an address, or --workflow.")

    async def find(opened: Opened) -> list[tuple[int, UUID]]:
        async with opened.store.connection() as conn:
            check_workflow(workflow, await current_release(conn))
            return await _runs(conn, who, workflow)

    runs = in_environment(project, env, find)
    if not runs:
        tell(json, {"stopped": 0}, "There is no such run under way.")
        raise typer.Exit(1)
    if not ask_first(f"Stop {words.many(len(runs), 'run')}? Nothing starts them again.", yes):
        return

    async def act(opened: Opened) -> int:
        async with opened.store.transaction() as conn:
            what = {"of": who, "workflow": workflow}
            ids = await command.stop(conn, runs, By(named(by), why), what)
        return await _until_done(opened.store, ids)

    left = in_environment(project, env, act)
    tell(
        json,
        {"stopped": len(runs), "waiting_for_a_worker": left},
        f"Asked for, {words.many(len(runs), 'run')}. {_taken_up(left)}",
    )


async def _runs(conn: Connection, who: str | None, workflow: str | None) -> list[tuple[int, UUID]]:
    if who is None:
        assert workflow is not None
        return await requests.running_of_workflow(conn, workflow)
    if "@" in who:
        people = await whole_person(conn, sorted({who.strip(), spell(who)}))
        buckets, ids = sorted({p.bucket for p in people}), [p.id for p in people]
        found = await report.enrollments_of_contacts(conn, buckets, ids)
        return [
            (run.bucket, run.id)
            for run in found
            if run.ended_at is None and workflow in (None, run.workflow)
        ]
    try:
        run_id = UUID(who.partition("/")[0])
    except ValueError as error:
        raise UsageError(
            f'"{who}" is neither the id of a run nor an address.',
            fix="`leadline why ADDRESS --json` shows the ids of runs.",
        ) from error
    rows: list[RunRow] = await requests.runs_by_id(conn, [run_id])
    return [
        (row.bucket, row.id)
        for row in rows
        if row.ended_at is None and workflow in (None, row.workflow)
    ]


# ---------------------------------------------------------------- pause and resume


class Still(StrEnum):
    """What can stand still."""

    EVERYTHING = "everything"
    CONNECTION = "connection"
    WORKFLOW = "workflow"


WhatArgument = Annotated[Still, typer.Argument(help="everything, connection or workflow.")]
NameArgument = Annotated[str | None, typer.Argument(help="Which connection or workflow.")]


def pause(
    what: WhatArgument,
    name: NameArgument = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    json: JsonOption = False,
) -> None:
    """Make everything, a connection or a workflow stand still: the kill switch.

    What is being sent at this moment is finished. What is too late when it goes on is not sent.
    """

    async def act(opened: Opened) -> str:
        async with opened.store.transaction() as conn:
            known = await _standing_name(conn, what, name)
            await command.pause(conn, what.value, known, By(named(by), why))
            return known

    known = in_environment(project, env, act)
    tell(
        json,
        {"kind": what.value, "name": known, "paused": True},
        f"{_still(what, known)} stands still until: leadline resume {what.value} {known}".rstrip(),
    )


def resume(
    what: WhatArgument,
    name: NameArgument = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    by: ByOption = "",
    why: WhyOption = NO_REASON,
    json: JsonOption = False,
) -> None:
    """Let everything, a connection or a workflow go on."""

    async def act(opened: Opened) -> tuple[str, bool]:
        async with opened.store.transaction() as conn:
            known = await _standing_name(conn, what, name)
            return known, await command.resume(conn, what.value, known, By(named(by), why))

    known, went_on = in_environment(project, env, act)
    tell(
        json,
        {"kind": what.value, "name": known, "paused": False, "changed": went_on},
        f"{_still(what, known)} goes on." if went_on else f"{_still(what, known)} was not paused.",
    )


async def _standing_name(conn: Connection, what: Still, name: str | None) -> str:
    """The name under which a pause is kept; raises UsageError for one that is not there."""
    if what is Still.EVERYTHING:
        if name is not None:
            raise UsageError(f'"everything" takes no name, found "{name}".', fix="Leave it out.")
        return ""
    if name is None:
        raise UsageError(
            f"Which {what.value} is meant is not said.", fix=f"Write: {what.value} NAME."
        )
    current = await current_release(conn)
    if what is Still.WORKFLOW:
        check_workflow(name, current)
    elif current is not None and name not in current.systems:
        known = ", ".join(sorted(current.systems))
        raise UsageError(f'There is no connection "{name}".', fix=f"Use one of: {known}.")
    return name


def _still(what: Still, name: str) -> str:
    return "Everything" if what is Still.EVERYTHING else f'The {what.value} "{name}"'


# ---------------------------------------------------------------- handed on


async def _until_done(store: Store, ids: Sequence[UUID]) -> int:
    """Wait a little until the workers have done what was asked; return what is left."""
    left = len(ids)
    with anyio.move_on_after(SEEN_WITHIN_S):
        while left:
            async with store.connection() as conn:
                left = await requests.still_asked(conn, ids)
                if not await lease.workers_alive(conn, BUCKET.total_seconds()):
                    break
            await anyio.sleep(0.1)
    return left


def _taken_up(left: int) -> str:
    if left == 0:
        return "A worker has done it."
    return "No worker has taken it up yet; it is done as soon as one does: leadline serve"
