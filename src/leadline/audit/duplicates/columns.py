"""What each column of an unknown list holds: told by its header, else by its values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from leadline.audit.duplicates.asking import one_row
from leadline.audit.duplicates.nicknames import groups

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Holds(StrEnum):
    """What a column is about, as far as telling two records apart goes."""

    FIRST = "first name"
    LAST = "last name"
    NAME = "name"  # of a person, in one cell
    BIRTH = "birth date"
    AGE = "age"
    EMAIL = "email"
    PHONE = "phone"
    FIRM = "company"
    DOMAIN = "domain"
    STREET = "street"
    HOUSE = "house number"
    CITY = "city"
    STATE = "state"
    POSTCODE = "postcode"
    COUNTRY = "country"
    GENDER = "gender"
    NATIONAL_ID = "national id"
    TEXT = "text"  # anything of several words
    CODE = "code"  # anything short
    NOTHING = "nothing"  # ids, time stamps, what is always the same


@dataclass(frozen=True, slots=True)
class Held:
    """A column of a view and what it holds."""

    column: str
    holds: Holds


# Tried in this order on the header in lower case, without accents, words divided by one blank.
_HEADERS: tuple[tuple[Holds, str], ...] = (
    (
        Holds.NOTHING,
        r"^(rec|record|row|contact|lead|person|customer|account|user|owner|source|object)? ?"
        r"(id|key|index|idx|no|nr|uuid|guid)$"
        r"|created|updated|modified|timestamp|last (seen|activity)|"
        r"^(cluster|entity|match|label|class|truth)( id)?$",
    ),
    (Holds.NATIONAL_ID, r"soc sec|ssn|social sec|national id|tax (id|number)|passport|vat|nif|dni"),
    (Holds.EMAIL, r"e ?mail|correo|courriel|^mail( address)?$|posta elettr"),
    (
        Holds.BIRTH,
        r"birth|\bdob\b|\byob\b|geb(urts)?|naissance|nacimiento|nascita|nasc|geboorte|urodz|fodsel",
    ),
    (Holds.PHONE, r"phone|\btel\b|\btele|telef|mobil|\bcell|handy|\bfax\b|movil|portable|fixnetz"),
    (
        Holds.FIRST,
        r"(first|given|fore|christian) ?names?|\bfname\b|vorname|prenom|^nombres?$|voornaam|"
        r"primeiro nome|^imie$|fornavn|fornamn|^first$|name first|^given$|etunimi",
    ),
    (
        Holds.LAST,
        r"(last|family|sur|second) ?names?|surname|\blname\b|nachname|familienname|nom de famille|"
        r"apellidos?|cognome|sobrenome|apelido|achternaam|nazwisko|etternavn|efternamn|efternavn|"
        r"^last$|name last|^family$|zuname|sukunimi",
    ),
    (
        Holds.FIRM,
        r"compan|firm[ae]?\b|firmen|organi[sz]ation|^org\b|employer|business|empresa|societe|"
        r"entreprise|azienda|unternehmen|bedrijf|arbeitgeber|^account( name)?$|"
        r"^(restaurant|hotel|shop|store|venue)( name)?$",
    ),
    (Holds.DOMAIN, r"domain|website|^url$|web ?(site|page)|homepage|internet"),
    (Holds.HOUSE, r"(street|house|st) ?(number|num|no|nr)\b|^haus ?n|hausnummer|civico"),
    (
        Holds.STREET,
        r"^(home |work |billing |mailing |postal |business )?(street|addr)|^adres|anschrift|"
        r"strasse|^str$|\brue\b|calle|direccion|indirizzo|^via$|endereco|straat|morada|domicilio|"
        r"address (line )?[12]|street",
    ),
    (
        Holds.POSTCODE,
        r"post(al)? ?(code|leitzahl)|\bzip|\bplz\b|code postal|\bcp\b|\bcap\b|\bcep\b",
    ),
    (
        Holds.CITY,
        r"\bcity\b|\btown\b|\bsuburb\b|\bort\b|wohnort|^stadt$|ville|ciudad|citta|cidade|"
        r"localit|locality|municip|gemeinde|^place$|woonplaats|miasto|commune|poblacion",
    ),
    (Holds.STATE, r"^(us )?state|province|provincia|bundesland|region|county|departement"),
    (Holds.COUNTRY, r"countr|^land$|^pays$|\bpais\b|paese|nation"),
    (Holds.GENDER, r"^sex$|gender|geschlecht|sexe|salutation|anrede|^title$|civilite"),
    (Holds.AGE, r"^age$|^alter$|^edad$|^eta$"),
    (
        Holds.NAME,
        r"^(full|display|contact|customer|person|complete)? ?name$|^nom( complet)?$|^nome$",
    ),
)
_TIME = re.compile(r"date|time|_at$| at$|datum|fecha")
_SAMPLE = 2_000
_MANY = 0.6  # of the values must look alike before content alone names a column

# A question about a value ``v``, trimmed and in lower case.
_LOOKS = {
    "email": r"regexp_matches(v, '^[^@\s]+@[^@\s]+\.[^@\s]+$')",
    "domain": r"regexp_matches(v, '^(https?://)?(www\.)?([a-z0-9-]+\.)+[a-z]{2,}(/\S*)?$')",
    "date": r"regexp_matches(v, '^(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})"
    r"([ t].*)?$') or regexp_matches(v, '^(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(\.0)?$')",
    "phone": r"regexp_matches(v, '^[+(]?[\d\s()./-]+$') and "
    r"length(regexp_replace(v, '\D', '', 'g')) between 7 and 15",
    "number": r"regexp_matches(v, '^-?\d+([.,]\d+)?$')",
    "letters": r"not regexp_matches(v, '\d')",
    "first name": "list_contains($1, regexp_extract(v, '^[a-z]+')) or "
    "list_contains($1, regexp_extract(v, ', *([a-z]+)', 1))",
}


@dataclass(frozen=True, slots=True)
class _Content:
    """Shares of a sample of a column's values (0 to 1), and counts."""

    known: int
    distinct: int
    words: float  # a value, on average
    looks: Mapping[str, float]


