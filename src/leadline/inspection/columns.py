"""From headers to columns: the vendor's internal name, and what the column means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from leadline.audit.tables import Column, Meaning
from leadline.inspection.tables.shape import Heading, Shape, fold, slug

_OURS = {"_row", "_file", "_name"}


@dataclass(frozen=True, slots=True)
class Named:
    """The columns of one header; ``own`` are headers that the shape does not know, and
    ``doubled`` those that stand there more than once."""

    columns: tuple[Column, ...]
    own: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


NO_LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def name_columns(
    header: Sequence[str],
    shape: Shape,
    labels: Mapping[str, tuple[str, ...]] = NO_LABELS,
    said: Mapping[str, Meaning] = MappingProxyType({}),
) -> Named:
    """Name every column and say what it means.

    ``labels`` are folded labels with the internal names that definitions given beside tell for
    them; ``said`` are meanings that a person stated by header. A meaning is given once.
    """
    spoken = {fold(key): meaning for key, meaning in said.items()}
    taken = set(_OURS)
    meanings = set(spoken.values()) - {Meaning.OTHER}
    seen: set[str] = set()
    columns: list[Column] = []
    own: list[str] = []
    doubled: list[str] = []
    for number, cell in enumerate(header, start=1):
        text = fold(cell)
        heading = _heading(text, shape, labels)
        if heading is None and text:
            own.append(cell.strip())
        if text and text in seen:
            doubled.append(cell.strip())
        seen.add(text)
        name = _free(_name(cell, heading, shape, number), taken)
        if text in spoken:
            meaning = spoken.pop(text)
        else:
            meaning = heading.meaning if heading else Meaning.OTHER
            if meaning in meanings:
                meaning = Meaning.OTHER
            meanings |= {meaning} - {Meaning.OTHER}
        columns.append(Column(name, cell.strip(), meaning))
    return Named(tuple(columns), tuple(own), tuple(doubled))


def _heading(text: str, shape: Shape, labels: Mapping[str, tuple[str, ...]]) -> Heading | None:
    """What the header stands for: a definition given beside wins over what is known here."""
    known = shape.by_header.get(text)
    told = labels.get(text, ())
    if known is not None and (not told or known.name in told):
        return known
    if len(told) == 1:
        return shape.by_header.get(fold(told[0])) or Heading(told[0])
    return None


def _name(cell: str, heading: Heading | None, shape: Shape, number: int) -> str:
    if heading is not None:
        return heading.name
    text = " ".join(cell.replace("\ufeff", "").split())
    return (text if shape.keeps_names and " " not in text else slug(text)) or f"column_{number}"


def _free(name: str, taken: set[str]) -> str:
    """The name, or the next one that is free; DuckDB takes upper and lower case as equal."""
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free.casefold())
    return free
