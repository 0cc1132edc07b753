"""Outside systems: systems/*.yaml as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from leadline.project.problems import Where


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is found: ``env:NAME`` or ``file:PATH``; never the secret itself."""

    source: str
    name: str

    def __str__(self) -> str:
        return f"{self.source}:{self.name}"


@dataclass(frozen=True, slots=True)
class Limit:
    """``14 per second``: how many units in how long; the provider's own figure."""

    count: int
    window: timedelta


class Guard(StrEnum):
    """How close to a limit Leadline may go: ``safe`` means no refusal that we caused."""

    SAFE = "safe"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class System:
    """One outside system; ``settings`` maps an environment to the settings of its connection.

    A setting that stands once in the file holds in every environment. ``settings`` holds what
    the kind of system needs (``base_url``, ``host``, ``port``, ``tls``, ``from``, ``evidence``,
    ``tier``), each as text. ``owner`` answers for the system, ``tell`` is told when its
    connection fails (addresses). ``reads`` are the objects that are read from it, with how often;
    ``lag`` is how long a change takes there until a read shows it, where the vendor or the team
    says so.
    """

    name: str
    kind: str
    settings: Mapping[str, Mapping[str, str]]
    secrets: Mapping[str, SecretRef]
    limits: Mapping[str, Limit]
    allow_private: Mapping[str, bool]
    guard: Guard
    where: Where
    owner: str | None = None
    tell: tuple[str, ...] = ()
    reads: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    lag: timedelta | None = None
