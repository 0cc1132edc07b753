"""The protocol loses, doubles and reorders nothing; without any of its rules it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.ledger.transitions import State, may
from tests.model.rules import Rule, Rules, Vendor
from tests.model.search import search, told, two_unsettled

RECORD = Rules(Vendor.READ_BACK, (0, 0))  # two writes of one record, read back by id
KEYED = Rules(Vendor.KEY, (0, 0))  # the same where the vendor has an idempotency key
MAIL = Rules(Vendor.NONE, (0, 1))  # two mails over SMTP


@pytest.mark.parametrize(
    ("rules", "faults"), [(RECORD, 3), (KEYED, 3), (MAIL, 2)], ids=["record", "keyed", "mail"]
)
def test_every_path_settles_and_nothing_is_lost_doubled_or_reordered(
    rules: Rules, faults: int
) -> None:
    result = search(
        rules,
        faults=faults,
        also=lambda world: "two unsettled calls" if two_unsettled(world, rules) else None,
    )
    print(f"{result.states} states with {faults} faults")
    assert result.violation is None, f"{result.violation}\n{told(result.path)}"
    # Every event advances a worker, a call or an action, and a claim makes a call: that their
    # number stays bounded means that every path ends.
    assert result.cut == 0
    assert ("accepted", "accepted") in result.ends
    held = any("held" in end for end in result.ends)
    assert held == (rules.vendor is Vendor.NONE)
    # What the model does to an action, the table allows.
    assert not [edge for edge in result.edges if not may(State(edge[0]), State(edge[1]))]


MUTANTS = [
    (RECORD, {Rule.LEASE_END_IS_UNKNOWN}, 2, "doubled"),
    (KEYED, {Rule.LEASE_END_IS_UNKNOWN}, 2, "doubled"),
    (MAIL, {Rule.LEASE_END_IS_UNKNOWN}, 2, "doubled"),
    (RECORD, {Rule.UNDER_TOKEN}, 2, "lost"),
    (MAIL, {Rule.EFFECT_WINS}, 2, "effect is proved is called held"),
    (RECORD, {Rule.ONE_CALL_A_RECORD}, 3, "older write wins"),
    (RECORD, {Rule.LEDGER_ORDER}, 2, "older write wins"),
    (KEYED, {Rule.LEDGER_ORDER}, 2, "older write wins"),
    (RECORD, {Rule.FOLLOW_WITH_ALL}, 2, "lost"),
    (RECORD, {Rule.SEND_BY}, 2, "doubled"),
    (RECORD, {Rule.VERIFY_LATE}, 2, "doubled"),
    (RECORD, {Rule.FOLLOW_LATE}, 2, "doubled"),
    # The tombstone is the second line behind send_by: it stops a worker whose clock is wrong.
    (KEYED, {Rule.SEND_BY, Rule.TOMBSTONE}, 2, "doubled"),
    (MAIL, {Rule.SEND_BY, Rule.TOMBSTONE}, 2, "doubled"),
]


@pytest.mark.parametrize(
    ("rules", "dropped", "faults", "expected"),
    MUTANTS,
    ids=[f"{'+'.join(sorted(r.name for r in d))}-{m.vendor.name}" for m, d, _, _ in MUTANTS],
)
def test_without_a_rule_the_search_finds_a_violation(
    rules: Rules, dropped: set[Rule], faults: int, expected: str
) -> None:
    mutant = Rules(rules.vendor, rules.records, frozenset(dropped))
    result = search(mutant, faults=faults)
    print(f"without {' and '.join(dropped)}: {result.violation}\n{told(result.path)}")
    assert result.violation is not None
    assert expected in result.violation


@pytest.mark.parametrize("rules", [KEYED, MAIL], ids=["keyed", "mail"])
def test_the_tombstone_alone_stops_a_worker_that_ignores_send_by(rules: Rules) -> None:
    late = Rules(rules.vendor, rules.records, frozenset({Rule.SEND_BY}))
    assert search(late, faults=2).violation is None


def test_every_rule_is_left_out_somewhere() -> None:
    assert {rule for _, dropped, _, _ in MUTANTS for rule in dropped} == set(Rule)


def test_the_specification_stays_short() -> None:
    text = Path(__file__).with_name("protocol.py").read_text(encoding="utf-8")
    assert text.count("\n") <= 300
