"""What the demo shows: a table that fills while it runs, and the reconciliation at its end."""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.live import Live
from rich.table import Table

from leadline.demo.outcome import Result
from leadline.demo.reconcile import STATES
from leadline.store.report import StateCount

ORDER = ("mail", "hubspot", "slack")


class Screen:
    """On a terminal a live table, elsewhere a line every five seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self._last_line = -5.0

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

    def counts(self, at_s: float, counts: list[StateCount]) -> None:
        """Show where the actions stand."""
        by_connection: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for count in counts:
            by_connection[count.connection][count.state] += count.times
        if self._live is not None:
            self._live.update(_progress(at_s, by_connection))
        elif at_s - self._last_line >= 5:
            self._last_line = at_s
            parts = [_line(name, by_connection[name]) for name in ORDER if name in by_connection]
            self.say(f"{at_s:4.0f} s  " + " · ".join(parts))


def _line(name: str, states: dict[str, int]) -> str:
    done = states.get("accepted", 0) + states.get("confirmed", 0)
    return f"{name} {done} of {sum(states.values())}"


def _progress(at_s: float, by_connection: dict[str, dict[str, int]]) -> Table:
    table = Table(title=f"{at_s:.0f} s", box=None, title_justify="left")
    for column in ("connection", "intended", "done", "waiting", "in doubt"):
        table.add_column(column, justify="left" if column == "connection" else "right")
    for name in ORDER:
        states = by_connection.get(name, {})
        done = states.get("accepted", 0) + states.get("confirmed", 0)
        waiting = states.get("pending", 0) + states.get("sending", 0)
        doubt = states.get("unknown", 0) + states.get("held", 0)
        row = (name, sum(states.values()), done, waiting, doubt)
        table.add_row(*[str(cell) for cell in row])
    return table


def print_result(console: Console, result: Result) -> None:
    """Print the reconciliation table, and what to try next."""
    console.print()
    console.print("The ledger held against the sandboxes' own books", style="bold")
    console.print(_table(result))
    shown = [f"{result.counts[s]} {s}" for s in STATES if result.counts[s]]
    _say(console, f"{result.counts['intended']} actions intended = {', '.join(shown)}.")
    _say(
        console,
        f"{result.registrations} registrations, {result.people} people who can be reached: "
        f"{result.counts['lost']} lost, {result.counts['duplicated']} doubled, "
        f"{result.throttled_calls_caused} refusals that we caused. Done after "
        f"{result.makespan_s:.1f} s; without faults the limits allow "
        f"{result.attainable_bound_s:.1f} s.",
    )
    other = result.naive
    _say(
        console,
        f"The ordinary script beside it: it reports {other['reported_success']} done; really "
        f"reached {other['reached']} of {result.people}, {other['lost']} effects lost, "
        f"{other['duplicated']} doubled, {other['throttled_calls_caused']} refusals caused.",
    )
    for difference in result.differences[:10]:
        _say(console, f"DIFFERS: {difference.connection}: {difference.sentence}")
    _say(
        console,
        "Ledger and truth agree in every row."
        if result.agrees
        else "Ledger and truth do NOT agree.",
    )


def print_next(console: Console, result: Result) -> None:
    """Say what to try next."""
    place = result.directory
    console.print()
    for line in (
        f"The project and its ledger stay in {place}. Ask about anyone:",
        f"  leadline why person0001@people.example --project {place}",
        f"  leadline status --project {place}",
        f"  leadline actions --connection mail --state confirmed --project {place}",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(result: Result) -> Table:
    table = Table(box=None, pad_edge=False)
    columns = (
        "connection",
        "intended",
        "confirmed",
        "held",
        "lost",
        "doubled",
        "calls",
        "refusals caused",
        "last effect",
        "bound",
        "settles",
    )
    for column in columns:
        table.add_column(column, justify="left" if column in {"connection", "settles"} else "right")
    for name, c in result.connections.items():
        row = (
            name,
            c.intended,
            c.confirmed,
            c.held,
            c.lost,
            c.duplicated,
            c.calls,
            c.throttled_calls_caused,
            f"{c.makespan_s:.1f} s",
            f"{c.attainable_bound_s:.1f} s",
            c.settles,
        )
        table.add_row(*[str(cell) for cell in row])
    return table


def _say(console: Console, words: str) -> None:
    console.print(words, highlight=False, markup=False, soft_wrap=True)
