"""A test that fails says what was expected, what was there instead, and why."""

from __future__ import annotations

import pytest

from leadline.rehearsal.play import compiled, play_all
from leadline.rehearsal.report import outcomes
from tests.unit.rehearsal.stage import case, failing, project

WORKFLOW = """
    starts: { when: joined, once_per: event.club }
    success: { event: paid, within: 2 days }
    steps:
      - step: hello
        send: messages/hello
        as: transactional
        if_missing: { contact.first_name: there }
      - step: crm
        save_to: hubspot contact
        set: { first_name: contact.first_name, stage: lead, visits: { increment: 1 } }
        if_it_fails: { retry_for: 1 hour, then: stop, tell: owner }
      - step: note
        post_to: slack sales
        text: messages/note
      - step: big
        choose:
          - if: contact.size is at least 100
            then: [ { step: mark, set: { stage: customer } } ]
          - else: [ { step: money, wait_for: paid, at_most: 1 day, if_not: carry on } ]
    """
RIGHT = [
    "{ mail: hello, to: ada@people.example, says: [ Hello Ada, Welcome to chess ] }",
    '{ mail: hello, does_not_say: there, at: "2026-12-01 09:00" }',
    "{ saved: crm, fields: { first_name: Ada, stage: lead, visits: 1 } }",
    "{ post: note, channel: sales, says: ada@people.example joined chess }",
    "{ entered: club }",
    "{ chose: big, way: else }",
    "{ gave_up: money, because: at_most is over }",
    "{ success: false }",
    '{ ends: completed, at: "2026-12-02 09:00" }',
    "{ contact: { first_name: Ada, size: unknown } }",
]
WRONG = [
    (
        "{ mail: hello, says: Dear Ada }",
        'expected a mail of the step "hello" that says "Dear Ada"; it says '
        '"Welcome to chess Hello Ada, good to have you.".',
    ),
    (
        '{ mail: hello, at: "2026-12-01 10:00" }',
        'expected a mail of the step "hello" at 2026-12-01 10:00; it was at 2026-12-01 09:00.',
    ),
    (
        "{ mail: hello, to: ben@people.example }",
        'expected a mail of the step "hello" to "ben@people.example"; '
        'it goes to "ada@people.example".',
    ),
    (
        "{ mail: hello, outcome: bounced }",
        'expected a mail of the step "hello" that is bounced; it is accepted.',
    ),
    (
        "{ saved: crm, fields: { stage: customer } }",
        'expected a save of the step "crm" that writes stage as "customer"; it writes "lead".',
    ),
    (
        "{ kept_out: club }",
        'expected that "club" does not let the contact in; the contact entered.',
    ),
    ("{ chose: big, way: if 1 }", 'expected that "big" takes "if 1"; it took "else".'),
    (
        "{ skipped: hello }",
        'expected that the step "hello" does nothing; it did what it is there for.',
    ),
    (
        "{ gave_up: money, because: the time is not known }",
        'expected that the step "money" gives up because of "the time is not known"; '
        "the reason is: at_most is over.",
    ),
    (
        "{ told: ops@acme.example }",
        "expected that ops@acme.example is told; nobody was told anything.",
    ),
    (
        "{ success: true }",
        'expected that the run of "club" counts as a success; it does not.',
    ),
    (
        "{ ends: dead letter }",
        'expected that the run of "club" ends: dead letter; '
        "it ended at 2026-12-02 09:00: completed.",
    ),
    (
        "{ contact: { size: 5 } }",
        'expected that size of the contact is "5"; it is "unknown".',
    ),
]


def test_what_is_right_passes() -> None:
    for line in RIGHT:
        assert failing(WORKFLOW, f"when: [ {{ event: joined }} ]\nexpect:\n  - {line}") == []


@pytest.mark.parametrize(("line", "sentence"), WRONG)
def test_what_is_wrong_is_said(line: str, sentence: str) -> None:
    test = f"when: [ {{ event: joined }} ]\nexpect:\n  - {line}"
    assert failing(WORKFLOW, test) == [sentence]


def test_nothing_more_means_what_reached_somebody() -> None:
    test = "when: [ { event: joined } ]\nexpect:\n  - mail: hello\n  - nothing more"
    assert failing(WORKFLOW, test) == [
        'expected nothing more; but the save of the step "crm" is accepted at 2026-12-01 09:00.',
        'expected nothing more; but the post of the step "note" is accepted at 2026-12-01 09:00.',
    ]
    refused = """
        when: [ { trouble: hubspot refuses crm }, { event: joined } ]
        expect:
          - mail: hello
          - ends: stopped after a failure
          - nothing more
        """
    assert failing(WORKFLOW, refused) == []


def test_a_mail_that_is_expected_twice_must_go_out_twice() -> None:
    test = "when: [ { event: joined } ]\nexpect: [ { mail: hello }, { mail: hello } ]"
    assert failing(WORKFLOW, test) == [
        'expected a mail of the step "hello"; it was not intended as often as that.'
    ]


def test_a_step_that_was_never_come_by_says_how_the_run_ended() -> None:
    test = """
        when: [ { trouble: hubspot refuses crm }, { event: joined } ]
        expect: [ { post: note } ]
        """
    assert failing(WORKFLOW, test) == [
        'expected a post of the step "note"; the run never came by that step, and ended: '
        "stopped after a failure."
    ]


def test_a_workflow_that_nobody_entered_says_why() -> None:
    test = "given: { email: unknown }\nwhen: [ { event: joined } ]\nexpect: [ { mail: hello } ]"
    assert failing(WORKFLOW, test) == [
        'expected a mail of the step "hello"; the contact was kept out of "club": no email address.'
    ]
    nothing = "when: [ { after: 1 day } ]\nexpect: [ { mail: hello } ]"
    assert failing(WORKFLOW, nothing) == [
        'expected a mail of the step "hello"; nothing began a run of "club".'
    ]


def test_a_failing_test_reads_as_a_story() -> None:
    test = """
        given: { first_name: unknown }
        when: [ { event: joined } ]
        expect: [ { mail: hello, says: Hello Ada } ]
        """
    made = project(("club", WORKFLOW), tests=case(test))
    (outcome,) = outcomes(compiled(made), play_all(made, made.cases), {})
    assert outcome.told()[:5] == (
        '2026-12-01 09:00 The event "joined" came in.',
        '2026-12-01 09:00 The contact entered "club", by "joined".',
        '2026-12-01 09:00 contact.first_name was unknown for "hello": "there" stands in.',
        '2026-12-01 09:00 The mail of the step "hello" was intended.',
        '2026-12-01 09:00 "mail" took the mail of the step "hello".',
    )
    assert outcome.told()[-1] == (
        'tests/club.yaml:9:15 expected a mail of the step "hello" that says "Hello Ada"; it says '
        '"Welcome to chess Hello there, good to have you.", because contact.first_name was unknown.'
    )


def test_attempts_that_follow_one_another_are_counted() -> None:
    test = """
        when: [ { trouble: hubspot is down }, { event: joined } ]
        expect: [ { ends: completed } ]
        """
    made = project(("club", WORKFLOW), tests=case(test))
    (outcome,) = outcomes(compiled(made), play_all(made, made.cases), {})
    told = "\n".join(outcome.told())
    assert told.count("waits for its next attempt") == 1
    assert "2026-12-01 10:00 It had been tried 13 times by then." in told
