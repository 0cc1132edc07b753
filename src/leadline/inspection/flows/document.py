"""Untyped documents, read with types: nothing in a stranger's file is surely what it should be.

Each function takes any value and gives the type that it names: what is of another type is
empty, absent or its text, never an exception. So a reader of flows says what it looks for, and
a wrong file says less instead of breaking off the reading.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

Map = Mapping[str, object]
Item = TypeVar("Item")

EMPTY: Map = MappingProxyType({})
# In ``cannot_say`` of flows whose steps have no edges because the source gives none.
ORDER_UNTOLD = "in which order its steps run, after what wait and under which condition"
MAX_LENGTH_S = 100 * 365 * 86400.0
MAX_SHOWN = 80  # characters of a text that a sentence shows
MAX_CONSTANT = 200  # characters; longer texts are prose, not values of a picklist
MAX_DEPTH = 40  # levels of conditions in conditions; honest files have about six
# Texts are searched for tokens up to this length: a mail's body has a tenth of it.
MAX_SEARCHED = 100_000

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_SECRET = re.compile(
    r"auth(?!ors?\b)|api[_-]?key|^key$|token|secret|passw(?:or)?d|credential|bearer|^x-.*-key$",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"(?:api_?key|token|secret|passw(?:or)?d)\w{0,20}[\"']?\s{0,5}[:=]\s{0,5}"
    r"[\"'`][^\"'`\s{}]{8,500}[\"'`]",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_HOST = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$")
_UNIT_S = {
    "second": 1.0,
    "sec": 1.0,
    "s": 1.0,
    "minute": 60.0,
    "min": 60.0,
    "i": 60.0,
    "hour": 3600.0,
    "h": 3600.0,
    "day": 86400.0,
    "d": 86400.0,
    "week": 604800.0,
    "w": 604800.0,
}


def is_map(value: object) -> bool:
    """Whether the value is a map (said without narrowing its type)."""
    return isinstance(value, dict)


def is_list(value: object) -> bool:
    """Whether the value is a list (said without narrowing its type)."""
    return isinstance(value, list)


def mapping(value: object) -> Map:
    """The value as a map, or an empty one."""
    return cast("Map", value) if isinstance(value, dict) else EMPTY


def items(value: object) -> list[object]:
    """The value as a list, or an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def mappings(value: object) -> list[Map]:
    """The maps of a list (anything else in it is left out)."""
    return [cast("Map", item) for item in items(value) if isinstance(item, dict)]


def text(value: object) -> str:
    """A text, number or flag as text; anything else is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    return ""


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or the one text; blanks left out."""
    found = [text(item) for item in items(value)] if is_list(value) else [text(value)]
    return tuple(item for item in found if item)


