"""Who a message is about: known people, new ones, links and joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadline.runtime.ingest.identify import (
    Directory,
    Identifier,
    Person,
    Resolution,
    bucket_of,
    resolve,
)

EMAIL = Identifier("email", "ann@example.com")
OTHER_EMAIL = Identifier("email", "bo@example.com")
USER = Identifier("user", "u1")
OTHER_USER = Identifier("user", "u2")
DEVICE = Identifier("anonymous", "d1")
ANN, BO, CY = (Person(UUID(int=n), n) for n in (1, 2, 3))


def ids() -> Callable[[], UUID]:
    numbers = iter(range(1000, 10_000))
    return lambda: UUID(int=next(numbers))


def find(
    *wanted: tuple[Identifier, ...],
    known: dict[Identifier, Person] | None = None,
    new_id: Callable[[], UUID] | None = None,
) -> Resolution:
    known = known or {}
    strong: dict[UUID, list[Identifier]] = {}
    for identifier, person in known.items():
        if identifier.strong:
            strong.setdefault(person.id, []).append(identifier)
    return resolve(wanted, Directory(known, strong), new_id or ids())


def test_somebody_unknown_begins_and_gets_all_her_identifiers() -> None:
    found = find((EMAIL, USER, DEVICE))
    (person,) = found.born
    assert found.people == (person,)
    assert person.bucket == bucket_of(person.id)
    assert {link.identifier: link.person for link in found.links} == {
        EMAIL: person,
        USER: person,
        DEVICE: person,
    }
    assert found.joins == ()


def test_the_first_known_identifier_decides() -> None:
    found = find((EMAIL, USER, DEVICE), known={USER: BO, DEVICE: CY})
    assert found.people == (BO,)
    assert found.born == ()
    assert [(link.identifier, link.person) for link in found.links] == [(EMAIL, BO)]
    assert [(join.loser, join.survivor) for join in found.joins] == [(CY, BO)]


def test_an_address_and_a_user_id_of_two_people_join_them() -> None:
    found = find((EMAIL, USER), known={EMAIL: ANN, USER: BO})
    assert found.people == (ANN,)
    assert [(join.loser, join.survivor) for join in found.joins] == [(BO, ANN)]


def test_what_an_earlier_message_said_holds_for_a_later_one() -> None:
    found = find((EMAIL,), (USER,), (EMAIL, USER), (USER,))
    ann, bo = found.born
    assert [(join.loser, join.survivor) for join in found.joins] == [(bo, ann)]
    assert found.people == (ann, ann, ann, ann)


def test_a_visitor_who_gives_her_address_later_stays_the_same_person() -> None:
    found = find((DEVICE,), (EMAIL, DEVICE), (EMAIL,))
    (person,) = found.born
    assert found.people == (person,) * 3


def test_a_hundred_people_at_one_booth_stay_a_hundred() -> None:
    people = [(Identifier("email", f"p{n}@example.com"), DEVICE) for n in range(100)]
    found = find(*people)
    assert len(set(found.people)) == 100
    assert found.joins == ()
    # Also where the booth's first visitor is known already.
    known = {DEVICE: ANN, EMAIL: ANN}
    assert ANN not in find(*people, known=known).people


def test_a_shared_device_joins_no_two_known_people() -> None:
    found = find((EMAIL, DEVICE), known={EMAIL: ANN, DEVICE: BO, OTHER_EMAIL: BO})
    assert found.people == (ANN,)
    assert found.joins == ()
    found = find((USER, DEVICE), known={USER: ANN, DEVICE: BO, OTHER_USER: BO})
    assert found.joins == ()


def test_a_device_joins_where_nothing_speaks_against_it() -> None:
    found = find((EMAIL, DEVICE), known={EMAIL: ANN, DEVICE: BO, USER: BO})
    assert [(join.loser, join.survivor) for join in found.joins] == [(BO, ANN)]


def test_nobody_named_is_nobody() -> None:
    assert find(()).people == (None,)


def test_buckets_are_filled_evenly() -> None:
    counts = Counter(bucket_of(UUID(int=n)) for n in range(102_400))
    assert set(counts) <= set(range(1024))
    assert max(counts.values()) < 250


identifiers = st.lists(
    st.builds(Identifier, st.sampled_from(["email", "user", "anonymous"]), st.sampled_from("abcd")),
    max_size=4,
    unique=True,
).map(tuple)


@given(st.lists(identifiers, max_size=20), st.integers(0, 20))
def test_a_batch_finds_what_its_parts_find_one_after_the_other(
    wanted: list[tuple[Identifier, ...]], cut: int
) -> None:
    """Cutting a batch in two, with the store between, changes nobody."""
    whole = find(*wanted)
    new_id = ids()
    first = find(*wanted[:cut], new_id=new_id)
    roots = {join.loser: join.survivor for join in first.joins}

    def root(person: Person) -> Person:
        while person in roots:
            person = roots[person]
        return person

    known = {link.identifier: root(link.person) for link in first.links}
    second = find(*wanted[cut:], known=known, new_id=new_id)
    later = {join.loser: join.survivor for join in second.joins}

    def final(person: Person | None) -> Person | None:
        while person in later:
            person = later[person]
        return person

    parts = [*(final(person) for person in first.people), *second.people]
    # The same people, whatever their ids: who is together here is together there.
    pairs = set(zip(whole.people, parts, strict=True))
    assert len(pairs) == len({w for w, _ in pairs}) == len({p for _, p in pairs})


@given(st.lists(identifiers, max_size=20))
def test_aliases_make_no_circle_and_every_identifier_has_one_person(
    wanted: list[tuple[Identifier, ...]],
) -> None:
    found = find(*wanted)
    losers = [join.loser for join in found.joins]
    assert len(losers) == len(set(losers))
    survivors = {join.loser: join.survivor for join in found.joins}
    for loser in losers:
        seen, person = {loser}, survivors[loser]
        while person in survivors:
            assert person not in seen
            seen.add(person)
            person = survivors[person]
    assert len({link.identifier for link in found.links}) == len(found.links)
