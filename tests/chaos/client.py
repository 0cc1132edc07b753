"""The client: events of people, sent again until they are acknowledged, and written down."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
import httpx

from tests.chaos.history import Answered, Recorder, Sent

PEOPLE_PER_S = 4.0
COURSES = ("sql", "crm", "mail")
TIME_OUT_S = 5.0
AGAIN_S = (0.2, 1.0)
AT_ONCE = 32
"""So many events are being handed in at a time; those that come while the intake is away wait.

Each that tries costs this process about as much whether it succeeds or not, and a pool of
connections looks at all its requests whenever one of them ends. Without a bound the harness is
soon busy with nothing but its own attempts, and no longer hears what it asked of others.
"""
TWICE = 0.05
"""This share of the events is sent once more after it was acknowledged."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One event to send, so many seconds from the start."""

    at_s: float
    message_id: str
    event: str
    person: str
    properties: dict[str, object]
    traits: dict[str, object]


def occasions(seed: int, lasts_s: float, per_s: float = PEOPLE_PER_S) -> tuple[Occasion, ...]:
    """What people do, decided by the seed alone."""
    dice = random.Random(f"client {seed}")
    found: list[Occasion] = []
    for number in range(max(1, int(lasts_s * per_s))):
        found += _life(dice, number, dice.uniform(0.0, lasts_s))
    return tuple(sorted(found, key=lambda o: o.at_s))


def _life(dice: random.Random, number: int, at_s: float) -> list[Occasion]:
    """What one person does: registers, perhaps twice, pays, attends or cancels."""
    person = f"p{number}@people.example"
    traits: dict[str, object] = {}
    if dice.random() < 0.9:
        traits["first_name"] = f"P{number}"
    if dice.random() < 0.5:
        traits["plan"] = dice.choice(["free", "pro"])
    course = dice.choice(COURSES)
    found = [_registers(number, 1, at_s, person, course, traits)]
    if dice.random() < 0.2:  # once more for the same course: no second run
        found.append(_registers(number, 2, at_s + dice.uniform(0, 3), person, course, traits))
    if dice.random() < 0.2:
        other = dice.choice(COURSES)
        found.append(_registers(number, 3, at_s + dice.uniform(0, 3), person, other, traits))
    for order in range(dice.randint(0, 3)):
        amount: dict[str, object] = {"order": f"o{number}-{order}", "amount": 10 * order}
        at = at_s + dice.uniform(0, 5)
        found.append(Occasion(at, f"paid-{number}-{order}", "plan.paid", person, amount, {}))
    if dice.random() < 0.4:
        at = at_s + dice.uniform(0, 8)
        found.append(_about(number, "attended", at, person, course))
    if dice.random() < 0.08:
        at = at_s + dice.uniform(0, 8)
        found.append(_about(number, "cancelled", at, person, course))
    return found


def _registers(
    number: int, n: int, at_s: float, person: str, course: str, traits: dict[str, object]
) -> Occasion:
    properties: dict[str, object] = {"course": course, "title": f"All about {course}"}
    return Occasion(at_s, f"reg-{number}-{n}", "course.registered", person, properties, traits)


def _about(number: int, what: str, at_s: float, person: str, course: str) -> Occasion:
    return Occasion(at_s, f"{what}-{number}", f"course.{what}", person, {"course": course}, {})


@dataclass
class Client:
    """Sends occasions to the intake until each is acknowledged."""

    url: str
    key: str
    recorder: Recorder
    seed: int
    sent: int = 0
    acknowledged: int = 0
    turns: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(AT_ONCE))

    async def run(self, todo: tuple[Occasion, ...], started: float) -> None:
        """Send everything; returns when all of it is acknowledged."""
        dice = random.Random(f"resend {self.seed}")
        async with (
            httpx.AsyncClient(timeout=TIME_OUT_S, verify=False, trust_env=False) as http,
            anyio.create_task_group() as tasks,
        ):
            for occasion in todo:
                await anyio.sleep(max(0.0, started + occasion.at_s - time.time()))
                tasks.start_soon(self._send, http, occasion, dice.random())

    async def _send(self, http: httpx.AsyncClient, occasion: Occasion, draw: float) -> None:
        self.sent += 1
        timestamp = datetime.now(UTC).isoformat()
        attempt = 1
        async with self.turns:
            while not await self._try(http, occasion, timestamp, attempt):
                attempt += 1
                await anyio.sleep(AGAIN_S[0] + draw * (AGAIN_S[1] - AGAIN_S[0]))
            if draw < TWICE:
                await self._try(http, occasion, timestamp, attempt + 1)
        self.acknowledged += 1

    async def _try(
        self, http: httpx.AsyncClient, occasion: Occasion, timestamp: str, attempt: int
    ) -> bool:
        self.recorder.write(
            Sent(time.time(), occasion.message_id, attempt, occasion.event, occasion.person)
        )
        try:
            answer = await http.post(
                f"{self.url}/v1/track",
                auth=(self.key, ""),
                json={
                    "type": "track",
                    "messageId": occasion.message_id,
                    "userId": occasion.person,
                    "event": occasion.event,
                    "properties": occasion.properties,
                    "context": {"traits": {"email": occasion.person, **occasion.traits}},
                    "timestamp": timestamp,
                },
            )
            stored, words = answer.status_code == 200, str(answer.status_code)
        except httpx.HTTPError as error:
            stored, words = False, type(error).__name__
        self.recorder.write(
            Answered(time.time(), occasion.message_id, attempt, stored=stored, words=words)
        )
        return stored
