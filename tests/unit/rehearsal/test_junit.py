"""CI servers read what became of the tests."""

from __future__ import annotations

from xml.etree import ElementTree

from leadline.rehearsal.junit import junit
from leadline.rehearsal.play import compiled, play_all
from leadline.rehearsal.report import outcomes
from tests.unit.rehearsal.stage import case, project

WORKFLOW = """
    starts: { when: joined }
    steps: [ { step: again, send: messages/again, as: transactional } ]
    """


def test_a_failure_carries_its_story_and_odd_characters_break_nothing() -> None:
    good = case("when: [ { event: joined } ]\nexpect: [ { mail: again } ]", '"<good> & so on"')
    bad = case("when: []\nexpect: [ { mail: again } ]", "bad").partition("tests:\n")[2]
    made = project(("club", WORKFLOW), tests=good + bad)
    found = outcomes(compiled(made), play_all(made, made.cases), {})
    root = ElementTree.fromstring(junit(found))
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "1")
    (suite,) = root
    assert suite.get("name") == "tests/club.yaml"
    first, second = suite
    assert (first.get("name"), first.get("classname"), len(first)) == ("<good> & so on", "club", 0)
    (failure,) = second
    assert failure.get("message") == (
        'expected a mail of the step "again"; nothing began a run of "club".'
    )
    assert "tests/club.yaml:" in (failure.text or "")
