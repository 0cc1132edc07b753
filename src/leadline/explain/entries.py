"""Why somebody never entered: from what came in, and its entries, to a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.explain import words
from leadline.explain.causes import Cause, EntriesLike, EventsLike, Finding
from leadline.explain.read import Known, properties
from leadline.journey.reentry import WhyNot
from leadline.project.address import why_impossible
from leadline.store.report import EntryLine
from leadline.store.why import CameIn


@dataclass(frozen=True, slots=True)
class _Why:
    """How a reason is said; ``{detail}`` is what decided, ``{event}`` the event in quotes."""

    cause: Cause
    says: str
    would_have: str
    mend: str


REASONS: Mapping[str, _Why] = {
    WhyNot.TOO_LATE: _Why(
        Cause.CAME_LATE,
        "it came in too late to start anything: {detail}.",
        "{event} had come in within late_after, or the tracking plan said `late: trigger` of it",
        "If late ones shall start it, write `late: trigger` under {event} in events.yaml.",
    ),
    WhyNot.NO_ADDRESS: _Why(
        Cause.NO_ADDRESS,
        "no email address of this person is known, and the workflow needs one.",
        "an address had come with the event, or before it",
        "Send the address with {event} (context.traits.email), or by identify.",
    ),
    WhyNot.IMPOSSIBLE_ADDRESS: _Why(
        Cause.IMPOSSIBLE_ADDRESS,
        "no mail can go to {address}. {detail}",
        "the address had been one",
        "Correct the address where it is asked for; a corrected registration enters.",
    ),
    WhyNot.ONCE_PER_UNKNOWN: _Why(
        Cause.ONCE_PER_UNKNOWN,
        "the value that the workflow is once per is unknown{detail}.",
        "{event} had carried that value",
        "Send that value with {event}.",
    ),
    WhyNot.CONDITION_FALSE: _Why(
        Cause.CONDITION_FALSE,
        "its condition did not hold: {detail}.",
        "the condition had held",
        "Nothing; the workflow says so under starts.",
    ),
    WhyNot.CONDITION_UNKNOWN: _Why(
        Cause.CONDITION_UNKNOWN,
        "its condition could not be decided: {detail}.",
        "the values that it reads were known",
        "Have the unknown value filled in, or let the condition say `or unknown`.",
    ),
    WhyNot.ALREADY_ENTERED: _Why(
        Cause.ALREADY_IN,
        "this person had entered it already, and it is entered once for each value of once_per.",
        "it were the first time",
        "Nothing; a second registration shall send nothing twice.",
    ),
}


def explain_entry(entry: EntryLine, known: Known) -> Finding:
    """Say why a trigger entered nobody, or that it waits."""
    found = next((e for e in known.events if e.id == entry.cause), None)
    event = "an event" if found is None else found.name
    by = f'When "{event}" came in{_carried(found)}'
    if "enrolled_by" in entry.detail:
        event, by = "", "When a step enrolled this person"
    likes = EntriesLike(entry.workflow, entry.outcome, entry.reason)
    if entry.outcome == "waiting":
        return Finding(
            Cause.WAITING_FOR_APPROVAL,
            f'{by} at {words.at(entry.at)}, more people came to "{entry.workflow}" at once than '
            "max_burst lets through, so that this one waits for a person's approval.",
            entry.at,
            "This person would have entered if fewer had come in that hour.",
            f"leadline approve {entry.workflow}",
            likes=likes,
        )
    why = REASONS.get(entry.reason or "")
    if why is None:
        return Finding(
            Cause.REFUSED,
            f'{by} at {words.at(entry.at)}, "{entry.workflow}" was not entered: '
            f"{words.sentence(entry.reason or 'no reason was kept')}",
            entry.at,
            likes=likes,
        )
    detail = str(entry.detail.get("detail") or "").rstrip(".")
    if why.cause is Cause.IMPOSSIBLE_ADDRESS and detail:
        detail = f"{detail}."
    if why.cause is Cause.ONCE_PER_UNKNOWN and detail:
        detail = f": {detail}"
    address = known.values.get("email")
    names = {
        "detail": detail,
        "event": f'"{event}"' if event else "the event that began it all",
        "address": words.value(address) if address is not None else "the address",
    }
    return Finding(
        why.cause,
        f'{by} at {words.at(entry.at)}, "{entry.workflow}" was not entered: '
        f"{why.says.format(**names).rstrip()}",
        entry.at,
        f"This person would have entered if {why.would_have.format(**names)}.",
        why.mend.format(**names),
        likes=likes,
    )


def _carried(event: CameIn | None) -> str:
    """The values that an event brought, in brackets."""
    said = "" if event is None else words.values(properties(event))
    return f" ({said})" if said else ""


def explain_rejected(event: CameIn) -> Finding:
    """Say why an event counts for nothing."""
    reason = event.rejected or ""
    name = f'"{event.name}"' if event.name else "Something without a name"
    return Finding(
        Cause.EVENT_REJECTED,
        f"{name} came in at {words.at(event.received_at)} and counts for nothing: "
        f"{words.sentence(reason)}",
        event.received_at,
        "It would have counted if it kept to the tracking plan.",
        "Mend what sends it, and send it again; all of them: leadline events --rejected",
        likes=EventsLike(reason),
    )


def explain_unrouted(event: CameIn) -> Finding:
    """Say that an event waits for a worker."""
    return Finding(
        Cause.NOT_LOOKED_AT,
        f'"{event.name}" came in at {words.at(event.received_at)} and is stored, but no worker '
        "has looked at it yet.",
        event.received_at,
        "It would have been looked at if a worker had time for it.",
        "Start a worker if none runs: leadline serve",
    )


def never_seen(known: Known) -> Finding:
    """Say that nothing is known, which is an answer: nothing ever came in."""
    impossible = why_impossible(known.asked)
    hint = f" {impossible}" if impossible and "@" in known.asked else ""
    return Finding(
        Cause.NEVER_SEEN,
        f'Nobody with the address "{known.asked}" is known: no event with it ever came in.{hint}',
        known.now,
        "Something would be known if an event with this address had been sent, with a write key "
        "of this environment.",
        "See that what sends events names this address, and that it is spelled as here.",
    )


def no_trigger(workflow: str, known: Known) -> Finding:
    """Say that nothing that came in starts a workflow."""
    assert known.current is not None
    program = known.current.programs[workflow]
    names = sorted({event.name for event in known.events})
    came = f"what came in is {words.listing(names, 'and')}" if names else "nothing else counts"
    if not names and not known.rejected:
        came = "nothing came in at all"
    if not program.starts.when:
        others = sorted(_enrolling(workflow, known))
        by = f"from {words.listing(others)}" if others else "and no workflow enrolls anybody in it"
        return Finding(
            Cause.NO_TRIGGER,
            f'"{workflow}" is only entered by a step of another workflow, {by}, and no such step '
            "was reached for this person.",
            known.now,
            "This person would have entered if such a step had been reached.",
            "See above how far the runs of the other workflow came.",
        )
    starts = words.listing(program.starts.when)
    return Finding(
        Cause.NO_TRIGGER,
        f'Nothing that starts "{workflow}" came in for this person: it starts on {starts}; {came}.',
        known.now,
        f"This person would have entered if {starts} had come in.",
        "See that what sends events names this person the same way each time.",
    )


def _enrolling(workflow: str, known: Known) -> set[str]:
    from_steps: set[str] = set()
    assert known.current is not None
    for program in known.current.programs.values():
        for flat in program.steps.values():
            step = getattr(flat, "step", None)
            if getattr(step, "workflow", None) == workflow:
                from_steps.add(program.workflow)
    return from_steps
