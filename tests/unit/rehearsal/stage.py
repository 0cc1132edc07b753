"""A small project and tests of it, written as a team writes them."""

from __future__ import annotations

import textwrap
from zoneinfo import ZoneInfo

from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Problem
from leadline.project.project import Project
from leadline.rehearsal.happened import Done, Played
from leadline.rehearsal.play import compiled, play
from leadline.rehearsal.story import clock, story
from leadline.rehearsal.verdict import misses

BERLIN = ZoneInfo("Europe/Berlin")

FILES = {
    "leadline.yaml": """
        project: acme
        time_zone: Europe/Berlin
        defaults: { if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner } }
        environments: { dev: { sandbox: false } }
        ingest: { write_keys: [ env:KEY ] }
        """,
    "systems/hubspot.yaml": """
        kind: hubspot
        secrets: { token: env:T }
        """,
    "systems/slack.yaml": """
        kind: slack
        secrets: { token: env:S }
        """,
    "systems/mail.yaml": """
        kind: smtp
        host: 127.0.0.1
        tls: none
        from: Acme <hello@acme.example>
        """,
    "data/contact.yaml": """
        email: { type: email, names: { hubspot: email } }
        first_name: { type: text, names: { hubspot: firstname } }
        size: { type: number, names: { hubspot: size } }
        stage: { type: choice, values: [ lead, customer ], names: { hubspot: stage } }
        visits: { type: number, names: { hubspot: visits } }
        """,
    "events.yaml": """
        joined: { club: text, starts_at: time }
        left: { club: text }
        paid: { club: text, amount: number }
        """,
    "messages/hello.md": """
        ---
        subject: Welcome to {{ event.club }}
        ---
        Hello {{ contact.first_name }}, good to have you.
        """,
    "messages/again.md": """
        ---
        subject: Still there?
        ---
        We miss you.
        """,
    "messages/note.md": "{{ contact.email }} joined {{ event.club }}.\n",
}
HEAD = """
    name: Club
    why: Whoever joins is welcome.
    owner: ops@acme.example
    """


def written(*workflows: tuple[str, str], tests: str = "") -> dict[str, str]:
    """The files, with workflows (name, text without name, why and owner) and tests/club.yaml."""
    files = {path: textwrap.dedent(text).lstrip("\n") for path, text in FILES.items()}
    for name, text in workflows:
        files[f"workflows/{name}.yaml"] = textwrap.dedent(HEAD) + textwrap.dedent(text)
    if tests:
        files["tests/club.yaml"] = textwrap.dedent(tests).lstrip("\n")
    return files


def project(*workflows: tuple[str, str], tests: str = "") -> Project:
    """The same, read; nothing may be wrong with it."""
    found, problems = parse(Files(written(*workflows, tests=tests)))
    assert found is not None, [str(p) for p in problems]
    return found


def problems(*workflows: tuple[str, str], tests: str) -> tuple[Problem, ...]:
    """What is wrong with the same."""
    return parse(Files(written(*workflows, tests=tests)))[1]


def one(workflow: str, test: str, *others: tuple[str, str]) -> Played:
    """Play one test of the workflow ``club``: what stands under ``when`` and ``expect``."""
    made = project(("club", workflow), *others, tests=case(test))
    return play(compiled(made), made.cases[0])


def case(test: str, name: str = "it works") -> str:
    """A test file with one test; Ada joins at nine in the morning on the first of December."""
    return f"""\
workflow: club
given: {{ email: ada@people.example, first_name: Ada }}
at: 2026-12-01 09:00
with: {{ club: chess, starts_at: 2026-12-03 15:00 }}
tests:
  - test: {name}
{textwrap.indent(textwrap.dedent(test).strip(), "    ")}
"""


def failing(workflow: str, test: str, *others: tuple[str, str]) -> list[str]:
    """The sentences of what is not as the test expects."""
    made = project(("club", workflow), *others, tests=case(test))
    release = compiled(made)
    return [miss.sentence for miss in misses(release, play(release, made.cases[0]))]


def done(played: Played, step: str) -> Done:
    """What became of the one action of a step."""
    (found,) = [each for each in played.done if each.action.key.step == step]
    return found


def at(found: Done) -> str:
    """When, on the clocks of Berlin."""
    return clock(found.at, BERLIN)


def sentences(played: Played) -> list[str]:
    """The story, without its times."""
    return [beat.sentence for beat in story(played, BERLIN)]
