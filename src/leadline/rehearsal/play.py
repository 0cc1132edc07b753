"""A test is played: its lines in order, and then on until every run has ended."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from leadline.journey.compiled import CompiledProject, compile_project
from leadline.journey.state import Ended
from leadline.journey.timing import LAST, plus
from leadline.message.inspect import variables
from leadline.project.cases import Case, Changes, Comes, Happens, Line, Passes, Trouble, TroubleKind
from leadline.project.project import Project
from leadline.rehearsal import calls, runs
from leadline.rehearsal.happened import Done, Played, Ran
from leadline.rehearsal.world import Appointment, Turn, World

MOST_TURNS = 200_000
"""So many things may be due in one test; more is a circle, and the test is broken off."""


def compiled(project: Project) -> CompiledProject:
    """Compile a project as a release does."""
    return compile_project(project, {n: variables(m) for n, m in project.messages.items()})


def play(project: CompiledProject, case: Case) -> Played:
    """Play one test to its end; the same test gives the same story, every time."""
    world = World(project, case.at, dict(case.given))
    turns = 0
    for line in case.lines:
        turns = _until(world, _when(world, line), turns)
        _do(world, line)
        turns = _until(world, world.now, turns)
    turns = _until(world, LAST, turns)
    return Played(
        case=case,
        story=tuple(world.story),
        done=tuple(
            Done(s.workflow, s.action, s.intended, s.state, s.at, s.reason, s.sent, s.calls)
            for s in world.actions.values()
        ),
        runs=tuple(
            Ran(running.run.workflow, running.run.state, running.at)
            for running in world.runs.values()
        ),
        contact=dict(world.contact),
        endless=turns > MOST_TURNS,
    )


def play_all(project: Project, cases: Iterable[Case]) -> tuple[Played, ...]:
    """Play tests of a project."""
    release = compiled(project)
    return tuple(play(release, case) for case in cases)


def _when(world: World, line: Line) -> datetime:
    match line:
        case Passes(span):
            return plus(world.now, span)
        case Comes(at):
            return max(at, world.now)
        case Happens() | Changes() | Trouble():
            return world.now
        case _:
            assert_never(line)


def _do(world: World, line: Line) -> None:
    match line:
        case Passes() | Comes():
            return
        case Happens():
            runs.happens(world, line)
        case Changes(values):
            world.tell(line)
            for name, value in values.items():
                world.contact.pop(name, None)
                if value is not None:
                    world.contact[name] = value
        case Trouble(system, kind, _, span):
            world.tell(line)
            if kind is TroubleKind.WORKS:
                world.end_troubles(system)
            else:
                world.begin_trouble(line, span)
        case _:
            assert_never(line)


def _until(world: World, moment: datetime, turns: int) -> int:
    """Do all that is due until then, in order; return how many turns there were."""
    while world.appointments and world.appointments[0].at <= moment:
        if turns > MOST_TURNS:
            return turns
        appointment = heapq.heappop(world.appointments)
        if _is_stale(world, appointment):
            continue
        turns += 1
        world.now = max(world.now, appointment.at)
        _keep(world, appointment)
    if moment != LAST:
        world.now = max(world.now, moment)
    return turns


def _is_stale(world: World, appointment: Appointment) -> bool:
    """Whether what it was made for is over, so that the clock need not go there."""
    if appointment.run is not None:
        state = world.runs[appointment.run].run.state
        return isinstance(state, Ended)
    assert appointment.key is not None
    return appointment.turn is Turn.WORK and not calls.is_open(world.actions[appointment.key])


def _keep(world: World, appointment: Appointment) -> None:
    if appointment.run is not None:
        runs.look(world, world.runs[appointment.run])
    elif appointment.key is not None and appointment.turn is Turn.WORK:
        calls.work(world, appointment.key)
    elif appointment.key is not None:
        runs.hear(world, appointment.key)
