"""The sentences of a workflow as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from leadline.blueprint.documents.blocks import Block, Bullets, Heading, Line, Quote
from leadline.blueprint.sentences.meaning import Meaning
from leadline.blueprint.sentences.sentence import Part, Sentence
from leadline.blueprint.sentences.walk import sentences


def told(meaning: Meaning) -> Iterator[Block]:
    """Everything about a workflow; its title is left to the page."""
    number = 0
    for part, group in groupby(sentences(meaning), _kind):
        found = list(group)
        match part:
            case Part.HEADING:
                # The first names the workflow, as the page does already.
                yield Heading(found[-1].text if number else "In words", 2, f"words-{number}")
                number += 1
            case Part.QUOTE:
                yield Quote("\n".join(each.text for each in found))
            case _:
                lines: tuple[Line, ...] = tuple((each.text,) for each in found)
                shallow = min(each.depth for each in found)
                yield Bullets(lines, tuple(each.depth - shallow for each in found))


def _kind(sentence: Sentence) -> Part:
    """What it becomes: a heading, a line of a message, or a line of a list."""
    return sentence.part if sentence.part in {Part.HEADING, Part.QUOTE} else Part.PLAIN
