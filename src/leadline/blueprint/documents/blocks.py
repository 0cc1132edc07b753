"""What a page consists of. Texts are as their authors wrote them: renderers escape them."""

from __future__ import annotations

from dataclasses import dataclass

INDEX = "index"


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be written exactly so: a command, a key, a name of a vendor."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """What the eye should find first."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page, or to a place in it."""

    text: str
    page: str
    anchor: str = ""


Line = tuple["str | Code | Strong | Link", ...]
"""Parts of one line of text, one after another."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 or 3 with a name by which it can be linked."""

    text: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line that stands for itself."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """Lines as a list; ``depths`` says how far each is moved in, where they are nested."""

    lines: tuple[Line, ...]
    depths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines of a message, exactly as its author wrote them."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns; ``empty`` is said where there are none. The first cell names
    the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as SVG (trusted, without a script) and the same in Mermaid's language.

    ``style`` are the rules of style that the SVG needs beside its own attributes.
    """

    svg: str
    mermaid: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with the words that say what it shows."""

    drawing: Drawing
    shows: str


Block = Heading | Paragraph | Bullets | Quote | Table | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``name`` is its file without ending; ``lead`` one sentence about it.

    ``in_menu``: whether each page links to it.
    """

    name: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    in_menu: bool = True


def joined(lines: tuple[Line, ...], between: str = ", ") -> Line:
    """Lines one after another on one line.

    >>> joined((("a",), ("b", Code("c"))))
    ('a', ', ', 'b', Code(text='c'))
    """
    found: list[str | Code | Strong | Link] = []
    for number, line in enumerate(lines):
        if number:
            found.append(between)
        found.extend(line)
    return tuple(found)


def visible(text: str) -> str:
    """A text in which no sign hides or turns others around: each such sign shows as one box.

    >>> visible("a\\u202eb\\x07")
    'a\ufffdb\ufffd'
    """
    return "".join(
        c if c.isprintable() or c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
