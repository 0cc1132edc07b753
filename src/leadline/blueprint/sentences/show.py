"""Sentences as text for a terminal, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from leadline.blueprint.sentences.sentence import Part, Sentence

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def as_text(sentences: Iterable[Sentence]) -> str:
    """One sentence a line, what belongs to it indented; lines of messages behind a bar."""
    lines: list[str] = []
    for each in sentences:
        if each.part is Part.HEADING and lines:
            lines.append("")
        mark = "│ " if each.part is Part.QUOTE else ""
        lines.append(f"{'  ' * each.depth}{mark}{each.text}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def as_markdown(sentences: Iterable[Sentence]) -> str:
    """Headings and nested lists; a message stands in a block of its own."""
    lines: list[str] = []
    for quoted, group in groupby(sentences, lambda each: each.part is Part.QUOTE):
        part = list(group)
        lines.extend(_block(part) if quoted else _items(part, first=not lines))
    return "".join(f"{line}\n" for line in lines)


def _items(sentences: Iterable[Sentence], *, first: bool) -> Iterator[str]:
    for each in sentences:
        text = _MARKDOWN.sub(r"\\\1", each.text)
        if each.part is Part.HEADING:
            if not first:
                yield ""
            yield f"{'#' if first else '##'} {text}"
            yield ""
            first = False
        else:
            yield f"{'  ' * (each.depth - 1)}- {text}"


def _block(sentences: list[Sentence]) -> Iterator[str]:
    ticks = max((len(run) for each in sentences for run in re.findall("`+", each.text)), default=0)
    fence = "`" * max(3, ticks + 1)
    margin = "  " * (sentences[0].depth - 1)
    yield ""
    yield f"{margin}{fence}text"
    for each in sentences:
        yield f"{margin}{each.text}".rstrip()
    yield f"{margin}{fence}"
    yield ""
