"""What a forecast is told of the connections and of the pace of the program that would run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from leadline.blueprint.forecast.connection import USUAL, AnswerTime, Connection, Failing, Pace
from leadline.blueprint.forecast.moves import conditions_of
from leadline.blueprint.forecast.population import Population, population
from leadline.blueprint.forecast.setting import Setting, reached
from leadline.connectors.contract import Effect, Mail, Post, RecordWrite, Settings, Single
from leadline.connectors.registry import connector_for
from leadline.connectors.slack.post import LONGEST_TEXT
from leadline.errors import UsageError
from leadline.journey.compiled import CompiledProject
from leadline.project.project import Project
from leadline.project.systems import System
from leadline.project.windows import windows_of
from leadline.runtime import allowance, dispatch, people

PACE = Pace(people.IDLE_S, dispatch.POLL_S, allowance.AHEAD.total_seconds())
KINDS: Mapping[type[Effect], str] = {Mail: "mail", RecordWrite: "save", Post: "post"}
REQUESTS = {"hubspot": {"save": 2}}
"""A batch of contacts is read before it is written, to know who is there: two calls."""
TEXTS = {"slack": LONGEST_TEXT}
DAYS_S = 86_400.0


def connections(
    project: Project,
    environment: str,
    answers: Mapping[str, AnswerTime],
    failing: Mapping[str, Failing],
) -> dict[str, Connection]:
    """Return the connections of an environment; ``answers`` and ``failing`` go by system."""
    if environment not in project.environments:
        known = ", ".join(sorted(project.environments))
        raise UsageError(
            f'The project has no environment "{environment}".',
            where="leadline.yaml",
            fix=f"Use one of: {known}.",
        )
    return {
        name: _connection(
            system, environment, answers.get(name, USUAL), failing.get(name, Failing())
        )
        for name, system in project.systems.items()
    }


def _connection(
    system: System, environment: str, answer: AnswerTime, failing: Failing
) -> Connection:
    connector = connector_for(system.kind)
    groups = {
        KINDS[kind]: 1 if isinstance(rule, Single) else rule.size
        for kind, rule in connector.actions.items()
    }
    values = system.settings.get(environment, {})
    # What proves an effect is said by the settings alone, without a secret.
    evidence = connector.settles(Settings(system.name, values, {}))
    return Connection(
        name=system.name,
        kind=system.kind,
        tier=values.get("tier", connector.limits.default_tier),
        windows=windows_of(system, environment),
        groups=groups,
        requests=REQUESTS.get(system.kind, {}),
        timing=connector.timing,
        settles=evidence,
        answer=answer,
        failing=failing,
        longest_text=TEXTS.get(system.kind),
        lag_s=(system.lag or timedelta()).total_seconds(),
    )


def setting(
    project: Project,
    compiled: CompiledProject,
    entered: Sequence[str],
    linked: Mapping[str, Connection],
    begin: datetime,
    days: float,
) -> Setting:
    """Put together what is forecast."""
    return Setting(
        programs=compiled.programs,
        entered=tuple(entered),
        connections=linked,
        messages=project.messages,
        promises=compiled.promises,
        time_zone=project.time_zone,
        begin=begin,
        horizon_s=days * DAYS_S,
        pace=PACE,
    )


def populations(project: Project, wanted: Setting, events: Iterable[str]) -> list[Population]:
    """Say how the people of these events are drawn, by the conditions that they will meet."""
    asked = [c for name in reached(wanted) for c in conditions_of(wanted.programs[name])]
    return [population(project, event, asked, wanted.begin) for event in events]
