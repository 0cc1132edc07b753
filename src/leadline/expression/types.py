"""The types that a field can have, and the Python values that stand for them.

| kind | Python value | PostgreSQL column |
|---|---|---|
| text, email, choice | str | text collate "C" |
| number | Decimal | numeric |
| flag | bool | boolean |
| time | datetime, aware, UTC | timestamptz |
| date | date | date |

An unknown value is ``None``, whatever the type.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | Decimal | bool | datetime | date | None


class Kind(StrEnum):
    """The word that a project file writes after ``type:``."""

    TEXT = "text"
    EMAIL = "email"
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FieldType:
    """A kind, and for a choice its values in order (the order that ``only: forward`` follows)."""

    kind: Kind
    values: tuple[str, ...] = ()
