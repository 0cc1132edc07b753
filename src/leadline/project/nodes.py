"""YAML text as plain nodes with places: texts, lists and maps, nothing else.

Built from the events of PyYAML's C parser, not from its nodes: events show anchors, tags and
braces before anything is expanded, so what a project may not use is refused where it stands,
and nesting costs no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from leadline.project.problems import Report, Where, quoted
from leadline.project.yaml_errors import explain

MAX_DEPTH = 24  # levels; the deepest honest workflow, choose inside choose, has about 12
MAX_BRACES = 2  # a brace inside a brace; more is unreadable

# Codes after which nothing of a file is known.
BREAKS = frozenset(
    {
        "broken-yaml",
        "forbidden-character",
        "key-not-text",
        "nested-too-deep",
        "second-document",
        "yaml-anchor",
        "yaml-tag",
    }
)

_COMMENT = re.compile(r"\s+(#\S.*?)\s*$")
# Control characters and halves of characters, and the line ends that only YAML counts as such:
# with them, no editor would show the line that a message names.
_FORBIDDEN = re.compile(
    r"[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufffe\uffff]|\r(?!\n)"
)


@dataclass(frozen=True, slots=True)
class TextNode:
    """One scalar, always text.

    ``comment`` is what follows it on its line as ``#something`` without a space after the
    sign: most likely meant as a value and eaten by YAML. ``indent`` is what stands between
    ``where`` and the first character of the value: a quote.
    """

    value: str
    where: Where
    comment: str | None = None
    indent: int = 0


@dataclass(frozen=True, slots=True)
class ListNode:
    """A YAML list."""

    items: tuple[Node, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Entry:
    """``key: value`` in a map."""

    key: TextNode
    value: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A YAML mapping in the order of the file, each key once."""

    entries: tuple[Entry, ...]
    where: Where

    def get(self, key: str) -> Node | None:
        """The value under ``key``, or None."""
        return next((e.value for e in self.entries if e.key.value == key), None)


Node = TextNode | ListNode | MapNode


def compose(file: str, text: str, report: Report) -> Node | None:
    """The one document of ``text``; None where there is none or it is not YAML (reported)."""
    if has_forbidden_character(file, text, report):
        return None
    builder = _Builder(file, text.split("\n"), report)
    try:
        for event in _events(text):
            if not builder.take(event):
                return None
    except yaml.YAMLError as error:
        report_yaml_error(file, text, error, report)
        return None
    return builder.root


def report_yaml_error(file: str, text: str, error: yaml.YAMLError, report: Report) -> None:
    """Say YAML's own error in the author's words."""
    found = explain(error, text)
    report.error("broken-yaml", Where(file, found.line, found.column), found.message, found.fix)


def walk(node: Node) -> Iterator[Node]:
    """Every node below ``node``, itself first."""
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        yield current
        match current:
            case MapNode():
                pending.extend(e.value for e in reversed(current.entries))
            case ListNode():
                pending.extend(reversed(current.items))
            case TextNode():
                pass


def _events(text: str) -> Iterator[Event]:
    # PyYAML without its C part is twenty times slower and words its errors differently.
    # The stubs of PyYAML leave its stream and the events untyped.
    return yaml.parse(text, Loader=yaml.CSafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # the library has no types


def has_forbidden_character(file: str, text: str, report: Report) -> bool:
    """Whether the text has a character that no project file may have; it is reported."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return False
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    report.error(
        "forbidden-character",
        Where(file, line, column),
        f"the character {quoted(found[0])} cannot stand in a project file.",
        "Delete it; it came in by copying from somewhere.",
    )
    return True


@dataclass(slots=True)
class _Open:
    """A list or map that is not closed yet."""

    where: Where
    is_map: bool
    is_brace: bool
    items: list[Node] = field(default_factory=list["Node"])
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    key: TextNode | None = None


class _Builder:
    def __init__(self, file: str, lines: list[str], report: Report) -> None:
        self._file = file
        self._lines = lines
        self._report = report
        self._open: list[_Open] = []
        self._documents = 0
        self.root: Node | None = None

    def take(self, event: Event) -> bool:
        """Add one event; False where reading on makes no sense (the reason is reported)."""
        match event:
            case DocumentStartEvent():
                self._documents += 1
                return self._documents == 1 or self._refuse(
                    event,
                    "second-document",
                    'a second document begins here ("---").',
                    "Keep one document in a file; move the rest to a file of its own.",
                )
            case AliasEvent():
                return self._refuse_anchor(event)
            case ScalarEvent() | SequenceStartEvent() | MappingStartEvent():
                return self._begin(event)
            case SequenceEndEvent() | MappingEndEvent():
                closed = self._open.pop()
                self._place(
                    MapNode(tuple(closed.entries.values()), closed.where)
                    if closed.is_map
                    else ListNode(tuple(closed.items), closed.where)
                )
                return True
            case _:
                return True

    def _begin(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> bool:
        if event.anchor is not None:
            return self._refuse_anchor(event)
        if event.tag is not None:
            return self._refuse(
                event,
                "yaml-tag",
                'a text that begins with "!" is a YAML tag, which project files do not use.',
                "Put the text in quotes, or remove the tag.",
            )
        if isinstance(event, ScalarEvent):
            self._place(self._text(event))
            return True
        if self._awaits_key():
            return self._refuse(
                event,
                "key-not-text",
                "a list or a brace stands where a name should be.",
                'Text that begins with "{" or "[" needs quotes; Liquid belongs in messages/.',
            )
        brace = isinstance(event, MappingStartEvent) and bool(event.flow_style)
        if len(self._open) >= MAX_DEPTH or (brace and self._braces() >= MAX_BRACES):
            return self._refuse(
                event,
                "nested-too-deep",
                "more than one brace stands inside another here."
                if brace
                else f"this is nested more than {MAX_DEPTH} levels deep.",
                "Write it on lines of their own, indented below the name.",
            )
        self._open.append(_Open(self._where(event), isinstance(event, MappingStartEvent), brace))
        return True

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if not top.is_map:
            top.items.append(node)
        elif top.key is None:
            # _begin let only text come here
            top.key = node if isinstance(node, TextNode) else None
        else:
            self._add_entry(top, Entry(top.key, node))
            top.key = None

    def _add_entry(self, top: _Open, entry: Entry) -> None:
        name = entry.key.value
        if name not in top.entries:
            top.entries[name] = entry
            return
        self._report.error(
            "duplicate-key",
            entry.key.where,
            f"{quoted(name)} stands here twice; the first is on line "
            f"{top.entries[name].key.where.line}.",
            "Keep one of them.",
        )

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def _braces(self) -> int:
        return sum(o.is_brace for o in self._open)

    def _text(self, event: ScalarEvent) -> TextNode:
        comment = None
        line: int = event.end_mark.line
        if not event.style and line < len(self._lines):
            end: int = event.end_mark.column
            found = _COMMENT.match(self._lines[line][end:])
            comment = found[1] if found else None
        indent = 1 if event.style in ("'", '"') else 0
        return TextNode(event.value, self._where(event), comment, indent)

    def _where(self, event: Event) -> Where:
        return Where(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, event: Event, code: str, message: str, fix: str) -> bool:
        self._report.error(code, self._where(event), message, fix)
        return False

    def _refuse_anchor(self, event: Event) -> bool:
        return self._refuse(
            event,
            "yaml-anchor",
            'a text that begins with "&" or "*" is a YAML anchor, which project files do not use.',
            "Put the text in quotes, or write out what the anchor stands for.",
        )
