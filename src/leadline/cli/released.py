"""What is deployed, as commands need to know it."""

from __future__ import annotations

from difflib import get_close_matches

from leadline.errors import UsageError
from leadline.journey.compiled import CompiledProject
from leadline.runtime.releases import Releases
from leadline.store.pool import Connection


async def current_release(conn: Connection) -> CompiledProject | None:
    """Read the active release, if something is deployed."""
    releases = Releases()
    await releases.refresh(conn)
    return releases.current


def check_workflow(workflow: str | None, current: CompiledProject | None) -> None:
    """Raise UsageError for a workflow that the active release does not have."""
    if workflow is None or current is None or workflow in current.programs:
        return
    near = get_close_matches(workflow, current.programs, n=1)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    known = ", ".join(sorted(current.programs))
    raise UsageError(f'There is no workflow "{workflow}".{meant}', fix=f"Use one of: {known}.")
