"""Pages as Markdown (GitHub's), every text of the files escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from leadline.blueprint.documents.blocks import (
    INDEX,
    Block,
    Bullets,
    Code,
    Heading,
    Line,
    Link,
    Page,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    visible,
)

README = "README"
_ENTITIES = re.compile(r"[<>&|@]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_MARKS = re.compile(r"[\\`*_\[\]~$#]")
_BEGINS = re.compile(r"([+=-]|\d+(?=[.)]))")
_PLAIN_CODE = re.compile(r"[\w .,:;/@+=()\"'…%-]+")
_BLANKS = re.compile(r"\s+")


def file_name(page: str) -> str:
    """The file of a page; the overview is what a code host shows first."""
    return f"{README if page == INDEX else page}.md"


def markdown(page: Page, pages: Sequence[Page]) -> str:
    """One page with a menu of all that belong there."""
    menu = " · ".join(
        f"**{_text(p.title)}**" if p is page else f"[{_text(p.title)}]({file_name(p.name)})"
        for p in pages
        if p.in_menu
    )
    parts = [menu, f"# {_text(page.title)}", _text(page.lead)]
    for block in page.blocks:
        parts += _block(block)
    parts.append("---\n\nMade from the project's files by `leadline docs`; do not edit.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text, level=level, anchor=anchor):
            yield f'<a id="{escape(anchor)}"></a>\n\n{"#" * level} {_text(text)}'
        case Paragraph(line=line):
            yield _line(line)
        case Bullets(lines=lines, depths=depths):
            deep = depths or (0,) * len(lines)
            yield "\n".join(
                f"{'  ' * depth}- {_line(line)}" for depth, line in zip(deep, lines, strict=True)
            )
        case Quote(text=text):
            yield _quoted(text)
        case Table(rows=()):
            yield _text(block.empty)
        case Table(columns=columns, rows=rows):
            head = f"| {' | '.join(map(_text, columns))} |\n|{'---|' * len(columns)}"
            body = [f"| {' | '.join(map(_line, row))} |" for row in rows]
            yield "\n".join([head, *body])
        case Picture(drawing=drawing, shows=shows):
            yield f"{_text(shows)}:"
            yield f"```mermaid\n{drawing.mermaid.strip()}\n```"


def _quoted(text: str) -> str:
    """Lines in a block whose fence is longer than any row of backquotes inside it."""
    ticks = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def _line(line: Line) -> str:
    return _started("".join(map(_part, line)).strip())


def _started(line: str) -> str:
    """A line whose beginning is not taken for a list or a heading.

    >>> _started("- a"), _started("1. a"), _started("a - b")
    ('\\\\- a', '1\\\\. a', 'a - b')
    """
    found = _BEGINS.match(line)
    if found is None:
        return line
    cut = found.end() if found[1].isdigit() else 0
    return f"{line[:cut]}\\{line[cut:]}"


def _part(part: str | Code | Strong | Link) -> str:
    match part:
        case Code(text=text):
            return _code(text)
        case Strong(text=text):
            # Bold of nothing, or with blanks inside its marks, would show the marks.
            bold = _text(text).strip()
            return f"**{bold}**" if bold else ""
        case Link(text=text, page=page, anchor=anchor):
            place = f"#{anchor}" if anchor else ""
            return f"[{_text(text)}]({file_name(page)}{place})"
        case str():
            return _escaped(part)


def _text(text: str) -> str:
    return _started(_escaped(text).strip())


def _escaped(text: str) -> str:
    """A text in which nothing is taken for a mark, a tag, an address or a cell; one line.

    >>> _escaped("a|b <i> *c*")
    'a&#124;b &#60;i&#62; \\\\*c\\\\*'
    """
    marked = _MARKS.sub(lambda found: f"\\{found[0]}", _BLANKS.sub(" ", visible(text)))
    return _ENTITIES.sub(lambda found: f"&#{ord(found[0])};", marked)


def _code(text: str) -> str:
    line = _BLANKS.sub(" ", text).strip()
    if _PLAIN_CODE.fullmatch(line):
        return f"`{line}`"
    entities = "".join(
        c if c.isalnum() or c in " .,;" else f"&#{ord(c)};" for c in line if c.isprintable()
    )
    return f"<code>{entities}</code>"
