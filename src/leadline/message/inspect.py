"""What is wrong with the messages of a project, before anything is sent.

``project.parse`` reads message files and looks at no template; this looks at templates against
the fields and events of the project and against the steps that use them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leadline.expression.tree import Ref
from leadline.message.links import is_safe, links
from leadline.message.page import page
from leadline.message.template import TemplateFault, Use, compile_template, uses
from leadline.project.problems import Problem, Report, Where, did_you_mean, listed, quoted
from leadline.project.project import Message, Project
from leadline.project.triggers import all_steps, project_triggers
from leadline.project.workflow import PostStep, SendStep

# By what people are reached: known wherever a mail can be sent.
ALWAYS_KNOWN = Ref("contact", "email")

_COMMENT = re.compile(r"\{%-?\s*comment\b.*?\bendcomment\s*-?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_MARK = "llvalue"


@dataclass(slots=True)
class _Usage:
    """How a message is used: the steps with the workflow of each."""

    steps: list[tuple[str, SendStep | PostStep]] = field(
        default_factory=list[tuple[str, SendStep | PostStep]]
    )


def variables(message: Message) -> frozenset[Ref]:
    """The names that a message reads, as far as they are a scope and a name."""
    return frozenset(
        Ref(use.path[0], use.path[1])
        for _, found in _all_uses(message)
        for use in found
        if len(use.path) == 2
    )


def inspect(project: Project) -> tuple[Problem, ...]:
    """Everything wrong with the messages of ``project``, by place."""
    report = Report()
    usages = {name: _Usage() for name in project.messages}
    for workflow in project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, SendStep | PostStep):
                usages[step.message].steps.append((workflow.name, step))
    behind = project_triggers(project)
    for message in project.messages.values():
        usage = usages[message.name]
        broken = len(report.problems())
        _inspect_syntax(message, report)
        events = _events_of(usage, behind) if usage.steps else None
        for where, use in _places(message):
            _inspect_name(use, where, events, project, report)
            if len(use.path) == 2 and use.path[1] in project.fields:
                _inspect_fallback(use, where, usage, report)
        if broken == len(report.problems()):
            _inspect_stand_ins(message, usage, report)
        _inspect_page(message, report)
        if not usage.steps:
            report.warning(
                "unused-message",
                message.where,
                "no step uses this message.",
                "Name it in a step, or delete the file.",
            )
    return report.problems()


def _sources(message: Message) -> Iterator[tuple[int | None, str]]:
    """Each template of a message with the line on which it begins, where that is known."""
    if message.subject is not None:
        yield None, message.subject
    if message.preheader is not None:
        yield None, message.preheader
    yield message.body_line, message.body


def _all_uses(message: Message) -> Iterator[tuple[int | None, tuple[Use, ...]]]:
    for line, source in _sources(message):
        template = compile_template(source)
        if not isinstance(template, TemplateFault):
            yield line, uses(template, source)


def _places(message: Message) -> Iterator[tuple[Where, Use]]:
    file = message.where.file
    for line, found in _all_uses(message):
        for use in found:
            if line is None:
                yield Where(file), use
            else:
                yield Where(file, line + use.line - 1, use.column), use


def _inspect_syntax(message: Message, report: Report) -> None:
    for line, source in _sources(message):
        template = compile_template(source)
        if isinstance(template, TemplateFault):
            first = 1 if line is None else line + (template.line or 1) - 1
            report.error(
                "broken-template",
                Where(message.where.file, first),
                template.message,
                template.fix,
            )


def _events_of(usage: _Usage, behind: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The events that can stand behind a use of the message."""
    return tuple(dict.fromkeys(e for workflow, _ in usage.steps for e in behind[workflow]))


