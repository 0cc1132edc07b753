"""Contacts of a CRM with planted copies, and the people who only look like copies.

What happens in CRMs, not what a matcher likes: names follow a steep distribution, so that
different people share one; fields are empty as often as they are; a copy is a second entry by
another way (a form, a list of a trade fair, an import) and keeps what that way asks for.

Kinds of copies: ``reformatted`` the same in another spelling (case, dots, plus, blanks) ·
``lost fields`` half of the fields are gone · ``lost email`` · ``private address`` another
address, often without the firm · ``moved firm`` · ``moved home`` · ``married`` · ``typos`` one
to three · ``swapped`` first and last name · ``other first name`` nickname, initial or another
script's spelling · ``two at once``. What only looks like a copy: families at one address with
one landline and sometimes one mailbox, twins, fathers and sons of one name, two people of one
name at one firm, shared mailboxes (info@), switchboards, numbers that were given to somebody
else.
"""

from __future__ import annotations

import csv
import random
import string
from dataclasses import dataclass
from itertools import accumulate, combinations
from pathlib import Path

from ground.crm_words import (
    CITIES,
    FEMALE,
    FIRM_ENDS,
    FIRM_WORDS,
    LAST,
    MALE,
    NICKNAMES,
    PRIVATE_HOSTS,
    SPELLINGS,
    STREETS,
    SYLLABLES,
)

FIELDS = (
    "id", "first_name", "last_name", "email", "phone", "mobile", "company", "job_title",
    "street", "postcode", "city", "country", "birth_date", "created_at",
)  # fmt: skip
KINDS = {
    "reformatted": 14, "lost fields": 16, "lost email": 12, "private address": 12,
    "moved firm": 12, "moved home": 10, "married": 5, "typos": 10, "swapped": 4,
    "other first name": 5,
}  # fmt: skip
TWO_AT_ONCE = 0.15
COPIES = 0.13  # of the rows
JOBS = ("CEO", "CTO", "Head of Marketing", "Sales Manager", "Engineer", "Buyer", "Assistant", "")

Row = dict[str, str]


class Weighted:
    """Draws by weights, quickly."""

    def __init__(self, values: list[str], weights: list[float]) -> None:
        self.values = values
        self.cumulated = list(accumulate(weights))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.values, cum_weights=self.cumulated)[0]


def zipf(values: list[str], *, exponent: float = 0.9, shift: float = 5) -> Weighted:
    return Weighted(values, [1 / (n + shift) ** exponent for n in range(len(values))])


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    domain: str
    pattern: int
    street: str
    postcode: str
    city: str
    country: str
    switchboard: str


