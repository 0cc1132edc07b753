"""The last word on a pair: what facts mean together, which weighing one by one cannot see.

Weights add up as if facts were independent. They are not: a family shares name, address,
telephone and sometimes the mailbox; colleagues share firm, address and switchboard; a father and
his son share all but the birth date. How often that is so, the pairs themselves tell: where many
more pairs share a home and not the first name than typing errors explain, families are among
them, and a pair in doubt is no more probable than that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from leadline.audit.duplicates.asking import one_row
from leadline.audit.duplicates.comparisons import Comparison
from leadline.audit.duplicates.probably_same import SCORES, Scored
from leadline.audit.duplicates.records import RECORDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JUDGED = "_dup_judged"
ODDS_NEEDED = 6.4  # bits: 84 to 1 for a pair to be listed where few records have a partner
LEAST_ODDS = 0.5  # bits, however many have one
USUAL = 4  # times the usual errors are believed before other people are
MEASURED = 2  # times the errors that pairs beyond doubt show
ENOUGH = 100  # pairs beyond doubt, to measure by
MOST_ARE_TWICE = 0.97  # share of the records with a partner above which no more is believed

_PLACES = (
    "one_mailbox", "near_mailbox", "own_phone", "shared_phone", "one_house", "one_road", "one_firm"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Doubt:
    """``against`` is what the pair in doubt shows, ``like`` what it would show without it.

    Among entries of one person there are ``share`` of the former for each of the latter (by
    typing errors, marriage, a second address); pairs that are ``beyond`` doubt tell how many in
    these very lists. Where a place is shared, what there are more of
    are other people, and the doubt is at least that great. The place in which the doubt is
    smallest decides: somebody's own telephone says more than her firm's.
    """

    name: str
    against: str
    like: str
    share: float
    beyond: str
    places: tuple[str, ...] = _PLACES


_DOUBTS = (
    _Doubt(
        "family: another first name",
        "given_differs and family_fits and not born and not identified",
        "given_fits and family_fits and not born and not identified",
        0.05,
        "beyond",
    ),
    _Doubt(
        "family: a first name that is like the other",
        "given_like and family_fits and not born and not identified",
        "given_fits and family_fits and not born and not identified",
        0.04,
        "beyond",
    ),
    _Doubt(
        "colleagues, couples: neither name",
        "given_differs and family_differs and not born and not identified",
        "given_fits and family_fits and not born and not identified",
        0.003,
        "beyond",
    ),
    _Doubt(
        "colleagues with one first name",
        "given_fits and family_differs and not born and not identified",
        "given_fits and family_fits and not born and not identified",
        0.05,
        "beyond",
    ),
    _Doubt(
        "father and son",
        "given_fits and family_fits and born_otherwise and not identified",
        "given_fits and family_fits and born_alike and not identified",
        0.03,
        "own_phone",
    ),
    _Doubt(
        "two people of one name at one firm, numbered",
        "given_fits and family_fits and numbered and not own_phone and not born",
        "given_fits and family_fits and one_mailbox and not own_phone and not born",
        0.005,
        "",
        ("anywhere",),
    ),
    _Doubt(
        "two people of one name at one firm",
        "given_fits and family_fits and two_addresses and not own_phone and not born",
        "given_fits and family_fits and one_mailbox and not own_phone and not born",
        0.10,
        "",
        ("anywhere",),
    ),
)


# Of one name, and nothing that is one person's own. How many of these are two people, those
# whose birth dates are known tell for those whose are not.
_NAMESAKES = "given_fits and family_fits and not one_mailbox and not own_phone and not identified"
_BANDS = (-2, 0, 2, 4, 6, 9, 99)  # bits of odds without the birth date


def _conditions(comparisons: Mapping[str, Comparison]) -> dict[str, str]:
    """Each word of the rules as SQL; a fact that the lists do not hold is never true."""

    def at(comparison: str, *levels: str) -> str:
        found = comparisons.get(comparison)
        if found is None:
            return "false"
        there = {"other", *(level.name for level in found.levels)}
        numbers = ", ".join(str(found.gamma(level)) for level in levels if level in there)
        return f"g_{comparison} in ({numbers})"

    def known(comparison: str) -> str:
        return f"g_{comparison} >= 0" if comparison in comparisons else "false"

    own_place = (at("mailbox", "same"), at("phone", "personal"), at("address", "door", "house"))
    return {
        "beyond": f"({at('birth', 'same')} and ({' or '.join(own_place)}))",
        "given_differs": at("given", "other"),
        "family_differs": at("family", "other"),
        "given_fits": f"({known('given')} and not {at('given', 'other')})",
        "family_fits": f"({known('family')} and not {at('family', 'other')})",
        "given_like": at("given", "like"),
        "born_unknown": "g_birth = -1" if "birth" in comparisons else "false",
        "reached_otherwise": f"({at('phone', 'other', 'near')} or {at('mailbox', 'other')})",
        "one_postcode": at("address", "postcode"),
        "one_city": at("address", "city"),
        "born_otherwise": at("birth", "other"),
        "born": at("birth", "same"),
        "born_alike": at("birth", "same", "near", "year"),
        "anywhere": "true",
        "one_mailbox": at("mailbox", "same"),
        "near_mailbox": at("mailbox", "near", "numbered", "house"),
        "numbered": at("mailbox", "numbered"),
        "two_addresses": at("mailbox", "house"),
        "own_phone": at("phone", "personal"),
        "shared_phone": at("phone", "shared"),
        "one_house": at("address", "door", "house"),
        "one_road": at("address", "road"),
        "one_firm": at("firm", "same", "host", "near"),
        "identified": at("national", "same"),
    }


def _in_sql(condition: str, words: Mapping[str, str]) -> str:
    return " ".join(
        "(" * part.count("(")
        + words.get(part.strip("()"), part.strip("()"))
        + ")" * part.count(")")
        for part in condition.split()
    )


def lay_judged(
    connection: DuckDBPyConnection, scored: Scored, all_pairs: int, *, two_lists: bool
) -> float:
    """Make ``_dup_judged(uid_l, uid_r, probability)`` out of ``_dup_score``.

    Returns the probability from which on a pair is listed. It is lower where most records have a
    partner: what is in doubt there is a partner with many errors, elsewhere it is a namesake.
    """
    words = _conditions({c.name: c for c in scored.comparisons})
    limits = [limit for doubt in _DOUBTS if (limit := _limit(connection, doubt, words))]
    most = f"least({', '.join(['60::double', *limits])})"
    odds = _odds(connection, all_pairs, most)
    most = ", ".join([most[:-1], *_namesakes(connection, scored, words, odds)]) + ")"
    surplus = _surplus(connection, most, odds, two_lists=two_lists)
    connection.execute(
        f"""create or replace temp table {JUDGED} as
        with ranked as (
            select uid_l, uid_r, weight, {most} as most,
                weight = max(weight) over (partition by uid_l) as best_l,
                weight = max(weight) over (partition by uid_r) as best_r
            from {SCORES} where weight + ({odds + max(surplus)}) > -4
        )
        select uid_l, uid_r, 1 / (1 + pow(2, -greatest(-60, least(most, weight + ({odds})
            + greatest(case when best_l then {surplus[0]} else 0 end,
                case when best_r then {surplus[1]} else 0 end))))) as probability
        from ranked"""
    )
    needed = max(LEAST_ODDS, _odds_needed(connection) - 1.2 * max(surplus))
    return 1 / (1 + 2**-needed)


def _odds_needed(connection: DuckDBPyConnection) -> float:
    """The larger a list, the more of its strangers share by chance what seems rare: a pair of a
    million is listed at 84 to 1, of two hundred at 4 to 1."""
    (records,) = one_row(connection, f"select count(*) from {RECORDS}")
    return min(ODDS_NEEDED, 0.45 * math.log2(max(2, records)) - 1.3)


def _surplus(
    connection: DuckDBPyConnection, most: str, odds: float, *, two_lists: bool
) -> tuple[float, float]:
    """Bits that a record's best partner gains where most records of its list have one.

    The odds of a pair say nothing of the record: if nine of ten have a partner, then the best of
    the tenth's candidates is its partner more often than the facts alone say.
    """
    found = f"from {SCORES} where least({most}, weight + ({odds})) > 0"
    sides = ("select distinct uid_l", "select distinct uid_r")
    if not two_lists:
        union = f"select uid_l {found} union select uid_r {found}"
        (twice,) = one_row(connection, f"select count(*) from ({union})")
        (records,) = one_row(connection, f"select count(*) from {RECORDS}")
        bits = -math.log2(1 - min(MOST_ARE_TWICE, twice / max(1, records)))
        return bits, bits
    gained: list[float] = []
    for side, distinct in zip("lr", sides, strict=True):
        (twice,) = one_row(connection, f"select count(*) from ({distinct} {found})")
        (records,) = one_row(
            connection,
            f"select count(*) from {RECORDS} where side = '{side}'",
        )
        gained.append(-math.log2(1 - min(MOST_ARE_TWICE, twice / max(1, records))))
    return gained[0], gained[1]


def _limit(connection: DuckDBPyConnection, doubt: _Doubt, words: Mapping[str, str]) -> str | None:
    """SQL of the most bits of odds that a pair in this doubt may have; NULL for any other pair."""
    against, like = _in_sql(doubt.against, words), _in_sql(doubt.like, words)
    places = {name: words[name] for name in doubt.places if words[name] != "false"}
    counts = ", ".join(
        f"count(*) filter ({against} and {place}), count(*) filter ({like} and {place})"
        for place in places.values()
    )
    if not counts:
        return None
    share = _share(connection, doubt, words)
    row = one_row(connection, f"select {counts} from {SCORES}")
    limits: list[str] = []
    for place, doubted, sure in zip(places.values(), row[::2], row[1::2], strict=True):
        errors = share * (sure + 1)
        others = max(doubted - errors, errors / 60)
        limits.append(f"case when {place} then {math.log2(errors / others)}::double end")
    return f"case when {against} then greatest({', '.join(limits)}, null) end"


def _namesakes(
    connection: DuckDBPyConnection, scored: Scored, words: Mapping[str, str], odds: float
) -> list[str]:
    """Limits for pairs of one name whose birth dates are unknown, by how probable they seem.

    Births that are known are taken out of the weight, so that pairs with and without are alike;
    then they tell how many of such pairs are one person. No limit where too few are known.
    """
    if words["born_unknown"] == "false":
        return []
    birth = " ".join(
        f"when {at} then {bits}"
        for at, bits in (
            (words["born"], scored.bits["birth", "same"]),
            (words["born_otherwise"], scored.bits["birth", "other"]),
        )
    )
    seems = f"weight - (case {birth} else 0 end) + ({odds})"
    limits: list[str] = []
    for reached in ("reached_otherwise", "not reached_otherwise"):
        pair = _in_sql(f"{_NAMESAKES} and {reached}", words)
        cases: list[str] = []
        slips = 0.0  # birth dates of one person that differ by a slip, as the surest pairs show
        for low, high in reversed(tuple(pairwise(_BANDS))):
            same, others = one_row(
                connection,
                f"select count(*) filter ({words['born']}), "
                f"count(*) filter ({words['born_otherwise']}) from {SCORES} where {pair} "
                f"and {seems} >= {low} and {seems} < {high}",
            )
            if high == _BANDS[-1] and same >= ENOUGH:
                slips = others / same
            if same + others >= ENOUGH / 4:
                bits = math.log2((same + 0.5) / (max(0.0, others - slips * same) + 0.5))
                band = f"weight + ({odds}) >= {low} and weight + ({odds}) < {high}"
                cases.append(f"when {band} then {bits}::double")
        if cases:
            limits.append(f"case when {pair} and born_unknown then case {' '.join(cases)} end end")
    return [limit.replace("born_unknown", words["born_unknown"]) for limit in limits]


def _share(connection: DuckDBPyConnection, doubt: _Doubt, words: Mapping[str, str]) -> float:
    """How many pairs in this doubt are to be expected by errors for each pair without it."""
    if words.get(doubt.beyond, "false") != "false":
        # The condition without what it says against the fact that puts it beyond doubt.
        against, like = (
            _in_sql(condition.replace(" and not born", ""), words)
            for condition in (doubt.against, doubt.like)
        )
        doubted, sure = one_row(
            connection,
            f"select count(*) filter ({against}), count(*) filter ({like}) "
            f"from {SCORES} where {words[doubt.beyond]}",
        )
        if sure >= ENOUGH:
            return MEASURED * (doubted + 1) / sure
    return USUAL * doubt.share


def _odds(connection: DuckDBPyConnection, all_pairs: int, most: str) -> float:
    """The share of matches among all pairs, in bits of odds, as the weights themselves tell it."""
    bins = connection.execute(
        f"select round(weight * 4) / 4, round({most}), count(*) from {SCORES} group by 1, 2"
    ).fetchall()
    share = 1 / max(2, all_pairs) ** 0.5
    odds = 0.0
    for _ in range(50):
        odds = math.log2(share / (1 - share))
        matches = sum(n / (1 + 2 ** -max(-60.0, min(top, w + odds))) for w, top, n in bins)
        share = min(0.5, max(matches, 0.5) / max(2, all_pairs))
    return odds
