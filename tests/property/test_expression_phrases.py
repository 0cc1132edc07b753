"""What a condition prints is read back as the same condition; no text makes the reader fail."""

from __future__ import annotations

import itertools
import os
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadline.expression.evaluate import evaluate
from leadline.expression.grammar import Operator, quoted, unquoted
from leadline.expression.phrases import Fault, RawGroup, RawPhrase, parse_condition
from leadline.expression.reads import reads
from leadline.expression.sentence import phrase, sentence
from leadline.expression.spoken import SPOKEN, Spoken
from leadline.expression.tree import All, Any, Condition, Nothing
from tests.property.expression_trees import NOW, VOCABULARY, Maker, as_written

SEED = int(os.environ.get("LEADLINE_SEED", "20260501"))


def test_every_phrase_is_read_back_as_the_node_that_wrote_it() -> None:
    maker = Maker(Random(SEED))
    for _ in range(4_000):
        node = maker.phrase()
        text = phrase(node)
        assert parse_condition(RawPhrase(text, (1, 1)), VOCABULARY) == (node, ()), text


def test_every_nested_condition_is_read_back() -> None:
    maker = Maker(Random(SEED + 1))
    for _ in range(500):
        condition = maker.condition(4)
        written = as_written(condition, itertools.count(1))
        assert parse_condition(written, VOCABULARY) == (condition, ())


def simplest(condition: Condition) -> Condition:
    """The same condition without groups of one, whose sentence is that of their only part."""
    if isinstance(condition, All | Any) and len(condition.parts) == 1:
        return simplest(condition.parts[0])
    if isinstance(condition, All | Any | Nothing):
        return type(condition)(tuple(map(simplest, condition.parts)))
    return condition


@pytest.mark.parametrize("spoken", SPOKEN.values(), ids=lambda each: each.code)
def test_different_conditions_have_different_sentences(spoken: Spoken) -> None:
    maker = Maker(Random(SEED + 2))
    said: dict[str, Condition] = {}
    repeated = 0
    for _ in range(20_000):
        condition = simplest(maker.condition(2))
        words = sentence(condition, spoken=spoken)
        repeated += words in said
        assert said.setdefault(words, condition) == condition, words
    assert repeated > 100


def test_an_answer_depends_only_on_what_the_condition_reads() -> None:
    maker = Maker(Random(SEED + 3))
    for _ in range(2_000):
        condition, row = maker.condition(), maker.row()
        read = {ref: value for ref, value in row.items() if ref in reads(condition)}
        assert evaluate(condition, read, NOW) is evaluate(condition, row, NOW)
        unread = {**maker.row(), **read}
        assert evaluate(condition, unread, NOW) is evaluate(condition, row, NOW)


@given(st.text())
@example("\\")
@example('a\\"b')
def test_quoting_is_undone_by_unquoting(text: str) -> None:
    assert unquoted(quoted(text)) == text


def well_said(fault: Fault) -> bool:
    return all(
        0 < len(part) <= 200 and part.endswith((".", "?")) and "\n" not in part
        for part in (fault.message, fault.fix)
    )


WORDS = st.sampled_from(
    [
        *Operator,
        *" ".join(Operator).split(),
        *("contact.name", "contact.size", "contact.stage", "contact.seen_at", "contact.born"),
        *("contact.subscribed", "contact.email", "contact.nmae", "contat.name", "event.title"),
        *("name", "or unknown", "and known", "or", "and", "2026-05-01", "9", "9.5", "30 days"),
        *('"a b"', '"', ",", "“a”", "lead", "x@y.example", "acme.com", "=", "empty", "\u200b"),
        *("true", "02:30", "2026-03-29 02:30", "ten", "\0", "\ud800", "\n", "a" * 300),
    ]
)


@settings(max_examples=1_500, deadline=None)
@given(st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=60))
def test_whatever_is_written_gives_a_condition_or_a_clear_fault(text: str) -> None:
    group = RawGroup(
        "all", (RawPhrase("contact.name is Jo", (1, 1)), RawPhrase(text, (2, 3))), (1, 1)
    )
    condition, faults = parse_condition(group, VOCABULARY)
    assert (condition is None) == bool(faults)
    for fault in faults:
        assert fault.position == (2, 3)
        assert 0 <= fault.offset <= len(text)
        assert well_said(fault), fault
