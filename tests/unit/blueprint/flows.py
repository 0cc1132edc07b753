"""Flows as tests write them: short, readable, everything not said is healthy."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Edge,
    EdgeKind,
    Failure,
    FieldRef,
    Flow,
    Happened,
    Live,
    Membership,
    Send,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Write,
)


def ref(name: str) -> FieldRef:
    """``lifecyclestage``, ``contact.lifecyclestage`` or ``hubspot.contact.lifecyclestage``."""
    parts = name.split(".")
    system, about, field = (["hubspot", "contact"][: 3 - len(parts)] + parts)[-3:]
    return FieldRef(system, about, field)


def is_(name: str, *values: str) -> Comparison:
    words = f"is any of {', '.join(values)}"
    return Comparison(ref(name), "IS_ANY_OF", words, values, blank=Blank.FAILS)


def is_not(name: str, *values: str, blank: Blank = Blank.FAILS) -> Comparison:
    words = f"is none of {', '.join(values)}"
    return Comparison(ref(name), "IS_NONE_OF", words, values, negative=True, blank=blank)


def known(name: str) -> Comparison:
    return Comparison(ref(name), "IS_KNOWN", "is known", blank=Blank.FAILS)


def unknown(name: str) -> Comparison:
    return Comparison(ref(name), "IS_UNKNOWN", "is unknown", blank=Blank.PASSES)


def in_list(list_id: str) -> Membership:
    return Membership(list_id, True, f"is in list {list_id}")


def happened(event: str) -> Happened:
    return Happened(event, True, event)


def on_criteria(condition: Condition, *, again: bool | None = False) -> Trigger:
    return Trigger(TriggerKind.CRITERIA, "when a record meets the criteria", condition, again=again)


def on_form(form: str = "form demo", condition: Condition | None = None) -> Trigger:
    return Trigger(TriggerKind.FORM, f"when {form} is filled in", condition or happened(form))


def on_change(name: str, condition: Condition | None = None) -> Trigger:
    return Trigger(TriggerKind.FIELD_CHANGED, f"when {name} changes", condition, (ref(name),))


def webhook() -> Trigger:
    return Trigger(TriggerKind.WEBHOOK, "when its webhook is called")


def manual() -> Trigger:
    return Trigger(TriggerKind.MANUAL, "by hand")


def step(id_: str, kind: StepKind, words: str, *to: str | Edge, **more: Any) -> Step:
    edges = tuple(e if isinstance(e, Edge) else Edge(e) for e in to)
    return Step(id_, kind, words, more.pop("source_type", kind.value), edges=edges, **more)


def write(id_: str, name: str, value: str | None, *to: str | Edge, **more: Any) -> Step:
    words = f"set {name} to {value or 'another value'}"
    more.setdefault("system", ref(name).system)
    return step(id_, StepKind.WRITE, words, *to, writes=(Write(ref(name), value),), **more)


def mail(id_: str, content: str, *to: str | Edge, **more: Any) -> Step:
    sends = (more.pop("send", None) or Send("email", "hubspot", content, checks_consent=True),)
    return step(id_, StepKind.SEND, f"send {content}", *to, sends=sends, **more)


def wait(id_: str, seconds: float | None, *to: str | Edge) -> Step:
    words = f"wait {seconds:g} seconds" if seconds is not None else "wait for an event"
    return step(id_, StepKind.WAIT, words, *to, wait_s=seconds, failure=Failure.CANNOT)


def branch(id_: str, *ways: Edge, words: str = "which path?") -> Step:
    return step(id_, StepKind.BRANCH, words, *ways, failure=Failure.CANNOT)


def when(condition: Condition, to: str | None, label: str = "") -> Edge:
    return Edge(to, EdgeKind.BRANCH, label, condition)


def otherwise(to: str | None) -> Edge:
    return Edge(to, EdgeKind.ELSE)


def enroll(id_: str, flow: str, *to: str | Edge) -> Step:
    return step(id_, StepKind.ENROLL, f"enrol into {flow}", *to, calls_flows=(flow,))


def call(id_: str, system: str, *to: str | Edge, **more: Any) -> Step:
    kind = more.pop("kind", StepKind.CALL)
    return step(id_, kind, f"call {system}", *to, system=system, **more)


def stop(id_: str, *to: str | Edge) -> Step:
    return step(id_, StepKind.STOP, "end here", *to, failure=Failure.CANNOT)


def flow(
    name: str,
    triggers: Trigger | Sequence[Trigger],
    *steps: Step,
    system: str = "hubspot",
    live: Live = Live.ON,
    **more: Any,
) -> Flow:
    """A flow that starts at its first step; its id is its name in lower case."""
    return Flow(
        system=system,
        id=more.pop("id", name.lower().replace(" ", "-")),
        name=name,
        where=f"{name}.json",
        live=live,
        object=more.pop("object", "contact"),
        triggers=(triggers,) if isinstance(triggers, Trigger) else tuple(triggers),
        start=more.pop("start", steps[0].id if steps else None),
        steps=MappingProxyType({s.id: s for s in steps}),
        **more,
    )
