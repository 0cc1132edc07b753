"""pandera on Polars: the checks, no profile."""

from __future__ import annotations

import sys

import pandera.polars as pa
import polars as pl
from checks import ONE_OF, PATTERNS, PRESENT, SCORE, UNIQUE
from timed import timed


def schema() -> pa.DataFrameSchema:
    checks: dict[str, list[pa.Check]] = {}
    for column, pattern in PATTERNS.items():
        checks.setdefault(column, []).append(pa.Check.str_matches(pattern))
    for column, values in ONE_OF.items():
        checks.setdefault(column, []).append(pa.Check.isin(values))
    column, low, high = SCORE
    checks[column] = [pa.Check.in_range(low, high)]
    names = {*checks, *PRESENT, *UNIQUE}
    return pa.DataFrameSchema(
        {
            name: pa.Column(
                pl.Float64 if name == column else pl.String,
                checks.get(name, []),
                nullable=name not in PRESENT,
                unique=name in UNIQUE,
            )
            for name in sorted(names)
        }
    )


def judge() -> dict[str, int]:
    frame = pl.read_parquet(sys.argv[1]).with_columns(pl.col("lead_score").cast(pl.Float64))
    try:
        schema().validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.group_by("column", "check").len()
        return {f"{check[:20]}:{column}": n for column, check, n in cases.iter_rows()}
    return {}


if __name__ == "__main__":
    timed(judge)
