"""Pages of the documentation as tests read them: fenced blocks, and outputs compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SKIP = "..."
"""A line that stands for any lines."""


@dataclass(frozen=True)
class Block:
    """One fenced block: ``info`` are the words after the fence, ``line`` where it begins."""

    info: tuple[str, ...]
    text: str
    line: int

    @property
    def kind(self) -> str:
        return self.info[0] if self.info else ""

    @property
    def words(self) -> tuple[str, ...]:
        return self.info[1:]


def pages() -> list[Path]:
    """Every page that people read, but the decisions: those keep the words of their day."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if "adr" not in page.parts]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(tuple(m["info"].split()), m["text"], text[: m.start()].count("\n") + 1)
        for m in FENCE.finditer(text)
    ]


MONTHS = "January February March April May June July August September October November December"
VARIES = (
    (re.compile(r"\b[0-9a-f]{8,}(?:-[0-9a-f]{4,}){2,}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "ID"),
    (re.compile(rf"\b(?:{MONTHS.replace(' ', '|')})\b"), "MONTH"),
    (re.compile(r"\d+"), "N"),
    (re.compile(r" +"), " "),
)


def plain(text: str) -> list[str]:
    """The lines of an output without what differs from run to run: ids, numbers, months."""
    for pattern, instead in VARIES:
        text = pattern.sub(instead, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def missing(expected: Sequence[str], found: Sequence[str]) -> str | None:
    """The first expected line that is not where it should be; a line ``...`` skips any."""
    at, skipping = 0, False
    for line in expected:
        if line == SKIP:
            skipping = True
            continue
        while skipping and at < len(found) and found[at] != line:
            at += 1
        if at >= len(found) or found[at] != line:
            return line
        at, skipping = at + 1, False
    return None if skipping or at == len(found) else f"nothing, but found: {found[at]}"


def in_order(expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """The expected lines that do not appear in this order among those found."""
    at = 0
    for line in expected:
        try:
            at = found.index(line, at) + 1
        except ValueError:
            yield line
