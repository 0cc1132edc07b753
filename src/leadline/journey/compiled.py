"""A whole project compiled: what a release keeps, and the hash that names it.

Places in files are no part of it: moving a line or adding a comment makes no other release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from leadline.expression.tree import Ref
from leadline.journey import encoding
from leadline.journey.encoding import Json
from leadline.journey.program import NOWHERE, Program, compile_workflow
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.project import Defaults, Environment, Message, Project
from leadline.project.systems import SecretRef, System
from leadline.project.workflow import Promise

FORMAT = 1
"""The form in which compiled projects are stored; a program reads this and every lower one."""


@dataclass(frozen=True, slots=True)
class CompiledProject:
    """Everything that runs, typed. ``owners``, ``titles`` and ``promises`` go by workflow."""

    name: str
    time_zone: str
    environments: Mapping[str, Environment]
    defaults: Defaults
    programs: Mapping[str, Program]
    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    systems: Mapping[str, System]
    messages: Mapping[str, Message]
    owners: Mapping[str, str]
    titles: Mapping[str, str]
    promises: Mapping[str, Promise]
    write_keys: tuple[SecretRef, ...]


def compile_project(project: Project, variables: Mapping[str, frozenset[Ref]]) -> CompiledProject:
    """Compile a project; ``variables`` says what each of its messages reads."""
    workflows = project.workflows
    return CompiledProject(
        name=project.name,
        time_zone=project.time_zone,
        environments=project.environments,
        defaults=project.defaults,
        programs={
            name: compile_workflow(
                workflow, project.fields, variables, project.events, project.time_zone
            )
            for name, workflow in workflows.items()
        },
        fields={name: replace(each, where=NOWHERE) for name, each in project.fields.items()},
        events={
            name: replace(each, where=NOWHERE, expect=None) for name, each in project.events.items()
        },
        systems={
            name: replace(each, where=NOWHERE, owner=None, reads={}, lag=None)
            for name, each in project.systems.items()
        },
        messages={
            name: replace(each, where=NOWHERE, body_line=1)
            for name, each in project.messages.items()
        },
        owners={name: workflow.owner for name, workflow in workflows.items()},
        titles={name: workflow.title for name, workflow in workflows.items()},
        promises={
            name: workflow.promise
            for name, workflow in workflows.items()
            if workflow.promise is not None
        },
        write_keys=project.write_keys,
    )


def to_json(compiled: CompiledProject) -> Json:
    """Write a compiled project as JSON."""
    return encoding.encode(compiled)


def from_json(stored: Json) -> CompiledProject:
    """Read what ``to_json`` wrote; NotDecodable where it is none."""
    return encoding.decode_as(CompiledProject, stored)


def content_hash(compiled: CompiledProject) -> str:
    """Return the hash by which a release is known: equal projects have equal hashes."""
    return encoding.content_hash(compiled)
