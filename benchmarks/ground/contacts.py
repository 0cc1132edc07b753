"""A table of contacts as an audit meets it: 25 columns, defects planted by share, by a seed.

Written by DuckDB as Parquet, the same file for every peer. The shares are those of ordinary
exports: one address in fifty is no address, one in seventy stands twice, one first name in
twenty is missing or a stand-in, one phone in twenty cannot be dialled.
"""

from __future__ import annotations

from pathlib import Path

COUNTRIES = ("DE", "AT", "CH", "FR", "GB", "US", "NL", "ES", "IT", "PL")
ZONES = (
    "Europe/Berlin",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/Paris",
    "Europe/London",
    "America/New_York",
    "Europe/Amsterdam",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
)
LANGUAGES = ("de", "de", "de", "fr", "en", "en", "nl", "es", "it", "pl")
STAGES = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer")
STATUSES = ("NEW", "OPEN", "IN_PROGRESS", "UNQUALIFIED", "CONNECTED")
FIRST = ("Ada", "Ben", "Chloé", "Dirk", "Eva", "Finn", "Grace", "Hugo", "Ida", "Jürgen", "Kim")
LAST = ("Meyer", "Smith", "Dubois", "Rossi", "García", "Kowalski", "Jansen", "Gruber", "Lopez")

_SQL = """
copy (
    with h as (
        select n, hash(n * 31 + {seed}) as a, hash(n * 37 + {seed}) as b,
            hash(n * 41 + {seed}) as c, hash(n * 43 + {seed}) as d
        from range(1, {rows} + 1) t (n)
    ), p as (
        select *, (a % 10)::int + 1 as k,
            -- one in seventy repeats the person before her
            case when a % 70 = 0 and n > 1 then n - 1 else n end as person
        from h
    )
    select
        n::varchar as contact_id,
        case
            when b % 40 = 0 then null
            when b % 40 = 1 then ' Person' || person || '@Firm' || person % 5000 || '.example '
            when b % 80 = 2 then 'person' || person || '(at)firm.example'
            when b % 160 = 3 then 'person' || person || '@firm'
            else 'person' || person || '@firm' || person % 5000 || '.example'
        end as email,
        case when c % 25 = 0 then null when c % 100 = 1 then 'N/A' when c % 100 = 2 then ' '
            else ({first})[(c % {firsts})::int + 1] end as first_name,
        ({last})[(d % {lasts})::int + 1] as last_name,
        case when d % 20 = 0 then 'none' when d % 3 = 0 then null
            else '+49 30 ' || lpad((a % 10000000)::varchar, 7, '0') end as phone,
        case when c % 2 = 0 then null
            else '0171 ' || lpad((b % 10000000)::varchar, 7, '0') end as mobile,
        case when d % 15 = 1 then null else 'Firm ' || person % 5000 end as company,
        'firm' || person % 5000 || '.example' as domain,
        case when a % 3 = 0 then null else 'Head of Marketing' end as job_title,
        'Main Street ' || a % 200 as street,
        'City ' || a % 900 as city,
        case when b % 4 = 0 then null else 'State ' || b % 16 end as state,
        case when b % 50 = 0 then 'unknown' else lpad((b % 99999)::varchar, 5, '0') end as postcode,
        case when c % 60 = 0 then 'Germany' when c % 90 = 1 then null
            else ({countries})[k] end as country,
        ({languages})[k] as language,
        case when d % 80 = 0 then 'Europe/Nowhere' else ({zones})[k] end as time_zone,
        case when a % 12 = 0 then null else 'owner' || a % 25 end as owner,
        case when b % 120 = 0 then 'Lead ' else ({stages})[(b % 5)::int + 1] end
            as lifecycle_stage,
        ({statuses})[(c % 5)::int + 1] as lead_status,
        case when d % 200 = 0 then '250' when d % 5 = 0 then null
            else (d % 101)::varchar end as lead_score,
        case when a % 9 = 0 then null else 'web' end as source,
        strftime(timestamp '2021-01-01' + to_seconds((a % 150000000)::bigint),
            '%Y-%m-%d %H:%M:%S') as created_at,
        case when b % 300 = 0 then '31.12.2025'
            else strftime(timestamp '2024-01-01' + to_seconds((b % 60000000)::bigint),
                '%Y-%m-%d %H:%M:%S') end as updated_at,
        case when c % 30 = 0 then 'true' else 'false' end as opted_out,
        case when d % 3 = 0 then 'NON_MARKETING' else 'MARKETING' end as marketing_status
    from p
) to '{path}' (format parquet)
"""


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{value}'" for value in values) + "]"


def write_contacts(path: Path, rows: int, seed: int = 1) -> None:
    """Write so many contacts to a Parquet file; the same seed gives the same table."""
    import duckdb  # noqa: PLC0415  # only the benchmark that asks for it pays

    duckdb.connect().execute(
        _SQL.format(
            rows=rows,
            seed=seed,
            path=path,
            first=_list(FIRST),
            firsts=len(FIRST),
            last=_list(LAST),
            lasts=len(LAST),
            countries=_list(COUNTRIES),
            languages=_list(LANGUAGES),
            zones=_list(ZONES),
            stages=_list(STAGES),
            statuses=_list(STATUSES),
        )
    )
