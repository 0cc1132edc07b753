"""Reading the entries of a map by the record that it should be.

Every function reports what is wrong and gives None (or nothing) for it, so that a reader goes
on and finds the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from leadline.project.nodes import Entry, ListNode, MapNode, Node, TextNode
from leadline.project.problems import Report, Where, did_you_mean, listed, quoted
from leadline.project.quantities import DURATION_EXAMPLES, duration
from leadline.project.schema import Record, Word

T = TypeVar("T")

FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
NAME_FIX = "Use small letters, digits and hyphens, and begin with a letter."


class Entries:
    """The entries of one map; unknown names and missing ones are reported at once."""

    def __init__(self, node: MapNode, record: Record, report: Report) -> None:
        self.where = node.where
        self._record = record
        self._report = report
        self._entries = {e.key.value: e for e in node.entries if e.key.value in record.keys}
        for entry in node.entries:
            if entry.key.value not in record.keys:
                refuse_unknown_key(entry.key, record.title, tuple(record.keys), report)
        for name, key in record.keys.items():
            if key.required and name not in self._entries:
                report.error(
                    "missing-key",
                    node.where,
                    f"this {record.title} has no {quoted(name)}.",
                    key.fix or f"Add it: {key.doc}",
                )

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> tuple[str, ...]:
        """The known names that stand here, in the order of the file."""
        return tuple(self._entries)

    def node(self, name: str) -> Node | None:
        """Whatever stands under ``name``."""
        assert name in self._record.keys, name
        entry = self._entries.get(name)
        return entry.value if entry else None

    def place(self, name: str) -> Where:
        """Where ``name`` stands, or the map itself."""
        entry = self._entries.get(name)
        return entry.key.where if entry else self.where

    def text(self, name: str) -> TextNode | None:
        """A text that is not empty."""
        node = self.node(name)
        return None if node is None else read_text(node, name, self._report)

    def word(self, name: str) -> str | None:
        """One of the words that the record allows."""
        shape = self._record.keys[name].shape
        assert isinstance(shape, Word), name
        found = self.text(name)
        return None if found is None else read_word(found, name, shape.words, self._report)

    def flag(self, name: str) -> bool | None:
        """true or false, also written as yes or no."""
        found = self.text(name)
        return None if found is None else read_flag(found, name, self._report)

    def count(self, name: str) -> int | None:
        """A whole number above zero."""
        found = self.text(name)
        if found is None:
            return None
        if found.value.isascii() and found.value.isdigit() and int(found.value[:12]) > 0:
            return int(found.value[:12])
        self._report.error(
            "not-a-count",
            found.where,
            f"{quoted(found.value)} is not a whole number above zero.",
            f'Write {quoted(name)} as digits, such as "10000".',
        )
        return None

    def duration(self, name: str) -> timedelta | None:
        """A span in words."""
        found = self.text(name)
        return None if found is None else read_duration(found, self._report)

    def texts(self, name: str) -> tuple[TextNode, ...]:
        """One text or a list of them."""
        node = self.node(name)
        return () if node is None else read_texts(node, name, self._report)

    def entries(self, name: str) -> tuple[Entry, ...]:
        """The entries of a map whose names the author chose."""
        node = self.node(name)
        return () if node is None else read_map(node, name, self._report)

    def items(self, name: str) -> tuple[Node, ...]:
        """The items of a list."""
        node = self.node(name)
        return () if node is None else read_list(node, name, self._report)

    def record(self, name: str) -> Entries | None:
        """A map that the record describes."""
        shape = self._record.keys[name].shape
        assert isinstance(shape, Record), name
        node = self.node(name)
        return None if node is None else read_record(node, shape, self._report)


def read_record(node: Node, record: Record, report: Report) -> Entries | None:
    """The entries of a map, or None where no map stands."""
    if isinstance(node, MapNode):
        return Entries(node, record, report)
    report.error(
        "wrong-shape",
        node.where,
        f"{quoted(record.title)} should be a list of names with values, not {_kind(node)}.",
        f"Write {listed(list(record.keys)[:3], 'or')} with a colon and a value below it.",
    )
    return None


def read_text(node: Node, name: str, report: Report) -> TextNode | None:
    """The text of a node; empty text and other shapes are reported."""
    if not isinstance(node, TextNode):
        report.error(
            "wrong-shape",
            node.where,
            f"{quoted(name)} should be one text, not {_kind(node)}.",
            "Put text that begins with { or [ in quotes; write a single value otherwise.",
        )
        return None
    if node.comment:
        _refuse_eaten(node, name, report)
        return None
    if node.value.strip():
        return node
    report.error(
        "empty-value",
        node.where,
        f"{quoted(name)} has no value.",
        "Write the value after the colon, or remove the line.",
    )
    return None


def _refuse_eaten(node: TextNode, name: str, report: Report) -> None:
    """Report a text that YAML took for a comment, as in ``chat: #sales``."""
    comment = node.comment or ""
    word = comment.lstrip("#").split(maxsplit=1)[0] if comment.strip("# ") else "sales"
    report.error(
        "eaten-by-comment",
        node.where,
        f"{quoted(comment)} after {quoted(name)} reads as a comment and is lost.",
        f"Channel names carry no #: write {quoted(word)}. "
        "A text with # needs quotes, a comment a space after the #.",
    )


