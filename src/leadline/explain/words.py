"""How values, times and spans are said in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from leadline.expression.types import Value


def at(moment: datetime) -> str:
    """Return a moment as people read it, in UTC.

    >>> at(datetime(2026, 12, 1, 9, 0, 5, tzinfo=UTC))
    '2026-12-01 09:00:05 UTC'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def value(known: Value | object) -> str:
    """Return a value as people read it.

    >>> value(None), value("DE"), value(Decimal("200")), value(True)
    ('unknown', '"DE"', '200', 'yes')
    """
    match known:
        case None:
            return "unknown"
        case bool():
            return "yes" if known else "no"
        case datetime():
            return at(known) if known.tzinfo else known.isoformat(sep=" ")
        case date():
            return known.isoformat()
        case Decimal():
            return f"{known.normalize():f}"
        case str():
            return f'"{known}"'
        case _:
            return str(known)


def values(known: Mapping[str, Value] | Mapping[str, object]) -> str:
    """Return named values as a list in words.

    >>> values({"contact.country": "DE", "contact.company_size": None})
    'contact.company_size unknown, contact.country "DE"'
    """
    return ", ".join(f"{name} {value(each)}" for name, each in sorted(known.items()))


def span(length: timedelta) -> str:
    """Return a length of time in its largest fitting unit.

    >>> [span(timedelta(seconds=s)) for s in (1, 90, 7200, 86400, 100000)]
    ['1 second', '90 seconds', '2 hours', '1 day', '28 hours']
    """
    seconds = round(length.total_seconds())
    for size, name, most in ((1, "second", 120), (60, "minute", 120), (3600, "hour", 48)):
        if seconds < size * most and not (size < 86400 and seconds == 86400):
            return many(round(seconds / size), name)
    return many(round(seconds / 86400), "day")


def many(number: int, name: str) -> str:
    """Return a number with its noun.

    >>> many(1, "person"), many(1200, "event"), many(2, "person")
    ('1 person', '1,200 events', '2 people')
    """
    plural = name.replace("person", "people") if name.endswith("person") else f"{name}s"
    return f"{number:,} {name if number == 1 else plural}"


def listing(names: Iterable[str], last: str = "or") -> str:
    """Return names as a list in words, in quotes.

    >>> listing(["a", "b", "c"])
    '"a", "b" or "c"'
    """
    quoted = [f'"{name}"' for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def sentence(text: str) -> str:
    """Return a text as a sentence: it ends in one full stop.

    >>> sentence("the mailbox is full"), sentence("It is so.")
    ('the mailbox is full.', 'It is so.')
    """
    stripped = text.strip().rstrip(".")
    return f"{stripped}."
