"""Languages in which conditions are said: their words, numbers, spans, dates, quotation marks.

A table a language; the walk over a condition (``sentence.py``) is the same for all. Symbols,
plural forms and names of months come from the Unicode CLDR, through Babel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from leadline.expression.tree import Order, Ref

Case = Literal["subject", "dative", "genitive"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A predicate as it is, denied with the unknown let in, and denied with the unknown left out.

    ``{a}`` is the subject, ``{b}`` the value.
    """

    holds: str
    denied_or_unknown: str
    known_and_denied: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time: one, many, and many after a preposition with the dative."""

    one: str
    many: str
    dative: str


@dataclass(frozen=True, slots=True)
class Noun:
    """A reference in its cases; ``{name}`` is the name, ``{scope}`` the system."""

    subject: str
    dative: str
    genitive: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """One language. ``locale`` is Babel's; a time takes ``{date}``, ``{clock}`` and ``{zone}``.

    ``takes_quotes`` says that a name stands in quotation marks always, otherwise only where it
    holds words of a sentence. ``before`` stands before a date in the dative.
    """

    code: str
    locale: str
    quotes: tuple[str, str]
    takes_quotes: bool
    nouns: Mapping[str, Noun]
    is_one: Verb
    is_several: Verb
    contains: Verb
    starts_with: Verb
    numeric: Mapping[Order, str]
    numeric_reference: Mapping[Order, str]
    timely: Mapping[Order, str]
    between: str
    within_last: str
    within_next: str
    known: str
    unknown: str
    value_case: Case
    time: str
    before_date: str
    true: str
    false: str
    and_: str
    or_: str
    last_or: str
    last_and: str
    none_of: str
    always: str
    never: str
    units: Mapping[str, Unit]


_EQUAL_ENGLISH = {
    Order.AT_LEAST: "{a} is at least {b}",
    Order.MORE_THAN: "{a} is more than {b}",
    Order.AT_MOST: "{a} is at most {b}",
    Order.LESS_THAN: "{a} is less than {b}",
}

ENGLISH = Spoken(
    code="en",
    locale="en_GB",
    quotes=('"', '"'),
    takes_quotes=False,
    nouns={
        "contact": Noun(*["the contact's {name}"] * 3),
        "event": Noun(*["the event's {name}"] * 3),
        "": Noun(*["{name} in {scope}"] * 3),
    },
    is_one=Verb("{a} is {b}", "{a} is not {b}, or is unknown", "{a} is known and is not {b}"),
    is_several=Verb(
        "{a} is one of {b}", "{a} is none of {b}, or is unknown", "{a} is known and is none of {b}"
    ),
    contains=Verb(
        "{a} contains {b}",
        "{a} does not contain {b}, or is unknown",
        "{a} is known and does not contain {b}",
    ),
    starts_with=Verb(
        "{a} starts with {b}",
        "{a} does not start with {b}, or is unknown",
        "{a} is known and does not start with {b}",
    ),
    numeric=_EQUAL_ENGLISH,
    numeric_reference=_EQUAL_ENGLISH,
    timely={
        Order.AT_LEAST: "{a} is at or after {b}",
        Order.MORE_THAN: "{a} is after {b}",
        Order.AT_MOST: "{a} is at or before {b}",
        Order.LESS_THAN: "{a} is before {b}",
        Order.BEFORE: "{a} is before {b}",
        Order.AFTER: "{a} is after {b}",
    },
    between="{a} is between {b} and {c} (both included)",
    within_last="{a} is within the last {b}",
    within_next="{a} is within the next {b}",
    known="{a} is known",
    unknown="{a} is unknown",
    value_case="subject",
    time="{date} at {clock} ({zone})",
    before_date="",
    true="true",
    false="false",
    and_="; and ",
    or_="; or ",
    last_or="or",
    last_and="and",
    none_of="none of these holds: {parts}",
    always="always",
    never="never",
    units={
        unit: Unit(unit, f"{unit}s", f"{unit}s")
        for unit in ("week", "day", "hour", "minute", "second")
    },
)

GERMAN = Spoken(
    code="de",
    locale="de",
    quotes=("„", "“"),
    takes_quotes=True,
    nouns={
        "contact": Noun(
            "das Kontaktfeld {name}", "dem Kontaktfeld {name}", "des Kontaktfelds {name}"
        ),
        "event": Noun(
            "die Ereignisangabe {name}", "der Ereignisangabe {name}", "der Ereignisangabe {name}"
        ),
        "": Noun(
            "das Feld {name} in {scope}",
            "dem Feld {name} in {scope}",
            "des Felds {name} in {scope}",
        ),
    },
    is_one=Verb(
        "{a} gleich {b} ist",
        "{a} nicht gleich {b} ist oder unbekannt ist",
        "{a} bekannt und nicht gleich {b} ist",
    ),
    is_several=Verb(
        "{a} gleich einem von {b} ist",
        "{a} gleich keinem von {b} ist oder unbekannt ist",
        "{a} bekannt und gleich keinem von {b} ist",
    ),
    contains=Verb(
        "{a} {b} enthält",
        "{a} nicht {b} enthält oder unbekannt ist",
        "{a} bekannt ist und nicht {b} enthält",
    ),
    starts_with=Verb(
        "{a} mit {b} beginnt",
        "{a} nicht mit {b} beginnt oder unbekannt ist",
        "{a} bekannt ist und nicht mit {b} beginnt",
    ),
    numeric={
        Order.AT_LEAST: "{a} mindestens {b} ist",
        Order.MORE_THAN: "{a} größer als {b} ist",
        Order.AT_MOST: "{a} höchstens {b} ist",
        Order.LESS_THAN: "{a} kleiner als {b} ist",
    },
    numeric_reference={
        Order.AT_LEAST: "{a} mindestens so groß wie {b} ist",
        Order.MORE_THAN: "{a} größer als {b} ist",
        Order.AT_MOST: "{a} höchstens so groß wie {b} ist",
        Order.LESS_THAN: "{a} kleiner als {b} ist",
    },
    timely={
        Order.AT_LEAST: "{a} nicht vor {b} liegt",
        Order.MORE_THAN: "{a} nach {b} liegt",
        Order.AT_MOST: "{a} nicht nach {b} liegt",
        Order.LESS_THAN: "{a} vor {b} liegt",
        Order.BEFORE: "{a} vor {b} liegt",
        Order.AFTER: "{a} nach {b} liegt",
    },
    between="{a} zwischen {b} und {c} liegt (beide eingeschlossen)",
    within_last="{a} höchstens {b} zurückliegt",
    within_next="{a} höchstens {b} in der Zukunft liegt",
    known="{a} bekannt ist",
    unknown="{a} unbekannt ist",
    value_case="dative",
    time="{date} um {clock} Uhr ({zone})",
    before_date="dem ",
    true="wahr",
    false="falsch",
    and_="; und ",
    or_="; oder ",
    last_or="oder",
    last_and="und",
    none_of="nichts hiervon zutrifft: {parts}",
    always="in jedem Fall",
    never="in keinem Fall",
    units={
        "week": Unit("Woche", "Wochen", "Wochen"),
        "day": Unit("Tag", "Tage", "Tagen"),
        "hour": Unit("Stunde", "Stunden", "Stunden"),
        "minute": Unit("Minute", "Minuten", "Minuten"),
        "second": Unit("Sekunde", "Sekunden", "Sekunden"),
    },
)

SPOKEN: Mapping[str, Spoken] = {each.code: each for each in (ENGLISH, GERMAN)}

_EDGES = re.compile(r"^_|_$|__")
_SENTENCE_WORDS = re.compile(
    r"(?:^|_)(?:is|contains|does|starts_with|becomes|goes|stays|and|or|in|unknown|known)"
    r"(?:_|$)",
    re.IGNORECASE,
)
_SECONDS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def in_quotes(text: str, spoken: Spoken) -> str:
    r"""A text of somebody's in the quotation marks of the language, on one line.

    A closing mark and a backslash inside get a backslash; what no page shows is written out
    (``\n``, ``\u200b``), so two texts that differ never look the same.

    >>> in_quotes('so "called"', ENGLISH)
    '"so \\"called\\""'
    """
    left, right = spoken.quotes
    return f"{left}{visible(text, right)}{right}"


def visible(text: str, closing: str = "") -> str:
    r"""A text with a backslash before every backslash and ``closing``; the unprintable spelt."""
    marked = text.replace("\\", "\\\\")
    if closing:
        marked = marked.replace(closing, f"\\{closing}")
    if marked.isprintable():
        return marked
    return "".join(c if c.isprintable() else _spelt(c) for c in marked)


def _spelt(character: str) -> str:
    return {"\n": "\\n", "\t": "\\t"}.get(character) or (
        f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
    )


def noun(ref: Ref, spoken: Spoken, case: Case = "subject") -> str:
    """A reference as people say it: the contact's company size, dem Kontaktfeld „company size“."""
    forms = spoken.nouns.get(ref.scope) or spoken.nouns[""]
    return in_case(forms, ref.name, spoken, case).replace("{scope}", ref.scope)


