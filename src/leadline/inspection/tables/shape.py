"""What an export of a vendor looks like, as data: its headers, what they mean, what tells it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content


@dataclass(frozen=True, slots=True)
class Heading:
    """One column that a vendor's export may have.

    ``name`` is the vendor's internal name, ``labels`` other headers that stand for it (in any
    language). ``weight`` (0 to 1) says how strongly this header alone speaks for the shape;
    0 = any tool may have it.
    """

    name: str
    labels: tuple[str, ...] = ()
    meaning: Meaning = Meaning.OTHER
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Hint:
    """A pattern that speaks for a shape with ``weight`` where it is found."""

    pattern: str
    weight: float


@dataclass(frozen=True, slots=True)
class Sections:
    """A report of several blocks in one file, each with a header of its own.

    ``begins`` are the first cells that such a report starts with, ``wanted`` the titles of the
    blocks whose rows are the table, ``others`` those that are read past and counted; ``facts``
    maps headers of the first block to columns of ours, the same in every row.
    """

    begins: tuple[str, ...]
    wanted: tuple[str, ...]
    others: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shape:
    """One kind of export of one vendor. ``name`` is what ``--as`` takes.

    ``needs``: of each group at least one column must be there; ``refuses``: columns with which
    it is something else. ``values`` are patterns of a column's values; ``statuses`` are patterns
    of the file's name that say what no column says. ``most`` bounds the confidence where the
    header words are everybody's. ``ids`` are columns of Salesforce ids.
    """

    name: str
    system: str
    kind: Kind
    object: str
    headings: tuple[Heading, ...]
    needs: tuple[tuple[str, ...], ...]
    refuses: tuple[str, ...] = ()
    file_name: Hint | None = None
    values: tuple[tuple[str, Hint], ...] = ()
    statuses: tuple[tuple[str, str], ...] = ()
    status_columns: tuple[tuple[str, str], ...] = ()  # only files of that status have them
    content: Content = Content.TABLE
    most: float = 0.99
    apart: bool = False  # each file is a table of its own, not a part of one
    keeps_names: bool = False  # unknown headers are names already, not labels
    sections: Sections | None = None
    ids: tuple[str, ...] = ()
    gives: str = "rows"  # the word for its rows, in the plural

    @cached_property
    def by_header(self) -> Mapping[str, Heading]:
        """Its headings under every header, folded, that stands for them."""
        found: dict[str, Heading] = {}
        for heading in self.headings:
            for header in (heading.name, *heading.labels):
                found.setdefault(fold(header), heading)
        return MappingProxyType(found)


def fold(header: str) -> str:
    """The header as it is compared: case, width, quotes and spaces do not matter."""
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "").casefold()
    text = re.sub(r"[\u201c\u201d\u2018\u2019\"']", "", text)
    return " ".join(text.split())


def slug(header: str) -> str:
    """A header as a name of a column: lower case, words joined by underscores."""
    text = unicodedata.normalize("NFKD", header.replace("ß", "ss"))
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^\w]+", "_", text).strip("_")[:120]


def counted(number: int, plural: str) -> str:
    """A number with its word, in the singular for one.

    >>> counted(1, "suppressed addresses"), counted(2, "companies")
    ('1 suppressed address', '2 companies')
    """
    if number != 1:
        return f"{number:,} {plural}"
    words = plural.split(" ")
    place = next((n for n, word in enumerate(words) if word.endswith("s")), None)
    if place is not None:
        word = words[place]
        if word.endswith("ies"):
            words[place] = f"{word[:-3]}y"
        else:
            words[place] = word[:-2] if word.endswith("sses") else word[:-1]
    return f"1 {' '.join(words)}"
