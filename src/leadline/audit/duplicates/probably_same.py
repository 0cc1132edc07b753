"""Two records that are probably one: Splink weighs the facts, without labels or a person.

Three steps. Splink samples pairs of strangers (``u``) and learns from pairs that agree on one
strong fact how the others behave within one person (``m``). What it learned is mixed with what
is known beforehand, by how much it had to learn from: small and odd lists keep to what is known.
Then each candidate pair is weighed; ``judgement`` has the last word.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from leadline.audit.duplicates.asking import one_row
from leadline.audit.duplicates.candidates import PAIRS
from leadline.audit.duplicates.comparisons import Comparison, Level
from leadline.audit.duplicates.records import RECORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection
    from splink.internals.splink_dataframe import SplinkDataFrame

SCORES = "_dup_score"
STRANGERS = 400_000  # pairs sampled to learn how alike strangers are
TRAINING_PAIRS = 400_000  # at most, of each way of learning
FEWEST_PAIRS = 200  # below, nothing is learned from that way
KEEP_BELOW_ZERO = -8.0  # bits; what weighs less is never looked at again
SEED = 11

# Facts that two entries of one person mostly agree on, tried in this order.
_LEARN_FROM = (
    ("mailbox",), ("given", "family"), ("birth",), ("national",), ("family", "postcode"),
    ("given", "road"), ("host",), ("firm", "city"), ("firm",), ("road", "number"), ("postcode",),
    ("x1",), ("x2",),
)  # fmt: skip
WAYS = 3
OWN_WORD = 0.5  # how much of a learned figure counts when there was plenty to learn from


class ExtraMissing(Exception):
    """Splink is not installed: ``leadline[audit]`` brings it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What was done: how many pairs were weighed, by which comparisons, and how many bits each
    level (comparison, level) gives before the rarity of the value."""

    pairs: int
    comparisons: tuple[Comparison, ...]
    bits: Mapping[tuple[str, str], float]


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("splink") is not None


def lay_scores(
    connection: DuckDBPyConnection, comparisons: Sequence[Comparison], all_pairs: int
) -> Scored:
    """Make ``_dup_score(uid_l, uid_r, weight, g_<comparison> …)`` of the pairs in ``_dup_pair``.

    ``weight`` is in bits, without the odds of a match: what the facts alone say. ``all_pairs``
    is the number of pairs there could be. Raises ExtraMissing without Splink.
    """
    if not installed():
        raise ExtraMissing
    from splink import DuckDBAPI, Linker  # an extra

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection)
    columns = sorted({column for c in comparisons for column in c.reads})
    connection.execute(
        f"create or replace temp table _dup_input as select uid, {', '.join(columns)} "
        f"from {RECORDS}"
    )
    registered = cast("Callable[[str], SplinkDataFrame]", api.register)
    records = registered("_dup_input")
    guess = min(0.01, 10 / max(1, all_pairs) ** 0.5 / 10)
    learner = Linker(
        records, _settings(comparisons, {}, guess), log_level=logging.ERROR, validate_settings=False
    )
    learner.training.estimate_u_using_random_sampling(
        max_pairs=STRANGERS, seed=SEED, min_count_per_level=None, num_chunks=1
    )
    ways = _ways(connection, comparisons)
    for way in ways:
        learner.training.estimate_parameters_using_expectation_maximisation(
            " and ".join(f"l.{c} = r.{c}" for c in way),
            estimate_without_term_frequencies=True,
            max_pairs=TRAINING_PAIRS,
            record_sample_proportion=0.2,
        )
    learned = _learned(learner.misc.save_model_to_json(), comparisons)
    weigher = Linker(
        registered("_dup_input"),
        _settings(comparisons, learned, 0.5),
        log_level=logging.ERROR,
        validate_settings=False,
    )
    connection.execute(
        "create or replace temp table _dup_blocked as select uid_l as join_key_l, "
        f"uid_r as join_key_r, '0' as match_key from {PAIRS}"
    )
    weigher.table_management.register_blocked_pairs_for_predict(registered("_dup_blocked"))
    found = weigher.inference.predict(threshold_match_weight=KEEP_BELOW_ZERO, warning_mode="never")
    gammas = ", ".join(f"gamma_{c.name} as g_{c.name}" for c in comparisons)
    connection.execute(
        f"create or replace temp table {SCORES} as select uid_l, uid_r, "
        f"match_weight as weight, {gammas} from {found.physical_name}"
    )
    learner.table_management.delete_tables_created_by_splink_from_db()
    weigher.table_management.delete_tables_created_by_splink_from_db()
    (pairs,) = one_row(connection, f"select count(*) from {PAIRS}")
    bits = {level: math.log2(m / u) for level, (m, u) in learned.items()}
    return Scored(pairs, tuple(comparisons), bits)


def _ways(
    connection: DuckDBPyConnection, comparisons: Sequence[Comparison]
) -> list[tuple[str, ...]]:
    """The first few ways of learning for which there are pairs, and something left to learn."""
    read = {column for c in comparisons for column in c.reads}
    ways: list[tuple[str, ...]] = []
    for way in _LEARN_FROM:
        if len(ways) == WAYS:
            break
        if not set(way) <= read or all(set(way) & set(c.reads) for c in comparisons):
            continue
        keys = ", ".join(way)
        all_known = " and ".join(f"{c} is not null" for c in way)
        (pairs,) = one_row(
            connection,
            "select sum(n * (n - 1) / 2) from (select count(*) as n from _dup_input "
            f"where {all_known} group by {keys} having count(*) > 1)",
        )
        if (pairs or 0) >= FEWEST_PAIRS:
            ways.append(way)
    return ways


Figures = Mapping[tuple[str, str], tuple[float, float]]


def _settings(comparisons: Sequence[Comparison], figures: Figures, match: float) -> dict[str, Any]:
    """Splink's settings of these comparisons; ``figures`` (m, u) of levels where learned."""
    from splink import SettingsCreator, block_on  # an extra

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="uid",
        probability_two_random_records_match=match,
        comparisons=[_splink(c, figures) for c in comparisons],
        blocking_rules_to_generate_predictions=[block_on("uid")],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
        max_iterations=15,
        em_convergence=0.002,
    )  # type: ignore[return-value]  # Linker takes it as it takes a dict


