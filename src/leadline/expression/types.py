"""The types that a field can have, and the Python values that stand for them.

| kind | Python value | PostgreSQL column |
|---|---|---|
| text, email, choice | str | text collate "C" |
| number | Decimal | numeric |
| flag | bool | boolean |
| time | datetime, aware, UTC | timestamptz |
| date | date | date |

An unknown value is ``None``, whatever the type.

**When two texts are equal.** Text and choices are compared code point by code point: case
matters, an accent written as one character differs from the same accent written as two, and
nothing is trimmed. Emails are compared folded (see ``folded``), because people and vendors write
the same mailbox in either case. Where one side of a comparison is an email, both are folded.
What is true of "is" is true of "contains" and "starts with".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

KnownValue = str | Decimal | bool | datetime | date
Value = KnownValue | None


class Kind(StrEnum):
    """The word that a project file writes after ``type:``."""

    TEXT = "text"
    EMAIL = "email"
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    DATE = "date"


TEXTUAL = frozenset({Kind.TEXT, Kind.EMAIL, Kind.CHOICE})
"""The kinds whose values are ``str`` and may be compared with each other."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """A kind, and for a choice its values in order (the order that ``only: forward`` follows)."""

    kind: Kind
    values: tuple[str, ...] = ()


def comparable(one: Kind, other: Kind) -> bool:
    """Return whether the two kinds may stand on the two sides of a comparison."""
    return one == other or (one in TEXTUAL and other in TEXTUAL)


def folds(one: Kind, other: Kind) -> bool:
    """Return whether two sides are folded before they are compared: where either is an email."""
    return Kind.EMAIL in (one, other)


SIGMAS = ("ς", "σ")
"""The letter that Greek writes at the end of a word, and the same letter elsewhere."""


def folded(text: str) -> str:
    """Return a text in lower case, letter by letter, whatever stands around the letter.

    PostgreSQL's ``lower`` under ``pg_unicode_fast`` gives the same for every character that
    Python knows, but for one rule: which of the two small sigmas a capital one becomes depends
    on its neighbours, and the two programs read that rule differently (PostgreSQL 18 takes
    ``'Σ`` for the end of a word). So both sides write the one sigma for the other.

    >>> folded("ΟΔΟΣ@Acme.example")
    'οδοσ@acme.example'
    """
    return text.lower().replace(*SIGMAS)
