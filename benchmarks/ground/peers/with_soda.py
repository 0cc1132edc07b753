"""Soda on DuckDB: the checks, and its profile of the columns."""

from __future__ import annotations

import sys

import duckdb
import yaml
from checks import ONE_OF, PATTERNS, PRESENT, SCORE, UNIQUE
from soda.scan import Scan
from timed import timed


def asked() -> str:
    checks: list[object] = [f"duplicate_count({c}) = 0" for c in UNIQUE]
    checks += [f"missing_count({c}) = 0" for c in PRESENT]
    checks += [
        {f"invalid_count({c}) = 0": {"valid regex": pattern}} for c, pattern in PATTERNS.items()
    ]
    checks += [{f"invalid_count({c}) = 0": {"valid values": v}} for c, v in ONE_OF.items()]
    column, low, high = SCORE
    checks.append({f"invalid_count({column}) = 0": {"valid min": low, "valid max": high}})
    profile = {"profile columns": {"columns": ["contacts.%"]}}
    return yaml.safe_dump({"checks for contacts": checks} | profile, sort_keys=False)


def judge() -> dict[str, int]:
    connection = duckdb.connect()
    connection.execute(
        "create table contacts as select * replace (lead_score::double as lead_score)"
        f" from '{sys.argv[1]}'"
    )
    scan = Scan()
    scan.set_data_source_name("peer")
    scan.add_duckdb_connection(connection, data_source_name="peer")
    scan.add_sodacl_yaml_str(asked())
    scan.set_verbose(False)
    scan.execute()
    return {
        check["name"]: int(check["diagnostics"].get("value") or 0)
        for check in scan.get_scan_results()["checks"]
    }


if __name__ == "__main__":
    timed(judge)
