"""What a file was taken for, by which evidence, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CERTAIN = 0.9  # at least: said plainly
LIKELY = 0.6  # at least: taken, and said; below, the file is listed as not recognised


class Content(StrEnum):
    """What kind of thing a file holds."""

    TABLE = "table"
    FLOWS = "flows"
    LISTING = "listing"  # names of flows without their content
    DEFINITIONS = "definitions"  # of properties, or of action types
    HISTORY = "history"
    SETTINGS = "settings"  # inspect.yaml, costs.yaml
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Recognition:
    """A claim about a file. ``shape`` is the name that ``--as`` takes (``hubspot-contacts``).

    ``confidence`` runs from 0 to 1; ``evidence`` says in words what it rests on.
    """

    shape: str
    system: str
    content: Content
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a part of one, that could not be read or judged, with what to do about it."""

    where: str  # file, line
    what: str
    fix: str
