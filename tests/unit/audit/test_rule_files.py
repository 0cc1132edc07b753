"""The SQL rules can be carried over to Spark: they parse there, and keep to what both share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot

from leadline.audit.rule_files import RULES, parse

FILES = sorted(RULES.glob("*.sql"))
# Look-around and back references are not common to RE2 and Java; what DuckDB alone has is named.
ONLY_HERE = re.compile(
    r"\(\?[=!<]|\\[1-9]|\bunnest\b|\blist_|\bstruct_|::|\bfilter\s*\(|split_part|string_split|"
    r"\bqualify\b|\busing sample\b|\bmax_by\b|\bmode\(",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_keeps_to_what_duckdb_and_spark_share(path: Path) -> None:
    sql = parse(path.read_text("utf-8"), path.name)
    assert ONLY_HERE.findall(sql.text) == []
    plain = re.sub(r"\$[A-Za-z_]+", "1", sql.text)
    (spark,) = sqlglot.transpile(plain, read="duckdb", write="spark")
    assert sqlglot.parse_one(spark, read="spark") is not None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_s_file_is_named_for_its_code_and_uses_every_threshold(path: Path) -> None:
    sql = parse(path.read_text("utf-8"), path.name)
    assert sql.rule.code == path.stem.replace("_", "-")
    used = set(re.findall(r"\$([A-Z_]+)", sql.text))
    assert used == set(sql.lets)
