"""Suggested tests reach what none reached, pass as they stand, and say that nobody read them."""

from __future__ import annotations

from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project
from leadline.project.read import example_files
from leadline.rehearsal.coverage import untested
from leadline.rehearsal.play import compiled, play_all
from leadline.rehearsal.suggest import Suggested, as_files, suggest
from leadline.rehearsal.verdict import misses
from tests.unit.rehearsal.stage import written


def suggested(files: dict[str, str]) -> tuple[Project, Suggested]:
    """The project with the suggested tests in it, read again from what was written."""
    made, problems = parse(Files(files))
    assert made is not None, [str(p) for p in problems]
    release = compiled(made)
    found = suggest(made, release, play_all(made, made.cases))
    written_down = as_files(made, release, found.played)
    assert sum(count for _, count in written_down.values()) == len(found.played)
    for workflow, (text, _) in written_down.items():
        files[f"tests/{workflow}-suggested.yaml"] = text
    again, problems = parse(Files(files))
    assert again is not None, [str(p) for p in problems]
    return again, found


def passing(made: Project) -> None:
    release = compiled(made)
    for one in play_all(made, made.cases):
        assert [miss.sentence for miss in misses(release, one)] == []


def test_the_example_without_tests_gets_them_all() -> None:
    files = {p: t for p, t in example_files().items() if not p.startswith("tests/")}
    made, found = suggested(files)
    assert found.not_found == ()
    assert untested(made, made.cases) == ()
    assert made.cases
    assert all(case.suggested for case in made.cases)
    passing(made)


def test_every_way_of_a_workflow_is_found() -> None:
    workflow = """
        starts: { when: joined, once_per: event.club, if: contact.visits is at least 3 }
        steps:
          - step: hello
            send: messages/hello
            as: transactional
            if_missing: { contact.first_name: "you: there" }
            if_it_fails: { retry_for: 1 hour, then: "go to: note" }
          - { step: crm, save_to: hubspot contact, set: { stage: customer } }
          - step: seen
            wait_until: hubspot has seen crm
            at_most: 1 hour
            if_not: "go to: note"
          - { step: money, wait_for: paid, at_most: 2 days, if_not: "go to: again" }
          - step: kind
            choose:
              - if: { all: [ contact.size is at least 100, contact.stage is customer ] }
                then: [ { step: thanks, send: messages/again, as: transactional } ]
              - if: contact.size is between 10 and 20
                then: [ { step: next, enroll_in: zoo } ]
              - else: [ { step: over, stop: small } ]
              - unknown: [ { step: ask, set: { stage: lead } } ]
          - { step: end, stop: it is done }
          - { step: again, send: messages/again, as: transactional }
          - { step: done, stop: nothing came }
          - { step: note, post_to: slack sales, text: messages/note, bundle: 1 minute }
        """
    zoo = """
        starts: { if: contact.stage is known }
        steps: [ { step: pause, wait_until: event.starts_at, if_not: stop } ]
        """
    made, found = suggested(written(("club", workflow), ("zoo", zoo)))
    assert found.not_found == ()
    assert untested(made, made.cases) == ()
    passing(made)


def test_what_nothing_can_reach_is_said_and_not_made_up() -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - { step: over, stop: here it ends }
          - { step: again, set: { stage: lead } }
        """
    _, found = suggested(written(("club", workflow)))
    assert [(each.step, each.branch) for each in found.not_found] == [("again", "reached")]


def test_values_come_from_tests_that_are_there() -> None:
    files = dict(example_files())
    text = files["tests/webinar-follow-up.yaml"]
    files["tests/webinar-follow-up.yaml"] = text[: text.index("  - test: A small company")]
    _, found = suggested(files)
    assert {one.case.given["email"] for one in found.played} == {"ada@people.example"}
    assert {one.case.given["company"] for one in found.played} == {"Initech"}
