"""The steps of a compiled workflow as neutral steps: what each reads, writes, sends, and risks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from leadline.blueprint.graph.flow import (
    OURS,
    Condition,
    Edge,
    EdgeKind,
    Every,
    Failure,
    FieldRef,
    Happened,
    Policy,
    Purpose,
    Send,
    Step,
    StepKind,
    Write,
)
from leadline.blueprint.graph.of_condition import Names, neutral
from leadline.blueprint.graph.words import span
from leadline.expression.tree import Ref
from leadline.expression.types import TEXTUAL, Kind
from leadline.journey.program import Flat, FlatChoice, FlatStep, Target, source_ref
from leadline.project import workflow as ours
from leadline.project.fields import Field
from leadline.project.workflow import (
    CarryOn,
    Constant,
    DeadLetter,
    EnrollStep,
    FailurePolicy,
    GoTo,
    HasSeen,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    StopRun,
    StopStep,
    Then,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)

_SHOWN = 3
"""Fields that the words of a step name before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Here:
    """What the steps of one workflow are read with: ``names`` says what a dotted name means,
    ``meaning`` the same where other events are meant (in ``where``), ``shown`` what each message
    of the project reads."""

    names: Names
    meaning: Callable[[tuple[str, ...]], Names]
    steps: Mapping[str, Flat]
    shown: Mapping[str, frozenset[Ref]]
    fields: Mapping[str, Field]

    def reads(self, *refs: Ref) -> tuple[FieldRef, ...]:
        """What these names stand for, once each."""
        return tuple(dict.fromkeys(one for ref in refs for one in self.names(ref)))


def steps_of(here: Here, order: Iterable[str]) -> Iterator[Step]:
    """Every step of a workflow, by their names in the order of its file."""
    for name in order:
        flat = here.steps[name]
        yield _choice(flat, here) if isinstance(flat, FlatChoice) else _leaf(flat, here)


def _choice(choice: FlatChoice, here: Here) -> Step:
    edges = [
        Edge(b.target, EdgeKind.BRANCH, "", neutral(b.condition, here.names))
        for b in choice.branches
    ]
    if choice.has_unknown:
        edges.append(Edge(choice.unknown, EdgeKind.ELSE, "where it cannot be known"))
    edges.append(Edge(choice.otherwise, EdgeKind.ELSE))
    words = f'choose at "{choice.name}"'
    return Step(
        choice.name, StepKind.BRANCH, words, "choose", edges=tuple(edges), failure=Failure.CANNOT
    )


def _leaf(flat: FlatStep, here: Here) -> Step:
    step = flat.step
    match step:
        case SendStep():
            return _send(step, flat.next, here)
        case SaveStep():
            return _save(step, flat.next, here)
        case PostStep():
            return _post(step, flat.next, here)
        case SetStep():
            return _set(step, flat.next, here)
        case WaitStep(span=length):
            words = f"wait {span(length.total_seconds())}"
            return _plain(step.name, StepKind.WAIT, words, "wait", flat.next, length)
        case WaitUntilStep():
            return _wait_until(step, flat.next, here)
        case WaitForStep():
            return _wait_for(step, flat.next, here)
        case EnrollStep(workflow=other):
            words = f"enroll in {other}"
            return Step(
                step.name, StepKind.ENROLL, words, "enroll_in", edges=(Edge(flat.next),),
                calls_flows=(other,), failure=Failure.CANNOT,
            )  # fmt: skip
        case StopStep(reason=reason):
            words = f"stop: {reason}"
            return Step(step.name, StepKind.STOP, words, "stop", failure=Failure.CANNOT)
        case _:
            assert_never(step)


def _plain(
    name: str, kind: StepKind, words: str, source: str, after: Target, length: timedelta
) -> Step:
    return Step(
        name, kind, words, source, edges=(Edge(after),), wait_s=length.total_seconds(),
        failure=Failure.CANNOT,
    )  # fmt: skip


