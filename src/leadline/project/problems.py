"""What is wrong in a project, said so that its author can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from leadline.project.secret_forms import hidden

_SHOWN = 40  # characters of somebody's text that a message repeats
_LISTED = 90  # characters of names that a message lists; the rest are counted


class Severity(StrEnum):
    """How much a problem matters: an error refuses deploy, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a project file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a code in words, what is wrong, where, and what to do."""

    code: str
    message: str
    where: Where
    fix: str
    severity: Severity = Severity.ERROR
    evidence: str | None = None

    def __str__(self) -> str:
        return f"{self.where} {self.message} {self.fix}"


class Report:
    """Gathers problems while files are read, so that all of them are told in one go."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._problems = list(problems)

    def error(self, code: str, where: Where, message: str, fix: str) -> None:
        """Add a problem that refuses deploy."""
        self._problems.append(Problem(code, message, where, fix))

    def warning(self, code: str, where: Where, message: str, fix: str) -> None:
        """Add a problem that its author should see, and that refuses nothing."""
        self._problems.append(Problem(code, message, where, fix, Severity.WARNING))

    def drop(self, codes: Iterable[str]) -> None:
        """Forget problems that only follow from another one."""
        gone = frozenset(codes)
        self._problems = [p for p in self._problems if p.code not in gone]

    @property
    def has_errors(self) -> bool:
        """Whether something here refuses deploy."""
        return any(p.severity is Severity.ERROR for p in self._problems)

    def problems(self) -> tuple[Problem, ...]:
        """Everything found, once each, by place."""
        return tuple(sorted(dict.fromkeys(self._problems), key=lambda p: (p.where, p.code)))


def quoted(text: str) -> str:
    """Somebody's text for a message: in quotes, shortened, control characters made visible.

    What looks like a secret is not repeated.

    >>> quoted("lead\\nBcc: all")
    '"lead\\\\nBcc: all"'
    """
    text = hidden(text)
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    visible = "".join(c if c.isprintable() else _visible(c) for c in shown)
    return f'"{visible}"'


def _visible(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def listed(words: Iterable[str], last: str = "and") -> str:
    """Names for a message: "a", "b" and "c"; the rest counted when there are many.

    >>> listed(["a", "b", "c"])
    '"a", "b" and "c"'
    """
    names = [quoted(w) for w in words]
    fits = len(names)
    while fits > 1 and sum(len(n) + 2 for n in names[:fits]) > _LISTED:
        fits -= 1
    if fits < len(names):
        names, last = [*names[:fits], f"{len(names) - fits} more"], "and"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that was most likely meant, or None where none is near."""
    by_lower = {w.lower(): w for w in words}
    close = difflib.get_close_matches(word[:100].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, words: Iterable[str], otherwise: str) -> str:
    """A fix: the nearest valid name, followed by where names are declared."""
    near = nearest(word, words)
    return f"Did you mean {quoted(near)}? {otherwise}" if near else otherwise
