"""Numbers without a country code, where the record's country tells it: the full number."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.phone_verdict import judge_phones
from leadline.audit.stack import Stack
from leadline.audit.tables import Meaning

CODE = "phone-unfit"
_SOURCE = """
    create or replace temp table phones_to_mend as
    select tbl, row, 'phone' as meaning, phone_raw as raw, country from person
    where phone_raw is not null and trim(phone_raw) <> ''
    union all
    select tbl, row, 'mobile', mobile_raw, country from person
    where mobile_raw is not null and trim(mobile_raw) <> ''
"""


def full_numbers(stack: Stack) -> Iterator[tuple[str, Meaning, int, str]]:
    """Table, meaning of the column, row, and the full number in place of the short one.

    Only where phonenumbers finds the full number valid; the audit's views must have been laid.
    """
    stack.connection.execute(_SOURCE)
    judge_phones(stack.connection, "phones_to_mend")
    rows = stack.connection.execute(
        "select s.tbl, s.meaning, s.row, r.international from phones_to_mend s "
        "join phone_refused r on r.raw = s.raw and r.country is not distinct from s.country "
        "where r.international is not null order by s.tbl, s.meaning, s.row"
    ).fetchall()
    stack.connection.execute("drop table phones_to_mend")
    for table, meaning, row, number in rows:
        yield table, Meaning(meaning), row, number
