"""What a vendor's interface answered, kept as JSON: told by its keys, turned into rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from leadline.inspection.recognition import Recognition


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Rows of one shape that a document holds."""

    shape: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """One vendor's documents: the shapes in them, what claims them, what makes tables."""

    shapes: tuple[str, ...]
    recognise: Callable[[object, str], Recognition | None]
    tables: Callable[[object, str, Recognition], tuple[AnswerTable, ...]]


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]  # JSON of a vendor


def sequence(value: object) -> Sequence[object]:
    """The value if it is a JSON list, else an empty one."""
    return value if isinstance(value, list) else ()  # pyright: ignore[reportUnknownVariableType]  # JSON of a vendor


def objects(value: object) -> tuple[Mapping[str, object], ...]:
    """The JSON objects in a list."""
    return tuple(found for each in sequence(value) if (found := mapping(each)))


def results_of(document: object) -> tuple[Mapping[str, object], ...]:
    """The records of an answer: a bare list, ``results``, or a list of such pages."""
    answer = mapping(document)
    if answer:
        return objects(answer.get("results"))
    listed = objects(document)
    if listed and all("results" in each for each in listed):
        return tuple(record for page in listed for record in objects(page["results"]))
    return listed


def cell(value: object) -> str:
    """One JSON value as text: what is nested stays JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return orjson.dumps(value).decode()


def tabulate(
    shape: str, records: Iterable[Mapping[str, object]], first: Sequence[str] = ()
) -> AnswerTable:
    """Records as rows: ``first`` columns, then every other key in the order it is met."""
    kept = list(records)
    names = dict.fromkeys(first)
    for record in kept:
        names.update(dict.fromkeys(record))
    rows = tuple(tuple(cell(record.get(name)) for name in names) for record in kept)
    return AnswerTable(shape, tuple(names), rows)


def share(records: Sequence[Mapping[str, object]], *keys: str) -> float:
    """Of the first records, the share that has all of the keys."""
    shown = records[:200]
    return sum(all(key in record for key in keys) for record in shown) / len(shown) if shown else 0
