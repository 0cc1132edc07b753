"""Forecasts of small projects, for the tests."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from leadline.blueprint.forecast.arrivals import Burst, of_burst
from leadline.blueprint.forecast.connection import Connection, Failing, stated
from leadline.blueprint.forecast.forecast import Forecast, forecast
from leadline.blueprint.forecast.moves import Moves
from leadline.blueprint.forecast.setting import Setting
from leadline.blueprint.forecast.simulate import simulate
from leadline.blueprint.forecast.tally import Tally
from leadline.cli.forecast_wiring import connections, populations, setting
from leadline.journey.compiled import compile_project
from leadline.message.inspect import variables
from leadline.project.project import Project
from tests.unit.journey_runs import HEAD, STARTS, project

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
SEND = """
- step: hello
  send: messages/welcome
  as: transactional
  if_missing: { contact.first_name: there }
"""
SAVE = """
- step: crm
  save_to: hubspot contact
  set: { last_webinar: event.title }
"""


def workflow(steps: str, rules: str = STARTS, name: str = "Webinar") -> str:
    head = HEAD.replace("name: Webinar", f"name: {name}")
    body = textwrap.indent(textwrap.dedent(steps).strip("\n"), "  ")
    return f"{head}{textwrap.dedent(rules)}steps:\n{body}\n"


def asked(
    steps: str,
    rules: str = STARTS,
    *,
    others: Mapping[str, str] | None = None,
    entered: tuple[str, ...] = ("webinar",),
    failing: Mapping[str, Failing] | None = None,
    begin: datetime = MONDAY,
    days: int = 30,
) -> tuple[Project, Setting]:
    """Return a project of these steps, and what is asked of its forecast."""
    found = project(workflow(steps, rules), others)
    read = {name: variables(message) for name, message in found.messages.items()}
    answers = {name: stated(0.05) for name in found.systems}
    linked = connections(found, "dev", answers, failing or {})
    return found, setting(found, compile_project(found, read), entered, linked, begin, days)


def simulated(
    one: tuple[Project, Setting],
    count: int = 100,
    within_s: float = 1.0,
    *,
    seed: int = 1,
    moves: Moves | None = None,
) -> Tally:
    """One replication of a burst."""
    found, wanted = one
    people = populations(found, wanted, _events(found, wanted))
    return simulate(wanted, of_burst(Burst(count, within_s), people, seed, 0), seed, 0, moves)


def foretold(
    one: tuple[Project, Setting], count: int = 100, within_s: float = 1.0, replications: int = 1
) -> Forecast:
    """The whole forecast of a burst."""
    found, wanted = one
    people = populations(found, wanted, _events(found, wanted))
    burst = Burst(count, within_s)
    return forecast(
        wanted,
        lambda instead, number: of_burst(instead or burst, people, 1, number),
        burst,
        1,
        replications,
    )


def _events(found: Project, wanted: Setting) -> list[str]:
    return list(dict.fromkeys(found.workflows[n].starts.when[0] for n in wanted.entered))


def changed(one: tuple[Project, Setting], name: str, **parts: object) -> tuple[Project, Setting]:
    """The same with one connection changed."""
    found, wanted = one
    each: Connection = replace(wanted.connections[name], **parts)  # type: ignore[arg-type]
    return found, replace(wanted, connections={**wanted.connections, name: each})
