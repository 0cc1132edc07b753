"""What YAML's own errors mean to somebody who writes workflows.

libyaml says what its grammar expected; this module looks at the line and says what the author
did. The left side of each rule is libyaml's wording (its scanner.c and parser.c), the tests
hold both together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

_COLON_IN_TEXT = re.compile(r":\s.*:(\s|$)")
_NO_SPACE_AFTER_COLON = re.compile(r"^\s*(- )?[\w.-]+:[^\s/]")
_EATEN = re.compile(r"\s(#[^\s#][\w-]*)")
_GO_TO = re.compile(r"\bgo[ _]to\s*:")


@dataclass(frozen=True, slots=True)
class Explained:
    """One YAML error in words; line and column count from 1."""

    line: int
    column: int
    message: str
    fix: str


def explain(error: yaml.YAMLError, text: str) -> Explained:
    """Say what was wrong in ``text`` and what to do."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or "")
    lines = text.split("\n")
    row = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column if mark else 0
    start = min(context.line if context else row, row)
    opening = context.column if context else 0
    if "mapping values are not allowed" in problem:
        return _unexpected_colon(lines, row, column)
    if "expected key" in problem:
        return _unexpected_text(lines, row, column)
    message, fix = _meaning(problem, lines, start, row, column)
    # What is opened and never closed is noticed lines later: the opening is what matters.
    if start < row and ("did not find expected ','" in problem or "end of stream" in problem):
        return Explained(start + 1, opening + 1, message, fix)
    return Explained(row + 1, column + 1, message, fix)


def _meaning(problem: str, lines: list[str], start: int, row: int, column: int) -> tuple[str, str]:
    if "cannot start any token" in problem:
        return _bad_first_character(lines[row], column)
    if "unexpected end of stream" in problem or "quoted scalar" in problem:
        return (
            "a quote is opened here and never closed.",
            'Close it with the same sign, or write an apostrophe inside double quotes: "it\'s".',
        )
    if "unknown escape character" in problem:
        return (
            "a backslash inside double quotes begins a code that YAML does not know.",
            "Use single quotes, or write the backslash twice.",
        )
    if "did not find expected ',' or" in problem or "expected node content" in problem:
        return _broken_brace(lines, start, row)
    if "block sequence entries are not allowed" in problem:
        return (
            'a "- " stands behind the name on one line.',
            "Begin the list on the next line, indented.",
        )
    if "expected comment or line break" in problem:
        return (
            'a text that begins with ">" or "|" reads as the start of a longer text.',
            "Put the text in quotes.",
        )
    if "expected '-' indicator" in problem:
        return (
            "a name stands where the list goes on.",
            'Begin the line with "- " like the others, or indent it below the item before.',
        )
    return (
        "this line is not written as YAML expects.",
        "Compare its indentation, colons and quotes with the lines around it.",
    )


_BARE_GO_TO = (
    'this line has a colon inside the text "go to: …".',
    'Put it in quotes ("go to: step-name") or in braces ({ go to: step-name }).',
)


def _unexpected_colon(lines: list[str], row: int, column: int) -> Explained:
    line = lines[row]
    if _GO_TO.search(line):
        return Explained(row + 1, column + 1, *_BARE_GO_TO)
    if _COLON_IN_TEXT.search(line):
        return Explained(
            row + 1,
            column + 1,
            "this line has a colon inside the text.",
            "Put the text in quotes.",
        )
    before = next((r for r in range(row - 1, -1, -1) if lines[r].strip()), row)
    glued = _NO_SPACE_AFTER_COLON.match(lines[before])
    if before < row and glued:
        return Explained(
            before + 1,
            glued.end() - 1,
            "there is no space after the colon.",
            'Write a space after it: "name: value".',
        )
    return Explained(
        row + 1,
        column + 1,
        "this line has a name and a colon, but the line before it is not finished.",
        "Indent it like the lines around it, or end the line before with a colon.",
    )


def _bad_first_character(line: str, column: int) -> tuple[str, str]:
    character = line[column : column + 1]
    if character == "\t":
        return (
            "this line is indented with a tab.",
            "Use spaces, two for each level.",
        )
    return (
        f"a text cannot begin with {character}.",
        "Put the text in quotes.",
    )


def _broken_brace(lines: list[str], start: int, row: int) -> tuple[str, str]:
    for line in lines[start : row + 1]:
        eaten = _EATEN.search(line)
        if eaten is not None:
            word = eaten[1]
            return (
                f'"{word[:40]}" and what follows it on the line reads as a comment.',
                f'Channel names carry no #: write "{word[1:40]}".',
            )
    opening = "".join(lines[start : row + 1])
    if _GO_TO.search(opening):
        return _BARE_GO_TO
    if _COLON_IN_TEXT.search(opening) and opening.count("{") <= opening.count("}"):
        return (
            "a text inside braces or brackets has a colon in it.",
            "Put the text in quotes.",
        )
    return (
        "a brace or bracket is not closed, or a comma is missing between two items.",
        "Close it, and put a comma between the items.",
    )


def _unexpected_text(lines: list[str], row: int, column: int) -> Explained:
    before = lines[row][:column].rstrip()
    if before.endswith(("'", '"')):
        opened = _opened_before(lines, row, before)
        if opened is not None:
            return Explained(
                opened + 1,
                lines[opened].rindex(before[-1]) + 1,
                "a quote is opened here and not closed on its line.",
                "Close it with the same sign, or remove it.",
            )
        return Explained(
            row + 1,
            column + 1,
            "text follows after a closing quote.",
            "Put the whole text in one pair of quotes, double ones if it has an apostrophe.",
        )
    if before.endswith(("]", "}")):
        return Explained(
            row + 1,
            column + 1,
            "text follows after a closing bracket or brace.",
            "Put the whole text in quotes.",
        )
    return Explained(
        row + 1,
        column + 1,
        "this line is indented differently from the lines it belongs to.",
        "Indent it exactly like its neighbours, with spaces.",
    )


def _opened_before(lines: list[str], row: int, before: str) -> int | None:
    """The earlier line on which the quote that closes here was opened, or None."""
    sign = before[-1]
    if before.count(sign) % 2 == 0:
        return None
    return next((r for r in range(row - 1, -1, -1) if lines[r].count(sign) % 2), None)
