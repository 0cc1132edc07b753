"""Two lists of unknown columns laid out as one table of normal forms, set-wise.

The table ``_dup_record`` has one row a record and always the same columns, NULL where a list
does not hold the like: what reads it needs to know nothing of the lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.audit.duplicates import cleaning
from leadline.audit.duplicates.asking import one_row
from leadline.audit.duplicates.cleaning import filled
from leadline.audit.duplicates.columns import Held, Holds, folded_header
from leadline.audit.duplicates.nicknames import groups

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RECORDS = "_dup_record"
MAX_EXTRAS = 5  # further columns that are compared, the left list's first
PERSONAL = 4  # rows that may share a number before it is a switchboard's
CROWD = 500  # rows that share a number before it says nothing at all


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: a view, the column that is the record's id, and what the others hold."""

    view: str
    key: str
    columns: tuple[Held, ...]

    def of(self, *holds: Holds) -> tuple[str, ...]:
        """The columns that hold one of these, in the order of the list."""
        return tuple(h.column for h in self.columns if h.holds in holds)


@dataclass(frozen=True, slots=True)
class Extra:
    """A further column that both lists have: compared as text or as a short code."""

    name: str  # in _dup_record
    left: str
    right: str
    holds: Holds


def quoted(name: str) -> str:
    """A column's or table's name as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def lay_records(
    connection: DuckDBPyConnection, left: Listing, right: Listing | None
) -> tuple[Extra, ...]:
    """Make ``_dup_record`` of one list or two; return its extra columns.

    Columns: ``uid`` (BIGINT, unique), ``side`` ('l' or 'r'), ``id`` (as in the list), the normal
    forms, and what follows from them (``roots`` of the given name, ``words`` of the firm,
    ``door``, ``number``, the phones sorted into ``personal`` and ``crowd``).
    """
    extras = _extras(left, right)
    sides = [_side(connection, left, "l", [(e.name, e.left, e.holds) for e in extras])]
    if right is not None:
        sides.append(_side(connection, right, "r", [(e.name, e.right, e.holds) for e in extras]))
    connection.execute(
        "create or replace temp table _dup_raw as "
        "select side, id, nullif(columns(* exclude (side, id)), '') "
        f"from ({' union all by name '.join(sides)})"
    )
    _clean_names(connection)
    _name_rows(connection, [e.name for e in extras])
    _sort_phones(connection)
    return extras


def _extras(left: Listing, right: Listing | None) -> tuple[Extra, ...]:
    """Columns that nothing else reads and that both lists call alike.

    People with names are told apart by what is theirs; of them no status or score is compared.
    """
    other = right or left
    names = {folded_header(h.column): h for h in other.columns}
    person = bool(left.of(Holds.LAST, Holds.NAME) and other.of(Holds.LAST, Holds.NAME))
    facts = len({h.holds for h in left.columns} - {Holds.TEXT, Holds.CODE, Holds.NOTHING})
    if person and facts >= 4:
        return ()
    found: list[Extra] = []
    for held in left.columns:
        twin = names.get(folded_header(held.column))
        if twin is not None and {held.holds, twin.holds} <= {Holds.TEXT, Holds.CODE}:
            name = f"x{len(found) + 1}"
            found.append(Extra(name, held.column, twin.column, held.holds))
    return tuple(found[:MAX_EXTRAS])


def _first(listing: Listing, *holds: Holds) -> str:
    """The first filled one of the columns that hold this, as text."""
    columns = [f"nullif(trim({quoted(c)}::varchar), '')" for c in listing.of(*holds)]
    return f"coalesce({', '.join(columns)})" if columns else "null::varchar"


def _joined(listing: Listing, *holds: Holds) -> str:
    columns = [f"nullif(trim({quoted(c)}::varchar), '')" for c in listing.of(*holds)]
    return f"nullif(concat_ws(' ', {', '.join(columns)}), '')" if columns else "null::varchar"


def _side(
    connection: DuckDBPyConnection,
    listing: Listing,
    side: str,
    extras: list[tuple[str, str, Holds]],
) -> str:
    """The query of one list, under common names; only what is cheap is cleaned here."""
    phones = [f"nullif(trim({quoted(c)}::varchar), '')" for c in listing.of(Holds.PHONE)]
    phones = (phones + ["null::varchar"] * 3)[:3]
    whole = listing.of(Holds.NAME) or (() if listing.of(Holds.LAST) else listing.of(Holds.FIRST))
    parts = listing.of(Holds.LAST)
    first = listing.of(Holds.FIRST) if parts else ()
    text = {
        "whole_name": f"{quoted(whole[0])}::varchar" if whole else "null::varchar",
        "given": f"{quoted(first[0])}::varchar" if first else "null::varchar",
        "family": _joined(listing, Holds.LAST),
        "birth": cleaning.birth(
            _first(listing, Holds.BIRTH), _slashes(connection, listing)
        ),
        "address": cleaning.address(_first(listing, Holds.EMAIL)),
        "phone1": phones[0],
        "phone2": phones[1],
        "phone3": phones[2],
        "firm": _first(listing, Holds.FIRM),
        "host": cleaning.domain(_first(listing, Holds.DOMAIN)),
        "street": cleaning.street(_joined(listing, Holds.HOUSE, Holds.STREET)),
        "city": _first(listing, Holds.CITY),
        "state": _first(listing, Holds.STATE),
        "postcode": cleaning.postcode(_first(listing, Holds.POSTCODE)),
        "gender": f"left(lower({_first(listing, Holds.GENDER)}), 1)",
        "national": f"regexp_replace(upper({_first(listing, Holds.NATIONAL_ID)}), "
        "'[^A-Z0-9]', '', 'g')",
    }  # fmt: skip
    for name, column, _ in extras:
        text[name] = cleaning.folded(f"{quoted(column)}::varchar")
    columns = ", ".join(f"{sql} as {name}" for name, sql in text.items())
    return (
        f"select '{side}' as side, {quoted(listing.key)}::varchar as id, {columns} "
        f"from {listing.view}"
    )


def _slashes(connection: DuckDBPyConnection, listing: Listing) -> str:
    """Whether the dates of this list have the day or the month first, where slashes divide."""
    value = _first(listing, Holds.BIRTH)
    (day_first,) = one_row(
        connection,
        f"select count(*) filter (regexp_matches({value}, '^(1[3-9]|2\\d|3[01])/')) > "
        f"count(*) filter (regexp_matches({value}, '^\\d+/(1[3-9]|2\\d|3[01])/')) "
        f"from {listing.view}",
    )
    return "%d/%m/%Y" if day_first else "%m/%d/%Y"


def _clean_names(connection: DuckDBPyConnection) -> None:
    """What has few distinct values is cleaned once a value, not once a row."""
    once: dict[str, Callable[[str], str]] = {
        "given": cleaning.name, "family": cleaning.name, "whole_name": cleaning.name,
        "firm": cleaning.firm, "city": cleaning.folded, "state": cleaning.folded,
    }  # fmt: skip
    joins, columns = "", ""
    for name, clean in once.items():
        comma = ""
        if name == "whole_name":
            comma = f", contains(v, ',') as comma, {clean('split_part(v, $$,$$, 2)')} as after"
        connection.execute(
            f"create or replace temp table _dup_map_{name} as select * from (select v, "
            f"{clean('v')} as clean{comma} "
            f"from (select distinct {name} as v from _dup_raw where {name} is not null)) "
            "where clean <> ''"
        )
        joins += f" left join _dup_map_{name} m_{name} on r.{name} = m_{name}.v"
        columns += f", m_{name}.clean as {name}"
    # "Smith, Ann" or "Ann Smith": what stands after the comma is the given name; without one the
    # last word is the family's.
    connection.execute(
        "create or replace temp table _dup_clean as "
        f"select r.rowid + 1 as uid, r.* exclude ({', '.join(once)}){columns}, "
        "case when m_whole_name.comma then m_whole_name.after "
        "else nullif(regexp_extract(m_whole_name.clean, '^(.*) [^ ]+$', 1), '') end "
        "as whole_given, "
        "case when m_whole_name.comma then "
        "trim(left(m_whole_name.clean, length(m_whole_name.clean) "
        "- length(coalesce(m_whole_name.after, '')))) "
        "else regexp_extract(m_whole_name.clean, '([^ ]+)$', 1) end as whole_family "
        f"from _dup_raw r{joins}"
    )


def _name_rows(connection: DuckDBPyConnection, extras: Sequence[str]) -> None:
    """Names from addresses where there are none; mailboxes, phones, streets taken apart."""
    connection.execute(
        "create or replace temp table _dup_nick as select * from "
        "(select unnest($names) as nick, unnest($roots) as roots)",
        {"names": list(groups()), "roots": [list(g) for g in groups().values()]},
    )
    roles = ", ".join(f"'{role}'" for role in cleaning.ROLES)
    further = "".join(f", {name}" for name in extras)
    connection.execute(
        f"""create or replace temp table _dup_named as
        with lettered as (
            select *, {cleaning.mailbox("address")} as mailbox from _dup_clean
        ), boxed as (
            select *, split_part(split_part(mailbox, '@', 1), '+', 1) as box from lettered
        ), named as (
            select *, coalesce(box in ({roles}), false) as role,
                regexp_extract(box, '^([a-z]{{2,}})[._-]([a-z]{{2,}})\\d*$', ['f', 'l']) as said,
                coalesce(given, family, whole_given, whole_family) is null as nameless
            from boxed
        )
        select uid, side, id,
            coalesce(given, whole_given,
                case when nameless and not role then nullif(said.f, '') end) as given,
            coalesce(family, whole_family,
                case when nameless and not role then nullif(said.l, '') end) as family,
            birth, mailbox, case when not role then nullif(box, '') end as local, role,
            {filled(cleaning.phone("phone1"))} as phone1,
            {filled(cleaning.phone("phone2"))} as phone2,
            {filled(cleaning.phone("phone3"))} as phone3, firm,
            coalesce({cleaning.own_host("host")},
                {cleaning.own_host("split_part(mailbox, '@', 2)")}) as host,
            street, nullif(regexp_extract(street, '\\d+'), '') as number,
            nullif(trim(regexp_replace(street, '\\d+[a-z]?\\b', '', 'g')), '') as road,
            city, state, postcode, gender, national{further}
        from named"""
    )


def _sort_phones(connection: DuckDBPyConnection) -> None:
    """Phones by how many share one, and what follows from single columns."""
    connection.execute(
        f"""create or replace temp table _dup_shared as
        select phone, count(*) as holders from (
            select uid, unnest(list_distinct([phone1, phone2, phone3])) as phone from _dup_named
        ) where phone is not null group by phone having count(*) > {PERSONAL};
        create or replace temp table {RECORDS} as
        with known as (
            select n.*, k.roots as nick_roots, a.holders as h1, b.holders as h2, c.holders as h3
            from _dup_named n
            left join _dup_nick k on k.nick = split_part(n.given, ' ', 1)
            left join _dup_shared a on a.phone = n.phone1
            left join _dup_shared b on b.phone = n.phone2
            left join _dup_shared c on c.phone = n.phone3
        )
        select * exclude (nick_roots, h1, h2, h3),
            case when regexp_matches(local, '\\d.*\\d') or (length(local) >= 5
                and not contains(local, split_part(given, ' ', 1))
                and not contains(local, left(replace(family, ' ', ''), 4))) then local end
                as handle,
            regexp_replace(local, '[._-]', '', 'g') as box,
            regexp_replace(local, '\\d', '', 'g') as letters,
            regexp_replace(local, '\\D', '', 'g') as digits,
            case when given is not null then coalesce(nick_roots, [split_part(given, ' ', 1)]) end
                as roots,
            nullif(list_filter([case when h1 is null then phone1 end,
                case when h2 is null then phone2 end, case when h3 is null then phone3 end],
                lambda p: p is not null), []) as personal,
            nullif(list_filter([case when coalesce(h1, 0) <= {CROWD} then phone1 end,
                case when coalesce(h2, 0) <= {CROWD} then phone2 end,
                case when coalesce(h3, 0) <= {CROWD} then phone3 end],
                lambda p: p is not null), []) as crowd,
            list_sort(list_distinct(string_split(firm, ' '))) as words,
            case when number is not null and road is not null
                then number || ' ' || road || ' ' || coalesce(postcode, city, '') end as door
        from known"""
    )
    for table in ("raw", "clean", "named", "shared", "nick"):
        connection.execute(f"drop table if exists _dup_{table}")
