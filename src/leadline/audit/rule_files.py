"""Rules as files: ``rules/<name>.sql`` with a header, or ``rules/<name>.py``.

The header of an SQL rule is a block of comments: ``-- key: text``, continued by lines that are
indented below it. Keys are code, title, severity, repair, fix, topic, needs, exact, marketer,
engineer, mend, message, tolerance, and ``let NAME = value; the reason`` for each threshold, which
stands as ``$NAME`` in the query (``$taken_at`` is the day that ages are counted from). A Python
rule has ``RULE`` and ``find(stack)``, and knows no other rule.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import cast

from leadline.audit.evidence import Query, findings
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULES = Path(__file__).with_name("rules")
PACKAGE = "leadline.audit.rules"
KEY = re.compile(r"^--\s?([a-z]+):\s*(.*)$")
LET = re.compile(r"^--\s?let\s+([A-Z][A-Z0-9_]*)\s*=\s*('[^']*'|[0-9.]+)\s*;\s*(.+)$")
MORE = re.compile(r"^--\s{2,}(.*)$")
NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
REQUIRED = ("code", "title", "severity", "repair", "fix", "needs", "marketer", "engineer", "mend")


@dataclass(frozen=True, slots=True)
class Audit:
    """A rule and the function that finds where a stack breaks it."""

    rule: Rule
    find: Callable[[Stack], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class SqlRule:
    """A rule read from its file. ``lets`` are the thresholds by name, ``text`` the query."""

    rule: Rule
    message: str
    tolerance: float
    lets: Mapping[str, str]
    text: str


@cache
def audits() -> tuple[Audit, ...]:
    """Every rule in the folder, by code; raises ValueError for a malformed file."""
    found: list[Audit] = []
    for path in sorted(RULES.glob("*.sql")):
        sql = parse(path.read_text(encoding="utf-8"), path.name)
        found.append(Audit(sql.rule, partial(_find_by_sql, sql)))
    for path in sorted(RULES.glob("*.py")):
        if path.stem != "__init__":
            module = importlib.import_module(f"{PACKAGE}.{path.stem}")
            rule = cast(Rule, module.RULE)
            found.append(Audit(rule, cast(Callable[[Stack], Iterator[Finding]], module.find)))
    found.sort(key=lambda audit: audit.rule.code)
    codes = [audit.rule.code for audit in found]
    if len(set(codes)) != len(codes):
        raise ValueError(f"a code is there twice: {sorted(codes)}")
    return tuple(found)


def parse(text: str, file: str) -> SqlRule:
    """Read an SQL rule; raises ValueError where a key or the query is missing."""
    said: dict[str, str] = {}
    lets: dict[str, str] = {}
    lines = text.splitlines()
    at, key = 0, ""
    while at < len(lines) and lines[at].startswith("--"):
        let, keyed, more = LET.match(lines[at]), KEY.match(lines[at]), MORE.match(lines[at])
        if let:
            lets[let[1]], key = let[2], ""
        elif keyed:
            key = keyed[1]
            said[key] = keyed[2].strip()
        elif more and key:
            said[key] += " " + more[1].strip()
        at += 1
    query = "\n".join(lines[at:]).strip().removesuffix(";")
    missing = [key for key in (*REQUIRED, "message") if key not in said]
    if missing or not query:
        raise ValueError(f"{file}: without {', '.join(missing) or 'a query'}")
    rule = Rule(
        said["code"],
        said["title"],
        Severity(said["severity"]),
        Repair(said["repair"]),
        FixKind(said["fix"]),
        said["marketer"],
        said["engineer"],
        said["mend"],
        exact=said.get("exact", "yes") == "yes",
        topic=said.get("topic", "data"),
        needs=tuple(said["needs"].split()),
    )
    return SqlRule(rule, said["message"], float(said.get("tolerance", "0")), lets, query)


def bound(sql: SqlRule, stack: Stack) -> str:
    """The query with its thresholds and the day of judgement in place."""
    known = {**sql.lets, "taken_at": f"timestamp '{stack.taken_at:%Y-%m-%d %H:%M:%S}'"}
    return NAME.sub(lambda found: known[found[1]], sql.text)


def _find_by_sql(sql: SqlRule, stack: Stack) -> Iterator[Finding]:
    return findings(sql.rule, stack, Query(bound(sql, stack), sql.message, sql.tolerance))
