"""How fast a million addresses and a million phone numbers are judged, with whose verdict.

Both are judged as the rules do it: a pattern over the whole column first, then email-validator or
phonenumbers on every value that it refuses. Beside it the library alone on a sample, for the
ratio; and a sample of what the pattern accepts is shown to the library, so that the price of the
pattern in accuracy is printed. Values are made by a seed: of the addresses 3.5 % need the
library (the audited file of a team had 2 %), of the phones 6 %.

  --quick   a million of each, the libraries alone on 3,000
  (full)    a million of each, the libraries alone on 50,000

    python benchmarks/validation.py [--quick] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadline.audit.email_verdict import fast_accepts, judge_emails, refusal
from leadline.audit.phone_verdict import judge_phones, verdict

PEOPLE = 1_000_000
QUICK_SAMPLE, FULL_SAMPLE = 3_000, 50_000
SEED = 20261128

# Nine rows of two hundred take an odd form; seven of those forms need the library.
EMAILS = """
    create table person as
    select i as row, case
        when h % 200 = 0 then 'name' || i || '@@acme' || (h % 9000) || '.de'
        when h % 200 = 1 then 'name' || i || '@acme' || (h % 9000)
        when h % 200 = 2 then 'jörg' || i || '@müller' || (h % 9000) || '.de'
        when h % 200 = 3 then 'name ' || i || '@acme.de'
        when h % 200 = 4 then 'name..' || i || '@acme.de'
        when h % 200 = 5 then 'o''neil+' || i || '@mail.acme' || (h % 9000) || '.co.uk'
        when h % 200 = 6 then 'name' || i || '@acme' || (h % 9000) || ',de'
        when h % 200 = 7 then 'name' || i || '@xn--mller-kva.de'
        when h % 200 = 8 then 'first.last' || i || '@acme-' || (h % 9000) || '.com'
        else 'first.last' || i || '@acme' || (h % 9000) || '.com' end as email
    from (select i, hash(i) as h from range(1, ? + 1) r(i))
"""
PHONES = """
    create table phones as
    select case
        when h % 100 = 0 then '12' || (h % 1000)
        when h % 100 = 1 then '+49 (0)30 ' || (100000 + h % 900000)
        when h % 100 = 2 then '030/' || (100000 + h % 900000)
        when h % 100 = 3 then '+1 555 ' || (1000000 + h % 9000000)
        when h % 100 = 4 then '+49 30 ' || (100000 + h % 900000) || ' ext. ' || (h % 90)
        when h % 100 = 5 then '0049 171 ' || (1000000 + h % 9000000)
        when h % 100 = 6 then 'call me ' || i
        when h % 4 = 0 then '+49 171 ' || (1000000 + h % 9000000)
        when h % 4 = 1 then '+33 6 ' || (10000000 + h % 90000000)
        when h % 4 = 2 then '+1 212-' || (2000000 + h % 8000000)
        else '+44 7400 ' || (100000 + h % 900000) end as raw,
      ['Germany', 'France', 'US', 'United Kingdom'][1 + (h % 4)::int] as country
    from (select i, hash(i * 7) as h from range(1, ? + 1) r(i))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    result = measure(QUICK_SAMPLE if options.quick else FULL_SAMPLE)
    if options.json:
        print(json.dumps({"benchmark": "validation", **result}))
        return
    for title, values in result.items():
        print(title)
        for name, value in values.items():
            print(f"  {name:36} {value:,.4g}")


def measure(sample: int) -> dict[str, dict[str, float]]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        emails = of_emails(connection, sample)
        phones = of_phones(connection, sample)
    figures = {f"email_{name}": value for name, value in emails.items()}
    figures |= {f"phone_{name}": value for name, value in phones.items()}
    ratios = {
        kind: figures[f"{kind}_library_alone_s"] / figures[f"{kind}_s"]
        for kind in ("email", "phone")
    }
    return {"figures": figures, "ratios": ratios}


def of_emails(connection: DuckDBPyConnection, sample: int) -> dict[str, float]:
    connection.execute(EMAILS, [PEOPLE])
    seconds, cpu_s = timed(lambda: judge_emails(connection))
    all_values = [str(v) for (v,) in connection.execute("select email from person").fetchall()]
    accepted = connection.execute(
        f"select email from person where {fast_accepts('email')}"
    ).fetchall()
    draw = random.Random(SEED)
    alone = draw.sample(all_values, sample)
    taken = [str(v) for (v,) in draw.sample(accepted, min(sample, len(accepted)))]
    alone_s, _ = timed(lambda: [refusal(v) for v in alone])
    refused = connection.execute("select count(*) from email_refused").fetchone()
    assert refused is not None
    return {
        "s": seconds,
        "cpu_s": cpu_s,
        "values": PEOPLE,
        "refused": refused[0],
        "library_alone_s": alone_s * PEOPLE / sample,
        "accepted_that_library_refuses": share(sum(refusal(v) is not None for v in taken), taken),
    }


def of_phones(connection: DuckDBPyConnection, sample: int) -> dict[str, float]:
    connection.execute(PHONES, [PEOPLE])
    seconds, cpu_s = timed(lambda: judge_phones(connection, "phones"))
    regions = {"Germany": "DE", "France": "FR", "US": "US", "United Kingdom": "GB"}
    values = connection.execute("select raw, country from phones").fetchall()
    alone = random.Random(SEED).sample(values, sample)
    alone_s, _ = timed(lambda: [verdict(str(raw), regions[str(c)]) for raw, c in alone])
    bad = {
        (raw, country): fault
        for raw, country, fault in connection.execute(
            "select raw, country, fault from phone_refused"
        ).fetchall()
    }
    differ = sum(
        bad.get((raw, country)) != verdict(str(raw), regions[str(country)]).fault
        for raw, country in alone
    )
    return {
        "s": seconds,
        "cpu_s": cpu_s,
        "values": PEOPLE,
        "refused": len(bad),
        "library_alone_s": alone_s * PEOPLE / sample,
        "verdicts_that_differ": share(differ, alone),
    }


def share(count: int, of: list[object] | list[str]) -> float:
    return count / len(of) if of else 0.0


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of processors (what others on the machine do not bend)."""
    begun, cpu_begun = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu_begun


if __name__ == "__main__":
    main()
