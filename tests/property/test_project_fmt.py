"""``fmt`` changes how a file looks and never what it says."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.project.fmt import format_file
from leadline.project.nodes import ListNode, MapNode, Node, TextNode, compose
from leadline.project.problems import Report
from leadline.project.read import example_files

EXAMPLE = {p: t for p, t in example_files().items() if p.endswith(".yaml")}
PATHS = sorted(EXAMPLE)

words = st.sampled_from(["a", "no", "01234", "x y", "it's", "event.title", "a: b", "- x", "#c", ""])
comments = st.sampled_from(["", "", "", "  # why", "\n# above", "\n\n\n  # indented", "\n"])


def meaning(node: Node | None) -> object:
    match node:
        case TextNode():
            return node.value
        case ListNode():
            return [meaning(i) for i in node.items]
        case MapNode():
            return {e.key.value: meaning(e.value) for e in node.entries}
        case None:
            return None


def without_names(value: object) -> object:
    match value:
        case dict():
            return {k: without_names(v) for k, v in value.items() if k != "step"}
        case list():
            return [without_names(v) for v in value]
        case _:
            return value


def comment_texts(text: str) -> list[str]:
    return sorted(re.findall(r"(?:^|\s)(#.*?)\s*$", text, re.MULTILINE))


def check(path: str, text: str) -> None:
    report = Report()
    before = compose(path, text, report)
    formatted, _ = format_file(path, text)
    if before is None or report.has_errors:
        assert formatted == text
        return
    after = compose(path, formatted, Report())
    assert without_names(meaning(after)) == without_names(meaning(before))
    assert comment_texts(formatted) == comment_texts(text)
    again, _ = format_file(path, formatted)
    assert again == formatted


@st.composite
def documents(draw: st.DrawFn) -> str:
    """YAML by hand: any indentation, lists inside maps inside lists, comments anywhere."""

    def scalar() -> str:
        word = draw(words)
        quote = draw(st.sampled_from(["", "'", '"']))
        plain = word and not re.search(r": |^- |^#|'", word)
        if not plain:
            quote = '"'
        return f"{quote}{word}{quote}" if quote != "'" or "'" not in word else f'"{word}"'

    def inline(depth: int) -> str:
        kind = draw(st.sampled_from(["text", "text", "map", "list", "empty"])) if depth else "text"
        space = draw(st.sampled_from(["", " ", "  "]))
        if kind == "map":
            return f"{{{space}k: {inline(depth - 1)},{space}l: {scalar()}{space}}}"
        if kind == "list":
            return f"[{space}{scalar()},{space}{scalar()} ]"
        return draw(st.sampled_from(["{}", "[]", "[ ]"])) if kind == "empty" else scalar()

    def block(indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        pad = " " * indent
        as_list = draw(st.booleans())
        for number in range(draw(st.integers(1, 3))):
            above = draw(comments)
            if above.startswith("\n"):
                lines += above[1:].split("\n")
            head = f"{pad}-" if as_list else f"{pad}k{number}:"
            if depth and draw(st.booleans()):
                inner = block(indent + draw(st.integers(1, 4)), depth - 1)
                lines += [head, *inner]
            else:
                lines.append(f"{head} {inline(2)}{draw(st.sampled_from(['', '  # note']))}")
        return lines

    return "\n".join(block(0, 3)) + draw(st.sampled_from(["", "\n", "\n\n"]))


@settings(max_examples=300)
@given(documents())
def test_any_document_keeps_its_meaning_and_its_comments(text: str) -> None:
    check("events.yaml", text)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_indentation_in_the_example(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PATHS))
    lines = EXAMPLE[path].split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(lines) - 1))
        lines[row] = data.draw(
            st.sampled_from([" " + lines[row], lines[row][1:], lines[row] + "  ", "", "  # new"])
        )
    check(path, "\n".join(lines))


@given(data=st.data())
def test_steps_whose_names_were_taken_away_get_names_again(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([p for p in PATHS if p.startswith("workflows/")]))
    lines = EXAMPLE[path].split("\n")
    rows = [r for r, line in enumerate(lines) if line.lstrip().startswith("- step: ")]
    for row in sorted(data.draw(st.sets(st.sampled_from(rows), min_size=1)), reverse=True):
        lines[row : row + 2] = [lines[row].split("step:")[0] + lines[row + 1].lstrip()]
    text = "\n".join(lines)
    check(path, text)
    formatted, problems = format_file(path, text)
    assert not problems
    assert formatted.count("step: ") == EXAMPLE[path].count("step: ")


def test_the_example_is_formatted() -> None:
    for path, text in EXAMPLE.items():
        assert format_file(path, text) == (text, ())
