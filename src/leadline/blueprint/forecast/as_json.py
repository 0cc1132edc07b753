"""A forecast as one JSON object; all times are seconds, spans from the begin unless said."""

from __future__ import annotations

from dataclasses import asdict

from leadline.blueprint.forecast.figures import (
    ConnectionFigures,
    Curve,
    PromiseFigures,
    StepFigures,
    window_words,
)
from leadline.blueprint.forecast.forecast import Forecast
from leadline.blueprint.forecast.moves import Note
from leadline.blueprint.forecast.relief import Outlook


def as_json(found: Forecast) -> dict[str, object]:
    """Return the forecast with plain values."""
    figures = found.figures
    return {
        "begin": figures.begin.isoformat(),
        "replications": figures.replications,
        "said": list(found.said),
        "arrived": figures.arrived,
        "entered": dict(figures.entered),
        "not_entered": [
            {"workflow": workflow, "reason": why, "people": count}
            for (workflow, why), count in figures.not_entered.items()
        ],
        "waiting_for_approval": dict(figures.waiting),
        "still_running": figures.running,
        "promises": [_promise(each) for each in figures.promises],
        "steps": [_step(each) for each in figures.steps],
        "connections": [_connection(each) for each in figures.connections],
        "outlook": None if found.outlook is None else _outlook(found.outlook),
        "noted": [_note(note, count) for note, count in figures.notes],
        "queues": [_curve(each) for each in figures.curves],
    }


def _note(note: Note, count: int) -> dict[str, object]:
    return {**asdict(note), "why": str(note.why), "runs": count}


def _step(each: StepFigures) -> dict[str, object]:
    return {
        "workflow": each.workflow,
        "step": each.step,
        "kind": each.kind,
        "connection": each.connection,
        "runs": each.runs,
        "failed": each.failed,
        "over_s": None if each.over is None else asdict(each.over),
        "after_trigger_s": None if each.after is None else asdict(each.after),
        "last_s": None if each.last is None else asdict(each.last),
    }


def _connection(each: ConnectionFigures) -> dict[str, object]:
    return {
        "connection": each.name,
        "limit": each.limit,
        "answers_in": each.answers,
        "answers_assumed": each.assumed,
        "actions": each.actions,
        "calls": each.calls,
        "calls_without_grouping": each.ungrouped,
        "superseded": each.superseded,
        "failed_calls": each.failed_calls,
        "over_s": None if each.over is None else asdict(each.over),
        "last_s": None if each.last is None else asdict(each.last),
        "quotas": [asdict(quota) for quota in each.quotas],
        "most_waiting": each.most_waiting,
        "waited_s": each.waited_s,
    }


def _promise(each: PromiseFigures) -> dict[str, object]:
    return {
        "workflow": each.workflow,
        "step": each.promise.step,
        "within_s": each.promise.within.total_seconds(),
        "promised_share": each.promise.share,
        "share": asdict(each.share),
        "holds": each.holds,
        "kept_in_share_of_replications": each.kept_in,
    }


def _outlook(each: Outlook) -> dict[str, object]:
    bottleneck = each.bottleneck
    return {
        "workflow": each.key[0],
        "step": each.key[1],
        "people": each.count,
        "last_s": each.last_s,
        "slowest_s": each.slowest_s,
        "bottleneck": None
        if bottleneck is None
        else {
            "connection": bottleneck.connection,
            "window": bottleneck.window.name,
            "limit": window_words(bottleneck.window),
            "last_without_it_s": bottleneck.without_s,
        },
        "reliefs": [asdict(relief) for relief in each.reliefs],
    }


def _curve(each: Curve) -> dict[str, object]:
    return {
        "begins_s": each.begins_s,
        "ends_s": each.ends_s,
        "open": {name: [list(point) for point in points] for name, points in each.depths.items()},
    }
