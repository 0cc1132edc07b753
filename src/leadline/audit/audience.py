"""Who of the data given a live flow would take: its conditions as SQL over the raw tables.

Only what is understood is decided. A condition is TRUE, FALSE, or NULL where the data or the
format cannot say (a list whose members were not given, an event, an operator of unknown
meaning), and SQL's own three-valued logic carries that upwards: ``is true`` are the people who
are surely in, ``is not false`` those who may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadline.audit.sql_text import clean, name, one_of, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Table
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Consent,
    Every,
    FieldRef,
    Flow,
    Live,
    Neither,
    Send,
    Some,
    Step,
)

PEOPLE = (Kind.CONTACT, Kind.LEAD, Kind.REGISTRATION)
EQUAL = {
    "is any of", "is equal to", "is", "is one of", "equals", "equal", "equal to", "eq", "in", "=",
    "==", "===", "equalto", "is exactly", "includes", "is in",
}  # fmt: skip
UNEQUAL = {
    "is none of", "is not equal to", "is not", "is not any of", "not equals", "notequals", "neq",
    "not equal", "notequal", "not in", "notin", "!=", "<>", "ne", "is not exactly", "excludes",
    "notequalto", "not equal to", "is not in", "!in",
}  # fmt: skip
HOLDS = {"contains", "contain", "like", "contains exactly"}
HOLDS_NOT = {"does not contain", "not contains", "notcontains", "notlike", "!like"}
KNOWN = {
    "is known", "is not blank", "is not null", "exists", "is set", "notempty", "not empty",
    "has value", "!empty", "not is null",
}  # fmt: skip
UNKNOWN = {
    "is unknown", "is not known", "is blank", "is null", "is not set", "notexists", "empty",
    "not exists", "isnull",
}  # fmt: skip
ORDER = {
    "is greater than": ">", "is greater than or equal to": ">=", "is less than": "<",
    "is less than or equal to": "<=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=",
    ">": ">", ">=": ">=", "<": "<", "<=": "<=", "greaterthan": ">", "lessthan": "<",
    "greaterthanorequalto": ">=", "lessthanorequalto": "<=", "larger": ">", "smaller": "<",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One comparison of a flow and where it stands: ``condition`` is the whole that it is part
    of; ``step`` None = at the way in."""

    comparison: Comparison
    condition: Condition
    step: str | None
    negative: bool
    passes: bool | None  # whether no value gets through


def live_flows(stack: Stack) -> Iterator[Flow]:
    """The flows that run, as far as their files tell (unsaid counts as running)."""
    return (flow for flow in stack.flows if flow.live is not Live.OFF)


def mail_steps(flow: Flow) -> Iterator[tuple[Step, Send]]:
    """The steps that send mail to the subject, each with its mail."""
    for step in flow.steps.values():
        for send in step.sends:
            if step.enabled and send.channel == "email" and send.live is not Live.OFF:
                yield step, send


def tables_of(stack: Stack, flow: Flow) -> list[Table]:
    """The tables that hold the flow's subjects: of its system and object, people first."""
    own = [t for t in stack.tables if t.system == flow.system]
    return [t for t in own if same_object(t, flow.object)] or [t for t in own if t.kind in PEOPLE]


def same_object(table: Table, thing: str) -> bool:
    """Whether the vendor's word for an object is this table's: "Contacts" is "contact"."""
    wanted = thing.lower().rstrip("s")
    return wanted in {table.object.lower().rstrip("s"), table.kind.value}


def column_of(table: Table, ref: FieldRef) -> Column | None:
    """The column that holds the field, by the vendor's internal name; None = not given."""
    if table.system != ref.system or (ref.object and not same_object(table, ref.object)):
        return None
    wanted = ref.name.lower()
    return next((c for c in table.columns if c.name.lower() == wanted), None)


def entry_of(flow: Flow) -> Condition | None:
    """The condition of the way in: any trigger, nobody kept out, the filter at each step."""
    ways = [t.condition for t in flow.triggers]
    if not ways or any(way is None for way in ways):
        return None
    parts: list[Condition] = [Some(tuple(way for way in ways if way is not None))]
    if flow.keeps_out is not None:
        parts.append(Neither((flow.keeps_out,)))
    if flow.checked_at_each_step is not None:
        parts.append(flow.checked_at_each_step)
    return Every(tuple(parts))


