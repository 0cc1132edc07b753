"""An XML document of Salesforce as plain values, read with defences against hostile XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
MAX_DEPTH = 60  # levels of elements; deeper ones are left out, honest files have ten


@dataclass(frozen=True, slots=True)
class Tag:
    """One element: its name without the namespace, its text, the elements in it."""

    name: str
    text: str = ""
    children: tuple[Tag, ...] = ()

    def one(self, name: str) -> Tag:
        """The first element of that name, or an empty one."""
        for child in self.children:
            if child.name == name:
                return child
        return NOTHING

    def all(self, name: str) -> list[Tag]:
        """All elements of that name."""
        return [child for child in self.children if child.name == name]

    def says(self, name: str) -> str:
        """The text of the first element of that name."""
        return self.one(name).text

    def within(self) -> Iterator[Tag]:
        """This element and all below it."""
        pending: list[Tag] = [self]
        while pending:
            current = pending.pop()
            yield current
            pending.extend(reversed(current.children))


NOTHING = Tag("")


def parse(text: str) -> Tag | str:
    """The root element, or in words why the text is no XML that is read."""
    try:
        root = fromstring(text.lstrip("\ufeff \t\r\n"))
    except ParseError as error:
        line = error.position[0]
        return f"the XML breaks off or is broken at line {line}"
    except DefusedXmlException:
        return "the XML declares entities, which could be made to fill the memory"
    except (ValueError, RecursionError):
        return "the XML cannot be read"
    return _tag(root, 0)


def _tag(element: Element, depth: int) -> Tag:
    children = tuple(_tag(child, depth + 1) for child in element) if depth < MAX_DEPTH else ()
    name = element.tag.rpartition("}")[2]
    return Tag(name, "" if children else (element.text or "").strip(), children)
