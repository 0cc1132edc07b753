"""Releases as workers see them: read from the store, kept by their hash."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadline.errors import LeadlineError
from leadline.journey.compiled import FORMAT, CompiledProject, from_json
from leadline.journey.program import Program
from leadline.store import control
from leadline.store.pool import Connection


@dataclass(slots=True)
class Releases:
    """Every release that was ever active, compiled; ``active`` is the hash of the last one."""

    active: str | None = None
    loaded: dict[str, CompiledProject] = field(default_factory=dict[str, CompiledProject])

    async def refresh(self, conn: Connection) -> None:
        """See which release is active, and read those that runs may be pinned to."""
        self.active = await control.active_release(conn)
        for activation in await control.activations(conn, 1000):
            if activation.hash not in self.loaded:
                await self.load(conn, activation.hash)

    async def hold(self, conn: Connection) -> tuple[str, CompiledProject] | None:
        """Return the release that is, and stays, active until the transaction ends."""
        await control.hold_release(conn)
        active = await control.active_release(conn)
        return None if active is None else (active, await self.load(conn, active))

    async def load(self, conn: Connection, release: str) -> CompiledProject:
        """Return a release; raises LeadlineError where it is missing or in a format unknown."""
        found = self.loaded.get(release)
        if found is not None:
            return found
        row = await control.read_release(conn, release)
        if row is None:
            raise LeadlineError(
                f"The release {release[:12]} is not in the store.",
                fix="Deploy the project again: leadline deploy.",
            )
        if row.format > FORMAT:
            raise LeadlineError(
                f"The release {release[:12]} has format {row.format}; this Leadline reads "
                f"up to {FORMAT}.",
                fix="Upgrade Leadline on this host.",
            )
        found = from_json(row.program)
        self.loaded[release] = found
        return found

    @property
    def current(self) -> CompiledProject | None:
        """The active release, if there is one."""
        return self.loaded.get(self.active) if self.active else None

    def program(self, release: str, workflow: str) -> Program | None:
        """The program of a workflow in a release."""
        found = self.loaded.get(release)
        return found.programs.get(workflow) if found else None

    def awaiting(self, event: str) -> frozenset[str]:
        """The workflows in which, in any release, a run may wait for this event or end by it."""
        return frozenset(
            name
            for compiled in self.loaded.values()
            for name, program in compiled.programs.items()
            if event in program.awaits
        )

    def succeeding(self, event: str) -> frozenset[str]:
        """The workflows for which, in any release, this event counts as success."""
        return frozenset(
            name
            for compiled in self.loaded.values()
            for name, program in compiled.programs.items()
            if program.success is not None and program.success.event == event
        )
