"""The SQL rules on Spark, carried over by SQLGlot: the same counts as DuckDB on the sample.

Runs where Java and PySpark are (``pip install pyspark``); it takes a minute, most of it Spark's.
``python -m tests.spark.test_rules_on_spark`` prints what it costs, for the ADR.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from leadline.audit.canonical import VIEWS, lay_views
from leadline.audit.rule_files import RULES, bound, parse
from leadline.audit.stack import Stack
from leadline.inspection.read import read_stack

SAMPLE = Path(__file__).parents[2] / "examples" / "inherited-stack" / "sample" / "exports"
FILES = sorted(RULES.glob("*.sql"))
LAID = (*(view for view, _, _ in VIEWS), "columns", "flow_read", "flow_value", "flow_write")
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.ansi.enabled": "false",
}


@pytest.fixture(scope="module")
def stack() -> Stack:
    read = read_stack([SAMPLE]).stack
    lay_views(read)
    return read


@pytest.fixture(scope="module")
def spark(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session in this process, with every view of the audit under its own name."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    session = started()
    carry_over(stack, session, tmp_path_factory.mktemp("views"))
    yield session
    session.stop()


def started() -> Any:
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[1]").appName("leadline")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def carry_over(stack: Stack, session: Any, folder: Path) -> None:
    for view in LAID:
        file = folder / f"{view}.parquet"
        stack.connection.execute(f"copy (select * from {view}) to '{file}' (format parquet)")
        session.read.parquet(str(file)).createOrReplaceTempView(view)


def on_duckdb(stack: Stack, query: str) -> int:
    row = stack.connection.execute(f"select count(*) from ({query})").fetchone()
    assert row is not None
    return row[0]


def on_spark(session: Any, query: str) -> int:
    (carried,) = sqlglot.transpile(query, read="duckdb", write="spark")
    return session.sql(carried).count()


def query_of(path: Path, stack: Stack) -> str:
    return bound(parse(path.read_text("utf-8"), path.name), stack)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_finds_as_many_on_spark(spark: Any, stack: Stack, path: Path) -> None:
    query = query_of(path, stack)
    assert on_spark(spark, query) == on_duckdb(stack, query)


def main() -> None:
    """Print the seconds and counts of both on the sample."""
    read = read_stack([SAMPLE]).stack
    lay_views(read)
    queries = [query_of(path, read) for path in FILES]
    began = time.perf_counter()
    found = [on_duckdb(read, query) for query in queries]
    print(f"DuckDB: {len(queries)} rules in {time.perf_counter() - began:.2f} s, {sum(found)} rows")
    began = time.perf_counter()
    session = started()
    print(f"Spark starts in {time.perf_counter() - began:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        carry_over(read, session, Path(folder))
        print(f"Spark has the views after {time.perf_counter() - began:.1f} s", flush=True)
        began = time.perf_counter()
        same = 0
        for path, query, rows in zip(FILES, queries, found, strict=True):
            counted = on_spark(session, query)
            same += counted == rows
            print(f"{path.stem}: {rows} and {counted}", flush=True)
        seconds = time.perf_counter() - began
        print(f"Spark: {seconds:.1f} s, {same} of {len(queries)} the same")
    session.stop()


if __name__ == "__main__":
    main()
