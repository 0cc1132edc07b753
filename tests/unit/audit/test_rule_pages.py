"""Every rule has a page whose failing example fails and whose mended one does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.audit.canonical import lay_views
from leadline.audit.rule_files import RULES, Audit, audits
from leadline.audit.run import available, missing
from leadline.blueprint.finding import Severity
from tests.unit.audit.rule_index import PAGE, index
from tests.unit.audit.stacks import blocks, stack_of

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "rules"
HEAD = re.compile(
    r"^# (?P<title>.+)\n\nCode: `(?P<code>[a-z0-9-]+)` · Severity: (?P<severity>[a-z]+) · "
    r"Repair: (?P<repair>[a-z ]+) · Fix: (?P<fix>[a-z]+)\n"
)
ORDER = list(Severity)
# Rules that ask the network are tested against a server of their own (test_domain_names.py).
NETWORK = {"sending-domain", "dead-domain"}
RULES_OF_AUDIT = audits()


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def page(audit: Audit) -> str:
    return (PAGES / f"{audit.rule.code}.md").read_text(encoding="utf-8")


def judged(audit: Audit, text: str) -> Iterator[object]:
    with stack_of(text) as stack:
        lay_views(stack)
        reason = missing(audit, available(stack))
        assert reason is None, reason
        yield from audit.find(stack)


@pytest.mark.parametrize("audit", RULES_OF_AUDIT, ids=lambda a: a.rule.code)
def test_the_page_says_what_the_rule_says(audit: Audit) -> None:
    text, rule = page(audit), audit.rule
    head = HEAD.match(text)
    assert head is not None
    assert head.groupdict() == {
        "title": rule.title,
        "code": rule.code,
        "severity": rule.severity.value,
        "repair": rule.repair.value,
        "fix": rule.fix.value,
    }
    said = sections(text)
    assert list(said) == ["For a marketer", "For an engineer", "Mend", "Fails", "Mended"]
    assert [said["For a marketer"], said["For an engineer"], said["Mend"]] == [
        rule.marketer,
        rule.engineer,
        rule.mend,
    ]


@pytest.mark.parametrize(
    "audit", [a for a in RULES_OF_AUDIT if a.rule.code not in NETWORK], ids=lambda a: a.rule.code
)
def test_the_failing_example_fails_and_the_mended_one_does_not(audit: Audit) -> None:
    said = sections(page(audit))
    assert blocks(said["Fails"])
    assert blocks(said["Mended"])
    found = list(judged(audit, said["Fails"]))
    assert found
    worst = min(ORDER.index(finding.weight) for finding in found)
    assert worst <= ORDER.index(audit.rule.severity)
    for finding in found:
        assert finding.rule is audit.rule
        assert finding.message.endswith(".")
        assert len(finding.message) < 200, finding.message
        assert "{" not in finding.message
        assert "None" not in finding.message
        assert len(finding.examples) <= 5
    assert list(judged(audit, said["Mended"])) == []


def test_every_rule_has_a_page() -> None:
    codes = {audit.rule.code for audit in RULES_OF_AUDIT}
    assert codes <= {path.stem for path in PAGES.glob("*.md")}


def test_no_rule_imports_another() -> None:
    for path in RULES.glob("*.py"):
        assert "leadline.audit.rules" not in path.read_text(encoding="utf-8"), path.name


def test_the_index_lists_every_rule_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == index(), "python -m tests.unit.audit.rule_index"
