"""How commands speak: plain words for people, JSON lines for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from leadline.errors import LeadlineError

console = Console(highlight=False, markup=False)


def complain(trouble: LeadlineError) -> None:
    """Say what went wrong, where, and what to do."""
    sys.stderr.write(f"{trouble}\n")


def json_line(value: object) -> None:
    """Write one value as one line of JSON."""
    typer.echo(orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z).decode())


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Write rows under their columns; a sentence where there are none."""
    shown = Table(*columns, box=None, pad_edge=False, header_style="bold")
    count = 0
    for row in rows:
        shown.add_row(*[_cell(value) for value in row])
        count += 1
    if count:
        console.print(shown)
    else:
        console.print(empty)


def moment(at: datetime | None) -> str:
    """Return a time as people read it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else ""


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return "" if value is None else str(value)


def _plain(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return dict(value)  # type: ignore[arg-type]  # a mapping of anything
        case set() | frozenset() | tuple():
            return list(value)  # type: ignore[arg-type]  # a tuple or set of anything
        case _:
            return str(value)
