"""Spaces at the edges and characters that nobody sees: they make equal values differ."""

from __future__ import annotations

import re

from leadline.audit.sql_text import EDGE, text

CODE = "hidden-characters"
# Joiners (200C, 200D) shape words in Persian, Hindi and emoji: they stay where they are.
_UNSEEN = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SOUGHT = (
    "[\\x{00AD}\\x{180E}\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{FEFF}]"
)
_WIDE = {ord(space): " " for space in "\u00a0\u1680\u2007\u202f\u205f\u3000"}


def suspects(column: str) -> str:
    """An SQL condition that holds for every value which ``mend`` changes."""
    return (
        f"({column} <> trim({column}, {text(EDGE)}) or (strlen({column}) <> length({column}) "
        f"and regexp_matches({column}, '{_SOUGHT}|[\\x{{00A0}}\\x{{3000}}]')))"
    )


def mend(value: str) -> str:
    """The value without them; inside of a text a wide space becomes a plain one.

    >>> mend(" Ann\u200b Lee\u00a0")
    'Ann Lee'
    """
    return _UNSEEN.sub("", value).translate(_WIDE).strip(EDGE)
