"""Conditions and ways in as parts of English sentences."""

from __future__ import annotations

import re

from leadline.blueprint.graph.flow import (
    Comparison,
    Condition,
    Every,
    Failure,
    Happened,
    Live,
    Membership,
    Neither,
    Some,
    Step,
    StepKind,
    Trigger,
)

_BLANKS = re.compile(r"[\x00-\x1f\x7f\s]+")
LONGEST = 300
"""Characters after which a text of the file is cut: enough for any condition that people read."""

SWITCH = {Live.ON: "on", Live.OFF: "off", Live.UNSAID: "on or off, the file does not say"}


def one_line(text: str, longest: int = LONGEST) -> str:
    """A text of a file on one line, cut where it is longer than anybody reads."""
    line = _BLANKS.sub(" ", text).strip()
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def said(condition: Condition, about: str = "record") -> str:
    """A condition in words, to stand after "if"; ``about`` is what the flow is about."""
    match condition:
        case Comparison(field=field, words=words):
            known = words.startswith(field.name)
            return one_line(words if known else f"{field.name} {words}")
        case Membership(words=words):
            return one_line(f"the {about or 'record'} {words}")
        case Every(parts):
            return _joined(parts, "; and ", about) if parts else "always"
        case Some(parts):
            return _joined(parts, "; or ", about) if parts else "never"
        case Neither(parts):
            inner = "; ".join(f"({said(part, about)})" for part in parts)
            return f"none of these holds: {inner}" if parts else "always"
        case Happened(words=words):
            return one_line(words)
        case _:
            return one_line(condition.words)


def _joined(parts: tuple[Condition, ...], word: str, about: str) -> str:
    if len(parts) == 1:
        return said(parts[0], about)
    return word.join(
        f"({said(part, about)})" if isinstance(part, Every | Some | Neither) else said(part, about)
        for part in parts
    )


def way_in(trigger: Trigger, about: str = "record") -> str:
    """What starts a flow, in words; the condition follows where the words do not hold it."""
    words = one_line(trigger.words) or str(trigger.kind)
    if trigger.condition is None:
        return words
    asked = said(trigger.condition, about)
    return words if asked in words else f"{words}, if {asked}"


def ended(text: str) -> str:
    """A text with a full stop, where it has no end yet."""
    line = one_line(text)
    return line if not line or line[-1] in ".!?:…" else f"{line}."


def sentence(text: str) -> str:
    """A sentence part as a sentence: a capital first, a full stop last."""
    line = ended(text)
    return f"{line[:1].upper()}{line[1:]}"


def policy_words(step: Step) -> str:
    """What becomes of a step when its system is down or it fails, as its file decides it."""
    policy = step.policy
    if policy is None:
        return _FAILURES[step.failure]
    does = "waits" if step.kind is StepKind.WAIT else "retries"
    most = " at most" if step.kind is StepKind.WAIT else ""
    first = "" if policy.for_s is None else f"{does} {span(policy.for_s)}{most}, "
    tells = f", and tells {', '.join(policy.tells)}" if policy.tells else ""
    return f"{first}then {policy.then}{tells}"


_FAILURES = {
    Failure.HANDLED: "takes the path for failures",
    Failure.STOPS: "the run ends",
    Failure.IGNORED: "goes on as if nothing had happened",
    Failure.RETRIED: "is tried again",
    Failure.UNSAID: "the file does not say what then",
    Failure.CANNOT: "cannot fail",
}


def span(seconds: float) -> str:
    """A length of time in the largest unit in which it is a whole number.

    >>> [span(s) for s in (0.5, 1, 90, 7200, 86400, 93600)]
    ['0.5 seconds', '1 second', '90 seconds', '2 hours', '1 day', '26 hours']
    """
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return counted(int(seconds // size), name)
    return counted(int(seconds), "second") if seconds % 1 == 0 else f"{seconds:g} seconds"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "flow"), counted(1200, "flow")
    ('1 flow', '1,200 flows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
