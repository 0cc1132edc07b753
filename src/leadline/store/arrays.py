"""Arrays as PostgreSQL reads them: one text for a column of a whole batch.

The driver's own arrays escape element by element in Python: three quarters of the time of a
batch of transitions was spent there. A column of a batch is of one type, so that one look at
its first value says how all of them are written. The statements cast what they are given
(``%(id)s::uuid[]``), or compare it with a column, so that the text needs no type of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import cast
from uuid import UUID

import orjson


class Documents(list[object]):
    """A column of JSON documents: values, or bytes where they are written as JSON already."""


def array(values: Sequence[object]) -> str:
    """Write a column as a PostgreSQL array; None is null.

    TypeError for a value that is not of the type of the others, or of none that is listed.

    >>> array([1, None, 3]), array(["a b", 'say "x"', None])
    ('{1,NULL,3}', '{"a b","say \\\\"x\\\\"",NULL}')
    """
    if isinstance(values, Documents):
        return "{" + ",".join([_document(each) for each in values]) + "}"
    kind = next((type(value) for value in values if value is not None), None)
    if kind is None:
        return "{" + ",".join(["NULL"] * len(values)) + "}"
    return "{" + ",".join(_writer(kind)(values)) + "}"


@lru_cache(maxsize=4)
def numbers(values: tuple[int, ...]) -> str:
    """Write buckets; those of all people, or of a worker, are asked for again and again."""
    return "{" + ",".join(map(str, values)) + "}"


Writer = Callable[[Sequence[object]], Iterable[str]]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _document(value: object) -> str:
    return _quoted((value if isinstance(value, bytes) else orjson.dumps(value)).decode())


def _texts(values: Sequence[object]) -> Iterable[str]:
    return ["NULL" if v is None else _quoted(cast(str, v)) for v in values]


def _plain(values: Sequence[object]) -> Iterable[str]:
    """Numbers and flags: nothing in them needs a quote."""
    return ["NULL" if v is None else str(v) for v in values]


def _ids(values: Sequence[object]) -> Iterable[str]:
    return ["NULL" if v is None else "%032x" % cast(UUID, v).int for v in values]  # noqa: UP031  # the fastest


def _times(values: Sequence[object]) -> Iterable[str]:
    return ["NULL" if v is None else f'"{v}"' for v in values]


_WRITERS: dict[type, Writer] = {
    str: _texts,
    bool: _plain,
    int: _plain,
    float: _plain,
    Decimal: _plain,
    UUID: _ids,
    datetime: _times,
    date: _times,
}


def _writer(kind: type) -> Writer:
    found = _WRITERS.get(kind)
    if found is None:
        found = next((_WRITERS[t] for t in kind.__mro__ if t in _WRITERS), None)
    if found is None:
        raise TypeError(f"No array of {kind.__name__} is stored.")
    return found
