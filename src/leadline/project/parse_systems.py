"""systems/*.yaml → System values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from leadline.project.entries import (
    Entries,
    read_duration,
    read_flag,
    read_text,
    read_word,
    refuse_address,
    refuse_unknown_key,
)
from leadline.project.file_kinds import LIMITS, SYSTEM_DEFAULTS, SYSTEM_KINDS
from leadline.project.nodes import MapNode, Node, TextNode
from leadline.project.problems import Report, did_you_mean, listed, quoted
from leadline.project.project import Environment
from leadline.project.quantities import is_address, rate
from leadline.project.schema import Either, Record, Text, Word
from leadline.project.systems import Guard, Limit, SecretRef, System

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SENDER = re.compile(r"(?:(?P<name>[^<>\x00-\x1f\x7f]*?)\s*)<(?P<address>[^<>\s]+)>")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")

WHERE_SECRETS_ARE = 'Write where the secret is found: "env:NAME" or "file:PATH".'


def parse_system(
    node: MapNode, name: str, environments: Mapping[str, Environment], report: Report
) -> System | None:
    """One system; None where so much is wrong that nothing can be said about it."""
    record = _kind_of(node, report)
    if record is None:
        return None
    kind, shapes = record
    entries = Entries(node, shapes, report)
    per_environment = [k for k, key in shapes.keys.items() if isinstance(key.shape, Either)]
    settings: dict[str, dict[str, str]] = {e: dict(SYSTEM_DEFAULTS[kind]) for e in environments}
    for key in per_environment:
        if key == "allow_private":
            continue
        required = shapes.keys[key].required
        for environment, value in _values(entries, key, environments, report).items():
            if _good_setting(key, value, shapes, report):
                settings[environment][key] = value.value
        missing = [e for e in environments if required and key not in settings[e]]
        if missing and key in entries and isinstance(entries.node(key), MapNode):
            report.error(
                "missing-setting",
                entries.place(key),
                f"{quoted(key)} says nothing for the environment {listed(missing)}.",
                "Add it, or write one value for all environments.",
            )
    private = (
        _allow_private(entries, environments, report) if "allow_private" in shapes.keys else {}
    )
    if "base_url" in shapes.keys:
        _check_addresses(entries, settings, private, environments, report)
    if kind == "smtp":
        _check_encryption(entries, settings, report)
    return System(
        name=name,
        kind=kind,
        settings=settings,
        secrets=_secrets(entries, report),
        limits=_limits(entries, kind, report),
        allow_private=private,
        guard=Guard(entries.word("guard") or Guard.SAFE),
        where=node.where,
        owner=_address(entries.text("owner") if "owner" in entries else None, report),
        tell=tuple(
            address
            for text in entries.texts("tell")
            if (address := _address(text, report)) is not None
        ),
        reads=_reads(entries, report),
        lag=entries.duration("lag"),
    )


def _address(node: TextNode | None, report: Report) -> str | None:
    if node is None or is_address(node.value):
        return None if node is None else node.value
    refuse_address(node, report)
    return None


def _reads(entries: Entries, report: Report) -> dict[str, timedelta]:
    """How often each object is read."""
    found: dict[str, timedelta] = {}
    for entry in entries.entries("reads"):
        text = read_text(entry.value, entry.key.value, report)
        every = None if text is None else read_duration(text, report)
        if every is not None:
            found[entry.key.value] = every
    return found


def read_secret(node: TextNode, report: Report) -> SecretRef | None:
    """``env:NAME`` or ``file:PATH``; anything else may be the secret and is never repeated."""
    source, colon, name = node.value.partition(":")
    name = name.strip()
    if colon and source == "env" and _ENV_NAME.fullmatch(name):
        return SecretRef("env", name)
    if colon and source == "file" and name and name.isprintable():
        return SecretRef("file", name)
    report.error(
        "secret-in-file",
        node.where,
        "a secret must not stand in a project file; only where it is found may.",
        f"{WHERE_SECRETS_ARE} If this was a real secret, replace it at the vendor.",
    )
    return None


def _kind_of(node: MapNode, report: Report) -> tuple[str, Record] | None:
    known = tuple(SYSTEM_KINDS)
    found = node.get("kind")
    if found is None:
        report.error(
            "missing-key",
            node.where,
            'this system has no "kind".',
            f"Add which platform it is: {listed(known, 'or')}.",
        )
        return None
    text = read_text(found, "kind", report)
    kind = None if text is None else read_word(text, "kind", known, report)
    return None if kind is None else (kind, SYSTEM_KINDS[kind])


def _values(
    entries: Entries, key: str, environments: Mapping[str, Environment], report: Report
) -> dict[str, TextNode]:
    """The value of a setting in each environment."""
    node = entries.node(key)
    if node is None:
        return {}
    if isinstance(node, MapNode):
        found: dict[str, TextNode] = {}
        for entry in node.entries:
            if entry.key.value not in environments:
                report.error(
                    "unknown-environment",
                    entry.key.where,
                    f"there is no environment {quoted(entry.key.value)}.",
                    did_you_mean(
                        entry.key.value,
                        environments,
                        "Environments are declared in leadline.yaml.",
                    ),
                )
                continue
            value = read_text(entry.value, key, report)
            if value is not None:
                found[entry.key.value] = value
        return found
    value = read_text(node, key, report)
    return {} if value is None else dict.fromkeys(environments, value)


def _good_setting(key: str, value: TextNode, record: Record, report: Report) -> bool:
    shape = _shape_of(key, record)
    if isinstance(shape, Word):
        return read_word(value, key, shape.words, report) is not None
    text = value.value
    checks = {
        "base_url": (_is_url(text), "a web address", 'such as "http://127.0.0.1:8701"'),
        "host": (_HOST.fullmatch(text) is not None, "a host name", 'such as "smtp.acme.example"'),
        "port": (
            text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65_536,
            "a port",
            "a whole number up to 65535",
        ),
        "from": (
            is_sender(text),
            "one sender",
            'such as "Acme <hello@acme.example>", on one line',
        ),
    }
    good, what, example = checks[key]
    if not good:
        report.error(
            "bad-setting",
            value.where,
            f"{quoted(text)} is not {what}.",
            f"Write {what}, {example}.",
        )
    return good


def is_sender(text: str) -> bool:
    """``Name <address>`` or an address: one line, nothing that could add a header."""
    found = _SENDER.fullmatch(text)
    return is_address(found["address"]) if found else is_address(text)


def _shape_of(key: str, record: Record) -> Word | Text:
    """The shape of one environment's setting: each kind of system has tiers of its own."""
    shape = record.keys[key].shape
    assert isinstance(shape, Either)
    item = shape.shapes[0]
    assert isinstance(item, Word | Text)
    return item


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return (
        parts.scheme in {"http", "https"}
        and bool(host)
        and plain
        and port != 0
        and text.isprintable()
        and " " not in text
    )


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _allow_private(
    entries: Entries, environments: Mapping[str, Environment], report: Report
) -> dict[str, bool]:
    found = _values(entries, "allow_private", environments, report)
    flags = {e: read_flag(v, "allow_private", report) for e, v in found.items()}
    return {e: bool(flags.get(e)) for e in environments}


