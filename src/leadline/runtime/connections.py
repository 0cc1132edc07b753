"""Connections: a worker runs those of the active release, as that release has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import anyio

from leadline.errors import LeadlineError
from leadline.journey.compiled import CompiledProject
from leadline.runtime.buckets import RENEW_S
from leadline.runtime.link import Link
from leadline.runtime.worker import Worker
from leadline.telemetry.events import ReleaseNotFollowed
from leadline.telemetry.logs import emit

Relink = Callable[[CompiledProject], Mapping[str, Link]]
"""Makes the connections of a release; raises LeadlineError where this process cannot."""
Call = Callable[[Link, anyio.Event], object]
"""Starts to call a connection, until told to stop."""


def to_offer(owned: Sequence[str], connections: int, workers: int) -> str | None:
    """Return the connection that a worker with more than its share leaves to others, if any.

    >>> to_offer(["crm", "mail"], 2, 2), to_offer(["crm", "mail"], 3, 2)
    ('mail', None)
    """
    mine = math.ceil(connections / max(1, workers))
    return max(owned) if len(owned) > mine else None


@dataclass(slots=True)
class Connections:
    """What a worker calls now, each with what tells it to stop."""

    worker: Worker
    relink: Relink | None
    call: Call
    followed: str | None = None
    running: dict[str, tuple[Link, anyio.Event]] = field(
        default_factory=dict[str, tuple[Link, anyio.Event]]
    )

    async def follow(self) -> float:
        """Take in the active release; return how long to wait before looking again.

        A connection that another release has in another way is let go of in good order, calls
        under way included, and taken up again as it is now. Where this process cannot make the
        connections of a release (a secret that it was not given), it goes on with what it has.
        """
        self._relink()
        for name, (link, stop) in list(self.running.items()):
            if self.worker.links.get(name) != link:
                stop.set()
                del self.running[name]
        for name, link in self.worker.links.items():
            if name not in self.running:
                self.running[name] = (link, anyio.Event())
                self.call(*self.running[name])
        return RENEW_S

    def stop(self) -> None:
        """Let go of all."""
        for _, stop in self.running.values():
            stop.set()

    def _relink(self) -> None:
        releases = self.worker.releases
        if self.relink is None or releases.current is None or releases.active == self.followed:
            return
        self.followed = releases.active
        try:
            self.worker.links = self.relink(releases.current)
        except LeadlineError as error:
            emit(ReleaseNotFollowed(self.worker.name, str(error)))
