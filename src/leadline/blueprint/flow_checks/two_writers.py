"""Two live flows that write different values into one field on the same occasion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, listed, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.asking import fields_read, leaves, values_taken
from leadline.blueprint.graph.effects import Written, starts_on, writes
from leadline.blueprint.graph.flow import FieldRef, Flow, Happened, Membership, Trigger
from leadline.blueprint.graph.walk import runs, ways_in

RULE = rule(
    "two-writers",
    "One field, two flows that write it differently",
    Severity.WARNING,
    marketer="Two flows set the same field to different values for the same people. Which one "
    "wins is chance, and every list and report on that field changes with it.",
    engineer="Two live flows set one field to different constants and share an occasion: the same "
    "list, event or form, or values of one field that both ways in ask for. Several branches of "
    "one flow are one writer. Where the occasions cannot be compared it is a note; ways in that "
    "exclude each other, and a flow that waits for the other's value, are no finding.",
    mend="Let one flow own the field. Where both are needed, let the second wait for the first, "
    "or write only forward.",
    exact=False,
)


_MOST_PAIRS = 20_000
"""All pairs of 200 writers; of a field with still more, the later ones are counted only."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """A flow with the constants that it sets a field to; none = a value taken from elsewhere."""

    flow: Flow
    first: Written
    values: frozenset[str]
    moves_on: bool  # it waits for the field itself, so it moves on what another has set
    signs: frozenset[object]  # what two writers share at least when they surely meet


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each field with writers that contradict each other."""
    for field, writers in sorted(_writers(flows).items()):
        fight = _worst(field, writers)
        if fight is not None:
            yield _finding(field, fight, writers, facts)


def _worst(field: FieldRef, writers: Sequence[_Writer]) -> tuple[bool, _Writer, _Writer] | None:
    """The first pair that surely meets, else the first that may."""
    fixed = [w for w in writers if w.values and not w.moves_on]
    together: dict[object, list[_Writer]] = {}
    for writer in fixed:
        for sign in writer.signs:
            together.setdefault(sign, []).append(writer)
    near = (pair for several in together.values() for pair in combinations(several, 2))
    for one, other in islice(near, _MOST_PAIRS):
        if _fight(one, other):
            return True, one, other
    for one, other in islice(combinations(fixed, 2), _MOST_PAIRS):
        if _fight(one, other) is False:
            return False, one, other
    return None


def _writers(flows: Sequence[Flow]) -> Mapping[FieldRef, list[_Writer]]:
    found: dict[FieldRef, list[_Writer]] = {}
    for flow in flows:
        if not runs(flow):
            continue
        mine: dict[FieldRef, list[Written]] = {}
        for written in writes(flow):
            if written.write.mode == "set":
                mine.setdefault(written.write.field, []).append(written)
        begun = frozenset[FieldRef]().union(*map(starts_on, ways_in(flow)))
        signs = _signs(flow) if mine else frozenset[object]()
        for field, several in mine.items():
            values = {w.write.value for w in several if w.write.value is not None}
            waits = field in begun
            writer = _Writer(flow, several[0], frozenset(values), waits, signs)
            found.setdefault(field, []).append(writer)
    return found


def _signs(flow: Flow) -> frozenset[object]:
    found: set[object] = set()
    for trigger in ways_in(flow):
        found |= _occasions(trigger)
        for field in fields_read(trigger.condition):
            found |= {(field, value) for value in values_taken(trigger.condition, field)}
    return frozenset(found)


def _fight(one: _Writer, other: _Writer) -> bool | None:
    """None = they do not contradict each other; True = on the same occasion for sure."""
    if one.values == other.values:
        return None
    met = [_meet(a, b) for a in ways_in(one.flow) for b in ways_in(other.flow)]
    if True in met:
        return True
    return None if met and all(m is False for m in met) else False


def _meet(one: Trigger, other: Trigger) -> bool | None:
    """Whether two ways in take the same people at one time; None = cannot be compared."""
    if _occasions(one) & _occasions(other):
        return True
    shared: bool | None = None
    for field in dict.fromkeys(fields_read(one.condition)):
        mine, theirs = values_taken(one.condition, field), values_taken(other.condition, field)
        if mine and theirs:
            if not mine & theirs:
                return False
            shared = True
    return shared


def _occasions(trigger: Trigger) -> frozenset[str]:
    """Lists joined and things that happened, as far as the way in names them."""
    return frozenset(
        f"list {leaf.list_id}" if isinstance(leaf, Membership) else f"event {leaf.event}"
        for leaf in leaves(trigger.condition)
        if (isinstance(leaf, Membership) and leaf.inside)
        or (isinstance(leaf, Happened) and leaf.happened)
    )


def _finding(
    field: FieldRef, fight: tuple[bool, _Writer, _Writer], writers: Sequence[_Writer], facts: Facts
) -> Finding:
    sure, one, other = fight
    fixed = [w for w in writers if w.values]
    rest = len(fixed) - 2
    mine, theirs = _values(one), _values(other)
    name = short(field.name, 24)
    beside = f" ({rest:,} more write it)" if rest else ""
    when = "" if sure else ", perhaps together"
    message = (
        f"{named(one.flow, 30)} sets {name} to {mine}, {named(other.flow, 30)} to {theirs}"
        f"{when}{beside}."
    )
    more = Weighed(
        how=f"another flow sets {name} to another value",
        severity=None if sure else Severity.NOTE,
        count=len(fixed),
        fields=(field,),
        others=tuple((w.flow, w.first.step.id) for w in fixed if w is not one),
    )
    return at(RULE, one.flow, one.first.step, message, more, facts)


def _values(writer: _Writer) -> str:
    return listed([short(value, 16) for value in sorted(writer.values)], 2)
