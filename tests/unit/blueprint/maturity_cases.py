"""Measured values for the ladder: the example project with facts and a life of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from leadline.blueprint.maturity.measured import (
    Answered,
    Arrivals,
    Coverage,
    Kept,
    Lived,
    Measured,
)
from leadline.project.known import Known, Seen
from leadline.project.project import Project
from tests.unit.project.changed import parsed

TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SILENT = (
    "workflows/webinar.yaml",
    "if_it_fails: { retry_for: 1 hour, then: carry on }",
    "if_it_fails: { retry_for: 1 hour, then: carry on, tell: owner }",
)
COUNTED = ("email", "first_name", "last_name", "company", "company_size", "lifecycle_stage")


def known(**changes: object) -> Known:
    """A good count of yesterday: 1,000 contacts, every field filled for 900 of them."""
    fields = {name: Seen(empty=100, of=1_000) for name in COUNTED}
    found = Known(as_of=TODAY - timedelta(days=1), contacts=1_000, fields=fields)
    return replace(found, **changes)  # type: ignore[arg-type]


def project(*changes: tuple[str, str, str], facts: Known | None = None) -> Project:
    """The example in which every failure is told, with what was counted."""
    return replace(parsed(SILENT, *changes), known=facts)


def lived(**changes: object) -> Lived:
    """An environment in which everything went well for three months."""
    found = Lived(
        environment="dev",
        at=NOW,
        answered={name: Answered(True, NOW) for name in ("mail", "hubspot", "slack")},
        events={
            "webinar.registered": Arrivals(500, 2_000, 3),
            "webinar.cancelled": Arrivals(0, 4),
            "webinar.attended": Arrivals(100, 900),
        },
        effects=MappingProxyType({"confirmed": 900, "accepted": 80, "dead": 10, "held": 2}),
        runs={"webinar": 2_000, "webinar-follow-up": 1_900},
        promises={"webinar": Kept(995, 1_000, 0.99)},
        successes={"webinar": 900, "webinar-follow-up": 0},
        releases=("a", "b", "a"),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def measured(**changes: object) -> Measured:
    """A team that has shown everything."""
    found = Measured(project(facts=known()), TODAY, (), lived(), Coverage(6, 6))
    return replace(found, **changes)  # type: ignore[arg-type]
