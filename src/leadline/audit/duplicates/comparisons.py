"""How two records are compared: fact by fact, each in a few levels from alike to different.

What is known before any data are seen stands here: how often a level occurs among entries of one
person (``m``), and which levels weigh more the rarer the value is (``rare``). Splink learns the
rest from the data at hand and moves these figures (``probably_same``).

Facts that go together are one comparison: a street, a postcode and a city are one address, a
firm and its mail domain one employer. Counted apart they would say three times that a family
lives together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.audit.duplicates.columns import Holds
from leadline.audit.duplicates.records import Extra


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its name, its condition over ``x_l`` and ``x_r``, its share ``m`` among entries
    of one person. ``rare`` names the column by whose value's frequency it is weighed; ``u`` its
    share among pairs of strangers where sampling cannot tell."""

    name: str
    sql: str
    m: float
    rare: str | None = None
    u: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact. ``unknown`` is the condition under which it says nothing; ``other`` the ``m`` of
    what fits no level. ``reads`` lists the columns of a record that it needs."""

    name: str
    unknown: str
    levels: tuple[Level, ...]
    other: float
    reads: tuple[str, ...]

    def gamma(self, level: str) -> int:
        """The number by which Splink tells this level: highest first, "other" is 0."""
        names = [known.name for known in self.levels]
        return 0 if level == "other" else len(names) - names.index(level)


def _missing(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _alike(column: str, share: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {share}"


_SWAPPED = "given_l = family_r and family_l = given_r"

GIVEN = Comparison(
    "given",
    _missing("given"),
    (
        Level("same", "given_l = given_r", 0.70, rare="given"),
        Level("nickname", "list_has_any(roots_l, roots_r)", 0.06),
        Level("swapped", _SWAPPED, 0.03, rare="given"),
        Level("near", _alike("given", 0.9), 0.07),
        Level(
            "initial",
            "left(given_l, 1) = left(given_r, 1) and (length(given_l) = 1 or length(given_r) = 1)",
            0.03,
        ),
        Level("like", f"{_alike('given', 0.78)} or given_l = family_r or family_l = given_r", 0.04),
    ),
    0.04,
    ("given", "family", "roots"),
)
FAMILY = Comparison(
    "family",
    _missing("family"),
    (
        Level("same", "family_l = family_r", 0.78, rare="family"),
        Level("swapped", _SWAPPED, 0.03, rare="family"),
        Level(
            "part",
            "contains(' ' || family_l || ' ', ' ' || family_r || ' ') "
            "or contains(' ' || family_r || ' ', ' ' || family_l || ' ')",
            0.02,
        ),
        Level("near", _alike("family", 0.9), 0.08),
        Level(
            "like", f"{_alike('family', 0.78)} or given_l = family_r or family_l = given_r", 0.04
        ),
    ),
    0.05,
    ("family", "given"),
)
BIRTH = Comparison(
    "birth",
    _missing("birth"),
    (
        Level("same", "birth_l = birth_r and length(birth_l) = 8", 0.86, u=0.00005),
        Level(
            "year",
            "(length(birth_l) = 4 or length(birth_r) = 4) and left(birth_l, 4) = left(birth_r, 4)",
            0.02,
        ),
        Level(
            "near",
            "length(birth_l) = 8 and length(birth_r) = 8 and (levenshtein(birth_l, birth_r) <= 1 "
            "or (left(birth_l, 4) = left(birth_r, 4) "
            "and birth_l[5:6] = birth_r[7:8] and birth_l[7:8] = birth_r[5:6]) "
            "or damerau_levenshtein(birth_l, birth_r) <= 1)",
            0.08,
        ),
        Level(
            "close",
            "damerau_levenshtein(birth_l, birth_r) <= 2 and length(birth_l) = length(birth_r)",
            0.02,
        ),
    ),
    0.02,
    ("birth",),
)
MAILBOX = Comparison(
    "mailbox",
    _missing("mailbox"),
    (
        Level("same", "mailbox_l = mailbox_r", 0.50, rare="mailbox"),
        # What a mailbox is called beside its owner's name says something, the name itself does
        # not: it was counted already.
        Level("handle", "handle_l = handle_r", 0.08, rare="handle"),
        Level(
            "near",
            "length(local_l) >= 5 and coalesce(given_l = given_r and family_l = family_r, true) "
            "and (box_l <> box_r and damerau_levenshtein(box_l, box_r) = 1 "
            "and split_part(mailbox_l, '@', 2) = split_part(mailbox_r, '@', 2) "
            "and digits_l = digits_r "
            "or local_l = local_r and host_l <> host_r "
            "and damerau_levenshtein(host_l, host_r) = 1)",
            0.06,
        ),
        # john.smith and john.smith2: firms number people of one name, people seldom themselves.
        Level(
            "numbered",
            "letters_l = letters_r",
            0.01,
            u=0.06,
        ),
        # Of one firm two addresses: the firm counts elsewhere, two addresses speak against it.
        Level("house", "host_l = host_r", 0.04, u=0.10),
    ),
    0.31,
    ("mailbox", "local", "box", "letters", "digits", "handle", "host", "given", "family"),
)
PHONE = Comparison(
    "phone",
    "crowd_l is null or crowd_r is null",
    (
        Level("personal", "list_has_any(personal_l, personal_r)", 0.55, u=0.000002),
        Level("shared", "list_has_any(crowd_l, crowd_r)", 0.08),
        Level("near", "damerau_levenshtein(crowd_l[1], crowd_r[1]) <= 1", 0.04),
    ),
    0.33,
    ("crowd", "personal"),
)
ADDRESS = Comparison(
    "address",
    " and ".join(f"({_missing(c)})" for c in ("road", "postcode", "city", "state")),
    (
        Level("door", "door_l = door_r", 0.40, rare="door"),
        Level(
            "house",
            f"number_l = number_r and ({_alike('road', 0.88)}) "
            "and (postcode_l = postcode_r or city_l = city_r or "
            "((postcode_l is null or postcode_r is null) and (city_l is null or city_r is null)))",
            0.12,
        ),
        Level(
            "road",
            f"({_alike('road', 0.92)}) and (postcode_l = postcode_r or city_l = city_r)",
            0.06,
            rare="road",
        ),
        Level("postcode", "postcode_l = postcode_r", 0.12, rare="postcode"),
        Level("city", f"city_l = city_r or {_alike('city', 0.92)}", 0.12, rare="city"),
        Level("state", "state_l = state_r", 0.03, rare="state"),
    ),
    0.15,
    ("road", "number", "door", "postcode", "city", "state"),
)
FIRM = Comparison(
    "firm",
    f"({_missing('firm')}) and ({_missing('host')})",
    (
        Level("same", "firm_l = firm_r", 0.55, rare="firm"),
        Level("host", "host_l = host_r", 0.08, rare="host"),
        Level("near", _alike("firm", 0.92), 0.08),
        Level(
            "most",
            "list_has_any(words_l, words_r) and len(list_intersect(words_l, words_r)) "
            ">= greatest(2, 0.66 * least(len(words_l), len(words_r)))",
            0.06,
        ),
        Level("some", f"list_has_any(words_l, words_r) or {_alike('firm', 0.8)}", 0.08),
    ),
    0.15,
    ("firm", "words", "host"),
)
# Where nobody is named, a firm's name and its web address are two facts about the same thing.
FIRM_ALONE = Comparison(
    "firm",
    _missing("firm"),
    tuple(level for level in FIRM.levels if level.name != "host"),
    0.15,
    ("firm", "words"),
)
SITE = Comparison(
    "site",
    _missing("host"),
    (
        Level("same", "host_l = host_r", 0.85, rare="host"),
        Level("near", _alike("host", 0.93), 0.05),
    ),
    0.10,
    ("host",),
)
GENDER = Comparison(
    "gender", _missing("gender"), (Level("same", "gender_l = gender_r", 0.98),), 0.02, ("gender",)
)
NATIONAL = Comparison(
    "national",
    _missing("national"),
    (
        Level("same", "national_l = national_r", 0.93, rare="national"),
        Level("near", "damerau_levenshtein(national_l, national_r) <= 1", 0.04),
    ),
    0.03,
    ("national",),
)
_OF_PEOPLE = (GIVEN, FAMILY, BIRTH, MAILBOX, PHONE, ADDRESS, FIRM, GENDER, NATIONAL)

_OF_FIRMS = (FIRM_ALONE, SITE, MAILBOX, PHONE, ADDRESS, NATIONAL)


def _of_extra(extra: Extra) -> Comparison:
    """A column that only this list has."""
    x = extra.name
    if extra.holds is Holds.CODE:
        levels = (
            Level("same", f"{x}_l = {x}_r", 0.80, rare=x),
            Level("near", _alike(x, 0.9), 0.08),
        )
        return Comparison(x, _missing(x), levels, 0.12, (x,))
    left, right = f"string_split({x}_l, ' ')", f"string_split({x}_r, ' ')"
    shared = f"len(list_intersect({left}, {right}))"
    larger = f"greatest(len(list_distinct({left})), len(list_distinct({right})))"
    smaller = f"least(len(list_distinct({left})), len(list_distinct({right})))"
    levels = (
        Level("same", f"{x}_l = {x}_r", 0.50, rare=x),
        Level("near", f"{shared} >= 0.75 * {larger} or {_alike(x, 0.95)}", 0.20),
        Level("most", f"{shared} >= 0.75 * {smaller} and {shared} >= 2", 0.12),
        Level("some", f"{shared} >= 0.4 * {smaller} and {shared} >= 1", 0.10),
    )
    return Comparison(x, _missing(x), levels, 0.08, (x,))


def chosen(known: set[str], extras: Sequence[Extra]) -> tuple[Comparison, ...]:
    """The comparisons for records of which only the columns ``known`` hold anything."""
    compared = _OF_PEOPLE if {"given", "family"} & known else _OF_FIRMS
    wanted = [c for c in compared if c.reads[0] in known or (c is FIRM and "host" in known)]
    if ADDRESS not in wanted and {"postcode", "city", "state"} & known:
        wanted.append(ADDRESS)
    return (*wanted, *(_of_extra(e) for e in extras if e.name in known))
