"""A project's files → one Project, or everything that is wrong with them.

``parse`` never raises and reads no file. Problems that only follow from a file that could not
be read at all are left out: what is wrong there comes first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TypeVar

from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.file_kinds import SILENCE
from leadline.project.files import Files
from leadline.project.known import FACTS
from leadline.project.nodes import BREAKS, MapNode, TextNode, compose
from leadline.project.parse_cases import parse_cases
from leadline.project.parse_data import parse_events, parse_fields
from leadline.project.parse_known import parse_known
from leadline.project.parse_messages import parse_message
from leadline.project.parse_project import Settings, parse_settings
from leadline.project.parse_secrets import refuse_secrets
from leadline.project.parse_signatures import parse_signatures
from leadline.project.parse_silence import read_silences
from leadline.project.parse_systems import parse_system
from leadline.project.parse_workflow import WORKFLOW_NAME, parse_workflow
from leadline.project.problems import Problem, Report, Where, did_you_mean, quoted
from leadline.project.project import Message, Project
from leadline.project.step_parts import Declared
from leadline.project.systems import System
from leadline.project.triggers import all_triggers
from leadline.project.workflow import Silenced, Workflow
from leadline.project.workflow_checks import check_circles, enrolls
from leadline.project.write_signatures import SIGNATURES

SETTINGS = "leadline.yaml"
CONTACT = "data/contact.yaml"
EVENTS = "events.yaml"

T = TypeVar("T")

_SYSTEM_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")
# Codes that only say that a name is not there: not worth saying of a file that broke.
_NAMES_OF = {
    SETTINGS: (
        "unknown-environment",
        "missing-setting",
        "private-address",
        "missing-failure-policy",
        "missing-owner",
        "no-such-time",
    ),
    CONTACT: ("unknown-field", "unknown-scope", "no-name-in-system"),
    EVENTS: ("unknown-event", "unknown-property", "no-event", "cannot-match"),
}
# Codes that only say that a type does not fit, where the type itself is what is wrong.
_TYPES = (
    "wrong-type", "wrong-operator", "not-a-time", "not-a-number", "not-a-choice", "types-differ",
    "forward-without-order", "cannot-match", "unknown-property", "not-a-list",
)  # fmt: skip
# Codes that only say that nothing starts a workflow.
_STARTS = ("never-entered", "no-event")


def parse(files: Files) -> tuple[Project | None, tuple[Problem, ...]]:
    """The project, and all problems of all files by place; None when one of them is an error."""
    report = Report(files.problems)
    if not files.texts and not files.problems:
        report.error(
            "empty-project",
            Where(SETTINGS),
            "there is no project in this directory.",
            'Make one with "leadline init DIR", or name the directory of yours.',
        )
        return None, report.problems()
    settings = _settings(files, report)
    silenced = list(settings.silenced)
    systems = _systems(files, settings, silenced, report)
    fields = _fields(files, systems, report)
    events = _events(files, report)
    messages = _messages(files, report)
    nodes = _workflow_nodes(files, report)
    facts = _map(files, FACTS, report)
    known = None if facts is None else parse_known(facts, fields, events, report)
    declared = Declared(settings, fields, events, systems, messages, tuple(nodes))
    workflows = _workflows(nodes, declared, report)
    _check_owners(settings, nodes, report)
    refuse_secrets(files.texts, report)
    signed = _map(files, SIGNATURES, report)
    signatures = () if signed is None else parse_signatures(signed, nodes, report)
    _forget_what_follows(files, report)
    if report.has_errors:
        return None, report.problems()
    project = Project(
        name=settings.name,
        time_zone=settings.time_zone,
        owners=MappingProxyType(
            {a: tuple(w.value for w in names) for a, names in settings.owners.items()}
        ),
        defaults=settings.defaults,
        environments=settings.environments,
        write_keys=settings.write_keys,
        fields=fields,
        events=events,
        systems=_present(systems),
        messages=_present(messages),
        workflows=_present(workflows),
        known=known,
        silenced=tuple(silenced),
        signatures=signatures,
    )
    # Tests are read against a project that is whole: what is wrong there comes first.
    project = replace(project, cases=parse_cases(files.texts, project, report))
    return None if report.has_errors else project, report.problems()


def _present(values: Mapping[str, T | None]) -> Mapping[str, T]:
    return MappingProxyType({k: v for k, v in values.items() if v is not None})


def _map(files: Files, path: str, report: Report) -> MapNode | None:
    """The map that a file holds, or None (reported, unless the file is not there)."""
    text = files.texts.get(path)
    if text is None:
        return None
    node = compose(path, text, report)
    if isinstance(node, MapNode):
        return node
    if node is not None:
        report.error(
            "wrong-shape",
            node.where,
            "this file should be a list of names with values.",
            'Write each as "name: value" on a line of its own.',
        )
    elif not any(p.where.file == path for p in report.problems()):
        report.error(
            "empty-file",
            Where(path),
            "this file is empty.",
            "Write something into it, or delete it.",
        )
    return None


def _settings(files: Files, report: Report) -> Settings:
    node = _map(files, SETTINGS, report)
    if node is not None:
        return parse_settings(node, report)
    _report_missing(files, SETTINGS, 'Make a project with "leadline init DIR".', report)
    return Settings()


def _report_missing(files: Files, path: str, fix: str, report: Report) -> None:
    if path not in files.texts and not any(p.where.file == path for p in files.problems):
        report.error("missing-file", Where(path), f"there is no {path}.", fix)


def _systems(
    files: Files, settings: Settings, silenced: list[Silenced], report: Report
) -> Mapping[str, System | None]:
    """The systems; what their files silence is added to ``silenced``."""
    found: dict[str, System | None] = {}
    for path in _paths(files, "systems", report):
        name = PurePosixPath(path).stem
        if _good_file_name(name, path, _SYSTEM_NAME, report):
            node = _map(files, path, report)
            silenced += read_silences(node.get("silence") if node else None, SILENCE, report)
            found[name] = (
                None if node is None else parse_system(node, name, settings.environments, report)
            )
    return found


def _fields(
    files: Files, systems: Mapping[str, System | None], report: Report
) -> Mapping[str, Field]:
    node = _map(files, CONTACT, report)
    if node is not None:
        return parse_fields(node, systems, report)
    _report_missing(
        files,
        CONTACT,
        "Declare what is known of a contact, at least email: { type: email }.",
        report,
    )
    return {}


def _events(files: Files, report: Report) -> Mapping[str, EventType]:
    node = _map(files, EVENTS, report)
    return {} if node is None else parse_events(node, report)


def _messages(files: Files, report: Report) -> Mapping[str, Message | None]:
    found: dict[str, Message | None] = {}
    for path in sorted(files.texts):
        if not path.startswith("messages/"):
            continue
        name = path.rpartition(".")[0]
        if name in found:
            report.error(
                "two-files",
                Where(path),
                f"there are two files for the message {quoted(name)}.",
                "Keep the .md or the .mjml.",
            )
            continue
        found[name] = parse_message(path, files.texts[path], report)
    return found


def _workflow_nodes(files: Files, report: Report) -> Mapping[str, MapNode | None]:
    found: dict[str, MapNode | None] = {}
    for path in _paths(files, "workflows", report):
        name = PurePosixPath(path).stem
        if _good_file_name(name, path, WORKFLOW_NAME, report):
            found[name] = _map(files, path, report)
    return found


def _paths(files: Files, folder: str, report: Report) -> list[str]:
    """The YAML files of a folder, one for each name."""
    paths = [p for p in sorted(files.texts) if p.startswith(f"{folder}/")]
    by_stem: dict[str, str] = {}
    for path in paths:
        other = by_stem.setdefault(PurePosixPath(path).stem, path)
        if other != path:
            report.error(
                "two-files",
                Where(path),
                f"{quoted(other)} has the same name with another ending.",
                "Keep one of the two files.",
            )
    return list(by_stem.values())


def _good_file_name(name: str, path: str, pattern: re.Pattern[str], report: Report) -> bool:
    if pattern.fullmatch(name):
        return True
    report.error(
        "bad-name",
        Where(path),
        f"{quoted(name)} cannot be the name of this file.",
        "Use small letters, digits and hyphens, beginning with a letter.",
    )
    return False


def _workflows(
    nodes: Mapping[str, MapNode | None], declared: Declared, report: Report
) -> Mapping[str, Workflow | None]:
    edges = {name: enrolls(node) for name, node in nodes.items() if node is not None}
    check_circles(edges, report)
    starts = {name: _started_by(node) for name, node in nodes.items() if node is not None}
    targets = {name: tuple(t.value for t in found) for name, found in edges.items()}
    behind = all_triggers(starts, targets)
    found: dict[str, Workflow | None] = {}
    for name, node in nodes.items():
        if node is None:
            continue
        events = behind[name]
        known = {e: declared.events[e] for e in events if e in declared.events}
        if not events:
            report.warning(
                "never-entered",
                node.where,
                "no event starts this workflow, and no other workflow enrolls in it.",
                'Add "starts:" with "when:", or an enroll_in step elsewhere.',
            )
        found[name] = parse_workflow(node, name, known, declared, report)
    return found


def _started_by(node: MapNode) -> tuple[str, ...]:
    """The events under ``starts: when``, whatever else is wrong."""
    starts = node.get("starts")
    when = starts.get("when") if isinstance(starts, MapNode) else None
    if isinstance(when, TextNode):
        return (when.value,)
    items = () if when is None or isinstance(when, MapNode) else when.items
    return tuple(i.value for i in items if isinstance(i, TextNode))


def _check_owners(
    settings: Settings, workflows: Mapping[str, MapNode | None], report: Report
) -> None:
    for names in settings.owners.values():
        for name in names:
            if name.value not in workflows:
                report.error(
                    "unknown-workflow",
                    name.where,
                    f"unknown workflow {quoted(name.value)}.",
                    did_you_mean(
                        name.value,
                        workflows,
                        "Workflows are the files in workflows/, named without .yaml.",
                    ),
                )


def _forget_what_follows(files: Files, report: Report) -> None:
    """Drop what only follows from another problem: names, types and starts that broke."""
    problems = report.problems()
    broken = {p.where.file for p in files.problems}
    broken |= {p.where.file for p in problems if p.code in BREAKS | {"missing-file", "empty-file"}}
    for path, codes in _NAMES_OF.items():
        if path in broken:
            report.drop(codes)
    if any(
        p.where.file in (CONTACT, EVENTS)
        and p.code in {"unknown-word", "choice-without-values", "wrong-shape", "empty-value"}
        for p in problems
    ):
        report.drop(_TYPES)
    if any(
        p.where.file == SETTINGS and p.code in {"no-environment", "missing-key", "bad-name"}
        for p in problems
    ):
        report.drop(("unknown-environment", "missing-setting", "private-address"))
    if any(p.code in {"unknown-event", "unknown-workflow"} for p in problems) or any(
        path.startswith("workflows/") for path in broken
    ):
        report.drop(_STARTS)
