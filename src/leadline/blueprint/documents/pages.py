"""The other pages: overview, map, one a workflow, owners, and what is open."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.diagram.as_mermaid import as_mermaid
from leadline.blueprint.diagram.as_svg import as_svg
from leadline.blueprint.diagram.chart import chart
from leadline.blueprint.documents.blocks import (
    INDEX,
    Block,
    Bullets,
    Code,
    Drawing,
    Heading,
    Line,
    Link,
    Page,
    Paragraph,
    Picture,
    Strong,
    Table,
    joined,
)
from leadline.blueprint.documents.dictionary import anchor, dictionary, tracking_plan
from leadline.blueprint.documents.material import Material
from leadline.blueprint.documents.ownership import hanging_on, people
from leadline.blueprint.documents.runbook import runbook
from leadline.blueprint.documents.telling import told
from leadline.blueprint.documents.words import does, policy, span
from leadline.blueprint.maturity.needs import needs
from leadline.blueprint.sentences.meaning import meaning_of
from leadline.blueprint.signing import standings
from leadline.blueprint.uses import connections
from leadline.project.problems import Problem, Severity
from leadline.project.systems import System
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, SaveStep, SendStep, Silenced, Step, Workflow


def documentation(material: Material) -> tuple[Page, ...]:
    """Every page, the overview first; the same project always gives the same pages."""
    return (
        _overview(material),
        _map(material),
        dictionary(material),
        tracking_plan(material),
        _owners(material),
        runbook(material),
        _open(material),
        *(_workflow(material, workflow) for workflow in material.project.workflows.values()),
    )


def _to(workflow: Workflow) -> Link:
    return Link(workflow.name, f"workflow-{workflow.name}")


# ---------------------------------------------------------------- overview and map


def _overview(material: Material) -> Page:
    project = material.project
    counts = (
        (len(project.workflows), "workflow"),
        (len(project.systems), "system"),
        (len(project.fields), "field"),
        (len(project.events), "event"),
        (len(project.messages), "message"),
    )
    said = ", ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts)
    rows = [
        (
            (_to(workflow),),
            (workflow.title,),
            (workflow.why,),
            (workflow.owner,),
            joined(tuple((Code(name),) for name in connections(workflow))) or ("none",),
        )
        for workflow in project.workflows.values()
    ]
    return Page(
        INDEX,
        project.name,
        f"{said}. Times are meant in {project.time_zone}.",
        (
            Heading("Workflows", 2, "workflows"),
            Table(
                ("Workflow", "Title", "What it is for", "Owner", "Acts in"),
                tuple(rows),
                "No workflow is written yet.",
            ),
            Heading("Environments", 2, "environments"),
            Table(
                ("Environment", "Reaches"),
                tuple(
                    (
                        (Code(e.name),),
                        (
                            "sandboxes only"
                            if e.sandbox
                            else f"only {', '.join(e.only_to)}"
                            if e.only_to
                            else "everybody",
                        ),
                    )
                    for e in project.environments.values()
                ),
                "No environment is declared.",
            ),
        ),
    )


def _map(material: Material) -> Page:
    blocks: list[Block] = []
    if material.system_map is not None:
        shows = "Systems, events and workflows, and what passes between them"
        blocks.append(Picture(material.system_map, shows))
    blocks += [
        Heading("Systems", 2, "systems"),
        Table(
            ("System", "Kind", "Owner", "Told of failures", "Read", "Used by", "If it fails"),
            tuple(_system(material, system) for system in material.project.systems.values()),
            "No system is described yet.",
        ),
    ]
    return Page("map", "System map", "What is connected with what.", tuple(blocks))


def _system(material: Material, system: System) -> tuple[Line, ...]:
    workflows = material.project.workflows.values()
    users = [(_to(w),) for w in workflows if system.name in connections(w)]
    reads = [f"{what} every {span(every)}" for what, every in sorted(system.reads.items())]
    if system.lag is not None:
        reads.append(f"shows changes after {span(system.lag)}")
    return (
        (Code(system.name),),
        (system.kind,),
        (system.owner or "nobody",),
        (", ".join(system.tell) or "nobody",),
        ("; ".join(reads) or "not read",),
        joined(tuple(users)) or ("no workflow",),
        (Link("runbook", "runbook", f"system-{system.name}"),),
    )


# ---------------------------------------------------------------- one workflow


def _workflow(material: Material, workflow: Workflow) -> Page:
    return Page(
        f"workflow-{workflow.name}",
        workflow.title,
        workflow.why,
        tuple(_about(material, workflow)),
        in_menu=False,
    )


def _about(material: Material, workflow: Workflow) -> Iterator[Block]:
    yield Bullets(tuple(_facts(material, workflow)))
    meaning = meaning_of(material.project, workflow.name)
    drawn = chart(meaning)
    yield Heading("As a diagram", 2, "diagram")
    yield Picture(Drawing(as_svg(drawn), as_mermaid(drawn)), f"The steps of {workflow.title}")
    yield from told(meaning)
    yield Heading("Steps", 2, "steps")
    yield Table(
        ("Step", "What it does", "If it fails"),
        tuple(_step(step) for step in all_steps(workflow.steps)),
        "It has no step.",
    )
    yield Heading("What it needs", 2, "needs")
    yield Table(
        ("Level", "Because", "Where"),
        tuple(
            ((str(need.level),), (f"{need.because[:1].upper()}{need.because[1:]}.",),
             (Code(str(need.where)),))
            for need in needs(workflow, material.project.workflows)
        ),
        "It needs no level of maturity.",
    )  # fmt: skip


def _facts(material: Material, workflow: Workflow) -> Iterator[Line]:
    yield ("Owner: ", Strong(workflow.owner), ".")
    starts: tuple[Line, ...] = tuple(
        (Link(event, "events", f"event-{anchor(event)}"),) for event in workflow.starts.when
    )
    begins: Line = joined(starts, " or ") if starts else ("another workflow that hands people on",)
    yield ("Starts: ", *begins, ".")
    if workflow.promise is not None:
        promise = workflow.promise
        yield (
            f"Promise: {promise.share * 100:g} % reach {promise.step} within "
            f"{span(promise.within)}.",
        )
    yield from _signed(material, workflow)
    yield ("If something fails: ", Link("runbook", "runbook", f"workflow-{workflow.name}"), ".")
    if workflow.override is not None:
        let = workflow.override
        yield (
            Strong("Let through above its maturity"),
            f" by {let.by} until {let.until.isoformat()}: {let.reason}",
        )


def _signed(material: Material, workflow: Workflow) -> Iterator[Line]:
    found = standings(material.project, workflow.name)
    if not found:
        yield ("Signed by nobody.",)
    for each in found:
        on = each.signature.on.isoformat()
        holds = "" if each.holds else ", and void: what it means has changed since"
        yield (f"Signed by {each.signature.by} on {on}{holds}.",)


def _step(step: Step) -> tuple[Line, ...]:
    fails = "cannot fail at a system"
    if isinstance(step, SendStep | SaveStep | PostStep):
        fails = policy(step.policy)
    words = does(step)
    return ((Code(step.name),), (f"{words[:1].upper()}{words[1:]}.",), (f"{_capital(fails)}.",))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


# ---------------------------------------------------------------- owners


def _owners(material: Material) -> Page:
    blocks: list[Block] = [
        Paragraph(
            (
                "All that hangs on one person, and what nobody would answer for if she left: ",
                Code("leadline handover ADDRESS"),
                ".",
            )
        )
    ]
    for number, person in enumerate(people(material.project), 1):
        blocks.append(Heading(person, 2, f"owner-{number}"))
        found = hanging_on(material.project, person)
        blocks.append(
            Table(
                ("What", "How", "Where", "Alone"),
                tuple(
                    (
                        (Strong(h.what),),
                        (_capital(f"{h.tie}{f' ({h.more})' if h.more else ''}"),),
                        (Code(str(h.where)) if h.where is not None else "",),
                        ("yes" if h.alone else "no",),
                    )
                    for h in found
                ),
                "Nothing but the right to be named as an owner.",
            )
        )
    lead = "Everybody who answers for something, or is told of something."
    return Page("owners", "Who owns what", lead, tuple(blocks))


# ---------------------------------------------------------------- what is open


def _open(material: Material) -> Page:
    project = material.project
    silenced = [(s, "the project") for s in project.silenced]
    for workflow in project.workflows.values():
        silenced += [(s, workflow.name) for s in workflow.silenced]
    overrides = [w for w in project.workflows.values() if w.override is not None]
    return Page(
        "open",
        "Open points",
        "What the checks say, what is silenced, what is let through, and what no test covers.",
        (
            Heading("Findings of the checks", 2, "findings"),
            Table(
                ("Finding", "Weight", "Where", "What to do"),
                tuple(_problem(problem) for problem in material.problems),
                "The checks find nothing.",
            ),
            Heading("Silenced findings", 2, "silenced"),
            Table(
                ("Check", "In", "Because", "Until", "Where"),
                tuple(_silence(silence, where) for silence, where in silenced),
                "Nothing is silenced.",
            ),
            Heading("Let through above the maturity that is reached", 2, "overrides"),
            Table(
                ("Workflow", "By", "Reason", "Until"),
                tuple(
                    ((_to(w),), (o.by,), (o.reason,), (o.until.isoformat(),))
                    for w in overrides
                    if (o := w.override) is not None
                ),
                "Nothing is let through.",
            ),
            Heading("Tests", 2, "tests"),
            *_tests(material),
        ),
    )


def _problem(problem: Problem) -> tuple[Line, ...]:
    weight = {
        Severity.ERROR: "error: refuses deploy",
        Severity.WARNING: "warning",
        Severity.NOTE: "note",
    }[problem.severity]
    return (
        (Strong(_capital(problem.message)), f" {problem.evidence}" if problem.evidence else ""),
        (f"{weight} ({problem.code})",),
        (Code(str(problem.where)),),
        (problem.fix,),
    )


def _silence(silence: Silenced, inside: str) -> tuple[Line, ...]:
    return (
        (Code(silence.check),),
        (inside,),
        (silence.because,),
        (silence.until.isoformat(),),
        (Code(str(silence.where)),),
    )


def _tests(material: Material) -> Iterator[Block]:
    coverage = material.coverage
    if coverage is None:
        yield Paragraph(("How much the tests cover is not known here.",))
        return
    yield Paragraph((f"{coverage.covered} of {coverage.of} failure branches are tested.",))
    if coverage.missing:
        yield Paragraph(("Never tested:",))
        yield Bullets(tuple((name,) for name in coverage.missing))
