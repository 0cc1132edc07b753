"""What the limits of a connection carry, in plain arithmetic: least times, and most a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from leadline.ledger.budget import Concurrency, Fixed, Points, Rolling, Window, attainable_bound
from leadline.ledger.vendor_limits import ALL, HUBSPOT
from leadline.project.project import Project
from leadline.project.systems import System
from leadline.project.windows import own_window
from leadline.project.workflow import PostStep, SaveStep, SendStep

DAY = timedelta(days=1)
DIGEST = 100  # posts that go out as one at most; connectors/slack has the same figure
BATCH = HUBSPOT.sizes["batch"].most

_CALLS = {"slack": "post"}

Acting = SendStep | SaveStep | PostStep


@dataclass(frozen=True, slots=True)
class Load:
    """How many people one call of a step can carry, and through which windows it goes."""

    step: Acting
    system: System
    windows: tuple[Window, ...]

    @property
    def people_a_call(self) -> int:
        """1 for a mail, a batch for records, a digest for posts that are bundled."""
        match self.step:
            case SendStep():
                return 1
            case SaveStep():
                return BATCH
            case PostStep(bundle=bundle):
                return DIGEST if bundle is not None else 1

    def least(self, people: int) -> tuple[timedelta, Window | None]:
        """The least time for so many people when answers take none, and the window that binds.

        It is the attainable bound of the ledger: ⌊(n−1)/N⌋·W for n calls and N in W.
        """
        calls = -(-people // self.people_a_call)
        longest, binding = 0.0, None
        for window in self.windows:
            seconds = attainable_bound(calls, window, 0.0)
            if seconds > longest:
                longest, binding = seconds, window
        return timedelta(seconds=min(longest, 1e9)), binding

    def most_a_day(self) -> tuple[int, Window | None]:
        """The most people that a day of the windows carries, and the window that binds."""
        rates = [(w.limit * (DAY / _span(w)), w) for w in self.windows]
        if not rates:
            return 10**9, None
        least, window = min(rates, key=lambda pair: pair[0])
        return int(least * self.people_a_call), window


def environments(project: Project, asked: str | None) -> tuple[str, ...]:
    """The environment that is asked about; else those with real systems; else all."""
    if asked is not None:
        return (asked,)
    real = tuple(name for name, e in project.environments.items() if not e.sandbox)
    return real or tuple(project.environments)


def loads(step: Acting, project: Project, asked: str | None) -> Iterator[Load]:
    """The load of a step in each environment that counts."""
    system = project.systems[step.connection]
    for name in environments(project, asked):
        yield Load(step, system, windows(system, name))


def windows(system: System, environment: str) -> tuple[Window, ...]:
    """The windows that an action of a connection meets, with the project's own figures."""
    published = ALL[system.kind]
    tier = system.settings.get(environment, {}).get("tier", published.default_tier)
    met = published.windows(tier, _CALLS.get(system.kind, "all"))
    return tuple(own_window(w, system) for w in met if not isinstance(w, Concurrency))


def _span(window: Window) -> timedelta:
    match window:
        case Fixed():
            return window.every
        case Rolling():
            return window.span
        case Concurrency():
            return timedelta(seconds=1)


def rate_words(window: Window) -> str:
    """A window as people say it: "14 messages in 1 second"."""
    unit = "message" if isinstance(window, Points) else "call"
    many = "" if window.limit == 1 else "s"
    return f"{window.limit:,} {unit}{many} in {span_words(_span(window))}"


def span_words(span: timedelta) -> str:
    """A span in the largest unit that leaves a number above one: "12 minutes", "1 day".

    >>> span_words(timedelta(seconds=714))
    '12 minutes'
    """
    seconds = span.total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and (seconds % size == 0 or seconds >= 2 * size):
            count = round(seconds / size)
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    shown = f"{seconds:g}"
    return f"{shown} second{'' if shown == '1' else 's'}"
