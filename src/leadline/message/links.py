"""The links of a mail: which there are, and which must not be sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

SCHEMES = ("https", "http", "mailto", "tel")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it goes and what people click on."""

    address: str
    text: str


def links(html: str) -> tuple[Link, ...]:
    """Every link of ``html`` in order, those of images and forms not among them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(reader.found)


def is_safe(address: str) -> bool:
    """Whether a mail may carry this link: a web address, a mail address, a phone, an anchor.

    >>> is_safe("https://acme.example/join?u=1"), is_safe("javascript:alert(1)")
    (True, False)
    """
    if address.startswith("#") and len(address) > 1:
        return not _SPACES.search(address)
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in SCHEMES or _SPACES.search(address):
        return False
    if parts.scheme in {"https", "http"}:
        return bool(host) and parts.password is None
    return bool(parts.path)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Link] = []
        self._address: str | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and "href" in values:
            self._finish()
            self._address = values["href"] or ""
        elif tag == "img" and self._address is not None:
            self._text.append(values.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._finish()

    def handle_data(self, data: str) -> None:
        if self._address is not None:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._finish()

    def _finish(self) -> None:
        if self._address is not None:
            self.found.append(Link(self._address, " ".join("".join(self._text).split())))
        self._address = None
        self._text = []
