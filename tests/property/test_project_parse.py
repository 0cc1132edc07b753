"""Reading a project never fails: whatever the files hold, a project or problems come out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.message.inspect import inspect
from leadline.project.files import Files
from leadline.project.nodes import compose
from leadline.project.parse import parse
from leadline.project.problems import Problem, Report, Severity
from leadline.project.read import example_files

EXAMPLE = dict(example_files())
PATHS = sorted(p for p in EXAMPLE if p.endswith((".yaml", ".md")))
LINES = sorted({line for path in PATHS for line in EXAMPLE[path].split("\n")})
# What breaks files: YAML's signs, words of the language, and characters that nobody types.
PIECES = [
    *":-#{}[],&*!|>'\"%@`?\t\n. ", "  ", ": ", "- ", "{{", "}}", "{%", "%}", "<<: *a", "null",
    "all:", "any:", "else:", "is", "is not", "or unknown", "contact.", "event.", "go to: crm",
    "\x00", "\ud800", "\ufeff", "\u2028", "é", "𝔘", "1e999", "9" * 400, "env:", "set: {}",
    "stop: x", "wait: 1 day", "choose:\n", "if: x", "---\n", "...\n",
]  # fmt: skip


def check(files: dict[str, str]) -> None:
    project, problems = parse(Files(files))
    errors = [p for p in problems if p.severity is Severity.ERROR]
    assert (project is None) == bool(errors)
    if project is not None:
        problems = (*problems, *inspect(project))
    for problem in problems:
        well_said(problem)


def well_said(problem: Problem) -> None:
    assert problem.message.endswith("."), problem
    assert problem.fix.endswith("."), problem
    assert len(problem.message) < 200, problem
    assert len(problem.fix) < 250, problem
    assert problem.message.isprintable(), problem
    assert problem.where.line >= 1
    assert problem.where.column >= 1


@given(path=st.sampled_from(PATHS), text=st.text(max_size=300))
def test_any_text_in_any_file(path: str, text: str) -> None:
    check({**EXAMPLE, path: text})


@given(path=st.sampled_from(PATHS), pieces=st.lists(st.sampled_from([*PIECES, *LINES])))
def test_any_mixture_of_signs_in_any_file(path: str, pieces: list[str]) -> None:
    check({**EXAMPLE, path: "".join(pieces)})


@settings(max_examples=400)
@given(data=st.data())
def test_any_small_change_of_the_example(data: st.DataObject) -> None:
    files = dict(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(PATHS))
        text = files[path]
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        files[path] = text[:start] + data.draw(st.sampled_from([*PIECES, ""])) + text[end:]
    check(files)


@settings(max_examples=300)
@given(data=st.data())
def test_any_lines_taken_out_moved_or_doubled(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PATHS))
    lines = EXAMPLE[path].split("\n")
    for _ in range(data.draw(st.integers(1, 5))):
        if not lines:
            break
        row = data.draw(st.integers(0, len(lines) - 1))
        line = lines.pop(row)
        if data.draw(st.booleans()):
            indented = " " * data.draw(st.integers(0, 6)) + line.lstrip()
            lines.insert(data.draw(st.integers(0, len(lines))), indented)
    check({**EXAMPLE, path: "\n".join(lines)})


@given(st.sampled_from(PATHS))
def test_a_missing_file(path: str) -> None:
    check({p: t for p, t in EXAMPLE.items() if p != path})


@given(st.integers(1, 3000), st.sampled_from(["[", "{a: ", "- ", "a:\n ", "- - "]))
def test_deep_nesting_is_refused_not_followed(depth: int, sign: str) -> None:
    report = Report()
    compose("x.yaml", sign * depth, report)
    check({**EXAMPLE, "workflows/deep.yaml": sign * depth})
