"""Parts of sentences: references, values, times, spans, lists of names, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from leadline.blueprint.sentences.meaning import Meaning
from leadline.blueprint.sentences.words import Words
from leadline.expression import spoken as language
from leadline.expression.sentence import sentence, value_said
from leadline.expression.spoken import Case
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import FieldType, Kind, Value
from leadline.project.workflow import RelativeTime, WallTime

_TEXT = FieldType(Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says the parts of one meaning in one language."""

    meaning: Meaning
    words: Words

    def quoted(self, text: str) -> str:
        """A text of the files."""
        return language.in_quotes(text, self.words.spoken)

    def number(self, count: int) -> str:
        """A whole number."""
        return language.number(count, self.words.spoken)

    def span(self, length: timedelta, case: Case = "subject") -> str:
        """A span of time."""
        return language.span(length, self.words.spoken, case)

    def noun(self, ref: Ref, case: Case = "subject") -> str:
        """A reference."""
        return language.noun(ref, self.words.spoken, case)

    def condition(self, condition: Condition) -> str:
        """A condition, to stand after "if"; times on the clocks of the project."""
        return sentence(condition, ZoneInfo(self.meaning.time_zone), self.words.spoken)

    def value(self, ref: Ref, value: Value, case: Case | None = None) -> str:
        """A value of a field or property, in the case that a verb takes unless said otherwise."""
        assert value is not None, "no file can name the unknown as a value"
        zone = ZoneInfo(self.meaning.time_zone)
        return value_said(self.kind(ref), value, zone, self.words.spoken, case)

    def kind(self, ref: Ref) -> FieldType:
        """The type of a field or property; text where nothing declares it."""
        if ref.scope == "contact":
            field = self.meaning.fields.get(ref.name)
            return _TEXT if field is None else field.type
        found = (read.get(ref.name) for read in self.meaning.events.values())
        return next((kind for kind in found if kind is not None), _TEXT)

    def names(self, names: Iterable[str], last: str | None = None) -> str:
        """Names of the files in quotation marks: "a" or "b"."""
        return language.listed([self.quoted(n) for n in names], self.words.spoken, last)

    def time(self, time: RelativeTime | WallTime) -> str:
        """A time relative to a field, or on the clock of a wall."""
        words = self.words
        if isinstance(time, WallTime):
            at = language.moment(time.local, time.zone, words.spoken)
            return words.on_wall.format(time=at)
        reference = self.noun(time.ref, "genitive")
        if not time.offset:
            return words.at_reference.format(reference=reference)
        before = time.offset < timedelta(0)
        form = words.before_reference if before else words.after_reference
        return form.format(span=self.span(abs(time.offset)), reference=reference)


def capital(text: str) -> str:
    """A sentence with a capital first."""
    return text[:1].upper() + text[1:]
