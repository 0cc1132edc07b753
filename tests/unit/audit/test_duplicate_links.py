"""Who is entered twice: two lists of pairs out of lists whose columns nobody explained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb  # noqa: TID253  # what is tested works inside of one
import pytest

from leadline.audit.duplicates import probably_same
from leadline.audit.duplicates.candidates import LARGEST_KEY, lay_pairs
from leadline.audit.duplicates.columns import Holds, by_header, recognise
from leadline.audit.duplicates.link import link, listing
from leadline.audit.duplicates.records import Listing, lay_records

Row = Sequence[str | None]
FIRST_NAMES = "Ann Bob Carla Dmitri Elena Farid Greta Hugo Ines Jonas Karim Lena Marco Nadia Otto"
LAST_NAMES = "Abel Brandt Castillo Duarte Engel Fontaine Garcia Huang Ivers Jansen Kowal Lindt"
FIRST, LAST = FIRST_NAMES.split(), LAST_NAMES.split()


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def lay(connection: duckdb.DuckDBPyConnection, name: str, header: str, rows: Sequence[Row]) -> None:
    columns = header.split(",")
    typed = ", ".join('"' + column + '" varchar' for column in columns)
    connection.execute(f"create table {name} ({typed})")
    marks = ", ".join("?" for _ in columns)
    if rows:
        connection.executemany(f"insert into {name} values ({marks})", [list(r) for r in rows])


def strangers(count: int) -> list[tuple[str, ...]]:
    """Different people with all fields, some of whom share a first or a last name."""
    return [
        (
            f"s{n}", FIRST[n % 15], LAST[n * 7 % 12] + "abcdefghijklmnopqrstuvwxyz"[n % 26] * 2,
            f"person{n}@firm{n % 9}.example", f"+49 30 {5_000_000 + n * 137}", f"Firm {n % 9}",
            f"{n % 80 + 1} Main Street", f"{10_000 + n % 40}", "Berlin",
        )
        for n in range(count)
    ]  # fmt: skip


HEADER = "id,first_name,last_name,email,phone,company,street,postcode,city"


def pairs(relation: duckdb.DuckDBPyRelation) -> dict[frozenset[str], str]:
    return {frozenset((a, b)): kind for a, b, kind, _ in relation.fetchall()}


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("First Name", Holds.FIRST), ("Vorname", Holds.FIRST), ("prénom", Holds.FIRST),
        ("given_name", Holds.FIRST), ("surname", Holds.LAST), ("Nachname", Holds.LAST),
        ("apellidos", Holds.LAST), ("E-Mail", Holds.EMAIL), ("correo", Holds.EMAIL),
        ("date_of_birth", Holds.BIRTH), ("Geburtsdatum", Holds.BIRTH), ("PLZ", Holds.POSTCODE),
        ("zip", Holds.POSTCODE), ("Ort", Holds.CITY), ("suburb", Holds.CITY),
        ("Straße", Holds.STREET), ("address_1", Holds.STREET), ("street_number", Holds.HOUSE),
        ("Firma", Holds.FIRM), ("companyName", Holds.FIRM), ("Telefon", Holds.PHONE),
        ("created_at", Holds.NOTHING), ("rec_id", Holds.NOTHING), ("colour", None),
    ],
)  # fmt: skip
def test_a_header_is_understood_in_several_languages(header: str, holds: Holds | None) -> None:
    assert by_header(header) is holds


def test_values_tell_what_a_header_does_not(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [(f"k{n}", s[1], s[3], s[4]) for n, s in enumerate(strangers(60))]
    lay(connection, "odd", "k,a,b,c", rows)
    found = recognise(connection, "odd", ["k", "a", "b", "c"], "k")
    assert [h.holds for h in found] == [Holds.FIRST, Holds.EMAIL, Holds.PHONE]


def test_a_mailbox_of_one_person_in_two_spellings_is_listed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        ("1", "Ann", "Meyer", "Ann.Meyer@gmail.com"),
        ("2", "ann", "Meyer", "annmeyer+x@googlemail.com"),
        ("3", "Bob", "Meyer", "bob@acme.example"),
    ]
    lay(connection, "people", "id,first_name,last_name,email", rows)
    found = pairs(link(connection, listing(connection, "people", "id")))
    assert found == {frozenset(("1", "2")): "same_mailbox"}


def test_a_family_or_a_department_that_shares_a_mailbox_is_not_one_person(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        ("1", "Ann", "Meyer", "meyers@mail.example"),
        ("2", "Bernd", "Meyer", "meyers@mail.example"),
        ("3", "Carla", "Huang", "info@acme.example"),
        ("4", "Otto", "Engel", "info@acme.example"),
    ]
    lay(connection, "people", "id,first_name,last_name,email", rows)
    assert pairs(link(connection, listing(connection, "people", "id"))) == {}


def test_a_married_name_does_not_part_one_mailbox(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ("1", "Ann", "Meyer", "ann@acme.example"),
        ("2", "Ann", "Huang", "ann@acme.example"),
    ]
    lay(connection, "people", "id,first_name,last_name,email", rows)
    assert len(pairs(link(connection, listing(connection, "people", "id")))) == 1


def test_a_copy_that_lost_its_address_is_probably_the_same_and_a_colleague_is_not(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    people = strangers(400)
    copies: list[Row] = []
    for n in range(80):
        _, first, last, _, phone, company, street, code, city = people[n]
        copies.append(
            (f"c{n}", first, last, None, phone.replace(" ", ""), company, street, code, city)
        )
    lay(connection, "people", HEADER, [*people, *copies])
    found = pairs(link(connection, listing(connection, "people", "id")))
    true = {frozenset((f"s{n}", f"c{n}")) for n in range(80)}
    assert len(true & found.keys()) >= 78
    assert len(found.keys() - true) <= 2
    assert set(found.values()) == {"probably_same"}


def test_two_lists_of_different_languages_and_columns_are_linked(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    people = strangers(300)
    lay(connection, "ours", HEADER, people)
    theirs = [
        (f"t{n}", f"{last}, {first}", phone, city)
        for n, (_, first, last, _, phone, _, _, _, city) in enumerate(people[:100])
    ]
    lay(connection, "theirs", "Nr,Name,Telefon,Ort", theirs)
    found = pairs(
        link(connection, listing(connection, "ours", "id"), listing(connection, "theirs", "Nr"))
    )
    true = {frozenset((f"s{n}", f"t{n}")) for n in range(100)}
    assert len(true & found.keys()) >= 97
    assert len(found.keys() - true) <= 2


def test_companies_without_people_are_linked_by_name_and_site(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    firms = [
        (f"a{n}", f"{last} {FIRST[n // 12 % 15]}works GmbH", f"www.{last}-{n}.example", "Berlin")
        for n in range(170)
        for last in LAST[n % 12 : n % 12 + 1]
    ]
    copies = [
        (f"b{n}", name.replace(" GmbH", "").upper(), f"https://{site}/", "")
        for n, (_, name, site, _) in enumerate(firms[:40])
    ]
    lay(connection, "firms", "id,company name,website,city", [*firms, *copies])
    found = pairs(link(connection, listing(connection, "firms", "id")))
    true = {frozenset((f"a{n}", f"b{n}")) for n in range(40)}
    assert len(true & found.keys()) >= 38
    assert len(found.keys() - true) <= 2


@pytest.mark.parametrize("rows", [[], [("1", "Ann", None, None)], [("1", None, None, None)] * 3])
def test_an_empty_or_bare_list_has_no_duplicates(
    connection: duckdb.DuckDBPyConnection, rows: list[Row]
) -> None:
    lay(connection, "bare", "id,first_name,last_name,email", rows)
    assert link(connection, listing(connection, "bare", "id")).fetchall() == []


def test_headers_and_values_with_quotes_do_no_harm(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute('create table odd ("i""d" varchar, "e-mail\'; drop table odd; --" varchar)')
    connection.execute("insert into odd values ('1', 'a@b.example'), ('2', 'A@b.example')")
    assert len(link(connection, listing(connection, "odd", 'i"d')).fetchall()) == 1


def test_a_crowd_of_one_name_costs_no_square_of_it(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table crowd as select n::varchar as id, 'Maria' as first_name, "
        "'Garcia' as last_name, 'info@firm.example' as email, 'Madrid' as city "
        "from range(30000) r(n)"
    )
    extras = lay_records(
        connection, Listing("crowd", "id", listing(connection, "crowd", "id").columns), None
    )
    assert lay_pairs(connection, extras, two_lists=False) <= 30_000 * LARGEST_KEY
    assert len(link(connection, listing(connection, "crowd", "id")).fetchall()) <= 60_000


def test_without_the_extra_only_the_exact_list_is_made(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probably_same, "installed", lambda: False)
    people = strangers(20)
    lay(connection, "people", HEADER, [*people, ("x", *people[0][1:])])
    found = pairs(link(connection, listing(connection, "people", "id")))
    assert found == {frozenset(("s0", "x")): "same_mailbox"}


def test_the_benchmark_reads_files_of_any_header_and_writes_the_pairs(tmp_path: Path) -> None:
    from benchmarks import duplicates as benchmark  # noqa: PLC0415  # adds its own paths

    left, out = tmp_path / "left.csv", tmp_path / "out.csv"
    left.write_text(
        "Nr;Vorname;Nachname;E-Mail\n1;Ann;Meyer;ann@acme.example\n2;Ann;Meyer;ANN@acme.example\n"
        "3;Otto;Engel;otto@acme.example\n"
    )
    benchmark.judge(left, None, out)
    assert out.read_text().splitlines() == [
        "left_id,right_id,list,probability",
        "1,2,same_mailbox,0.999",
    ]
