"""JSON with every digit kept, and the values that the store cannot keep made storable.

Numbers that binary floating point would change are Decimal. PostgreSQL's text holds neither
NUL nor half a surrogate pair, and its numbers have limits: ``clean`` replaces what does not
fit and says so, so that one odd value costs one event and never a whole batch.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import orjson

Object = dict[str, object]

# PostgreSQL's numeric goes to 131,072 digits before the point; nobody means more than these.
MOST_DIGITS = 400
# orjson nests 254 deep and PostgreSQL some thousands; a deeper one is a mistake or an attack.
MOST_LEVELS = 100
REPLACEMENT = "�"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# An escape, and not a text that speaks of one (its backslash is itself escaped).
_WRITTEN_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_DIGITS_OF_INT = 18  # what surely fits into 64 bits


class NotANumber:
    """NaN or Infinity: JSON has no such number, but Python's json module writes them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """The text is not JSON: what was found, and where."""

    complaint: str


NOT_A_NUMBER = NotANumber()


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _DIGITS_OF_INT else Decimal(digits)


def _constant(name: str) -> NotANumber:
    del name
    return NOT_A_NUMBER


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=_integer, parse_constant=_constant)


def loads(data: bytes) -> object | Malformed:
    """Read JSON. Bytes that are not UTF-8 become lone surrogates, which ``clean`` reports."""
    try:
        return cast(
            object, _DECODER.decode(data.decode("utf-8", "surrogateescape").lstrip("\ufeff"))
        )
    except json.JSONDecodeError as error:
        return Malformed(f"line {error.lineno}, column {error.colno}: {error.msg}")
    except RecursionError:
        return Malformed("it is nested too deeply")


def dumps(value: object) -> bytes | None:
    """Write compact JSON with exact numbers; None where the store could not keep the value."""
    try:
        written = orjson.dumps(value, default=_exact)
    except orjson.JSONEncodeError:
        return None
    if b"\\u0000" in written and _WRITTEN_NUL.search(written):
        return None
    return written


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and _fits(value):
        return orjson.Fragment(str(value))
    raise TypeError


def _fits(number: Decimal) -> bool:
    return abs(number.adjusted()) <= MOST_DIGITS and len(number.as_tuple().digits) <= MOST_DIGITS


def clean(value: object) -> tuple[object, tuple[str, ...]]:
    """Return the value as it can be stored, and what had to be replaced, each a sentence."""
    faults: dict[str, None] = {}
    return _clean(value, faults, 0), tuple(faults)


def _clean(value: object, faults: dict[str, None], level: int) -> object:
    if level > MOST_LEVELS:
        faults[f"It is nested deeper than {MOST_LEVELS} levels."] = None
        return "…"
    match value:
        case str():
            return _clean_text(value, faults)
        case dict():
            members = cast(Object, value)
            return {
                _clean_text(key, faults): _clean(member, faults, level + 1)
                for key, member in members.items()
            }
        case list():
            return [_clean(item, faults, level + 1) for item in cast(list[object], value)]
        case Decimal() if not _fits(value):
            faults[f"A number has more than {MOST_DIGITS} digits."] = None
            return f"{str(value)[:40]}…"
        case NotANumber():
            faults["NaN and Infinity are not numbers in JSON; leave the value out."] = None
            return "NaN"
        case _:
            return value


def _clean_text(text: str, faults: dict[str, None]) -> str:
    if _UNSTORABLE.search(text) is None:
        return text
    if "\0" in text:
        faults["A text holds a NUL character (\\u0000), which cannot be stored."] = None
    if any(character != "\0" for character in _UNSTORABLE.findall(text)):
        faults["A text is not valid Unicode (half a surrogate pair, or not UTF-8)."] = None
    return _UNSTORABLE.sub(REPLACEMENT, text)


def as_object(value: object) -> Object | None:
    """Return a JSON object as such, anything else as None."""
    return cast(Object, value) if isinstance(value, dict) else None


def kind_of(value: object) -> str:
    """Name the kind of a JSON value as people say it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | Decimal():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "no JSON value"
