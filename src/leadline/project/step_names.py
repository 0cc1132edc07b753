"""Names for steps that have none, taken from what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.project.file_kinds import STEP_KINDS
from leadline.project.nodes import ListNode, MapNode, Node, TextNode
from leadline.project.problems import Where

MAX_NAME = 60

_OTHER = re.compile(r"[^a-z0-9]+")
# What a name says before the value; the value alone says enough where this is empty.
_VERBS = {
    "send": "",
    "save_to": "save to",
    "post_to": "post to",
    "set": "set",
    "wait": "wait",
    "wait_until": "wait until",
    "wait_for": "wait for",
    "choose": "choose",
    "enroll_in": "enroll in",
    "stop": "stop",
}


def unnamed_steps(root: Node) -> tuple[tuple[Where, str], ...]:
    """The place of each step without a name, and a name for it that no other step has.

    The same file always gets the same names: they come from the kind and the content of the
    step, with a number where two would be alike.
    """
    steps = list(_steps(root))
    taken = {n.value for s in steps if isinstance(n := s.get("step"), TextNode)}
    found: list[tuple[Where, str]] = []
    for step in steps:
        if step.get("step") is None and step.entries:
            name = _free(_name(step), taken)
            taken.add(name)
            found.append((step.where, name))
    return tuple(found)


def _steps(root: Node) -> Iterator[MapNode]:
    pending = [root.get("steps")] if isinstance(root, MapNode) else []
    while pending:
        node = pending.pop(0)
        for step in node.items if isinstance(node, ListNode) else ():
            if not isinstance(step, MapNode):
                continue
            yield step
            branches = step.get("choose")
            for branch in branches.items if isinstance(branches, ListNode) else ():
                if isinstance(branch, MapNode):
                    pending += [branch.get(k) for k in ("then", "else", "unknown")]


def _name(step: MapNode) -> str:
    kind = next((k for k in STEP_KINDS if step.get(k) is not None), None)
    if kind is None:
        return "step"
    value = step.get(kind)
    words = [_VERBS[kind]]
    match value:
        case TextNode() if kind in {"send", "post_to", "save_to"}:
            # The last part says most: the file, the channel, the object's system.
            parts = re.split(r"[/\s]+", value.value.strip())
            words.append(parts[0] if kind == "save_to" else parts[-1])
        case TextNode():
            words.append(value.value)
        case MapNode(entries=(first, *_)):
            words.append(first.key.value.removeprefix("contact."))
        case _:
            pass
    name = _OTHER.sub("-", " ".join(words).lower()).strip("-")[: MAX_NAME - 4].strip("-")
    return name if name[:1].isalpha() else f"step-{name}".strip("-")


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name}-{number}"
        number += 1
    return free
