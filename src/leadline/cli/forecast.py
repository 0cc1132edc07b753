"""``leadline forecast``: when the last of a burst goes out, before anything runs."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from leadline.blueprint.forecast.arrivals import (
    MOST_PEOPLE,
    Burst,
    Event,
    of_burst,
    of_events,
    read_burst,
    read_events,
)
from leadline.blueprint.forecast.as_html import (
    CONNECTION_COLUMNS,
    STEP_COLUMNS,
    as_html,
    connection_rows,
    step_rows,
)
from leadline.blueprint.forecast.as_json import as_json
from leadline.blueprint.forecast.connection import USUAL, Failing, stated
from leadline.blueprint.forecast.forecast import Arrivals, Forecast, forecast
from leadline.blueprint.forecast.population import Population
from leadline.blueprint.forecast.setting import Setting, awaited, decisive
from leadline.blueprint.forecast.simulate import Arrival
from leadline.blueprint.forecast.words import span
from leadline.cli.forecast_wiring import connections, populations, setting
from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption
from leadline.cli.output import console, json_line, table
from leadline.environment import environment_name, project_directory
from leadline.errors import LeadlineError, UsageError
from leadline.project.problems import did_you_mean, listed, quoted
from leadline.project.project import Project
from leadline.project.quantities import share, wall_time
from leadline.release.deploy import check_project, compile_checked

MOST_DAYS = 3650
MOST_REPLICATIONS = 1000
USUAL_REPLICATIONS = 20
PEOPLE_AT_EASE = 20_000
"""As many replications are made by themselves as keep all of them below so many people."""
ROWS_SHOWN = 20
_ANSWER = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s)", re.ASCII)


Workflows = Annotated[
    list[str], typer.Argument(help="One workflow, or several that run beside each other.")
]
BurstOption = Annotated[
    str | None, typer.Option("--burst", help='People in a span: "500/1m" (s, m, h, d).')
]
FromOption = Annotated[
    Path | None, typer.Option("--from", help="Real arrivals: events as JSON lines, or a CSV file.")
]
DaysOption = Annotated[int, typer.Option("--days", help="How far the clock runs.")]
StartOption = Annotated[
    str | None, typer.Option("--start", help='When it begins: "2026-12-01 09:00"; default: now.')
]
AnswersOption = Annotated[
    list[str] | None,
    typer.Option("--answers", help='How soon a system answers: "hubspot=200ms".'),
]
FailsOption = Annotated[
    list[str] | None,
    typer.Option("--fails", help='Calls that fail and are repeated: "hubspot=1%".'),
]
LosesOption = Annotated[
    list[str] | None,
    typer.Option("--loses", help='Calls that act, but whose answer is lost: "mail=0.1%".'),
]
RefusesOption = Annotated[
    list[str] | None,
    typer.Option("--refuses", help='Actions that are refused for good: "hubspot=2%".'),
]
DoesOption = Annotated[
    list[str] | None,
    typer.Option("--does", help='Who does what a step waits for: "webinar.attended=40%".'),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Decides every draw.")]
ReplicationsOption = Annotated[
    int | None, typer.Option("--replications", help="How often it is simulated, each time anew.")
]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="Write a page with charts.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forecast", short_help="Say when the last of a burst goes out, and why then.")(
        forecast_command
    )


def forecast_command(
    workflows: Workflows,
    burst: BurstOption = None,
    source: FromOption = None,
    days: DaysOption = 30,
    start: StartOption = None,
    answers: AnswersOption = None,
    fails: FailsOption = None,
    loses: LosesOption = None,
    refuses: RefusesOption = None,
    does: DoesOption = None,
    seed: SeedOption = 1,
    replications: ReplicationsOption = None,
    html: HtmlOption = None,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    json: JsonOption = False,
) -> None:
    """Say when the last of a burst goes out, whether the promise holds, and what limits it.

    The workflows run on a virtual clock: by the interpreter and the arithmetic of limits with which
    they would really run. Nothing is sent, and no system is asked.
    """
    checked = check_project(project_directory(project))
    compiled = compile_checked(checked)
    assert checked.project is not None
    parts = checked.project
    entered = _entered(parts, workflows)
    begin = _begin(start, parts.time_zone)
    linked = connections(
        parts,
        environment_name(env),
        {name: stated(_answer(s)) for name, s in _pairs(answers, parts.systems, "system")},
        _failing(parts, fails, loses, refuses),
    )
    wanted = setting(parts, compiled, entered, linked, begin, _between(days, MOST_DAYS, "--days"))
    wanted = replace(
        wanted,
        does={
            name: _share(said)
            for name, said in _pairs(does, awaited(wanted), "event that a step waits for:")
        },
    )
    coming = _coming(parts, wanted, burst, source)
    times = _replications(replications, coming.people)
    gc.disable()  # a forecast makes values by the million and not one circle
    found = forecast(coming.setting, coming.arrivals(seed), coming.burst, seed, times)
    gc.enable()
    assumed = list(_assumed(parts, coming, linked_answers=_usual(wanted)))
    if html is not None:
        html.write_text(as_html(found, _title(entered, coming), assumed), encoding="utf-8")
    if json:
        json_line({**as_json(found), "assumed": assumed})
    else:
        _show(found, assumed, html)


# ---------------------------------------------------------------- what is asked


@dataclass(frozen=True, slots=True)
class _Coming:
    """Who comes when: a burst, or the events of a file."""

    setting: Setting
    populations: Mapping[str, Population]
    project: Project
    burst: Burst | None
    events: Sequence[Event]

    @property
    def people(self) -> int:
        """How many events there are."""
        if self.burst is not None:
            return self.burst.count * len(self.populations)
        return sum(event.name in self.populations for event in self.events)

    def arrivals(self, seed: int) -> Arrivals:
        """Return what draws the arrivals of a replication."""

        def draw(instead: Burst | None, replication: int) -> Iterator[Arrival]:
            asked = instead or self.burst
            if asked is not None:
                return of_burst(asked, list(self.populations.values()), seed, replication)
            types = {
                name: {
                    key: kind
                    for key, kind in self.project.events[name].properties.items()
                    if key in decisive(self.setting)
                }
                for name in self.populations
            }
            return of_events(self.events, self.populations, types, seed, replication)

        return draw


def _entered(project: Project, names: Sequence[str]) -> list[str]:
    """The workflows that are named; each must be there, and be started by an event."""
    for name in names:
        workflow = project.workflows.get(name)
        if workflow is None:
            fix = did_you_mean(name, project.workflows, f"There are {listed(project.workflows)}.")
            raise UsageError(f"There is no workflow {quoted(name)}.", fix=fix)
        if not workflow.starts.when:
            raise UsageError(
                f"No event starts {quoted(name)}: people come to it by enroll_in only.",
                where=workflow.where.file,
                fix="Forecast the workflow that enrolls them; this one is then part of it.",
            )
    return list(dict.fromkeys(names))


def _coming(project: Project, wanted: Setting, asked: str | None, source: Path | None) -> _Coming:
    if asked is not None and source is not None:
        raise UsageError(
            "A burst and a file of arrivals are two forecasts.", fix="Give one of them."
        )
    events = _events_of(project, wanted)
    if source is not None:
        return _from_file(project, wanted, events, source)
    found = _expected(project, events) if asked is None else read_burst(asked)
    if isinstance(found, str):
        raise UsageError(f"{quoted(asked or '')}: {found}", fix='Write --burst "500/1m".')
    if found.count * len(events) > MOST_PEOPLE:
        raise UsageError(
            f"That is {found.count * len(events):,} people in all.",
            fix=f"A forecast takes {MOST_PEOPLE:,} at most; forecast fewer workflows at once.",
        )
    drawn = {p.event: p for p in populations(project, wanted, events)}
    return _Coming(wanted, drawn, project, found, ())


def _events_of(project: Project, wanted: Setting) -> list[str]:
    """One event for each workflow that none of the others' events starts already."""
    events: list[str] = []
    for name in wanted.entered:
        when = project.workflows[name].starts.when
        if not any(event in events for event in when):
            events.append(when[0])
    return events


