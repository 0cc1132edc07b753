"""What ``why`` says of every person, asked of the code that answers people, for invariant 13."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from leadline.explain.causes import Story
from leadline.explain.read import read_person
from leadline.explain.why import why
from leadline.runtime.worker import suppression_digest
from leadline.store.pool import Connection
from leadline.store.secret_key import secret_key
from tests.chaos.history import Json, Recorder, Told, Unasked

WITHIN_S = 300.0
"""A long run has thousands of people: those who are not asked about by then are named."""


async def tell(conn: Connection, recorder: Recorder, project: Path, people: Sequence[str]) -> None:
    """Ask ``why`` of these people, in this order, and write down what it says."""
    secret = secret_key(project)
    until = time.monotonic() + WITHIN_S
    for n, person in enumerate(people):
        if time.monotonic() > until:
            recorder.write(Unasked(list(people[n:])))
            break
        known = await read_person(conn, person, suppression_digest(secret, person), {})
        recorder.write(Told(person, [_story(story) for story in why(known)]))


def _story(story: Story) -> dict[str, Json]:
    return {
        "workflow": story.workflow,
        "run": story.enrollment,
        "cause": str(story.finding.cause),
        "sentence": story.finding.sentence,
        "steps": [
            {
                "step": step.step,
                "key": step.key,
                "state": step.state,
                "cause": str(step.finding.cause),
                "sentence": step.finding.sentence,
            }
            for step in story.steps
        ],
    }
