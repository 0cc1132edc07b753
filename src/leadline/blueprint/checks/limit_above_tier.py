"""A limit in the project that is higher than what the vendor gives for the tier."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.ledger.budget import Concurrency, Fixed, Rolling
from leadline.ledger.vendor_limits import ALL, PublishedWindow, Trust
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.quantities import in_words
from leadline.project.systems import Limit, System


def _find(subject: Subject) -> Iterator[Problem]:
    for system in subject.project.systems.values():
        tiers = {settings["tier"] for settings in system.settings.values()}
        for name, limit in system.limits.items():
            for tier in sorted(tiers):
                for window in ALL[system.kind].tiers[tier]:
                    if window.window.name == name and _is_above(limit, window):
                        yield _problem(system, name, limit, tier, window)


def _is_above(limit: Limit, published: PublishedWindow) -> bool:
    """Whether the project would call faster; a figure that nobody published is not held up."""
    window = published.window
    if published.source.trust is Trust.ASSUMED:
        return False
    match window:
        case Rolling():
            span = window.span
        case Fixed():
            span = window.every
        case Concurrency():
            return limit.count > window.limit
    return limit.count * span > window.limit * limit.window


def _problem(
    system: System, name: str, limit: Limit, tier: str, published: PublishedWindow
) -> Problem:
    window = published.window
    span = window.span if isinstance(window, Rolling) else None
    theirs = f"{window.limit:,} per {in_words(span)}" if span else f"{window.limit:,} a day"
    return Problem(
        CHECK.code,
        f"{quoted(system.name)} allows itself {limit.count:,} per {in_words(limit.window)} "
        f"({quoted(name)}), but {quoted(tier)} has {theirs}.",
        system.where,
        "Write the tier that you pay for, or take the line out of limits:.",
        CHECK.severity,
        f"{published.source.text}, read on {published.source.read_on}",
    )


CHECK = Check(
    code="limit-above-tier",
    title="A limit above what was bought",
    severity=Severity.WARNING,
    marketer="Leadline would send faster than the vendor takes it. The vendor refuses calls, and "
    "what should have gone out in minutes takes longer than with the right figure.",
    engineer="limits: of the system is above the vendor's published figure for its tier "
    "(ledger/vendor_limits.py, with source and date). Figures that are only assumed, such as the "
    "rate of a mail provider, are not held up.",
    mend="Write the tier that you pay for, or leave the figure to it.",
    find=_find,
)
