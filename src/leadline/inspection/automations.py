"""The door to the readers of automation definitions."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from leadline.blueprint.graph.flow import Flow
from leadline.inspection.recognition import Recognition, Unread

_REGISTRY = "leadline.inspection.flows.registry"


class _Reader(Protocol):
    @property
    def shapes(self) -> tuple[str, ...]: ...


class _Registry(Protocol):
    READERS: Sequence[_Reader]

    def recognise(self, document: object, path: str) -> Recognition | None: ...

    def read(
        self, document: object, path: str, recognition: Recognition, dictionary: object | None
    ) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]: ...


def _registry() -> _Registry | None:
    """The registry of readers, or None in a build without it."""
    if find_spec(_REGISTRY) is None:
        return None
    return cast("_Registry", import_module(_REGISTRY))


def flow_shapes() -> tuple[str, ...]:
    """The names of shapes that the readers of flows take."""
    registry = _registry()
    return tuple(s for reader in registry.READERS for s in reader.shapes) if registry else ()


def recognise_flows(document: object, path: str) -> Recognition | None:
    """What the readers of flows take a document for: parsed JSON, or the text of an XML file."""
    registry = _registry()
    return registry.recognise(document, path) if registry else None


def read_flows(
    document: object, path: str, recognition: Recognition, dictionary: object | None
) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    """The flows of a recognised document; ``dictionary`` is the account's own action types."""
    registry = _registry()
    return registry.read(document, path, recognition, dictionary) if registry else ((), ())
