"""Spaces at the edges and characters that nobody sees: they make equal values differ."""

from __future__ import annotations

import re

CODE = "hidden-characters"
# Joiners (200C, 200D) shape words in Persian, Hindi and emoji: they stay where they are.
_UNSEEN = "\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_REMOVED = re.compile(f"[{_UNSEEN}]")
_WIDE = {ord(space): " " for space in "\u00a0\u1680\u2007\u202f\u205f\u3000"}


def suspects(column: str) -> str:
    """An SQL condition that holds for every value which ``mend`` changes.

    It may hold for more: ``mend`` decides. Plain ASCII is spared the regular expression.
    """
    escaped = _UNSEEN.encode("unicode_escape").decode().replace("\\xad", "\\u00ad")
    unseen = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", escaped)
    return (
        f"(case when strlen({column}) = length({column}) "
        f"then {column} <> trim({column}, ' \t\r\n\v\f') "
        f"else regexp_matches({column}, '^[\\s\\pZ]|[\\s\\pZ]$|[{unseen}\\x{{00A0}}\\x{{1680}}"
        f"\\x{{2007}}\\x{{202F}}\\x{{205F}}\\x{{3000}}]') end)"
    )


def mend(value: str) -> str:
    """The value without them; inside of a text a wide space becomes a plain one.

    >>> mend(" Ann\u200b Lee\u00a0")
    'Ann Lee'
    """
    return _REMOVED.sub("", value).translate(_WIDE).strip()
