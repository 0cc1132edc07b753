"""The data dictionary and the tracking plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leadline.blueprint.documents.blocks import (
    Bullets,
    Code,
    Heading,
    Line,
    Link,
    Page,
    Table,
    joined,
)
from leadline.blueprint.documents.material import Material
from leadline.blueprint.documents.words import span
from leadline.blueprint.maturity.evidence import percent
from leadline.blueprint.uses import How, Use, events_named, uses
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.known import Known
from leadline.project.project import Project
from leadline.project.triggers import project_triggers

NOBODY: Line = ("nobody",)


def dictionary(material: Material) -> Page:
    """Every field: what it is, where it stands, who reads and who writes it."""
    project = material.project
    found = uses(project)
    rows = [_field(field, found, project.known) for field in project.fields.values()]
    counted = "It was not counted how many are empty: leadline inspect … --facts does."
    if project.known is not None:
        counted = (
            f"Emptiness was counted in {project.known.contacts:,} contacts on "
            f"{project.known.as_of.isoformat()}."
        )
    return Page(
        "data",
        "Data dictionary",
        f"What is known of a contact, and who works with it. {counted}",
        (
            Table(
                (
                    "Field",
                    "Type",
                    "Personal",
                    "System of record",
                    "Name in each system",
                    "Read by",
                    "Written by",
                    "Empty",
                ),
                tuple(rows),
                "No field is declared in data/.",
            ),
        ),
    )


def _field(field: Field, found: Iterable[Use], known: Known | None) -> tuple[Line, ...]:
    mine = [use for use in found if use.ref.scope == "contact" and use.ref.name == field.name]
    kind = str(field.type.kind)
    if field.type.values:
        kind = f"{kind}: {', '.join(field.type.values)}"
    names: Iterable[Line] = ((f"{s}: ", Code(n)) for s, n in sorted(field.names.items()))
    seen = known.fields.get(field.name) if known is not None else None
    empty = "not counted" if seen is None or not seen.of else percent(seen.empty, seen.of)
    return (
        (Code(field.name),),
        (f"{kind}{'; every value is written' if field.every_value else ''}",),
        ("yes" if field.pii else "no",),
        (field.system_of_record or "not said",),
        joined(tuple(names)) or ("only here",),
        _users(mine, How.READS),
        _users(mine, How.WRITES),
        (empty,),
    )


def _users(found: Iterable[Use], how: How) -> Line:
    """The workflows that use a value, each once, with the places in it."""
    places: dict[str, dict[str, None]] = {}
    for use in found:
        if use.how is how:
            place = use.step if use.step is not None else "its start or stop"
            into = f" (in {use.system})" if use.system is not None else ""
            places.setdefault(use.workflow, {})[f"{place}{into}"] = None
    lines: Iterable[Line] = (
        (Link(name, f"workflow-{name}"), f": {', '.join(steps)}") for name, steps in places.items()
    )
    return joined(tuple(lines), "; ") or NOBODY


def tracking_plan(material: Material) -> Page:
    """Every event: its properties, what is expected, and what it does."""
    project = material.project
    named = {name: events_named(w) for name, w in project.workflows.items()}
    behind = {
        name: frozenset((*named[name], *events))
        for name, events in project_triggers(project).items()
    }
    found = uses(project)
    blocks: list[Heading | Bullets | Table] = []
    for event in project.events.values():
        blocks += [
            Heading(event.name, 2, f"event-{anchor(event.name)}"),
            Bullets(tuple(_about(event, project, named))),
            Table(
                ("Property", "Type", "Read by"),
                tuple(_property(name, event, found, behind) for name in event.properties),
                "It carries no property.",
            ),
        ]
    return Page(
        "events",
        "Tracking plan",
        "What people do, as it must be sent. What is not declared here is kept, and starts "
        "nothing.",
        tuple(blocks),
    )


def _about(
    event: EventType, project: Project, named: Mapping[str, tuple[str, ...]]
) -> Iterable[Line]:
    starting = [w for w in project.workflows.values() if event.name in w.starts.when]
    others = [
        w for w in project.workflows.values() if event.name in named[w.name] and w not in starting
    ]
    yield ("Starts: ", *_workflows(w.name for w in starting), ".")
    yield ("Stops, is waited for or counts in: ", *_workflows(w.name for w in others), ".")
    if event.expect is not None:
        within = span(event.expect.within)
        yield (f"Expected: at most {event.expect.count:,} in {within}.",)
    seen = project.known.events.get(event.name) if project.known is not None else None
    if seen is not None:
        yield (
            f"Counted: {seen.per_day:,.1f} on an average day, at most {seen.burst:,} within "
            f"{span(seen.within)}.",
        )
    if event.late_trigger:
        yield ("Starts workflows however late it comes.",)


def _workflows(names: Iterable[str]) -> Line:
    return joined(tuple((Link(name, f"workflow-{name}"),) for name in names)) or ("nothing",)


def _property(
    name: str, event: EventType, found: Iterable[Use], behind: Mapping[str, frozenset[str]]
) -> tuple[Line, ...]:
    kind = event.properties[name]
    said = f"{kind.kind}: {', '.join(kind.values)}" if kind.values else str(kind.kind)
    mine = [
        use
        for use in found
        if use.ref.scope == "event" and use.ref.name == name and event.name in behind[use.workflow]
    ]
    return ((Code(name),), (said,), _users(mine, How.READS))


def anchor(name: str) -> str:
    """A name as a part of an address: letters and digits kept, all else written as numbers.

    >>> anchor("webinar.registered"), anchor("Größe <b>")
    ('webinar-2e-registered', 'Gr-f6--df-e-20--3c-b-3e-')
    """
    return "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}-" for c in name)