def read_word(node: TextNode, name: str, words: tuple[str, ...], report: Report) -> str | None:
    """One of ``words``; anything else is reported with the nearest."""
    if node.value in words:
        return node.value
    report.error(
        "unknown-word",
        node.where,
        f"{quoted(name)} cannot be {quoted(node.value)}.",
        did_you_mean(node.value, words, f"It is one of {listed(words, 'or')}."),
    )
    return None


def read_flag(node: TextNode, name: str, report: Report) -> bool | None:
    """true or false, also written as yes or no."""
    value = FLAGS.get(node.value.lower())
    if value is None:
        report.error(
            "unknown-word",
            node.where,
            f"{quoted(name)} cannot be {quoted(node.value)}.",
            'Write "true" or "false".',
        )
    return value


def read_duration(node: TextNode, report: Report) -> timedelta | None:
    """A span in words, at most ten years."""
    value = duration(node.value)
    if value is None:
        report.error(
            "not-a-duration",
            node.where,
            f"{quoted(node.value)} is not a duration.",
            f"Write a whole number and a unit, such as {DURATION_EXAMPLES}; at most ten years.",
        )
    return value


def read_texts(node: Node, name: str, report: Report) -> tuple[TextNode, ...]:
    """One text or a list of texts."""
    items = node.items if isinstance(node, ListNode) else (node,)
    found = (read_text(item, name, report) for item in items)
    return tuple(f for f in found if f is not None)


def read_list(node: Node, name: str, report: Report) -> tuple[Node, ...]:
    """The items of a list; one that stands alone is reported."""
    if isinstance(node, ListNode):
        return node.items
    report.error(
        "wrong-shape",
        node.where,
        f"{quoted(name)} should be a list, not {_kind(node)}.",
        'Begin each item on a line of its own with "- ".',
    )
    return ()


def read_map(node: Node, name: str, report: Report) -> tuple[Entry, ...]:
    """The entries of a map whose names the author chose."""
    if isinstance(node, MapNode):
        return node.entries
    report.error(
        "wrong-shape",
        node.where,
        f"{quoted(name)} should be a list of names with values, not {_kind(node)}.",
        'Write each as "name: value" on a line of its own.',
    )
    return ()


def refuse_unknown_key(key: TextNode, title: str, known: tuple[str, ...], report: Report) -> None:
    """Report a name that a record does not have."""
    report.error(
        "unknown-key",
        key.where,
        f"unknown name {quoted(key.value)} in this {title}.",
        did_you_mean(key.value, known, f"Known here are {listed(known)}."),
    )


def refuse_address(node: TextNode, report: Report) -> None:
    """Report a text that should be one mail address."""
    report.error(
        "not-an-address",
        node.where,
        f"{quoted(node.value)} is not one mail address.",
        'Write one address and nothing else, such as "ops@acme.example".',
    )


def each(nodes: tuple[Node, ...], read: Callable[[Node], T | None]) -> Iterator[T]:
    """What ``read`` makes of each node, without those that it refused."""
    return (value for value in map(read, nodes) if value is not None)


def _kind(node: Node) -> str:
    match node:
        case TextNode():
            return "a single text" if node.value else "nothing"
        case ListNode():
            return "a list"
        case MapNode():
            return "names with values"
