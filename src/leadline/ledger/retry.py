"""When to try again: exponential backoff with full jitter, inside a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """The ceiling of the wait doubles from ``first`` with each attempt, up to ``most``."""

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=15)


DEFAULT = Backoff()
_DOUBLINGS = 40  # beyond it any ceiling is `most`; keeps the power small


def ceiling(attempt: int, backoff: Backoff = DEFAULT) -> timedelta:
    """The longest wait after the given attempt (the first is 1).

    >>> [ceiling(n).total_seconds() for n in (1, 2, 3, 11, 1000)]
    [1.0, 2.0, 4.0, 900.0, 900.0]
    """
    if attempt < 1:
        raise ValueError(f"Attempts are counted from 1, not {attempt}.")
    factor = 2 ** min(attempt - 1, _DOUBLINGS)
    return backoff.first * factor if factor <= backoff.most / backoff.first else backoff.most


def next_attempt(
    attempt: int,
    now: datetime,
    deadline: datetime,
    retry_after: datetime | None,
    draw: float,
    backoff: Backoff = DEFAULT,
) -> datetime | None:
    """When to make the next attempt, or None: give up.

    ``attempt`` is the number of the one that just failed; ``retry_after`` the moment before
    which the vendor asked us not to come back; ``draw`` a random number from 0 to 1, drawn by
    the caller. Full jitter: the wait is anywhere between nothing and its ceiling, so that a
    thousand actions that failed together do not come back together. Near the deadline the
    ceiling shrinks to what is left; it is given up when less is left than the first wait.

    >>> from datetime import UTC
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> str(next_attempt(3, now, now + timedelta(hours=6), None, 0.5))
    '2026-01-01 00:00:02+00:00'
    >>> next_attempt(3, now, now, None, 0.5) is None
    True
    """
    if not 0.0 <= draw <= 1.0:
        raise ValueError(f"The draw is between 0 and 1, not {draw}.")
    earliest = now if retry_after is None else max(now, retry_after)
    if deadline - earliest < backoff.first:
        return None
    return max(earliest, now + draw * min(ceiling(attempt, backoff), deadline - now))
