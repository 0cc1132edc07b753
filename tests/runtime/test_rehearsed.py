"""What a test of a project says happens is what happens: the same story on a real store."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from leadline.journey.encoding import decode
from leadline.journey.record import Record
from leadline.ledger.outcome import Rejected
from leadline.rehearsal.happened import Entered, Noted, Played
from leadline.rehearsal.play import compiled, play
from leadline.release.deploy import check_project
from tests.cli.stage import Stage
from tests.runtime.floor import open_floor, states

pytestmark = pytest.mark.anyio

FILES = {
    "data/contact.yaml": """
email: { type: email, names: { hubspot: email } }
first_name: { type: text, names: { hubspot: firstname } }
size: { type: number, names: { hubspot: size } }
last_webinar: { type: text, names: { hubspot: last_webinar } }
seen: { type: text, names: { hubspot: seen } }
""",
    "messages/welcome.md": "---\nsubject: Welcome\n---\nHello {{ contact.first_name }}.\n",
    "workflows/welcome.yaml": """
name: Welcome
why: People are greeted.
owner: ops@acme.example
starts: { when: signup, once_per: event.title, if: contact.first_name is not Nobody or unknown }
stops: { when: [ second ] }
steps:
  - step: crm
    save_to: hubspot contact
    set: { last_webinar: event.title, first_name: contact.first_name }
    if_it_fails: { retry_for: 1 day, then: "go to: mark", tell: owner }
  - step: greet
    send: messages/welcome
    as: transactional
    if_missing: { contact.first_name: there }
    if_it_fails: { retry_for: 1 day, then: dead letter }
  - step: mark
    set: { seen: "yes" }
  - step: large
    choose:
      - if: contact.size is at least 100
        then: [ { step: more, enroll_in: second } ]
      - else: [ { step: none, stop: small } ]
      - unknown: [ { step: nobody-knows, set: { seen: unsure } } ]
""",
    "workflows/second.yaml": """
name: Second
why: Another one writes the same record.
owner: ops@acme.example
starts: { when: second, if: contact.seen is known }
steps:
  - step: crm2
    save_to: hubspot contact
    set: { seen: contact.seen }
""",
}
TEST = """
workflow: welcome
at: 2026-12-01 09:00
with: {{ title: One }}
tests:
  - test: the same
    given: {given}
    when:
{lines}
    expect: []
"""
SCENARIOS = {
    "large": ({"first_name": "Ada", "size": 200}, []),
    "small": ({"first_name": "Ada", "size": 20}, []),
    "unknown size": ({"first_name": "Ada"}, []),
    "unknown name": ({"size": 200}, []),
    "kept out": ({"first_name": "Nobody"}, []),
    "the crm refuses": ({"first_name": "Ada", "size": 200}, ["hubspot"]),
    "the mail server refuses": ({"first_name": "Ada"}, ["mail"]),
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_test_tells_the_story_of_the_runtime(
    name: str, tmp_path: Path, database_url: str
) -> None:
    known, refusing = SCENARIOS[name]
    given = "".join(f", {field}: {value}" for field, value in known.items())
    lines = [f"trouble: {system} refuses" for system in refusing] + ["event: signup"] * 2
    test = TEST.format(
        given=f"{{ email: ada@people.example{given} }}",
        lines="\n".join(f"      - {line}" for line in lines),
    )
    async with open_floor(tmp_path, database_url, {**FILES, "tests/same.yaml": test}) as stage:
        for system in refusing:
            stage.answers[system] = lambda _: Rejected("no")
        for _ in range(2):
            await stage.comes("signup", "ada@people.example", {"title": "One"}, **known)
            await stage.move()
        project = check_project(tmp_path).project
        assert project is not None
        (case,) = project.cases
        played = play(compiled(project), case)
        assert await _told_by_the_store(stage) == _told(played)
        assert await _entries(stage) == sorted(
            (h.what.workflow, str(h.what.reason or "entered"))
            for h in played.story
            if isinstance(h.what, Entered)
        )
        assert await states(stage) == {
            done.action.key.step: done.state.value for done in played.done
        } | dict.fromkeys(await _silent(stage), "pending")


def _words(record: Record) -> str:
    """A record without what differs between the two: ids, times, a vendor's words."""
    parts = [type(record).__name__]
    for name in ("step", "event", "branch", "unknown", "kind", "ref", "state", "then", "who"):
        if hasattr(record, name):
            parts.append(f"{name}={getattr(record, name)}")
    return " ".join(parts)


def _told(played: Played) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for happening in played.story:
        if isinstance(happening.what, Noted):
            found.setdefault(happening.what.workflow, []).append(_words(happening.what.record))
    return found


async def _told_by_the_store(stage: Stage) -> dict[str, list[str]]:
    rows = await stage.sql(
        "select e.workflow, d.records from decision d join enrollment e"
        " on e.bucket = d.bucket and e.id = d.enrollment_id order by d.n"
    )
    found: dict[str, list[str]] = {}
    for workflow, records in rows:
        for record in cast(list[object], records):
            words = _words(cast(Record, decode(record)))  # type: ignore[arg-type]
            found.setdefault(str(workflow), []).append(words)
    return found


async def _entries(stage: Stage) -> list[tuple[str, str]]:
    rows = await stage.sql("select workflow, coalesce(reason, outcome) from entry")
    return sorted((str(workflow), str(reason)) for workflow, reason in rows)


async def _silent(stage: Stage) -> list[str]:
    """Steps whose actions leave no outcome: what is written to our own contact."""
    rows = await stage.sql("select step from action where kind in ('set', 'enroll')")
    return [str(step) for (step,) in rows]
