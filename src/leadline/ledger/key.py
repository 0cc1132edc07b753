"""The key of an action, and the hash of what it carries.

A key stops a second *intent*: one (enrollment, step, visit) is one action for ever. Retry and
replay keep the key and add a call. The same key with another payload hash is an incident.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any, cast
from uuid import UUID


@dataclass(frozen=True, slots=True, order=True)
class ActionKey:
    """One intended effect: which run, which step, and which time the run came by there.

    >>> key = ActionKey(UUID("018f0000-0000-7000-8000-000000000001"), "crm", 1)
    >>> str(key)
    '018f0000-0000-7000-8000-000000000001/crm/1'
    >>> ActionKey.parse(str(key)) == key
    True
    """

    enrollment: UUID
    step: str
    visit: int

    def __str__(self) -> str:
        return f"{self.enrollment}/{self.step}/{self.visit}"

    @classmethod
    def parse(cls, text: str) -> ActionKey:
        """Read ``enrollment/step/visit``; ValueError says what is wrong with other text."""
        enrollment, _, rest = text.partition("/")
        step, _, visit = rest.rpartition("/")
        if not step or not (visit.isascii() and visit.isdigit()):
            raise ValueError(f'"{text}" is not an action key: write enrollment/step/visit.')
        try:
            return cls(UUID(enrollment), step, int(visit))
        except ValueError as error:
            raise ValueError(
                f'"{text}" is not an action key: "{enrollment}" is not the id of an enrollment.'
            ) from error


Payload = Mapping[str, object]


def payload_hash(payload: Payload) -> str:
    """Sha256 (hex) of the payload in one canonical form, the same in every process for ever.

    Each value is written with its type, so that the text "1" and the number 1 differ; equal
    numbers are equal however they are written (1, 1.0, 1E0), and so is one moment in two zones.
    TypeError for what has no exact form: a float, a naive time, anything not listed in
    ``_canonical``.

    >>> payload_hash({"n": Decimal("1.50")}) == payload_hash({"n": Decimal("1.5")})
    True
    >>> payload_hash({"n": Decimal(1)}) == payload_hash({"n": "1"})
    False
    """
    return hashlib.sha256(_canonical(payload).encode("ascii")).hexdigest()


def _canonical(value: object) -> str:
    """``value`` as JSON in which every leaf is a pair (type, text) and every key is sorted."""
    writer = _WRITERS.get(type(value))
    if writer is None:  # a subclass, or another kind of mapping
        writer = next((w for kind, w in _WRITERS.items() if isinstance(value, kind)), None)
    if writer is None:
        raise TypeError(f"A payload cannot hold {type(value).__name__}: it has no exact form.")
    return writer(value)


def _leaf(kind: str, text: str) -> str:
    return f'["{kind}",{_quoted(text)}]'


def _time(value: datetime) -> str:
    if value.utcoffset() is None:
        raise TypeError(f"A payload holds times with their zone; {value!r} has none.")
    return _leaf("time", value.astimezone(UTC).isoformat(timespec="microseconds"))


def _list(items: Sequence[object]) -> str:
    return f'["list",[{",".join([_canonical(item) for item in items])}]]'


def _map(mapping: Mapping[object, object]) -> str:
    for key in mapping:
        if not isinstance(key, str):
            raise TypeError(f"A payload is keyed by text; {key!r} is {type(key).__name__}.")
    named = cast("Mapping[str, object]", mapping)
    pairs = [f"[{_quoted(key)},{_canonical(named[key])}]" for key in sorted(named)]
    return f'["map",[{",".join(pairs)}]]'


def _number(number: Decimal) -> str:
    """Digits without closing zeros, and an exponent: exact at any size or precision."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError(f"A payload cannot hold the number {number}.")
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    if not short:
        return "0"
    return f"{'-' if sign else ''}{short}E{exponent + len(text) - len(short)}"


def _quoted(text: str) -> str:
    return encode_basestring_ascii(text)


_WRITERS: Mapping[type, Callable[[Any], str]] = {  # each is called with its own type only
    str: lambda value: _leaf("text", str(value)),
    bool: lambda value: "true" if value else "false",
    int: lambda value: _leaf("number", _number(Decimal(value))),
    type(None): lambda _: "null",
    dict: _map,
    list: _list,
    tuple: _list,
    Decimal: lambda value: _leaf("number", _number(value)),
    datetime: _time,
    date: lambda value: _leaf("date", value.isoformat()),
    timedelta: lambda value: _leaf("span", str(value // timedelta(microseconds=1))),
    UUID: lambda value: _leaf("id", str(value)),
    Mapping: _map,
}
"""In this order, for a value whose type is not listed itself."""
