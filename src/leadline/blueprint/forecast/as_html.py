"""A forecast as one page that asks the network for nothing: sentences, charts, their tables."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import escape

from leadline.blueprint.forecast.charts import bars, legend, lines
from leadline.blueprint.forecast.figures import Curve, Figures, Times
from leadline.blueprint.forecast.forecast import Forecast
from leadline.blueprint.forecast.words import short, span

STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;--rule:#d1d9e0;
--c0:#0b62c4;--c1:#b35900;--c2:#1a7f37;--c3:#8250df;--c4:#c1306d}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--soft:#9aa4af;
--rule:#3d444d;--c0:#58a6ff;--c1:#e09b4f;--c2:#56c271;--c3:#bb9af7;--c4:#f283b6}}
body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.4rem;line-height:1.3}h2{font-size:1.1rem;margin-top:2rem}
.lead{font-size:1.15rem;font-weight:600}.soft{color:var(--soft)}
.chart{width:100%;height:auto;display:block}.chart text{fill:var(--ink);font-size:13px}
.grid{stroke:var(--rule)}.line{fill:none;stroke-width:2}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}
.c4{stroke:var(--c4)}.bar{stroke:none}.bar.c0{fill:var(--c0)}.bar.c1{fill:var(--c2)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.25rem 0}
.legend svg{vertical-align:middle;margin-right:.4rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.25rem .75rem .25rem 0;text-align:left;border-bottom:1px solid var(--rule);
white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
summary{cursor:pointer;color:var(--soft)}
@media (max-width:40rem){.chart text{font-size:20px}}
"""
FAR_AWAY_S = 3600.0
SHOWN = 24
"""Rows of the table behind a curve."""


def as_html(found: Forecast, title: str, assumed: Sequence[str]) -> str:
    """Return the page; ``assumed`` are the sentences on what nobody knows for certain."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    figures = found.figures
    first, *others = found.said
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{escape(first)}</p>',
        _list(others),
        *_outlook(found),
        *(part for curve in figures.curves for part in _curve(figures, curve)),
        *(part for workflow in figures.workflows for part in _steps(figures, workflow)),
        "<h2>Connections</h2>",
        _table(CONNECTION_COLUMNS, connection_rows(figures)),
        "<h2>What is assumed</h2>",
        _list(assumed),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"{''.join(body)}</main></body></html>\n"
    )


STEP_COLUMNS = ("step", "runs", "first", "median", "95 %", "last", "longest", "failed")
CONNECTION_COLUMNS = (
    "connection", "limit", "actions", "calls", "ungrouped", "busiest day", "most open", "last",
)  # fmt: skip


def step_rows(figures: Figures, workflow: str) -> list[tuple[str, ...]]:
    """The steps of a workflow as rows of text.

    Times count from the begin; where the first is hours away, the others count from it. The longest
    counts from each person's own trigger.
    """
    return [
        (
            each.step,
            f"{each.runs:,}",
            *_times(each.over if each.runs else None),
            short(each.after.last) if each.after and each.runs else "",
            f"{each.failed:,}" if each.failed else "",
        )
        for each in figures.steps
        if each.workflow == workflow
    ]


def connection_rows(figures: Figures) -> list[tuple[str, ...]]:
    """The connections as rows of text."""
    return [
        (
            each.name,
            each.limit,
            f"{each.actions:,}",
            f"{each.calls:,}",
            f"{each.ungrouped:,}",
            ", ".join(f"{q.used:,} of {q.limit:,}" for q in each.quotas),
            f"{each.most_waiting:,}",
            *_times(each.over)[-1:],
        )
        for each in figures.connections
    ]


def _times(over: Times | None) -> tuple[str, ...]:
    if over is None:
        return ("",) * 4
    rest = (over.median, over.p95, over.last)
    if over.first < FAR_AWAY_S:
        return (short(over.first), *map(short, rest))
    return (short(over.first), *(f"+ {short(at - over.first)}" for at in rest))


def _steps(figures: Figures, workflow: str) -> Iterator[str]:
    yield f"<h2>Steps of {escape(workflow)}</h2>"
    yield _table(STEP_COLUMNS, step_rows(figures, workflow))


def _outlook(found: Forecast) -> Iterator[str]:
    ahead = found.outlook
    if ahead is None or not ahead.reliefs:
        return
    yield "<h2>What would relieve it</h2>"
    yield f'<p class="soft">When the last &quot;{escape(ahead.key[1])}&quot; would be over.</p>'
    each = [("As it is", ahead.last_s, ahead.slowest_s)]
    each += [(r.change, r.last_s, r.slowest_s) for r in ahead.reliefs]
    bars_ = [(f"{words} (longest wait {span(slowest)})", last) for words, last, slowest in each]
    yield bars(bars_, "When the last would be over, as it is and with each change")
    waits = [(words, span(last), span(slowest)) for words, last, slowest in each]
    yield _behind(("change", "last after", "longest wait of one person"), waits)


def _curve(figures: Figures, curve: Curve) -> Iterator[str]:
    begins = figures.begin + timedelta(seconds=curve.begins_s)
    yield f"<h2>Open actions from {begins:%Y-%m-%d %H:%M:%S} UTC</h2>"
    used = curve.depths
    what = f"Open actions of each connection over time, from {begins:%Y-%m-%d %H:%M:%S} UTC"
    yield legend(used)
    yield lines(used, curve.begins_s, curve.ends_s, "open actions", what)
    times = [at for at, _ in next(iter(used.values()), ())]
    every = max(1, len(times) // SHOWN)
    rows = [
        (span(times[n] - curve.begins_s), *(f"{p[n][1]:,}" for p in used.values()))
        for n in range(0, len(times), every)
    ]
    yield _behind(("after", *used), rows)


def _behind(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<details><summary>The figures</summary>{_table(columns, rows)}</details>"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    lines_ = ["".join(f"<td{_number(cell)}>{escape(cell)}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines_)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _number(cell: str) -> str:
    return ' class="n"' if cell.replace(",", "").isdigit() else ""


def _list(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    return f"<ul>{''.join(f'<li>{escape(s)}</li>' for s in sentences)}</ul>"
