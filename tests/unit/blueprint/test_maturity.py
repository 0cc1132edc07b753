"""The ladder: what each level asks for, what is unknown, and what comes next."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from leadline.blueprint.check import Subject
from leadline.blueprint.checks.above_maturity import CHECK
from leadline.blueprint.maturity.above import above
from leadline.blueprint.maturity.evidence import Effort, Evidence, Holds
from leadline.blueprint.maturity.ladder import climb
from leadline.blueprint.maturity.level import Level
from leadline.blueprint.maturity.measured import Answered, Arrivals, Coverage, Kept, Measured
from leadline.blueprint.maturity.needs import needs
from leadline.blueprint.maturity.told import QUESTIONS, Answer, picture, read_answers
from leadline.project.known import Seen
from leadline.project.problems import Problem, Severity, Where
from leadline.project.project import Project
from leadline.project.workflow import Override, Purpose, SendStep
from tests.unit.blueprint.maturity_cases import (
    COUNTED,
    NOW,
    TODAY,
    known,
    lived,
    measured,
    project,
)
from tests.unit.project.changed import parsed

ROOT = Path(__file__).parents[3]


def shown(of: Measured, code: str) -> Evidence:
    (found,) = [e for rung in climb(of).rungs for e in rung.evidence if e.code == code]
    return found


def test_a_team_that_has_shown_everything_stands_at_the_top() -> None:
    ladder = climb(measured())
    assert [e for rung in ladder.rungs for e in rung.evidence if e.holds is not Holds.YES] == []
    assert (ladder.reached, ladder.next, ladder.smallest) == (Level.ADVANCED, None, None)


def test_the_first_rung_is_reached_on_the_first_day_without_a_database() -> None:
    ladder = climb(Measured(project(facts=known()), TODAY))
    assert ladder.reached is Level.DATA


def test_what_was_not_measured_is_unknown_and_not_false() -> None:
    ladder = climb(Measured(parsed(), TODAY))
    assert ladder.reached is Level.NONE
    by_code = {e.code: e for rung in ladder.rungs for e in rung.evidence}
    unknown = {code for code, e in by_code.items() if e.holds is Holds.UNKNOWN}
    assert {"inspected", "email-known", "systems-answer", "starting-events", "effects"} <= unknown
    assert by_code["files"].holds is Holds.YES
    # The one thing that is measured and wrong in the example: a failure that nobody hears of.
    assert [code for code, e in by_code.items() if e.holds is Holds.NO] == ["failures-told"]


def test_a_level_counts_only_on_top_of_those_below() -> None:
    ladder = climb(measured(project=project()))
    assert ladder.reached is Level.NONE
    assert [rung.level for rung in ladder.rungs if rung.holds] == list(Level)[2:]


def test_the_smallest_step_comes_first() -> None:
    facts = known(fields={"email": Seen(300, 1_000)})
    rung = climb(measured(project=project(facts=facts))).next
    assert rung is not None
    efforts = [e.step.effort for e in rung.open if e.step is not None]
    assert efforts == sorted(efforts)
    assert efforts[0] is Effort.COMMAND
    assert efforts[-1] is Effort.DATA


def test_every_open_evidence_says_what_to_do_and_every_shown_one_is_silent() -> None:
    for of in (measured(), Measured(parsed(), TODAY), measured(lived=None, tested=None)):
        for rung in climb(of).rungs:
            for each in rung.evidence:
                assert (each.step is None) == (each.holds is Holds.YES), each
                assert each.step is None or each.step.say.endswith("."), each


ERROR = Problem("x", "wrong.", Where("leadline.yaml"), "Mend it.")
DATA = {
    "files": (measured(problems=(ERROR,)), "1 error"),
    "inspected": (
        measured(project=project(facts=known(as_of=TODAY - timedelta(days=91)))),
        "2026-08-29, 91 days ago",
    ),
    "email-known": (
        measured(
            project=project(
                facts=known(fields={n: Seen(101, 1_000) for n in COUNTED}),
            )
        ),
        "89.9 % of 1,000 contacts",
    ),
    "no-blocking-rule": (
        measured(project=project(facts=known(blocking={"invalid-email": 12}))),
        '"invalid-email", 12 records',
    ),
    "fields-filled": (
        measured(
            project=project(
                facts=known(fields={n: Seen(501 if n == "company" else 9, 1_000) for n in COUNTED})
            )
        ),
        '1 field of 4 below, "company" at 49.9 %',
    ),
    "owners": (
        measured(
            project=project(
                ("systems/hubspot.yaml", "owner: marketing-ops@acme.example\n", ""), facts=known()
            )
        ),
        "2 of 3",
    ),
    "limits-known": (
        measured(
            project=project(
                ("systems/mail.yaml", "limits: { messages: 14 per second }\n", ""), facts=known()
            )
        ),
        "2 of 3",
    ),
    "systems-answer": (
        measured(
            lived=lived(
                answered={n: Answered(n != "mail", NOW) for n in ("mail", "hubspot", "slack")}
            )
        ),
        '2 of 3 systems, "mail" refused',
    ),
    "no-incident": (measured(lived=lived(incidents=("hubspot refuses.",))), "1 incident"),
    "starting-events": (
        measured(lived=lived(events={"webinar.registered": Arrivals(0, 50)})),
        '0 of 1 event, 0 times; never: "webinar.registered"',
    ),
    "events-accepted": (
        measured(lived=lived(events={"webinar.registered": Arrivals(90, 98, 2)})),
        "2 % of 100 events",
    ),
    "events-declared": (
        measured(lived=lived(events={"webinar.registered": Arrivals(1, 94), "x": Arrivals(6, 6)})),
        "94 % of 100 events",
    ),
    "failures-tested": (measured(tested=Coverage(5, 6, ("crm fails",))), "5 of 6"),
    "effects": (measured(lived=lived(effects={"accepted": 99, "held": 9})), "99 effects"),
    "effects-done": (
        measured(lived=lived(effects={"confirmed": 900, "accepted": 40, "dead": 60})),
        "94 % of 1,000 effects, 900 of them confirmed",
    ),
    "effects-in-doubt": (
        measured(lived=lived(effects={"confirmed": 980, "unknown": 12, "held": 8})),
        "2 % of 1,000 effects",
    ),
    "dead-letters": (measured(lived=lived(dead_letters=2)), "2 dead letters"),
    "promise-kept": (
        measured(lived=lived(promises={"webinar": Kept(98, 100, 0.99)})),
        '0 of 1 promise, 100 runs; broken: "webinar"',
    ),
    "workflows-together": (measured(lived=lived(runs={"webinar": 99})), "0 workflows"),
    "success-counted": (measured(lived=lived(successes={"webinar": 0})), "0 workflows"),
    "releases": (measured(lived=lived(releases=("a", "a"))), "2 releases"),
    "taken-back": (measured(lived=lived(releases=("a", "b", "c"))), "0 times"),
}


@pytest.mark.parametrize("code", DATA)
def test_evidence_is_refused_with_its_figure(code: str) -> None:
    of, figure = DATA[code]
    found = shown(of, code)
    assert (found.holds, found.measured) == (Holds.NO, figure)


def test_every_evidence_can_be_refused() -> None:
    told = {e.code for rung in climb(measured()).rungs for e in rung.evidence}
    others = {"system-of-record", "failures-told", "tracking-plan", "other-events", "no-override"}
    assert told == DATA.keys() | others


def test_a_field_in_two_systems_needs_one_that_is_right() -> None:
    change = ("data/contact.yaml", "names: { hubspot: company }", "names: { hubspot: c, slack: c }")
    found = shown(measured(project=project(change, facts=known())), "system-of-record")
    assert (found.holds, found.measured) == (Holds.NO, "0 of 1")


def test_a_cancellation_that_never_came_is_named() -> None:
    events = {"webinar.registered": Arrivals(9, 9), "webinar.attended": Arrivals(1, 1)}
    found = shown(measured(lived=lived(events=events)), "other-events")
    assert found.holds is Holds.NO
    assert found.measured == '1 of 2 events, 1 time; never: "webinar.cancelled"'


def test_a_system_that_was_never_asked_is_unknown() -> None:
    answered = {"mail": Answered(True, NOW), "slack": Answered(True, NOW - timedelta(days=8))}
    assert shown(measured(lived=lived(answered=answered)), "systems-answer").holds is Holds.UNKNOWN
    answered["hubspot"] = Answered(True, NOW)
    found = shown(measured(lived=lived(answered=answered)), "systems-answer")
    assert (found.holds, found.measured) == (Holds.NO, '2 of 3 systems, "slack" too long ago')


def test_a_field_that_was_not_counted_is_unknown() -> None:
    facts = known(fields={"email": Seen(0, 10)})
    assert shown(measured(project=project(facts=facts)), "fields-filled").holds is Holds.UNKNOWN


# ---------------------------------------------------------------- what workflows need


def levels(of: Project, name: str) -> dict[Level, list[str]]:
    found: dict[Level, list[str]] = {}
    for need in needs(of.workflows[name], of.workflows):
        found.setdefault(need.level, []).append(need.because)
    return found


def test_each_capability_says_its_level_and_why() -> None:
    found = levels(parsed(), "webinar")
    assert found == {
        Level.SIMPLE: [
            "it acts in 3 systems, and can stop halfway in many ways",
            'it hands people on to the workflow "webinar-follow-up"',
        ],
        Level.TRACKING: [
            "events stop it: one that does not come lets mails go on to who cancelled",
            "its success is counted by an event: one that does not come shows a failure",
        ],
        Level.INTEGRATION: [
            'it sends mails through "mail"',
            'it writes into "hubspot"',
            'it posts to "slack"',
        ],
    }
    assert (
        "data of the contact decides which way people go"
        in levels(parsed(), "webinar-follow-up")[Level.DATA]
    )


def test_marketing_needs_more_than_what_was_asked_for() -> None:
    example = parsed()
    workflow = example.workflows["webinar-follow-up"]
    wait, mail, *rest = workflow.steps
    assert isinstance(mail, SendStep)
    marketing = replace(workflow, steps=(wait, replace(mail, purpose=Purpose.MARKETING), *rest))
    found = needs(marketing, example.workflows)[0]
    assert (found.level, found.where) == (Level.SIMPLE, mail.where)
    assert found.because == "it sends marketing: a mistake reaches many who did not ask for it"


def test_a_chain_of_workflows_is_the_last_rung() -> None:
    third = (
        "name: T\nwhy: t\nowner: o@acme.example\nstarts: { once_per: event.webinar }\n"
        "steps:\n  - step: s\n    stop: over\n"
    )
    last = "- step: done\n            stop: nothing more to do"
    changed = parsed(
        ("workflows/third.yaml", "", third),
        (
            "workflows/webinar-follow-up.yaml",
            last,
            "- step: done\n            enroll_in: third",
        ),
    )
    found = levels(changed, "webinar")[Level.ADVANCED]
    assert found == ["it begins a chain of 3 workflows"]
    assert Level.ADVANCED not in levels(changed, "webinar-follow-up")
    assert levels(changed, "third") == {}


def test_a_big_burst_needs_simple_automation() -> None:
    starts = "  once_per: event.webinar\n"
    change = ("workflows/webinar-follow-up.yaml", starts, f"{starts}  max_burst: 10001\n")
    found = levels(parsed(change), "webinar-follow-up")[Level.SIMPLE]
    assert found == ["up to 10,001 people may enter at once"]


# ---------------------------------------------------------------- the check


def overridden(until: date) -> Project:
    found = parsed()
    override = Override("ann@acme.example", "the fair", until, Where("workflows/webinar.yaml", 7))
    workflows = dict(found.workflows)
    workflows["webinar"] = replace(workflows["webinar"], override=override)
    return replace(found, workflows=workflows)


def problems(of: Project, environment: str | None, reached: int | None = 2) -> list[Problem]:
    return list(CHECK.find(Subject(of, TODAY, environment, reached)))


def test_above_the_level_is_an_error_only_where_people_are_reached() -> None:
    real = problems(parsed(), "prod")
    assert {p.severity for p in real} == {Severity.ERROR}
    assert [p.where.file for p in real] == [
        "workflows/webinar-follow-up.yaml",
        "workflows/webinar.yaml",
    ]
    assert real[1].message == (
        'the workflow "webinar" needs level 4 (simple automation); '
        "level 2 (integration) is reached."
    )
    assert "hands people on" in (real[1].evidence or "")
    for environment in ("dev", None, "no such environment"):
        assert {p.severity for p in problems(parsed(), environment)} == {Severity.NOTE}


def test_nothing_is_said_where_nobody_measured_or_all_is_reached() -> None:
    assert problems(parsed(), "prod", None) == []
    assert problems(parsed(), "prod", 4) == []


def test_an_override_lets_through_and_stays_visible() -> None:
    found = problems(overridden(TODAY), "prod", 3)
    assert [p.severity for p in found] == [Severity.NOTE]
    assert found[0].where == Where("workflows/webinar.yaml", 7)
    assert found[0].message.endswith("and an override lets it through until 2026-11-28.")
    assert (found[0].evidence or "").endswith("override by ann@acme.example: the fair")
    assert next(above(overridden(TODAY), 3, TODAY)).let_through


def test_an_override_ends() -> None:
    found = problems(overridden(TODAY - timedelta(days=1)), "prod", 3)
    assert [p.severity for p in found] == [Severity.ERROR]
    assert found[0].message.endswith("and its override ended on 2026-11-27.")


def test_messages_are_short_sentences() -> None:
    for reached in range(5):
        for problem in problems(overridden(TODAY), "prod", reached):
            assert len(problem.message) < 200
            assert problem.message.endswith(".")
            assert problem.fix.endswith(".")


# ---------------------------------------------------------------- what is told


def test_ten_questions_two_a_level() -> None:
    assert [q.level for q in QUESTIONS] == [level for level in list(Level)[1:] for _ in (1, 2)]
    assert len({q.code for q in QUESTIONS}) == 10


def test_what_is_told_reaches_as_far_as_it_has_no_gap() -> None:
    everything = dict.fromkeys([q.code for q in QUESTIONS], Answer.YES)
    assert picture(everything).reaches is Level.ADVANCED
    assert picture({}).reaches is Level.NONE
    assert picture(everything | {"plan": Answer.UNSURE}).reaches is Level.INTEGRATION
    assert [q.code for q in picture(everything | {"plan": Answer.NO}).open] == ["plan"]


def test_answers_are_read_from_a_file() -> None:
    found, problems = read_answers("# first\nemail-share: yes\n\nplan: no # not yet\n", "a.txt")
    assert (found, problems) == ({"email-share": Answer.YES, "plan": Answer.NO}, ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("emial-share: yes", 'there is no question "emial-share".'),
        ("plan: maybe", '"maybe" is no answer.'),
        ("plan", '"plan" has no colon.'),
    ],
)
def test_a_wrong_answer_is_named_by_its_line(line: str, message: str) -> None:
    _, (problem,) = read_answers(f"\n{line}\n", "a.txt")
    assert (problem.where, problem.message) == (Where("a.txt", 2), message)


# ---------------------------------------------------------------- the pages


def test_the_page_tells_every_evidence_and_level_as_it_is() -> None:
    page = (ROOT / "docs/explanation/maturity.md").read_text(encoding="utf-8")
    for rung in climb(measured()).rungs:
        assert f"| {rung.level.value} | {rung.level.title} | {rung.level.meaning} |" in page
        for each in rung.evidence:
            row = f"| {rung.level.value} | {each.what} | {each.wanted} | {each.because} |"
            assert row in page, row


def test_the_examples_of_the_check_fail_and_are_mended() -> None:
    page = (ROOT / "docs/reference/checks/above-maturity.md").read_text(encoding="utf-8")
    for text in (CHECK.title, CHECK.marketer, CHECK.engineer):
        assert text in page.replace("`", "")
    fails, mended = re.findall(r"```yaml (\S+)\n(.*?)```", page, re.DOTALL)
    for (path, text), count in ((fails, 1), (mended, 0)):
        found = problems(parsed((path, "", text)), "prod", 1)
        assert [p.where.file for p in found].count(path) == count
