"""What a condition asks, however it is nested: its comparisons, its fields, what it lets through.

``Neither`` turns what stands inside of it around: "none of: plan is free" is a negative question,
although the comparison in it is positive. So a comparison is only judged together with that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Consent,
    Every,
    FieldRef,
    Flow,
    Happened,
    Membership,
    Neither,
    Some,
    StepKind,
    Unclear,
)

_TURNED = {Blank.PASSES: Blank.FAILS, Blank.FAILS: Blank.PASSES, Blank.UNSAID: Blank.UNSAID}
_LETTERS = re.compile(r"[^a-z]")
_EQUAL = frozenset({"is", "isanyof", "isequalto", "isexactly", "equals", "equal", "equalto", "eq"})
_UNEQUAL = frozenset(
    {"isnot", "isnoneof", "isnotequalto", "isnotexactly", "notequals", "notequal", "notequalto"}
    | {"doesnotequal", "neq", "ne"}
)
_KNOWN = frozenset({"isknown", "known", "isset", "exists", "hasproperty", "isnotblank"})
_KNOWN_TOO = frozenset({"notempty", "isnotempty", "isnotnull", "notnull"})
_CONSENT = re.compile(
    r"opt.?out|opt.?in|opted|consent|unsubscri|subscription|do_?not_?(mail|email|contact)|"
    r"marketable|marketing_?status|legal_?basis|gdpr|dnc\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A comparison where it stands. ``turned``: an odd number of ``Neither`` is around it."""

    comparison: Comparison
    turned: bool = False

    @property
    def negative(self) -> bool:
        """Whether it asks for the absence of a value, all in all."""
        return self.comparison.negative != self.turned and bool(self.comparison.values)

    @property
    def blank(self) -> Blank:
        """What becomes of a record without a value, all in all."""
        return _TURNED[self.comparison.blank] if self.turned else self.comparison.blank

    @property
    def needs_value(self) -> bool:
        """Whether only records that have some value come through."""
        if self.blank is not Blank.UNSAID:
            return self.blank is Blank.FAILS
        if self.turned:
            return False
        known = _plain(self.comparison.operator) in _KNOWN | _KNOWN_TOO
        return known or (bool(self.comparison.values) and not self.comparison.negative)


