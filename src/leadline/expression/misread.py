"""Why a text is not a phrase: what people write instead, and what to say to each.

The grammar says only that a text does not fit; the reasons stand here, one function each.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from lark import Token

from leadline.expression.grammar import Operator, offset, outside_quotes, quoted, tokens
from leadline.expression.reading import Reading, shorten
from leadline.expression.tree import Ref
from leadline.expression.types import FieldType, Kind
from leadline.expression.vocabulary import ref_called

_OPERATORS = frozenset({"BARE", "BETWEEN", "LISTED"})
_KEYWORDS = frozenset({"OR", "AND", "KNOWN", "UNKNOWN"})
_CURLY = re.compile("[“”„‟«»]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAIL = re.compile(r"\s+(?:or\s+unknown|and\s+known)$")

# What stands in other tools and programming languages where a phrase has its operator.
_ELSEWHERE = {
    "=": "is",
    "==": "is",
    "===": "is",
    "equals": "is",
    "are": "is",
    "!=": "is not … or unknown",
    "<>": "is not … or unknown",
    "isn't": "is not … or unknown",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    "in": "is one of",
    "has": "contains",
    "includes": "contains",
    "like": "contains",
    "begins": "starts with",
    "exists": "is known",
    "before": "is before",
    "after": "is after",
    "between": "is between",
}

# The same after "is": words that would else be taken as the beginning of a text.
_ALMOST = {
    "greater than": "is more than",
    "bigger than": "is more than",
    "larger than": "is more than",
    "higher than": "is more than",
    "more then": "is more than",
    "over": "is more than",
    "above": "is more than",
    "smaller than": "is less than",
    "lower than": "is less than",
    "fewer than": "is less than",
    "less then": "is less than",
    "under": "is less than",
    "below": "is less than",
    "equal to": "is",
    "exactly": "is",
    "in the last": "is within the last",
    "in the next": "is within the next",
    "in the past": "is within the last",
    "in": "is one of",
    "any of": "is one of",
    "either": "is one of",
    "none of": "is not one of",
    "within": "is within the last … or is within the next",
    "like": "contains",
    "older than": "is before",
    "earlier than": "is before",
    "newer than": "is after",
    "later than": "is after",
    "since": "is at least",
    "until": "is at most",
    "on or after": "is at least",
    "on or before": "is at most",
    "on": "is",
}

# "is not" goes with single values only; the opposite of a comparison is another comparison.
_OPPOSITE = {
    "at least": "is less than",
    "more than": "is at most",
    "at most": "is more than",
    "less than": "is at least",
    "before": "is at least",
    "after": "is at most",
    "between": "is less than … or is more than, two items under any",
    "within the last": "is within the last … under none",
    "within the next": "is within the next … under none",
}


def refuse_text(reading: Reading) -> bool:
    """Note what makes a text impossible to take apart; return whether there was anything."""
    text = reading.raw.text
    bare = outside_quotes(text)
    if "\0" in text or _SURROGATE.search(text):
        reading.fault(
            "impossible-character",
            "This condition holds a character that no text can have (NUL or half a character).",
            "Write the condition again by hand.",
            min(i for i, c in enumerate(text) if c == "\0" or _SURROGATE.match(c)),
        )
    elif not text.strip():
        reading.fault(
            "empty-phrase",
            "An item of this list is empty.",
            'Write a condition such as "contact.country is DE", or take the item out.',
        )
    elif curly := _CURLY.search(bare):
        reading.fault(
            "curly-quotes",
            f"The quotation mark {curly.group()} is not one that Leadline reads.",
            'Write straight double quotes: "…".',
            curly.start(),
        )
    elif '"' in bare:
        reading.fault(
            "open-quote",
            "A double quote is opened and not closed. A YAML list cuts a text at each comma.",
            "Close it; and if the value holds a comma, put the whole item in single quotes: "
            "'contact.company is \"Acme, Inc.\"'.",
            bare.index('"'),
        )
    elif "," in bare:
        reading.fault(
            "comma",
            "A condition may not hold a comma: a YAML list would cut it in two there.",
            'Write "or" between values (contact.country is one of DE or AT), no comma in '
            "numbers, and a value that holds a comma in double quotes.",
            bare.index(","),
        )
    elif (hidden := _hidden(bare)) is not None:
        name = unicodedata.name(bare[hidden], f"U+{ord(bare[hidden]):04X}").lower()
        reading.fault(
            "hidden-character",
            f"A character that cannot be seen stands in this condition ({name}).",
            "Take it out, or put the value in double quotes if it belongs there.",
            hidden,
        )
    else:
        return False
    return True


def refuse_words(reading: Reading, words: Sequence[Token]) -> bool:
    """Note why the first words are no subject and operator; return whether they are none."""
    operators = [i for i, word in enumerate(words) if word.type in _OPERATORS]
    if not operators:
        _no_operator(reading, words)
        return True
    first = operators[0]
    if first != 1 or words[0].type != "REF":
        _no_subject(reading, words[:first])
        return True
    if len(operators) > 1:
        _second_operator(reading, words, operators[1])
        return True
    return _almost_operator(reading, words)


def explain_stop(reading: Reading, stop: Token) -> None:
    """Note why the phrase stops making sense at a token."""
    words = tokens(reading.raw.text)
    if words[1].type == "BETWEEN" and not any(word.type == "AND" for word in words):
        reading.fault(
            "between-without-and",
            '"is between" needs two values with "and" between them.',
            f'Write "{shorten(words[0])} is between 10 and 20"; both ends count.',
            offset(words[1]),
        )
    elif stop.type == "$END":
        reading.fault(
            "value-missing",
            f'"{shorten(reading.raw.text)}" is not finished: a value is missing at its end.',
            f'Write the value after "{words[-1]}".',
            len(reading.raw.text.rstrip()),
        )
    elif words[1].type == "BARE":
        reading.fault(
            "words-left-over",
            f'After "{" ".join(words[1].split())}" nothing more can stand.',
            "Write a second condition as an item of its own; if this is a text, put it in "
            "double quotes.",
            offset(stop),
        )
    else:
        _quote_the_value(reading, words)


def _hidden(text: str) -> int | None:
    for at, char in enumerate(text):
        if unicodedata.category(char) in {"Cc", "Cf"} and not char.isspace():
            return at
    return None


def _no_operator(reading: Reading, words: Sequence[Token]) -> None:
    text = shorten(reading.raw.text)
    if len(words) > 1 and words[0].type == "REF":
        written = " ".join(words[1:3])
        meant = _ELSEWHERE.get(str(words[1])) or _closest(written)
        suggestion = f'Did you mean "{meant}"?' if meant else _all_operators()
        reading.fault(
            "unknown-operator",
            f'"{shorten(str(words[1]))}" is not an operator.',
            suggestion,
            offset(words[1]),
        )
        return
    if words[0].type == "REF":
        found = _type_of(reading, words[0])
        flag = found is not None and found.kind is Kind.FLAG
        fix = f"{text} is true" if flag else f"{text} is known"
        reading.fault("no-operator", f'"{text}" does not say what is asked.', f'Write "{fix}".')
        return
    fix = 'Write the values in one item with "or" between them: contact.country is one of DE or AT.'
    if reading.before is not None and len(reading.before) + len(text) < 120:
        fix = f'If it goes with the item before it, write "{reading.before} or {text}".'
    reading.fault(
        "no-operator",
        f'"{text}" has no operator. A YAML list cuts a text at each comma.',
        fix,
    )


def _no_subject(reading: Reading, subject: Sequence[Token]) -> None:
    text = reading.raw.text
    if not subject:
        reading.fault(
            "no-subject",
            f'"{shorten(text)}" does not say which field is asked.',
            'Begin with a field: "contact.country is DE".',
        )
        return
    name = text[offset(subject[0]) : subject[-1].end_pos]
    if subject[0].type == "REF":
        reading.fault(
            "unknown-operator",
            f'"{shorten(" ".join(subject[1:]))}" cannot stand between a field and its operator.',
            "Write the operator directly after the field.",
            offset(subject[1]),
        )
        return
    meant = ref_called(name.lower().replace(" ", "_"), reading.vocabulary)
    fix = f'Did you mean "{meant}"?' if meant else 'Write where it is found: "contact.country".'
    reading.fault(
        "no-reference",
        f'"{shorten(name)}" is not a reference: a condition begins with a dotted name.',
        fix,
        offset(subject[0]),
    )


def _second_operator(reading: Reading, words: Sequence[Token], second: int) -> None:
    if words[second - 1].type == "REF" and second > 2:
        reading.fault(
            "two-facts",
            "This item says two things; a condition says one.",
            'Make two items of it, under "all" if both must hold, under "any" if one is enough.',
            offset(words[second - 1]),
        )
    else:
        _quote_the_value(reading, words)


def _quote_the_value(reading: Reading, words: Sequence[Token]) -> None:
    text = reading.raw.text.rstrip()
    value = _TAIL.sub("", text[offset(words[2]) :])
    tail = text[offset(words[2]) + len(value) :]
    keyword = next((word for word in words[2:] if word.type in _KEYWORDS | _OPERATORS), None)
    if keyword is not None:
        message = f'"{" ".join(keyword.split())}" has a meaning of its own and cannot stand here.'
    else:
        message = f"{shorten(value)} is not clear: part of the value stands in quotes or is dotted."
    example = ""
    if '"' not in value and len(text) < 100:
        rewritten = f"{words[0]} {words[1]} {quoted(value)}{tail}"
        example = f": {' '.join(rewritten.split())}"
    reading.fault(
        "keyword-in-value" if keyword is not None else "unclear-value",
        message,
        f"If it is part of a text, put the whole text in double quotes{example}.",
        offset(keyword if keyword is not None else words[2]),
    )


def _almost_operator(reading: Reading, words: Sequence[Token]) -> bool:
    """Refuse "is greater than 5", which would be the text "greater than 5"."""
    operator = " ".join(words[1].split())
    if operator not in (Operator.IS, Operator.IS_NOT) or len(words) < 3:
        return False
    field = _type_of(reading, words[0])
    if field is not None and " ".join(words[2:]) in field.values:
        return False  # a choice may be called "Unknown"
    said = " ".join(str(word) for word in words[2:5] if word.type == "WORD")
    table = _ALMOST if operator == Operator.IS else _OPPOSITE | _ALMOST
    written = next((start for start in table if f"{said} ".startswith(f"{start} ")), None)
    if written is not None and len(words) > 2 + len(written.split()):
        meant = table[written]
    else:
        meant, written = almost(said), said
    if meant is None:
        return False
    reading.fault(
        "almost-operator",
        f'"{operator} {shorten(written)}" is not an operator, and would be read as a text.',
        f'Did you mean "{meant}"? If it is a text, put it in double quotes.',
        offset(words[2]),
    )
    return True


@lru_cache(maxsize=4096)
def almost(value: str) -> str | None:
    """Return the operator that "is" and a value probably stand for, mistyped; else None."""
    return _closest(f"is {value}")


def _type_of(reading: Reading, subject: Token) -> FieldType | None:
    scope, _, name = subject.partition(".")
    return reading.vocabulary.type_of(Ref(scope, name))


def _closest(written: str) -> str | None:
    """Return the operator of several words that was probably mistyped."""
    operators = [o for o in Operator if " " in o and o != Operator.IS_NOT]
    for length in (4, 3, 2):
        # One word more or less than mistyped is not looked for: "is at home" is a text.
        start = " ".join(written.split()[:length])
        alike = [o for o in operators if len(o.split()) == len(start.split())]
        found = difflib.get_close_matches(start, alike, n=1, cutoff=0.85)
        if found:
            return found[0]
    return None


def _all_operators() -> str:
    return (
        "Operators are: is, is one of, is at least, is more than, is at most, is less than, "
        "is between, contains, starts with, is before, is after, is within, is known, is unknown."
    )
