"""Which pairs are worth comparing: those that share a rare key, never more than a bounded number.

A key that many records share tells nothing and costs the square of its records. So keys are
tried from all facts and their combinations, and those with too many records are left out; the
limit is chosen so that all pairs together stay within a few times the records, however the data
are made. Small lists are compared whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadline.audit.duplicates.asking import filled_columns, one_row
from leadline.audit.duplicates.records import RECORDS, Extra

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PAIRS = "_dup_pair"
ALL_PAIRS = 1_500_000  # up to so many, every record is compared with every other
ROOM = 150_000  # pairs that each tier of keys may make, beside:
PAIRS_A_RECORD = (3, 1)  # of the firm keys, of the loose ones
MANY = 300_000  # records; in more than these nearly every loose key is shared by too many
LARGEST_KEY = 200  # records; a key that more share is never tried

_ROOT = "coalesce(roots[1], given)"
_INITIAL = "left(given, 1)"
# Facts that make a key, all of which must be known. A key finds copies in which these facts
# survived; together they leave no single fact that a copy may not lose.
_KEYS: tuple[tuple[str, ...], ...] = (
    ("mailbox",),
    ("handle",),
    ("national",),
    ("least({root}, family)", "greatest({root}, family)"),
    ("least({root}, family)", "greatest({root}, family)", "city"),
    ("least({root}, family)", "greatest({root}, family)", "postcode"),
    ("least({root}, family)", "greatest({root}, family)", "coalesce(firm, host)"),
    ("least({root}, family)", "greatest({root}, family)", "birth"),
    ("birth", "{initial}"),
    ("birth", "left(family, 2)"),
    ("birth", "postcode"),
    ("door", "{initial}"),
    ("road", "number", "left(family, 3)"),
    ("firm", "{root}"),
    ("firm", "family"),
    ("host", "{root}"),
    ("host", "family"),
    ("family", "{initial}", "postcode"),
    ("family", "{initial}", "city"),
    ("{root}", "left(family, 3)", "postcode"),
    ("{root}", "left(family, 4)", "city"),
    ("left(given, 3)", "left(family, 4)", "right(family, 1)"),
    ("right(given, 3)", "right(family, 4)"),
)
# Weaker facts, for copies in which every name is misspelt: tried with what room is left.
_LOOSE_KEYS: tuple[tuple[str, ...], ...] = (
    ("birth",),
    ("road", "number"),
    ("family", "left(birth, 4)"),
    ("{root}", "postcode"),
    ("{root}", "family"),
    ("family", "postcode"),
    ("left(family, 3)", "left(given, 2)", "left(postcode, 2)"),
    ("left(given, 3)", "left(birth, 6)"),
    ("number", "postcode"),
    ("left(road, 4)", "postcode"),
    ("left(road, 5)", "{initial}"),
    ("number", "city"),
    ("{root}", "city", "left(birth, 4)"),
    ("left(family, 2)", "{initial}", "city"),
    ("road",),
    ("family",),
)
# Where no person is named: firms, places, works.
_NAMELESS_KEYS: tuple[tuple[str, ...], ...] = (
    ("firm",),
    ("host",),
    ("left(replace(firm, ' ', ''), 6)",),
    ("words[1]", "city"),
    ("words[-1]", "city"),
    ("words[1]", "words[2]"),
    ("left(firm, 4)", "postcode"),
    ("number", "left(road, 4)"),
    ("number", "postcode"),
)


def lay_pairs(connection: DuckDBPyConnection, extras: Sequence[Extra], *, two_lists: bool) -> int:
    """Make ``_dup_pair(uid_l, uid_r)``, each pair once; return how many there are.

    With two lists a pair always goes from the left one to the right one.
    """
    sides = dict(
        connection.execute(f"select side, count(*) from {RECORDS} group by side").fetchall()
    )
    left, right = sides.get("l", 0), sides.get("r", 0)
    total = left * right if two_lists else left * (left - 1) // 2
    across = "l.side = 'l' and r.side = 'r'" if two_lists else "l.uid < r.uid"
    if total <= ALL_PAIRS:
        connection.execute(
            f"create or replace temp table {PAIRS} as select l.uid as uid_l, r.uid as uid_r "
            f"from {RECORDS} l join {RECORDS} r on {across}"
        )
        return total
    known = filled_columns(connection, RECORDS)
    people = {"given", "family"} & known
    tiers = [_KEYS, _LOOSE_KEYS] if people else [_NAMELESS_KEYS, _of_extras(extras)]
    if left + right > MANY:
        tiers = tiers[:1]
    found: list[str] = []
    for number, keys in enumerate(tiers):
        _lay_keys(connection, keys, known, with_phones=number == 0)
        limit = _limit(connection, ROOM + PAIRS_A_RECORD[number] * (left + right))
        connection.execute(
            f"create or replace temp table _dup_found_{number} as select distinct "
            f"l.uid as uid_l, r.uid as uid_r from _dup_key l join _dup_key r "
            f"on l.key = r.key and {across} where l.holders <= {limit} and r.holders <= {limit}"
        )
        found.append(f"select * from _dup_found_{number}")
    connection.execute(
        f"create or replace temp table {PAIRS} as {' union '.join(found)}; drop table _dup_key"
    )
    (count,) = one_row(connection, f"select count(*) from {PAIRS}")
    return count


def _of_extras(extras: Sequence[Extra]) -> tuple[tuple[str, ...], ...]:
    keys: list[tuple[str, ...]] = []
    for extra in extras:
        keys += [(extra.name,), (f"left(replace({extra.name}, ' ', ''), 10)",)]
        keys += [(f"left({extra.name}, 3)", fact) for fact in ("firm", "postcode", "city")]
    return tuple(keys)


def _lay_keys(
    connection: DuckDBPyConnection,
    keys: Sequence[tuple[str, ...]],
    known: set[str],
    *,
    with_phones: bool,
) -> None:
    """``_dup_key(key, uid, side, holders)``: every key of every record that some other shares."""
    hashes: list[str] = []
    for number, facts in enumerate(keys):
        parts = [f.format(root=_ROOT, initial=_INITIAL) for f in facts]
        if all(_askable(part, known) for part in parts):
            all_known = " and ".join(f"({part}) is not null" for part in parts)
            hashes.append(f"case when {all_known} then hash({number}, {', '.join(parts)}) end")
    listed = f"list_filter([{', '.join(hashes) or 'null'}], lambda k: k is not null)"
    if with_phones:
        listed += (
            " || list_filter(list_distinct([phone1, phone2, phone3]), lambda p: p is not null)"
            ".list_transform(lambda p: hash('p', p))"
        )
    connection.execute(
        f"""create or replace temp table _dup_key as
        with every as (
            select uid, side, unnest(list_distinct({listed})) as key from {RECORDS}
        ), shared as (
            select key, count(*) as holders from every group by key
            having count(*) between 2 and {LARGEST_KEY}
        )
        select key, uid, side, holders from every join shared using (key)"""
    )


def _askable(expression: str, known: set[str]) -> bool:
    """Whether every column that an expression reads has any value."""
    names = {
        "mailbox", "handle", "national", "given", "family", "roots", "city", "postcode", "firm",
        "host", "birth", "door", "road", "number", "words",
    }  # fmt: skip
    read = {
        name for name in names if name in expression.replace("coalesce(roots[1], given)", "given")
    }
    if expression == "coalesce(firm, host)":
        return bool(read & known)
    return read <= known


def _limit(connection: DuckDBPyConnection, budget: int) -> int:
    """The largest number of holders of a key with which all pairs stay within the budget."""
    (limit,) = one_row(
        connection,
        """with sizes as (
            select holders, count(*) * (holders - 1) / 2 as pairs from _dup_key group by holders
        ), run as (
            select holders, sum(pairs) over (order by holders) as pairs from sizes
        )
        select max(holders) from run where pairs <= $1""",
        [budget],
    )
    return max(2, limit or 2)
