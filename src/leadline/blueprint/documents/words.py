"""What steps, times and policies are called in documentation."""

from __future__ import annotations

from datetime import timedelta

from leadline.project.workflow import (
    CarryOn,
    ChooseStep,
    DeadLetter,
    EnrollStep,
    FailurePolicy,
    GoTo,
    HasSeen,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Step,
    StopRun,
    StopStep,
    Then,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def span(length: timedelta) -> str:
    """A length of time in the largest units in which it is whole.

    >>> span(timedelta(days=1)), span(timedelta(hours=36)), span(timedelta(seconds=90))
    ('1 day', '36 hours', '90 seconds')
    """
    seconds = round(length.total_seconds())
    name, size = next(((n, s) for n, s in _UNITS if seconds and seconds % s == 0), _UNITS[-1])
    count = seconds // size
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def does(step: Step) -> str:
    """What a step does, in a few words."""
    match step:
        case SendStep(message=message, purpose=purpose, connection=system):
            return f"sends {message} ({purpose}) through {system}"
        case SaveStep(connection=system, object=kind, fields=fields):
            return f"writes {', '.join(fields)} to the {kind} in {system}"
        case PostStep(connection=system, channel=channel, message=message):
            return f"posts {message} to {channel} in {system}"
        case SetStep(fields=fields):
            return f"writes our own {', '.join(fields)}"
        case WaitStep(span=length):
            return f"waits {span(length)}"
        case WaitUntilStep(until=until):
            return f"waits until {moment(until)}"
        case WaitForStep(event=event, at_most=most):
            return f"waits for {event}, at most {span(most)}"
        case ChooseStep(branches=branches, unknown=unknown):
            ways = len(branches) + 1 + (unknown is not None)
            return f"chooses one of {ways} ways"
        case EnrollStep(workflow=other):
            return f"hands the person on to {other}"
        case StopStep(reason=reason):
            return f"ends the run: {reason}"


def moment(until: RelativeTime | WallTime | HasSeen) -> str:
    """A moment in words.

    >>> from leadline.expression.tree import Ref
    >>> moment(RelativeTime(Ref("event", "starts_at"), timedelta(hours=-1)))
    '1 hour before event.starts_at'
    """
    match until:
        case HasSeen(system=system, step=step):
            return f"{system} has seen {step}"
        case WallTime(local=local, zone=zone):
            return f"{local:%Y-%m-%d %H:%M} in {zone}"
        case RelativeTime(ref=ref, offset=offset) if offset:
            side = "before" if offset < timedelta() else "after"
            return f"{span(abs(offset))} {side} {ref}"
        case RelativeTime(ref=ref):
            return str(ref)


def then(what: Then) -> str:
    """What follows, in words after "then"."""
    match what:
        case CarryOn():
            return "goes on with the next step"
        case StopRun():
            return "ends the run"
        case DeadLetter():
            return "puts the run into the dead letters"
        case GoTo(step=step):
            return f"goes to {step}"


def policy(of: FailurePolicy) -> str:
    """What Leadline does by itself when a step fails."""
    retries = f"tries again for {span(of.retry_for)}, then" if of.retry_for else "at once"
    tells = f"; tells {', '.join(of.tell)}" if of.tell else "; tells nobody"
    return f"{retries} {then(of.then)}{tells}"
