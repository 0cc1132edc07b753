"""Workflows written as a team writes them, and runs of them told as stories."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from leadline.expression.tree import Ref
from leadline.expression.types import Value
from leadline.journey.action import Action
from leadline.journey.advance import advance
from leadline.journey.compiled import CompiledProject, compile_project
from leadline.journey.facts import EventFact, Facts
from leadline.journey.match import once_value
from leadline.journey.program import Program
from leadline.journey.record import Record
from leadline.journey.run import Run
from leadline.journey.signal import ActionSettled, Due, EventArrived, Signal, Started
from leadline.journey.state import AwaitingAction, AwaitingSync, Ready, State
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State as Ledger
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project

T = TypeVar("T")

ENROLLMENT = UUID("018f0000-0000-7000-8000-000000000001")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""When the trigger happens."""

FILES = {
    "leadline.yaml": """
        project: acme
        time_zone: Europe/Berlin
        owners: { ops@acme.example: [ webinar ] }
        defaults: { if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner } }
        environments: { dev: { sandbox: false } }
        ingest: { write_keys: [ env:KEY ] }
        """,
    "systems/hubspot.yaml": """
        kind: hubspot
        tier: starter
        secrets: { token: env:T }
        """,
    "systems/slack.yaml": """
        kind: slack
        secrets: { token: env:S }
        """,
    "systems/mail.yaml": """
        kind: smtp
        host: 127.0.0.1
        port: 8703
        tls: none
        from: Acme <hello@acme.example>
        limits: { messages: 14 per second }
        evidence: none
        """,
    "data/contact.yaml": """
        email: { type: email, pii: true, names: { hubspot: email } }
        first_name: { type: text, pii: true, names: { hubspot: firstname } }
        company_size: { type: number, names: { hubspot: numberofemployees } }
        tags: { type: text, names: { hubspot: tags } }
        renewal: { type: time }
        joined: { type: date }
        last_webinar: { type: text, every_value: true, names: { hubspot: last_webinar } }
        lifecycle_stage:
          type: choice
          values: [ subscriber, lead, customer ]
          names: { hubspot: lifecyclestage }
        """,
    "events.yaml": """
        webinar.registered: { webinar: text, title: text, starts_at: time }
        webinar.cancelled: { webinar: text }
        webinar.attended: { webinar: text, minutes: number }
        """,
    "messages/welcome.md": "---\nsubject: Hello {{ contact.first_name }}\n---\n{{ event.title }}\n",
    "messages/hot.md": "{{ contact.first_name }} is hot.\n",
}
READ_BY_MESSAGES = {
    "messages/welcome": frozenset({Ref("contact", "first_name"), Ref("event", "title")}),
    "messages/hot": frozenset({Ref("contact", "first_name")}),
}
HEAD = """
name: Webinar
why: A test.
owner: ops@acme.example
"""
STARTS = "starts: { when: webinar.registered, once_per: event.webinar }\n"


def project(workflow: str, others: Mapping[str, str] | None = None) -> Project:
    """Parse a project with this workflow; a problem in it fails the test."""
    texts = {name: textwrap.dedent(text).lstrip("\n") for name, text in FILES.items()}
    texts |= {"workflows/webinar.yaml": workflow, **(others or {})}
    found, problems = parse(Files(texts))
    assert found is not None, "\n".join(map(str, problems))
    return found


def compiled(workflow: str, others: Mapping[str, str] | None = None) -> CompiledProject:
    return compile_project(project(workflow, others), READ_BY_MESSAGES)


def program(steps: str, rules: str = STARTS, others: Mapping[str, str] | None = None) -> Program:
    """Compile a workflow of these steps; ``rules`` are starts, stops and success."""
    text = (
        HEAD + textwrap.dedent(rules) + "steps:\n" + textwrap.indent(textwrap.dedent(steps), "  ")
    )
    return compiled(text, others).programs["webinar"]


def event(name: str, at: datetime, n: int = 2, **properties: Value) -> EventFact:
    return EventFact(UUID(int=n), name, {"webinar": "w1", **properties}, at)


REGISTERED = event(
    "webinar.registered", NOON, 1, title="Data that carries", starts_at=NOON + timedelta(days=7)
)
ANN: Mapping[str, Value] = {
    "email": "ann@example.org",
    "first_name": "Ann",
    "company_size": Decimal(250),
    "lifecycle_stage": "subscriber",
}


@dataclass
class Story:
    """A run and everything that it did so far."""

    program: Program
    contact: Mapping[str, Value] = field(default_factory=lambda: dict(ANN))
    trigger: EventFact | None = REGISTERED
    events: tuple[EventFact, ...] = ()
    now: datetime = NOON
    state: State = field(init=False)
    actions: list[Action] = field(default_factory=list[Action])
    records: list[Record] = field(default_factory=list[Record])

    def __post_init__(self) -> None:
        self.state = Ready(self.program.first, {})

    def run(self) -> Run:
        properties = {} if self.trigger is None else self.trigger.properties
        once = once_value(self.program, properties, self.contact)
        return Run(ENROLLMENT, "webinar", once or "", NOON, NOON, self.state)

    def facts(self) -> Facts:
        return Facts(self.contact, self.trigger, self.events)

    def hear(self, signal: Signal) -> Story:
        moved = advance(self.program, self.run(), signal, self.facts(), self.now)
        self.state = moved.state
        self.actions += moved.actions
        self.records += moved.records
        return self

    def start(self) -> Story:
        return self.hear(Started())

    def after(self, **span: float) -> Story:
        self.now += timedelta(**span)
        return self

    def due(self) -> Story:
        return self.hear(Due())

    def arrives(self, what: EventFact) -> Story:
        self.events = (*self.events, what)
        return self.hear(EventArrived(what))

    def settle(self, state: Ledger, reason: str | None = None) -> Story:
        """Tell the run what became of the action that it waits for."""
        assert isinstance(self.state, AwaitingAction | AwaitingSync), self.state
        key = self.state.key if isinstance(self.state, AwaitingAction) else self.state.look
        return self.hear(ActionSettled(key, state, reason))

    def accepted(self) -> Story:
        return self.settle(Ledger.ACCEPTED)

    def key(self, step: str, visit: int = 1) -> ActionKey:
        return ActionKey(ENROLLMENT, step, visit)

    def recorded(self, kind: type[T]) -> list[T]:
        return [record for record in self.records if isinstance(record, kind)]

    def intended(self, kind: type[T]) -> list[T]:
        return [action for action in self.actions if isinstance(action, kind)]


def begin(steps: str, rules: str = STARTS, **story: object) -> Story:
    """Start a run of these steps for Ann."""
    return Story(program(steps, rules), **story).start()  # type: ignore[arg-type] # its own fields