class World:
    """Makes people, firms, families. One seed, one world."""

    def __init__(self, seed: int, rows: int) -> None:
        self.rng = random.Random(seed)
        self.male, self.female = zipf(MALE), zipf(FEMALE)
        tail = sorted({self._made_up_name() for _ in range(max(2_000, rows // 25))})
        self.rng.shuffle(tail)
        self.last = zipf(LAST + tail, exponent=0.85)
        self.cities = Weighted([c[0] for c in CITIES], [c[3] for c in CITIES])
        self.city_facts = {c[0]: c for c in CITIES}
        self.mailboxes: set[str] = set()
        firms = [self._firm() for _ in range(max(50, rows // 14))]
        self.firms = firms
        self.firm_weights = list(accumulate(1 / (n + 3) ** 0.7 for n in range(len(firms))))

    def _made_up_name(self) -> str:
        count = self.rng.choice((2, 2, 3))
        return "".join(self.rng.choice(SYLLABLES) for _ in range(count)).capitalize()

    def number(self, area: str) -> str:
        return f"{area}{self.rng.randrange(1_000_000, 9_999_999)}"

    def home(self, city: str = "") -> tuple[str, str, str, str]:
        city = city or self.cities.draw(self.rng)
        _, prefix, _, _, country = self.city_facts[city]
        street, ending = self.rng.choice(STREETS), self.rng.randrange(1, 240)
        name = f"{ending} {street}" if country in {"US", "GB"} else f"{street} {ending}"
        return name, f"{prefix}{self.rng.randrange(0, 100):02d}", city, country

    def _firm(self) -> Firm:
        words = self.rng.sample(FIRM_WORDS, 2)
        if self.rng.random() < 0.5:
            words[0] = self._made_up_name()
        street, postcode, city, country = self.home()
        domain = "".join(words).lower() + self.rng.choice((".com", ".com", ".de", ".io", ".co.uk"))
        number = self.number(self.city_facts[city][2])
        name = f"{' '.join(words)} {self.rng.choice(FIRM_ENDS)}".strip()
        return Firm(name, domain, self.rng.randrange(4), street, postcode, city, country, number)

    def firm(self) -> Firm:
        return self.rng.choices(self.firms, cum_weights=self.firm_weights)[0]

    def mailbox(self, person: Row, firm: Firm | None) -> str:
        """An address of her own; a number is added where it is taken."""
        first, last = plain(person["first_name"]), plain(person["last_name"])
        if firm is not None:
            local = (f"{first}.{last}", f"{first[:1]}{last}", first, f"{first[:1]}.{last}")[
                firm.pattern
            ]
            host = firm.domain
        else:
            host = self.rng.choices(*zip(*PRIVATE_HOSTS, strict=True))[0]
            local = self.rng.choice(
                (
                    f"{first}.{last}", f"{first}{last}", f"{first}{self.rng.randrange(60, 99)}",
                    f"{last}{first[:1]}", f"{first}_{last}", self._made_up_name().lower(),
                )
            )  # fmt: skip
        address, number = f"{local}@{host}", 1
        while one_mailbox(address) in self.mailboxes:
            number += 1
            address = f"{local}{number}@{host}"
        self.mailboxes.add(one_mailbox(address))
        return address

    def birth(self, earliest: int = 1945, latest: int = 2003) -> str:
        year = self.rng.randrange(earliest, latest)
        return f"{year}-{self.rng.randrange(1, 13):02d}-{self.rng.randrange(1, 29):02d}"

    def stranger(self) -> tuple[Row, Firm | None]:
        """Somebody with everything known; what the CRM lacks is left out later."""
        rng = self.rng
        first = (self.male if rng.random() < 0.5 else self.female).draw(rng)
        person = dict.fromkeys(FIELDS, "") | {"first_name": first, "last_name": self.last.draw(rng)}
        firm = self.firm() if rng.random() < 0.7 else None
        at_work = firm is not None and rng.random() < 0.6
        if firm is not None and at_work:
            home = (firm.street, firm.postcode, firm.city, firm.country)
        else:
            home = self.home()
        person["street"], person["postcode"], person["city"], person["country"] = home
        area = self.city_facts[home[2]][2]
        person["phone"] = self.number(area)
        if firm is not None:
            person["company"] = firm.name
            person["job_title"] = rng.choice(JOBS)
            if rng.random() < 0.4:
                person["phone"] = firm.switchboard
        person["mobile"] = self.number("7" if home[3] != "US" else area)
        person["_zone"] = home[3]
        person["birth_date"] = self.birth()
        work = firm if firm is not None and rng.random() < 0.75 else None
        person["email"] = self.mailbox(person, work)
        return person, firm

    def relative(self, other: Row) -> Row:
        """Somebody of the same household: wife, child, twin, father of the same name."""
        rng = self.rng
        person, _ = self.stranger()
        person |= {f: other[f] for f in ("last_name", "street", "postcode", "city", "country")}
        if rng.random() < 0.7:
            person["phone"] = other["phone"]
        if rng.random() < 0.02:
            person["first_name"] = other["first_name"]  # father and son
            person["birth_date"] = self.birth(1930, 1965)
        elif rng.random() < 0.03:
            person["birth_date"] = other["birth_date"]  # twins
        person["email"] = self.mailbox(person, None)
        if rng.random() < 0.05:
            person["email"] = other["email"]  # one mailbox for the family
        return person

    def namesake(self, other: Row, firm: Firm) -> Row:
        """Another person of the same name at the same firm."""
        person, _ = self.stranger()
        person |= {
            "first_name": other["first_name"], "last_name": other["last_name"],
            "company": firm.name, "street": firm.street, "postcode": firm.postcode,
            "city": firm.city, "country": firm.country, "phone": firm.switchboard,
        }  # fmt: skip
        person["email"] = self.mailbox(person, firm)
        return person


FILLED = {
    "email": 0.88, "phone": 0.55, "mobile": 0.45, "company": 0.95, "job_title": 0.6,
    "street": 0.45, "postcode": 0.6, "city": 0.8, "country": 0.9, "birth_date": 0.3,
}  # fmt: skip


def one_mailbox(address: str) -> str:
    """What the provider takes for one: Gmail gives nobody a second address that differs in dots."""
    local, _, host = address.partition("@")
    return f"{local.replace('.', '')}@{host}" if host == "gmail.com" else address


def plain(name: str) -> str:
    """A name as it stands in addresses."""
    text = name.lower()
    for a, b in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("é", "e"), ("ñ", "n")):
        text = text.replace(a, b)
    return "".join(c for c in text if c in string.ascii_lowercase)


def typo(word: str, rng: random.Random) -> str:
    """One slip of the finger."""
    if len(word) < 3:
        return word
    at = rng.randrange(len(word) - 1)
    how = rng.randrange(4)
    if how == 0:
        return word[:at] + word[at + 1 :]
    if how == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    letter = rng.choice("0123456789" if word[at].isdigit() else string.ascii_lowercase)
    return word[:at] + letter + word[at + (how == 2) :]


class Copies:
    """How a second entry of the same person differs, kind by kind."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng

    def change(self, kind: str, row: Row) -> None:
        getattr(self, kind.replace(" ", "_"))(row)

    def reformatted(self, row: Row) -> None:
        rng = self.rng
        local, _, host = row["email"].partition("@")
        if host == "gmail.com" and rng.random() < 0.5:
            at = rng.randrange(1, len(local))
            local = f"{local[:at]}.{local[at:]}" if rng.random() < 0.5 else f"{local}+news"
            host = rng.choice(("gmail.com", "googlemail.com"))
        if host:
            row["email"] = rng.choice((str.upper, str.title, str))(f"{local}@{host}")
        row["last_name"] = rng.choice((str.upper, str.lower, str))(row["last_name"])
        row["first_name"] = rng.choice((str.upper, str.lower, str))(row["first_name"]) + " "
        if row["company"]:
            row["company"] = row["company"].rpartition(" ")[0] or row["company"]

    def lost_fields(self, row: Row) -> None:
        for name in FILLED:
            if self.rng.random() < 0.5:
                row[name] = ""

    def lost_email(self, row: Row) -> None:
        row["email"] = ""

    def private_address(self, row: Row) -> None:
        row["email"] = self.world.mailbox(row, None)
        if self.rng.random() < 0.5:
            row["company"] = row["job_title"] = ""
        if self.rng.random() < 0.6:
            row["phone"] = ""

    def moved_firm(self, row: Row) -> None:
        firm, work_place = self.world.firm(), self.rng.random() < 0.5
        row |= {"company": firm.name, "job_title": self.rng.choice(JOBS)}
        if row["email"]:
            row["email"] = self.world.mailbox(row, firm)
        if row["phone"] and self.rng.random() < 0.7:
            row["phone"] = firm.switchboard
        if work_place:
            row |= {"street": firm.street, "postcode": firm.postcode, "city": firm.city}

    def moved_home(self, row: Row) -> None:
        city = row["city"] if self.rng.random() < 0.4 else ""
        street, postcode, city, country = self.world.home(city)
        row |= {"street": street, "postcode": postcode, "city": city, "country": country}
        if self.rng.random() < 0.7:
            row["phone"] = ""

    def married(self, row: Row) -> None:
        new = self.world.last.draw(self.rng)
        row["last_name"] = f"{row['last_name']}-{new}" if self.rng.random() < 0.25 else new
        if row["email"] and self.rng.random() < 0.5:
            host = row["email"].partition("@")[2]
            row["email"] = f"{plain(row['first_name'])}.{plain(row['last_name'])}@{host}"

    def typos(self, row: Row) -> None:
        fields = ("first_name", "last_name", "email", "company", "street", "birth_date", "mobile")
        known = [f for f in fields if row[f]]
        for name in self.rng.choices(known, k=self.rng.choice((1, 1, 2, 3))):
            row[name] = typo(row[name], self.rng)

    def swapped(self, row: Row) -> None:
        row["first_name"], row["last_name"] = row["last_name"], row["first_name"]

    def other_first_name(self, row: Row) -> None:
        first = row["first_name"]
        known = [*NICKNAMES.get(first, ()), *SPELLINGS.get(first, ())]
        if known and self.rng.random() < 0.8:
            row["first_name"] = self.rng.choice(known)
        else:
            row["first_name"] = first[0] + self.rng.choice(("", "."))


def shown_phone(number: str, country: str, rng: random.Random) -> str:
    """A number as people write it."""
    code = {"US": "1", "GB": "44", "DE": "49", "FR": "33", "ES": "34"}[country]
    zero = "" if country in {"US", "ES"} else "0"
    return rng.choice(
        (
            f"+{code}{number}", f"+{code} {number[:3]} {number[3:]}", f"{zero}{number}",
            f"{zero}{number[:3]}-{number[3:6]}-{number[6:]}", f"00{code} {number}",
            f"+{code} (0){number[:3]} {number[3:]}" if zero else f"({number[:3]}) {number[3:]}",
        )
    )  # fmt: skip


def entered(person: Row, rng: random.Random, again: float = 1.0) -> Row:
    """What one way into the CRM asked for."""
    return {k: v if rng.random() < FILLED.get(k, 1.0) ** again else "" for k, v in person.items()}


def generate(rows: int, seed: int, directory: Path) -> tuple[Path, Path]:
    """Write contacts.csv and truth.csv (id_1, id_2, kind); return their paths."""
    world = World(seed, rows)
    rng, copies = world.rng, Copies(world)
    people: list[Row] = []
    while len(people) < rows * (1 - COPIES):
        dice = rng.random()
        if people and dice < 0.16:
            person = world.relative(rng.choice(people[-200:]))
        else:
            person, firm = world.stranger()
            if firm is not None and dice > 0.985:
                person["email"] = f"{rng.choice(('info', 'sales', 'office'))}@{firm.domain}"
            if people and dice > 0.995:
                person["mobile"] = rng.choice(people[-5000:])["mobile"]  # given to another
            if firm is not None and 0.98 < dice < 0.983:
                people.append(world.namesake(person, firm))
        people.append(person)
    entries: list[tuple[int, str, Row]] = [(n, "", entered(p, rng)) for n, p in enumerate(people)]
    kinds, weights = list(KINDS), list(accumulate(KINDS.values()))
    while len(entries) < rows:
        number = rng.randrange(len(people))
        chosen = rng.choices(kinds, cum_weights=weights, k=2 if rng.random() < TWO_AT_ONCE else 1)
        if len(set(chosen)) < len(chosen):
            continue
        base = entries[number][2] if rng.random() < 0.6 else people[number]
        copy = entered(base, rng, 0.35)
        for kind in chosen:
            copies.change(kind, copy)
        if sum(1 for f in FILLED if copy[f]) < 2:
            continue  # a name and nothing else is nobody
        entries.append((number, "two at once" if len(chosen) > 1 else chosen[0], copy))
    return written(entries, rng, directory)


def written(
    entries: list[tuple[int, str, Row]], rng: random.Random, directory: Path
) -> tuple[Path, Path]:
    rng.shuffle(entries)
    contacts, truth = directory / "contacts.csv", directory / "truth.csv"
    of_person: dict[int, list[tuple[str, str]]] = {}
    with contacts.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, FIELDS, extrasaction="ignore")
        writer.writeheader()
        for n, (number, kind, row) in enumerate(entries, 1):
            row["id"] = f"c{n}"
            row["created_at"] = f"20{rng.randrange(15, 26)}-{rng.randrange(1, 13):02d}-11"
            for name in ("phone", "mobile"):
                if row[name]:
                    row[name] = shown_phone(row[name], row["_zone"], rng)
            of_person.setdefault(number, []).append((row["id"], kind))
            writer.writerow(row)
    with truth.open("w", newline="", encoding="utf-8") as out:
        pairs = csv.writer(out)
        pairs.writerow(("id_1", "id_2", "kind"))
        for same in of_person.values():
            for (a, kind_a), (b, kind_b) in combinations(same, 2):
                pairs.writerow((a, b, "two copies" if kind_a and kind_b else kind_a or kind_b))
    return contacts, truth
