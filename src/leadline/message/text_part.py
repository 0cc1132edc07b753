"""The text part of a mail, derived from its HTML, for readers and machines without HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HIDDEN = {"head", "style", "script", "title"}
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "table", "tr", "ul", "ol", "blockquote",
    "h1", "h2", "h3", "h4", "h5", "h6", "pre", "body",
}  # fmt: skip
_VOID = {"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "source", "wbr"}
_INNER_ITEM = re.compile(r"(?:  )+(?=(?:-|\d+\.) )")
_INVISIBLE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)


def text_part(html: str) -> str:
    """The text of ``html``: paragraphs apart, lists with signs, links with their address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._hidden: list[str] = []  # open tags since a hidden one began
        self._lists: list[int | None] = []  # the next number, None for a list without
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        hides = tag in _HIDDEN or _INVISIBLE.search(values.get("style") or "") is not None
        if self._hidden or hides:
            if tag not in _VOID:
                self._hidden.append(tag)
            return
        match tag:
            case "br":
                self._out.append("\n")
            case "hr":
                self._out.append("\n\n----\n\n")
            case "img":
                self._out.append(values.get("alt") or "")
            case "a":
                self._link = (values.get("href") or "", len(self._out))
            case "li":
                self._out.append(self._item())
            case "td" | "th":
                self._out.append("\n")
            case _ if tag in _BLOCKS:
                if tag in {"ul", "ol"}:
                    self._lists.append(1 if tag == "ol" else None)
                self._out.append("\n\n")
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                # HTML in the wild leaves tags open: close up to the one that is named.
                while self._hidden.pop() != tag:
                    pass
            return
        if tag == "a" and self._link is not None:
            address, start = self._link
            self._link = None
            shown = "".join(self._out[start:]).strip()
            if address and not address.startswith("#") and address.removeprefix("mailto:") != shown:
                self._out.append(f" ({address})" if shown else address)
        elif tag in _BLOCKS:
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
            self._out.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._out.append(re.sub(r"\s+", " ", data))

    def _item(self) -> str:
        indent = "  " * (len(self._lists) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"\n{indent}- "
        self._lists[-1] = number + 1
        return f"\n{indent}{number}. "

    def text(self) -> str:
        joined = "\n".join(_tidy(line) for line in "".join(self._out).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", joined).strip() + "\n"


def _tidy(line: str) -> str:
    """One space between words; only an item of a list inside a list is indented."""
    inner = _INNER_ITEM.match(line)
    return (inner[0] if inner else "") + " ".join(line.split())
