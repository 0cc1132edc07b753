"""``leadline sandbox``: stand-ins that fit the project, and what reaches them, line by line."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, cast
from urllib.parse import urlsplit

import anyio
import typer
from pydantic import JsonValue

from leadline.cli.options import PORT, PORT_VARIABLE, EnvironmentOption, ProjectOption
from leadline.cli.outside import Outside, read_outside
from leadline.cli.systems import needs
from leadline.connectors.contract import Need
from leadline.environment import project_directory
from leadline.errors import LeadlineError, UsageError
from leadline.sandbox.serving import (
    HUBSPOT_PORT,
    SLACK_PORT,
    SMTP_PORT,
    Running,
    make_sandbox,
    serve,
)
from leadline.sandbox.truth import OURS, Effect

PORTS = {"hubspot": HUBSPOT_PORT, "slack": SLACK_PORT, "smtp": SMTP_PORT}
CONTROL_ABOVE = 10
"""The mail sandbox answers questions on a port of its own: this far above the one for mail."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHOWN = 160
"""So many characters of a text are shown."""
BOOKS = {"hubspot": "contacts", "slack": "messages", "smtp": "messages"}
TIERS = {"professional": "pro"}
ADD_ON = " with add-on"
"""What the sandbox calls a tier that its vendor and our files call otherwise."""
PROPERTY = {
    "number": ("number", "number"),
    "flag": ("bool", "booleancheckbox"),
    "date": ("date", "date"),
    "time": ("datetime", "date"),
    "choice": ("enumeration", "select"),
}
"""HubSpot's type and field type for a kind of field of ours; anything else is text."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A sandbox to be run: the name of its system, its kind, its port, its settings."""

    name: str
    kind: str
    port: int
    config: Mapping[str, JsonValue]


def sandbox(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which systems, or kinds of them; default: all.")
    ] = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    serve_port: Annotated[
        int,
        typer.Option(
            envvar=PORT_VARIABLE,
            help="The port of `leadline serve`, which takes the delivery reports of mail.",
        ),
    ] = PORT,
) -> None:
    """Run stand-ins for HubSpot, Slack and a mail server on this machine, until Ctrl-C.

    In a project they fit it: its ports, tiers, channels and fields. What reaches them is shown.
    """
    planned = _chosen(_plan(project, env, serve_port), names)
    anyio.run(_run, planned)


def _plan(project: Path | None, env: str | None, serve_port: int) -> list[Planned]:
    """What the project needs; without a project one of each kind, on its usual port."""
    if project is None:
        try:
            project_directory(None)
        except LeadlineError:
            return [Planned(kind, kind, port, {}) for kind, port in PORTS.items()]
    outside = read_outside(project, env)
    if not outside.environment.sandbox:
        raise UsageError(
            f'"{outside.environment.name}" is no sandbox environment.',
            where="leadline.yaml",
            fix='Sandboxes serve environments with "sandbox: true".',
        )
    return [fit(outside, name, serve_port) for name in sorted(outside.compiled.systems)]


def _chosen(planned: Sequence[Planned], names: Sequence[str] | None) -> list[Planned]:
    if not names:
        return list(planned)
    known = {p.name for p in planned} | {p.kind for p in planned}
    unknown = sorted(set(names) - known)
    if unknown:
        raise UsageError(
            f'There is no sandbox for "{unknown[0]}".', fix=f"Use: {', '.join(sorted(known))}."
        )
    return [p for p in planned if p.name in names or p.kind in names]


