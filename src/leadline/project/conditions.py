"""Conditions of the files → the typed tree of ``expression``."""

from __future__ import annotations

from leadline.expression.phrases import parse_condition
from leadline.expression.raw import GroupWord, Raw, RawGroup, RawPhrase
from leadline.expression.tree import Condition
from leadline.project.entries import read_list, read_text
from leadline.project.nodes import ListNode, MapNode, Node, TextNode
from leadline.project.problems import Report, Where, did_you_mean, listed, quoted
from leadline.project.references import Names, dotted, refuse_system_field

_WORDS: dict[str, GroupWord] = {"all": "all", "any": "any", "none": "none"}


def read_condition(node: Node, names: Names, report: Report) -> Condition | None:
    """The condition, or None with everything that is wrong in it reported."""
    texts: dict[tuple[int, int], TextNode] = {}
    raw = _raw(node, texts, report)
    if raw is None:
        return None
    condition, faults = parse_condition(raw, names.vocabulary)
    for fault in faults:
        text = texts.get(fault.position)
        line, column = fault.position
        # A phrase of several lines has no columns that could be counted from its start.
        if text is not None and "\n" not in text.value:
            column += fault.offset + text.indent
        ref = dotted(text.value.split(maxsplit=1)[0]) if text and text.value.strip() else None
        if fault.code == "unknown-scope" and ref is not None and ref.scope in names.systems:
            refuse_system_field(ref, Where(node.where.file, line, column), report)
            continue
        # After "file:line:column" a message goes on in the middle of a sentence.
        message = fault.message[:1].lower() + fault.message[1:]
        report.error(fault.code, Where(node.where.file, line, column), message, fault.fix)
    return condition


def _raw(node: Node, texts: dict[tuple[int, int], TextNode], report: Report) -> Raw | None:
    match node:
        case TextNode():
            text = read_text(node, "condition", report)
            if text is None:
                return None
            position = (node.where.line, node.where.column)
            texts[position] = node
            return RawPhrase(text.value, position)
        case ListNode():
            report.error(
                "bare-list",
                node.where,
                "a list of phrases does not say whether all or any of them must hold.",
                'Write "all:" or "any:" before the list.',
            )
            return None
        case MapNode():
            return _group(node, texts, report)


def _group(
    node: MapNode, texts: dict[tuple[int, int], TextNode], report: Report
) -> RawGroup | None:
    if len(node.entries) != 1:
        report.error(
            "several-groups",
            node.where,
            "a condition needs exactly one of all, any and none at each level.",
            "Put the groups as items of one list below all: or any:.",
        )
        return None
    entry = node.entries[0]
    word = _WORDS.get(entry.key.value)
    if word is None:
        report.error(
            "unknown-key",
            entry.key.where,
            f"unknown name {quoted(entry.key.value)} in this condition.",
            did_you_mean(entry.key.value, _WORDS, f"A group begins with {listed(_WORDS, 'or')}."),
        )
        return None
    items = read_list(entry.value, word, report)
    parts = [_raw(item, texts, report) for item in items]
    if not items and isinstance(entry.value, ListNode):
        report.error(
            "empty-group",
            entry.key.where,
            f"the list below {quoted(word)} is empty.",
            "Write at least one phrase below it.",
        )
    good = tuple(p for p in parts if p is not None)
    if len(good) != len(parts) or not good:
        return None
    return RawGroup(word, good, (node.where.line, node.where.column))
