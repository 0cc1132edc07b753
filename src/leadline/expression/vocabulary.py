"""The names that a condition may use, and the nearest one to a name that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from leadline.expression.tree import Ref
from leadline.expression.types import FieldType


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``scopes`` maps a scope ("contact", "event", a system) to its names and their types.

    ``zone`` is the project's time zone: a date or a time written without an offset is meant in
    it. Without one such a time is refused.
    """

    scopes: Mapping[str, Mapping[str, FieldType]]
    zone: tzinfo | None = None

    def type_of(self, ref: Ref) -> FieldType | None:
        """Return the type of a name, or None where no such name is."""
        return self.scopes.get(ref.scope, {}).get(ref.name)

    def refs(self) -> Iterable[Ref]:
        """Return every name there is."""
        return (Ref(scope, name) for scope, names in self.scopes.items() for name in names)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like ``word``, or None where none is like it.

    >>> nearest("lifecyle_stage", ["email", "lifecycle_stage"])
    'lifecycle_stage'
    """
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def nearest_ref(ref: Ref, vocabulary: Vocabulary) -> Ref | None:
    """Return the name that was probably meant: the same in another scope, or a like one."""
    scope = ref.scope if ref.scope in vocabulary.scopes else nearest(ref.scope, vocabulary.scopes)
    if scope is not None:
        name = nearest(ref.name, vocabulary.scopes[scope])
        if name is not None:
            return Ref(scope, name)
    return ref_called(ref.name, vocabulary)


def ref_called(name: str, vocabulary: Vocabulary) -> Ref | None:
    """Return a reference with this name in whichever scope has it, the contact's first.

    A name that is only alike is taken where none is the same.
    """
    refs = sorted(vocabulary.refs(), key=lambda ref: (ref.scope != "contact", ref))
    for ref in refs:
        if ref.name == name:
            return ref
    alike = nearest(name, {ref.name for ref in refs})
    return next((ref for ref in refs if ref.name == alike), None)
