"""The people and firms that a stack is about, before any tool has written them down."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from making.places import COUNTRIES, Country, Town
from making.words import ENDING, FORMS, INDUSTRIES, JOBS, OWNERS, SOURCES, STAGES, STEMS, TRADES

# Google takes no underscore in a name, so such an address can belong to nobody.
FREE_MAIL = "gmail.com"
MOST_TRIES = 200  # then two people may bear one name


@dataclass(slots=True)
class Firm:
    """A firm that people work for."""

    number: int
    name: str
    domain: str
    country: Country
    town: Town
    street: str
    postcode: str
    phone: str
    industry: str  # label
    size: int
    owner: str


@dataclass(slots=True)
class Person:
    """One human being; ``stage`` and ``source`` are labels of HubSpot's options."""

    number: int
    first: str
    last: str
    email: str
    firm: Firm | None
    country: Country
    town: Town
    street: str
    postcode: str
    phone: str
    mobile: str
    job: str
    language: str
    industry: str
    stage: str
    source: str
    owner: str
    created: datetime
    touched: datetime  # last activity
    score: int
    marketing: bool
    opted_out: bool
    bounced: bool

    @property
    def mailable(self) -> bool:
        """Whether anybody may write to them."""
        return not (self.opted_out or self.bounced)


def draw_for(seed: object, purpose: str) -> Random:
    """A stream of chance for one purpose, so that one more draw moves nothing else."""
    return Random(f"{seed}/{purpose}")  # noqa: S311


def plain(text: str) -> str:
    """A name in the letters of a mail address."""
    for letter, plain_letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "o")):
        text = text.lower().replace(letter, plain_letters)
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(sign for sign in bare if sign.isalnum())


def weighted(draw: Random, choices: Sequence[tuple[str, int]]) -> str:
    """One of the names, by weight."""
    return draw.choices([name for name, _ in choices], [weight for _, weight in choices])[0]


def digits(draw: Random, pattern: str) -> str:
    """The pattern with a digit for each ``#``; the first one is never a zero."""
    return "".join(str(draw.randint(1, 9)) if sign == "#" else sign for sign in pattern)


class Numbers:
    """Hands out telephone numbers, each once; a country that ran out gives none."""

    def __init__(self, seed: object) -> None:
        self._left: dict[str, list[str]] = {}
        for country in COUNTRIES:
            for kind, patterns in (("office", country.numbers), ("mobile", country.mobiles)):
                every = [number for pattern in patterns for number in _all_of(pattern)]
                draw_for(seed, f"numbers/{country.code}/{kind}").shuffle(every)
                self._left[f"{country.code}/{kind}"] = every

    def take(self, country: Country, kind: str) -> str:
        """The next number, or an empty text."""
        left = self._left[f"{country.code}/{kind}"]
        return left.pop() if left else ""


def _all_of(pattern: str) -> list[str]:
    places = pattern.count("#")
    numbers: list[str] = []
    for value in range(10**places):
        filled = iter(f"{value:0{places}d}")
        numbers.append("".join(next(filled) if sign == "#" else sign for sign in pattern))
    return numbers


def firms(seed: object, count: int, numbers: Numbers) -> list[Firm]:
    """Invented firms under names that no one can register."""
    draw = draw_for(seed, "firms")
    names = [(stem, trade) for stem in STEMS for trade in TRADES]
    chosen = draw.sample(names, min(count, len(names)))
    owners = [name for name, _, active in OWNERS if active]
    made: list[Firm] = []
    for number, (stem, trade) in enumerate(chosen):
        country = draw.choices(COUNTRIES, [each.share for each in COUNTRIES])[0]
        town = draw.choice(country.towns)
        made.append(
            Firm(
                number=number,
                name=f"{stem} {trade} {FORMS[country.code]}",
                domain=f"{stem}-{trade}.{ENDING}".lower(),
                country=country,
                town=town,
                street=_street(draw, country),
                postcode=digits(draw, town.postcode),
                phone=numbers.take(country, "office"),
                industry=draw.choices(INDUSTRIES, (26, 18, 12, 11, 9, 10, 10, 4))[0][0],
                size=draw.choice((8, 15, 30, 60, 120, 250, 600, 1500)),
                owner=draw.choice(owners),
            )
        )
    return made


def _street(draw: Random, country: Country) -> str:
    street, number = draw.choice(country.streets), draw.randint(1, 140)
    behind = country.code in {"DE", "SE", "NL", "ES"}
    return f"{street} {number}" if behind else f"{number} {street}"


