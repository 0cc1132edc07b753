"""Which connectors there are: a file in this folder is one, by its name."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from leadline import connectors
from leadline.connectors.contract import Connector
from leadline.errors import UsageError


@cache
def kinds() -> tuple[str, ...]:
    """List the kinds of systems that there is a connector for."""
    names = sorted(m.name for m in pkgutil.iter_modules(connectors.__path__))
    return tuple(
        name for name in names if hasattr(import_module(f"leadline.connectors.{name}"), "connector")
    )


def connector_for(kind: str) -> Connector:
    """Return the connector of a kind; raises UsageError for one that there is not."""
    if kind not in kinds():
        raise UsageError(
            f'There is no connector for "{kind}".', fix=f"Write one of: {', '.join(kinds())}."
        )
    found = import_module(f"leadline.connectors.{kind}").connector
    assert isinstance(found, Connector)
    return found
