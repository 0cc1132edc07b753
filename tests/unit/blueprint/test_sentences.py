"""Sentences about workflows: every key of the language is said, in each language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from string import Formatter

import pytest
from markdown_it import MarkdownIt

from leadline.blueprint.sentences.meaning import Meaning, meaning_hash, meaning_of
from leadline.blueprint.sentences.sentence import Part
from leadline.blueprint.sentences.show import as_markdown, as_text
from leadline.blueprint.sentences.walk import LANGUAGES, sentences
from leadline.expression.types import Kind
from leadline.project.file_kinds import NAMED, SIGNATURE, WORKFLOW
from leadline.project.schema import Either, ListOf, MapOf, Named, OneOrMany, Record, Shape, Word
from leadline.project.workflow import Override, Purpose, SendStep, Silenced
from tests.property.meanings import plain
from tests.unit.blueprint.reading.english import ENGLISH
from tests.unit.blueprint.reading.german import GERMAN
from tests.unit.blueprint.reading.reader import read_back
from tests.unit.blueprint.said_keys import KEYS, ONE_WAY, pair
from tests.unit.project.changed import parsed


def records(shape: Shape, seen: set[str]) -> Iterator[Record]:
    """Every record inside a shape, once."""
    match shape:
        case Record() if shape.title not in seen:
            seen.add(shape.title)
            yield shape
            for key in shape.keys.values():
                yield from records(key.shape, seen)
        case Named():
            yield from records(NAMED[shape.name], seen)
        case OneOrMany(item) | ListOf(item) | MapOf(item):
            yield from records(item, seen)
        case Either(shapes):
            for each in shapes:
                yield from records(each, seen)
        case _:
            pass


TONGUES = {"en": ENGLISH, "de": GERMAN}
ALL_KEYS = [(r.title, key) for r in records(WORKFLOW, set()) for key in r.keys]


def lines(meaning: Meaning, language: str) -> list[str]:
    return [each.text for each in sentences(meaning, language)]


def test_the_language_has_the_keys_that_are_looked_at() -> None:
    assert len(ALL_KEYS) > 55
    assert {("step", "send"), ("if_it_fails", "tell"), ("condition", "none")} <= set(ALL_KEYS)


@pytest.mark.parametrize("key", [k for k in ALL_KEYS if k not in ONE_WAY], ids="-".join)
def test_every_key_of_the_language_has_a_sentence(key: tuple[str, str]) -> None:
    assert key in KEYS, "a new key needs a sentence: say it, and add it to said_keys.py"
    one, other = (meaning_of(project, "made") for project in pair(*key))
    assert meaning_hash(one) != meaning_hash(other)
    for language in LANGUAGES:
        assert lines(one, language) != lines(other, language)


def example(name: str = "webinar") -> Meaning:
    return meaning_of(parsed(), name)


def test_why_a_mail_is_sent_is_said() -> None:
    meaning = example()
    first = meaning.workflow.steps[0]
    assert isinstance(first, SendStep)
    steps = (replace(first, purpose=Purpose.MARKETING), *meaning.workflow.steps[1:])
    marketing = replace(meaning, workflow=replace(meaning.workflow, steps=steps))
    for language in LANGUAGES:
        assert lines(meaning, language) != lines(marketing, language)


def test_what_was_accepted_and_let_through_is_said() -> None:
    meaning = example()
    workflow = replace(
        meaning.workflow,
        silenced=(
            Silenced(
                "two-writers",
                "agreed",
                date(2027, 1, 31),
                meaning.workflow.where,
                "workflows/x.yaml",
            ),
        ),
        override=Override("Ann", "the fair", date(2027, 2, 1), meaning.workflow.where),
    )
    said = lines(replace(meaning, workflow=workflow), "en")
    assert 'The finding "two-writers" is accepted until 31 January 2027, because "agreed".' in said
    assert any("until 1 February 2027" in each for each in said)


@pytest.mark.parametrize("key", [k for k in KEYS if k in ALL_KEYS], ids="-".join)
def test_what_a_file_says_is_read_back_from_the_sentences(key: tuple[str, str]) -> None:
    for project in pair(*key):
        meaning = meaning_of(project, "made")
        for language, tongue in TONGUES.items():
            told = [(each.depth, each.text) for each in sentences(meaning, language)]
            assert read_back(tongue, told).meaning == plain(meaning)


def test_what_follows_a_failure_is_said() -> None:
    assert (
        "If hubspot refuses it or has not taken it within 1 day, the contact goes to the dead "
        "letters, from where a person can let the run go on, and marketing-ops@acme.example is "
        "told."
    ) in lines(example(), "en")
    assert (
        "Wenn hubspot es ablehnt oder nicht innerhalb von 1 Tag annimmt, kommt der Kontakt zu den "
        "gescheiterten Fällen, von wo ein Mensch den Durchlauf weitergehen lassen kann, und "
        "marketing-ops@acme.example wird benachrichtigt."
    ) in lines(example(), "de")


def test_where_the_unknown_goes_is_said() -> None:
    said = lines(example("webinar-follow-up"), "en")
    assert "Otherwise, also if something is unknown, so that it cannot be decided:" in said


def test_both_languages_say_the_same_with_the_same_parts() -> None:
    english, german = (LANGUAGES[code] for code in ("en", "de"))
    for field in fields(english):
        one, other = getattr(english, field.name), getattr(german, field.name)
        assert type(one) is type(other)
        if isinstance(one, str):
            assert parts(one) == parts(other), field.name
            assert bool(one) == bool(other)
        if isinstance(one, tuple):
            assert [parts(each) for each in one] == [parts(each) for each in other], field.name
    for words in LANGUAGES.values():
        assert set(words.kinds) == set(Kind)


def parts(template: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_a_signature_can_name_every_language() -> None:
    shape = SIGNATURE.keys["language"].shape
    assert isinstance(shape, Word)
    assert set(shape.words) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole(language: str) -> None:
    for name in ("webinar", "webinar-follow-up"):
        for each in sentences(example(name), language):
            if each.part is not Part.QUOTE:
                assert each.text == each.text.strip()
                assert "{" not in re.sub(r'["„].*["“]', "", each.text)
                assert "  " not in each.text


def test_the_text_shows_what_belongs_to_what() -> None:
    text = as_text(sentences(example("webinar-follow-up")))
    assert "\n    If the contact's company size is at least 200;" in text
    assert '\n      Step "tell-account-team": the text' in text
    assert "\n      │ Hello {{ contact.first_name }},\n      │\n" in text


def test_markdown_shows_every_text_of_the_files_as_it_stands() -> None:
    hostile = ("name: Webinar\n", 'name: "<script>*x*_y_`z`[a](b)|&amp;#"\n')
    project = parsed(("workflows/webinar.yaml", *hostile))
    page = as_markdown(sentences(meaning_of(project, "webinar")))
    shown = MarkdownIt("commonmark").render(page)
    assert "<script>" not in shown
    assert "&lt;script&gt;*x*_y_`z`[a](b)|&amp;amp;#" in shown
    assert shown.count("<h1>") == 1
    assert shown.count("<h2>") == 4
    assert "Hello {{ contact.first_name }}," in shown


def test_a_message_with_a_fence_of_its_own_stays_one_block() -> None:
    project = parsed(("messages/hot-lead.md", "", "```\n<b>not bold</b>\n```\n\n# no heading\n"))
    page = as_markdown(sentences(meaning_of(project, "webinar-follow-up")))
    shown = MarkdownIt("commonmark").render(page)
    assert "```\n&lt;b&gt;not bold&lt;/b&gt;\n```\n\n# no heading" in shown
