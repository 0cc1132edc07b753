"""Hypothesis-made workflows, and stories of signals that may happen to their runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from leadline.expression.tree import All, Compare, Condition, Is, Known, Operand, Order, Ref
from leadline.expression.types import FieldType, Kind, Value
from leadline.journey.facts import EventFact
from leadline.journey.program import NOWHERE, Program, compile_workflow
from leadline.project import workflow as w
from leadline.project.fields import Field

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
STAGES = ("subscriber", "lead", "customer")
TYPES = {
    "email": FieldType(Kind.EMAIL),
    "name": FieldType(Kind.TEXT),
    "size": FieldType(Kind.NUMBER),
    "renewal": FieldType(Kind.TIME),
    "stage": FieldType(Kind.CHOICE, STAGES),
}
FIELDS = {
    name: Field(name, kind, NOWHERE, names={"crm": f"crm_{name}"}) for name, kind in TYPES.items()
}
PROPERTIES = {"webinar": FieldType(Kind.TEXT), "starts_at": FieldType(Kind.TIME)}
EVENTS = ("attended", "cancelled", "registered")
REFS = tuple(Ref("contact", name) for name in TYPES) + tuple(Ref("event", n) for n in PROPERTIES)
SPANS = st.sampled_from(
    [timedelta(0), timedelta(minutes=5), timedelta(days=3), timedelta.max, timedelta(seconds=1)]
)
_NO_NUMBERS = [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]
_ODD_TIMES = [NOON, date(2026, 1, 1), datetime(2026, 1, 1), datetime.max, NOON + timedelta(days=2)]
ODD: st.SearchStrategy[Value] = st.sampled_from(
    [None, "", "text", "lead", Decimal(3), True, *_NO_NUMBERS, *_ODD_TIMES]
)
FITTING: dict[str, list[Value]] = {
    "email": ["ann@example.org", None],
    "name": ["Ann", None],
    "size": [Decimal(3), Decimal(500), None],
    "renewal": [NOON + timedelta(days=2), NOON - timedelta(days=2), None],
    "stage": [*STAGES, None],
    "webinar": ["w1", "w2", None],
    "starts_at": [NOON + timedelta(days=7), None],
}


def contacts() -> st.SearchStrategy[dict[str, Value]]:
    """Contacts as they are, and some that hold what they should not."""
    fitting = st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(FITTING[name]) for name in TYPES}
    )
    return st.one_of(fitting, st.dictionaries(st.sampled_from(sorted(TYPES)), ODD))


@st.composite
def events(draw: st.DrawFn) -> EventFact:
    odd = draw(st.booleans())
    properties = {name: draw(ODD if odd else st.sampled_from(FITTING[name])) for name in PROPERTIES}
    at = NOON + timedelta(hours=draw(st.integers(-5, 400)))
    return EventFact(
        UUID(int=draw(st.integers(2, 9))), draw(st.sampled_from(EVENTS)), properties, at
    )


def conditions() -> st.SearchStrategy[Condition]:
    size = Operand(Ref("contact", "size"), TYPES["size"])
    stage = Operand(Ref("contact", "stage"), TYPES["stage"])
    webinar = Operand(Ref("event", "webinar"), PROPERTIES["webinar"])
    phrase = st.sampled_from(
        [
            Compare(size, Order.AT_LEAST, Decimal(100)),
            Is(stage, ("lead",)),
            Known(webinar),
            Is(webinar, ("w1", "w3")),
        ]
    )
    return st.one_of(phrase, st.builds(All, st.tuples(phrase, phrase)))


@st.composite
def workflows(draw: st.DrawFn) -> w.Workflow:
    """Any workflow of up to nine steps, with branches in branches and edges back."""
    count = draw(st.integers(1, 9))
    names = [f"s{n}" for n in range(count)]
    saves = [name for name in names if draw(st.integers(0, 3)) == 0]
    left = iter(names)
    return w.Workflow(
        name="made",
        title="Made",
        why="A test.",
        owner="ops@acme.example",
        starts=w.Starts(
            ("registered",),
            draw(st.none() | conditions()),
            draw(st.sampled_from([None, Ref("event", "webinar"), Ref("contact", "name")])),
            100,
        ),
        stops=draw(
            st.none() | st.builds(w.Stops, st.just(("cancelled",)), st.none() | conditions())
        ),
        success=draw(st.none() | st.just(w.Success("attended", timedelta(days=1)))),
        promise=None,
        steps=_sequence(draw, count, lambda: next(left), names, saves),
        where=NOWHERE,
    )


def _sequence(
    draw: st.DrawFn, count: int, name: Callable[[], str], names: list[str], saves: list[str]
) -> tuple[w.Step, ...]:
    steps: list[w.Step] = []
    while count:
        inside = draw(st.integers(0, count - 1)) if draw(st.integers(0, 3)) == 0 else 0
        own = name()
        if inside and own not in saves:
            steps.append(_choose(draw, own, inside, (name, names, saves)))
            count -= inside + 1
        else:
            steps.append(_leaf(draw, own, names, saves))
            count -= 1
    return tuple(steps)


def _choose(
    draw: st.DrawFn,
    own: str,
    inside: int,
    naming: tuple[Callable[[], str], list[str], list[str]],
) -> w.ChooseStep:
    cuts = sorted(draw(st.lists(st.integers(0, inside), min_size=2, max_size=2)))
    sizes = (cuts[0], cuts[1] - cuts[0], inside - cuts[1])
    bodies = [_sequence(draw, size, *naming) for size in sizes]
    return w.ChooseStep(
        name=own,
        where=NOWHERE,
        branches=(
            w.Branch(draw(conditions()), bodies[0], NOWHERE),
            w.Branch(draw(conditions()), bodies[1], NOWHERE),
        ),
        otherwise=bodies[2],
        unknown=draw(st.sampled_from([None, ()])),
    )


def _leaf(draw: st.DrawFn, own: str, names: list[str], saves: list[str]) -> w.Step:
    head = {"name": own, "where": NOWHERE}
    then = draw(
        st.sampled_from([w.CarryOn(), w.StopRun(), w.DeadLetter()])
        | st.builds(w.GoTo, st.sampled_from(names))
    )
    policy = w.FailurePolicy(draw(SPANS), then, draw(st.sampled_from([(), ("ops@acme.example",)])))
    stand_ins = draw(st.sampled_from([{}, {Ref("contact", "name"): "there"}]))
    time = draw(
        st.sampled_from(
            [
                w.RelativeTime(Ref("contact", "renewal"), timedelta(hours=-1)),
                w.RelativeTime(Ref("event", "starts_at"), timedelta.max),
                w.WallTime(datetime(2026, 5, 10, 9), "Europe/Berlin"),
                w.WallTime(datetime(2026, 1, 1, 9), "Europe/Berlin"),
            ]
        )
    )
    at_most = draw(SPANS)
    if own in saves:
        return w.SaveStep(
            **head,
            connection="crm",
            object="contact",
            fields=draw(_writes()),
            if_missing=stand_ins,
            policy=policy,
        )
    match draw(st.integers(0, 9)):
        case 0 | 1:
            return w.SendStep(
                **head,
                message="hello",
                connection="mail",
                purpose=w.Purpose.TRANSACTIONAL,
                if_missing=stand_ins,
                not_after=draw(st.sampled_from([None, time])),
                policy=policy,
            )
        case 2:
            return w.PostStep(
                **head,
                connection="chat",
                channel="sales",
                message="hello",
                bundle=None,
                if_missing=stand_ins,
                policy=policy,
            )
        case 3:
            return w.SetStep(**head, fields=draw(_writes()))
        case 4:
            return w.WaitStep(**head, span=draw(SPANS))
        case 5:
            return w.WaitUntilStep(
                **head, until=time, at_most=draw(st.sampled_from([None, at_most])), if_not=then
            )
        case 6 if saves:
            seen = w.HasSeen("crm", draw(st.sampled_from(saves)))
            return w.WaitUntilStep(**head, until=seen, at_most=at_most, if_not=then)
        case 6 | 7:
            where = draw(st.none() | conditions())
            return w.WaitForStep(
                **head, event="attended", where_=where, at_most=at_most, if_not=then
            )
        case 8:
            return w.EnrollStep(**head, workflow="other")
        case _:
            return w.StopStep(**head, reason="enough")


def _writes() -> st.SearchStrategy[dict[str, w.Write]]:
    forward = w.To(w.Constant("lead"), w.Only.FORWARD)
    return st.fixed_dictionaries(
        {"name": st.sampled_from([w.To(w.FromRef(Ref("event", "webinar"))), w.Clear()])},
        optional={
            "size": st.sampled_from([w.Increment(2), w.To(w.FromRef(Ref("contact", "size")))]),
            "stage": st.just(forward),
        },
    )


def programs() -> st.SearchStrategy[Program]:
    """Compiled workflows; their one message reads every name there is."""
    return workflows().map(lambda made: compile_workflow(made, FIELDS, {"hello": frozenset(REFS)}))
