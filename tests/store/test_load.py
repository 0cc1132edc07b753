"""Query files are split into named statements, and a malformed one is refused by its place."""

from __future__ import annotations

import pytest

from leadline.store.load import Scope, parse

FILE = """-- Work: what is still to do.
-- Lock order: work, then action.

-- name: claim_due
-- scope: person
-- One index head a bucket, so that claimants do not meet.
-- Needs work_due (bucket, due_at).
select id
from work  -- inside the statement
where bucket = %(bucket)s;

-- name: count_calls
-- scope: connection
select count(*) from call where connection_id = %(connection)s
"""


def test_each_statement_has_its_name_scope_text_reason_and_place() -> None:
    claim, count = parse(FILE, "work.sql").values()
    assert (claim.name, claim.scope, claim.where) == ("claim_due", Scope.PERSON, "work.sql:4")
    assert claim.text == (
        "select id\nfrom work  -- inside the statement\nwhere bucket = %(bucket)s"
    )
    assert claim.why.startswith("One index head a bucket")
    assert claim.why.endswith("(bucket, due_at).")
    assert (count.name, count.scope, count.why) == ("count_calls", Scope.CONNECTION, "")


def test_a_file_of_comments_has_no_statements() -> None:
    assert parse("-- nothing yet\n", "work.sql") == {}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("-- name: one\nselect 1", "work.sql:1 one"),
        ("-- name: one\n-- scope: person\n", "work.sql:1 one"),
        ("\n-- name: one\n-- scope: person\n;", "work.sql:2 one"),
        ("-- name: one\n-- scope: everything\nselect 1", "everything"),
        (
            "-- name: a\n-- scope: person\nselect 1;\n-- name: a\n-- scope: person\nselect 2",
            "work.sql:4 a is there twice",
        ),
    ],
)
def test_a_malformed_file_is_refused(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=place):
        parse(text, "work.sql")
