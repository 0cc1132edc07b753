"""Every named statement is used, runs on real PostgreSQL, and stays inside its scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.pq import ExecStatus

from leadline.store.load import QUERIES, Scope, Statement, load, parse
from tests.house.sql_rules import numbered, problems_of, tables_of

STORE = QUERIES.parent


def statements() -> Iterator[Statement]:
    for path in sorted(QUERIES.glob("*.sql")):
        yield from load(path.stem).values()


@pytest.fixture(scope="module")
def migrated(template_copy_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(template_copy_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def scope_of_tables(migrated: psycopg.Connection) -> dict[str, Scope]:
    """The scope of each table: the first column of its primary key says it."""
    rows = migrated.execute(
        "select c.relname, a.attname from pg_index i"
        " join pg_class c on c.oid = i.indrelid"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]"
        " where i.indisprimary and c.relnamespace = 'public'::regnamespace"
    )
    keys = {"bucket": Scope.PERSON, "connection_id": Scope.CONNECTION}
    return {table: keys.get(column, Scope.CONTROL) for table, column in rows}


def test_every_statement_keeps_the_rules() -> None:
    found = [f"{s.where} {s.name} {problem}" for s in statements() for problem in problems_of(s)]
    assert not found


def test_every_statement_is_used() -> None:
    used = {
        node.value
        for path in STORE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not [f"{s.where} {s.name}" for s in statements() if s.name not in used]


def test_every_statement_prepares_on_the_migrated_schema(migrated: psycopg.Connection) -> None:
    found: list[str] = []
    for statement in statements():
        result = migrated.pgconn.prepare(b"", numbered(statement.text).encode())
        if result.status != ExecStatus.COMMAND_OK:
            found.append(f"{statement.where} {statement.name}: {result.get_error_message()}")
    assert not found


def test_no_statement_crosses_scopes(scope_of_tables: dict[str, Scope]) -> None:
    found: list[str] = []
    for statement in statements():
        for table in sorted(tables_of(statement) & scope_of_tables.keys()):
            if (scope_of_tables[table] is Scope.PERSON) != (statement.scope is Scope.PERSON):
                found.append(f"{statement.where} {statement.name} touches {table}")
    assert not found


def test_every_unique_key_contains_the_key_of_its_scope(
    migrated: psycopg.Connection, scope_of_tables: dict[str, Scope]
) -> None:
    rows = migrated.execute(
        "select c.relname, i.indexrelid::regclass::text,"
        " array(select a.attname::text from pg_attribute a"
        "  where a.attrelid = c.oid and a.attnum = any(i.indkey))"
        " from pg_index i join pg_class c on c.oid = i.indrelid"
        " where i.indisunique and c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    keys = {Scope.PERSON: "bucket", Scope.CONNECTION: "connection_id"}
    found = [
        f"{table}: {index}"
        for table, index, columns in rows
        if (key := keys.get(scope_of_tables.get(table, Scope.CONTROL))) and key not in columns
    ]
    assert not found


def test_no_foreign_key_crosses_scopes(
    migrated: psycopg.Connection, scope_of_tables: dict[str, Scope]
) -> None:
    rows = migrated.execute(
        "select conrelid::regclass::text, confrelid::regclass::text, conname"
        " from pg_constraint where contype = 'f'"
    ).fetchall()
    assert not [name for one, other, name in rows if scope_of_tables[one] != scope_of_tables[other]]


def person(sql: str) -> list[str]:
    return problems_of(Statement("sample", Scope.PERSON, sql, "", "sample.sql:1"))


GOOD = {
    "one bucket": "select id from action where bucket = %(bucket)s and id = %(id)s",
    "some buckets": "select id from work where bucket = any(%(buckets)s) for update skip locked",
    "the other way round": "select id from work w where %(bucket)s = w.bucket",
    "tied through a CTE": """
        with due as (select bucket, id from work where bucket = %(bucket)s and due_at <= %(now)s)
        delete from work w using due d where w.bucket = d.bucket and w.id = d.id
        returning w.bucket, w.id""",
    "tied through another table": """
        select a.id from action a join outcome o on o.bucket = a.bucket and o.action_id = a.id
        where a.bucket = %(bucket)s""",
    "using": "select a.id from action a join outcome o using (bucket, id) where a.bucket = %(b)s",
    "arrays in": """
        update work w set token = %(token)s
        from unnest(%(buckets)s::smallint[], %(ids)s::uuid[]) as given (bucket, id)
        where w.bucket = given.bucket and w.id = given.id""",
    "a pair": """
        select id from contact where (bucket, id) in (select b, i from given(%(x)s) g (b, i))""",
    "an insert": """
        insert into action (bucket, id) select * from unnest(%(b)s::smallint[], %(i)s::uuid[])
        on conflict (bucket, id) do nothing""",
    "lateral": """
        select r.id from unnest(%(buckets)s::smallint[]) as g (bucket) cross join lateral
        (select e.id from event e where e.bucket = g.bucket order by e.at limit 5) r""",
    "left join": """
        select a.id from action a left join outcome o on o.bucket = a.bucket and o.id = a.id
        where a.bucket = %(bucket)s""",
    "merge": """
        merge into contact c using unnest(%(b)s::smallint[], %(i)s::uuid[]) as g (bucket, id)
        on c.bucket = g.bucket and c.id = g.id when matched then update set extra = '{}'""",
    "no table": "select unnest(%(buckets)s::smallint[])",
}

BAD = {
    "no condition": "select count(*) from action",
    "another condition": "select id from action where id = %(id)s",
    "under an or": "select id from action where bucket = %(bucket)s or id = %(id)s",
    "negated": "select id from action where not (bucket = %(bucket)s)",
    "a range": "select id from action where bucket > %(bucket)s",
    "one of two": "select a.id from action a join outcome o on o.id = a.id where a.bucket = %(b)s",
    "tied to each other only": "select a.id from action a, outcome o where a.bucket = o.bucket",
    "inside a CTE": """
        with due as (select bucket, id from work) select d.id from due d
        join work w on w.bucket = d.bucket where w.bucket = %(bucket)s""",
    "a subquery": """
        select id from action where bucket = %(bucket)s
        and exists (select from outcome o where o.id = action.id)""",
    "half of a union": """
        select id from action where bucket = %(bucket)s union all select id from work""",
    "an update": "update work set token = null where id = %(id)s",
    "a delete": "delete from work where due_at < %(now)s",
    "an insert": "insert into action (id) values (%(id)s)",
    "an insert without columns": "insert into action values (%(bucket)s, %(id)s)",
    "only the outer side": """
        select a.id from action a left join outcome o on o.id = a.id and a.bucket = %(bucket)s""",
    "two statements": "select 1; select 2",
    "the wall clock": "select id from work where bucket = %(b)s and due_at < clock_timestamp()",
    "positional": "select id from action where bucket = %s",
    "nonsense": "selekt id form action",
}


@pytest.mark.parametrize("name", GOOD)
def test_the_rules_let_good_statements_pass(name: str) -> None:
    assert person(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_the_rules_bite(name: str) -> None:
    assert person(BAD[name]) != []


def test_a_statement_must_state_its_scope() -> None:
    with pytest.raises(ValueError, match=r"x\.sql:1 lost"):
        parse("-- name: lost\nselect 1", "x.sql")


def test_the_tables_of_a_statement_are_the_real_ones() -> None:
    text = GOOD["tied through a CTE"]
    sample = Statement("sample", Scope.PERSON, text, "", "sample.sql:1")
    assert tables_of(sample) == {"work"}
