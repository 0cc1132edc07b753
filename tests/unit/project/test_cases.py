"""Test files: what is wrong in one is said with its place, and the nearest name is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadline.project.cases import Comes, Happens, NothingMore, Trouble, TroubleKind
from leadline.project.problems import Severity
from tests.unit.rehearsal.stage import case, problems, project

WORKFLOW = """
    starts: { when: joined }
    steps:
      - { step: hello, send: messages/hello, as: transactional, if_missing: { contact.size: 1 } }
      - { step: crm, save_to: hubspot contact, set: { stage: lead } }
      - step: big
        choose:
          - if: contact.size is at least 100
            then: [ { step: money, wait_for: paid, at_most: 1 day, if_not: carry on } ]
          - else: [ { step: over, stop: small } ]
    """.replace(", if_missing: { contact.size: 1 }", "")
WHEN = "when: [ { event: joined } ]\n"
NEVER = "when: []\nexpect:\n  - "

WRONG = [
    ("when: [ { event: joind } ]\nexpect: []", 'unknown event "joind". Did you mean "joined"?'),
    (
        "when: [ { event: joined, with: { clup: x } } ]\nexpect: []",
        'unknown property "clup" on the event "joined". Did you mean "club"?',
    ),
    (
        "with: { clup: x }\nwhen: []\nexpect: []",
        'no event has a property "clup". Did you mean "club"?',
    ),
    (
        "when: [ { event: left, with: { amount: 5 } } ]\nexpect: []",
        'unknown property "amount" on the event "left".',
    ),
    (
        "when: [ { event: paid, with: { amount: much } } ]\nexpect: []",
        '"much" cannot be a value of "amount"',
    ),
    ("given: { first_nam: Ada }\n" + WHEN + "expect: []", 'unknown field "first_nam" on contact.'),
    ("given: { stage: leed }\n" + WHEN + "expect: []", 'Did you mean "lead"?'),
    ("when: [ { trouble: hubspt refuses } ]\nexpect: []", 'Did you mean "hubspot"?'),
    ("when: [ { trouble: hubspot sulks } ]\nexpect: []", "is no trouble that a system makes."),
    (
        "when: [ { trouble: hubspot refuses hello } ]\nexpect: []",
        'no step "hello" of "club" uses "hubspot".',
    ),
    ("when: [ { trouble: mail is down for ever } ]\nexpect: []", "does not say how long."),
    ("when: [ { after: 2 das } ]\nexpect: []", '"2 das" is not a duration.'),
    ("when: [ { until: tomorrow } ]\nexpect: []", '"tomorrow" is not a time.'),
    ("when: [ { until: 2026-11-30 09:00 } ]\nexpect: []", "this time is past already"),
    (
        "when: [ { after: 2 days }, { until: 2026-12-02 09:00 } ]\nexpect: []",
        "it is 2026-12-03 09:00 by the lines above.",
    ),
    (
        "at: 9998-01-01 09:00\nwhen: [ { after: 520 weeks } ]\nexpect: []",
        "go on beyond the year 9999.",
    ),
    ("at: 2027-03-28 02:30\n" + WHEN + "expect: []", "does not exist in Europe/Berlin"),
    ("when: [ { event: joined, after: 1 day } ]\nexpect: []", 'says "event" and "after".'),
    ("when: [ { after: 1 day, late_by: 1 day } ]\nexpect: []", '"late_by" has no meaning beside'),
    (NEVER + "{ mail: helo }", '"helo" is no step of "club". Did you mean "hello"?'),
    (NEVER + "{ mail: crm }", '"crm" is no step with "mail" of "club".'),
    (NEVER + "{ mail: hello, in: clup }", 'unknown workflow "clup". Did you mean "club"?'),
    (NEVER + "{ saved: crm, fields: { size: 5 } }", 'the step "crm" does not write "size".'),
    (NEVER + "{ mail: hello, channel: x }", '"channel" has no meaning beside "mail".'),
    (NEVER + "{ mail: hello, outcome: lost }", '"outcome" cannot be "lost".'),
    (NEVER + "{ chose: big, way: if 7 }", '"big" has no way "if 7". It has "if 1" and "else".'),
    (NEVER + "{ chose: big }", "does not say which way was taken"),
    (NEVER + "{ kept_out: club, because: rain }", '"rain" is no reason why somebody is kept out.'),
    (NEVER + "{ ends: complete }", 'Did you mean "completed"?'),
    (NEVER + "{ says: hello }", "this expectation says nothing to look for."),
    (NEVER + "nothing mor", 'Did you mean "nothing more"?'),
    ("when: []", 'this test has no "expect".'),
    ("when: []\nexpect: []\nfoo: 1", 'unknown name "foo" in this test.'),
]


@pytest.mark.parametrize(("test", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_what_is_wrong_in_a_test_is_said_in_its_place(test: str, said: str) -> None:
    found = problems(("club", WORKFLOW), tests=case(test))
    assert len(found) == 1, [str(p) for p in found]
    (problem,) = found
    assert said in f"{problem.message} {problem.fix}"
    assert problem.where.file == "tests/club.yaml"
    assert problem.where.line >= 5
    for text in (problem.message, problem.fix):
        assert text.endswith((".", "?"))
        assert len(text) < 200


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("tests: []", 'this test file has no "workflow".'),
        ("workflow: clup\ntests: []", 'unknown workflow "clup". Did you mean "club"?'),
        ("workflow: club\ntests:\n  - when: []\n    expect: []", 'this test has no "test".'),
        (
            "workflow: club\ntests:\n  - { test: a, when: [], expect: [] }",
            "this test does not say when it begins.",
        ),
        (
            "workflow: club\nat: 2026-12-01 09:00\ntests:\n"
            "  - { test: a, when: [], expect: [] }\n  - { test: a, when: [], expect: [] }",
            "the test on line 4 has the same name.",
        ),
        ("- one\n- two", '"test file" should be a list of names with values, not a list.'),
    ],
)
def test_what_is_wrong_with_a_test_file_is_said(tests: str, said: str) -> None:
    found = problems(("club", WORKFLOW), tests=tests)
    assert any(said in f"{p.message} {p.fix}" for p in found), [str(p) for p in found]


def test_a_time_that_comes_twice_is_a_warning_and_the_first_counts() -> None:
    test = "at: 2026-10-25 02:30\n" + WHEN + "expect: []"
    (problem,) = problems(("club", WORKFLOW), tests=case(test))
    assert problem.severity is Severity.WARNING
    (read,) = project(("club", WORKFLOW), tests=case(test)).cases
    assert read.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_lines_of_a_test_are_read() -> None:
    test = """
        suggested: true
        given: { first_name: unknown }
        when:
          - trouble: mail is down for 2 hours
          - event: joined
            with: { club: golf, starts_at: unknown }
            late_by: 1 hour
          - until: 2026-12-24 18:00
        expect:
          - nothing more
        """
    (read,) = project(("club", WORKFLOW), tests=case(test)).cases
    assert (read.file, read.workflow, read.suggested) == ("club", "club", True)
    assert read.given == {"email": "ada@people.example"}
    trouble, event, until = read.lines
    assert isinstance(trouble, Trouble)
    assert (trouble.kind, trouble.span) == (TroubleKind.DOWN, timedelta(hours=2))
    assert isinstance(event, Happens)
    assert (event.properties, event.late_by) == ({"club": "golf"}, timedelta(hours=1))
    assert isinstance(until, Comes)
    assert until.at == datetime(2026, 12, 24, 17, tzinfo=UTC)
    assert isinstance(read.expectations[0], NothingMore)


def test_what_is_wrong_elsewhere_comes_first() -> None:
    wrong = WORKFLOW.replace("contact.size", "contact.sice")
    found = problems(("club", wrong), tests=case("when: [ { event: nothing } ]\nexpect: []"))
    assert {p.where.file for p in found} == {"workflows/club.yaml"}
