"""What no test comes by is named: steps, ways, failures, and what stays unknown."""

from __future__ import annotations

import pytest

from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.read import example_files
from leadline.project.workflow import ChooseStep
from leadline.rehearsal.coverage import Part, coverage, untested
from leadline.rehearsal.doubt import can_be_unknown
from leadline.rehearsal.play import play_all
from tests.unit.rehearsal.stage import case, project

WORKFLOW = """
    starts: { when: joined }
    steps:
      - { step: hello, send: messages/again, as: transactional }
      - { step: money, wait_for: paid, at_most: 1 day, if_not: { go to: again } }
      - step: big
        choose:
          - if: contact.size is at least 100
            then: [ { step: mark, set: { stage: customer } } ]
          - else: [ { step: small, set: { stage: lead } } ]
      - { step: over, stop: paid }
      - { step: again, send: messages/again, as: transactional }
    """
QUIET = "when: [ { event: joined } ]\nexpect: []"


def missing(*tests: str) -> list[tuple[str, str]]:
    text = "\n".join(
        [
            case(test, f"test {n}") if n == 0 else case(test, f"test {n}").partition("tests:\n")[2]
            for n, test in enumerate(tests)
        ]
    )
    made = project(("club", WORKFLOW), tests=text)
    return [(each.step, each.branch) for each in untested(made, made.cases)]


def test_a_step_that_nothing_reaches_is_named() -> None:
    assert missing(QUIET) == [
        ("hello", "fails"), ("hello", "unknown"), ("big", "reached"), ("big", "if 1"),
        ("big", "else"), ("big", "unknown"), ("mark", "reached"),
        ("small", "reached"), ("over", "reached"), ("again", "fails"), ("again", "unknown"),
    ]  # fmt: skip


def test_tests_add_up() -> None:
    paid = "given: { size: 200 }\nwhen: [ { event: joined }, { event: paid } ]\nexpect: []"
    doubt = "when: [ { event: joined }, { event: paid } ]\nexpect: []"
    lost = "when: [ { trouble: mail loses the answer }, { event: joined } ]\nexpect: []"
    refused = "when: [ { trouble: mail refuses }, { event: joined } ]\nexpect: []"
    assert missing(paid, doubt, lost, refused, QUIET) == [("again", "fails")]


def test_what_is_missing_says_where_it_stands_and_what_would_follow() -> None:
    made = project(("club", WORKFLOW), tests=case(QUIET))
    (each,) = [e for e in untested(made, made.cases) if (e.step, e.branch) == ("again", "fails")]
    assert str(each.where).startswith("workflows/club.yaml:1")
    assert each.sentence == 'no test lets the step "again" of "club" fail (then: dead letter).'


def test_without_tests_everything_is_missing() -> None:
    made = project(("club", WORKFLOW))
    assert {part: hit for part, (hit, _) in coverage(made, ()).counts.items()} == dict.fromkeys(
        Part, 0
    )


def test_nothing_of_the_example_is_untested() -> None:
    made, problems = parse(Files(example_files()))
    assert made is not None, problems
    assert untested(made, made.cases) == ()


@pytest.mark.parametrize(
    ("condition", "can"),
    [
        ("contact.size is at least 100", True),
        ("contact.size is known", False),
        ("contact.first_name is not Ada or unknown", False),
        ("{ all: [ contact.size is known, contact.size is at least 100 ] }", False),
        ("{ any: [ contact.size is unknown, contact.size is at least 100 ] }", False),
        ("{ all: [ contact.visits is known, contact.size is at least 100 ] }", True),
        ("{ none: [ contact.size is at least 100 ] }", True),
        ("{ any: [ contact.size is at least 100, contact.stage is lead ] }", True),
    ],
)
def test_a_choice_that_cannot_be_unknown_asks_for_no_test_of_that(
    condition: str, can: bool
) -> None:
    workflow = f"""
starts: {{ when: joined }}
steps:
  - step: way
    choose:
      - if: {condition}
        then: [ {{ step: yes-way, stop: yes }} ]
      - else: [ {{ step: no-way, stop: no }} ]
"""
    (step,) = project(("club", workflow)).workflows["club"].steps
    assert isinstance(step, ChooseStep)
    assert can_be_unknown(branch.condition for branch in step.branches) is can


def test_playing_the_tests_of_the_example_is_what_coverage_is_made_from() -> None:
    made, _ = parse(Files(example_files()))
    assert made is not None
    played = play_all(made, made.cases)
    assert coverage(made, played).untested == untested(made, made.cases)