def _send(step: SendStep, after: Target, here: Here) -> Step:
    shown = here.reads(*sorted(here.shown[step.message]))
    late = () if not isinstance(step.not_after, RelativeTime) else here.reads(step.not_after.ref)
    sent = Send(
        "email", OURS, message_name(step.message), Purpose(step.purpose.value),
        checks_consent=True, reads=shown,
    )  # fmt: skip
    return Step(
        step.name,
        StepKind.SEND,
        f"send {step.message} through {step.connection}",
        "send",
        edges=_edges(after, step.policy.then),
        reads=tuple(dict.fromkeys((*here.reads(Ref("contact", "email")), *shown, *late))),
        sends=(sent,),
        system=step.connection,
        failure=_failure(step.policy.then),
        policy=_policy(step.policy),
        stand_ins=here.reads(*step.if_missing),
        deadline="" if step.not_after is None else f"not after {moment(step.not_after)}",
    )


def _save(step: SaveStep, after: Target, here: Here) -> Step:
    system = step.connection
    writes = tuple(
        _write(FieldRef(system, step.object, here.fields[name].names[system]), name, write, here)
        for name, write in step.fields.items()
    )
    return Step(
        step.name,
        StepKind.WRITE,
        f"save {_listed(tuple(step.fields))} to {step.connection} {step.object}",
        "save_to",
        edges=_edges(after, step.policy.then),
        reads=(*here.reads(Ref("contact", "email")), *_looked_at(writes)),
        writes=writes,
        system=step.connection,
        failure=_failure(step.policy.then),
        policy=_policy(step.policy),
        stand_ins=here.reads(*step.if_missing),
    )


def _post(step: PostStep, after: Target, here: Here) -> Step:
    shown = here.reads(*sorted(here.shown[step.message]))
    bundle = "" if step.bundle is None else f", those of {_length(step.bundle)} as one"
    return Step(
        step.name,
        StepKind.NOTIFY,
        f"post {step.message} to {step.connection} {step.channel}{bundle}",
        "post_to",
        edges=_edges(after, step.policy.then),
        reads=shown,
        sends=(Send("chat", OURS, message_name(step.message), reads=shown),),
        channel=step.channel,
        system=step.connection,
        failure=_failure(step.policy.then),
        policy=_policy(step.policy),
        stand_ins=here.reads(*step.if_missing),
    )


def _set(step: SetStep, after: Target, here: Here) -> Step:
    writes = tuple(
        _write(here.names(Ref("contact", name))[0], name, write, here)
        for name, write in step.fields.items()
    )
    words = f"set {_listed(tuple(step.fields))} of our contact"
    return Step(
        step.name, StepKind.WRITE, words, "set", edges=(Edge(after),), reads=_looked_at(writes),
        writes=writes, failure=Failure.CANNOT,
    )  # fmt: skip


def _wait_until(step: WaitUntilStep, after: Target, here: Here) -> Step:
    until = step.until
    edges = [Edge(after)]
    over = _over(step.if_not, after)
    if step.at_most is not None and over is not None:
        edges.append(over)
    seen = isinstance(until, HasSeen)
    words = f"{until.system} has seen {until.step}" if isinstance(until, HasSeen) else moment(until)
    return Step(
        step.name,
        StepKind.WAIT,
        f"wait until {words}",
        "wait_until",
        edges=tuple(edges),
        reads=here.reads(until.ref) if isinstance(until, RelativeTime) else (),
        system=until.system if isinstance(until, HasSeen) else "",
        sees=until.step if isinstance(until, HasSeen) else "",
        failure=_failure(step.if_not) if seen else Failure.CANNOT,
        policy=None if step.at_most is None else Policy(_s(step.at_most), then_words(step.if_not)),
    )


def _wait_for(step: WaitForStep, after: Target, here: Here) -> Step:
    asked: Condition = happening(step.event)
    if step.where_ is not None:
        asked = Every((asked, neutral(step.where_, here.meaning((step.event,)))))
    edges = [Edge(after, EdgeKind.BRANCH, "", asked)]
    over = _over(step.if_not, after)
    if over is not None:
        edges.append(over)
    words = f"wait for {step.event}, {_length(step.at_most)} at most"
    return Step(
        step.name, StepKind.WAIT, words, "wait_for", edges=tuple(edges), failure=Failure.CANNOT,
        policy=Policy(_s(step.at_most), then_words(step.if_not)),
    )  # fmt: skip