def decided(
    condition: Condition, table: Table, deciding: Comparison | None = None, *, flip: bool = False
) -> str:
    """The condition as SQL over raw ``t`` (and ``p``, its rows in ``person``).

    ``deciding``: this comparison is taken as passed by a record without a value, whatever the
    format says of blanks (as failed under ``flip``), to count whom the blank decides on.
    """
    match condition:
        case Every(parts):
            return _joined(" and ", "true", [decided(p, table, deciding, flip=flip) for p in parts])
        case Some(parts):
            return _joined(" or ", "false", [decided(p, table, deciding, flip=flip) for p in parts])
        case Neither(parts):
            inner = [decided(p, table, deciding, flip=not flip) for p in parts]
            return f"not {_joined(' or ', 'false', inner)}"
        case Consent(given=given):
            known = "case when p.consent_state = 'in' then true "
            known += "when p.consent_state in ('out', 'never') then false end"
            return f"({known})" if given else f"(not {known})"
        case Comparison():
            return _compared(condition, table, blank=not flip if condition is deciding else None)
        case _:
            return "cast(null as boolean)"


def _joined(word: str, empty: str, parts: list[str]) -> str:
    return f"({word.join(parts)})" if parts else empty


def _compared(asked: Comparison, table: Table, *, blank: bool | None) -> str:
    column = column_of(table, asked.field)
    if column is None:
        return "cast(null as boolean)"
    value = f"lower({clean(f't.{name(column.name)}')})"
    operator = asked.operator.lower().replace("_", " ").strip()
    if operator in KNOWN:
        return f"({value} is not null)"
    if operator in UNKNOWN:
        return f"({value} is null)"
    told = _told(operator, value, tuple(v.strip().lower() for v in asked.values))
    if told is None:
        told = "cast(null as boolean)"
    if blank is None:
        negative = operator in UNEQUAL | HOLDS_NOT
        said = {Blank.PASSES: True, Blank.FAILS: False, Blank.UNSAID: None if negative else False}
        blank = said[asked.blank]
    without = "cast(null as boolean)" if blank is None else str(blank).lower()
    return f"(case when {value} is null then {without} else {told} end)"


def _told(operator: str, value: str, values: tuple[str, ...]) -> str | None:
    """The comparison of a value that is there; None where the operator is not known."""
    if not values:
        return None
    if operator in EQUAL | UNEQUAL:
        same = one_of(value, values)
        return same if operator in EQUAL else f"not {same}"
    if operator in HOLDS | HOLDS_NOT:
        held = " or ".join(f"contains({value}, {text(v)})" for v in values)
        return f"({held})" if operator in HOLDS else f"not ({held})"
    if operator in ORDER:
        try:
            bound = float(values[0])
        except ValueError:
            return None
        return f"try_cast({value} as double) {ORDER[operator]} {bound}"
    return None


def asked_of(flow: Flow) -> Iterator[Asked]:
    """Every comparison that decides who gets what: at the way in and at the branches."""
    for trigger in flow.triggers:
        yield from _walk(trigger.condition, trigger.condition, None, turned=False)
    yield from _walk(flow.checked_at_each_step, flow.checked_at_each_step, None, turned=False)
    for step in flow.steps.values():
        for edge in step.edges:
            yield from _walk(edge.condition, edge.condition, step.id, turned=False)


def _walk(
    part: Condition | None, whole: Condition | None, step: str | None, *, turned: bool
) -> Iterator[Asked]:
    match part:
        case Every(parts) | Some(parts):
            for one in parts:
                yield from _walk(one, whole, step, turned=turned)
        case Neither(parts):
            for one in parts:
                yield from _walk(one, whole, step, turned=not turned)
        case Comparison():
            assert whole is not None
            yield _asked(part, whole, step, turned=turned)
        case _:
            return


def _asked(part: Comparison, whole: Condition, step: str | None, *, turned: bool) -> Asked:
    passes = {Blank.PASSES: True, Blank.FAILS: False, Blank.UNSAID: None}[part.blank]
    if passes is None and not part.negative:
        passes = False  # no value is equal to nothing, in every tool
    if turned:
        passes = None if passes is None else not passes
    negative = bool(part.values) and part.negative is not turned
    return Asked(part, whole, step, negative, passes)
