"""A field's name in a system that is almost, and not quite, one of the vendor's own."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.vendor_fields import CONTACT_FIELDS
from leadline.project.problems import Problem, Severity, quoted

ALMOST = 0.88  # one letter lost, doubled or wrong in a word of five; two in one of twelve


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    for field in project.fields.values():
        for system, name in field.names.items():
            kind = project.systems[system].kind
            own = tuple(CONTACT_FIELDS.get(kind, {}))
            meant, what = _meant(name, own), f", a field of every {kind} account"
            if meant is None and name not in own and _is_misspelt(name, field.name):
                meant, what = field.name, ""
            if meant is not None:
                yield Problem(
                    CHECK.code,
                    f"{quoted(field.name)} is called {quoted(name)} in {quoted(system)}, which is "
                    f"almost {quoted(meant)}{what}.",
                    field.where,
                    f"Write {quoted(meant)}, if that is what is meant.",
                    CHECK.severity,
                )


def _meant(name: str, own: tuple[str, ...]) -> str | None:
    """The vendor's field that was most likely meant; None where the name is one."""
    best = max(own, key=lambda each: _likeness(name, each), default=None)
    return best if best is not None and name not in own and _is_misspelt(name, best) else None


def _is_misspelt(name: str, meant: str) -> bool:
    """Whether one is the other with a letter lost, doubled or wrong; not where it goes on, as in
    country_2, or where only the signs between words differ."""
    if _plain(name) == _plain(meant) or name.startswith(meant) or meant.startswith(name):
        return False
    return _likeness(_plain(name), _plain(meant)) >= ALMOST


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


CHECK = Check(
    code="almost-a-vendor-field",
    title="A name that is almost one of the vendor's own",
    severity=Severity.WARNING,
    marketer="A letter is wrong in the name of a field, so nothing is read from it, and the system "
    "refuses what is written to it.",
    engineer="A name under names: differs by a letter or two from a contact field that every "
    "account of that vendor has (blueprint/vendor_fields.py), or from the name that the field has "
    "here; a name that goes on (country_2) is left alone. Whether an account has a field of that "
    "name is asked by leadline systems check.",
    mend="Write the vendor's name. A field of your own that is meant can be silenced.",
    find=_find,
)
