"""``leadline fmt``: one way to indent a file, every comment and quote left as it is.

Lines are moved, not written anew: a formatter that loads YAML and dumps it again loses the
places of comments and the quotes of texts. What a file means is compared before and after; where
it differs, the file is left alone. One thing is added: a name for each step that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.tokens import BlockEntryToken, FlowEntryToken, Token

from leadline.project.nodes import ListNode, MapNode, Node, TextNode, compose
from leadline.project.problems import Problem, Report, Severity, Where
from leadline.project.step_names import unnamed_steps

INDENT = 2

_DASHES = re.compile(r"-\s+")


def format_file(path: str, text: str) -> tuple[str, tuple[Problem, ...]]:
    """The formatted text, and why it stayed as it was where it did.

    YAML is indented and its unnamed steps are named; a message only gets its final line end.
    """
    if not path.endswith((".yaml", ".yml")):
        return (text if not text or text.endswith("\n") else f"{text}\n"), ()
    unix = text.replace("\r\n", "\n")
    report = Report()
    before = compose(path, unix, report)
    if before is None or report.has_errors:
        return text, report.problems()
    named = _with_names(unix, before) if path.startswith("workflows/") else unix
    formatted = _formatted(named)
    after = compose(path, formatted, Report())
    if after is None or not _means_the_same(before, after) or _formatted(formatted) != formatted:
        note = Problem(
            "not-formatted",
            "this file is written in a way that fmt leaves alone.",
            Where(path),
            "Nothing needs to be done; indent it by hand if you like.",
            Severity.NOTE,
        )
        return text, (note,)
    return formatted, ()


def _with_names(text: str, root: Node) -> str:
    """The text with ``step: …`` before the first name of each unnamed step."""
    lines = text.split("\n")
    for where, name in reversed(unnamed_steps(root)):
        row, column = where.line - 1, where.column - 1
        head, tail = lines[row][:column], lines[row][column:]
        if tail.startswith("{"):
            lines[row] = f"{head}{{ step: {name}, {tail[1:].lstrip()}"
        else:
            lines[row : row + 1] = [f"{head}step: {name}", " " * column + tail]
    return "\n".join(lines)


def _means_the_same(before: Node, after: Node) -> bool:
    """Whether both say the same; ``after`` may have a ``step`` more in a map."""
    match before, after:
        case TextNode(), TextNode():
            return before.value == after.value
        case ListNode(), ListNode():
            return len(before.items) == len(after.items) and all(
                map(_means_the_same, before.items, after.items)
            )
        case MapNode(), MapNode():
            entries = [
                e for e in after.entries if e.key.value != "step" or before.get("step") is not None
            ]
            return [e.key.value for e in before.entries] == [e.key.value for e in entries] and all(
                _means_the_same(b.value, a.value)
                for b, a in zip(before.entries, entries, strict=True)
            )
        case _:
            return False


@dataclass(slots=True)
class _Line:
    """Where a line that begins an item or a name goes, and the dashes that it begins with."""

    column: int
    indent: int
    dashes: int = 0
    # Old column → new indent of everything that begins on the line, for comments beside it.
    begins: dict[int, int] = field(default_factory=dict[int, int])


@dataclass(slots=True)
class _Layout:
    """What the lines of a file are: beginnings, continuations, and edits inside of them."""

    lines: dict[int, _Line] = field(default_factory=dict[int, _Line])
    inside: set[int] = field(default_factory=set[int])  # lines that go on with a text or brace
    opens: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    closes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    commas: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])


@dataclass(slots=True)
class _Open:
    is_map: bool
    flow: bool
    indent: int
    line: int
    at_key: bool = True


def _formatted(text: str) -> str:
    lines = text.split("\n")
    layout = _layout(text, lines)
    lines = _spaced(lines, layout)
    out: list[str] = []
    shift = 0
    for row, line in enumerate(lines):
        place = layout.lines.get(row)
        content = line.strip()
        if place is not None:
            shift = place.indent - place.column
            out.append(" " * place.indent + _close_dashes(content, place.dashes))
        elif row in layout.inside:
            out.append(_shifted(line, shift))
        elif content.startswith("#"):
            out.append(" " * _comment_indent(row, len(line) - len(line.lstrip()), layout) + content)
        elif content:
            out.append(_shifted(line, shift).rstrip())
        elif out and out[-1]:
            out.append("")
    return "\n".join(out).strip("\n") + "\n"


def _shifted(line: str, shift: int) -> str:
    if shift >= 0:
        return " " * shift + line if line.strip() else line
    blank = len(line) - len(line.lstrip(" "))
    return line[min(-shift, blank) :]


def _close_dashes(content: str, count: int) -> str:
    head = ""
    for _ in range(count):
        rest = _DASHES.sub("", content, count=1) if _DASHES.match(content) else content[1:]
        head, content = f"{head}- ", rest
    return (head + content).rstrip()


def _comment_indent(row: int, column: int, layout: _Layout) -> int:
    """A comment stays beside what it stood beside: below it, or above it when the column says."""
    following = next((r for r in sorted(layout.lines) if r > row), None)
    before = [layout.lines[r] for r in sorted(layout.lines, reverse=True) if r < row]
    if following is not None and layout.lines[following].column == column:
        return layout.lines[following].indent
    for line in before:
        if column in line.begins:
            return line.begins[column]
        if line.column < column:
            break
    if following is not None:
        return layout.lines[following].indent
    return before[0].indent if before and column else 0


def _layout(text: str, lines: list[str]) -> _Layout:
    layout = _Layout()
    dashes: list[tuple[int, int]] = []
    for token in _tokens(text):
        place = (int(token.start_mark.line), int(token.start_mark.column))
        if isinstance(token, BlockEntryToken):
            dashes.append(place)
        elif isinstance(token, FlowEntryToken):
            layout.commas.append(place)
    remaining = iter(dashes)
    stack: list[_Open] = []
    for event in _events(text):
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            closed = stack.pop()
            if closed.flow:
                layout.closes.append((event.end_mark.line, event.end_mark.column - 1))
                layout.inside.update(range(closed.line + 1, event.end_mark.line + 1))
            continue
        if not isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            continue
        _begin(event, stack, remaining, lines, layout)
    return layout


def _begin(
    event: ScalarEvent | MappingStartEvent | SequenceStartEvent,
    stack: list[_Open],
    dashes: Iterator[tuple[int, int]],
    lines: list[str],
    layout: _Layout,
) -> None:
    parent = stack[-1] if stack else None
    row, column = int(event.start_mark.line), int(event.start_mark.column)
    if parent is not None and not parent.flow:
        if not parent.is_map:
            _note(next(dashes), parent.indent, 1, lines, layout)
        elif parent.at_key:
            _note((row, column), parent.indent, 0, lines, layout)
    if parent is not None and parent.is_map:
        parent.at_key = not parent.at_key
    if isinstance(event, ScalarEvent):
        last = int(event.end_mark.line) - (1 if event.end_mark.column == 0 else 0)
        layout.inside.update(range(row + 1, last + 1))
        return
    flow = bool(event.flow_style)
    if flow:
        layout.opens.append((row, column))
    indent = 0 if parent is None else parent.indent + INDENT
    stack.append(_Open(isinstance(event, MappingStartEvent), flow, indent, row))


def _note(
    place: tuple[int, int], indent: int, dashes: int, lines: list[str], layout: _Layout
) -> None:
    """Note that a name (no dash) or an item (one dash) begins at ``place``."""
    row, column = place
    line = layout.lines.get(row)
    if line is None and not lines[row][:column].strip():
        line = layout.lines[row] = _Line(column, indent)
    if line is not None:
        line.dashes += dashes
        line.begins[column] = indent


def _spaced(lines: list[str], layout: _Layout) -> list[str]:
    """The lines with one space inside braces and brackets and behind commas."""
    edited = list(lines)
    places = [
        *((p, "open") for p in layout.opens),
        *((p, "close") for p in layout.closes),
        *((p, "comma") for p in layout.commas),
    ]
    for (row, column), kind in sorted(places, reverse=True):
        line = edited[row]
        before, sign, after = line[:column], line[column], line[column + 1 :]
        follows = after.lstrip()
        if kind == "close":
            opened = before.rstrip()
            if opened and not opened.endswith(("{", "[", ",")):
                edited[row] = f"{opened} {sign}{after}"
        elif kind == "open" and follows.startswith(("}", "]")):
            edited[row] = f"{before}{sign}{follows}"
        elif follows and not follows.startswith("#"):
            edited[row] = f"{before}{sign} {follows}"
    return edited


def _events(text: str) -> Iterator[Event]:
    # The stubs of PyYAML leave its stream and the events untyped.
    return yaml.parse(text, Loader=yaml.CSafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # the library has no types


def _tokens(text: str) -> Iterator[Token]:
    return yaml.scan(text, Loader=yaml.CSafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # the library has no types
