"""SQL text made from names and values: quoted here and nowhere else.

The invisible characters are those that a person cannot see and a comparison does not forgive:
zero-width space to right-to-left mark, embeddings, word joiner, byte order mark, soft hyphen.
"""

from __future__ import annotations

INVISIBLE = "\\x{00AD}\\x{180E}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{FEFF}"
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


def plain(expression: str) -> str:
    """The condition under which a text surely needs no cleaning: ASCII, no white at the edges.

    strlen counts bytes, length characters. Asked first because it costs a tenth of the trimming.
    """
    return (
        f"(strlen({expression}) = length({expression}) and unicode({expression}) > 32 "
        f"and not ends_with({expression}, ' ') and not contains({expression}, '\t') "
        f"and not contains({expression}, '\n') and not contains({expression}, '\r'))"
    )


def clean(expression: str) -> str:
    """The text without invisible characters and edge spaces; blank and "nothing" are NULL."""
    trimmed = (
        f"regexp_replace(regexp_replace({expression}, '[{INVISIBLE}]', '', 'g'), "
        "'^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '', 'g')"
    )
    return (
        f"(case when {plain(expression)} "
        f"then (case when {one_of(expression, NOTHING)} then null else {expression} end) "
        f"else (case when {one_of(trimmed, NOTHING)} then null else {trimmed} end) end)"
    )


def truth(expression: str) -> str:
    """A flag's word as a boolean; other words are NULL."""
    lowered = f"lower({clean(expression)})"
    return (
        f"(case when {one_of(lowered, TRUE_WORDS)} then true "
        f"when {one_of(lowered, FALSE_WORDS)} then false end)"
    )
