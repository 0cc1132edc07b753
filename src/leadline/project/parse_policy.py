"""``if_it_fails`` and ``then`` / ``if_not`` → failure policies."""

from __future__ import annotations

from leadline.project.entries import Entries, read_record, read_text
from leadline.project.file_kinds import FORWARDS, GO_TO
from leadline.project.nodes import MapNode, Node, TextNode
from leadline.project.problems import Report, did_you_mean, quoted
from leadline.project.quantities import is_address
from leadline.project.workflow import CarryOn, DeadLetter, FailurePolicy, GoTo, StopRun, Then

OWNER = "owner"


def read_policy(entries: Entries, owner: str | None, report: Report) -> FailurePolicy | None:
    """A failure policy; ``tell: owner`` becomes the owner's address where there is one."""
    retry_for = entries.duration("retry_for")
    node = entries.node("then")
    then = None if node is None else read_then(node, "then", report)
    tell: list[str] = []
    for item in entries.texts("tell"):
        if item.value == OWNER:
            tell.append(owner or OWNER)
        elif is_address(item.value):
            tell.append(item.value)
        else:
            report.error(
                "not-an-address",
                item.where,
                f"{quoted(item.value)} cannot be told anything.",
                'Write "owner" or a mail address.',
            )
    if retry_for is None or then is None:
        return None
    return FailurePolicy(retry_for, then, tuple(dict.fromkeys(tell)))


def read_then(node: Node, name: str, report: Report) -> Then | None:
    """What follows: ``carry on``, ``stop``, ``dead letter`` or ``go to: step``."""
    if isinstance(node, MapNode):
        entries = read_record(node, GO_TO, report)
        step = None if entries is None else entries.text("go to")
        return None if step is None else GoTo(step.value)
    text = read_text(node, name, report)
    return None if text is None else _then_of(text, name, report)


def _then_of(text: TextNode, name: str, report: Report) -> Then | None:
    match text.value:
        case "carry on":
            return CarryOn()
        case "stop":
            return StopRun()
        case "dead letter":
            return DeadLetter()
        case value if value.startswith("go to:") and value[6:].strip():
            return GoTo(value[6:].strip())
        case value:
            report.error(
                "unknown-word",
                text.where,
                f"{quoted(name)} cannot be {quoted(value)}.",
                did_you_mean(
                    value,
                    FORWARDS,
                    'Write "carry on", "stop", "dead letter" or { go to: step-name }.',
                ),
            )
            return None