def _splink(comparison: Comparison, figures: Figures) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in comparison.levels:
        levels.append(_splink_level(comparison.name, level, figures))
    m, u = figures.get((comparison.name, "other"), (comparison.other, None))
    other = {"sql_condition": "ELSE", "label_for_charts": "other", "m_probability": m}
    levels.append(other | ({} if u is None else {"u_probability": u}))
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _splink_level(comparison: str, level: Level, figures: Figures) -> dict[str, Any]:
    m, u = figures.get((comparison, level.name), (level.m, level.u))
    made: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.name,
        "m_probability": m,
    }
    if u is not None:
        made["u_probability"] = u
    if level.rare is not None:
        made |= {
            "tf_adjustment_column": level.rare,
            "tf_adjustment_weight": 1.0,
            "disable_tf_exact_match_detection": True,
        }
    return made


def _learned(model: Mapping[str, Any], comparisons: Sequence[Comparison]) -> Figures:
    """What Splink learned, mixed with what was known; every figure above nothing."""
    figures: dict[tuple[str, str], tuple[float, float]] = {}
    for comparison, said in zip(comparisons, model["comparisons"], strict=True):
        known = {level.name: level for level in comparison.levels}
        shares = {
            level["label_for_charts"]: (level.get("m_probability"), level.get("u_probability"))
            for level in said["comparison_levels"]
            if not level.get("is_null_level")
        }
        mixed: dict[str, tuple[float, float]] = {}
        for name, (m, u) in shares.items():
            prior = known[name].m if name in known else comparison.other
            learned = prior if m is None else m
            floor = 1 / STRANGERS if name in known else 0.01
            fixed = known[name].u if name in known else None
            if fixed is None:
                share = (1 - OWN_WORD) * prior + OWN_WORD * learned
                mixed[name] = share, max(floor, u or 0.0)
            else:
                mixed[name] = prior, fixed
        total = sum(m for m, _ in mixed.values())
        figures |= {(comparison.name, n): (m / total, u) for n, (m, u) in mixed.items()}
    return figures
