"""What a reader understands of a condition, a value, a time, the name of a field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from leadline.expression.tree import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Contains,
    Is,
    Known,
    Nothing,
    Operand,
    Order,
    Phrase,
    Ref,
    StartsWith,
    Unknown,
    Unknowns,
    Within,
)
from leadline.expression.types import FieldType, Kind, KnownValue
from leadline.project.workflow import RelativeTime, WallTime
from tests.unit.blueprint.reading.tongue import Tongue

TIMELY = (Kind.TIME, Kind.DATE)


class NotUnderstood(Exception):
    """A sentence that means nothing, or more than one thing."""


def only_one(found: list[object], text: str) -> object:
    if len(found) != 1:
        raise NotUnderstood(f"{len(found)} meanings of {text!r}: {found}")
    return found[0]


@dataclass(frozen=True)
class Understanding:
    """A tongue, and what the words name: the fields and properties that there are."""

    tongue: Tongue
    types: Mapping[Ref, FieldType]

    @cached_property
    def nouns(self) -> Mapping[str, Ref]:
        """Every way to name a field or property."""
        tongue, found = self.tongue, dict[str, Ref]()
        for ref in self.types:
            forms = tongue.contact_nouns if ref.scope == "contact" else tongue.event_nouns
            spoken = {ref.name.replace("_", " "), quoted(ref.name, tongue)}
            if tongue.left != '"':
                spoken = {quoted(name, tongue) for name in (ref.name, ref.name.replace("_", " "))}
            for form in forms:
                for name in spoken:
                    found[form.format(name)] = ref
        return found

    @cached_property
    def record_fields(self) -> Mapping[str, Ref]:
        """Every way to name a field of a record that is written."""
        tongue, found = self.tongue, dict[str, Ref]()
        for ref in self.types:
            if ref.scope == "contact":
                for form in tongue.record_nouns:
                    for name in (ref.name, ref.name.replace("_", " ")):
                        found[form.format(quoted(name, tongue))] = ref
                        if tongue.left == '"':
                            found[form.format(name)] = ref
        return found

    # ------------------------------------------------------------ conditions

    def condition(self, text: str) -> Condition:
        tongue = self.tongue
        for separator, group in ((tongue.and_, All), (tongue.or_, Any)):
            parts = tongue.splits(text, separator)
            if len(parts) > 1:
                return group(tuple(self._part(part) for part in parts))
        if text.startswith(tongue.none_of):
            parts = tongue.splits(text.removeprefix(tongue.none_of), "; ")
            return Nothing(tuple(self.condition(self._inside(part)) for part in parts))
        found = list(self._phrases(text))
        return only_one(found, text)  # type: ignore[return-value]

    def _part(self, text: str) -> Condition:
        return self.condition(self._inside(text) if text.startswith("(") else text)

    def _inside(self, text: str) -> str:
        if not (text.startswith("(") and text.endswith(")")):
            raise NotUnderstood(text)
        return text[1:-1]

    def _phrases(self, text: str) -> Iterator[Phrase]:
        """Every phrase that a text can mean; one, where it is clear."""
        for name, form in self.tongue.phrases.items():
            found = self.tongue.pattern(form).fullmatch(text)
            if found is None or found["a"] not in self.nouns:
                continue
            ref = self.nouns[found["a"]]
            try:
                yield self._phrase(name, Operand(ref, self.types[ref]), found.groupdict())
            except (NotUnderstood, AssertionError, ValueError, KeyError):
                continue

    def _phrase(self, name: str, a: Operand, found: Mapping[str, str]) -> Phrase:
        negative = Unknowns.COUNT if name.endswith("_or_unknown") else None
        negative = Unknowns.LEAVE_OUT if name.startswith("known_and_") else negative
        match name:
            case "is" | "is_not_or_unknown" | "known_and_is_not":
                return Is(a, (self.side(found["b"], a),), negative)
            case "one_of" | "none_of_or_unknown" | "known_and_none_of":
                items = self.tongue.items(found["b"])
                if len(items) < 2:
                    raise NotUnderstood(name)
                return Is(a, tuple(self.side(item, a) for item in items), negative)
            case "contains" | "contains_not_or_unknown" | "known_and_contains_not":
                return Contains(a, self.tongue.unquoted(found["b"]), negative)
            case "starts" | "starts_not_or_unknown" | "known_and_starts_not":
                return StartsWith(a, self.tongue.unquoted(found["b"]), negative)
            case "known":
                return Known(a)
            case "unknown":
                return Unknown(a)
            case "last" | "next":
                return self._within(a, found["b"], ahead=name == "next")
            case "between":
                low, high = self.value(found["b"], a.type), self.value(found["c"], a.type)
                return Between(a, low, high)
            case _:
                return self._compare(name, a, found["b"])

    def _compare(self, name: str, a: Operand, text: str) -> Compare:
        timely = a.type.kind in TIMELY
        orders = {
            "at_least": (Order.AT_LEAST, False),
            "at_least_reference": (Order.AT_LEAST, False),
            "more": (Order.MORE_THAN, False),
            "at_most": (Order.AT_MOST, False),
            "at_most_reference": (Order.AT_MOST, False),
            "less": (Order.LESS_THAN, False),
            "at_or_after": (Order.AT_LEAST, True),
            "after": (Order.AFTER, True),
            "at_or_before": (Order.AT_MOST, True),
            "before": (Order.BEFORE, True),
        }
        order, of_time = orders[name]
        if of_time != timely or (not timely and a.type.kind is not Kind.NUMBER):
            raise NotUnderstood(name)
        return Compare(a, order, self.side(text, a))

    def _within(self, a: Operand, text: str, *, ahead: bool) -> Within:
        if a.type.kind not in TIMELY:
            raise NotUnderstood(text)
        count, unit = text.split(" ")
        number = int(self.tongue.number(count))
        word = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}[
            self.tongue.units[unit]
        ]
        words = f"{number} {word}{'' if number == 1 else 's'}"
        return Within(a, self.tongue.span(text), ahead, words)

    # ------------------------------------------------------------ values

    def side(self, text: str, a: Operand) -> KnownValue | Operand:
        """A value, or another field."""
        if text in self.nouns:
            ref = self.nouns[text]
            return Operand(ref, self.types[ref])
        return self.value(text, a.type)

    def value(self, text: str, kind: FieldType) -> KnownValue:
        tongue = self.tongue
        match kind.kind:
            case Kind.TEXT:
                return tongue.unquoted(text)
            case Kind.EMAIL | Kind.CHOICE:
                word = r'[^\s"„]\S*@\S+' if kind.kind is Kind.EMAIL else r"[\w-]+"
                bare = re.fullmatch(word, text) and text not in {"known", "unknown"}
                return text if bare else tongue.unquoted(text)
            case Kind.NUMBER:
                return tongue.number(text)
            case Kind.FLAG:
                return {tongue.true: True, tongue.false: False}[text]
            case Kind.DATE:
                return tongue.day(text.removeprefix("dem "))
            case Kind.TIME:
                local, zone = tongue.moment(text.removeprefix("dem "))
                offset = zone.removeprefix("UTC") or "+00:00"
                # Some offsets of long ago have seconds, and near year 1 UTC may be a day earlier.
                sign = -1 if offset[0] == "-" else 1
                hours, minutes, *seconds = (int(part) for part in offset[1:].split(":"))
                off = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
                return (local - sign * off).replace(tzinfo=UTC)

    # ------------------------------------------------------------ times

    def time(self, text: str) -> RelativeTime | WallTime:
        found: list[object] = []
        for name, form in self.tongue.times.items():
            said = self.tongue.pattern(form).fullmatch(text)
            if said is None:
                continue
            if name == "wall":
                try:
                    local, zone = self.tongue.moment(said["moment"])
                except AssertionError:
                    continue
                found.append(WallTime(local, zone))
            elif said["noun"] in self.nouns:
                offset = timedelta(0) if name == "at" else self.tongue.span(said["span"])
                sign = -1 if name == "before" else 1
                found.append(RelativeTime(self.nouns[said["noun"]], sign * offset))
        return only_one(found, text)  # type: ignore[return-value]


def quoted(name: str, tongue: Tongue) -> str:
    return f"{tongue.left}{name}{tongue.right}"


def instant(local: datetime) -> datetime:
    return local.replace(tzinfo=UTC)
