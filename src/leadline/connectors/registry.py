"""Which connectors there are: every module of this folder that has a ``connector``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import leadline.connectors
from leadline.connectors.contract import Connector
from leadline.errors import UsageError


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds of systems that can be connected, in the order of the alphabet."""
    return tuple(
        sorted(m.name for m in iter_modules(leadline.connectors.__path__) if _find(m.name))
    )


def connector_for(kind: str) -> Connector:
    """Return the connector of a kind of system. Raises UsageError where there is none."""
    found = _find(kind) if kind.isidentifier() else None
    if found is None:
        raise UsageError(
            f'There is no connector for "{kind}".', fix=f"Use one of: {', '.join(kinds())}."
        )
    return found


@cache
def _find(name: str) -> Connector | None:
    module = f"leadline.connectors.{name}"
    if find_spec(module) is None:
        return None
    found: object = getattr(import_module(module), "connector", None)
    return found if isinstance(found, Connector) else None
