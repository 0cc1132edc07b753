"""SQL text made from names and values: quoted here and nowhere else.

The invisible characters are those that a person cannot see and a comparison does not forgive:
zero-width space to right-to-left mark, embeddings, word joiner, byte order mark, soft hyphen.
"""

from __future__ import annotations

INVISIBLE = "\\x{00AD}\\x{180E}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{FEFF}"
EDGE = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
# What exporters write for "nothing": Zoom, Data Loader, databases.
NOTHING = ("", "--", "#N/A", "NULL", "(null)", "\\N")
TRUE_WORDS = ("true", "1", "yes", "y", "ja", "oui", "si", "sí", "x", "wahr", "checked")
FALSE_WORDS = ("false", "0", "no", "n", "nein", "non", "falsch", "unchecked")


def name(identifier: str) -> str:
    """A column's or table's name in double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal."""
    return "'" + value.replace("'", "''") + "'"


def one_of(expression: str, values: tuple[str, ...]) -> str:
    """``expression in ('a', 'b')``; keep lists short: long ones belong into a join."""
    return f"{expression} in ({', '.join(text(value) for value in values)})"


def clean(expression: str) -> str:
    """The text without invisible characters and edge spaces; blank and "nothing" are NULL.

    Plain ASCII, which most values are, is spared the regular expression: strlen counts bytes,
    length characters.
    """
    ascii_edge = text(" \t\r\n\v\f")
    trimmed = (
        f"case when strlen({expression}) = length({expression}) "
        f"then trim({expression}, {ascii_edge}) else trim(regexp_replace({expression}, "
        f"'[{INVISIBLE}]', '', 'g'), {text(EDGE)}) end"
    )
    return f"(case when {one_of(trimmed, NOTHING)} then null else {trimmed} end)"


def truth(expression: str) -> str:
    """A flag's word as a boolean; other words are NULL."""
    lowered = f"lower({clean(expression)})"
    return (
        f"(case when {one_of(lowered, TRUE_WORDS)} then true "
        f"when {one_of(lowered, FALSE_WORDS)} then false end)"
    )
