"""The words of a phrase: text becomes a subject, an operator, values and what is said of unknown.

Nothing is typed here, and no name is looked up; ``phrases.py`` does that. Operators and the
words "or", "and", "known", "unknown" are keywords in lower case (so ``OR`` is Oregon), wherever
they stand outside double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken

from leadline.expression.tree import Unknowns


class Operator(StrEnum):
    """What stands between a subject and its values."""

    IS = "is"
    IS_NOT = "is not"
    IS_ONE_OF = "is one of"
    IS_NOT_ONE_OF = "is not one of"
    AT_LEAST = "is at least"
    MORE_THAN = "is more than"
    AT_MOST = "is at most"
    LESS_THAN = "is less than"
    BEFORE = "is before"
    AFTER = "is after"
    BETWEEN = "is between"
    WITHIN_LAST = "is within the last"
    WITHIN_NEXT = "is within the next"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does not contain"
    STARTS_WITH = "starts with"
    DOES_NOT_START_WITH = "does not start with"
    IS_KNOWN = "is known"
    IS_UNKNOWN = "is unknown"
    IS_NOT_KNOWN = "is not known"
    IS_NOT_UNKNOWN = "is not unknown"


BARE = frozenset(
    {Operator.IS_KNOWN, Operator.IS_UNKNOWN, Operator.IS_NOT_KNOWN, Operator.IS_NOT_UNKNOWN}
)
NEGATIVE = frozenset(
    {
        Operator.IS_NOT,
        Operator.IS_NOT_ONE_OF,
        Operator.DOES_NOT_CONTAIN,
        Operator.DOES_NOT_START_WITH,
    }
)
SEVERAL = frozenset({Operator.IS_ONE_OF, Operator.IS_NOT_ONE_OF})


@dataclass(frozen=True, slots=True)
class Item:
    """A subject or a value as written; ``text`` is without quotes, ``offset`` where it begins."""

    text: str
    offset: int
    quoted: bool = False
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase taken apart."""

    subject: Item
    operator: Operator
    operator_at: int
    items: tuple[Item, ...]
    unknowns: Unknowns | None


_QUOTED = r'"(?:[^"\\]|\\.)*"'
_END = r'(?![^\s",])'  # a word ends at white space, a quote, a comma or the end


def _either(operators: Iterable[Operator]) -> str:
    longest_first = sorted(operators, key=lambda operator: (-len(operator), operator))
    words = "|".join(operator.replace(" ", r"\s+") for operator in longest_first)
    return f"/(?:{words}){_END}/"


_GRAMMAR = rf"""
start: REF BARE
     | REF BETWEEN item AND item
     | REF LISTED values
     | REF LISTED values OR UNKNOWN
     | REF LISTED values AND KNOWN
values: item | values OR item
item: QUOTED | REF | WORD+

BARE.5: {_either(BARE)}
BETWEEN.4: {_either([Operator.BETWEEN])}
LISTED.3: {_either(set(Operator) - BARE - {Operator.BETWEEN})}
OR.2: /or{_END}/
AND.2: /and{_END}/
KNOWN.2: /known{_END}/
UNKNOWN.2: /unknown{_END}/
REF.2: /[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)+{_END}/
QUOTED.2: /{_QUOTED}/s
WORD: /[^\s",]+/
%ignore /\s+/
"""


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)


def outside_quotes(text: str) -> str:
    """Return the text with everything in double quotes blanked out, at its old length."""
    return re.sub(_QUOTED, lambda found: "_" * len(found.group()), text, flags=re.DOTALL)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; one that is no phrase has them too.

    The text must hold neither commas outside quotes nor a quote that stays open.
    """
    return tuple(_parser().lex(text))  # pyright: ignore[reportUnknownMemberType]  # lark: AnyStr


def take_apart(text: str) -> Said | Token:
    """Return the parts of a phrase, or the token at which it stopped making sense.

    The token is of type ``$END`` where the phrase is not finished. The text is one that
    ``tokens`` takes.
    """
    try:
        tree = _parser().parse(text)  # pyright: ignore[reportUnknownMemberType]  # lark: AnyStr
    except UnexpectedToken as stop:
        return stop.token
    leaves = [child for child in tree.children if isinstance(child, Token)]
    items = tuple(_items(child for child in tree.children if isinstance(child, Tree)))
    subject, operator = leaves[0], leaves[1]
    last = leaves[-1].type
    return Said(
        subject=Item(str(subject), offset(subject), reference=True),
        operator=Operator(" ".join(operator.split())),
        operator_at=offset(operator),
        items=items,
        unknowns={"UNKNOWN": Unknowns.COUNT, "KNOWN": Unknowns.LEAVE_OUT}.get(last),
    )


def offset(token: Token) -> int:
    """Return how many characters stand before a token."""
    return token.start_pos or 0


def _items(trees: Iterable[Tree[Token]]) -> Iterable[Item]:
    for tree in trees:
        if tree.data == "item":
            yield _item([child for child in tree.children if isinstance(child, Token)])
        else:
            yield from _items(child for child in tree.children if isinstance(child, Tree))


def _item(parts: list[Token]) -> Item:
    first = parts[0]
    if first.type == "QUOTED":
        return Item(unquoted(first), offset(first), quoted=True)
    return Item(" ".join(parts), offset(first), reference=first.type == "REF")


def unquoted(quoted: str) -> str:
    r"""Return what stands in double quotes; ``\"`` is a quote, ``\\`` a backslash.

    A backslash before anything else is a backslash.
    """
    return re.sub(r'\\(["\\])', r"\1", quoted[1:-1])


def quoted(text: str) -> str:
    """Put a text in double quotes; the reverse of ``unquoted``."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
