"""An environment with real systems that still has the settings of a sandbox, or none."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, Where, quoted
from leadline.project.systems import System

_FROM_THE_FIRST_BYTE = frozenset({"465", "2465"})  # RFC 8314, and the second port of SES
_UPGRADED = frozenset({"25", "587", "2525", "2587"})


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    real = [name for name, e in project.environments.items() if not e.sandbox]
    for name in real:
        for system in project.systems.values():
            yield from _system(system, name)
    if real and not project.write_keys and any(w.starts.when for w in project.workflows.values()):
        yield _problem(
            f"no key lets events in, so nothing starts a workflow in {quoted(real[0])}.",
            Where("leadline.yaml"),
            "Add ingest: { write_keys: [ env:LEADLINE_WRITE_KEY ] }.",
        )


def _system(system: System, environment: str) -> Iterator[Problem]:
    settings = system.settings[environment]
    url, host = settings.get("base_url"), settings.get("host")
    address = urlsplit(url).hostname if url else host
    if address and _is_here(address):
        key = "base_url" if url else "host"
        yield _problem(
            f"{quoted(environment)} has real systems, but {key} of {quoted(system.name)} is "
            f"{quoted(address)} there, this machine.",
            system.where,
            f"Write {key}: {{ … }} with a value for each environment.",
        )
    elif host and not _is_here(host) and set(system.secrets) != {"user", "password"}:
        yield _problem(
            f"{quoted(system.name)} has no user and password for {quoted(host)} in "
            f"{quoted(environment)}.",
            system.where,
            "Add secrets: { user: env:SMTP_USER, password: env:SMTP_PASSWORD }.",
        )
    if host and not _is_here(host):
        yield from _port(system, environment)


def _port(system: System, environment: str) -> Iterator[Problem]:
    """A port that expects the other sort of encryption."""
    port, tls = system.settings[environment]["port"], system.settings[environment]["tls"]
    expected = "tls" if port in _FROM_THE_FIRST_BYTE else "starttls"
    if port in _FROM_THE_FIRST_BYTE | _UPGRADED and tls not in {expected, "none"}:
        yield _problem(
            f"port {port} of {quoted(system.name)} in {quoted(environment)} expects tls: "
            f"{expected}, but it is {tls}.",
            system.where,
            "Write 587 with starttls, or 465 with tls.",
        )


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(message: str, where: Where, fix: str) -> Problem:
    return Problem(CHECK.code, message, where, fix, CHECK.severity)


CHECK = Check(
    code="production-not-ready",
    title="Production with the settings of a sandbox",
    severity=Severity.WARNING,
    marketer="In the environment that should reach real people, this system still points at a "
    "stand-in on somebody's machine, or nobody can sign in. Nothing arrives.",
    engineer="For each environment with sandbox: false: base_url or host is a loopback address; a "
    "mail server elsewhere has no user and password, or a port that expects the other sort of tls; "
    "or workflows start by events and leadline.yaml has no write key.",
    mend="Give the setting a value for each environment.",
    find=_find,
)
