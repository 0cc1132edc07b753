"""What the terminal says of an inspection: the first screen, in lines with a style each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from leadline.blueprint.finding import Finding, Severity
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection, Standing

NAMES_SHOWN = 3  # flows named in a line; the rest are counted


class Line(NamedTuple):
    """One line: its text, how far it is indented, and how it is to look."""

    text: str
    indent: int = 0
    style: str = ""


_LOOK = {Standing.FALLS: "bold red", Standing.SHAKY: "yellow", Standing.STANDS: "green"}


def summary(inspection: Inspection, shown: Shown) -> Iterator[Line]:
    """The headline, what to mend first, the verdicts, and what was read and not judged."""
    yield Line(inspection.headline, style="bold")
    if inspection.worst:
        yield Line("")
        count = len(inspection.worst)
        yield Line("Mend this first" if count == 1 else f"Mend these {_word(count)} first")
        for place, number in enumerate(inspection.worst, 1):
            yield from _worst(inspection, place, number, shown)
    if inspection.verdicts:
        yield Line("")
        yield Line("Live flows")
        for standing in reversed(Standing):
            names = [v.name for v in inspection.verdicts if v.standing is standing]
            if names:
                text = f"{len(names):>4}  {standing.value:<18} {listed(names)}"
                yield Line(text.rstrip(), style=_LOOK[standing])
    yield Line("")
    yield from _read(inspection)


def _worst(inspection: Inspection, place: int, number: int, shown: Shown) -> Iterator[Line]:
    finding = inspection.findings[number]
    look = "bold red" if finding.weight is Severity.BLOCKING else "bold"
    yield Line(f"{place}  {shown.text(finding.message)}", 2, look)
    told = consequences(inspection, finding, number)
    if told:
        yield Line(told, 5)
    yield Line(finding.rule.mend, 5)


def consequences(inspection: Inspection, finding: Finding, number: int) -> str:
    """What a finding does, in one line: flows, people, writer, money; empty if nothing is known."""
    names = {flow.key: flow.name or flow.id for flow in inspection.reading.stack.flows}
    flows = list(dict.fromkeys(names.get(b.flow, b.flow) for b in finding.breaks))
    parts: list[str] = []
    if flows:
        word = "flow" if len(flows) == 1 else "flows"
        parts.append(f"Breaks {len(flows)} live {word}: {listed(flows)}.")
    people = max((b.people for b in finding.breaks if b.people is not None), default=None)
    if people:
        parts.append(f"{people:,} {'person' if people == 1 else 'people'} of the data given.")
    if finding.because:
        parts.append(f"Cause: {finding.because}.")
    elif finding.written_by:
        parts.append(f"Written by {finding.written_by}.")
    money = inspection.money.get(number)
    if money is not None:
        parts.append(f"Costs {money} ({money.basis}).")
    return " ".join(parts)


def listed(names: list[str]) -> str:
    """Some names, the rest counted.

    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    shown = names[:NAMES_SHOWN]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _read(inspection: Inspection) -> Iterator[Line]:
    figures = inspection.figures
    found = ", ".join(counted(severity, count) for severity, count in figures.findings.items())
    yield Line(f"Findings: {found}.")
    flows = f"{figures.flows:,} flow{'' if figures.flows == 1 else 's'}"
    opaque = f", {figures.opaque_steps:,} not understood" if figures.opaque_steps else ""
    yield Line(
        f"Read: {figures.files:,} file{'' if figures.files == 1 else 's'}, "
        f"{figures.people:,} people in {figures.rows:,} rows, "
        f"{flows} ({figures.steps:,} steps{opaque})."
    )
    for unread in inspection.reading.unread[:NAMES_SHOWN]:
        yield Line(f"Not read: {unread.where}: {unread.what} {unread.fix}", style="yellow")
    if len(inspection.reading.unread) > NAMES_SHOWN:
        yield Line(f"and {len(inspection.reading.unread) - NAMES_SHOWN} more not read.")
    if inspection.unjudged:
        yield Line(
            f"Not judged: {len(inspection.unjudged):,} "
            f"thing{'' if len(inspection.unjudged) == 1 else 's'}; the report lists them. "
            '"leadline inspect --how" says how to get what is missing.'
        )


def counted(severity: Severity, count: int) -> str:
    """A number of findings with their weight: ``1 blocking``, ``3 warnings``."""
    plural = "" if count == 1 or severity is Severity.BLOCKING else "s"
    return f"{count:,} {severity.value}{plural}"


def _word(count: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(count, str(count))