def _inspect_name(
    use: Use, where: Where, events: tuple[str, ...] | None, project: Project, report: Report
) -> None:
    """Report a name that does not exist; ``events`` is None where no step uses the message."""
    if len(use.path) != 2:
        report.error(
            "not-a-reference",
            where,
            f"{quoted(str(use))} is not a field or a property.",
            'Write the field with its owner, such as "contact.first_name" or "event.title".',
        )
        return
    scope, name = use.path
    if scope == "contact":
        if name not in project.fields:
            report.error(
                "unknown-field",
                where,
                f"unknown field {quoted(name)} on contact.",
                did_you_mean(name, project.fields, "Fields are listed in data/contact.yaml."),
            )
    elif scope == "event":
        _inspect_property(name, where, events, project, report)
    else:
        report.error(
            "unknown-scope",
            where,
            f"{quoted(str(use))} begins neither with contact nor with event.",
            did_you_mean(scope, ("contact", "event"), "A message can read these two."),
        )


def _inspect_property(
    name: str, where: Where, events: tuple[str, ...] | None, project: Project, report: Report
) -> None:
    if events is None:
        # Nobody knows yet which event will stand behind it: one that has the property is enough.
        events = tuple(e for e, t in project.events.items() if name in t.properties)
        events = events or tuple(project.events)
    without = [e for e in events if name not in project.events[e].properties]
    if events and not without:
        return
    known = {p for e in events for p in project.events[e].properties}
    if not events:
        report.error(
            "no-event",
            where,
            f"{quoted(f'event.{name}')} needs an event, but no event starts the workflow.",
            "Use a contact field, or name the event under starts: when.",
        )
    elif name not in known:
        report.error(
            "unknown-property",
            where,
            f"unknown property {quoted(name)} on the event {listed(events[:2], 'or')}.",
            did_you_mean(name, known, "Properties are listed in events.yaml."),
        )
    else:
        report.error(
            "unknown-property",
            where,
            f"the event {quoted(without[0])} has no property {quoted(name)}, "
            "and it leads to this message.",
            "Add it in events.yaml, or use a message of its own for that event.",
        )


def _inspect_fallback(use: Use, where: Where, usage: _Usage, report: Report) -> None:
    """A contact's field may be unknown: the message or the step must say what stands then."""
    if use.guarded or use.path[0] != "contact":
        return
    ref = Ref("contact", use.path[1])
    if ref == ALWAYS_KNOWN:
        return
    steps = [step for _, step in usage.steps if ref not in step.if_missing]
    if steps:
        report.error(
            "missing-fallback",
            where,
            f"{quoted(str(ref))} may be unknown, and the step {quoted(steps[0].name)} "
            "has nothing to put there.",
            f'Add if_missing: {{ {ref}: … }} to the step, or write | default: "…" here.',
        )


def _inspect_stand_ins(message: Message, usage: _Usage, report: Report) -> None:
    read = variables(message)
    for _, step in usage.steps:
        for ref in step.if_missing:
            if ref not in read:
                report.warning(
                    "unused-stand-in",
                    step.where,
                    f"if_missing names {quoted(str(ref))}, which {quoted(message.name)} "
                    "does not use.",
                    "Remove it, or use it in the message.",
                )


def _inspect_page(message: Message, report: Report) -> None:
    """Look at what the author wrote into the page: MJML that cannot be read, bad links."""
    if message.subject is None:
        return
    made = page(_every_branch(message.body), message.format)
    if isinstance(made, TemplateFault):
        # With the branches one after another, an honest page may look broken.
        tell = report.warning if "{%" in message.body else report.error
        tell("broken-template", message.where, made.message, made.fix)
        return
    for link in links(made):
        if _MARK in link.address:
            continue
        if not is_safe(link.address):
            report.error(
                "bad-link",
                message.where,
                f"the link {quoted(link.address)} is not a web address.",
                "A link begins with https:// and has no spaces.",
            )
        elif link.address.startswith("http://"):
            report.warning(
                "insecure-link",
                message.where,
                f"the link {quoted(link.address)} is not encrypted.",
                "Write https:// if the page can be reached by it.",
            )


def _every_branch(body: str) -> str:
    """The text with all branches one after another, and a mark where a value stands."""
    without = _COMMENT.sub("", body)
    return _TAG.sub("", _VALUE.sub(_MARK, without))
