"""How fast the connections of an environment may be called, for expected times."""

from __future__ import annotations

from leadline.environment import Opened, make_link
from leadline.errors import UsageError
from leadline.explain.pace import Pace
from leadline.journey.compiled import CompiledProject
from leadline.ledger.budget import Window
from leadline.runtime.link import Link


def paces(opened: Opened, compiled: CompiledProject | None) -> dict[str, Pace]:
    """Return the pace of each connection; one without a connector has none.

    No secret is needed to say how fast a system may be called.
    """
    found: dict[str, Pace] = {}
    if compiled is None:
        return found
    for name, system in compiled.systems.items():
        try:
            found[name] = _pace(make_link(system, opened.name, opened.directory, sandbox=True))
        except UsageError:
            continue  # check says what is wrong with the file; here it means: no estimate
    return found


def _pace(link: Link) -> Pace:
    windows: dict[str, Window] = {}
    size = 1
    for kind, rule in link.connector.actions.items():
        windows |= {scoped.window.name: scoped.window for scoped in link.places(kind)}
        size = max(size, getattr(rule, "size", 1))
    return Pace(tuple(windows.values()), size)
