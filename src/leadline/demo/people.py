"""Who registers in the demo: 500 people with the mess of real life, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

WEBINAR = "pipeline-that-holds"
TITLE = "A pipeline that holds"

FIRST = (
    "Ada",
    "Ben",
    "Chloé",
    "Dmitri",
    "Elif",
    "Fatima",
    "Gökhan",
    "Hana",
    "Ines",
    "Jürgen",
    "Kaito",
    "Léa",
    "Mårten",
    "Nadia",
    "Oluwaseun",
    "Priya",
    "Quentin",
    "Rosa",
    "Søren",
    "Tomás",
    "Ulla",
    "Viktor",
    "Wanjiru",
    "Ximena",
    "Yusuf",
    "Zoë",
)
LAST = (
    "Abel",
    "Brandt",
    "Castro",
    "Dubois",
    "Eriksen",
    "Ferrari",
    "Grimm",
    "Hoang",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "López",
    "Müller",
    "Nowak",
    "Okafor",
    "Petit",
    "Quist",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ueda",
    "Varga",
    "Weber",
    "Xu",
    "Yılmaz",
    "Zimmermann",
)
COMPANIES = ("Initech", "Globex", "Umbrella Foods", "Hooli", "Stark Tools", "Wayne Logistics")
TWO_SPELLINGS = ("Acme GmbH", "ACME gmbh ")
IMPOSSIBLE = (
    "nobody",
    "ann@",
    "@globex.example",
    "ann at globex.example",
    "ann@@globex.example",
    "ann@globex..example",
    "ann globex@example",
    "ann@globex",
    "a" * 70 + "@globex.example",
)
TWICE = 12
NAMELESS = 40


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration as the website reports it."""

    message_id: str
    anonymous_id: str
    email: str
    first_name: str | None
    last_name: str
    company: str
    reachable: bool

    def body(self, starts_at: datetime, at: datetime) -> dict[str, object]:
        """The track call, in Segment's form."""
        traits: dict[str, object] = {
            "email": self.email,
            "lastName": self.last_name,
            "company": self.company,
        }
        if self.first_name is not None:
            traits["firstName"] = self.first_name
        return {
            "type": "track",
            "event": "webinar.registered",
            "messageId": self.message_id,
            "anonymousId": self.anonymous_id,
            "timestamp": at.isoformat(),
            "properties": {
                "webinar": WEBINAR,
                "title": TITLE,
                "starts_at": starts_at.isoformat(),
                "join_url": "https://webinar.acme.example/join",
            },
            "context": {"traits": traits},
        }


def registrations(count: int, seed: int) -> tuple[Registration, ...]:
    """Draw the registrations: some people twice, some impossible, some without a name.

    Of 500: 12 people register twice, 9 addresses are impossible, 40 give no first name, and
    one company is written in two ways. Smaller counts keep the shares.
    """
    draw = random.Random(f"demo:{seed}")  # noqa: S311  (a repeatable draw)
    impossible = _share(len(IMPOSSIBLE), count)
    twice = _share(TWICE, count)
    people = [_person(draw, n) for n in range(count - impossible - twice)]
    nameless = set(draw.sample(range(len(people)), min(len(people), _share(NAMELESS, count))))
    people = [
        replace(person, first_name=None) if n in nameless else person
        for n, person in enumerate(people)
    ]
    again = [replace(person, message_id=_id(draw)) for person in draw.sample(people, twice)]
    wrong = [
        Registration(
            _id(draw),
            _id(draw),
            IMPOSSIBLE[n % len(IMPOSSIBLE)],
            "Ann",
            "Nobody",
            "Globex",
            reachable=False,
        )
        for n in range(impossible)
    ]
    everyone = [*people, *again, *wrong]
    draw.shuffle(everyone)
    return tuple(everyone)


def reachable(everyone: tuple[Registration, ...]) -> frozenset[str]:
    """The addresses of those who can be reached, each once."""
    return frozenset(r.email for r in everyone if r.reachable)


def starts_at(now: datetime) -> datetime:
    """When the webinar of the demo begins: in a week."""
    return (now + timedelta(days=7)).replace(microsecond=0)


def _share(of_500: int, count: int) -> int:
    return min(round(of_500 * count / 500), count // 4)


def _person(draw: random.Random, n: int) -> Registration:
    first, last = draw.choice(FIRST), draw.choice(LAST)
    company = draw.choice((*COMPANIES, *TWO_SPELLINGS))
    return Registration(
        _id(draw), _id(draw), f"person{n:04}@people.example", first, last, company, reachable=True
    )


def _id(draw: random.Random) -> str:
    return str(UUID(int=draw.getrandbits(128), version=4))
