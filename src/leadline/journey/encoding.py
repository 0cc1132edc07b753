"""Frozen values as JSON and back, exactly: what the store keeps of states, records, programs.

A dataclass is an object with the name of its module and class under ``is``
(``state.Sleeping``) and its fields; a field that has its default is left out, so that a field
added later changes no stored value and no hash. How a field is written follows from its
declared type, and is read back by the same type; at the root only the classes that ``_ROOTS``
lists are read. So what is stored names no class that the reader does not expect. Where a type
leaves several open, a text, a flag and nothing stand for themselves and all else is marked:
``{"number": "1.5"}``.

| type | JSON |
|---|---|
| Decimal, UUID, StrEnum | its text |
| datetime | ISO 8601, in UTC where it has a zone |
| date | ISO 8601 |
| timedelta | whole microseconds |
| Ref, ActionKey | ``contact.email``, ``enrollment/step/visit``; also as keys of a mapping |
| tuple, frozenset, mapping | list, sorted list, object |
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeVar, Union, cast
from uuid import UUID

from leadline.expression.tree import Ref
from leadline.journey.action import Action
from leadline.journey.program import Program
from leadline.journey.record import Record
from leadline.journey.signal import Signal
from leadline.journey.state import State
from leadline.ledger.key import ActionKey

Json = object
"""None, bool, int, float, str, a list of these, or a dict from str to these."""

T = TypeVar("T")

TAG = "is"
_ROOTS: tuple[object, ...] = (State, Signal, Action, Record, Program)


class NotDecodable(ValueError):
    """A stored value is not of the type that it is read as; the message says where."""


@dataclass(frozen=True, slots=True)
class _Codec:
    """Two functions; ``encode`` None for a value that stands for itself in JSON."""

    encode: Callable[[object], Json] | None
    decode: Callable[[Json], object]


def encode(value: object) -> Json:
    """Write a frozen dataclass of ours, or a tuple of them, as JSON.

    TypeError for anything that has no exact form.
    """
    if isinstance(value, tuple):
        return [encode(item) for item in cast("tuple[object, ...]", value)]
    codec = _codec(type(value))
    return value if codec.encode is None else codec.encode(value)


def decode(stored: Json) -> object:
    """Read what ``encode`` wrote of a state, signal, action, record or program, or a tuple of such.

    The class follows from the tag. Raises NotDecodable.
    """
    if isinstance(stored, list):
        return tuple([decode(item) for item in cast("list[Json]", stored)])
    if not isinstance(stored, dict):
        raise NotDecodable(f"{stored!r} is no stored value: it has no tag.")
    tag = cast("dict[str, Json]", stored).get(TAG)
    kind = _roots().get(tag) if isinstance(tag, str) else None
    if kind is None:
        raise NotDecodable(f"{stored!r} has no tag that is known.")
    return decode_as(kind, cast("Json", stored))


def decode_as(kind: type[T], stored: Json) -> T:
    """Read what ``encode`` wrote of one class. Raises NotDecodable."""
    try:
        return cast("T", _codec(kind).decode(stored))
    except NotDecodable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise NotDecodable(f"The stored value is no {kind.__name__}: {error!r}.") from error


def canonical(value: object) -> bytes:
    """Write a value as the same bytes in every process: keys sorted, ASCII, no spaces."""
    return json.dumps(
        encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True
    ).encode("ascii")


def content_hash(value: object) -> str:
    """Sha256 (hex) of the canonical bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()


@cache
def _roots() -> Mapping[str, type[object]]:
    return {_tag(kind): kind for union in _ROOTS for kind in _members(union)}


def _members(kind: object) -> tuple[type[object], ...]:
    members = typing.get_args(kind) or (kind,)
    return cast("tuple[type[object], ...]", members)


def _tag(kind: type[object]) -> str:
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"


# ---------------------------------------------------------------- one codec a type


@cache
def _codec(kind: object) -> _Codec:
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple.codec
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(typing.get_args(kind))
    if origin is tuple:
        return _tuple(typing.get_args(kind))
    if origin is frozenset:
        return _frozenset(_codec(typing.get_args(kind)[0]))
    if origin is Mapping:
        key, item = typing.get_args(kind)
        return _mapping(_codec(key), _codec(item))
    if isinstance(kind, type):
        if issubclass(kind, StrEnum):
            return _Codec(lambda value: cast("StrEnum", value).value, kind)
        one = cast("type[object]", kind)
        if dataclasses.is_dataclass(one):
            return _dataclass(one)
    raise TypeError(f"{kind} has no exact form in JSON.")


