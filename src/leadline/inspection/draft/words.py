"""Names and texts of drafted files: made from what other tools call things, always valid."""

from __future__ import annotations

import json
import re
import unicodedata

_LONGEST = 50  # letters of a name; the project's own limits are 50 for fields, 60 for the others
_LINE = 88  # characters of a comment before it goes on in the next line


def slug(text: str, otherwise: str, *, sign: str = "-") -> str:
    """A name in small letters, digits and ``sign``, beginning with a letter.

    >>> slug("Größe – 2. Kontakt!", "x")
    'groesse-2-kontakt'
    >>> slug("123", "field", sign="_")
    'field_123'
    """
    plain = text.casefold()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("æ", "ae"), ("ø", "o")):
        plain = plain.replace(letter, letters)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", sign, plain).strip(sign)
    if not name or not name[0].isalpha():
        name = f"{otherwise}{sign}{name}".strip(sign)
    return name[:_LONGEST].rstrip(sign)


def unique(name: str, taken: set[str], *, sign: str = "-") -> str:
    """The name, or the name with a number where it is taken; the result is taken then."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}{sign}{number}", number + 1
    taken.add(found)
    return found


def scalar(text: str) -> str:
    """A text as YAML in double quotes, on one line, whatever it holds.

    >>> scalar('a "b": {c}')
    '"a \\\\"b\\\\": {c}"'
    """
    return json.dumps(one_line(text), ensure_ascii=False)


def one_line(text: str) -> str:
    """A text without line ends and characters that no project file may hold."""
    spaced = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(spaced.split())


def comment(text: str, indent: int = 0) -> list[str]:
    """A text as lines of a YAML comment."""
    lines: list[str] = []
    for word in one_line(text).split(" "):
        if lines and len(lines[-1]) + len(word) < _LINE - indent:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [f"{' ' * indent}# {line}" for line in lines]
