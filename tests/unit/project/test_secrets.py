"""A secret is found wherever it stands in the files, and never repeated."""

from __future__ import annotations

import pytest

from tests.unit.project.changed import problems

# Made up, and put together here so that no scanner takes this file for a leak.
SECRETS = {
    "a HubSpot token": "pat-na1-" + "0f1e2d3c-aaaa-bbbb-cccc-0123456789ab",
    "a Slack token": "xoxb-" + "1234567890-abcdefghij",
    "a Slack webhook": "https://hooks.slack.com/services/" + "T012/B012/abcdef",
    "an AWS key": "AKIA" + "IOSFODNN7EXAMPLE",
    "a SendGrid key": "SG." + "a" * 22 + "." + "b" * 43,
    "a GitHub token": "ghp_" + "a" * 36,
    "a Google key": "AIza" + "b" * 35,
    "a Stripe key": "sk_live_" + "c" * 24,
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a password in an address": "smtp://user:" + "hunter22@smtp.acme.example",
}


@pytest.mark.parametrize("what", SECRETS)
@pytest.mark.parametrize(
    ("path", "old", "line"),
    [
        ("messages/hot-lead.md", "*{{ contact.first_name", 1),
        ("workflows/webinar.yaml", "Steps run from top", 1),
        ("systems/slack.yaml", "Where sales hears", 1),
    ],
)
def test_a_secret_is_found_in_texts_and_comments(what: str, path: str, old: str, line: int) -> None:
    secret = SECRETS[what]
    found = problems((path, old, f"{secret} {old}"))
    (problem,) = [p for p in found if p.code == "secret-in-file"]
    assert what in problem.message
    assert (problem.where.file, problem.where.line) == (path, line)
    assert not [p for p in found if secret[8:20] in f"{p} {p.evidence}"]


@pytest.mark.parametrize("what", SECRETS)
def test_no_message_repeats_a_secret_that_stands_in_the_wrong_place(what: str) -> None:
    secret = SECRETS[what]
    change = ("workflows/webinar.yaml", "bundle: 5 seconds", f'bundle: "{secret}"')
    found = problems(change)
    assert {p.code for p in found} == {"secret-in-file", "not-a-duration"}
    assert not [p for p in found if secret[8:20] in f"{p} {p.evidence}"]


def test_the_example_holds_none() -> None:
    assert problems() == ()
