"""What the demo shows: a table that fills while it runs, and the reconciliation at its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from leadline.demo.outcome import SANDBOX, Result
from leadline.demo.reconcile import STATES
from leadline.store.report import StateCount

ORDER = ("mail", "hubspot", "slack")
WIDTH = 80
"""Paragraphs are no wider than this: long lines are hard to read."""
DIFFERENCES = 10
"""So many rows that differ are named."""
DEAD = "See them: leadline dead-letters."
HELD = "See them: leadline actions --state held."
COLUMNS = (
    "system",
    "intended",
    "done",
    "failed",
    "held",
    "lost",
    "doubled",
    "refusals\ncaused",
    "last\neffect",
    "limits\nallow",
)


class Screen:
    """On a terminal a live table, elsewhere a line every five seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self._last_line = -5.0
        self._script: dict[str, int] = {}

    def __enter__(self) -> Screen:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, words: str) -> None:
        """Say one line."""
        self._console.print(f"  {words}", highlight=False, markup=False)

    def counts(self, at_s: float, counts: list[StateCount], script: Mapping[str, int]) -> None:
        """Show where the actions stand, and what the script beside it has effected."""
        by_connection: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for count in counts:
            by_connection[count.connection][count.state] += count.times
        if self._live is not None:
            self._script |= script
            self._live.update(_progress(at_s, by_connection, self._script))
        elif by_connection and at_s - self._last_line >= 5:
            self._last_line = at_s
            parts = [_line(name, by_connection[name]) for name in ORDER if name in by_connection]
            self.say(f"{at_s:4.0f} s  " + " · ".join(parts))


def _line(name: str, states: dict[str, int]) -> str:
    done = states.get("accepted", 0) + states.get("confirmed", 0)
    return f"{name} {done} of {sum(states.values())}"


def _progress(
    at_s: float, by_connection: Mapping[str, Mapping[str, int]], script: Mapping[str, int]
) -> Table:
    table = Table(title=f"{at_s:.0f} s", box=None, title_justify="left")
    for column in ("system", "intended", "done", "waiting", "in doubt", "plain script: done"):
        table.add_column(column, justify="left" if column == "system" else "right")
    for name in ORDER:
        states = by_connection.get(name, {})
        done = states.get("accepted", 0) + states.get("confirmed", 0)
        waiting = states.get("pending", 0) + states.get("sending", 0)
        doubt = states.get("unknown", 0) + states.get("held", 0)
        row = (name, sum(states.values()), done, waiting, doubt, script.get(SANDBOX[name], 0))
        table.add_row(*[str(cell) for cell in row])
    return table


def print_result(console: Console, result: Result) -> None:
    """Print what came of it: a line for each connection, the script beside it, the verdict."""
    console.print()
    console.print(
        "What the ledger says, held against the sandboxes' own books", style="bold", markup=False
    )
    console.print(_table(result))
    for line in _sentences(result):
        console.print(line, highlight=False, markup=False, width=min(console.width, WIDTH))


def _sentences(result: Result) -> Iterator[str]:
    """What stands below the table, a paragraph a line."""
    counts, other = result.counts, result.naive
    shown = [f"{counts[s]:,} {s}" for s in STATES if counts[s]]
    yield ""
    yield f"{counts['intended']:,} effects intended: {', '.join(shown)}."
    if counts["dead"]:
        yield f"Dead are those that a system refused for good. {DEAD}"
    if counts["held"]:
        yield (
            "Held are those of which nobody can say whether they arrived; their runs wait until "
            f"a person says so, with leadline settle. {HELD}"
        )
    settles = [f"{name} {c.settles}" for name, c in result.connections.items()]
    yield f"Lost answers: {'; '.join(settles)}."
    yield ""
    yield (
        f"A plain script did the same job beside it, in sandboxes of its own: it says that it "
        f"has done {other['reported_success']:,} of {result.registrations:,}. By their books "
        f"{other['reached']:,} of {result.people:,} people have mail, record and post; "
        f"{other['lost']:,} effects are lost, {other['duplicated']:,} doubled, and it caused "
        f"{other['throttled_calls_caused']:,} refusals."
    )
    yield ""
    for difference in result.differences[:DIFFERENCES]:
        yield f"DIFFERS  {difference.connection}: {difference.sentence}"
    more = len(result.differences) - DIFFERENCES
    if more > 0:
        yield f"DIFFERS  {more:,} more rows."
    if counts["waiting"]:
        yield f"{counts['waiting']:,} effects were still waiting when the demo gave up."
    yield (
        f"{result.people:,} people could be reached, of {result.registrations:,} registrations. "
        "Ledger and books agree in every row."
        if result.agrees
        else "Ledger and books do NOT agree. Please report this, with the seed."
    )


def print_next(console: Console, result: Result) -> None:
    """Say what to try next."""
    place = nearest(result.directory, Path.cwd())
    console.print()
    for line in (
        f"The project and its ledger are kept in {place}",
        f"  cd {place}",
        "  leadline why person0001@people.example     what happened to one person",
        "  leadline status                            promises, queues, what needs you",
        "  leadline dead-letters                      what was refused, and why",
        "Start a project of your own: leadline init my-project",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def nearest(directory: Path, here: Path) -> str:
    """Return a directory as one types it from here."""
    return str(directory.relative_to(here)) if directory.is_relative_to(here) else str(directory)


def _table(result: Result) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in COLUMNS:
        left = column == "system"
        table.add_column(column, justify="left" if left else "right", no_wrap=True)
    for name, c in result.connections.items():
        other = c.intended - c.confirmed - c.held
        row = (c.intended, c.confirmed, other, c.held, c.lost, c.duplicated)
        table.add_row(
            name,
            *(f"{cell:,}" for cell in row),
            f"{c.throttled_calls_caused:,}",
            f"{c.makespan_s:.0f} s",
            f"{c.attainable_bound_s:.0f} s",
        )
    return table
