"""Time zones as tools write them, and the clocks of each country (the tz database's table)."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

YEAR = 2026  # any year of the present rules
# The tools' own names for what the tz database calls otherwise (Windows, older Rails).
ALSO = {"utc", "gmt", "w. europe standard time", "central european standard time",
        "gmt standard time", "romance standard time", "eastern standard time",
        "central standard time", "mountain standard time", "pacific standard time",
        "eastern time (us & canada)", "central time (us & canada)",
        "pacific time (us & canada)", "berlin", "london", "paris", "vienna", "amsterdam",
        "new york"}  # fmt: skip


def zone_of(said: str) -> str | None:
    """The tz database's name in lower case, an accepted other name, or None.

    HubSpot writes ``europe_slash_berlin``.
    """
    plain = said.strip().lower().replace("_slash_", "/").replace(" ", "_")
    if plain in _zones():
        return plain
    spaced = said.strip().lower()
    return spaced if spaced in ALSO else None


def fits(zone: str, country: str) -> bool:
    """Whether somebody in that country (two letters) may keep the zone.

    Clocks are compared, not names: Europe/Berlin is right in Vienna. A zone or a country that
    the table does not hold fits.
    """
    own = _clock(zone)
    there = {_clock(other) for other in _zones_of().get(country, frozenset())}
    return own is None or not there or own in there


@cache
def _clock(zone: str) -> tuple[object, object] | None:
    """The offsets from UTC in winter and in summer of a fixed year."""
    named = _zones().get(zone)
    if named is None:
        return None
    info = ZoneInfo(named)
    return (
        datetime(YEAR, 1, 15, tzinfo=info).utcoffset(),
        datetime(YEAR, 7, 15, tzinfo=info).utcoffset(),
    )


@cache
def _zones() -> dict[str, str]:
    return {zone.lower(): zone for zone in available_timezones()}


@cache
def _zones_of() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for table in ("zone1970.tab", "zone.tab"):
        lines = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line and not line.startswith("#"):
                codes, _, zone = line.split("\t")[:3]
                for code in codes.split(","):
                    found.setdefault(code, set()).add(zone.lower())
    return {code: frozenset(zones) for code, zones in found.items()}
