"""Setting findings against what was planted: by code, by place, with most of the records."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from leadline.blueprint.finding import Broken, Finding, FixKind, Repair, Rule, Severity
from leadline.blueprint.graph.flow import FieldRef

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from ground.truth import Judged, deal, explained, figures, found, sound, tallies
from making.codes import BY_SLUG, CODES
from making.stack import build
from making.world import Planted

TYPOS = Planted("typo-domain", "hubspot", "contacts", ("email",), tuple("abcdefghij"), count=10,
                also=("invalid-email",))  # fmt: skip
NEGATIVE = Planted("negative-over-unknown", "hubspot", "contacts", ("partner_level",),
                   flow="hubspot/7", count=300)  # fmt: skip


def finding(code: str, **more: object) -> Finding:
    rule = Rule(code, "", Severity.WARNING, Repair.MUST_ASK, FixKind.NONE, "", "", "")
    made = Finding(rule, "Something is wrong.", "hubspot")
    return replace(made, **more)


def of(name: str) -> tuple[FieldRef, ...]:
    return (FieldRef("hubspot", "contact", name),)


def test_a_fault_is_found_by_code_and_place() -> None:
    assert found(TYPOS, [finding("typo-domain", fields=of("email"), count=10)])
    assert not found(TYPOS, [finding("invalid-email", fields=of("email"), count=10)])
    assert not found(TYPOS, [finding("typo-domain", fields=of("phone"), count=10)])
    assert not found(TYPOS, [finding("typo-domain", system="mailchimp", count=10)])


def test_a_finding_of_few_of_the_records_has_not_found_the_fault() -> None:
    assert not found(TYPOS, [finding("typo-domain", fields=of("email"), count=7)])
    halves = [finding("typo-domain", fields=of("email"), count=5)] * 2
    assert found(TYPOS, halves)


def test_a_fault_of_a_flow_is_found_at_the_flow_or_its_field() -> None:
    assert found(NEGATIVE, [finding("negative-unknown", flow="hubspot/7")])
    assert found(NEGATIVE, [finding("negative-unknown", fields=of("partner_level"))])
    broken = (Broken("hubspot/7", None, "takes in too many"),)
    assert found(NEGATIVE, [finding("negative-unknown", breaks=broken)])
    assert not found(NEGATIVE, [finding("negative-unknown", flow="hubspot/8")])


def test_a_consequence_of_a_fault_is_explained_but_finds_nothing() -> None:
    beside = finding("invalid-email", fields=of("email"))
    assert explained(beside, [TYPOS])
    assert not found(TYPOS, [beside])
    assert not explained(finding("role-address"), [TYPOS])


def test_notes_are_never_false_and_other_findings_are() -> None:
    note = finding("role-address", severity=Severity.NOTE)
    alarm = finding("role-address")
    told = figures([Judged((TYPOS,), (note, alarm))], [Judged((), (note, alarm))])
    assert told["precision"] == 0.0
    assert told["recall"] == 0.0
    assert told["findings_in_correct_stacks"] == 1


def test_the_worst_rule_is_told_apart() -> None:
    right = finding("typo-domain", fields=of("email"), count=10)
    told = figures([Judged((TYPOS, NEGATIVE), (right,)), Judged((TYPOS,), (right,))], [])
    assert told["planted"] == 3
    assert told["precision"] == 1.0
    assert told["recall"] == pytest.approx(2 / 3, abs=0.001)
    assert told["worst_rule_recall"] == 0.0


def test_a_code_that_stands_for_no_fault_is_counted_under_its_own_name() -> None:
    by_code = tallies([Judged((), (finding("quite-new"),))])
    assert by_code["quite-new"].false == 1


def test_forty_stacks_hold_two_hundred_faults_evenly() -> None:
    plans = deal(40, 4)
    dealt = Counter(slug for plan in plans for slug in plan.codes)
    assert sum(dealt.values()) == 200
    assert dealt.keys() == {code.slug for code in CODES if code.offline}
    assert max(dealt.values()) - min(dealt.values()) <= 1
    assert all(len(set(plan.codes)) == 5 for plan in plans)
    assert len({plan.seed for plan in plans}) == 40
    assert len({plan.systems for plan in plans}) >= 10


def test_a_stack_has_the_systems_that_its_faults_need() -> None:
    for plan in deal(40, 4):
        for slug in plan.codes:
            assert set(BY_SLUG[slug].needs) <= plan.systems


def test_what_is_dealt_can_be_planted_in_full() -> None:
    for plan in deal(40, 4)[:3]:
        world = build(plan)
        assert {each.code for each in world.planted} == set(plan.codes)
        for each in world.planted:
            assert not each.keys or len(each.keys) >= plan.each / 2, each.code


def test_correct_stacks_have_nothing_planted() -> None:
    assert all(not plan.codes for plan in sound(10, 4))
    assert build(sound(1, 4)[0]).planted == []