def _expected(project: Project, events: Sequence[str]) -> Burst | str:
    """What the team expects or an inspection counted, where no burst is given."""
    for name in events:
        expect = project.events[name].expect
        if expect is not None:
            return Burst(expect.count, expect.within.total_seconds())
        volume = project.known.events.get(name) if project.known is not None else None
        if volume is not None and volume.burst:
            return Burst(volume.burst, max(1.0, volume.within.total_seconds()))
    raise UsageError(
        "How many people come, and in how long?",
        fix='Give --burst "500/1m", or --from with real events.',
    )


def _from_file(project: Project, wanted: Setting, events: Sequence[str], source: Path) -> _Coming:
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(
            f"Cannot read {source}: {reason}.", fix="Name a file of events."
        ) from error
    found, problems = read_events(text, str(source), sorted(project.events), project.time_zone)
    if problems:
        shown = "\n".join(str(problem) for problem in problems[:ROWS_SHOWN])
        more = f"\n… and {len(problems) - ROWS_SHOWN:,} more." if len(problems) > ROWS_SHOWN else ""
        raise LeadlineError(
            f"{len(problems):,} rows of {source} cannot be used:\n{shown}{more}",
            fix="\nMend or take out these rows.",
        )
    started = {event for name in wanted.entered for event in project.workflows[name].starts.when}
    coming = [event for event in found if event.name in started]
    if not coming:
        raise UsageError(
            f"No event of {source} starts any of these workflows.",
            fix=f"They are started by {listed(sorted(started))}.",
        )
    if len(coming) > MOST_PEOPLE:
        raise UsageError(f"{source} has {len(coming):,} events.", fix=f"{MOST_PEOPLE:,} at most.")
    begins = replace(wanted, begin=min(event.at for event in coming))
    drawn = {p.event: p for p in populations(project, begins, sorted({e.name for e in coming}))}
    return _Coming(begins, drawn, project, None, coming)


