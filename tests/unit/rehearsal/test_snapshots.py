"""What a test sends is kept as text, and a change of it is said in words."""

from __future__ import annotations

from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.rehearsal import snapshots
from leadline.rehearsal.happened import Played
from leadline.rehearsal.play import compiled, play_all
from leadline.rehearsal.report import outcomes
from tests.unit.rehearsal.stage import BERLIN, case, project, written

WORKFLOW = """
    starts: { when: joined }
    steps:
      - step: hello
        send: messages/hello
        as: transactional
        if_missing: { contact.first_name: there }
      - { step: note, post_to: slack sales, text: messages/note }
    """
TEST = case("when: [ { event: joined } ]\nexpect: []", "Ada joins")


def played(**changed: str) -> Played:
    files = written(("club", WORKFLOW), tests=TEST)
    files |= {f"messages/{name}.md": text for name, text in changed.items()}
    made, problems = parse(Files(files))
    assert made is not None, problems
    (one,) = play_all(made, made.cases)
    return one


def differences(before: Played, now: Played) -> list[str]:
    kept = snapshots.read(snapshots.written("club", [before], BERLIN))
    return [miss.sentence for miss in snapshots.differences(now, kept, BERLIN)]


def test_a_snapshot_reads_like_a_letter() -> None:
    assert snapshots.written("club", [played()], BERLIN).splitlines()[3:] == [
        "=== Ada joins",
        "--- mail hello",
        "  To: ada@people.example",
        "  At: 2026-12-01 09:00",
        "  Subject: Welcome to chess",
        "",
        "  Hello Ada, good to have you.",
        "--- post note",
        "  Channel: sales",
        "  At: 2026-12-01 09:00",
        "  ada@people.example joined chess.",
    ]


def test_what_did_not_change_is_no_difference() -> None:
    assert differences(played(), played()) == []


def test_a_change_is_said_in_words() -> None:
    hello = "---\nsubject: Welcome to {{ event.club }}\n---\nDear {{ contact.first_name }}.\n"
    assert differences(played(), played(hello=hello)) == [
        'the mail hello says "Dear Ada."; the snapshot says "Hello Ada, good to have you.".'
    ]


def test_more_and_less_text_is_said() -> None:
    longer = "{{ contact.email }} joined {{ event.club }}.\n\nHurray!\n"
    assert differences(played(), played(note=longer)) == [
        'the post note says "Hurray!", which the snapshot does not.'
    ]
    assert differences(played(note=longer), played()) == [
        'the post note does not say "Hurray!" any more, which the snapshot does.'
    ]


def test_a_mail_that_is_not_sent_any_more_is_said() -> None:
    without = project(
        (
            "club",
            WORKFLOW.replace(
                "- { step: note, post_to: slack sales, text: messages/note }",
                "- { step: note, wait: 1 day }",
            ),
        ),
        tests=TEST,
    )
    (now,) = play_all(without, without.cases)
    assert differences(played(), now) == ["the snapshot has the post note; it was not sent."]
    assert differences(now, played()) == ["the post note was sent; the snapshot does not have it."]


def test_a_text_that_looks_like_a_heading_is_text() -> None:
    odd = "=== {{ event.club }}\n--- over\n# not a comment\n"
    assert differences(played(note=odd), played(note=odd)) == []
    assert len(differences(played(note=odd), played())) == 1


def test_a_test_without_a_snapshot_is_not_compared_and_one_that_differs_fails() -> None:
    made = project(("club", WORKFLOW), tests=TEST)
    release, now = compiled(made), played()
    (new,) = outcomes(release, [now], {})
    assert (new.passed, new.has_snapshot) == (True, False)
    kept = snapshots.read(snapshots.written("club", [played(note="Other.\n")], BERLIN))
    (old,) = outcomes(release, [now], {"club": kept})
    assert (old.passed, old.has_snapshot) == (False, True)