def happening(event: str) -> Happened:
    """That an event happens."""
    return Happened(event, happened=True, words=f"{event} happens")


def _write(field: FieldRef, name: str, write: ours.Write, here: Here) -> Write:
    """A write of one field; constants are told for choices and flags only."""
    match write:
        case ours.Clear():
            return Write(field, mode="clear")
        case ours.Increment():
            return Write(field, mode="increment")
        case ours.AddTo() | ours.To():
            ref = source_ref(write)
            source = () if ref is None else here.reads(ref)
            mode = "add" if isinstance(write, ours.AddTo) else "set"
            only = "" if isinstance(write, ours.AddTo) or write.only is _ALWAYS else write.only
            return Write(field, _constant(name, write.source, here), source, mode, str(only))
        case _:
            assert_never(write)


_ALWAYS = ours.Only.ALWAYS


def _constant(name: str, source: ours.Source, here: Here) -> str | None:
    kind = here.fields[name].type.kind
    if not isinstance(source, Constant) or kind in TEXTUAL - {Kind.CHOICE}:
        return None
    if isinstance(source.value, bool):
        return "true" if source.value else "false"
    return None if source.value is None else str(source.value)


def _looked_at(writes: tuple[Write, ...]) -> tuple[FieldRef, ...]:
    """The fields whose value decides whether, or what, is written into them."""
    return tuple(w.field for w in writes if w.only or w.mode in {"add", "increment"})


def _edges(after: Target, then: Then) -> tuple[Edge, ...]:
    """The way on, and the way that a failure takes where it is a step."""
    if isinstance(then, GoTo):
        return Edge(after), Edge(then.step, EdgeKind.ERROR)
    return (Edge(after),)


def _over(then: Then, after: Target) -> Edge | None:
    """The way on of a wait that is over in vain; none where the run ends."""
    match then:
        case CarryOn():
            return Edge(after, EdgeKind.ELSE, "in vain")
        case GoTo(step=name):
            return Edge(name, EdgeKind.ELSE, "in vain")
        case StopRun() | DeadLetter():
            return Edge(None, EdgeKind.ELSE, "in vain")
        case _:
            assert_never(then)


def _failure(then: Then) -> Failure:
    match then:
        case CarryOn():
            return Failure.RETRIED
        case GoTo() | DeadLetter():
            return Failure.HANDLED
        case StopRun():
            return Failure.STOPS
        case _:
            assert_never(then)


def _policy(policy: FailurePolicy) -> Policy:
    return Policy(_s(policy.retry_for), then_words(policy.then), policy.tell)


def then_words(then: Then) -> str:
    """What follows a failure, in words.

    >>> then_words(CarryOn()), then_words(GoTo("fallback"))
    ('carries on', 'goes to "fallback"')
    """
    match then:
        case CarryOn():
            return "carries on"
        case StopRun():
            return "ends the run"
        case DeadLetter():
            return "dead letter"
        case GoTo(step=name):
            return f'goes to "{name}"'
        case _:
            assert_never(then)


def moment(time: RelativeTime | WallTime) -> str:
    """A time of a workflow in words ("1 hour before event.starts_at")."""
    if isinstance(time, WallTime):
        return f"{time.local:%Y-%m-%d %H:%M} in {time.zone}"
    seconds = time.offset.total_seconds()
    if not seconds:
        return str(time.ref)
    return f"{span(abs(seconds))} {'after' if seconds > 0 else 'before'} {time.ref}"


def message_name(message: str) -> str:
    """A message as people call it, without its folder."""
    return message.removeprefix("messages/")


def _listed(names: tuple[str, ...]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _length(length: timedelta) -> str:
    return span(length.total_seconds())


def _s(length: timedelta) -> float:
    return length.total_seconds()
