"""The JSON examples of the rules' pages: flows and what is known beside them."""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import Any

from leadline.blueprint.flow_checks.facts import Burst, Facts, Share
from leadline.blueprint.graph.flow import Flow
from leadline.blueprint.graph.inventory import Sync
from tests.unit.blueprint import from_json

BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(section: str) -> tuple[tuple[Flow, ...], Facts]:
    """The one example of a section."""
    (text,) = BLOCK.findall(section)
    found = json.loads(text)
    flows = tuple(from_json.flow(one) for one in found["flows"])
    return flows, facts(**found.get("facts", {}))


def facts(**known: Any) -> Facts:
    """Facts in short: shares as [unknown, of], bursts as [people, seconds]."""
    made: dict[str, Any] = dict(known)
    if "unknown" in made:
        made["unknown"] = {from_json.field(k): Share(*v) for k, v in made["unknown"].items()}
    if "bursts" in made:
        made["bursts"] = {k: Burst(*v) for k, v in made["bursts"].items()}
    if "gone" in made:
        made["gone"] = frozenset(made["gone"])
    if "syncs" in made:
        made["syncs"] = tuple(
            Sync(
                from_json.field(s["source"]), from_json.field(s["target"]), s["name"], s["every_s"]
            )
            for s in made["syncs"]
        )
    return Facts(**{k: MappingProxyType(v) if isinstance(v, dict) else v for k, v in made.items()})
