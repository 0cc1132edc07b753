"""Reading generated pages back: their text, their links, and what a browser would do with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = {"meta", "link", "br", "hr", "img", "input"}
# What may stand in a page; nothing of it loads or runs anything.
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "a", "nav", "ul", "li", "main", "h1"),
    *("h2", "h3", "p", "div", "table", "thead", "tbody", "tr", "th", "td", "span", "code"),
    *("strong", "figure", "figcaption", "footer", "svg", "g", "rect", "path", "text", "tspan"),
    *("defs", "marker", "circle", "em", "hr", "pre", "desc", "line", "polygon"),
}


@dataclass
class Read(HTMLParser):
    """One page as a browser takes it."""

    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")
        if found.get("id"):
            self.anchors.append(found["id"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open[-5:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def read(html: str) -> Read:
    """Read HTML; every tag that is opened must be closed in its place."""
    found = Read()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


def read_markdown(text: str) -> Read:
    """Read Markdown as a code host does: with tables, and addresses that become links."""
    return read(MarkdownIt("gfm-like", {"linkify": False}).render(text))