def in_case(forms: Noun, name: str, spoken: Spoken, case: Case = "subject") -> str:
    """The name of a field or property in one of the cases of ``forms``."""
    form: str = getattr(forms, case)
    return form.replace("{name}", _name(name, spoken))


def _name(name: str, spoken: Spoken) -> str:
    """A name with spaces; as it is written where a reader could not tell its ends."""
    if spoken.takes_quotes:
        # A leading or a doubled underscore would be lost on a reader.
        return in_quotes(name if _EDGES.search(name) else name.replace("_", " "), spoken)
    if _EDGES.search(name) or _SENTENCE_WORDS.search(name):
        return in_quotes(name, spoken)
    return name.replace("_", " ")


@cache
def _symbols(locale: str) -> Mapping[int, str]:
    symbols = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale)}
    return str.maketrans(symbols)


def number(value: Decimal | int, spoken: Spoken) -> str:
    """A number in the form of the language, every digit kept.

    >>> number(Decimal("12000.50"), GERMAN)
    '12.000,50'
    """
    written = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return written.translate(_symbols(spoken.locale))


def day(value: date, spoken: Spoken, case: Case = "subject") -> str:
    """A date: 2 May 2026, 2. Mai 2026."""
    before = spoken.before_date if case == "dative" else ""
    return before + _day(value.year, value.month, value.day, spoken.locale)


