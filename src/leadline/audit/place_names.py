"""Countries and their parts as people write them, by pycountry's names and a few of ours.

Only distinct values are looked up, and no fuzzy search is made: it is slow, and wrong about
short words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, cast

import pycountry

# Common words that the standard does not hold: colloquial English, and own names in the
# languages of the largest European markets.
COLLOQUIAL = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "u s a": "US", "u s": "US", "america": "US",
    "united states of america": "US", "deutschland": "DE", "d": "DE", "allemagne": "DE",
    "osterreich": "AT", "oesterreich": "AT", "autriche": "AT", "schweiz": "CH", "suisse": "CH",
    "svizzera": "CH", "frankreich": "FR", "italien": "IT", "italia": "IT", "italie": "IT",
    "spanien": "ES", "espana": "ES", "espagne": "ES", "niederlande": "NL", "holland": "NL",
    "the netherlands": "NL", "nederland": "NL", "pays bas": "NL", "belgien": "BE",
    "belgique": "BE", "belgie": "BE", "polen": "PL", "polska": "PL", "tschechien": "CZ",
    "czech republic": "CZ", "danemark": "DK", "danmark": "DK", "schweden": "SE", "sverige": "SE",
    "norwegen": "NO", "norge": "NO", "finnland": "FI", "suomi": "FI", "portugal": "PT",
    "grossbritannien": "GB", "vereinigtes konigreich": "GB", "royaume uni": "GB",
    "vereinigte staaten": "US", "etats unis": "US", "estados unidos": "US", "brasil": "BR",
    "mexiko": "MX", "turkei": "TR", "turkey": "TR", "russia": "RU", "russland": "RU",
    "south korea": "KR", "korea": "KR", "vietnam": "VN", "taiwan": "TW", "iran": "IR",
    "uae": "AE", "hong kong": "HK", "ivory coast": "CI", "luxemburg": "LU", "ungarn": "HU",
    "irland": "IE", "griechenland": "GR", "rumanien": "RO", "kroatien": "HR", "slowakei": "SK",
    "slowenien": "SI", "bulgarien": "BG", "laos": "LA", "syria": "SY", "bolivia": "BO",
    "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "macedonia": "MK", "kosovo": "XK",
    "palestine": "PS", "cape verde": "CV", "brunei": "BN", "swaziland": "SZ", "burma": "MM",
}  # fmt: skip


@cache
def country_of(said: str) -> str | None:
    """The two letters of the country (ISO 3166-1) that a text names, or None."""
    plain = _plain(said)
    if len(plain) == 2 and pycountry.countries.get(alpha_2=plain.upper()) is not None:
        return plain.upper()
    if plain in COLLOQUIAL:
        return COLLOQUIAL[plain]
    return _names().get(plain)


@cache
def country_name(code: str) -> str:
    """The common English name of a country by its two letters."""
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", None) or getattr(found, "name", code))


@cache
def is_state(country: str, said: str) -> bool:
    """Whether a text names a part of that country, by name, or by code with or without it."""
    plain = _plain(said)
    return plain in _parts(country)


@cache
def has_states(country: str) -> bool:
    """Whether the standard knows parts of the country."""
    return bool(_parts(country))


@cache
def _parts(country: str) -> frozenset[str]:
    found = cast(list[Any], pycountry.subdivisions.get(country_code=country) or [])  # pyright: ignore[reportUnknownMemberType]  # the library has no types
    names: set[str] = set()
    for part in found:
        code = str(part.code)
        names |= {_plain(code), _plain(code.split("-", 1)[1])}
        for one in re.split(r"[\[\]/(),]", str(part.name)):
            names.add(_plain(one))
    return frozenset(names - {""})


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        code = str(country.alpha_2)
        for said in (country.name, getattr(country, "common_name", ""), country.alpha_3):
            names[_plain(str(said))] = code
        names[_plain(str(getattr(country, "official_name", country.name)))] = code
    names.pop("", None)
    return names


def _plain(said: str) -> str:
    plain = unicodedata.normalize("NFKD", said.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", plain).strip()
