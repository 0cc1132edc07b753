"""Python and PostgreSQL give one answer to every condition, for every row."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from random import Random

import psycopg
import pytest
from psycopg import sql

from leadline.expression.evaluate import compile_condition, evaluate
from leadline.expression.sentence import sentence
from leadline.expression.to_sql import Column, to_sql
from leadline.expression.tree import Condition, Contains, Is, Operand, Ref, StartsWith
from leadline.expression.types import FieldType, Kind, Value, folded
from tests.property.expression_trees import NOW, OPERANDS, ZONES, Maker

SEED = int(os.environ.get("LEADLINE_SEED", "20260501"))
CONDITIONS = 10_000
BATCH = 100
ROWS_A_BATCH = 30
ROWS = 600

TYPES = {
    Kind.TEXT: 'text collate "C"',
    Kind.EMAIL: 'text collate "C"',
    Kind.CHOICE: 'text collate "C"',
    Kind.NUMBER: "numeric",
    Kind.FLAG: "boolean",
    Kind.TIME: "timestamptz",
    Kind.DATE: "date",
}
# The event that triggered is one value for all rows of a statement; the rest are columns.
STORED = [operand for operand in OPERANDS if operand.ref.scope != "event"]
COLUMNS = {operand.ref: Column(f"f.{operand.ref.scope}_{operand.ref.name}") for operand in STORED}


def fill(connection: psycopg.Connection, rows: Sequence[dict[Ref, Value]]) -> None:
    columns = [f"{o.ref.scope}_{o.ref.name} {TYPES[o.type.kind]}" for o in STORED]
    connection.execute(f"create temp table facts (id int primary key, {', '.join(columns)})")
    marks = ", ".join(["%s"] * (len(STORED) + 1))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into facts values ({marks})",
            [(i, *(row[o.ref] for o in STORED)) for i, row in enumerate(rows)],
        )


def test_ten_thousand_conditions_have_one_answer_in_python_and_postgresql(postgres: str) -> None:
    chance = Random(SEED)
    maker = Maker(chance)
    rows = [maker.row() for _ in range(ROWS)]
    answers: Counter[tuple[str, bool | None]] = Counter()
    with psycopg.connect(postgres) as connection:
        # Nothing may depend on the zone of the session.
        connection.execute("set timezone to 'America/St_Johns'")
        fill(connection, rows)
        for batch in range(CONDITIONS // BATCH):
            now = NOW.astimezone(chance.choice(ZONES))
            event = {ref: value for ref, value in maker.row().items() if ref.scope == "event"}
            conditions = [maker.condition() for _ in range(BATCH)]
            fragments = [
                to_sql(condition, {**COLUMNS, **event}, now, prefix=f"c{i}_")
                for i, condition in enumerate(conditions)
            ]
            first = chance.randrange(ROWS - ROWS_A_BATCH)
            query = sql.SQL(
                "select f.id, array[{}] from facts f where id >= {} and id < {}"
            ).format(
                sql.SQL(", ").join(sql.SQL(fragment.text) for fragment in fragments),
                first,
                first + ROWS_A_BATCH,
            )
            params = {name: v for fragment in fragments for name, v in fragment.params.items()}
            found = connection.execute(query, params).fetchall()
            assert len(found) == ROWS_A_BATCH
            tests = [compile_condition(condition) for condition in conditions]
            for at, said in found:
                row = {**rows[at], **event}
                for i, test in enumerate(tests):
                    answer = test(row, now)
                    answers[type(conditions[i]).__name__, answer] += 1
                    assert answer is said[i], (
                        f"seed {SEED}, batch {batch}: {sentence(conditions[i])}\n"
                        f"Python {answer}, PostgreSQL {said[i]}\n{fragments[i].text}\n"
                        f"{fragments[i].params}\n{now}\n{row}"
                    )
    assert sum(answers.values()) == CONDITIONS * ROWS_A_BATCH
    each = {kind for kind, _ in answers}
    assert len(each) == 11
    assert all(answers[kind, truth] > 100 for kind in each for truth in (True, False))
    two_valued = {"Known", "Unknown"}
    assert all(answers[kind, None] > 100 for kind in each - two_valued)


def test_folding_is_the_same_for_every_character_that_python_knows(postgres: str) -> None:
    characters = [
        chr(point)
        for point in range(1, sys.maxunicode + 1)
        if unicodedata.category(chr(point)) not in {"Cn", "Cs", "Co"}
    ]
    assert len(characters) > 140_000
    # What becomes of a capital sigma may depend on the characters around it.
    texts = [
        form.format(character)
        for form in ("{}", "A{}Σ", "AΣ{}", "AΣ{}A", "{}Σ")
        for character in characters
    ]
    email = Operand(Ref("contact", "email"), FieldType(Kind.EMAIL))
    other = Operand(Ref("contact", "other"), FieldType(Kind.EMAIL))
    same = to_sql(Is(email, (other,)), {email.ref: Column("a"), other.ref: Column("b")}, NOW)
    with psycopg.connect(postgres) as connection:
        different = connection.execute(
            f"select a, b from unnest(%(a)s::text[], %(b)s::text[]) t(a, b) where not {same.text}",
            {"a": texts, "b": [folded(text) for text in texts], **same.params},
        ).fetchall()
    assert not different, f"{len(different)} differ, among them {different[:5]!r}"


def test_a_value_that_looks_like_a_parameter_or_like_sql_stays_a_value(postgres: str) -> None:
    operand = Operand(Ref("contact", "name"), FieldType(Kind.TEXT))
    with psycopg.connect(postgres) as connection:
        for text in ("%(p0)s", "%s", "100 %", "'; drop table facts; --", "\\", '"', "$1", "{}"):
            conditions: list[Condition] = [
                Is(operand, (text,)),
                Is(operand, (text, "other")),
                Contains(operand, text),
                StartsWith(operand, text),
            ]
            for condition in conditions:
                for stored in (text, f"{text}x", "other"):
                    fragment = to_sql(condition, {operand.ref: Column("t.name")}, NOW)
                    found = connection.execute(
                        f"select {fragment.text} from (select %(stored)s::text) t(name)",
                        {**fragment.params, "stored": stored},
                    ).fetchone()
                    assert found is not None
                    assert found[0] is evaluate(condition, {operand.ref: stored}, NOW)


def test_columns_of_different_collations_are_compared_by_code_point(postgres: str) -> None:
    one = Operand(Ref("contact", "name"), FieldType(Kind.TEXT))
    other = Operand(Ref("contact", "company"), FieldType(Kind.TEXT))
    row = {one.ref: "Jo", other.ref: "jo"}
    columns = {one.ref: Column("one"), other.ref: Column("other")}
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "create temp table people (one text collate pg_c_utf8, other text collate ucs_basic)"
        )
        connection.execute("insert into people values ('Jo', 'jo')")
        with pytest.raises(psycopg.errors.IndeterminateCollation), connection.transaction():
            connection.execute("select one = other from people")
        for values in ((other,), ("jo", other), ("Jo", other)):
            fragment = to_sql(Is(one, values), columns, NOW)
            found = connection.execute(f"select {fragment.text} from people", fragment.params)
            assert found.fetchone() == (evaluate(Is(one, values), row, NOW),)
