"""What takes the time, and what would relieve it: the changed setting is really simulated.

The same people come at the same moments and meet the same answers, for each draw is found by its
name and number; so two forecasts differ by the change alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from leadline.blueprint.forecast.arrivals import Burst
from leadline.blueprint.forecast.connection import CALL_WORDS, Connection
from leadline.blueprint.forecast.figures import kind_of, per_second, tightest, times, window_words
from leadline.blueprint.forecast.moves import Moves
from leadline.blueprint.forecast.setting import Setting
from leadline.blueprint.forecast.tally import Key, Tally
from leadline.blueprint.forecast.words import span
from leadline.journey.program import FlatStep, Program
from leadline.ledger.budget import Window, attainable_bound
from leadline.ledger.vendor_limits import INSPECTED, PublishedWindow
from leadline.project.workflow import PostStep

NOTABLE, NOTABLE_S = 0.9, 10.0
"""A limit takes the time if without it the last would be over in less than this part of it, or
somebody would wait so much less."""
DIGEST = timedelta(minutes=1)

Run = Callable[[Setting, Burst | None], Tally]
"""Simulates one replication of a setting; a burst stands in for the arrivals asked for."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What takes the time of the step that people wait for: a window of a connection."""

    connection: str
    window: Window
    without_s: float


@dataclass(frozen=True, slots=True)
class Relief:
    """A change, and when the last and how late the slowest would be: ``slowest_s`` counts from
    each person's own trigger."""

    what: str
    change: str
    last_s: float
    slowest_s: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """The step that people wait for, and what became of it in the first replication."""

    key: Key
    count: int
    last_s: float
    slowest_s: float
    bottleneck: Bottleneck | None
    reliefs: tuple[Relief, ...]


def awaited_step(setting: Setting) -> Key | None:
    """The step that people wait for: the promised one, else the first mail, else any action."""
    for workflow in setting.entered:
        promise = setting.promises.get(workflow)
        if promise is not None:
            return workflow, promise.step
    for wanted in ({"send"}, {"save", "post"}):
        for workflow in setting.entered:
            for step in setting.programs[workflow].steps:
                if kind_of(setting, workflow, step)[0] in wanted:
                    return workflow, step
    return None


def outlook(setting: Setting, tally: Tally, asked: Burst | None, run: Run) -> Outlook | None:
    """Say what takes the time of the awaited step, and try what would relieve it."""
    key = awaited_step(setting)
    if key is None:
        return None
    last_s, slowest_s = _ends(tally, key)
    count = len(tally.steps[key].over_at)
    name = kind_of(setting, *key)[1]
    connection = setting.connections[name] if name is not None else None
    if connection is None or not count:
        return Outlook(key, count, last_s, slowest_s, None, ())
    found = _bottleneck(setting, connection, tally, key, run)
    reliefs: tuple[Relief, ...] = ()
    if found is not None:
        reliefs = tuple(_reliefs(setting, connection, found.window, key, asked, run))
    return Outlook(key, count, last_s, slowest_s, found, reliefs)


def _ends(tally: Tally, key: Key) -> tuple[float, float]:
    over, after = times(tally.steps[key].over_at), times(tally.steps[key].after)
    return (over.last if over else 0.0), (after.last if after else 0.0)


def _bottleneck(
    setting: Setting, connection: Connection, tally: Tally, key: Key, run: Run
) -> Bottleneck | None:
    words = {"send": "mail", "save": "save", "post": "post"}
    kind, (last_s, slowest_s) = kind_of(setting, *key)[0], _ends(tally, key)
    window = tightest(connection.met_by(words[kind]), len(tally.books[connection.name].calls))
    if window is None:
        return None
    kept = tuple(p for p in connection.windows if p.calls not in {"all", CALL_WORDS[words[kind]]})
    free = _with(setting, replace(connection, windows=kept))
    without_s, slowest_without_s = _ends(run(free, None), key)
    if without_s > last_s * NOTABLE and slowest_without_s > slowest_s - NOTABLE_S:
        return None
    return Bottleneck(connection.name, window, without_s)


def _with(setting: Setting, connection: Connection) -> Setting:
    return replace(setting, connections={**setting.connections, connection.name: connection})


def _reliefs(
    setting: Setting,
    connection: Connection,
    window: Window,
    key: Key,
    asked: Burst | None,
    run: Run,
) -> Iterator[Relief]:
    words, raised = _higher(connection, window)
    yield _tried("higher limit", words, run(_with(setting, raised), None), key)
    digested = _digested(setting, connection)
    if digested is not None:
        words = f'With "bundle: 1 minute" at {digested[0]}'
        yield _tried("digest", words, run(digested[1], None), key)
    mean_answer_s = connection.answer.median_s * math.exp(connection.answer.sigma**2 / 2)
    seconds = attainable_bound(asked.count, window, mean_answer_s) if asked is not None else 0.0
    if asked is not None and seconds > asked.within_s * 1.1:
        longer = Burst(asked.count, seconds)
        words = f"Spread over {span(seconds)}"
        yield _tried("spread", words, run(setting, longer), key)


def _tried(what: str, words: str, tally: Tally, key: Key) -> Relief:
    return Relief(what, words, *_ends(tally, key))


def _higher(connection: Connection, window: Window) -> tuple[str, Connection]:
    """The next tier that lets more through, else twice the limit, with what it is called."""
    limits = INSPECTED.get(connection.kind)
    tiers: Mapping[str, tuple[PublishedWindow, ...]] = limits.tiers if limits is not None else {}
    names = list(tiers)
    at = names.index(connection.tier) if connection.tier in names else len(names)
    for tier in names[at + 1 :]:
        same = next((p.window for p in tiers[tier] if p.window.name == window.name), None)
        if same is not None and per_second(same) > per_second(window):
            words = f'With the tier "{tier}" ({window_words(same)})'
            own = {p.window.name: p for p in tiers[tier]}
            windows = tuple(own.get(p.window.name, p) for p in connection.windows)
            return words, replace(connection, tier=tier, windows=windows)
    doubled = replace(window, limit=window.limit * 2)
    windows = tuple(
        replace(p, window=doubled) if p.window.name == window.name else p
        for p in connection.windows
    )
    return f"With {window_words(doubled)}", replace(connection, windows=windows)


def _digested(setting: Setting, connection: Connection) -> tuple[str, Setting] | None:
    """The setting with every post of the connection bundled; None where all are."""
    if connection.groups.get("post", 1) < 2:
        return None
    programs: dict[str, Program] = dict(setting.programs)
    changed: list[str] = []
    for name, program in setting.programs.items():
        steps = dict(program.steps)
        for step, flat in program.steps.items():
            if (
                isinstance(flat, FlatStep)
                and isinstance(flat.step, PostStep)
                and flat.step.connection == connection.name
                and flat.step.bundle is None
            ):
                steps[step] = replace(flat, step=replace(flat.step, bundle=DIGEST))
                changed.append(f'"{step}"')
        programs[name] = replace(program, steps=steps)
    if not changed:
        return None
    return ", ".join(dict.fromkeys(changed)), replace(setting, programs=programs)


def moves_for(setting: Setting, kept: Moves) -> Moves:
    """The interpreter's memory: the kept one, unless the workflows were changed."""
    return kept if kept.programs is setting.programs else Moves(setting.programs, setting.begin)