def fit(outside: Outside, name: str, serve_port: int = PORT) -> Planned:
    """Plan the stand-in of one system; raises UsageError where its address is not on loopback."""
    system = outside.compiled.systems[name]
    settings = system.settings.get(outside.environment.name, {})
    wanted = needs(outside.compiled, name)
    match system.kind:
        case "smtp":
            host, port = settings.get("host", ""), int(settings.get("port", "0"))
            config = _mail(settings, f"http://127.0.0.1:{serve_port}/v1/hooks/{name}")
            if (limit := system.limits.get("messages")) is not None:
                per_s = limit.count / limit.window.total_seconds()
                config["per_s"] = max(1, int(per_s))
        case "slack":
            host, port = _address(settings)
            config = {"channels": list[JsonValue](_channels(wanted))}
        case _:
            host, port = _address(settings)
            tier = settings.get("tier", "starter")
            config = {
                "tier": TIERS.get(tier.removesuffix(ADD_ON), tier),
                "add_on": tier.endswith(ADD_ON),
                "unique_properties": list[JsonValue](["leadline_key"]),
                "properties": list[JsonValue](_properties(wanted)),
            }
    if host not in LOOPBACK or port == 0:
        raise UsageError(
            f'"{name}" has no address on this machine in "{outside.environment.name}".',
            where=f"systems/{name}.yaml",
            fix=f"Write 127.0.0.1 and a port there, such as {PORTS[system.kind]}.",
        )
    return Planned(name, system.kind, port, config)


def _address(settings: Mapping[str, str]) -> tuple[str, int]:
    parts = urlsplit(settings.get("base_url", ""))
    return parts.hostname or "", parts.port or 0


def _mail(settings: Mapping[str, str], hook: str) -> dict[str, JsonValue]:
    evidence = settings.get("evidence", "none")
    return {
        "tls": "none" if settings.get("tls", "none") == "none" else "offered",
        "dsn": evidence == "dsn",
        "feed_url": hook if evidence == "feed" else None,
    }


def _channels(wanted: Sequence[Need]) -> Iterator[dict[str, JsonValue]]:
    names = [need.name for need in wanted if need.what == "channel"]
    for number, name in enumerate(names, start=1):
        yield {"id": f"C0SANDBOX{number}", "name": name}


def _properties(wanted: Sequence[Need]) -> Iterator[dict[str, JsonValue]]:
    for need in wanted:
        if need.what == "field":
            kind, field = PROPERTY.get(need.kind, ("string", "text"))
            yield {
                "name": need.name,
                "label": need.name.replace("_", " ").capitalize(),
                "type": kind,
                "field_type": field,
                "options": list[JsonValue](need.options),
                "own": False,
            }


# ---------------------------------------------------------------- running


async def _run(planned: Sequence[Planned]) -> None:
    async with AsyncExitStack() as stack:
        for one in planned:
            made = make_sandbox(one.kind, one.config)
            control = one.port + CONTROL_ABOVE
            running = await stack.enter_async_context(serve(made, one.port, control))
            running.truth.watchers.append(partial(_show, one))
            typer.echo(_where(one, running))
        typer.echo("What reaches them is shown here. Ctrl-C ends them; they forget everything.")
        sys.stdout.flush()
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            async for _ in signals:
                return


def _where(planned: Planned, running: Running) -> str:
    book = f"{running.control_url}/_sandbox/{BOOKS[planned.kind]}"
    return f"{planned.name:<10} {running.url:<24} its book: {book}"


def _show(planned: Planned, effect: Effect) -> None:
    """Say one effect, as it happens."""
    if effect.by != OURS:
        return
    with contextlib.suppress(BrokenPipeError):
        typer.echo(f"{planned.name:<10} {tell(planned, effect)}")
        sys.stdout.flush()


def tell(planned: Planned, effect: Effect) -> str:
    """One effect in a line."""
    values = effect.values
    match planned.kind:
        case "smtp":
            return f"mail to {values.get('recipient')}: {values.get('subject')}"
        case "slack":
            text = " / ".join(str(values.get("text", "")).splitlines())
            return f"#{_channel_name(planned, str(values.get('channel')))}: {_short(text)}"
        case _:
            names = sorted(values.keys() - {"leadline_key"}, key=lambda n: (n != "email", n))
            shown = ", ".join(f"{name}={values[name]}" for name in names)
            return f"{effect.what.replace('.', ' ')} ({effect.record}): {_short(shown)}"


def _channel_name(planned: Planned, channel: str) -> str:
    """The name of a channel that the project posts to, by its id."""
    given = cast(Sequence[Mapping[str, str]], planned.config.get("channels", ()))
    return next((c["name"] for c in given if c["id"] == channel), channel)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