def _of(kind: type, stored: Json) -> Json:
    """The stored value, if it is of that JSON type; a flag is no number."""
    if type(stored) is not kind:
        raise NotDecodable(f"Expected {kind.__name__}, found {stored!r}.")
    return stored


@dataclass(frozen=True, slots=True)
class _Simple:
    """A codec, and the mark that tells the type where several are open; None: it needs none."""

    mark: str | None
    codec: _Codec


def _time_out(value: object) -> Json:
    time = cast("datetime", value)
    if time.tzinfo is None or time.tzinfo is UTC:
        return time.isoformat()
    return time.astimezone(UTC).isoformat()


def _time_in(stored: Json) -> object:
    time = datetime.fromisoformat(cast("str", stored))
    return time if time.tzinfo is None else time.astimezone(UTC)


_MICROSECOND = timedelta(microseconds=1)

_SIMPLE: Mapping[object, _Simple] = {
    types.NoneType: _Simple(None, _Codec(None, lambda stored: _of(types.NoneType, stored))),
    bool: _Simple(None, _Codec(None, lambda stored: _of(bool, stored))),
    str: _Simple(None, _Codec(None, lambda stored: _of(str, stored))),
    int: _Simple(None, _Codec(None, lambda stored: _of(int, stored))),
    float: _Simple(None, _Codec(None, lambda stored: float(cast("float", stored)))),
    Decimal: _Simple("number", _Codec(str, lambda stored: Decimal(cast("str", stored)))),
    datetime: _Simple("time", _Codec(_time_out, _time_in)),
    date: _Simple(
        "date",
        _Codec(
            lambda value: cast("date", value).isoformat(),
            lambda stored: date.fromisoformat(cast("str", stored)),
        ),
    ),
    timedelta: _Simple(
        "span",
        _Codec(
            lambda value: cast("timedelta", value) // _MICROSECOND,
            lambda stored: timedelta(microseconds=cast("int", _of(int, stored))),
        ),
    ),
    UUID: _Simple("id", _Codec(str, lambda stored: UUID(cast("str", stored)))),
    Ref: _Simple("ref", _Codec(str, lambda stored: _ref(cast("str", stored)))),
    ActionKey: _Simple("key", _Codec(str, lambda stored: ActionKey.parse(cast("str", stored)))),
}


def _ref(text: str) -> Ref:
    scope, dot, name = text.partition(".")
    if not dot:
        raise NotDecodable(f'"{text}" is no dotted name.')
    return Ref(scope, name)


def _tuple(kinds: tuple[object, ...]) -> _Codec:
    if len(kinds) != 2 or kinds[1] is not Ellipsis:
        raise TypeError("A tuple is stored where all its members are of one type.")
    item = _codec(kinds[0])
    encode, decode = item.encode, item.decode

    def read(stored: Json) -> object:
        return tuple([decode(item) for item in cast("list[Json]", _of(list, stored))])

    if encode is None:
        return _Codec(lambda value: list(cast("tuple[object, ...]", value)), read)
    return _Codec(lambda value: [encode(item) for item in cast("tuple[object, ...]", value)], read)


def _frozenset(item: _Codec) -> _Codec:
    encode, decode = item.encode or _itself, item.decode
    return _Codec(
        lambda value: sorted(
            cast("str", encode(each)) for each in cast("frozenset[object]", value)
        ),
        lambda stored: frozenset(decode(each) for each in cast("list[Json]", _of(list, stored))),
    )


def _itself(value: object) -> Json:
    return value


def _mapping(key: _Codec, item: _Codec) -> _Codec:
    key_out, key_in = key.encode, key.decode
    item_out, item_in = item.encode, item.decode

    def read(stored: Json) -> object:
        found = cast("dict[str, Json]", _of(dict, stored))
        return {key_in(name): item_in(each) for name, each in found.items()}

    if key_out is None and item_out is None:
        return _Codec(lambda value: dict(cast("Mapping[str, Json]", value)), read)
    write_key, write_item = key_out or _itself, item_out or _itself
    return _Codec(
        lambda value: {
            write_key(name): write_item(each)
            for name, each in cast("Mapping[object, object]", value).items()
        },
        read,
    )


# ---------------------------------------------------------------- dataclasses

_NO_DEFAULT = object()


class _Attribute(NamedTuple):
    name: str
    has_default: bool
    default: object
    encode: Callable[[object], Json] | None
    decode: Callable[[Json], object]