def people(seed: object, count: int, taken_at: datetime) -> tuple[list[Person], list[Firm]]:
    """That many people and the firms they work for, in the order in which they came."""
    numbers = Numbers(seed)
    every_firm = firms(seed, max(20, count // 5), numbers)
    draw = draw_for(seed, "people")
    weights = [1 / (1 + firm.number % 17) for firm in every_firm]
    places = draw.choices(every_firm, weights, k=count)
    taken: set[str] = set()
    named: set[tuple[str, str, int]] = set()
    span = taken_at - timedelta(days=20)
    born = sorted(span - timedelta(seconds=draw.randint(0, 700 * 86_400)) for _ in range(count))
    made: list[Person] = []
    for number, created in enumerate(born):
        firm = None if draw.random() < 0.12 else places[number]
        country = firm.country if firm else draw.choice(COUNTRIES)
        first, last = _name(draw, country, firm, named)
        email = _address(first, last, firm, taken)
        made.append(_person(draw, number, (first, last, email), (firm, country), created))
        if draw.random() < 0.3:
            made[-1].mobile = numbers.take(country, "mobile")
        made[-1].touched = _touched(draw, made[-1], taken_at)
        if _met_by_phone(draw, made[-1]):
            made[-1].email = ""
    return made, every_firm


def _name(
    draw: Random, country: Country, firm: Firm | None, named: set[tuple[str, str, int]]
) -> tuple[str, str]:
    """A name that nobody else bears in that firm, or among those of no firm."""
    tries = 0
    while True:
        first, last = draw.choice(country.first), draw.choice(country.last)
        place = firm.number if firm else -1
        same = (first, last, place)
        tries += 1
        if same not in named or tries > MOST_TRIES:
            named.add(same)
            return first, last


def _address(first: str, last: str, firm: Firm | None, taken: set[str]) -> str:
    count = 1
    while True:
        suffix = "" if count == 1 else str(count)
        if firm is None:
            email = f"{plain(first)}_{plain(last)}{suffix}@{FREE_MAIL}"
        else:
            email = f"{plain(first)}.{plain(last)}{suffix}@{firm.domain}"
        if email not in taken:
            taken.add(email)
            return email
        count += 1


def _person(
    draw: Random,
    number: int,
    name: tuple[str, str, str],
    place: tuple[Firm | None, Country],
    created: datetime,
) -> Person:
    firm, country = place
    stage = weighted(draw, [(label, weight) for label, _, weight in STAGES])
    chance = draw.random()
    opted_out, bounced = chance < 0.05, 0.05 <= chance < 0.07
    town = firm.town if firm else draw.choice(country.towns)
    owners = [owner for owner, _, active in OWNERS if active]
    owned = stage not in {"Subscriber", "Lead"} or draw.random() < 0.4
    return Person(
        number=number,
        first=name[0],
        last=name[1],
        email=name[2],
        firm=firm,
        country=country,
        town=town,
        street=firm.street if firm else "",
        postcode=firm.postcode if firm else digits(draw, town.postcode),
        phone=firm.phone if firm and draw.random() < 0.8 else "",
        mobile="",
        job=draw.choice(JOBS) if firm and draw.random() < 0.85 else "",
        language="English" if draw.random() < 0.06 else country.language,
        industry=firm.industry if firm else "",
        stage=stage,
        source=weighted(draw, [(label, weight) for label, _, weight in SOURCES]),
        owner=(firm.owner if firm else draw.choice(owners)) if owned else "",
        created=created,
        touched=created,
        score=_score(draw, stage),
        marketing=not (opted_out or bounced) and draw.random() < 0.7,
        opted_out=opted_out,
        bounced=bounced,
    )


def _touched(draw: Random, person: Person, taken_at: datetime) -> datetime:
    """The last activity: of late for those with a score, soon after the start for the others."""
    latest = taken_at - timedelta(seconds=draw.randint(3_600, 6 * 86_400))
    if person.score >= 24:
        earliest = max(person.created, taken_at - timedelta(days=200))
        return earliest + (latest - earliest) * draw.random()
    stayed = min(timedelta(days=200), latest - person.created)
    return person.created + stayed * draw.random()


def _met_by_phone(draw: Random, person: Person) -> bool:
    """One in fifty of those whom nobody mails has no address."""
    early = person.stage in {"Subscriber", "Lead"} and person.mailable and not person.marketing
    return early and draw.random() < 0.04


def _score(draw: Random, stage: str) -> int:
    low = [label for label, _, _ in STAGES].index(stage) * 12
    return draw.randint(low, low + 34)
