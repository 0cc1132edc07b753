"""A mail server on a port that mail servers do not use."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted

# RFC 5321, 6409 and 8314, and 2525, which many providers offer where those are blocked.
_PORTS = ("25", "465", "587", "2525", "2587", "2465")


def _find(subject: Subject) -> Iterator[Problem]:
    real = [e.name for e in subject.project.environments.values() if not e.sandbox]
    for system in subject.project.systems.values():
        for name in real:
            settings = system.settings.get(name, {})
            port = settings.get("port")
            if port is not None and port not in _PORTS:
                yield Problem(
                    CHECK.code,
                    f"{quoted(system.name)} is called on port {port} in {quoted(name)}, which mail "
                    "servers do not use.",
                    system.where,
                    "Write 587 with starttls, or 465 with tls, unless the provider says another.",
                    CHECK.severity,
                )


CHECK = Check(
    code="odd-mail-port",
    title="A port that mail servers do not use",
    severity=Severity.WARNING,
    marketer="No mail goes out in production: the server is asked at a door that is not there.",
    engineer="In an environment with real systems the port is none of 25, 465, 587 and 2525 (and "
    "2465 and 2587, which SES has). `leadline systems check` tries it.",
    mend="Write the port that the provider names, mostly 587.",
    find=_find,
)
