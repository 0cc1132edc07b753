"""Findings with one cause stand together: one mend at the source mends all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding
from leadline.inspection.outcome import Cause


def causes(findings: Sequence[Finding]) -> tuple[Cause, ...]:
    """Groups of two or more findings: by what caused them, else by writer, else by field.

    A finding stands in one group at most: the first of the three that it shares with another.
    Groups come in that order, and of one kind the one with the gravest finding first.
    """
    taken: set[int] = set()
    groups: list[Cause] = []
    for key in (_because, _writer, _field):
        by_title: dict[str, list[int]] = {}
        for number, finding in enumerate(findings):
            if number not in taken:
                for title in key(finding):
                    by_title.setdefault(title, []).append(number)
        alike: list[Cause] = []
        for title, members in sorted(by_title.items(), key=lambda item: -len(item[1])):
            free = [number for number in members if number not in taken]
            if len(free) > 1:
                taken.update(free)
                alike.append(Cause(title, tuple(free)))
        groups += sorted(alike, key=lambda cause: cause.findings)
    return tuple(groups)


def _because(finding: Finding) -> Iterator[str]:
    if finding.because:
        yield _sentence(finding.because)


def _writer(finding: Finding) -> Iterator[str]:
    if finding.written_by:
        yield f"Written by {finding.written_by}"


def _field(finding: Finding) -> Iterator[str]:
    for field in dict.fromkeys(finding.fields):
        yield f"All about {field}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
