"""Text that was written as UTF-8 and read as Windows-1252: ``MÃ¼ller``, ``itâ€™s``."""

from __future__ import annotations

CODE = "broken-encoding"
_MARKS = ("Ã", "Â", "â€", "Å", "Ä", "Ð", "ð")
_TWICE = 3  # a text was saved wrongly that often at most; more is no longer the same fault


def suspects(column: str) -> str:
    """An SQL condition that holds for every value which ``mend`` changes."""
    return f"(strlen({column}) <> length({column}) and regexp_matches({column}, '[ÃÂâÅÄÐð]'))"


def mend(value: str) -> str:
    """The value as it was meant; unchanged unless every character of it fits the fault.

    >>> mend("MÃ¼ller"), mend("Ärzte"), mend("Åse Ã")
    ('Müller', 'Ärzte', 'Åse Ã')
    """
    for _ in range(_TWICE):
        if not any(mark in value for mark in _MARKS):
            return value
        meant = _meant(value)
        if meant is None or any(not c.isprintable() for c in meant):
            return value
        value = meant
    return value


def _meant(value: str) -> str | None:
    try:
        found = bytearray()
        for character in value:
            # Windows-1252 leaves five bytes open, which programs then read as Latin-1.
            try:
                found += character.encode("cp1252")
            except UnicodeEncodeError:
                found += character.encode("latin-1")
        return found.decode("utf-8")
    except UnicodeError:
        return None
