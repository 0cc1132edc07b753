"""leadline.yaml → the name, the environments, the owners and the defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from leadline.project.entries import (
    Entries,
    read_record,
    read_text,
    read_texts,
    refuse_address,
)
from leadline.project.file_kinds import ENVIRONMENT, PROJECT
from leadline.project.nodes import Entry, MapNode, TextNode
from leadline.project.parse_policy import read_policy
from leadline.project.parse_systems import read_secret
from leadline.project.problems import Report, did_you_mean, quoted
from leadline.project.project import Defaults, Environment
from leadline.project.quantities import is_address
from leadline.project.systems import SecretRef
from leadline.project.workflow import DeadLetter, FailurePolicy, GoTo

_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")

MAX_BURST = 10_000  # entries; design section 16 states it, a project may state its own
LATE_AFTER = timedelta(hours=24)  # design section 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What leadline.yaml says; where it is broken, what the other files can be read with."""

    name: str = "project"
    time_zone: str = "UTC"
    owners: Mapping[str, tuple[TextNode, ...]] = field(
        default_factory=dict[str, tuple[TextNode, ...]]
    )
    defaults: Defaults = field(default_factory=lambda: Defaults(None, MAX_BURST, LATE_AFTER))
    environments: Mapping[str, Environment] = field(
        default_factory=lambda: {"dev": Environment("dev", sandbox=False)}
    )
    write_keys: tuple[SecretRef, ...] = ()


def parse_settings(node: MapNode, report: Report) -> Settings:
    """The one file that every project has."""
    entries = Entries(node, PROJECT, report)
    name = entries.text("project")
    if name is not None and not _NAME.fullmatch(name.value):
        report.error(
            "bad-name",
            name.where,
            f"{quoted(name.value)} cannot be the name of a project.",
            "Use small letters, digits and hyphens, beginning with a letter, 50 at most.",
        )
    return Settings(
        name=name.value if name else "project",
        time_zone=_zone(entries.text("time_zone"), report),
        owners=_owners(entries, report),
        defaults=_defaults(entries.record("defaults"), report),
        environments=_environments(entries, report),
        write_keys=_write_keys(entries.record("ingest"), report),
    )


def _zone(node: TextNode | None, report: Report) -> str:
    if node is None:
        return "UTC"
    try:
        return ZoneInfo(node.value).key
    except (KeyError, ValueError, OSError):  # unknown, a path, a name that no file can have
        report.error(
            "unknown-time-zone",
            node.where,
            f"there is no time zone {quoted(node.value)}.",
            did_you_mean(
                node.value, available_timezones(), 'Write it like "Europe/Berlin" or "UTC".'
            ),
        )
        return "UTC"


def _owners(entries: Entries, report: Report) -> Mapping[str, tuple[TextNode, ...]]:
    owners: dict[str, tuple[TextNode, ...]] = {}
    for entry in entries.entries("owners"):
        if is_address(entry.key.value):
            owners[entry.key.value] = read_texts(entry.value, entry.key.value, report)
        else:
            refuse_address(entry.key, report)
    return MappingProxyType(owners)


def _defaults(entries: Entries | None, report: Report) -> Defaults:
    if entries is None:
        return Defaults(None, MAX_BURST, LATE_AFTER)
    return Defaults(
        if_it_fails=_default_policy(entries, report),
        max_burst=entries.count("max_burst") or MAX_BURST,
        late_after=entries.duration("late_after") or LATE_AFTER,
    )


def _default_policy(entries: Entries, report: Report) -> FailurePolicy | None:
    if "if_it_fails" not in entries:
        return None
    stated = entries.record("if_it_fails")
    policy = None if stated is None else read_policy(stated, None, report)
    if policy is not None and isinstance(policy.then, GoTo):
        report.error(
            "go-to-in-defaults",
            entries.place("if_it_fails"),
            "a step belongs to one workflow, so the defaults cannot name one.",
            'Write "carry on", "stop" or "dead letter" here, and go to in the step itself.',
        )
    # Where the policy is broken (and reported), no step should be told that it has none.
    return policy or FailurePolicy(timedelta(days=1), DeadLetter())


def _environments(entries: Entries, report: Report) -> Mapping[str, Environment]:
    found: dict[str, Environment] = {}
    for entry in entries.entries("environments"):
        if _NAME.fullmatch(entry.key.value):
            found[entry.key.value] = _environment(entry, report)
        else:
            report.error(
                "bad-name",
                entry.key.where,
                f"{quoted(entry.key.value)} cannot be the name of an environment.",
                "Use small letters, digits and hyphens, beginning with a letter.",
            )
    if isinstance(entries.node("environments"), MapNode) and not found:
        report.error(
            "no-environment",
            entries.place("environments"),
            "no environment is declared.",
            "Write at least dev: { sandbox: true }.",
        )
    return MappingProxyType(found or {"dev": Environment("dev", sandbox=False)})


def _environment(entry: Entry, report: Report) -> Environment:
    name = entry.key.value
    entries = read_record(entry.value, ENVIRONMENT, report)
    if entries is None:
        return Environment(name, sandbox=False)
    only_to: list[str] = []
    for item in entries.items("only_to"):
        text = read_text(item, "only_to", report)
        if text is None:
            continue
        if is_address(text.value) or is_address(f"someone{text.value}"):
            only_to.append(text.value)
        else:
            report.error(
                "not-an-address",
                text.where,
                f"{quoted(text.value)} is neither a mail address nor a domain.",
                'Write "ann@acme.example" for one person, "@acme.example" for a domain.',
            )
    signed = "signed" in entries and entries.word("signed") is not None
    return Environment(name, bool(entries.flag("sandbox")), tuple(only_to), signed)


def _write_keys(entries: Entries | None, report: Report) -> tuple[SecretRef, ...]:
    if entries is None:
        return ()
    found: list[SecretRef] = []
    for item in entries.items("write_keys"):
        if isinstance(item, TextNode):
            secret = read_secret(item, report)
            if secret is not None:
                found.append(secret)
        else:
            report.error(
                "wrong-shape",
                item.where,
                "each write key should be one text.",
                'Write where it is found: "env:NAME" or "file:PATH".',
            )
    return tuple(found)
