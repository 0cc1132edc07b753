"""A whole project as one frozen value: what ``parse`` gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from leadline.project.cases import Case
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.known import Known
from leadline.project.problems import Where
from leadline.project.signatures import Signature
from leadline.project.systems import SecretRef, System
from leadline.project.workflow import FailurePolicy, Silenced, Workflow


@dataclass(frozen=True, slots=True)
class Environment:
    """One place where the project runs.

    ``sandbox`` environments talk to sandboxes only. ``only_to`` lists the addresses or
    ``@domains`` that may be mailed there; empty means everyone. ``signed``: every workflow must be
    signed there.
    """

    name: str
    sandbox: bool
    only_to: tuple[str, ...] = ()
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message file: its front matter and its body, not rendered.

    ``kind`` is "email" (has a subject) or "text" (a chat post). ``body`` is Liquid in Markdown
    or MJML, by ``format`` ("md", "mjml").
    """

    name: str
    format: str
    subject: str | None
    preheader: str | None
    body: str
    where: Where
    body_line: int = 1

    @property
    def kind(self) -> str:
        """ "email" where there is a subject, "text" otherwise."""
        return "text" if self.subject is None else "email"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What leadline.yaml states for all; ``if_it_fails`` None means each step must say."""

    if_it_fails: FailurePolicy | None
    max_burst: int
    late_after: timedelta


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a team wrote, typed; only made when no problem is an error."""

    name: str
    time_zone: str
    owners: Mapping[str, tuple[str, ...]]
    defaults: Defaults
    environments: Mapping[str, Environment]
    write_keys: tuple[SecretRef, ...]
    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    systems: Mapping[str, System]
    messages: Mapping[str, Message]
    workflows: Mapping[str, Workflow]
    known: Known | None = None
    silenced: tuple[Silenced, ...] = ()
    signatures: tuple[Signature, ...] = ()
    cases: tuple[Case, ...] = ()
