"""Great Expectations on pandas: the checks, and for each other column whether it is filled."""

from __future__ import annotations

import sys

import great_expectations as gx
import pandas as pd
from checks import COLUMNS, ONE_OF, PATTERNS, PRESENT, SCORE, UNIQUE
from great_expectations import expectations as gxe
from timed import timed


def suite() -> list[gxe.Expectation]:
    asked: list[gxe.Expectation] = [gxe.ExpectColumnValuesToBeUnique(column=c) for c in UNIQUE]
    asked += [gxe.ExpectColumnValuesToNotBeNull(column=c) for c in (*PRESENT, *_others())]
    asked += [
        gxe.ExpectColumnValuesToMatchRegex(column=c, regex=pattern)
        for c, pattern in PATTERNS.items()
    ]
    asked += [gxe.ExpectColumnValuesToBeInSet(column=c, value_set=v) for c, v in ONE_OF.items()]
    column, low, high = SCORE
    asked.append(gxe.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high))
    return asked


def _others() -> list[str]:
    return [c for c in COLUMNS if c not in PRESENT]


def judge() -> dict[str, int]:
    frame = pd.read_parquet(sys.argv[1])
    frame["lead_score"] = pd.to_numeric(frame["lead_score"])
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("peer")
    batch = source.add_dataframe_asset("contacts").add_batch_definition_whole_dataframe("all")
    asked = gx.ExpectationSuite(name="suite", expectations=suite())
    result = batch.get_batch({"dataframe": frame}).validate(asked, result_format="BASIC")
    return {
        f"{r.expectation_config.type}:{r.expectation_config.kwargs['column']}": int(
            r.result.get("unexpected_count", 0)
        )
        for r in result.results
    }


if __name__ == "__main__":
    timed(judge)
