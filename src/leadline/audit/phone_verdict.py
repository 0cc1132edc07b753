"""phonenumbers' verdict on phone numbers, at the price of a pattern for nearly all of them.

The library's own patterns (each type of number of each region of a calling code) are put into
one expression a calling code, asked of the national part of every number as a column. What that
accepts has the form of a real number; the library itself judges all that it refuses, once a
distinct value. A number without ``+`` is judged by its country where that is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from leadline.audit.place_names import country_of
from leadline.audit.sql_text import clean, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WORLD = "001"  # phonenumbers' region of numbers that belong to no country
TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip",
    "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
LONGEST = 40  # characters; a phone number with an extension has fewer
SEPARATORS = " ().''/\\x{00A0}-"  # and the ' that a spreadsheet puts before a +


@dataclass(frozen=True, slots=True)
class Verdict:
    """``fault`` None = a number that can be dialled; ``international`` is its ``+`` form."""

    fault: str | None
    international: str | None = None


def judge_phones(connection: DuckDBPyConnection, source: str) -> None:
    """Make ``phone_refused`` (raw, country, fault, international) from the source.

    ``source`` is a relation with columns ``raw`` and ``country``. Faults: ``cannot be dialled``,
    ``without a country code`` (it can be added: ``international``), ``without a country code or
    a country`` (nobody can tell).
    """
    _lay_regions(connection, source)
    codes = "|".join(sorted((str(c) for c in COUNTRY_CODE_TO_REGION_CODE), key=len, reverse=True))
    stripped = f"regexp_replace({clean('s.raw')}, '[{SEPARATORS}]', '', 'g')"
    connection.execute(
        f"create or replace temp table phone_form as "
        f"with plain as (select s.raw, s.country, r.region, r.code, {stripped} as digits "
        f"from {source} s left join phone_region r on r.country = s.country "
        f"where {clean('s.raw')} is not null), "
        f"full_form as (select *, starts_with(digits, '+') or starts_with(digits, '00') as whole, "
        f"case when starts_with(digits, '00') then '+' || substr(digits, 3) "
        f"when starts_with(digits, '+') then digits "
        f"when code is not null then '+' || code || ltrim(digits, '0') end as form from plain) "
        f"select raw, country, region, whole, form, "
        f"regexp_extract(form, '^[+]({codes})[0-9]+$', 1) as code from full_form"
    )
    present = connection.execute(
        "select distinct code from phone_form where code <> '' order by code"
    ).fetchall()
    arms = " ".join(f"when {text(str(code))} then {_accepts(int(code))}" for (code,) in present)
    accepted = f"case code {arms} else false end" if arms else "false"
    connection.execute(
        f"create or replace temp table phone_doubt as select distinct raw, country, region, whole, "
        f"form, coalesce({accepted}, false) as fine from phone_form "
        f"where not (whole and coalesce({accepted}, false))"
    )
    connection.execute("drop table phone_form")
    _judge_by_library(connection)


def _lay_regions(connection: DuckDBPyConnection, source: str) -> None:
    """``phone_region``: what region, and calling code, each distinct country text means."""
    said = connection.execute(
        f"select distinct country from {source} where country is not null"
    ).fetchall()
    rows: list[list[str]] = []
    for (country,) in said:
        region = country_of(str(country))
        code = phonenumbers.country_code_for_region(region) if region else 0
        if region and code:
            rows.append([str(country), region, str(code)])
    connection.execute(
        "create or replace temp table phone_region (country varchar, region varchar, code varchar)"
    )
    if rows:
        connection.executemany("insert into phone_region values (?, ?, ?)", rows)


def _judge_by_library(connection: DuckDBPyConnection) -> None:
    doubted = connection.execute(
        "select raw, country, region, whole, form, fine from phone_doubt"
    ).fetchall()
    columns: tuple[list[str | None], ...] = ([], [], [], [])
    for raw, country, region, whole, form, fine in doubted:
        if fine and not whole:
            found = Verdict("without a country code", str(form))
        else:
            found = verdict(str(raw), None if region is None else str(region))
        if found.fault is not None:
            for column, value in zip(
                columns, (raw, country, found.fault, found.international), strict=True
            ):
                column.append(value)
    connection.execute(
        "create or replace temp table phone_refused as select unnest(?::varchar[]) as raw, "
        "unnest(?::varchar[]) as country, unnest(?::varchar[]) as fault, "
        "unnest(?::varchar[]) as international",
        list(columns),
    )
    connection.execute("drop table phone_doubt")


def verdict(raw: str, region: str | None) -> Verdict:
    """The library's own verdict on one number."""
    plain = raw.strip().lstrip("'").strip()
    if len(plain) > LONGEST:
        return Verdict("cannot be dialled")
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if not plain.startswith("+") and region is None:
        digits = sum(char.isdigit() for char in plain)
        known = 6 <= digits <= 15 and not any(char.isalpha() for char in plain)
        return Verdict("without a country code or a country" if known else "cannot be dialled")
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return Verdict("cannot be dialled")
    if not phonenumbers.is_valid_number(number):
        return Verdict("cannot be dialled")
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Verdict(None if plain.startswith("+") else "without a country code", form)


def _accepts(code: int) -> str:
    """The SQL condition under which the national part of ``form`` is a number of that code."""
    national = f"substr(form, {len(str(code)) + 2})"
    arms = [
        f"(length({national}) in ({', '.join(str(n) for n in lengths)}) "
        f"and regexp_full_match({national}, {text(pattern)}))"
        for lengths, pattern in patterns(code)
    ]
    return f"({' or '.join(arms)})" if arms else "false"


@cache
def patterns(code: int) -> tuple[tuple[tuple[int, ...], str], ...]:
    """The lengths and the pattern of the national numbers of a calling code, all regions in one."""
    lengths: set[int] = set()
    parts: dict[str, None] = {}
    for region in COUNTRY_CODE_TO_REGION_CODE[code]:
        if region == WORLD:
            metadata = PhoneMetadata.metadata_for_nongeo_region(code)
        else:
            metadata = PhoneMetadata.metadata_for_region(region)
        assert metadata is not None
        for kind in TYPES:
            described = getattr(metadata, kind)
            if described is not None and described.national_number_pattern:
                parts[described.national_number_pattern] = None
                lengths |= {n for n in described.possible_length if n > 0}
    if not parts or not lengths:
        return ()
    return ((tuple(sorted(lengths)), "(?:" + "|".join(f"(?:{part})" for part in parts) + ")"),)
