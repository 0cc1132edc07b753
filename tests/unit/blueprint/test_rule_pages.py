"""Every check has a page whose failing example fails and whose mended one does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from leadline.blueprint import flow_checks as checks
from leadline.blueprint.finding import Severity
from leadline.blueprint.flow_checks.registry import CHECKS, Check
from tests.unit.blueprint.examples import read

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "reference" / "rules"
HEAD = re.compile(
    r"^# (?P<title>.+)\n\nCode: `(?P<code>[a-z0-9-]+)` · Severity: (?P<severity>[a-z]+) · "
    r"Repair: (?P<repair>[a-z ]+) · Fix: (?P<fix>[a-z]+)\n"
)
SHARED = {"__init__", "facts", "evidence", "registry"}
EACH = pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.rule.code)


def page(check: Check) -> str:
    return (PAGES / f"{check.rule.code}.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


@EACH
def test_the_page_says_what_the_rule_says(check: Check) -> None:
    rule, text = check.rule, page(check)
    head = HEAD.match(text)
    assert head is not None
    assert head.groupdict() == {
        "title": rule.title,
        "code": rule.code,
        "severity": rule.severity,
        "repair": rule.repair,
        "fix": rule.fix,
    }
    said = sections(text)
    assert list(said) == ["For a marketer", "For an engineer", "Mend", "Fails", "Mended"]
    assert [said["For a marketer"], said["For an engineer"], said["Mend"]] == [
        rule.marketer,
        rule.engineer,
        rule.mend,
    ]


@EACH
def test_the_failing_example_fails_and_the_mended_one_does_not(check: Check) -> None:
    said = sections(page(check))
    found = list(check.find(*read(said["Fails"])))
    assert found
    order = list(Severity)
    worst = min(order.index(finding.weight) for finding in found)
    assert worst <= order.index(check.rule.severity)
    assert list(check.find(*read(said["Mended"]))) == []
    for finding in found:
        assert finding.rule is check.rule
        assert finding.message.endswith(".")
        assert len(finding.message) < 200
        assert finding.flow is not None
        assert finding.breaks[0].flow == finding.flow


def test_every_check_is_registered_and_stands_under_the_contract_of_independence() -> None:
    folder = Path(str(checks.__file__)).parent
    files = {path.stem for path in folder.glob("*.py")} - SHARED
    assert files == {check.find.__module__.rpartition(".")[2] for check in CHECKS.values()}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (apart,) = [c for c in contracts if c["name"] == "Checks of flows do not know each other"]
    assert {name.rpartition(".")[2] for name in apart["modules"]} == files


def test_codes_are_words_and_rules_say_all() -> None:
    for code, check in CHECKS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        rule = check.rule
        assert all(text.endswith((".", "?")) for text in (rule.marketer, rule.engineer, rule.mend))
        assert rule.topic == "flows"
