"""Dates and times as text, by a closed list of codes.

Not ``strftime``: the C library's differs between systems and gives a gigabyte of blanks for
``%1000000000d``. Names are English, whatever the machine's language is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CODE = re.compile(r"%(-?[A-Za-z%]|.)", re.DOTALL)

_DATE_CODES: Mapping[str, Callable[[date], str]] = {
    "Y": lambda d: f"{d.year:04}",
    "y": lambda d: f"{d.year % 100:02}",
    "m": lambda d: f"{d.month:02}",
    "-m": lambda d: str(d.month),
    "B": lambda d: _MONTHS[d.month - 1],
    "b": lambda d: _MONTHS[d.month - 1][:3],
    "d": lambda d: f"{d.day:02}",
    "-d": lambda d: str(d.day),
    "e": lambda d: f"{d.day:2}",
    "j": lambda d: f"{d.timetuple().tm_yday:03}",
    "A": lambda d: _DAYS[d.weekday()],
    "a": lambda d: _DAYS[d.weekday()][:3],
    "F": lambda d: d.strftime("%Y-%m-%d"),
}
_TIME_CODES: Mapping[str, Callable[[datetime], str]] = {
    "H": lambda t: f"{t.hour:02}",
    "-H": lambda t: str(t.hour),
    "I": lambda t: f"{(t.hour - 1) % 12 + 1:02}",
    "-I": lambda t: str((t.hour - 1) % 12 + 1),
    "l": lambda t: str((t.hour - 1) % 12 + 1),
    "M": lambda t: f"{t.minute:02}",
    "S": lambda t: f"{t.second:02}",
    "p": lambda t: "AM" if t.hour < 12 else "PM",
    "P": lambda t: "am" if t.hour < 12 else "pm",
    "T": lambda t: f"{t.hour:02}:{t.minute:02}:{t.second:02}",
    "R": lambda t: f"{t.hour:02}:{t.minute:02}",
    "Z": lambda t: t.tzname() or "",
    "z": lambda t: t.strftime("%z"),
}

DEFAULT_TIME = "%-d %B %Y, %H:%M %Z"
DEFAULT_DATE = "%-d %B %Y"


def format_moment(moment: date, pattern: str) -> str | None:
    """``moment`` written by ``pattern``; None where a code is unknown or asks a date for a time.

    >>> format_moment(date(2026, 12, 1), "%A, %-d %B")
    'Tuesday, 1 December'
    """
    unknown: list[str] = []

    def written(found: re.Match[str]) -> str:
        code = found[1]
        if code == "%":
            return "%"
        if code in _DATE_CODES:
            return _DATE_CODES[code](moment)
        if code in _TIME_CODES and isinstance(moment, datetime):
            return _TIME_CODES[code](moment)
        unknown.append(code)
        return ""

    text = _CODE.sub(written, pattern)
    return None if unknown else text


def moment_text(moment: date) -> str:
    """A date or time as it is written where a message says nothing about it."""
    pattern = DEFAULT_TIME if isinstance(moment, datetime) else DEFAULT_DATE
    return format_moment(moment, pattern) or ""
