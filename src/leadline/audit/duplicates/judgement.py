"""The last word on a pair: what facts mean together, which weighing one by one cannot see.

Weights add up as if facts were independent. They are not: a family shares name, address,
telephone and sometimes the mailbox; colleagues share firm, address and switchboard; a father and
his son share all but the birth date. How often that is so, the pairs themselves tell: where many
more pairs share a home and not the first name than typing errors explain, families are among
them. Each rule takes that many bits from the pairs in doubt.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.audit.duplicates.asking import one_row
from leadline.audit.duplicates.comparisons import Comparison
from leadline.audit.duplicates.probably_same import SCORES, Scored

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JUDGED = "_dup_judged"
LEAST = -30.0  # bits; no rule takes more


@dataclass(frozen=True, slots=True)
class _Rule:
    """``against`` is the pair in doubt, ``like`` the pair that is alike in all but that.

    Among entries of one person there are ``share`` of the former for each of the latter (by
    typing errors, marriage). What there are more of are other people: families, colleagues,
    fathers and sons. So the data tell how much each rule takes, and it takes nothing where
    nobody lives together.
    """

    name: str
    against: str
    like: str
    share: float


_RULES = (
    _Rule(
        "family: another first name",
        "given_differs and family_fits and together and not born and not identified",
        "given_fits and family_fits and together and not born and not identified",
        0.05,
    ),
    _Rule(
        "twins",
        "given_differs and family_fits and together and born and not identified",
        "given_fits and family_fits and together and born and not identified",
        0.05,
    ),
    _Rule(
        "colleagues: neither name",
        "given_differs and family_differs and (together or employed) and not born "
        "and not identified",
        "given_fits and family_fits and (together or employed) and not born and not identified",
        0.002,
    ),
    _Rule(
        "another last name, and nothing that is hers alone",
        "given_fits and family_differs and (together or employed) and not born "
        "and not identified and not own",
        "given_fits and family_fits and (together or employed) and not born "
        "and not identified and not own",
        0.05,
    ),
    _Rule(
        "father and son",
        "given_fits and family_fits and together and born_otherwise and not identified",
        "given_fits and family_fits and together and born_alike and not identified",
        0.03,
    ),
)


def _conditions(comparisons: Mapping[str, Comparison]) -> dict[str, str]:
    """Each word of the rules as SQL; a fact that the lists do not hold is never true."""

    def at(comparison: str, *levels: str) -> str:
        found = comparisons.get(comparison)
        if found is None:
            return "false"
        numbers = ", ".join(str(found.gamma(level)) for level in levels)
        return f"g_{comparison} in ({numbers})"

    def known(comparison: str) -> str:
        return f"g_{comparison} >= 0" if comparison in comparisons else "false"

    return {
        "given_differs": at("given", "other"),
        "family_differs": at("family", "other"),
        "given_fits": f"({known('given')} and not {at('given', 'other')})",
        "family_fits": f"({known('family')} and not {at('family', 'other')})",
        "born_otherwise": at("birth", "other"),
        "born": at("birth", "same"),
        "born_alike": at("birth", "same", "near", "year"),
        "together": f"({at('address', 'door', 'house', 'road')} or "
        f"{at('phone', 'personal', 'shared')} or {at('mailbox', 'same')})",
        "employed": f"({at('firm', 'same', 'host', 'near')})",
        "identified": at("national", "same"),
        "own": "("
        + " or ".join(
            (at("mailbox", "same", "handle", "near"), at("phone", "personal"))
        )
        + ")",
    }


def _in_sql(condition: str, words: Mapping[str, str]) -> str:
    return " ".join(
        "(" * part.count("(") + words.get(part.strip("()"), part.strip("()")) + ")" * part.count(")")
        for part in condition.split()
    )


def lay_judged(connection: DuckDBPyConnection, scored: Scored, all_pairs: int) -> None:
    """Make ``_dup_judged(uid_l, uid_r, probability)`` out of ``_dup_score``."""
    words = _conditions({c.name: c for c in scored.comparisons})
    bits = " + ".join(
        f"case when {_in_sql(rule.against, words)} then {taken} else 0 end"
        for rule in _RULES
        if (taken := _taken(connection, rule, words)) < 0
    )
    connection.execute(
        "create or replace temp table _dup_weighed as select *, "  # noqa: S608  # ours
        f"weight + {bits or 0} as judged from {SCORES}"
    )
    odds = _odds(connection, all_pairs); print("odds", odds, [(r.name, round(_taken(connection, r, words),1)) for r in _RULES])
    connection.execute(
        f"create or replace temp table {JUDGED} as select uid_l, uid_r, "  # noqa: S608  # ours
        f"1 / (1 + pow(2, -greatest(-60, least(60, judged + ({odds}))))) as probability "
        "from _dup_weighed"
    )


def _taken(connection: DuckDBPyConnection, rule: _Rule, words: Mapping[str, str]) -> float:
    """The bits that a rule takes: the odds that a pair in doubt is an error, not somebody else."""
    against, like = one_row(
        connection,
        f"select count(*) filter ({_in_sql(rule.against, words)}), "  # noqa: S608  # ours
        f"count(*) filter ({_in_sql(rule.like, words)}) from {SCORES}",
    )
    errors = rule.share * (like + 1)
    others = against - errors
    return max(LEAST, math.log2(errors / others)) if others > errors else 0.0


def _odds(connection: DuckDBPyConnection, all_pairs: int) -> float:
    """The share of matches among all pairs, in bits of odds, as the weights themselves tell it."""
    bins = connection.execute(
        "select round(judged * 4) / 4, count(*) from _dup_weighed group by 1"
    ).fetchall()
    share = 1 / max(2, all_pairs) ** 0.5
    odds = 0.0
    for _ in range(50):
        odds = math.log2(share / (1 - share))
        matches = sum(count / (1 + 2 ** -max(-60.0, min(60.0, w + odds))) for w, count in bins)
        share = min(0.5, max(matches, 0.5) / max(2, all_pairs))
    return odds
