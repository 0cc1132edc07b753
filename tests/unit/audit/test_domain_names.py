"""The two rules that ask the network, against a real name server on this machine."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest

from leadline.audit.canonical import lay_views
from leadline.audit.domain_names import ask_by
from leadline.audit.rules import dead_domain, sending_domain
from leadline.audit.run import audit
from leadline.blueprint.finding import Finding
from tests.unit.audit.stacks import stack_of
from tests.unit.audit.test_rule_pages import PAGES, sections

ZONE = re.compile(r"^```zone\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JUDGES = {"dead-domain": dead_domain.judge, "sending-domain": sending_domain.judge}


@contextmanager
def name_server(zone: str) -> Iterator[int]:
    """A name server that holds the lines ``name TYPE value``; it yields its port."""
    records = [line.split(" ", 2) for line in zone.splitlines() if line.strip()]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            packet, client = server.recvfrom(4096)
            if packet == b"end":
                return
            server.sendto(answer(packet, records), client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.sendto(b"end", server.getsockname())
        thread.join()
        server.close()


def answer(packet: bytes, records: list[list[str]]) -> bytes:
    question = dns.message.from_wire(packet)
    asked = question.question[0]
    said = dns.message.make_response(question)
    said.flags |= dns.flags.AA | dns.flags.RA
    own = [r for r in records if dns.name.from_text(r[0]) == asked.name]
    for _, kind, value in own:
        if kind == dns.rdatatype.to_text(asked.rdtype):
            said.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, value))
    if not own:
        said.set_rcode(dns.rcode.NXDOMAIN)
    return said.to_wire()


def found(code: str, text: str) -> list[Finding]:
    zone = ZONE.search(text)
    assert zone is not None
    with name_server(zone[1]) as port, stack_of(text, dns=True) as stack:
        lay_views(stack)
        return list(JUDGES[code](stack, ask_by("127.0.0.1", port)))


@pytest.mark.parametrize("code", sorted(JUDGES))
def test_the_failing_example_fails_and_the_mended_one_does_not(code: str) -> None:
    said = sections((PAGES / f"{code}.md").read_text(encoding="utf-8"))
    failing = found(code, said["Fails"])
    assert failing
    assert all(finding.rule.code == code and finding.message.endswith(".") for finding in failing)
    assert found(code, said["Mended"]) == []


def test_each_lack_of_a_sending_domain_is_named() -> None:
    text = sections((PAGES / "sending-domain.md").read_text(encoding="utf-8"))["Fails"]
    messages = [finding.message for finding in found("sending-domain", text)]
    assert [m for m in messages if "lets everybody send" in m]
    assert [m for m in messages if "no DMARC" in m]
    assert [m for m in messages if "no DKIM" in m]


def test_a_server_that_does_not_answer_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.audit.domain_names.TIMEOUT_S", 0.2)
    text = sections((PAGES / "dead-domain.md").read_text(encoding="utf-8"))["Fails"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with stack_of(text, dns=True) as stack:
            lay_views(stack)
            ask = ask_by("127.0.0.1", silent.getsockname()[1])
            assert list(dead_domain.judge(stack, ask)) == []


def test_without_leave_no_rule_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"a socket was opened: {arguments} {options}")

    monkeypatch.setattr(socket, "socket", refuse)
    text = sections((PAGES / "dead-domain.md").read_text(encoding="utf-8"))["Fails"]
    with stack_of(text) as stack:
        _, not_judged = audit(stack)
    reasons = {one.rule.code: one.reason for one in not_judged}
    assert reasons["dead-domain"] == reasons["sending-domain"]
    assert "--dns" in reasons["dead-domain"]
