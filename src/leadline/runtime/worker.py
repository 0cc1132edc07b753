"""What every loop of a worker is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from leadline.connectors.contract import Allowance
from leadline.connectors.door import Door
from leadline.project.address import spell
from leadline.project.fields import Field
from leadline.runtime.buckets import Buckets
from leadline.runtime.link import Link
from leadline.runtime.releases import Releases
from leadline.runtime.steps import Steps
from leadline.store.secret_key import SecretKey, keyed_digest

OpenDoor = Callable[[Link, Allowance], Door]
"""Makes the way out of a connection, spending from the allowance."""


@dataclass(slots=True)
class Worker:
    """One worker process: its name, its share of the people, the releases that it knows.

    ``links`` are the connections of this environment; ``draw`` gives a random number from 0
    to 1 (jitter).
    """

    name: str
    environment: str
    steps: Steps
    secret: SecretKey
    links: Mapping[str, Link]
    open_door: OpenDoor
    draw: Callable[[], float]
    buckets: Buckets
    releases: Releases = field(default_factory=Releases)

    @property
    def fields(self) -> list[Field]:
        """The contact fields of the active release, in a fixed order."""
        current = self.releases.current
        return [current.fields[name] for name in sorted(current.fields)] if current else []

    @property
    def only_to(self) -> tuple[str, ...] | None:
        """Whom this environment may reach (empty: everyone); None: the release knows it not."""
        current = self.releases.current
        environment = current.environments.get(self.environment) if current else None
        return environment.only_to if environment else None

    def suppression_digest(self, address: str) -> str:
        """The keyed digest under which an address stands in the suppression list."""
        return suppression_digest(self.secret, address)


def suppression_digest(secret: SecretKey, address: str) -> str:
    """Return the keyed digest of an address, however it was written."""
    return keyed_digest(secret, "suppression", spell(address))
