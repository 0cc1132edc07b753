"""The steps of a workflow → Step values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leadline.project.conditions import read_condition
from leadline.project.entries import Entries, read_list, read_record
from leadline.project.file_kinds import BRANCH, POSTS, SAVES, STEP, STEP_KINDS
from leadline.project.nodes import MapNode, Node, TextNode
from leadline.project.parse_times import has_seen
from leadline.project.problems import Where, did_you_mean, listed, quoted
from leadline.project.step_parts import (
    Reading,
    check_names,
    known_events,
    read_bounds,
    read_mail_system,
    read_message,
    read_own_policy,
    read_purpose,
    read_step_stand_ins,
    read_step_time,
    read_step_writes,
    read_target,
    read_where,
    require_bounds,
)
from leadline.project.workflow import (
    Branch,
    CarryOn,
    ChooseStep,
    EnrollStep,
    HasSeen,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Step,
    StopStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)

STEP_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True)
class Head:
    """What every step has; passed on as keyword arguments."""

    name: str
    where: Where
    was: str | None


def read_steps(node: Node | None, name: str, reading: Reading) -> tuple[Step, ...]:
    """The steps of a list; those that are broken are reported and left out."""
    if node is None:
        return ()
    items = read_list(node, name, reading.report)
    if not items and not isinstance(node, TextNode | MapNode):
        reading.report.error(
            "no-steps",
            node.where,
            f"the list {quoted(name)} has no steps.",
            'Add a step, such as "- { step: done, stop: nothing to do }".',
        )
    return tuple(s for s in (_step(item, reading) for item in items) if s is not None)


def _step(node: Node, reading: Reading) -> Step | None:
    entries = read_record(node, STEP, reading.report)
    if entries is None:
        return None
    head = _head(entries, reading)
    kind = _kind(entries, node, reading)
    if kind is None:
        return None
    allowed = {"step", "was", kind, *STEP_KINDS[kind]}
    for name in entries.names():
        if name not in allowed:
            homes = [k for k, names in STEP_KINDS.items() if name in names]
            reading.report.error(
                "misplaced-key",
                entries.place(name),
                f"{quoted(name)} has no meaning in a {quoted(kind)} step.",
                f"Remove it; it belongs to {listed(homes)}."
                if homes
                else "Make it a step of its own.",
            )
    return READERS[kind](entries, head, reading)


def _head(entries: Entries, reading: Reading) -> Head:
    named = entries.text("step")
    was = entries.text("was")
    if named is None:
        return Head("", entries.where, None)
    if not STEP_NAME.fullmatch(named.value):
        reading.report.error(
            "bad-name",
            named.where,
            f"{quoted(named.value)} cannot be the name of a step.",
            "Use small letters, digits and hyphens, beginning with a letter, 60 at most.",
        )
    first = reading.places.get(named.value)
    if first is None:
        reading.places[named.value] = named.where
    else:
        reading.report.error(
            "duplicate-step",
            named.where,
            f"the step {quoted(named.value)} stands here twice; the first is on line {first.line}.",
            "Give each step of a workflow its own name.",
        )
    if was is not None:
        reading.renamed.append(was)
    return Head(named.value, entries.where, was.value if was else None)


def _kind(entries: Entries, node: Node, reading: Reading) -> str | None:
    kinds = [k for k in STEP_KINDS if k in entries]
    if "save_to" in kinds and "set" in kinds:
        kinds.remove("set")
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        reading.report.error(
            "several-kinds",
            entries.where,
            f"this step does several things: {listed(kinds)}.",
            "Make each a step of its own.",
        )
    elif isinstance(node, MapNode) and all(e.key.value in STEP.keys for e in node.entries):
        # Otherwise a misspelt name is reported already, and it is what the step does.
        reading.report.error(
            "no-kind",
            entries.where,
            "this step does not say what it does.",
            f"Add one of {listed(STEP_KINDS, 'or')}.",
        )
    return None


def _send(entries: Entries, head: Head, reading: Reading) -> Step | None:
    message = read_message(entries, "send", reading)
    if message is not None and message.subject is None:
        reading.report.error(
            "mail-without-subject",
            entries.place("send"),
            f"the message {quoted(message.name)} has no subject, so it cannot be mailed.",
            'Begin its file with "---", "subject: …", "---".',
        )
    connection = read_mail_system(entries, reading)
    purpose = read_purpose(entries, reading)
    policy = read_own_policy(entries, reading)
    not_after = entries.text("not_after")
    deadline = None if not_after is None else read_step_time(not_after, reading)
    stand_ins = read_step_stand_ins(entries, reading)
    if message is None or connection is None or purpose is None or policy is None:
        return None
    return SendStep(
        name=head.name,
        where=head.where,
        was=head.was,
        message=message.name,
        connection=connection,
        purpose=purpose,
        if_missing=stand_ins,
        not_after=deadline,
        policy=policy,
    )


def _save(entries: Entries, head: Head, reading: Reading) -> Step | None:
    target = read_target(entries, "save_to", "object", tuple(SAVES), reading)
    writes = read_step_writes(entries, reading)
    if target is not None:
        check_names(target[0], writes, entries.entries("set"), reading)
    policy = read_own_policy(entries, reading)
    stand_ins = read_step_stand_ins(entries, reading)
    if target is None or policy is None:
        return None
    return SaveStep(
        name=head.name,
        where=head.where,
        was=head.was,
        connection=target[0],
        object=target[1],
        fields=writes,
        if_missing=stand_ins,
        policy=policy,
    )


def _post(entries: Entries, head: Head, reading: Reading) -> Step | None:
    target = read_target(entries, "post_to", "channel", POSTS, reading)
    message = read_message(entries, "text", reading) if "text" in entries else None
    if "text" not in entries:
        reading.report.error(
            "missing-key",
            entries.where,
            'this post has no "text".',
            'Name a message file: "text: messages/…".',
        )
    if message is not None and message.subject is not None:
        reading.report.error(
            "subject-in-post",
            entries.place("text"),
            f"the message {quoted(message.name)} has a subject, so it is a mail.",
            "Post a message without subject; make a file of its own for the channel.",
        )
    bundle = entries.duration("bundle")
    policy = read_own_policy(entries, reading)
    stand_ins = read_step_stand_ins(entries, reading)
    if target is None or message is None or policy is None:
        return None
    return PostStep(
        name=head.name,
        where=head.where,
        was=head.was,
        connection=target[0],
        channel=target[1],
        message=message.name,
        bundle=bundle,
        if_missing=stand_ins,
        policy=policy,
    )


def _set(entries: Entries, head: Head, reading: Reading) -> Step | None:
    return SetStep(
        name=head.name, where=head.where, was=head.was, fields=read_step_writes(entries, reading)
    )


def _wait(entries: Entries, head: Head, reading: Reading) -> Step | None:
    span = entries.duration("wait")
    at_most, _ = read_bounds(entries, reading)
    if span is not None and at_most is not None and at_most < span:
        reading.report.error(
            "never-reached",
            entries.place("at_most"),
            "this wait ends by at_most before its own time is over.",
            "Write the shorter one as the wait, and remove at_most.",
        )
    if span is None:
        return None
    return WaitStep(name=head.name, where=head.where, was=head.was, span=span)


def _wait_until(entries: Entries, head: Head, reading: Reading) -> Step | None:
    text = entries.text("wait_until")
    at_most, if_not = read_bounds(entries, reading)
    if text is None:
        return None
    seen = has_seen(text.value)
    until: RelativeTime | WallTime | HasSeen | None = seen
    if seen is None:
        until = read_step_time(text, reading)
    else:
        require_bounds(entries, reading)
    if until is None:
        return None
    return WaitUntilStep(
        name=head.name,
        where=head.where,
        was=head.was,
        until=until,
        at_most=at_most,
        if_not=if_not or CarryOn(),
    )


def _wait_for(entries: Entries, head: Head, reading: Reading) -> Step | None:
    event = entries.text("wait_for")
    at_most, if_not = read_bounds(entries, reading)
    require_bounds(entries, reading)
    known = () if event is None else known_events((event,), reading.declared.events, reading.report)
    where = read_where(entries, known, reading)
    if event is None or not known or at_most is None or if_not is None:
        return None
    return WaitForStep(
        name=head.name,
        where=head.where,
        was=head.was,
        event=event.value,
        where_=where,
        at_most=at_most,
        if_not=if_not,
    )


def _choose(entries: Entries, head: Head, reading: Reading) -> Step | None:
    branches: list[Branch] = []
    rest: dict[str, tuple[Step, ...]] = {}
    for item in entries.items("choose"):
        branch = read_record(item, BRANCH, reading.report)
        if branch is None:
            continue
        names = branch.names()
        if set(names) == {"if", "then"}:
            node = branch.node("if")
            condition = (
                None if node is None else read_condition(node, reading.names, reading.report)
            )
            steps = read_steps(branch.node("then"), "then", reading)
            if "else" in rest:
                _refuse_branch(branch, "this branch stands after else and is never taken.", reading)
            if condition is not None:
                branches.append(Branch(condition, steps, branch.where))
        elif len(names) == 1 and names[0] in {"else", "unknown"} and names[0] not in rest:
            rest[names[0]] = read_steps(branch.node(names[0]), names[0], reading)
        elif names:
            _refuse_branch(branch, "this branch is put together wrongly.", reading)
    if "else" not in rest:
        reading.report.error(
            "missing-else",
            entries.place("choose"),
            "this choose does not say what happens when no branch holds.",
            'Add "- else:" with its steps as the last branch.',
        )
    return ChooseStep(
        name=head.name,
        where=head.where,
        was=head.was,
        branches=tuple(branches),
        otherwise=rest.get("else", ()),
        unknown=rest.get("unknown"),
    )


def _refuse_branch(branch: Entries, message: str, reading: Reading) -> None:
    reading.report.error(
        "bad-branch",
        branch.where,
        message,
        'A branch is "if" with "then"; then one "else", and one "unknown" if you like.',
    )


def _enroll(entries: Entries, head: Head, reading: Reading) -> Step | None:
    text = entries.text("enroll_in")
    if text is None:
        return None
    if text.value not in reading.declared.workflows:
        reading.report.error(
            "unknown-workflow",
            text.where,
            f"unknown workflow {quoted(text.value)}.",
            did_you_mean(
                text.value,
                reading.declared.workflows,
                "Workflows are the files in workflows/, named without .yaml.",
            ),
        )
        return None
    return EnrollStep(name=head.name, where=head.where, was=head.was, workflow=text.value)


def _stop(entries: Entries, head: Head, reading: Reading) -> Step | None:
    reason = entries.text("stop")
    if reason is None:
        return None
    return StopStep(name=head.name, where=head.where, was=head.was, reason=reason.value)


READERS: Mapping[str, Callable[[Entries, Head, Reading], Step | None]] = {
    "send": _send,
    "save_to": _save,
    "post_to": _post,
    "set": _set,
    "wait": _wait,
    "wait_until": _wait_until,
    "wait_for": _wait_for,
    "choose": _choose,
    "enroll_in": _enroll,
    "stop": _stop,
}
