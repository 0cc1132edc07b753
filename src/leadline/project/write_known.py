"""Known → the text of facts.yaml, always the same for the same figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from leadline.project.known import Known
from leadline.project.quantities import in_words

HEAD = """\
# Counted by "leadline inspect … --facts"; write it anew instead of changing it by hand.
# No personal data: of fields with pii: true and of free text only the empty ones are counted, of
# the others values that several people share. Keep it in git, so that checks agree for everybody.
"""


def facts_text(known: Known) -> str:
    """The file; ``parse_known`` reads the same figures from it."""
    return HEAD + "\n".join(_lines(known)) + "\n"


def _lines(known: Known) -> Iterator[str]:
    yield f"as_of: {known.as_of.isoformat()}"
    yield f"contacts: {known.contacts}"
    if known.fields:
        yield "fields:"
    for name, seen in known.fields.items():
        yield f"  {name}:"
        yield f"    empty: {seen.empty}"
        yield f"    of: {seen.of}"
        if seen.values:
            yield "    values:"
            yield from _counts(seen.values, 6)
    if known.events:
        yield "events:"
    for name, volume in known.events.items():
        yield f"  {_text(name)}:"
        yield f"    per_day: {volume.per_day:.1f}".removesuffix(".0")
        yield f"    burst: {volume.burst}"
        yield f"    within: {in_words(volume.within)}"
    if known.blocking:
        yield "blocking:"
        yield from _counts(known.blocking, 2)


def _counts(counted: Mapping[str, int], indent: int) -> Iterator[str]:
    for name, count in counted.items():
        yield f"{' ' * indent}{_text(name)}: {count}"


def _text(text: str) -> str:
    """A text as YAML reads it back, whatever it holds."""
    return json.dumps(text, ensure_ascii=False)
