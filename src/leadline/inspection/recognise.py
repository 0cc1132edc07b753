"""What a table is taken for: every shape is weighed against header, values and the file's name.

Each thing found speaks for a shape with the weight that the shape gives it; two independent
signs add up as chances do, 1 - (1 - a)(1 - b). So many weak signs make a strong claim, and no
count of them is certainty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadline.inspection.recognition import LIKELY, Recognition
from leadline.inspection.tables.registry import BY_NAME, SHAPES
from leadline.inspection.tables.shape import Heading, Shape, fold

CLOSE = 0.15  # a rival nearer than this is named
_VALUES_SHARE = 0.8  # of the values shown must fit a pattern for it to speak
_NAMED = 4  # headers that the evidence names


def claims(
    header: Sequence[str], sample: Sequence[Sequence[str]], path: str
) -> tuple[Recognition, ...]:
    """Every shape that claims the table, the surest first."""
    found = (weigh(shape, header, sample, path) for shape in SHAPES)
    kept = [claim for claim in found if claim is not None]
    return tuple(sorted(kept, key=lambda claim: -claim.confidence))


def chosen(
    claimed: Sequence[Recognition],
) -> tuple[Recognition | None, tuple[Recognition, ...]]:
    """The claim to take, None where none is likely enough, and its close rivals."""
    if not claimed:
        return None, ()
    likely = [claim for claim in claimed if claim.confidence >= LIKELY]
    vendors = [claim for claim in likely if claim.system != "plain"]
    best = (vendors or claimed)[0]
    # Whatever a vendor exports is a plain table too: that is no rival.
    rivals = tuple(
        claim
        for claim in claimed
        if claim is not best
        and best.confidence - claim.confidence <= CLOSE
        and claim.system != "plain"
    )
    return (best if best.confidence >= LIKELY else None), rivals


def as_told(shape: str, evidence: str) -> Recognition:
    """The claim for a file whose shape somebody, or the document itself, says."""
    told = BY_NAME[shape]
    return Recognition(shape, told.system, told.content, 1.0, (evidence,))


def weigh(
    shape: Shape, header: Sequence[str], sample: Sequence[Sequence[str]], path: str
) -> Recognition | None:
    """How strongly the table looks like ``shape``; None where it cannot be one."""
    folded = [fold(cell) for cell in header]
    found = {
        number: heading
        for number, text in enumerate(folded)
        if (heading := shape.by_header.get(text)) is not None
    }
    names = {heading.name for heading in found.values()}
    if not all(names & set(group) for group in shape.needs):
        return None
    refused = {fold(word) for word in shape.refuses}
    if refused & set(folded) or refused & {fold(name) for name in names}:
        return None
    telling = sorted(_by_name(found).values(), key=lambda h: -h.weight)
    against = 1.0
    for heading in telling:
        against *= 1 - heading.weight
    evidence = [_headers_said(telling, found, header)]
    whole = [row for row in sample if len(row) == len(header)]  # not what a report ends with
    against *= _file_said(shape, path, evidence) * _values_said(shape, found, whole, evidence)
    known = sum(1 for text in folded if text in shape.by_header)
    confidence = min(shape.most, (1 - against) * (0.9 + 0.1 * known / max(len(header), 1)))
    return Recognition(
        shape.name, shape.system, shape.content, round(confidence, 3), tuple(evidence)
    )


def _by_name(found: dict[int, Heading]) -> dict[str, Heading]:
    """Two headers of one meaning speak once."""
    return {heading.name: heading for heading in found.values()}


def _headers_said(
    telling: Sequence[Heading], found: dict[int, Heading], header: Sequence[str]
) -> str:
    written = {heading.name: header[number] for number, heading in reversed(found.items())}
    names = [f'"{written[heading.name].strip()}"' for heading in telling[:_NAMED]]
    return f"{len(found)} of {len(header)} column names fit, among them {', '.join(names)}"


def _file_said(shape: Shape, path: str, evidence: list[str]) -> float:
    hint = shape.file_name
    if hint is None or re.search(hint.pattern, path, re.IGNORECASE) is None:
        return 1.0
    evidence.append("the name of the file fits")
    return 1 - hint.weight


def _values_said(
    shape: Shape,
    found: dict[int, Heading],
    sample: Sequence[Sequence[str]],
    evidence: list[str],
) -> float:
    against = 1.0
    for name, hint in shape.values:
        for number, heading in found.items():
            if heading.name != name:
                continue
            values = [row[number].strip() for row in sample]
            values = [value for value in values if value]
            fits = sum(1 for value in values if re.fullmatch(hint.pattern, value))
            if values and fits >= _VALUES_SHARE * len(values):
                evidence.append(f'the values of "{name}" look as they should')
                against *= 1 - hint.weight
    return against


def status_of(shape: Shape, path: str, header: Sequence[str]) -> str | None:
    """What the file says of all its rows, by its name (Mailchimp's four files, say), else by a
    column that only files of one status have."""
    own = re.split(r"[/!]", path)[-1]
    for text in (own, path):
        for pattern, status in shape.statuses:
            if re.search(pattern, text, re.IGNORECASE):
                return status
    folded = {fold(cell) for cell in header}
    return next((s for name, s in shape.status_columns if fold(name) in folded), None)