def _check_addresses(
    entries: Entries,
    settings: Mapping[str, Mapping[str, str]],
    private: Mapping[str, bool],
    environments: Mapping[str, Environment],
    report: Report,
) -> None:
    for name, environment in environments.items():
        url = settings[name].get("base_url")
        if url is None:
            node = entries.node("base_url")
            if environment.sandbox and (node is None or _leaves_out(node, environments)):
                report.error(
                    "sandbox-without-address",
                    entries.place("base_url"),
                    f"the environment {quoted(name)} is a sandbox, but this system has no "
                    "base_url there and would reach the vendor.",
                    f"Add base_url: {{ {name}: http://127.0.0.1:8701 }} or another sandbox.",
                )
            continue
        parts = urlsplit(url)
        if _is_private(parts.hostname or "") and not private[name]:
            report.error(
                "private-address",
                entries.place("base_url"),
                f"{quoted(url)} is a private address, which {quoted(name)} does not allow.",
                f"Add allow_private: {{ {name}: true }} if this is meant.",
            )
        elif parts.scheme == "http" and not _is_private(parts.hostname or ""):
            report.error(
                "not-encrypted",
                entries.place("base_url"),
                f"{quoted(url)} would carry the secret unencrypted.",
                "Write https://.",
            )


def _leaves_out(node: Node, environments: Mapping[str, Environment]) -> bool:
    """Whether the map really says nothing; not where a misspelt environment is reported."""
    return isinstance(node, MapNode) and all(e.key.value in environments for e in node.entries)


def _check_encryption(
    entries: Entries, settings: Mapping[str, Mapping[str, str]], report: Report
) -> None:
    bare = [
        name
        for name, values in settings.items()
        if values["tls"] == "none" and "host" in values and not _is_private(values["host"])
    ]
    if bare:
        report.warning(
            "not-encrypted",
            entries.place("tls"),
            f"mail and password travel unencrypted in the environment {listed(bare)}.",
            'Write "starttls" or "tls", whichever the provider offers.',
        )


def _secrets(entries: Entries, report: Report) -> dict[str, SecretRef]:
    secrets = entries.record("secrets")
    found: dict[str, SecretRef] = {}
    for name in secrets.names() if secrets else ():
        node = secrets.node(name) if secrets else None
        if isinstance(node, TextNode):
            value = read_secret(node, report)
            if value is not None:
                found[name] = value
        elif node is not None:
            # Not through read_text: whatever stands here is never repeated.
            report.error(
                "wrong-shape", node.where, f"{quoted(name)} should be one text.", WHERE_SECRETS_ARE
            )
    return found


def _limits(entries: Entries, kind: str, report: Report) -> dict[str, Limit]:
    found: dict[str, Limit] = {}
    for entry in entries.entries("limits"):
        name = entry.key.value
        if name not in LIMITS[kind]:
            refuse_unknown_key(entry.key, f"{kind} system's limits", LIMITS[kind], report)
            continue
        text = read_text(entry.value, name, report)
        value = None if text is None else rate(text.value)
        if value is not None:
            found[name] = value
        elif text is not None:
            report.error(
                "not-a-limit",
                text.where,
                f"{quoted(text.value)} is not a limit.",
                'Write how many in how long, such as "14 per second" or "100 per 10 seconds".',
            )
    return found