def _dataclass(kind: type[object]) -> _Codec:
    """The codec of a dataclass; its fields are looked at when first used: it may hold itself."""
    tag = _tag(kind)

    @cache
    def attributes() -> tuple[_Attribute, ...]:
        assert dataclasses.is_dataclass(kind)
        hints = typing.get_type_hints(kind)
        return tuple(
            _attribute(each, _codec(hints[each.name])) for each in dataclasses.fields(kind)
        )

    def write(value: object) -> Json:
        stored: dict[str, Json] = {TAG: tag}
        for name, has_default, default, encode, _ in attributes():
            item = getattr(value, name)
            if not has_default or (item is not default and item != default):
                stored[name] = item if encode is None else encode(item)
        return stored

    def read(stored: Json) -> object:
        found = cast("dict[str, Json]", _of(dict, stored))
        if found[TAG] != tag:
            raise NotDecodable(f"Expected {tag}, found {found[TAG]!r}.")
        given = {
            name: decode(found[name]) for name, _, _, _, decode in attributes() if name in found
        }
        return kind(**given)

    return _Codec(write, read)


def _attribute(attribute: dataclasses.Field[object], codec: _Codec) -> _Attribute:
    default = _default(attribute)
    return _Attribute(
        attribute.name, default is not _NO_DEFAULT, default, codec.encode, codec.decode
    )


def _default(attribute: dataclasses.Field[object]) -> object:
    if attribute.default is not dataclasses.MISSING:
        return attribute.default
    if attribute.default_factory is not dataclasses.MISSING:
        return attribute.default_factory()
    return _NO_DEFAULT


# ---------------------------------------------------------------- unions


def _union(kinds: tuple[object, ...]) -> _Codec:
    rest = [kind for kind in kinds if kind is not types.NoneType]
    if len(rest) == 1:
        return _optional(_codec(rest[0]))
    writers: dict[type, Callable[[object], Json]] = {}
    marked: dict[str, Callable[[Json], object]] = {}
    tagged: dict[str, Callable[[Json], object]] = {}
    bare: set[type] = set()
    for kind in kinds:
        if not isinstance(kind, type):
            raise TypeError(f"{kind} cannot be told from the others of a union.")
        one = cast("type[object]", kind)
        codec, mark = _codec(one), _mark(one)
        if mark is None:
            writers[one] = _itself
            bare.add(one)
        elif mark is TAG:
            writers[one] = codec.encode or _itself
            tagged[_tag(one)] = codec.decode
        else:
            writers[one] = _marking(mark, codec.encode or _itself)
            marked[mark] = codec.decode
    if len(writers) < len(kinds) or len(marked) + len(tagged) + len(bare) < len(kinds):
        raise TypeError(f"Two types of one union have the same name: {kinds}.")
    return _Codec(_writing(writers), _reading(marked, tagged, bare))


def _mark(kind: type[object]) -> str | None:
    """How a value of the type is told from others: a mark of its own, its tag, or nothing."""
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple.mark
    return TAG if dataclasses.is_dataclass(kind) else kind.__name__


def _optional(codec: _Codec) -> _Codec:
    encode, decode = codec.encode, codec.decode

    def read(stored: Json) -> object:
        return None if stored is None else decode(stored)

    if encode is None:
        return _Codec(None, read)
    return _Codec(lambda value: None if value is None else encode(value), read)


def _marking(mark: str, encode: Callable[[object], Json]) -> Callable[[object], Json]:
    return lambda value: {mark: encode(value)}


def _writing(writers: Mapping[type, Callable[[object], Json]]) -> Callable[[object], Json]:
    def write(value: object) -> Json:
        writer = writers.get(type(value))
        if writer is None:
            writer = next((writers[t] for t in type(value).__mro__ if t in writers), None)
        if writer is None:
            raise TypeError(f"{type(value).__name__} is none of {sorted(map(str, writers))}.")
        return writer(value)

    return write


def _reading(
    marked: Mapping[str, Callable[[Json], object]],
    tagged: Mapping[str, Callable[[Json], object]],
    bare: set[type],
) -> Callable[[Json], object]:
    def read(stored: Json) -> object:
        if isinstance(stored, dict):
            found = cast("dict[str, Json]", stored)
            if TAG in found:
                return tagged[cast("str", found[TAG])](found)
            ((mark, inner),) = found.items()
            return marked[mark](inner)
        if type(stored) in bare:
            return stored
        raise NotDecodable(f"{stored!r} is of no type that may stand here.")

    return read