def number(value: object) -> float | None:
    """A finite number, also where it is written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) > 30:
        return None
    if isinstance(value, str | int | float):
        try:
            found = float(value)
        except (ValueError, OverflowError):
            return None
        return found if math.isfinite(found) else None
    return None


def flag(value: object) -> bool | None:
    """True or false, also as text or as 1 and 0; None where it is neither."""
    if value is None or isinstance(value, bool):
        return value
    return _FLAGS.get(text(value).lower())


def seconds(amount: object, unit: object) -> float | None:
    """A length of time; ``unit`` is a word ("minutes", "DAYS", "hour") or its first letter.

    Months and years have no fixed length and give None.
    """
    count = number(amount)
    name = text(unit).strip().lower()
    length = _UNIT_S.get(name) or _UNIT_S.get(name.removesuffix("s"))
    return None if count is None or length is None else count * length


def length_in_words(length_s: float) -> str:
    """A length of time as people say it: ``3 days``, ``1 day 6 hours``, ``0 seconds``."""
    parts: list[str] = []
    rest = abs(length_s)
    if rest > MAX_LENGTH_S:
        return "more than 100 years"
    for name, unit in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(counted(int(count), name))
    if rest or not parts:
        parts.append(f"{text(rest)} seconds")
    return " ".join(parts)


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its word: ``1 person``, ``3 people``."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def shown(value: object, limit: int = MAX_SHOWN) -> str:
    """A text for a sentence: on one line, cut, with mail addresses left out."""
    found = " ".join(text(value)[:1000].split())
    if "@" in found:
        found = _ADDRESS.sub("(an address)", found)
    return found if len(found) <= limit else f"{found[: limit - 1]}…"


def constant(value: object) -> str | None:
    """A value that a definition sets or compares with, if it may be kept.

    None for what holds a mail address, a token or prose: the values of people and the texts
    of messages never leave the reader.
    """
    found = text(value)
    if len(found) > MAX_CONSTANT or "\n" in found or "{{" in found or "{!" in found:
        return None
    return None if "@" in found and _ADDRESS.search(found) else found


def constants(values: Iterable[object]) -> tuple[str, ...]:
    """Those values that may be kept, see ``constant``."""
    found = (constant(value) for value in values)
    return tuple(value for value in found if value)


def listed(values: Iterable[str], word: str = "or", most: int = 4) -> str:
    """A list as people say it: ``a, b or c``; long ones are cut with the count of the rest."""
    named = [shown(value, 40) or "nothing" for value in values]
    if len(named) > most:
        return f"{', '.join(named[:most])} {word} {len(named) - most} more"
    return f"{', '.join(named[:-1])} {word} {named[-1]}" if len(named) > 1 else "".join(named)


def host(url: object) -> str | None:
    """The host of a web address in small letters; None where none is written down.

    Nothing else of an address is kept: paths and queries hold keys.
    """
    found = text(url)[:2000].strip()
    if "://" not in found:
        found = f"//{found}"
    try:
        name = urlsplit(found).hostname or ""
    except ValueError:
        return None
    return name if "." in name and _HOST.match(name) else None


def names_secret(name: str) -> bool:
    """Whether the name of a header, parameter or field says that its value is a secret."""
    return len(name) <= 100 and _SECRET.search(name) is not None


def secrets_in(url: object) -> tuple[str, ...]:
    """The names of parameters that hold a secret, written into a web address."""
    query = text(url)[:5000].partition("?")[2]
    return once(
        f"parameter {shown(name, 60)}"
        for name, value in parse_qsl(query, max_num_fields=None)
        if names_secret(name) and value and "{{" not in value
    )


def secrets_in_code(source: str) -> tuple[str, ...]:
    """The names in a piece of code that are given a secret as a text."""
    return once(
        f"{_word_around(source, match.start())} in the code" for match in _GIVEN.finditer(source)
    )


def _word_around(source: str, place: int) -> str:
    """The whole word that a place lies in."""
    begins = max(0, place - 40)
    words = [m for m in _WORD.finditer(source, begins, place + 60) if m.end() > place]
    return words[0][0] if words else ""


def walk(value: object) -> Iterator[str | Map]:
    """Every text and every map in the value, itself first, at any depth, in order."""
    pending: list[object] = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            yield current if len(current) <= MAX_SEARCHED else current[:MAX_SEARCHED]
        elif isinstance(current, dict):
            found = cast("Map", current)
            yield found
            pending.extend(reversed(list(found.values())))
        elif isinstance(current, list):
            pending.extend(reversed(cast("list[object]", current)))


def strings(value: object) -> Iterator[str]:
    """Every text in the value, at any depth, in the order of the file."""
    return (found for found in walk(value) if isinstance(found, str))


def maps_within(value: object) -> Iterator[Map]:
    """Every map in the value, itself first, at any depth."""
    return (found for found in walk(value) if not isinstance(found, str))


def distinct(wanted: str, taken: Collection[str]) -> str:
    """A name that is not taken: the one wanted, or ``wanted (2)``, ``wanted (3)`` …

    After twenty it counts on from how many names there are: a file may hold one name 10,000
    times.
    """
    name, count = wanted, 1
    while name in taken:
        count = count + 1 if count < 20 else max(count + 1, len(taken))
        name = f"{wanted} ({count})"
    return name


class Unknowns:
    """What a reader met and does not know, each once, in the order of the file."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def keys(self, found: Map, known: frozenset[str], place: str) -> None:
        """Note the keys of a map that the reader does not know; ``place`` says whose."""
        if known.issuperset(found):
            return
        for key in found:
            if key not in known:
                self.add(f"{place}: {shown(key, 60)}")

    def add(self, what: str) -> None:
        """Note one thing."""
        self._found[what] = None

    def all(self) -> tuple[str, ...]:
        """Everything noted."""
        return tuple(self._found)


def once(found: Iterable[Item]) -> tuple[Item, ...]:
    """Each item once, in order."""
    return tuple(dict.fromkeys(found))