def _plain(operator: str) -> str:
    return _LETTERS.sub("", operator.lower())


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that a group holds; nothing for a single one."""
    return condition.parts if isinstance(condition, Every | Some | Neither) else ()


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """Every single condition, groups taken apart; None asks nothing."""
    if condition is None:
        return
    if not isinstance(condition, Every | Some | Neither):
        yield condition
        return
    waiting: list[Condition] = [condition]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Every | Some | Neither):
            waiting.extend(reversed(one.parts))
        else:
            yield one


def fields_read(condition: Condition | None) -> Iterator[FieldRef]:
    """Every field that a condition reads, in its order, repeats kept."""
    for leaf in leaves(condition):
        match leaf:
            case Comparison(field=field, others=others):
                yield field
                yield from others
            case Happened(reads=reads) | Consent(reads=reads) | Unclear(reads=reads):
                yield from reads
            case _:
                pass


def lists_asked(condition: Condition | None) -> Iterator[Membership]:
    """Every list or segment that a condition asks for."""
    for leaf in leaves(condition):
        if isinstance(leaf, Membership):
            yield leaf


def asks_consent(condition: Condition | None) -> bool:
    """Whether a condition asks for consent: by its kind, or by a field whose name says so."""
    return any(
        isinstance(leaf, Consent)
        or (isinstance(leaf, Comparison) and _CONSENT.search(leaf.field.name) is not None)
        or (isinstance(leaf, Membership | Unclear) and _CONSENT.search(leaf.words) is not None)
        for leaf in leaves(condition)
    )


def all_of(condition: Condition, *, turned: bool = False) -> Iterator[tuple[Condition, bool]]:
    """What must hold together for the whole to hold; each with whether it is turned around.

    A group of which any part is enough is one piece.
    """
    match condition:
        case Every() if not turned:
            for part in condition.parts:
                yield from all_of(part)
        case Some() if turned:
            for part in condition.parts:
                yield from all_of(part, turned=True)
        case Neither() if not turned:
            for part in condition.parts:
                yield from all_of(part, turned=True)
        case _:
            yield condition, turned


def needed(condition: Condition | None) -> frozenset[FieldRef]:
    """The fields without whose value nothing meets the condition."""
    if condition is None:
        return frozenset()
    found = {
        one.field
        for one, turned in all_of(condition)
        if isinstance(one, Comparison) and Asked(one, turned).needs_value
    }
    alternatives = [
        one.parts
        for one, turned in all_of(condition)
        if isinstance(one, Some) and not turned and one.parts
    ]
    for options in alternatives:
        found |= _common(needed(option) for option in options)
    return frozenset(found)


def open_negatives(
    condition: Condition | None, known: frozenset[FieldRef] = frozenset(), *, turned: bool = False
) -> Iterator[Asked]:
    """Negative comparisons over fields that may be unknown where they are asked.

    ``known``: fields that certainly have a value by then.
    """
    if condition is None or not _may_be_negative(condition, turned=turned):
        return
    pieces = list(all_of(condition, turned=turned))
    for one, around in pieces:
        if isinstance(one, Comparison) and Asked(one, around).needs_value:
            known |= {one.field}
    for one, around in pieces:
        if isinstance(one, Comparison):
            asked = Asked(one, around)
            if asked.negative and one.field not in known:
                yield asked
        elif one is not condition or isinstance(one, Every | Some | Neither):
            inside = around != isinstance(one, Neither)
            for part in parts(one):
                yield from open_negatives(part, known, turned=inside)


def _may_be_negative(condition: Condition, *, turned: bool) -> bool:
    """A cheap first look: most conditions are a handful of positive comparisons."""
    match condition:
        case Comparison(negative=negative):
            return negative or turned
        case Every(parts) | Some(parts):
            return any(_may_be_negative(part, turned=turned) for part in parts)
        case Neither():
            return True
        case _:
            return False


def takes_unknown(condition: Condition | None) -> frozenset[FieldRef]:
    """The fields whose unknown is enough to meet the condition ("country is unknown")."""
    if condition is None or (isinstance(condition, Comparison) and condition.negative):
        return frozenset()
    ways = condition.parts if isinstance(condition, Some) else (condition,)
    found: set[FieldRef] = set()
    for way in ways:
        only = list(all_of(way))
        if len(only) == 1 and isinstance(only[0][0], Comparison):
            asked = Asked(only[0][0], only[0][1])
            if asked.blank is Blank.PASSES:
                found.add(asked.comparison.field)
    return frozenset(found)


def could_meet(condition: Condition | None, field: FieldRef, value: str | None) -> bool:
    """Whether a record with that value may meet the condition; False only where it cannot.

    ``value`` None = some value that is not told.
    """
    if condition is None or value is None:
        return True
    for one, turned in all_of(condition):
        match one:
            case Comparison() if one.field == field:
                if _says(one, value) is turned:
                    return False
            case Some() if not turned and one.parts:
                if not any(could_meet(part, field, value) for part in one.parts):
                    return False
            case _:
                pass
    return True


def _says(comparison: Comparison, value: str) -> bool | None:
    """Whether the value meets the comparison; None where it cannot be told."""
    operator = _plain(comparison.operator)
    if operator in _KNOWN | _KNOWN_TOO:
        return bool(value)
    if not comparison.values or operator not in _EQUAL | _UNEQUAL:
        return None
    inside = value.strip().lower() in {v.strip().lower() for v in comparison.values}
    return inside != (comparison.negative or operator in _UNEQUAL)


def values_taken(condition: Condition | None, field: FieldRef) -> frozenset[str]:
    """The values of a field that a condition asks for outright (lower case); empty = not so."""
    if condition is None:
        return frozenset()
    for one, turned in all_of(condition):
        if isinstance(one, Comparison) and one.field == field and _equal(one) and not turned:
            return frozenset(v.strip().lower() for v in one.values)
        if isinstance(one, Some) and not turned and one.parts:
            sets = [values_taken(part, field) for part in one.parts]
            if all(sets):
                return frozenset[str]().union(*sets)
    return frozenset()


def _equal(comparison: Comparison) -> bool:
    return not comparison.negative and _plain(comparison.operator) in _EQUAL


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition with its place: ``step`` None = at the way in. ``known``: fields with a value
    by then; ``words`` where it stands."""

    condition: Condition
    step: str | None
    words: str
    known: frozenset[FieldRef] = frozenset()


def conditions(flow: Flow) -> Iterator[Placed]:
    """Every condition of a flow with the place where it is asked."""
    for trigger in flow.triggers:
        if trigger.condition is not None:
            yield Placed(trigger.condition, None, "at the way in")
    if flow.keeps_out is not None:
        yield Placed(flow.keeps_out, None, "to keep records out")
    if flow.goal is not None:
        yield Placed(flow.goal, None, "as the goal")
    if flow.checked_at_each_step is not None:
        yield Placed(flow.checked_at_each_step, None, "before each step")
    certain = known_at_start(flow)
    for step in flow.steps.values():
        known = certain
        for edge in step.edges:
            if edge.condition is not None:
                yield Placed(edge.condition, step.id, "at a branch", known)
                if step.kind is StepKind.BRANCH:  # the first branch that fits is taken
                    known |= takes_unknown(edge.condition)


def known_at_start(flow: Flow) -> frozenset[FieldRef]:
    """The fields that have a value when a record enters, whichever way in it takes."""
    return _common(needed(trigger.condition) for trigger in flow.triggers)


def _common(sets: Iterable[frozenset[FieldRef]]) -> frozenset[FieldRef]:
    """What all sets hold; nothing where there is none."""
    one, *others = [*sets] or [frozenset[FieldRef]()]
    for other in others:
        one &= other
    return one
