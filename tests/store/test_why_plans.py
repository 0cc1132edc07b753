"""What is asked about one person is found by an index, however many others there are."""

from __future__ import annotations

import psycopg
import pytest

from leadline.store.load import load
from tests.house.sql_rules import numbered

ONE_PERSON = (
    ("why", "whole_person"),
    ("why", "came_in"),
    ("why", "intended_for"),
    ("why", "waiting_before"),
    ("report", "entries_of"),
    ("report", "enrollments_of_contacts"),
    ("report", "decisions_of"),
    ("report", "outcomes_of"),
    ("request", "asked_of"),
    ("request", "actions_by_key"),
    ("request", "runs_by_id"),
)


@pytest.mark.parametrize(("file", "name"), ONE_PERSON)
def test_nothing_reads_a_whole_table(template_copy_url: str, file: str, name: str) -> None:
    text = numbered(load(file)[name].text)
    with psycopg.connect(template_copy_url) as conn:
        # Tables are empty here, so that reading one whole costs nothing: unless it is forbidden.
        conn.execute("set enable_seqscan = off")
        rows = conn.execute(f"explain (generic_plan) {text}".encode(), prepare=False).fetchall()
    plan = "\n".join(str(row[0]) for row in rows)
    assert "Seq Scan" not in plan, plan
    assert "Index" in plan, plan
