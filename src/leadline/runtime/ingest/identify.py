"""Who it was: from the identifiers of messages to people, links and joins.

The first known of email, userId, anonymousId decides who a message is about; nobody known,
and a new person begins. What else the message names becomes hers. A strong identifier (an
email address, a user id) that was another's joins the two: the other becomes her alias.

An anonymousId is weak, for a device is not a person: it joins nobody, and decides nothing,
where that would give one person two different addresses or user ids. So a hundred people
who register at one booth stay a hundred.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

BUCKETS = 1024

IdentifierKind = Literal["email", "user", "anonymous"]


class Identifier(NamedTuple):
    """One name of a person: an address as ``spell`` writes it, or a client's id."""

    kind: IdentifierKind
    value: str

    @property
    def strong(self) -> bool:
        """Tell whether it names a person, not a device."""
        return self.kind != "anonymous"


class Person(NamedTuple):
    """A person's id, and the bucket that is hers for ever."""

    id: UUID
    bucket: int


class Link(NamedTuple):
    """An identifier that becomes a person's."""

    identifier: Identifier
    person: Person


class Join(NamedTuple):
    """Two people who turned out to be one."""

    loser: Person
    survivor: Person


@dataclass(frozen=True, slots=True)
class Directory:
    """What the store knows: whose an identifier is, and by what strong ones people are known."""

    people: Mapping[Identifier, Person]
    strong: Mapping[UUID, Iterable[Identifier]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """One person for each message (None: it named nobody), and what that adds to the store."""

    people: tuple[Person | None, ...]
    born: tuple[Person, ...]
    links: tuple[Link, ...]
    joins: tuple[Join, ...]


def bucket_of(person: UUID) -> int:
    """Return the bucket that a new person gets."""
    return zlib.crc32(person.bytes) % BUCKETS


def resolve(
    wanted: Sequence[tuple[Identifier, ...]], known: Directory, new_id: Callable[[], UUID]
) -> Resolution:
    """Find the person of each message, in order; each message knows what those before it said.

    The identifiers of a message stand in the order in which they decide.
    """
    work = _Work(known, new_id)
    people = tuple(work.person_of(identifiers) for identifiers in wanted)
    return Resolution(
        tuple(work.root(person) if person else None for person in people),
        tuple(work.born),
        tuple(work.links),
        tuple(work.joins),
    )


class _Work:
    """The directory while one batch changes it."""

    def __init__(self, known: Directory, new_id: Callable[[], UUID]) -> None:
        self.new_id = new_id
        self.people = dict(known.people)
        self.strong = {person: set(names) for person, names in known.strong.items()}
        self.survivors: dict[UUID, Person] = {}
        self.born: list[Person] = []
        self.links: list[Link] = []
        self.joins: list[Join] = []

    def person_of(self, identifiers: tuple[Identifier, ...]) -> Person | None:
        if not identifiers:
            return None
        named = {i for i in identifiers if i.strong}
        person = self.decide(identifiers, named) or self.begin()
        self.strong.setdefault(person.id, set()).update(named)
        for identifier in identifiers:
            self.attach(identifier, person)
        return person

    def decide(self, identifiers: tuple[Identifier, ...], named: set[Identifier]) -> Person | None:
        for identifier in identifiers:
            found = self.people.get(identifier)
            if found is None:
                continue
            person = self.root(found)
            if identifier.strong or not _differ(named, self.strong.get(person.id, set())):
                return person
        return None

    def begin(self) -> Person:
        id_ = self.new_id()
        person = Person(id_, bucket_of(id_))
        self.born.append(person)
        return person

    def attach(self, identifier: Identifier, person: Person) -> None:
        found = self.people.get(identifier)
        if found is None:
            self.people[identifier] = person
            self.links.append(Link(identifier, person))
            return
        other = self.root(found)
        mine = self.strong[person.id]
        theirs = self.strong.get(other.id, set[Identifier]())
        if other == person or (not identifier.strong and _differ(mine, theirs)):
            return
        mine.update(theirs)
        self.survivors[other.id] = person
        self.joins.append(Join(other, person))

    def root(self, person: Person) -> Person:
        while person.id in self.survivors:
            person = self.survivors[person.id]
        return person


def _differ(one: set[Identifier], other: set[Identifier]) -> bool:
    """Tell whether two sets hold identifiers of the same kind, and none in common."""
    for kind in ("email", "user"):
        ours = {i for i in one if i.kind == kind}
        theirs = {i for i in other if i.kind == kind}
        if ours and theirs and ours.isdisjoint(theirs):
            return True
    return False
