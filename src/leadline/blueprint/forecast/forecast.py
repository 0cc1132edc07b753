"""The whole forecast: replications, what they add up to, and the sentence that comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from leadline.blueprint.forecast.arrivals import Burst
from leadline.blueprint.forecast.figures import Figures, figures, window_words
from leadline.blueprint.forecast.moves import Moves
from leadline.blueprint.forecast.relief import Outlook, moves_for, outlook
from leadline.blueprint.forecast.setting import Setting
from leadline.blueprint.forecast.simulate import Arrival, simulate
from leadline.blueprint.forecast.tally import Tally
from leadline.blueprint.forecast.words import many, percent, span

Arrivals = Callable[[Burst | None, int], Iterator[Arrival]]
"""The arrivals of a replication; a burst stands in for those that were asked for."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected. ``said`` are sentences, the most important first."""

    figures: Figures
    outlook: Outlook | None
    said: tuple[str, ...]


def forecast(
    setting: Setting,
    arrivals: Arrivals,
    asked: Burst | None,
    seed: int,
    replications: int,
) -> Forecast:
    """Simulate so many replications, and what would relieve what takes the time.

    ``asked`` is the burst that ``arrivals`` draws, None where they come from a file.
    """
    kept = Moves(setting.programs, setting.begin)

    def run(changed: Setting, burst: Burst | None) -> Tally:
        return simulate(changed, arrivals(burst, 0), seed, 0, moves_for(changed, kept))

    tallies = [
        simulate(setting, arrivals(None, number), seed, number, kept)
        for number in range(replications)
    ]
    found = figures(setting, tallies)
    ahead = outlook(setting, tallies[0], asked, run)
    return Forecast(found, ahead, tuple(_sentences(setting, found, ahead)))


def _sentences(setting: Setting, found: Figures, ahead: Outlook | None) -> Iterator[str]:
    yield _first(setting, found, ahead)
    for promise in found.promises:
        words = promise.promise
        state = "holds" if promise.holds else "DOES NOT HOLD"
        often = ""
        if found.replications > 1 and 0 < promise.kept_in < 1:
            often = (
                f" It is kept in {percent(promise.kept_in)} of {found.replications} replications."
            )
        yield (
            f'The promise of {promise.workflow}, "{words.step}" within '
            f"{span(words.within.total_seconds())} for {percent(words.share)}, {state}: "
            f"{percent(promise.share.middle)} get it in time.{often}"
        )
    for workflow, count in found.waiting.items():
        if count:
            limit = setting.programs[workflow].starts.max_burst
            yield (
                f"{many(count, 'person')} would wait for an approval: max_burst of {workflow} is "
                f"{limit:,} an hour.".replace("persons", "people")
            )
    for (workflow, why), count in found.not_entered.items():
        if count:
            yield f"{count:,} do not enter {workflow}: {why}."
    for note, count in found.notes:
        if note.what == "skipped" and count:
            yield f'"{note.step}" of {note.workflow} is skipped for {count:,}: {note.why}.'
        if note.what == "failed" and count:
            yield f'"{note.step}" of {note.workflow} fails for {count:,}: {note.why}.'
        if note.what == "ended" and note.why == "loop" and count:
            yield (
                f'{many(count, "run")} of {note.workflow} end as "loop": a step comes by again '
                "and again."
            )
    if found.running:
        days = setting.horizon_s / 86_400
        many_runs = many(found.running, "run")
        yield f"{many_runs} not over after {many(round(days), 'day')}; look further with --days."


def _first(setting: Setting, found: Figures, ahead: Outlook | None) -> str:
    if not sum(found.entered.values()):
        return f"Of {many(found.arrived, 'event')} nobody enters."
    if ahead is None:
        return "No step of it is carried out by a connection: it is over as fast as people come."
    workflow, step = ahead.key
    each = next(s for s in found.steps if (s.workflow, s.step) == ahead.key)
    if each.over is None:
        return f'Nobody gets through "{step}" of {workflow}.'
    verb = {"send": "goes out", "save": "is saved", "post": "is posted"}[each.kind]
    last = f'The last of {each.runs:,} "{step}" {verb} after {span(each.over.last)}'
    if each.last is not None and span(each.last.low) != span(each.last.high):
        last += f" ({span(each.last.low)} to {span(each.last.high)} in nine of ten replications)"
    if ahead.bottleneck is None:
        return f"{last}; no limit holds anybody up: each waits {span(ahead.slowest_s)} at most."
    limit = f"{ahead.bottleneck.connection} ({window_words(ahead.bottleneck.window)})"
    relief = ahead.reliefs[0] if ahead.reliefs else None
    more = f" {relief.change}: {span(relief.last_s)}." if relief else ""
    return f"{last}; the limit of {limit} is what takes the time.{more}"
