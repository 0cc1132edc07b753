"""More about a person in a chat channel than is needed to know whom it is about."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.expression.types import Kind
from leadline.message.inspect import variables
from leadline.project.fields import Field
from leadline.project.problems import Problem, Severity, listed, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep

# By these a colleague knows whom a post is about.
_WHO = frozenset({"first_name", "last_name", "full_name", "name"})
# Channels of which everybody in a workspace is a member unless somebody changed it.
EVERYBODY = frozenset({"general", "random", "all", "everyone", "announcements"})


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    for workflow in project.workflows.values():
        for step in all_steps(workflow.steps):
            if not isinstance(step, PostStep):
                continue
            read = variables(project.messages[step.message])
            named = sorted(ref.name for ref in read if ref.scope == "contact")
            fields = [project.fields[n] for n in named if n in project.fields]
            public = step.channel in EVERYBODY
            told = [f.name for f in fields if f.pii and (public or not _says_who(f))]
            if told:
                who = "everybody" if public else "all members"
                yield Problem(
                    CHECK.code,
                    f"{quoted(step.name)} shows {listed(told)} of a person to {who} of "
                    f"{quoted(step.channel)} in {quoted(step.connection)}.",
                    step.where,
                    "Take it out of the message and link to the record instead, or post to a "
                    "small channel.",
                    Severity.WARNING if public else CHECK.severity,
                    f"written in {project.messages[step.message].where.file}",
                )


def _says_who(field: Field) -> bool:
    return field.type.kind is Kind.EMAIL or field.name in _WHO


CHECK = Check(
    code="personal-data-in-chat",
    title="Personal data in a chat channel",
    severity=Severity.NOTE,
    marketer="A chat keeps what is posted for years, shows it to everybody who joins later, and "
    "nobody can take it back when a person asks to be forgotten.",
    engineer="A post reads a field with pii: true that is neither a mail address nor a name, by "
    "which sales knows whom it is about; or any such field, in a channel that everybody is in "
    f"({', '.join(sorted(EVERYBODY))}: a warning).",
    mend="Post who it is about and link to the record; leave the rest there.",
    find=_find,
)
