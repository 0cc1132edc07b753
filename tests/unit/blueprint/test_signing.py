"""A signature holds as long as the meaning does; where it does not, what changed is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.ground.signing import signoff
from leadline.blueprint.check import Subject
from leadline.blueprint.checks.not_signed import CHECK
from leadline.blueprint.sentences.meaning import meaning_of
from leadline.blueprint.signing import Standing, signature_of, standing_text, standings
from leadline.project.problems import Severity
from leadline.project.project import Project
from leadline.project.signatures import Signature
from tests.unit.blueprint import signing_pages
from tests.unit.blueprint.signing_pages import CHECK_PAGE, current_pages, laid_over
from tests.unit.project.changed import parsed, texts

DAY = date(2026, 11, 28)
Change = tuple[str, str, str]
WEBINAR = "workflows/webinar.yaml"
DEMANDED = ("leadline.yaml", "only_to: [] }", "only_to: [], signed: required }")


def signed(*names: str, language: str = "en", by: str = "Ann") -> Signature:
    (name,) = names or ("webinar",)
    return signature_of(meaning_of(parsed(), name), by, DAY, language)


def standing(signature: Signature, *changes: Change) -> Standing:
    project = replace(parsed(*changes), signatures=(signature,))
    (found,) = standings(project, signature.workflow)
    return found


MEANING: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a span": (
        (WEBINAR, "retry_for: 6 hours", "retry_for: 5 hours"),
        (
            '    Step "confirmation": the mail "messages/webinar-confirmation" is sent to the '
            "contact through mail.",
            "-     If mail refuses it or has not taken it within 6 hours, the run goes on with "
            "what follows, and marketing-ops@acme.example is told.",
            "+     If mail refuses it or has not taken it within 5 hours, the run goes on with "
            "what follows, and marketing-ops@acme.example is told.",
        ),
    ),
    "a word of a message": (
        ("messages/webinar-confirmation.md", "The team", "Your team"),
        (
            '    The mail "messages/webinar-confirmation" (md):',
            "      It says:",
            "-       │ The team at Acme",
            "+       │ Your team at Acme",
        ),
    ),
    "the name of a field in a system": (
        ("data/contact.yaml", "hubspot: firstname", "hubspot: vorname"),
        (
            '-   The contact\'s first name is a text; in hubspot it is called "firstname".',
            '+   The contact\'s first name is a text; in hubspot it is called "vorname".',
        ),
    ),
    "the order of a choice": (
        ("data/contact.yaml", "[ subscriber, lead,", "[ lead, subscriber,"),
        (
            '-   The contact\'s lifecycle stage is one of "subscriber", "lead" or "customer", in '
            'this order; in hubspot it is called "lifecyclestage".',
            '+   The contact\'s lifecycle stage is one of "lead", "subscriber" or "customer", in '
            'this order; in hubspot it is called "lifecyclestage".',
        ),
    ),
}
FORM: dict[str, Change] = {
    "a comment": (WEBINAR, "steps:", "# nobody\nsteps:"),
    "an empty line": (WEBINAR, "steps:", "\n\nsteps:"),
    "the order of keys": (
        WEBINAR,
        "{ step: confirmation, within: 5 minutes, share: 99 % }",
        "{ share: 99.0%, step: confirmation, within: 5  minutes }",
    ),
    "quotes": (WEBINAR, "name: Webinar", 'name: "Webinar"'),
    "the same span in another unit": (WEBINAR, "retry_for: 6 hours", "retry_for: 360 minutes"),
    "an empty line at the end of a message": (
        "messages/webinar-confirmation.md",
        "The team at Acme",
        "The team at Acme\n\n",
    ),
    "a field that the workflow does not use": (
        "data/contact.yaml",
        "country: { type: text",
        "country: { type: number",
    ),
    "another workflow": ("workflows/webinar-follow-up.yaml", "2 hours after", "3 hours after"),
    "what a team expects": ("events.yaml", "join_url: text", "join_url: text, extra: number"),
}


@pytest.mark.parametrize("name", MEANING)
def test_another_meaning_voids_a_signature_and_the_change_is_named(name: str) -> None:
    change, told = MEANING[name]
    found = standing(signed(), change)
    assert not found.holds
    assert found.changes == told


@pytest.mark.parametrize("name", FORM)
def test_another_form_voids_no_signature(name: str) -> None:
    change = FORM[name]
    assert texts(change) != texts()
    assert standing(signed(), change).holds


def test_what_was_read_in_german_is_compared_in_german() -> None:
    found = standing(signed(language="de"), (WEBINAR, "bundle: 5 seconds", "bundle: 6 seconds"))
    assert (
        found.changes[-1] == "+     Beiträge, die innerhalb von 6 Sekunden kommen, werden zu einem."
    )


def test_a_change_that_the_kept_lines_do_not_show_is_said_to_be_one() -> None:
    found = standing(replace(signed(), said=()), (WEBINAR, "5 seconds", "6 seconds"))
    assert not found.holds
    assert "were not kept" in standing_text((found,), "en")


def test_the_last_signature_of_each_person_counts() -> None:
    old = replace(signed(), meaning="0" * 64)
    project = replace(parsed(), signatures=(old, signed(by="Bob"), signed()))
    assert [(s.signature.by, s.holds) for s in standings(project, "webinar")] == [
        ("Ann", True),
        ("Bob", True),
    ]
    withdrawn = replace(parsed(), signatures=(signed(), old))
    assert [s.holds for s in standings(withdrawn, "webinar")] == [False]


def test_who_signed_is_said_in_both_languages() -> None:
    noted = replace(signed(), note='after "legal"')
    found = standing(noted)
    assert standing_text((found,), "en") == (
        'Signed by "Ann" on 28 November 2026. The note says: "after \\"legal\\"".\n'
    )
    assert standing_text((found,), "de") == (
        'Unterschrieben von „Ann“ am 28. November 2026. Dazu vermerkt: „after "legal"“.\n'
    )
    assert standing_text((), "en") == "Nobody has signed this workflow.\n"


# ---------------------------------------------------------------- the check


def judged(project: Project, environment: str | None) -> list[tuple[str, Severity]]:
    return [(p.message, p.severity) for p in CHECK.find(Subject(project, DAY, environment))]


def test_where_nothing_demands_it_an_unsigned_workflow_is_no_finding() -> None:
    assert judged(parsed(), "prod") == []


def test_an_unsigned_workflow_is_an_error_where_signing_is_demanded_and_a_note_elsewhere() -> None:
    project = replace(parsed(DEMANDED), signatures=(signed("webinar-follow-up"),))
    said = 'nobody has signed what the workflow "webinar" means.'
    assert judged(project, "prod") == [(said, Severity.ERROR)]
    assert judged(project, "dev") == judged(project, None) == [(said, Severity.NOTE)]


def test_a_void_signature_is_found_with_what_changed() -> None:
    project = parsed(DEMANDED, (WEBINAR, "bundle: 5 seconds", "bundle: 6 seconds"))
    project = replace(project, signatures=(signed(), signed("webinar-follow-up")))
    (found,) = CHECK.find(Subject(project, DAY, "prod"))
    assert found.message == (
        'the workflow "webinar" no longer means what "Ann" signed on 2026-11-28.'
    )
    assert found.evidence is not None
    assert "+     Posts that come within 6 seconds become one." in found.evidence


def test_the_page_of_the_check_fails_and_is_mended_as_it_says() -> None:
    text = CHECK_PAGE.read_text(encoding="utf-8")
    for part in (CHECK.title, CHECK.marketer):
        assert part in text
    fails, _, mended = text.partition("\n## Mended\n")
    assert judged(laid_over(fails), None) == judged(parsed(DEMANDED), None)
    assert judged(laid_over(mended), "prod") == []


def test_the_pages_are_current() -> None:
    for page, text in current_pages().items():
        assert page.read_text(encoding="utf-8") == text, f"run python -m {signing_pages.__name__}"


def test_changed_projects_are_judged_rightly() -> None:
    assert signoff(24, seed=7) == (0, [])
