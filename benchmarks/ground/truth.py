"""Stacks with faults known by name, and what an inspection made of them.

The maker of ``examples/inherited-stack`` builds the stacks. Here it is dealt which faults each
of them gets, and a finding is set against what was planted: by code, then by place.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leadline.blueprint.finding import Finding, Severity

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "inherited-stack"))

from making.codes import BY_SLUG, CODES, slug_of
from making.stack import SYSTEMS, Plan
from making.world import Planted

FAULTS_EACH = 5
# A finding counts as found where it holds at least this part of the records that were planted.
ENOUGH = 0.8
# These faults take people whom HubSpot alone knows: a small stack has room for some of them.
OF_THE_UNKNOWN = {
    "audience-without-email", "invalid-email", "typo-domain", "role-address",
    "test-or-disposable", "duplicate-mailbox", "probably-same-person", "free-text-in-branch",
    "invisible-characters", "broken-encoding", "language-against-country",
    "stage-contradicts-deals",
}  # fmt: skip
MOST_OF_THE_UNKNOWN = 3
# A clash between systems may be reported at either of them.
BETWEEN_SYSTEMS = {
    "same-person-elsewhere", "opt-out-here-opt-in-there", "came-back-by-import",
    "suppressed-in-live-audience", "mail-tool-not-crm", "race-with-sync", "consent-without-proof",
    "probably-same-person", "lead-and-contact", "different-picklists", "hand-over-unanswered",
}  # fmt: skip


def deal(stacks: int, seed: int) -> list[Plan]:
    """Stacks with five faults each, every fault as often as any other."""
    draw = random.Random(seed)
    used: Counter[str] = Counter()
    return [_plan(draw, used, f"{seed}/{number}") for number in range(stacks)]


def _plan(draw: random.Random, used: Counter[str], seed: str) -> Plan:
    codes: list[str] = []
    order = [code for code in CODES if code.offline]
    draw.shuffle(order)
    for code in sorted(order, key=lambda each: used[each.slug]):
        unknown = sum(1 for each in codes if each in OF_THE_UNKNOWN)
        full = code.slug in OF_THE_UNKNOWN and unknown >= MOST_OF_THE_UNKNOWN
        if len(codes) < FAULTS_EACH and not full:
            codes.append(code.slug)
    used.update(codes)
    people = draw.randint(600, 2_000)
    needed = {system for slug in codes for system in BY_SLUG[slug].needs}
    return Plan(
        seed,
        people,
        systems=_systems(draw, needed),
        codes=tuple(codes),
        each=people * 3 // 100,
        history=people // 2,
        live=draw.randint(8, 15),
        paused=draw.randint(0, 3),
    )


def _systems(draw: random.Random, needed: Iterable[str]) -> frozenset[str]:
    chosen = {"hubspot", *needed} | {each for each in sorted(SYSTEMS) if draw.random() < 0.5}
    if "sendgrid" in chosen:
        chosen.add("mailchimp")
    return frozenset(chosen)


def sound(stacks: int, seed: int) -> list[Plan]:
    """Stacks in which nothing was planted."""
    draw = random.Random(f"sound/{seed}")
    return [
        Plan(f"sound/{seed}/{number}", people := draw.randint(600, 2_000),
             systems=_systems(draw, ()), history=people // 2, live=draw.randint(8, 15))
        for number in range(stacks)
    ]  # fmt: skip


def tells_of(finding: Finding, planted: Planted) -> bool:
    """Whether the finding names this fault: by its code, and at its place."""
    return slug_of(finding.rule.code) == planted.code and _same_place(finding, planted)


def explained(finding: Finding, planted: Sequence[Planted]) -> bool:
    """Whether something planted accounts for the finding, be it by its consequences."""
    slug = slug_of(finding.rule.code)
    return any(
        tells_of(finding, each) or (slug in each.also and _same_system(finding, each))
        for each in planted
    )


def _same_system(finding: Finding, planted: Planted) -> bool:
    codes = {planted.code, slug_of(finding.rule.code)}
    return finding.system in {planted.system, ""} or bool(codes & BETWEEN_SYSTEMS)


def _same_place(finding: Finding, planted: Planted) -> bool:
    said = {_bare(each.name) for each in finding.fields}
    meant = {_bare(each) for each in planted.fields}
    about_it = any(one in other or other in one for one in said for other in meant)
    if planted.flow is not None:
        flows = {finding.flow, *(each.flow for each in finding.breaks)}
        return planted.flow in flows or about_it
    between = planted.code in BETWEEN_SYSTEMS
    return _same_system(finding, planted) and (between or about_it or not said or not meant)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def found(planted: Planted, findings: Iterable[Finding]) -> bool:
    """Whether the findings tell of the fault, with most of its records where it has any."""
    telling = [each for each in findings if tells_of(each, planted)]
    if not telling:
        return False
    counted = [each.count for each in telling if each.count is not None]
    whole = not planted.keys or len(counted) < len(telling)
    return whole or sum(counted) >= ENOUGH * planted.count


@dataclass(frozen=True)
class Judged:
    """One stack: what was planted in it, and what was found."""

    planted: tuple[Planted, ...]
    findings: tuple[Finding, ...]

    @property
    def above_note(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.weight is not Severity.NOTE)


@dataclass(frozen=True)
class Tally:
    """What a rule found of what was planted for it; ``false`` findings nothing accounts for."""

    planted: int = 0
    found: int = 0
    true: int = 0
    false: int = 0

    @property
    def recall(self) -> float | None:
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        said = self.true + self.false
        return self.true / said if said else None


def tallies(stacks: Sequence[Judged]) -> Mapping[str, Tally]:
    """By fault, and by the code of findings that stand for no fault of the table."""
    planted: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    true: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for stack in stacks:
        for each in stack.planted:
            planted[each.code] += 1
            caught[each.code] += found(each, stack.findings)
        for finding in stack.above_note:
            code = slug_of(finding.rule.code) or finding.rule.code
            (true if explained(finding, stack.planted) else false)[code] += 1
    names = sorted({*planted, *true, *false})
    return {name: Tally(planted[name], caught[name], true[name], false[name]) for name in names}


def figures(stacks: Sequence[Judged], correct: Sequence[Judged]) -> dict[str, float]:
    """The figures: shares from 0 to 1, and counts."""
    by_code = tallies(stacks)
    planted = sum(each.planted for each in by_code.values())
    true = sum(each.true for each in by_code.values())
    said = true + sum(each.false for each in by_code.values())
    recalls = {name: each.recall for name, each in by_code.items() if each.recall is not None}
    exact = [recall for name, recall in recalls.items() if BY_SLUG[name].exact]
    return {
        "planted": planted,
        "precision": round(true / said, 4) if said else 0.0,
        "recall": round(sum(each.found for each in by_code.values()) / planted, 4),
        "worst_rule_recall": round(min(recalls.values()), 4),
        "worst_exact_rule_recall": round(min(exact), 4) if exact else 0.0,
        "findings_in_correct_stacks": sum(len(each.above_note) for each in correct),
    }
