"""What is wrong in a project, said so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
