"""Finds connectors: the module (or package) of this folder that holds a ``connector`` is one.

The file is the registration; there is no list to keep.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import leadline.connectors as folder
from leadline.connectors.contract import Connector
from leadline.errors import UsageError


@cache
def _found() -> dict[str, Connector]:
    connectors: dict[str, Connector] = {}
    for module in pkgutil.iter_modules(folder.__path__):
        connector = getattr(
            importlib.import_module(f"{folder.__name__}.{module.name}"), "connector", None
        )
        if isinstance(connector, Connector):
            connectors[connector.kind] = connector
    return connectors


def kinds() -> tuple[str, ...]:
    """Return the kinds of systems that can be connected, in alphabetical order."""
    return tuple(sorted(_found()))


def connector_for(kind: str) -> Connector:
    """Return the connector of a kind of system; UsageError where there is none."""
    connector = _found().get(kind)
    if connector is None:
        raise UsageError(
            f'There is no connector for "{kind}".', fix=f"Use one of: {', '.join(kinds())}."
        )
    return connector