def folded_header(header: str) -> str:
    """A header in lower case, without accents, its words divided by single blanks."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    plain = unicodedata.normalize("NFKD", spaced.replace("ß", "ss").lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def by_header(header: str) -> Holds | None:
    """What a header says, or None where it says nothing known."""
    folded = folded_header(header)
    return next((holds for holds, form in _HEADERS if re.search(form, folded)), None)


def recognise(
    connection: DuckDBPyConnection, view: str, columns: Sequence[str], key: str
) -> tuple[Held, ...]:
    """What each of ``columns`` of ``view`` holds; ``key`` is the record's id and never compared.

    The header decides where it is known and the values do not speak against it; else the values.
    """
    found: list[Held] = []
    for column in columns:
        if column != key:
            content = _content(connection, view, column)
            found.append(Held(column, _decide(by_header(column), column, content)))
    return _settled(tuple(found))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _content(connection: DuckDBPyConnection, view: str, column: str) -> _Content:
    shares = ", ".join(f"coalesce(avg(({look})::int), 0)" for look in _LOOKS.values())
    row = one_row(
        connection,
        f"with s as (select lower(strip_accents(trim({_quoted(column)}::varchar))) as v from "
        f"(select {_quoted(column)} from {view} using sample {_SAMPLE} rows (reservoir, 11))) "
        "select count(*), count(distinct v), coalesce(avg(len(string_split(v, ' '))), 0), "
        f"{shares} from s where v is not null and v <> ''",
        [list(groups())],
    )
    return _Content(row[0], row[1], row[2], dict(zip(_LOOKS, row[3:], strict=True)))


def _decide(said: Holds | None, header: str, content: _Content) -> Holds:
    """The header's word against the values'."""
    if content.known == 0 or said is Holds.NOTHING:
        return Holds.NOTHING
    looks = content.looks
    if looks["email"] > _MANY:
        return Holds.EMAIL
    if said is Holds.NAME:
        # "name" is said of people, firms, restaurants alike.
        return Holds.NAME if content.looks["first name"] > 0.25 else Holds.FIRM
    if said is Holds.GENDER and content.distinct > 12:
        said = None  # "title" of a book, not of a person
    if said is Holds.EMAIL:
        return Holds.NOTHING  # a mail column without addresses: opted in, format, status
    if said in {Holds.FIRST, Holds.LAST, Holds.CITY} and content.looks["letters"] < 0.5:
        said = None
    if said is not None:
        return said
    return _by_content(header, content)


def _by_content(header: str, content: _Content) -> Holds:
    looks = content.looks
    if content.distinct <= 1:
        return Holds.NOTHING
    if looks["date"] > _MANY:
        return Holds.NOTHING if _TIME.search(header.lower()) else Holds.CODE
    if looks["phone"] > _MANY and looks["number"] < 0.9:
        return Holds.PHONE
    if looks["domain"] > _MANY:
        return Holds.DOMAIN
    if content.looks["first name"] > 0.4 and content.looks["letters"] > 0.9:
        return Holds.FIRST if content.words < 1.5 else Holds.NAME
    return Holds.TEXT if content.words >= 1.8 and content.distinct > 20 else Holds.CODE


def _settled(found: tuple[Held, ...]) -> tuple[Held, ...]:
    """Second thoughts that need all columns, about a column that is only called "name"."""
    holds = {h.holds for h in found}
    about_people = {Holds.FIRM, Holds.BIRTH, Holds.GENDER, Holds.AGE} & {
        h.holds for h in found if not _only_name(h)
    }
    settled: list[Held] = []
    for held in found:
        now = held.holds
        if _only_name(held):
            if Holds.FIRST in holds and Holds.LAST not in holds:
                now = Holds.LAST  # "prénom" beside "nom", "Vorname" beside "Name"
            elif now is Holds.FIRM and about_people:
                now = Holds.NAME
        settled.append(Held(held.column, now))
    return tuple(settled)


def _only_name(held: Held) -> bool:
    return by_header(held.column) is Holds.NAME