def _begin(said: str | None, zone: str) -> datetime:
    if said is None:
        return datetime.now(UTC).replace(microsecond=0)
    found = wall_time(said)
    if found is None:
        raise UsageError(f"{quoted(said)} is no time.", fix='Write it like "2026-12-01 09:00".')
    return found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _pairs(
    said: Iterable[str] | None, known: Iterable[str], what: str
) -> Iterator[tuple[str, str]]:
    names = list(known)
    for each in said or ():
        name, mark, value = each.partition("=")
        if not mark:
            raise UsageError(f"{quoted(each)} says no value.", fix=f"Write {name}=VALUE.")
        if name not in names:
            there = f"There are {listed(names)}." if names else "There is none."
            raise UsageError(
                f"There is no {what} {quoted(name)}.", fix=did_you_mean(name, names, there)
            )
        yield name, value


def _failing(
    project: Project,
    fails: Sequence[str] | None,
    loses: Sequence[str] | None,
    refuses: Sequence[str] | None,
) -> dict[str, Failing]:
    """How often each system's calls fail, by how they do."""
    shares = [
        {name: _share(said) for name, said in _pairs(option, project.systems, "system")}
        for option in (fails, loses, refuses)
    ]
    return {name: Failing(*(each.get(name, 0.0) for each in shares)) for name in project.systems}


def _answer(said: str) -> float:
    found = _ANSWER.fullmatch(said.strip())
    if found is None:
        raise UsageError(f"{quoted(said)} is no answer time.", fix='Write "200ms" or "1.5s".')
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _share(said: str) -> float:
    if said.strip().rstrip("%").strip() == "0":
        return 0.0
    found = share(said)
    if found is None:
        raise UsageError(f"{quoted(said)} is no share.", fix='Write it in per cent: "1%".')
    return found


def _between(number: int, most: int, option: str) -> int:
    if not 1 <= number <= most:
        raise UsageError(
            f"{option} {number}: it is from 1 to {most:,}.", fix="Give another number."
        )
    return number


def _replications(said: int | None, people: int) -> int:
    if said is not None:
        return _between(said, MOST_REPLICATIONS, "--replications")
    return max(1, min(USUAL_REPLICATIONS, PEOPLE_AT_EASE // max(1, people)))


# ---------------------------------------------------------------- what is said


def _usual(wanted: Setting) -> list[str]:
    return [name for name, each in wanted.connections.items() if each.answer == USUAL]


def _assumed(project: Project, coming: _Coming, linked_answers: Sequence[str]) -> Iterator[str]:
    """What nobody knows for certain, and how to say it better."""
    if linked_answers:
        yield (
            f"Nine of ten answers of {listed(linked_answers)} take 50 to 400 ms: no vendor states "
            "it. Say your own with --answers."
        )
    guessed = sorted({name for p in coming.populations.values() for name in p.guessed})
    if guessed:
        yield (
            f"Nobody counted {listed(guessed)}: people are drawn evenly over the branches. "
            '"leadline inspect" counts them.'
        )
    beside = [
        name
        for name, workflow in project.workflows.items()
        if name not in coming.setting.entered
        and set(workflow.starts.when) & set(coming.populations)
    ]
    if beside:
        yield f"The same events start {listed(beside)}, left out here: name them as well."
    if project.known is None:
        yield "Every field of a contact has a value: the project has no facts.yaml."
    silent = [name for name in awaited(coming.setting) if name not in coming.setting.does]
    if silent:
        yield f"Nobody does {listed(silent)}. Say a share with --does."
    fails = not all(each.failing.never for each in coming.setting.connections.values())
    yield (
        "Each person is new to the systems, and nobody else uses their limits"
        f"{'.' if fails else '; no call fails.'}"
    )


def _title(entered: Sequence[str], coming: _Coming) -> str:
    names = listed(entered)
    if coming.burst is None:
        return f"Forecast of {names}: {coming.people:,} real events"
    each = coming.burst
    return f"Forecast of {names}: {each.count:,} people in {span(each.within_s)}"


def _show(found: Forecast, assumed: Sequence[str], html: Path | None) -> None:
    for sentence in found.said:
        console.print(sentence)
    ahead = found.outlook
    if ahead is not None and ahead.reliefs:
        console.print("\nWhat would relieve it (simulated, with the people of one replication):")
        rows = [("as it is", span(ahead.last_s), span(ahead.slowest_s))]
        rows += [(r.change, span(r.last_s), span(r.slowest_s)) for r in ahead.reliefs]
        table(("change", f'last "{ahead.key[1]}"', "longest wait"), rows, "")
    console.print("")
    for workflow in found.figures.workflows:
        console.print(f"{workflow}:")
        table(STEP_COLUMNS, step_rows(found.figures, workflow), "No step.")
        console.print("")
    table(CONNECTION_COLUMNS, connection_rows(found.figures), "No connection is used.")
    console.print("\nAssumed:")
    for sentence in assumed:
        console.print(f"- {sentence}")
    if html is not None:
        console.print(f"\nThe charts stand in {html}.")
