"""The runbook: what can fail, what Leadline does by itself, and what a person does."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.documents.blocks import (
    Block,
    Code,
    Heading,
    Line,
    Link,
    Page,
    Paragraph,
    Strong,
    Table,
    joined,
)
from leadline.blueprint.documents.material import Material
from leadline.blueprint.documents.words import moment, policy, span, then
from leadline.ledger.budget import Concurrency, Fixed, Window
from leadline.ledger.vendor_limits import ALL
from leadline.project.systems import System
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    ChooseStep,
    DeadLetter,
    EnrollStep,
    GoTo,
    PostStep,
    SaveStep,
    SendStep,
    Step,
    WaitForStep,
    WaitUntilStep,
    Workflow,
)

_COLUMNS = ("What happens", "How it shows", "What Leadline does", "What you do")
_STEP_COLUMNS = ("Step", "What can fail", "What Leadline does", "What you do")


def runbook(material: Material) -> Page:
    """The page of everything that can fail."""
    blocks: list[Block] = [Heading("Anything at all", 2, "anything"), _anything()]
    for system in material.project.systems.values():
        blocks += _system(system)
    for workflow in material.project.workflows.values():
        blocks += _workflow(workflow)
    return Page(
        "runbook",
        "Runbook",
        "What can fail, what happens then by itself, and what a person does.",
        tuple(blocks),
    )


def _row(what: str, shows: Line, leadline: str, person: Line) -> tuple[Line, ...]:
    return ((what,), shows, (leadline,), person)


def _anything() -> Table:
    status: Line = (Code("leadline status"),)
    return Table(
        _COLUMNS,
        (
            _row(
                "Something seems wrong, and nobody knows what",
                status,
                "Names broken promises, open incidents, what waits and until when.",
                ("Begin with what stands under “Needs you”.",),
            ),
            _row(
                "Somebody says that she got nothing",
                (Code("leadline why ADDRESS"),),
                "Keeps for each person what happened, what did not, and why.",
                ("Do what the answer says.",),
            ),
            _row(
                "It must all stand still, now",
                status,
                "Finishes what is being sent, then sends nothing more.",
                (
                    Code('leadline pause everything --why "…"'),
                    ", later ",
                    Code("leadline resume everything"),
                    ". What is too late by then is not sent.",
                ),
            ),
            _row(
                "Events come in and start nothing",
                (Code("leadline events --rejected"),),
                "Keeps each rejected event with the reason.",
                ("Mend what sends them; declare what is new in ", Code("events.yaml"), "."),
            ),
            _row(
                "A process or the machine dies",
                status,
                "Loses nothing: the next process goes on, and asks about what was in doubt.",
                ("Start it again: ", Code("leadline serve"), "."),
            ),
        ),
        "",
    )


def _system(system: System) -> Iterator[Block]:
    name = system.name
    yield Heading(f"System {name}", 2, f"system-{name}")
    yield Paragraph(
        (
            "Owner: ",
            Strong(system.owner or "nobody"),
            ". Told when the connection fails: ",
            Strong(", ".join(system.tell) or "nobody"),
            ".",
        )
    )
    yield Table(_COLUMNS, tuple(_system_rows(system)), "")


def _system_rows(system: System) -> Iterator[tuple[Line, ...]]:
    name = system.name
    status: Line = (Code("leadline status"),)
    check = Code(f"leadline systems check {name}")
    resume = Code(f"leadline resume connection {name}")
    secrets = [(Code(str(ref)),) for _, ref in sorted(system.secrets.items())]
    renew: Line = ("Renew ", *joined(tuple(secrets)), ", then ") if secrets else ()
    yield _row(
        "It refuses our credentials",
        status,
        "Pauses the connection and opens one incident. What is to be sent waits; nothing is lost.",
        (*renew, check, ", then ", resume, "."),
    )
    yield _row(
        "It is paused by a person",
        status,
        "Keeps everything waiting. What is too late when it goes on is not sent, and says so.",
        ("Ask who paused it and why (it stands there), then ", resume, "."),
    )
    yield _row(
        f"Its limit is reached ({_limits(system)})",
        status,
        "Waits until there is room: no call is refused for being too many. Transactional goes "
        "before bulk.",
        (
            "Nothing, or a higher tier: say so in ",
            Code(f"systems/{name}.yaml"),
            ", then ",
            Code("leadline deploy"),
            ".",
        ),
    )
    yield _row(
        "It does not answer",
        status,
        "Tries again with growing pauses, as long as the step allows; then the step's own way.",
        ("Look at the vendor's status page. ", check, " says when it is back."),
    )
    yield _row(
        "Nobody can say whether something took effect",
        (Code(f"leadline actions --connection {name} --state held"),),
        "Asks the system where it can be asked; what cannot be proved is held, never sent twice.",
        (
            f"Look it up in {name}, then ",
            Code('leadline settle KEY accepted --why "…"'),
            " (or pending, or dead).",
        ),
    )


def _limits(system: System) -> str:
    published = ALL.get(system.kind)
    known: dict[str, str] = {}
    if published is not None:
        tiers = sorted({s["tier"] for s in system.settings.values() if "tier" in s})
        tier = tiers[0] if tiers and tiers[0] in published.tiers else published.default_tier
        known = {p.window.name: _window(p.window) for p in published.tiers[tier]}
    known |= {
        name: f"{limit.count:,} per {span(limit.window)}" for name, limit in system.limits.items()
    }
    return "; ".join(f"{name}: {says}" for name, says in known.items()) or "none is known"


def _window(window: Window) -> str:
    match window:
        case Concurrency(limit=limit):
            return f"{limit:,} at once"
        case Fixed(limit=limit, every=every):
            return f"{limit:,} per {span(every)}"
        case _:
            return f"{window.limit:,} per {span(window.span)}"


def _workflow(workflow: Workflow) -> Iterator[Block]:
    name = workflow.name
    yield Heading(f"Workflow {workflow.title}", 2, f"workflow-{name}")
    yield Paragraph(
        ("See ", Link(name, f"workflow-{name}"), ". Owner: ", Strong(workflow.owner), ".")
    )
    rows = [row for step in all_steps(workflow.steps) for row in _step(name, step)]
    yield Table(_STEP_COLUMNS, (*_start(workflow), *rows), "No step can fail.")


def _start(workflow: Workflow) -> Iterator[tuple[Line, ...]]:
    yield (
        ("(start)",),
        (f"More than {workflow.starts.max_burst:,} people come at once.",),
        ("Lets nobody in until a person agrees.",),
        (
            "See that they are real, then ",
            Code(f"leadline approve {workflow.name}"),
            "; or stop them: ",
            Code(f"leadline stop --workflow {workflow.name}"),
            ".",
        ),
    )
    if workflow.promise is not None:
        promise = workflow.promise
        yield (
            ("(promise)",),
            (
                f"Fewer than {promise.share * 100:g} % reach {promise.step} within "
                f"{span(promise.within)}.",
            ),
            ("Says so under “Promises”, with the share.",),
            (Code("leadline status"), " names what waits, and for which limit."),
        )


def _step(workflow: str, step: Step) -> Iterator[tuple[Line, ...]]:
    match step:
        case SendStep(policy=of, not_after=late, connection=system):
            fails = "The address does not exist, or the mail server does not take it."
            yield _acts(workflow, step, fails, policy(of), replay=_replays(step))
            if late is not None:
                yield (
                    (Code(step.name),),
                    (f"It is later than {moment(late)}.",),
                    ("Does not send it, and records that it was too late.",),
                    (
                        "See what made it wait: ",
                        Code(f"leadline actions --step {step.name} --state expired"),
                        f", and the limits of {system}.",
                    ),
                )
        case SaveStep(policy=of, connection=system):
            fails = f"{system} refuses a value, or does not answer."
            yield _acts(workflow, step, fails, policy(of), replay=_replays(step))
        case PostStep(policy=of, connection=system, channel=channel):
            fails = f"{system} does not know {channel}, or does not answer."
            yield _acts(workflow, step, fails, policy(of), replay=_replays(step))
        case _:
            yield from _quiet(workflow, step)


def _replays(step: SendStep | SaveStep | PostStep) -> bool:
    return isinstance(step.policy.then, DeadLetter | GoTo)


def _acts(
    workflow: str, step: Step, fails: str, leadline: str, *, replay: bool
) -> tuple[Line, ...]:
    letters = Code(f"leadline dead-letters --workflow {workflow}")
    again = Code(f"leadline replay --workflow {workflow} --step {step.name}")
    person: Line = ("See the cause: ", letters, ". Mend it, then ", again, ".")
    if not replay:
        person = ("The run has gone on without it. See whom it hit: ", letters, ".")
    return ((Code(step.name),), (fails,), (f"{leadline[:1].upper()}{leadline[1:]}.",), person)


def _quiet(workflow: str, step: Step) -> Iterator[tuple[Line, ...]]:
    why = Code(f"leadline why ADDRESS {workflow}")
    match step:
        case WaitForStep(event=event, at_most=most, if_not=if_not):
            yield (
                (Code(step.name),),
                (f"{event} does not come.",),
                (f"After {span(most)} it {then(if_not)}.",),
                ("If it stops for everybody, mend the source: ", Code("leadline events"), "."),
            )
        case WaitUntilStep(until=until, at_most=most, if_not=if_not):
            limit = f"After {span(most)} it" if most is not None else "Where it cannot be, it"
            yield (
                (Code(step.name),),
                (f"The moment does not come or is unknown ({moment(until)}).",),
                (f"{limit} {then(if_not)}.",),
                (why, " names the value that was missing."),
            )
        case ChooseStep(unknown=unknown):
            way = "the way for the unknown" if unknown is not None else "the way of else"
            yield (
                (Code(step.name),),
                ("A value that decides is unknown.",),
                (f"Takes {way}, and records that it was unknown.",),
                ("Fill the field at its source. ", why, " shows what was known."),
            )
        case EnrollStep(workflow=other):
            yield (
                (Code(step.name),),
                (f"The person has been in {other} for the same reason before.",),
                ("Does not let her in again, and records why.",),
                ("Nothing. ", Code(f"leadline why ADDRESS {other}"), " shows the entry."),
            )
        case _:
            pass
