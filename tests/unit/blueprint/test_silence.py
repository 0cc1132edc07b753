"""Silencing: in place, with a reason, until a day; errors only where their check allows it."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.blueprint.check import Subject
from leadline.blueprint.verdict import Verdict, verdict
from leadline.journey.compiled import compile_project, content_hash
from leadline.message.inspect import variables
from leadline.project.files import Files
from leadline.project.project import Project
from leadline.project.workflow import Override
from tests.unit.project.changed import parsed, texts

W = "workflows/webinar.yaml"
L = "leadline.yaml"
M = "systems/mail.yaml"
NO_DEADLINE = (W, "    not_after: event.starts_at\n", "")
SLOW = (M, "14 per second", "1 per second")


def silence(code: str, until: str = "2027-01-31") -> tuple[str, str, str]:
    line = f"silence: [ {{ check: {code}, because: agreed with sales, until: {until} }} ]\n"
    return (W, "stops:\n", f"{line}stops:\n")


def judged(*changes: tuple[str, str, str], today: date = date(2027, 1, 31)) -> Verdict:
    def look(project: Project) -> Subject:
        return Subject(project, today)

    return verdict(Files(texts(*changes)), look)


def test_a_silenced_finding_counts_no_more_and_is_listed_with_its_reason() -> None:
    found = judged(NO_DEADLINE, silence("late-message"))
    assert found.problems == ()
    ((problem, by),) = [(q.problem, q.by) for q in found.silenced]
    assert (problem.code, by.because, by.until) == (
        "late-message",
        "agreed with sales",
        date(2027, 1, 31),
    )


def test_the_day_after_the_last_it_counts_again_and_says_so() -> None:
    found = judged(NO_DEADLINE, silence("late-message"), today=date(2027, 2, 1))
    assert [p.code for p in found.problems] == ["silence-ended", "late-message"]
    assert found.silenced == ()


def test_an_error_is_silenced_only_where_its_check_allows_it() -> None:
    assert judged(SLOW, silence("promise-beyond-limits")).problems == ()
    wait = (
        W,
        "  - step: confirmation\n",
        "  - { step: on, wait: 1 day }\n  - step: confirmation\n",
    )
    assert judged(wait, silence("promise-beyond-limits")).problems == ()
    early = ("workflows/webinar.yaml", "not_after: event.starts_at", "not_after: 2026-01-01 09:00")
    found = judged(early, silence("deadline-too-early"))
    assert {p.code for p in found.problems} == {"silence-refused", "deadline-too-early"}


def test_what_cannot_be_read_cannot_be_silenced() -> None:
    found = judged((W, "bundle: 5 seconds", "bundle: 5s"), silence("not-a-duration"))
    assert [p.code for p in found.problems] == ["not-a-duration"]


def test_only_the_file_that_is_meant_is_silenced() -> None:
    other = (
        L,
        "ingest:\n",
        "silence:\n  - { check: late-message, in: messages/hot-lead.md, because: x, "
        "until: 2027-12-31 }\ningest:\n",
    )
    codes = {p.code for p in judged(NO_DEADLINE, other).problems}
    assert codes == {"late-message", "silence-without-effect"}


def test_a_misspelt_code_is_offered_the_nearest() -> None:
    (problem,) = judged(silence("late-mesage")).problems
    assert problem.code == "unknown-check"
    assert 'Did you mean "late-message"?' in problem.fix


@pytest.mark.parametrize("left_out", ["check", "because", "until"])
def test_a_silence_without_reason_or_end_is_refused(left_out: str) -> None:
    said = {"check": "late-message", "because": "agreed", "until": "2027-01-31"}
    items = ", ".join(f"{k}: {v}" for k, v in said.items() if k != left_out)
    found = judged((W, "stops:\n", f"silence: [ {{ {items} }} ]\nstops:\n"))
    assert [p.code for p in found.problems] == ["missing-key"]


def test_silences_of_systems_are_read_from_their_files() -> None:
    line = "silence: [ { check: unused-field, because: soon, until: 2027-01-31 } ]\n"
    (silenced,) = parsed((M, "kind: smtp\n", f"kind: smtp\n{line}")).silenced
    assert (silenced.file, silenced.check) == (M, "unused-field")


def test_an_override_names_who_why_and_until_when() -> None:
    line = "override: { by: Ann Lee, reason: the fair, until: 2027-01-31 }\n"
    override = parsed((W, "stops:\n", f"{line}stops:\n")).workflows["webinar"].override
    assert isinstance(override, Override)
    assert (override.by, override.reason, override.until) == (
        "Ann Lee",
        "the fair",
        date(2027, 1, 31),
    )


def test_neither_silence_nor_override_makes_another_release() -> None:
    def release(project: Project) -> str:
        read = {name: variables(message) for name, message in project.messages.items()}
        return content_hash(compile_project(project, read))

    line = "override: { by: Ann Lee, reason: the fair, until: 2027-01-31 }\n"
    system = "silence: [ { check: unused-field, because: soon, until: 2027-01-31 } ]\n"
    changed = parsed(
        silence("late-message"),
        (W, "success:", f"{line}success:"),
        (M, "kind: smtp\n", f"kind: smtp\n{system}"),
    )
    assert changed.silenced
    assert release(changed) == release(parsed())
