"""Commands that ask: status, why, actions, events, dead-letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, cast
from uuid import UUID

import typer

from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption, in_environment
from leadline.cli.output import json_line, moment
from leadline.cli.pace import paces
from leadline.cli.released import check_workflow, current_release
from leadline.cli.status import status
from leadline.cli.told import story_lines, story_object
from leadline.environment import Opened
from leadline.errors import UsageError
from leadline.explain import words
from leadline.explain.causes import Finding, Likes, Story
from leadline.explain.letters import Letter, read_letters
from leadline.explain.read import count, read_person
from leadline.explain.why import why as why_stories
from leadline.ledger.transitions import State
from leadline.project.address import spell
from leadline.runtime.worker import suppression_digest
from leadline.store import report
from leadline.store.pool import Connection
from leadline.store.why import CameIn, newest_events, newest_rejected, whole_person

MOST = 1000
NAMED = 5
"""So many people of a group are named."""
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="So many at most.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status", short_help="Promises, queues, what needs a person.")(status)
    app.command("why", short_help="Say what became of somebody, and why.")(why)
    app.command("actions", short_help="List the ledger: every effect and what became of it.")(
        actions
    )
    app.command("events", short_help="List what came in; --rejected: what counts for nothing.")(
        events
    )
    app.command("dead-letters", short_help="List what failed for good, by its cause.")(dead_letters)


# ---------------------------------------------------------------- why


def why(
    email: Annotated[str, typer.Argument(help="Whom it is about: an address, or another id.")],
    workflow: Annotated[
        str | None, typer.Argument(help="In which workflow; default: in all.")
    ] = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    json: JsonOption = False,
) -> None:
    """Say what became of somebody, and why: also of those who never entered."""

    async def work(opened: Opened) -> tuple[tuple[Story, ...], dict[Likes, int]]:
        async with opened.store.connection() as conn:
            current = await current_release(conn)
            check_workflow(workflow, current)
            digest = suppression_digest(opened.secret, email)
            known = await read_person(conn, email.strip(), digest, paces(opened, current))
            told = why_stories(known, workflow)
            likes = {f.likes for story in told for f in _findings(story) if f.likes is not None}
            return told, {like: await count(conn, like) for like in likes}

    told, shared = in_environment(project, env, work)
    if json:
        for story in told:
            json_line(story_object(email, story, shared))
        return
    typer.echo("\n".join(story_lines(email, told, shared)))


def _findings(story: Story) -> list[Finding]:
    return [story.finding, *(step.finding for step in story.steps)]


# ---------------------------------------------------------------- lists


def actions(
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    workflow: Annotated[str | None, typer.Option(help="Only of this workflow.")] = None,
    connection: Annotated[str | None, typer.Option(help="Only of this connection.")] = None,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    email: Annotated[str | None, typer.Option(help="Only of this person.")] = None,
    step: Annotated[str | None, typer.Option(help="Only of this step.")] = None,
    limit: LimitOption = MOST,
    json: JsonOption = False,
) -> None:
    """List the ledger: every intended effect and what became of it, the newest first."""
    if state is not None and state not in set(State):
        near = get_close_matches(state, list(State), n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        raise UsageError(
            f'"{state}" is no state of an action.{meant}', fix=f"Use one of: {', '.join(State)}."
        )

    async def work(opened: Opened) -> tuple[list[report.ActionLine], Mapping[UUID, str]]:
        async with opened.store.connection() as conn:
            check_workflow(workflow, await current_release(conn))
            lines: list[report.ActionLine] = []
            for person in await _people(conn, email):
                wanted = report.ActionFilter(workflow, connection, step, state, person)
                lines += await report.actions(conn, wanted, limit)
            lines.sort(key=lambda line: line.intended_at, reverse=True)
            lines = lines[:limit]
            return lines, await report.emails_of(conn, list({line.contact_id for line in lines}))

    lines, emails = in_environment(project, env, work)
    if json:
        for line in lines:
            json_line(action_object(line, emails))
        return
    for line in lines:
        typer.echo("\n".join(_action_lines(line, emails.get(line.contact_id))))
    if not lines:
        typer.echo("There is no such action.")
    if len(lines) == limit:
        typer.echo(f"These are the newest {limit:,}; more: --limit.")


def _action_lines(line: report.ActionLine, email: str | None) -> Iterator[str]:
    """An action for people; its key stands alone, whole, to be copied."""
    whom = email or "somebody without an address"
    yield f"{moment(line.at)}  {line.state:<10}  {line.connection} {line.kind}, {whom}"
    yield f"    {line.workflow}: {line.key}"
    if line.reason:
        yield f"    {line.reason}"


async def _people(conn: Connection, email: str | None) -> list[UUID | None]:
    """The ids of a person; (None,) stands for everybody."""
    if email is None:
        return [None]
    return [p.id for p in await whole_person(conn, sorted({email.strip(), spell(email)}))]


def action_object(line: report.ActionLine, emails: Mapping[UUID, str]) -> dict[str, object]:
    """One action as every program may rely on it (docs: commands)."""
    return {
        "key": line.key,
        "workflow": line.workflow,
        "step": line.step,
        "email": emails.get(line.contact_id),
        "connection": line.connection,
        "kind": line.kind,
        "state": line.state,
        "reason": line.reason,
        "vendor_id": line.vendor_id,
        "at": line.at,
    }


def events(
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Only those that count for nothing, with the reason.")
    ] = False,
    limit: LimitOption = MOST,
    json: JsonOption = False,
) -> None:
    """List what came in, the newest first; --rejected: what counts for nothing, and why."""

    async def work(opened: Opened) -> tuple[list[CameIn], Mapping[UUID, str]]:
        async with opened.store.connection() as conn:
            lines = await (newest_rejected if rejected else newest_events)(conn, limit)
            return lines, await report.emails_of(conn, list({line.contact_id for line in lines}))

    lines, emails = in_environment(project, env, work)
    if json:
        for line in lines:
            json_line(
                {
                    "id": line.id,
                    "name": line.name,
                    "email": _email(line, emails),
                    "rejected": line.rejected,
                    "properties": line.properties,
                    "occurred_at": line.occurred_at,
                    "at": line.received_at,
                }
            )
        return
    for e in lines:
        whom = _email(e, emails) or "nobody that is known"
        typer.echo(f"{moment(e.received_at)}  {e.name or '(no name)'}, {whom}")
        if e.rejected:
            typer.echo(f"    counts for nothing: {e.rejected}")
    if not lines:
        typer.echo("No event was rejected." if rejected else "No event came in.")


def _email(event: CameIn, emails: Mapping[UUID, str]) -> str | None:
    """The address of the person, or the one that the event names."""
    if event.contact_id in emails:
        return emails[event.contact_id]
    traits = event.properties.get("$traits")
    for place in (traits, event.properties):
        if isinstance(place, dict):
            named = cast(dict[str, object], place).get("email")
            if isinstance(named, str):
                return named
    return None


# ---------------------------------------------------------------- dead letters


def dead_letters(
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    workflow: Annotated[str | None, typer.Option(help="Only of this workflow.")] = None,
    limit: LimitOption = MOST,
    json: JsonOption = False,
) -> None:
    """List runs that ended in the dead letters and actions that failed, by their cause."""

    async def work(opened: Opened) -> tuple[list[Letter], Mapping[UUID, str]]:
        async with opened.store.connection() as conn:
            check_workflow(workflow, await current_release(conn))
            letters = await read_letters(conn, workflow, limit)
            return letters, await report.emails_of(conn, list({d.contact_id for d in letters}))

    letters, emails = in_environment(project, env, work)
    if json:
        for letter in letters:
            json_line(letter_object(letter, emails))
        return
    if not letters:
        typer.echo("There are no dead letters.")
        return
    by_cause: dict[tuple[str, str, str], list[Letter]] = defaultdict(list)
    for letter in letters:
        by_cause[letter.workflow, letter.step, letter.reason].append(letter)
    for (name, step, reason), group in sorted(by_cause.items(), key=lambda kv: -len(kv[1])):
        people = [emails.get(letter.contact_id) or str(letter.contact_id) for letter in group]
        more = f" and {len(group) - NAMED:,} more" if len(group) > NAMED else ""
        typer.echo(f"{words.many(len(group), 'time')}: {name}, step {step}: {reason}")
        typer.echo(f"  {', '.join(people[:NAMED])}{more}")
        typer.echo(f"  Mend the cause, then: leadline replay --workflow {name}{_step(step)}")


def _step(step: str) -> str:
    return f" --step {step}" if step else ""


def letter_object(letter: Letter, emails: Mapping[UUID, str]) -> dict[str, object]:
    """One dead letter, for programs; ``key`` is what replay takes."""
    action = letter.action
    return {
        "key": letter.key or str(letter.enrollment),
        "workflow": letter.workflow,
        "step": letter.step,
        "email": emails.get(letter.contact_id),
        "connection": action.connection if action else None,
        "kind": action.kind if action else "wait",
        "state": action.state if action else None,
        "reason": letter.reason,
        "run": "dead letter" if letter.in_dead_letters else "went on",
        "at": letter.at,
    }
