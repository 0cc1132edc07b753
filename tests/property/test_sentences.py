"""What the sentences say is what the workflow does: read back, they give the same meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.blueprint.sentences import walk
from leadline.blueprint.sentences.meaning import Meaning, meaning_hash
from leadline.blueprint.sentences.walk import LANGUAGES, sentences
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, SaveStep, SendStep
from tests.property.meanings import Author, Words, made_meaning, plain
from tests.unit.blueprint.reading.conditions import NotUnderstood
from tests.unit.blueprint.reading.english import ENGLISH
from tests.unit.blueprint.reading.german import GERMAN
from tests.unit.blueprint.reading.reader import Line, Understood, read_back

TONGUES = {"en": ENGLISH, "de": GERMAN}
# A seed instead of single draws: a workflow makes thousands of them, more than can be shrunk.
MEANINGS = st.integers(0, 2**64).map(lambda seed: made_meaning(Author(Words(Random(seed)))))


def said(meaning: Meaning, language: str) -> list[Line]:
    return [(each.depth, each.text) for each in sentences(meaning, language)]


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
    assert understood.may_be_suppressed == any(isinstance(s, SendStep) for s in steps)


@pytest.mark.parametrize("language", TONGUES)
@settings(max_examples=40, deadline=None)
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


# What might be said in the place of what: each a pair of names in a table of a language.
MIXED_UP = [
    ("carry_on", "stop_run"), ("stop_run", "dead_letter"), ("dead_letter", "carry_on"),
    ("increase", "decrease"), ("before_reference", "after_reference"),
    ("transactional", "marketing"), ("only_forward", "only_if_empty"), ("clear", "increase"),
    ("otherwise_or_unknown", "otherwise"), ("not_after_known", "not_after"),
    ("once_ever", "starts_by_workflow"), ("enroll", "stop"), ("save", "post"),
    ("set_constant", "set_reference"), ("else_stays", "else_not_added"),
    ("wait_until", "wait"), ("late", "late_counts"), ("stops", "success"), ("send", "post"),
]  # fmt: skip
MIXED_UP_IN_CONDITIONS = [
    ("and_", "or_"), ("known", "unknown"), ("within_last", "within_next"), ("true", "false"),
    ("contains", "starts_with"), ("last_or", "last_and"),
    ("is_one", "is_several"), ("timely", "numeric"),
]  # fmt: skip


def seeds() -> Iterator[Meaning]:
    return (made_meaning(Author(Words(Random(seed)))) for seed in range(60))


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("pair", [*MIXED_UP, *MIXED_UP_IN_CONDITIONS], ids="-for-".join)
def test_a_sentence_that_says_something_else_is_noticed(
    language: str, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words, (one, other) = LANGUAGES[language], pair
    if pair in MIXED_UP:
        wrong = replace(words, **{one: getattr(words, other)})
    else:
        spoken = words.spoken
        wrong = replace(words, spoken=replace(spoken, **{one: getattr(spoken, other)}))
    monkeypatch.setattr(walk, "LANGUAGES", {language: wrong})
    assert any(noticed(meaning, language) for meaning in seeds())


def noticed(meaning: Meaning, language: str) -> bool:
    try:
        return read_back(TONGUES[language], said(meaning, language)).meaning != plain(meaning)
    except (NotUnderstood, StopIteration, KeyError, AssertionError, IndexError, AttributeError):
        return True
