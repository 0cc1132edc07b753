"""What the running system says about itself: the closed list of its events.

No personal data stands in any field. One event is said per batch, not per person: the ledger
is the record of each person.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """A worker began."""

    worker: str


@dataclass(frozen=True, slots=True)
class WorkerStopped:
    """A worker ended in good order."""

    worker: str


@dataclass(frozen=True, slots=True)
class StoreLost:
    """The database did not answer; work goes on when it does."""

    reason: str


@dataclass(frozen=True, slots=True)
class ConnectionTaken:
    """A worker calls a connection from now on."""

    worker: str
    connection: str


@dataclass(frozen=True, slots=True)
class ReleaseNotFollowed:
    """A release has connections that this worker cannot make; it keeps those that it had."""

    worker: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A call to a vendor did not succeed; its actions are settled by the ledger's rules."""

    connection: str
    reason: str
    actions: int


@dataclass(frozen=True, slots=True)
class LoopFailed:
    """A loop met something that nobody foresaw; the process ends and another takes over."""

    loop: str
    error: str


Event = (
    WorkerStarted
    | WorkerStopped
    | StoreLost
    | ConnectionTaken
    | ReleaseNotFollowed
    | CallFailed
    | LoopFailed
)
