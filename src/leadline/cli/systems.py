"""``leadline systems check``: can each system be reached, and does it take what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated

import anyio
import typer

from leadline.cli.asking import ask_first, named
from leadline.cli.options import (
    EnvironmentOption,
    JsonOption,
    ProjectOption,
    YesOption,
    in_environment,
)
from leadline.cli.output import json_line
from leadline.cli.outside import Outside, door_of, read_outside
from leadline.connectors.contract import Check, Need
from leadline.environment import Opened, has_database
from leadline.errors import CredentialsMissing, EnvironmentMismatch, UsageError
from leadline.journey.compiled import CompiledProject
from leadline.journey.program import FlatStep
from leadline.project.workflow import PostStep
from leadline.runtime.link import Link
from leadline.store import control
from leadline.store.maturity import CHECKED


def register(app: typer.Typer) -> None:
    """Add the commands."""
    systems = typer.Typer(help="Look at the outside systems.", no_args_is_help=True)
    # With a callback a group of one command stays a group: "systems check".
    systems.callback()(lambda: None)
    systems.command("check")(check)
    app.add_typer(systems, name="systems")


def check(
    names: Annotated[list[str] | None, typer.Argument(help="Which systems; default: all.")] = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Try credentials, rights and fields of each system, as the files are now; changes nothing.

    What was found is noted in the audit log of the environment, where it has a database: it is
    evidence of `leadline maturity`. What Leadline can mend (the HubSpot property
    "leadline_key") it offers to mend, and asks. Exit 1 where something is wrong.
    """
    outside = read_outside(project, env)
    unknown = sorted(set(names or ()) - outside.compiled.systems.keys())
    if unknown:
        known = ", ".join(sorted(outside.compiled.systems))
        raise UsageError(f'There is no system "{unknown[0]}".', fix=f"Use one of: {known}.")
    wrong = False
    checked: dict[str, list[Check]] = {}
    for name in names or sorted(outside.compiled.systems):
        checked[name] = _check_one(outside, name, yes=yes, may_ask=not json)
        for found in checked[name]:
            wrong = wrong or not found.ok
            if json:
                json_line(
                    {
                        "system": name,
                        "check": found.name,
                        "ok": found.ok,
                        "message": found.message,
                        "fix": found.fix,
                    }
                )
            else:
                typer.echo(_line(name, found))
    _note(outside, checked)
    if wrong:
        raise typer.Exit(1)


def _note(outside: Outside, checked: Mapping[str, Sequence[Check]]) -> None:
    """Note what was found where the environment keeps a database on this machine."""
    if not has_database(outside.directory):
        return

    async def work(opened: Opened) -> None:
        async with opened.store.transaction() as conn:
            for name, found in checked.items():
                bad = next((each for each in found if not each.ok), None)
                detail = {"system": name, "ok": bad is None, "message": bad and bad.message}
                await control.audit(conn, named(""), CHECKED, "to see whether it answers", detail)

    with suppress(EnvironmentMismatch):  # the database here is another environment's
        in_environment(outside.directory, outside.environment.name, work)


def _line(system: str, found: Check) -> str:
    mark = "ok " if found.ok else "NOT"
    fix = f" {found.fix}" if found.fix and not found.ok else ""
    return f"{mark}  {system}: {found.message}{fix}"


def _check_one(outside: Outside, name: str, *, yes: bool, may_ask: bool) -> list[Check]:
    try:
        link = outside.link(name)
    except CredentialsMissing as missing:
        return [Check("credentials", ok=False, message=missing.what, fix=missing.fix)]
    found = list(anyio.run(_look, link, needs(outside.compiled, name)))
    if not (yes or may_ask):
        return found
    return [_mended(link, one, yes=yes) if one.mend is not None else one for one in found]


async def _look(link: Link, wanted: tuple[Need, ...]) -> tuple[Check, ...]:
    async with door_of(link) as door:
        return await link.connector.check(door, wanted)


def _mended(link: Link, found: Check, *, yes: bool) -> Check:
    """Offer to mend what a check found; what it found stands where nobody agrees."""
    mend, what = link.connector.mend, found.mend
    if mend is None or what is None:
        return found
    typer.echo(_line(link.name, found), err=True)
    if not ask_first(f'Make "{what}" in {link.name} now?', yes):
        return found

    async def act() -> Check:
        async with door_of(link) as door:
            return await mend(door, what)

    return anyio.run(act)


def needs(compiled: CompiledProject, system: str) -> tuple[Need, ...]:
    """What the workflows ask of a system: the fields that they write, the channels they post to."""
    found: dict[tuple[str, str], Need] = {}
    for program in compiled.programs.values():
        for ours, vendor in program.vendor_fields.get(system, {}).items():
            kind = compiled.fields[ours].type
            found["field", vendor.name] = Need("field", vendor.name, kind.kind, kind.values)
        for flat in program.steps.values():
            step = flat.step if isinstance(flat, FlatStep) else None
            if isinstance(step, PostStep) and step.connection == system:
                found["channel", step.channel] = Need("channel", step.channel)
    return tuple(found[key] for key in sorted(found))
