"""A value that is an option but for its case, spaces or label: the option itself is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

CODE = "value-outside-picklist"


def spellings(options: Iterable[tuple[str, str]], values: Iterable[str]) -> Mapping[str, str]:
    """For each value that means one option (value, label) and no other: the option's value.

    Values that are an option's value or label as they stand are left alone, and so is what
    could mean two options.

    >>> spellings([("lead", "Lead"), ("mql", "MQL")], ["LEAD ", "Lead", "m.q.l"])
    {'LEAD ': 'lead'}
    """
    given = list(options)
    exact = {each for option in given for each in option}
    meant: dict[str, set[str]] = {}
    for value, label in given:
        for spelling in (value, label):
            meant.setdefault(_folded(spelling), set()).add(value)
    found: dict[str, str] = {}
    for value in values:
        options_meant = meant.get(_folded(value), set())
        if value not in exact and len(options_meant) == 1:
            (found[value],) = options_meant
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
