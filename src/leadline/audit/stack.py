"""A team's stack under audit: its tables, its flows, the day it is judged on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from leadline.audit.tables import Table
from leadline.blueprint.graph.flow import Flow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Stack:
    """What rules judge. ``connection`` holds every table of ``tables`` under its name.

    ``taken_at`` is the moment that ages are counted from (UTC): the newest date that the file
    names or the data tell, not the clock of the machine, so that the same files give the same
    findings. ``dns`` allows rules to ask the network (``--dns``).
    """

    connection: DuckDBPyConnection
    tables: tuple[Table, ...]
    flows: tuple[Flow, ...]
    taken_at: datetime
    dns: bool = False
