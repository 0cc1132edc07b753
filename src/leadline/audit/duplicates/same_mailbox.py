"""Two records of one mailbox: exact after cleaning, without any extra.

A mailbox is not a person: a family has one, a department has one. So two records with one
mailbox are one only where nothing in their names speaks against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.audit.duplicates.records import RECORDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAME_MAILBOX = "_dup_same_mailbox"
CROWDED = 50  # entries of one mailbox up to which every pair is listed; of more, with the first

# Names of two people: both given names known, and neither a short form, an initial, nor a slip
# of the other, nor first and last name in each other's place.
OTHER_PERSON = """(
    l.given is not null and r.given is not null and l.given <> r.given
    and not list_has_any(l.roots, r.roots)
    and jaro_winkler_similarity(l.given, r.given) < 0.85
    and not (left(l.given, 1) = left(r.given, 1)
        and least(length(l.given), length(r.given)) = 1)
    and not coalesce(l.given = r.family or l.family = r.given, false)
)"""


def lay_same_mailbox(connection: DuckDBPyConnection, *, two_lists: bool) -> None:
    """Make ``_dup_same_mailbox(uid_l, uid_r)`` out of the records.

    A role's mailbox (info@, sales@) is nobody's name: there both names must be there and agree.
    """
    across = "l.side = 'l' and r.side = 'r'" if two_lists else "l.uid < r.uid"
    first = "" if two_lists else "or l.place = 1"
    connection.execute(
        f"""create or replace temp table {SAME_MAILBOX} as
        with boxes as (
            select uid, side, mailbox, given, family, roots, role, count(*) over box as entries,
                row_number() over (box order by uid) as place
            from {RECORDS} where mailbox is not null window box as (partition by mailbox)
        )
        select l.uid as uid_l, r.uid as uid_r
        from boxes l join boxes r on l.mailbox = r.mailbox and {across}
        where l.entries > 1 and (l.entries <= {CROWDED} {first})
            and not {OTHER_PERSON}
            and (not l.role or coalesce(l.given = r.given and l.family = r.family, false))"""
    )
