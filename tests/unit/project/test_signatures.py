"""signatures.yaml: read with every problem named, and added to while what stands there stays."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.project.files import Files
from leadline.project.fmt import format_file
from leadline.project.parse import parse
from leadline.project.problems import Where
from leadline.project.read import example_files
from leadline.project.signatures import Signature
from leadline.project.write_signatures import MOST_LINES, with_signature
from tests.unit.project.changed import parsed, problems

PATH = "signatures.yaml"
LINES = ("The workflow", '  "so \\ called": {x} # y', "      │ Hello ü")
ONE = Signature("webinar", "Ann", date(2026, 11, 28), "en", "ab12", Where(PATH), "fine", LINES)
FAULTY = """\
signatures:
  - workflow: webinar
    by: Ann
    on: 2026-11-28
    language: en
    meaning: ab12
"""


def read(text: str) -> tuple[Signature, ...]:
    return parsed((PATH, "", text)).signatures


def plain(signature: Signature) -> Signature:
    return Signature(
        signature.workflow, signature.by, signature.on, signature.language, signature.meaning,
        Where(PATH), signature.note, signature.said,
    )  # fmt: skip


def test_a_signature_is_read_as_it_was_written() -> None:
    assert [plain(each) for each in read(with_signature(None, ONE))] == [ONE]


@pytest.mark.parametrize("margin", ["", "  ", "    "])
def test_a_signature_is_added_below_those_that_stand_there(margin: str) -> None:
    old = f"# ours\nsignatures:   # all\n{margin}- workflow: webinar-follow-up\n"
    old += "".join(
        f"{margin}  {line}\n"
        for line in ("by: 'B'", "on: 2026-01-02", "language: de", "meaning: 0")
    )
    new = with_signature(old, ONE)
    assert new.startswith(old)
    assert [each.by for each in read(new)] == ["B", "Ann"]


def test_an_empty_list_is_filled() -> None:
    assert [plain(each) for each in read(with_signature("signatures: []\n", ONE))] == [ONE]


def test_what_is_written_is_in_form_already() -> None:
    text = with_signature(with_signature(None, ONE), ONE)
    assert format_file(PATH, text) == (text, ())


def test_the_lines_of_a_very_long_workflow_are_not_kept() -> None:
    long = Signature("webinar", "Ann", ONE.on, "en", "ab12", Where(PATH), None, ("x",) * 9_999)
    assert MOST_LINES < 9_999
    assert read(with_signature(None, long))[0].said == ()


@given(
    by=st.text(st.characters(codec="utf-8"), min_size=1).filter(
        lambda t: t.isprintable() and t.strip()
    ),
    said=st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1).filter(
            lambda t: t.isprintable() and t.strip()
        ),
        max_size=5,
    ),
)
def test_any_name_and_any_lines_are_read_as_they_were_written(by: str, said: list[str]) -> None:
    signature = Signature("webinar", by, ONE.on, "de", "0f", Where(PATH), by, tuple(said))
    project, _ = parse(Files({**example_files(), PATH: with_signature(None, signature)}))
    assert project is not None
    assert [plain(each) for each in project.signatures] == [signature]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("on: 2026-11-28", "on: yesterday", "not-a-date", 4),
        ("on: 2026-11-28", "on: 2026-11-31", "not-a-date", 4),
        ("language: en", "language: fr", "unknown-word", 5),
        ("    by: Ann\n", "", "missing-key", 2),
        ("by: Ann", "bye: Ann", "unknown-key", 3),
        ("workflow: webinar", "workflow: webinr", "signature-of-nothing", 2),
        ("signatures:", "signature:", "unknown-key", 1),
    ],
)
def test_what_is_wrong_with_a_signature_is_named(old: str, new: str, code: str, line: int) -> None:
    found = problems((PATH, "", FAULTY.replace(old, new, 1)))
    assert (code, PATH, line) in [(p.code, p.where.file, p.where.line) for p in found]


def test_the_nearest_workflow_is_offered_for_a_signature_of_none() -> None:
    (found,) = problems((PATH, "", FAULTY.replace("webinar", "webinr")))
    assert 'Did you mean "webinar"?' in found.fix


def test_an_environment_can_demand_signatures() -> None:
    demanding = ("leadline.yaml", "only_to: [] }", "only_to: [], signed: required }")
    environments = parsed(demanding).environments
    assert {name: each.signed for name, each in environments.items()} == {
        "dev": False,
        "prod": True,
    }
    wrong = ("leadline.yaml", "only_to: [] }", "only_to: [], signed: yes }")
    assert [p.code for p in problems(wrong)] == ["unknown-word"]


@given(st.text(max_size=200) | st.text(alphabet="signature:\n -[]{}\"'#&*!|>%@ on", max_size=200))
def test_any_text_in_the_file_gives_signatures_or_problems(text: str) -> None:
    project, found = parse(Files({**example_files(), PATH: text}))
    assert project is not None or found
    for problem in found:
        assert problem.message.endswith(".")
        assert problem.fix.endswith(".")
        assert len(problem.message) < 200
