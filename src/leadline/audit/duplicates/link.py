"""Which records of one list, or of two, are one person or company."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from leadline.audit.duplicates import probably_same
from leadline.audit.duplicates.asking import columns_of, filled_columns, one_row
from leadline.audit.duplicates.candidates import PAIRS, lay_pairs
from leadline.audit.duplicates.columns import Held, recognise
from leadline.audit.duplicates.comparisons import chosen
from leadline.audit.duplicates.judgement import JUDGED, lay_judged
from leadline.audit.duplicates.probably_same import SCORES, lay_scores
from leadline.audit.duplicates.records import RECORDS, Listing, lay_records
from leadline.audit.duplicates.same_mailbox import OTHER_PERSON, SAME_MAILBOX, lay_same_mailbox

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

LINKS = "_dup_link"
SURE = 0.999  # what a mailbox without a contradiction is worth where nothing weighs it
LARGEST_GROUP = 30  # records of one; through larger ones nothing is concluded


class Lists(StrEnum):
    """The two lists of pairs."""

    SAME_MAILBOX = "same_mailbox"
    PROBABLY_SAME = "probably_same"


def listing(connection: DuckDBPyConnection, view: str, key: str) -> Listing:
    """A view as a list to be linked, its columns recognised by header and values."""
    return Listing(view, key, recognise(connection, view, columns_of(connection, view), key))


def listing_of(view: str, key: str, columns: Iterable[Held]) -> Listing:
    """A view as a list to be linked whose columns are known already."""
    return Listing(view, key, tuple(columns))


def link(
    connection: DuckDBPyConnection, left: Listing, right: Listing | None = None
) -> DuckDBPyRelation:
    """The pairs that are one: ``left_id, right_id, list, probability``.

    ``right`` None looks for duplicates inside ``left``; then each pair stands once. A pair of
    both lists stands as ``same_mailbox``. Without the extra ``leadline[audit]`` only that list
    is made (``probably_same.installed`` tells). Whatever is laid out on the way are temporary
    tables of the connection whose names begin with ``_dup_``.
    """
    two_lists = right is not None
    extras = lay_records(connection, left, right)
    lay_same_mailbox(connection, two_lists=two_lists)
    connection.execute(
        f"create or replace temp table {JUDGED} (uid_l bigint, uid_r bigint, probability double)"
    )
    needed = SURE
    if probably_same.installed():
        lay_pairs(connection, extras, two_lists=two_lists)
        comparisons = chosen(filled_columns(connection, RECORDS), extras)
        every = _every_pair(connection, two_lists=two_lists)
        if comparisons and one_row(connection, f"select count(*) from {PAIRS}")[0]:
            scored = lay_scores(connection, comparisons, every)
            needed = lay_judged(connection, scored, every, two_lists=two_lists)
    _lay_links(connection, needed, two_lists=two_lists)
    for table in (PAIRS, SCORES, JUDGED, SAME_MAILBOX):
        connection.execute(f"drop table if exists {table}")
    return connection.sql(f"select * from {LINKS}")


def _every_pair(connection: DuckDBPyConnection, *, two_lists: bool) -> int:
    left, right = one_row(
        connection,
        f"select count(*) filter (side = 'l'), count(*) filter (side = 'r') from {RECORDS}",
    )
    return left * right if two_lists else left * (left - 1) // 2


def _lay_links(connection: DuckDBPyConnection, needed: float, *, two_lists: bool) -> None:
    """Both lists together; in one list of records, what is one with the same is one."""
    connection.execute(
        f"""create or replace temp table _dup_found as
        select uid_l, uid_r, m.uid_l is not null as mailed,
            coalesce(greatest(j.probability, case when m.uid_l is not null then {SURE} end),
                j.probability) as probability
        from {SAME_MAILBOX} m full join {JUDGED} j using (uid_l, uid_r)
        where m.uid_l is not null or j.probability >= {needed}"""
    )
    if not two_lists:
        _conclude(connection, needed)
    connection.execute(
        f"""create or replace temp table {LINKS} as
        select l.id as left_id, r.id as right_id,
            case when f.mailed then '{Lists.SAME_MAILBOX}' else '{Lists.PROBABLY_SAME}' end as list,
            round(f.probability, 4) as probability
        from _dup_found f join {RECORDS} l on l.uid = f.uid_l join {RECORDS} r on r.uid = f.uid_r"""
    )
    connection.execute("drop table _dup_found")


def _conclude(connection: DuckDBPyConnection, needed: float) -> None:
    """If A is B and B is C, then A is C, unless their names are two people's.

    Twice, so that chains of four are closed; a record with very many partners concludes nothing.
    """
    for _ in range(2):
        connection.execute(
            f"""create or replace temp table _dup_both as
            with ways as (
                select uid_l as a, uid_r as b, probability from _dup_found
                union all select uid_r, uid_l, probability from _dup_found
            ), sized as (
                select *, count(*) over (partition by a) as partners from ways
            )
            select x.b as uid_l, y.b as uid_r, max(x.probability * y.probability) as probability
            from sized x join sized y on x.a = y.a and x.b < y.b
                join {RECORDS} l on l.uid = x.b join {RECORDS} r on r.uid = y.b
            where x.partners <= {LARGEST_GROUP} and y.partners <= {LARGEST_GROUP}
                and not {OTHER_PERSON}
            group by x.b, y.b
            having max(x.probability * y.probability) >= {needed};
            insert into _dup_found select c.uid_l, c.uid_r, false, c.probability
            from _dup_both c anti join _dup_found f using (uid_l, uid_r);
            drop table _dup_both"""
        )
