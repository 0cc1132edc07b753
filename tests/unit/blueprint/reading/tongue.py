"""What a reader knows of one language: the patterns of its sentences, its numbers and months.

In a pattern ``<q:x>`` is a text in quotation marks, ``<span:x>`` a span, ``<word:x>`` one word,
``<any:x>`` anything; ``<then:x>``, ``<cond:x>``, ``<which:x>``, ``<time:x>``, ``<value:x>``,
``<noun:x>`` and ``<kind:x>`` are read further.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

SIZES = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True)
class Tongue:
    left: str
    right: str
    group: str
    decimal: str
    months: tuple[str, ...]
    units: Mapping[str, str]
    date_form: str  # with {d}, {m}, {y}
    clock_form: str  # what stands between date and zone, with {c}
    true: str
    false: str
    and_: str
    or_: str
    list_or: str
    list_and: str
    none_of: str
    sentences: Mapping[str, str]
    thens: Mapping[str, str]
    phrases: Mapping[str, str]
    times: Mapping[str, str]
    kinds: Mapping[str, str]
    contact_nouns: tuple[str, ...]
    event_nouns: tuple[str, ...]
    record_nouns: tuple[str, ...]
    _compiled: dict[str, re.Pattern[str]] = field(default_factory=dict)

    @cached_property
    def quote(self) -> str:
        right = re.escape(self.right)
        return rf"{re.escape(self.left)}(?:[^{right}\\]|\\.)*{right}"

    def pattern(self, form: str) -> re.Pattern[str]:
        found = self._compiled.get(form)
        if found is None:
            text = re.sub(r"<(\w+):(\w+)>", self._slot, re.escape(form))
            found = self._compiled[form] = re.compile(text, re.DOTALL)
        return found

    def _slot(self, found: re.Match[str]) -> str:
        kind, name = found[1], found[2]
        inner = {
            "q": self.quote,
            "qs": rf"{self.quote}(?:(?:, | {re.escape(self.list_or)} ){self.quote})*",
            "word": r"[^\s,;]+",
            "words": r"[^\s,;]+(?:(?:, | (?:and|und) )[^\s,;]+)*",
            "n": r"[0-9.,\-]+",
            "span": rf"[0-9.,]+ (?:{'|'.join(map(re.escape, self.units))})",
            "date": self.date_pattern,
            "which": r".*?",
        }.get(kind, r".+?")
        return rf"(?P<{name}>{inner})"

    @cached_property
    def date_pattern(self) -> str:
        months = "|".join(self.months)
        form = re.escape(self.date_form)
        return (
            form.replace(re.escape("{d}"), r"\d{1,2}")
            .replace(re.escape("{m}"), f"(?:{months})")
            .replace(re.escape("{y}"), r"\d{1,4}")
        )

    def unquoted(self, text: str) -> str:
        assert re.fullmatch(self.quote, text, re.DOTALL), text
        return unspelt(text[1:-1])

    def number(self, text: str) -> Decimal:
        whole = text.partition(self.decimal)[0].lstrip("-")
        first, *groups = whole.split(self.group)
        assert len(first) <= 3 or not groups, text
        assert all(len(g) == 3 for g in groups), text
        plain = text.replace(self.group, "").replace(self.decimal, ".")
        assert re.fullmatch(r"-?\d+(\.\d+)?", plain), text
        return Decimal(plain)

    def span(self, text: str) -> timedelta:
        count, unit = text.split(" ")
        return timedelta(seconds=int(self.number(count)) * SIZES[self.units[unit]])

    def day(self, text: str) -> date:
        assert re.fullmatch(self.date_pattern, text), text
        number, month, year = re.split(r"\.? ", text)
        return date(int(year), self.months.index(month) + 1, int(number))

    def moment(self, text: str) -> tuple[datetime, str]:
        """The local time, and what stands in brackets after it."""
        form = re.escape(self.clock_form).replace(
            re.escape("{c}"), r"(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{6})?)?)"
        )
        found = re.fullmatch(rf"(?P<date>{self.date_pattern}){form} \((?P<zone>\S+)\)", text)
        assert found, text
        written = found["clock"]
        written += ":00" if len(written) == 5 else ""
        clock = time.fromisoformat(written)
        return datetime.combine(self.day(found["date"]), clock), found["zone"]

    def splits(self, text: str, separator: str) -> list[str]:
        """The parts of a text between separators that stand outside quotes and brackets."""
        parts, start, depth, at = [], 0, 0, 0
        quote = re.compile(self.quote, re.DOTALL)
        while at < len(text):
            inside = quote.match(text, at)
            if inside:
                at = inside.end()
                continue
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            if depth == 0 and text.startswith(separator, at):
                parts.append(text[start:at])
                at = start = at + len(separator)
            else:
                at += 1
        return [*parts, text[start:]]

    def items(self, text: str, last: str | None = None) -> list[str]:
        """a, b or c: the items of a list."""
        end = f" {last or self.list_or} "
        parts = self.splits(text, ", ")
        tail = self.splits(parts[-1], end)
        assert len(tail) <= 2, text
        assert len(parts) == 1 or len(tail) == 2, text
        return [*parts[:-1], *tail]


def unspelt(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        sign = found[1]
        if sign[0] in "uU":
            return chr(int(sign[1:], 16))
        return {"n": "\n", "t": "\t"}.get(sign, sign)

    return re.sub(r"\\(u[0-9a-f]{4}|U[0-9a-f]{8}|.)", one, text, flags=re.DOTALL)