@cache
def _day(year: int, month: int, number_: int, locale: str) -> str:
    return format_date(date(year, month, number_), "long", locale=locale)


def moment(value: datetime, zone: str, spoken: Spoken, case: Case = "subject") -> str:
    """A time of day on clocks in ``zone``, no finer than needed."""
    local = value.replace(tzinfo=None)
    whole = local.second == 0 and local.microsecond == 0
    clock = local.time().isoformat("minutes" if whole else "auto")
    return spoken.time.format(date=day(local.date(), spoken, case), clock=clock, zone=zone)


@cache
def counted(count: int, unit: str, spoken_code: str, case: Case = "subject") -> str:
    """A span of so many units: 1 day, 3 Tagen."""
    spoken = SPOKEN[spoken_code]
    forms = spoken.units[unit]
    if Locale.parse(spoken.locale).plural_form(count) == "one":
        word = forms.one
    else:
        word = forms.dative if case == "dative" else forms.many
    return f"{number(count, spoken)} {word}"


def span(length: timedelta, spoken: Spoken, case: Case = "subject") -> str:
    """A span in the largest unit that gives a whole number; a week is said as days.

    >>> span(timedelta(hours=48), GERMAN, "dative")
    '2 Tagen'
    """
    seconds = length // timedelta(seconds=1)
    left = length - timedelta(seconds=seconds)
    if left:
        part = Decimal(seconds) + Decimal(left.microseconds) / 1_000_000
        forms = spoken.units["second"]
        return f"{number(part, spoken)} {forms.dative if case == 'dative' else forms.many}"
    for unit, size in _SECONDS:
        if seconds % size == 0 and (seconds or unit == "second"):
            return counted(seconds // size, unit, spoken.code, case)
    raise AssertionError("a second divides every whole number of seconds")


def listed(items: list[str], spoken: Spoken, last: str | None = None) -> str:
    """Items one after another: a, b or c; ``last`` instead of the word for "or"."""
    *first, end = items
    return f"{', '.join(first)} {last or spoken.last_or} {end}" if first else end
