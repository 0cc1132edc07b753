"""What the sentences say is what the workflow does: read back, they give the same meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.blueprint.sentences.meaning import Meaning, meaning_hash
from leadline.blueprint.sentences.walk import sentences
from leadline.expression.tree import All, Any, Nothing
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, SaveStep, SendStep
from tests.property.meanings import Author, Words, made_meaning, simplest
from tests.unit.blueprint.reading.conditions import NotUnderstood
from tests.unit.blueprint.reading.english import ENGLISH
from tests.unit.blueprint.reading.german import GERMAN
from tests.unit.blueprint.reading.reader import Line, Understood, read_back

TONGUES = {"en": ENGLISH, "de": GERMAN}
# A seed instead of single draws: a workflow makes thousands of them, more than can be shrunk.
MEANINGS = st.integers(0, 2**64).map(lambda seed: made_meaning(Author(Words(Random(seed)))))


def said(meaning: Meaning, language: str) -> list[Line]:
    return [(each.depth, each.text) for each in sentences(meaning, language)]


def plain(value: object) -> object:
    """A value without the groups of one in its conditions."""
    if isinstance(value, All | Any | Nothing):
        return simplest(value)
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: plain(getattr(value, f.name)) for f in fields(value)})
    return value


@pytest.mark.parametrize("language", TONGUES)
@settings(max_examples=250, deadline=None)
@given(meaning=MEANINGS)
def test_the_sentences_read_back_give_the_same_meaning(language: str, meaning: Meaning) -> None:
    understood = read_back(TONGUES[language], said(meaning, language))
    assert understood.meaning == plain(meaning)
    steps = list(all_steps(meaning.workflow.steps))
    assert understood.needs_address == any(isinstance(s, SendStep | SaveStep) for s in steps)
    acting = any(isinstance(s, SendStep | SaveStep | PostStep) for s in steps)
    assert understood.may_be_undecided == acting


@pytest.mark.parametrize("language", TONGUES)
@settings(max_examples=60, deadline=None)
@given(meaning=MEANINGS, chance=st.randoms(use_true_random=False))
def test_no_sentence_can_be_left_out_without_another_meaning(
    language: str, meaning: Meaning, chance: Random
) -> None:
    lines = said(meaning, language)
    whole = read_back(TONGUES[language], lines)
    for _ in range(5):
        at = chance.randrange(len(lines))
        try:
            without: Understood | None = read_back(
                TONGUES[language], [*lines[:at], *lines[at + 1 :]]
            )
        except (NotUnderstood, StopIteration, KeyError, AssertionError, IndexError):
            without = None
        assert without != whole, lines[at]


@settings(max_examples=150, deadline=None)
@given(one=MEANINGS, other=MEANINGS)
def test_meanings_that_differ_have_other_sentences_and_another_hash(
    one: Meaning, other: Meaning
) -> None:
    same = plain(one) == plain(other)
    for language in TONGUES:
        assert (said(one, language) == said(other, language)) == same
    assert (meaning_hash(one) == meaning_hash(other)) == (one == other)
