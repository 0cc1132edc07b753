"""The limits of a system as they hold for a team: its tier, and the provider's own figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leadline.errors import UsageError
from leadline.ledger.budget import Fixed, Points, Rolling, Window
from leadline.ledger.vendor_limits import ALL, PublishedWindow
from leadline.project.project import Project
from leadline.project.systems import System


def own_window(window: Window, system: System) -> Window:
    """The window with the provider's own figure, where the system's file states one."""
    limit = system.limits.get(window.name)
    if limit is None:
        return window
    if isinstance(window, Rolling | Points):
        return replace(window, limit=limit.count, span=limit.window)
    if isinstance(window, Fixed) and limit.window <= timedelta(days=1):
        return replace(window, limit=limit.count, every=limit.window)
    return replace(window, limit=limit.count)


def windows_of(system: System, environment: str) -> tuple[PublishedWindow, ...]:
    """What a system allows in an environment: its tier's windows, each with the team's figure.

    Raises UsageError for a tier that the vendor does not have.
    """
    vendor = ALL[system.kind]
    tier = system.settings.get(environment, {}).get("tier", vendor.default_tier)
    if tier not in vendor.tiers:
        raise UsageError(
            f'"{tier}" is no tier of {system.kind}.',
            where=f"systems/{system.name}.yaml",
            fix=f"Write one of: {', '.join(vendor.tiers)}.",
        )
    return tuple(replace(one, window=own_window(one.window, system)) for one in vendor.tiers[tier])


def real_environment(project: Project) -> str:
    """The environment whose limits count: the first with real systems, else the first of all."""
    real = [name for name, one in project.environments.items() if not one.sandbox]
    return real[0] if real else next(iter(project.environments))
