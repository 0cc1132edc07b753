"""Shapes of which file kinds are made: what may stand where, said once.

``file_kinds`` writes each file kind in these shapes. The readers refuse what a record does not
name, and ``schema_json`` prints the same records as JSON Schema, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One text; ``pattern`` and ``example`` serve editors, the readers check more exactly."""

    example: str = ""
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One of a closed list of words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """One item, or a list of them."""

    item: Shape


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map whose names the author chooses."""

    value: Shape


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A record that contains itself, by its name in ``file_kinds.NAMED``."""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """A name that a record knows: what it means, what may stand there, whether it must.

    ``fix`` is what to do when it is missing, where "add it" does not say enough.
    """

    doc: str
    shape: Shape
    required: bool = False
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A map with known names; ``title`` is how messages call it ("this workflow")."""

    title: str
    keys: Mapping[str, Key]


Shape = Text | Word | OneOrMany | ListOf | MapOf | Either | Named | Record


def per_environment(item: Shape) -> Either:
    """One value for all environments, or one for each."""
    return Either((item, MapOf(item)))
