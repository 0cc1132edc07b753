"""How a forecast speaks of spans and shares."""

from __future__ import annotations


def span(seconds: float) -> str:
    """Say a span as people do.

    >>> span(0.27), span(1.0), span(36.4), span(751), span(9_000), span(612_000)
    ('0.3 s', '1 s', '36 s', '12 min 31 s', '2 h 30 min', '7 d 2 h')
    """
    if seconds < 9.95 and seconds != round(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    for big, small, names in ((60, 1, "min s"), (3600, 60, "h min"), (86_400, 3600, "d h")):
        limit = {60: 7200, 3600: 172_800, 86_400: 10**12}[big]
        if whole < limit:
            first, second = names.split()
            steps = round(seconds / small)
            ratio = big // small
            rest = f" {steps % ratio} {second}" if steps % ratio else ""
            return f"{steps // ratio} {first}{rest}"
    return "for ever"


def short(seconds: float) -> str:
    """Say a span so that it fits into a column.

    >>> short(0.27), short(751), short(612_000)
    ('0.3 s', '12:31 min', '7d 2h')
    """
    if seconds < 120:
        return span(seconds)
    whole = round(seconds)
    if whole < 7200:
        return f"{whole // 60}:{whole % 60:02} min"
    if whole < 172_800:
        return f"{whole // 3600}:{whole % 3600 // 60:02} h"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h"


def percent(share: float) -> str:
    """Say a share; never 100 % of what is not all.

    >>> percent(1.0), percent(0.9996), percent(0.5)
    ('100 %', '99.9 %', '50 %')
    """
    if share in {0.0, 1.0}:
        return f"{share:.0%}".replace("%", " %")
    shown = min(max(share * 100, 0.1), 99.9)
    return f"{shown:.1f}".removesuffix(".0") + " %"


def many(count: int, one: str) -> str:
    """Say a number of things.

    >>> many(1, "run"), many(1200, "run")
    ('1 run', '1,200 runs')
    """
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
