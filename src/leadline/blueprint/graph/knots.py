"""Where a directed graph goes round in circles."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar, cast

Name = TypeVar("Name", bound=Hashable)


def knots(pairs: Iterable[tuple[Name, Name]]) -> Iterator[frozenset[Name]]:
    """Every set of names that can reach each other, and every name that leads to itself.

    In the order in which the names first appear.
    """
    edges = list(dict.fromkeys(pairs))
    if not edges:
        return
    import igraph  # noqa: PLC0415  (most inspections have nothing to ask it)

    names = list(dict.fromkeys(name for pair in edges for name in pair))
    number = {name: n for n, name in enumerate(names)}
    graph = igraph.Graph(
        n=len(names), edges=[(number[a], number[b]) for a, b in edges], directed=True
    )
    to_itself = {a for a, b in edges if a == b}
    clustering = graph.connected_components(mode="strong")
    membership = cast("list[int]", clustering.membership)  # pyright: ignore[reportUnknownMemberType]  # the library has no types
    together: dict[int, list[Name]] = {}
    for name, component in zip(names, membership, strict=True):
        together.setdefault(component, []).append(name)
    for members in together.values():
        if len(members) > 1 or members[0] in to_itself:
            yield frozenset(members)
