"""All rules over one stack: what was found, and what could not be judged and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from leadline.audit.canonical import PEOPLE, VIEWS, lay_views
from leadline.audit.rule_files import Audit, audits
from leadline.audit.sql_text import name
from leadline.audit.stack import Stack
from leadline.audit.tables import Meaning
from leadline.blueprint.finding import Finding, Rule, Severity

Progress = Callable[[str, int, int], None]
ORDER = (Severity.BLOCKING, Severity.WARNING, Severity.NOTE)
ABSENT = {
    "person": "no table of contacts, leads or registrations was given",
    "company": "no table of companies was given",
    "deal": "no table of deals was given",
    "suppression": "no list of unsubscribed or bounced addresses was given",
    "activity": "no table of mail events was given",
    "owner": "no table of users or owners was given",
    "field": "no definitions of fields were given",
    "option": "no options of picklists were given",
    "change": "no history of values was given",
    "lists": "no lists or segments were given",
    "flows": "no automation definitions were given",
    "systems": "people of one system only were given",
    "dns": "the network was not asked (--dns)",
    "leadline[audit]": "it needs more libraries: pip install 'leadline[audit]'",
}
# What an extra of the package brings; without it, its rules are not judged.
EXTRAS = {"leadline[audit]": "splink"}


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A rule that could not be asked, and the reason in words for a reader."""

    rule: Rule
    reason: str


def audit(
    stack: Stack, progress: Progress = lambda title, done, total: None
) -> tuple[tuple[Finding, ...], tuple[NotJudged, ...]]:
    """Judge the stack by every rule whose needs it meets; a rule that fails raises.

    ``progress`` is called before each rule with its title, how many are done and how many there
    are. Findings come by weight, then by how many rows they concern.
    """
    lay_views(stack)
    there = available(stack)
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    rules = audits()
    for done, one in enumerate(rules):
        progress(one.rule.title, done, len(rules))
        reason = missing(one, there)
        if reason is not None:
            not_judged.append(NotJudged(one.rule, reason))
        else:
            found += one.find(stack)
    progress("", len(rules), len(rules))
    found.sort(key=lambda f: (ORDER.index(f.weight), -(f.count or 0), f.rule.code, f.table))
    return tuple(found), tuple(not_judged)


def available(stack: Stack) -> frozenset[str]:
    """What the stack holds, in the words of ``Rule.needs``.

    A view's name where it has rows, ``view.column`` where a table of it has that column,
    ``flows``, ``systems`` (people of two at least), ``dns``.
    """
    there: set[str] = set()
    for view, kinds, _ in VIEWS:
        tables = [t for t in stack.tables if t.kind in kinds]
        if any(t.rows for t in tables):
            there.add(view)
        for table in tables:
            there |= {
                f"{view}.{c.meaning}" for c in table.columns if c.meaning is not Meaning.OTHER
            }
    if stack.flows:
        there.add("flows")
    if stack.dns:
        there.add("dns")
    if len({t.system for t in stack.tables if t.kind in PEOPLE and t.rows}) > 1:
        there.add("systems")
    there |= {extra for extra, library in EXTRAS.items() if find_spec(library) is not None}
    there |= _consent(stack)
    return frozenset(there)


def _consent(stack: Stack) -> set[str]:
    """``consent`` where a system's word, or the table itself, tells who agreed."""
    counted = stack.connection.execute(
        f"select count(*) from {name('person')} where consent_state <> 'unknown'"
    ).fetchone()
    return {"consent"} if counted and counted[0] else set()


def missing(one: Audit, there: frozenset[str]) -> str | None:
    """Why the rule cannot be judged, or None; a need ``a|b`` is met by either."""
    for need in one.rule.needs:
        if not there & set(need.split("|")):
            first = need.split("|")[0]
            view, _, column = first.partition(".")
            if first == "consent":
                return "no column or file says who agreed to mail"
            if column and view in there:
                return f'no table has a column that means "{column.replace("_", " ")}"'
            return ABSENT[view]
    return None
