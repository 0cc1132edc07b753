"""An inspection becomes a project: systems, fields, events, and each flow as a draft.

The result passes ``leadline check``. A draft in which something is still wrong is put aside into
``open/``, which the check does not read, and what is open is told, here and in ``OPEN.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leadline.audit.stack import Stack
from leadline.audit.tables import Kind, Meaning
from leadline.inspection.draft.fields import contact_yaml, draft_fields
from leadline.inspection.draft.words import one_line, scalar, slug, unique
from leadline.inspection.draft.workflow import Around, Draft, draft_workflow
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Problem, Severity

_ROUNDS = 10  # how often drafts are put aside before all of them are: each may rest on another


@dataclass(frozen=True, slots=True)
class DraftProject:
    """The files by path, how many flows were drafted, and what is open, by workflow."""

    files: Mapping[str, str]
    drafted: int
    put_aside: tuple[str, ...]
    open: Mapping[str, tuple[str, ...]]


_SYSTEMS = {
    "hubspot": """\
# The CRM. Say which tier you pay for: it decides how fast Leadline may call.
kind: hubspot
tier: starter
secrets: { token: env:HUBSPOT_TOKEN }
base_url: { dev: http://127.0.0.1:8701 }
allow_private: { dev: true }
""",
    "slack": """\
kind: slack
secrets: { token: env:SLACK_TOKEN }
base_url: { dev: http://127.0.0.1:8702 }
allow_private: { dev: true }
""",
}
_MAIL = """\
# The mail server that takes over what the old tools send. Nothing is sent by it yet.
kind: smtp
host: { dev: 127.0.0.1, prod: smtp.example }
port: { dev: 8703, prod: 587 }
tls: { dev: none, prod: starttls }
from: hello@example.com
limits: { messages: 14 per second }
evidence: { dev: feed, prod: feed }
secrets: { user: env:SMTP_USER, password: env:SMTP_PASSWORD }
"""


def to_project(stack: Stack, name: str) -> DraftProject:
    """Draft the project ``name`` from what was read; pure but for questions to the tables."""
    systems = frozenset(s for s in _all_systems(stack) if s in _SYSTEMS)
    fields = draft_fields(stack)
    taken: set[str] = set()
    names = {flow.key: unique(slug(flow.name, "flow"), taken) for flow in stack.flows}
    by_id = dict(names)
    for flow in stack.flows:
        by_id.setdefault(flow.id, names[flow.key])
    around = Around(fields, systems, MappingProxyType(by_id))
    drafts = {
        names[flow.key]: draft_workflow(flow, names[flow.key], around) for flow in stack.flows
    }
    files = {
        "leadline.yaml": _settings(name),
        "data/contact.yaml": contact_yaml(fields, systems),
        **{f"systems/{system}.yaml": _SYSTEMS[system] for system in sorted(systems)},
        "systems/mail.yaml": _MAIL,
    }
    events = _events(stack, drafts.values())
    if events:
        files["events.yaml"] = events
    kept, aside = _kept(files, drafts)
    files |= {f"workflows/{draft.name}.yaml": draft.text for draft in kept}
    files |= {f"open/{draft.name}.yaml": draft.text for draft in aside}
    open_ = {draft.name: tuple(dict.fromkeys(draft.open)) for draft in drafts.values()}
    without = sorted(set(_all_systems(stack)) - systems)
    files["OPEN.md"] = _open(open_, without, [draft.name for draft in aside])
    return DraftProject(
        MappingProxyType(files),
        len(kept),
        tuple(draft.name for draft in aside),
        MappingProxyType({key: told for key, told in open_.items() if told}),
    )


def _all_systems(stack: Stack) -> Iterator[str]:
    yield from dict.fromkeys(
        [table.system for table in stack.tables] + [flow.system for flow in stack.flows]
    )


def _kept(files: Mapping[str, str], drafts: Mapping[str, Draft]) -> tuple[list[Draft], list[Draft]]:
    """The drafts in which nothing is wrong, and the others."""
    kept = dict(drafts)
    for _ in range(_ROUNDS):
        texts = {f"workflows/{name}.yaml": draft.text for name, draft in kept.items()}
        wrong = {p.where.file: p for p in _errors({**files, **texts})}
        bad = [name for name in kept if f"workflows/{name}.yaml" in wrong]
        if not bad:
            break
        for name in bad:
            problem = wrong[f"workflows/{name}.yaml"]
            drafts[name].open.append(f"line {problem.where.line}: {problem.message}")
            del kept[name]
    else:
        kept = {}
    return list(kept.values()), [draft for name, draft in drafts.items() if name not in kept]


def _errors(texts: Mapping[str, str]) -> list[Problem]:
    _, problems = parse(Files(MappingProxyType(dict(texts))))
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def _settings(name: str) -> str:
    return f"""\
# A project drafted from an inspection. Read OPEN.md: it says what is not carried over.
project: {slug(name, "project")}
# Say where your clocks stand; times without a zone are meant there.
time_zone: UTC

defaults:
  if_it_fails: {{ retry_for: 1 day, then: dead letter }}
  max_burst: 10000

environments:
  dev: {{ sandbox: true }}
  prod: {{ sandbox: false, only_to: [] }}

ingest:
  write_keys: [ env:LEADLINE_WRITE_KEY ]
"""


def _events(stack: Stack, drafts: Iterable[Draft]) -> str:
    """``events.yaml``; empty where nothing starts by an event."""
    lines = ["# What people do, as your website and tools report it to Leadline."]
    events: dict[str, str] = {}
    for table in stack.tables:
        if table.kind is Kind.REGISTRATION:
            events["webinar.registered"] = "webinar: text, title: text, starts_at: time"
            if table.column(Meaning.ATTENDED) is not None:
                events["webinar.attended"] = "webinar: text"
    for draft in drafts:
        for event, properties in draft.events.items():
            events.setdefault(event, properties)
    for event, properties in sorted(events.items()):
        lines.append(f"{scalar(event)}: {{ {properties} }}" if properties else f"{scalar(event)}:")
    return "\n".join(lines) + "\n" if events else ""


def _open(
    open_: Mapping[str, tuple[str, ...]], without: Iterable[str], aside: Iterable[str]
) -> str:
    lines = ["# What is open", ""]
    if without:
        lines += [
            "Leadline has no connector for these systems yet, so their field names stand as "
            f"comments in data/contact.yaml: {', '.join(without)}.",
            "",
        ]
    put = set(aside)
    for name, told in open_.items():
        place = "open" if name in put else "workflows"
        lines += [f"## {place}/{name}.yaml", ""]
        lines += [f"- {one_line(each)}" for each in told] or ["Nothing."]
        lines.append("")
    return "\n".join(lines)
