"""Checks of steps and running: what they say where it matters, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from leadline.blueprint.capacity import loads, span_words
from leadline.blueprint.check import Subject
from leadline.blueprint.checks.untested_branch import CHECK as UNTESTED
from leadline.blueprint.verdict import Verdict, verdict
from leadline.project.files import Files
from leadline.project.known import Known, Volume
from leadline.project.parse import parse
from leadline.project.problems import Problem, Severity
from leadline.project.project import Project
from leadline.project.read import example_files
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, SaveStep, SendStep
from tests.unit.project.changed import parsed, texts

TODAY = date(2026, 11, 28)
M = "systems/mail.yaml"
W = "workflows/webinar.yaml"
STARTS = "starts: { when: webinar.registered, once_per: event.webinar }\n"


def judged(*changes: tuple[str, str, str], known: Known | None = None) -> Verdict:
    def look(project: Project) -> Subject:
        return Subject(replace(project, known=known), TODAY)

    return verdict(Files(texts(*changes)), look)


def only(*changes: tuple[str, str, str], known: Known | None = None) -> Problem:
    (problem,) = judged(*changes, known=known).problems
    return problem


def subject(**more: object) -> Subject:
    return replace(Subject(parsed(), TODAY), **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- promises and limits


def test_a_promise_that_the_limit_cannot_carry_is_told_with_its_numbers() -> None:
    problem = only((M, "14 per second", "1 per second"))
    assert "500 in 1 minute need 8 minutes" in problem.message
    assert problem.evidence is not None
    assert "1 message in 1 second" in problem.evidence
    assert "99% of them" in problem.evidence


def test_what_was_counted_is_believed_where_nothing_is_expected() -> None:
    counted = Known(
        TODAY,
        10,
        events={"webinar.registered": Volume(900, 40_000, timedelta(minutes=2))},
    )
    problem = only(("events.yaml", ", expect: 500 in 1 minute", ""), known=counted)
    assert problem.code == "promise-beyond-limits"
    assert "40,000 in 2 minutes need 47 minutes" in problem.message


def test_a_promise_is_left_alone_where_nothing_is_known_of_volumes() -> None:
    changes = (
        (M, "14 per second", "1 per second"),
        ("events.yaml", ", expect: 500 in 1 minute", ""),
    )
    assert judged(*changes).problems == ()


@pytest.mark.parametrize(("limit", "kept"), [("2 per second", True), ("1 per second", False)])
def test_the_time_in_which_people_come_counts_for_the_promise(limit: str, kept: bool) -> None:
    # 495 mails: 247 s at two a second, 494 s at one; the last may come after 60 s and has 300.
    assert (judged((M, "14 per second", limit)).problems == ()) is kept


def test_a_record_goes_in_batches_and_a_bundled_post_in_digests() -> None:
    project = parsed()
    by_kind = {
        type(step): next(loads(step, project, "prod"))
        for step in all_steps(project.workflows["webinar"].steps)
        if isinstance(step, SendStep | SaveStep | PostStep)
    }
    assert [by_kind[k].people_a_call for k in (SendStep, SaveStep, PostStep)] == [1, 100, 100]
    assert by_kind[SendStep].least(15)[0] == timedelta(seconds=1)
    assert by_kind[SaveStep].least(10_000)[0] == timedelta(0)
    assert by_kind[SaveStep].least(10_001)[0] == timedelta(seconds=10)


def test_spans_are_said_in_units_that_people_count_in() -> None:
    spans = [timedelta(seconds=s) for s in (1, 90, 120, 5_400, 86_400, 172_800)]
    said = ["1 second", "90 seconds", "2 minutes", "90 minutes", "1 day", "2 days"]
    assert [span_words(s) for s in spans] == said


# ---------------------------------------------------------------- tests


def untested(project: Project, environment: str | None) -> list[Problem]:
    return list(UNTESTED.find(Subject(project, TODAY, environment)))


def test_a_workflow_without_a_test_is_refused_only_where_real_people_are_reached() -> None:
    without = parsed()
    assert without.cases == ()
    assert untested(without, None) == []
    found = {e: [p.severity for p in untested(without, e)] for e in ("dev", "prod")}
    assert found == {"dev": [Severity.NOTE] * 2, "prod": [Severity.ERROR] * 2}
    assert "nobody has tried what follows when" in untested(without, "prod")[0].message


def test_a_failure_branch_that_the_tests_leave_out_is_named_at_its_step() -> None:
    project, problems = parse(Files(example_files()))
    assert project is not None, problems
    assert untested(project, "prod") == []
    fewer = replace(project, cases=tuple(c for c in project.cases if "refuses" not in c.name))
    found = {p.where for p in untested(fewer, "prod")}
    steps = {s.where for w in project.workflows.values() for s in all_steps(w.steps)}
    assert found
    assert found <= steps


# ---------------------------------------------------------------- large and cyclic


def test_ten_thousand_steps_are_judged() -> None:
    steps = "".join(
        f"  - {{ step: s{n}, set: {{ contact.country: DE }} }}\n" for n in range(10_000)
    )
    jump = "  - { step: came, wait_for: webinar.attended, at_most: 1 day, if_not: { go to: s0 } }\n"
    head = f"name: Long\nowner: ann@acme.example\n{STARTS}steps:\n"
    found = judged(("workflows/long.yaml", "", head + steps + jump)).problems
    assert {p.code for p in found} == {"endless-path"}


def chain(length: int, last: str) -> Verdict:
    changes: list[tuple[str, str, str]] = []
    for n in range(length):
        does = last if n == length - 1 else f"enroll_in: w{n + 1}"
        head = f"name: W{n}\nowner: ann@acme.example\n{STARTS if n == 0 else ''}"
        steps = f"steps:\n  - {{ step: on, {does} }}\n"
        changes.append((f"workflows/w{n}.yaml", "", head + steps))
    return judged(*changes)


def test_a_long_chain_of_workflows_and_a_long_circle_are_no_trouble() -> None:
    # Longer than Python would follow one call inside another.
    assert chain(1_100, "stop: enough").errors == ()
    circles = [p for p in chain(1_100, "enroll_in: w0").problems if p.code == "enroll-circle"]
    assert len(circles) == 1
    assert circles[0].message.endswith('"w0" → "w1" → "w2" → "w3" → ….')
