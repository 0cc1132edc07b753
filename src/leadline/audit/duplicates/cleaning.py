"""Normal forms, as DuckDB expressions over a column: what is compared instead of what was typed.

Every function takes a SQL expression of a text and gives a SQL expression of its normal form.
Where nothing is left that is an empty text (``filled`` makes NULL of it, outermost: DuckDB works
a repeated expression out again in every branch). Nothing here asks a person: two values with one
normal form are the same for anybody who looks at them, except where a note says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

# What takes letters apart from their marks; then two letters that stand for one umlaut become
# one, so that Müller, Mueller and Muller agree.
_CYRILLIC = (
    "абвгдеёзийклмнопрстуфыэіїєґ",
    "abvgdeeziyklmnoprstufyeiieg",
)
_MANY_LETTERS = (
    ("ж", "zh"), ("х", "kh"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("щ", "sch"), ("ю", "yu"),
    ("я", "ya"), ("ъ", ""), ("ь", ""), ("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("þ", "th"),
)  # fmt: skip
_GREEK = ("αβγδεζηικλμνξοπρστυφωςσ", "avgdeziiklmnxoprstyfoss")
_SINGLE = ("øłđðıħ", "olddih")

# Mail providers whose rules for one mailbox are published: where dots do not count, where what
# follows a plus does not count, and which domains are one.
_DOTS_DO_NOT_COUNT = ("gmail.com",)
_PLUS_DOES_NOT_COUNT = (
    "gmail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com",
    "mac.com", "fastmail.com", "fastmail.fm", "proton.me", "protonmail.com", "pm.me", "hey.com",
    "yandex.ru", "yandex.com", "zoho.com",
)  # fmt: skip
_ONE_DOMAIN = {
    "googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me",
    "ya.ru": "yandex.ru", "yandex.com": "yandex.ru",
}  # fmt: skip
PUBLIC_PROVIDERS = """aol.com aim.com alice.it arcor.de att.net bellsouth.net bigpond.com
blueyonder.co.uk bluewin.ch btinternet.com bol.com.br charter.net comcast.net cox.net
earthlink.net fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de
gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr
hotmail.it icloud.com ig.com.br inbox.com juno.com laposte.net libero.it live.co.uk live.com
live.de live.fr live.nl mac.com mail.com mail.ru me.com msn.com naver.com netscape.net ntlworld.com
o2.pl online.de onet.pl optonline.net orange.fr outlook.com outlook.de outlook.fr pm.me
posteo.de proton.me protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com
sbcglobal.net seznam.cz sfr.fr shaw.ca sky.com sympatico.ca t-online.de talktalk.co.uk
telefonica.net telenet.be tiscali.co.uk tiscali.it terra.com.br uol.com.br verizon.net virgilio.it
virginmedia.com wanadoo.fr web.de wp.pl ya.ru yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk
yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru
ymail.com ziggo.nl zoho.com 126.com 163.com""".split()  # noqa: SIM905  # a list of words is read as words
ROLES = """info sales office contact contacts support admin hello hallo team mail email service
help helpdesk marketing press presse jobs careers hr accounts accounting billing invoice invoices
buchhaltung rechnung kontakt vertrieb verkauf einkauf post zentrale empfang bewerbung commercial
ventes comptabilite direction accueil contabilidad ventas administracion informacion contacto
amministrazione ordini orders order purchasing procurement reception enquiries inquiries general
webmaster postmaster noreply no-reply newsletter events booking reservations it edv""".split()  # noqa: SIM905  # a list of words is read as words

_TITLES = (
    "mr|mrs|ms|miss|mx|dr|prof|professor|sir|herr|frau|hr|fr|dipl ing|dipl|ing|mag|mme|mlle|"
    "monsieur|madame|sr|sra|srta|senor|senora|dott|dottore|phd|md|mba|jr|junior|senior|ii|iii|iv"
)
_UNSAID = "na|n a|none|null|unknown|unbekannt|test|x|xx|xxx"
_LEGAL = (
    "incorporated|inc|llc|l l c|ltd|limited|plc|corporation|corp|company|co|gmbh co kg|gmbh|mbh|"
    "ag|kg|ohg|ug|gbr|ev|e v|e k|se|sa|s a|sas|sarl|s a r l|srl|s r l|spa|s p a|sl|s l|slu|bv|"
    "b v|nv|n v|oy|oyj|ab|as|a s|aps|pty|pte|pvt|lp|llp|kk|ltda|the"
)
_STREET_WORDS = (
    ("street", "st"), ("road", "rd"), ("avenue", "ave"), ("av", "ave"),
    ("boulevard", "blvd"), ("lane", "ln"), ("drive", "dr"), ("court", "ct"), ("place", "pl"),
    ("square", "sq"), ("highway", "hwy"), ("circuit", "cct"), ("crescent", "cres"),
    ("close", "cl"), ("terrace", "tce"), ("parkway", "pkwy"), ("north", "n"), ("south", "s"),
    ("east", "e"), ("west", "w"), ("saint", "st"), ("suite", "ste"), ("apartment", "apt"),
)  # fmt: skip


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def filled(text: str) -> str:
    """NULL instead of an empty text."""
    return f"nullif({text}, '')"


def folded(text: str) -> str:
    """Lower case, no marks on letters, other scripts in Latin letters, one blank between words."""
    foreign = f"lower({text})"
    for letter, letters in _MANY_LETTERS:
        foreign = f"replace({foreign}, '{letter}', '{letters}')"
    for letters, latin in (_CYRILLIC, _GREEK, _SINGLE):
        foreign = f"translate({foreign}, '{letters}', '{latin}')"
    ascii_only = f"regexp_full_match({text}, '[ -~]*')"
    sql = f"case when {ascii_only} then lower({text}) else strip_accents({foreign}) end"
    return f"trim(regexp_replace({sql}, '[^a-z0-9]+', ' ', 'g'))"


def name(text: str) -> str:
    """A name without titles and marks, its words divided by blanks; initials stay.

    "ae", "oe", "ue" become one letter, so that Müller, Mueller and Muller agree; "Samuel" then
    reads "samul" on both sides of a comparison.
    """
    plain = f"replace(replace({text}, '''', ''), '’', '')"
    sql = f"regexp_replace({folded(plain)}, '([aou])e', '\\1', 'g')"
    sql = f"regexp_replace(' ' || {sql} || ' ', ' (({_TITLES}) )+|[0-9 ]+', ' ', 'g')"
    return f"regexp_replace(trim({sql}), '^({_UNSAID})$', '')"


def address(text: str) -> str:
    """An e-mail address as its domain reads it: no wrapping, no blanks, lower case; empty without
    exactly one "@" that has something on both sides."""
    bare = f"regexp_extract({text}, '<([^<>]+)>\\s*$', 1)"
    sql = f"lower(case when contains({text}, '<') then {bare} else {text} end)"
    sql = f"regexp_replace({sql}, '[\\s\\x{{200B}}-\\x{{200F}}\\x{{FEFF}}\\x{{00A0}}]+', '', 'g')"
    sql = f"regexp_replace({sql}, '^mailto:|[.,;>]+$', '', 'g')"
    return f"regexp_extract({sql}, '^[^@]+@[^@]+$')"


def mailbox(address_sql: str) -> str:
    """The mailbox behind a clean address, NULL where it is none. Dots and what follows a plus are
    dropped only where the provider is known to ignore them; ``address_sql`` is used several
    times: give a column."""
    local = f"split_part({address_sql}, '@', 1)"
    domain = domain_of(address_sql)
    whole = f"case when {domain} in ({_listed(_PLUS_DOES_NOT_COUNT)}) "
    whole += f"then split_part({local}, '+', 1) else {local} end"
    dotless = f"case when {domain} in ({_listed(_DOTS_DO_NOT_COUNT)}) "
    dotless += f"then replace({whole}, '.', '') else {whole} end"
    is_one = f"regexp_matches({address_sql}, '^[^@]+@[^@]+$')"
    return f"(case when {is_one} then {dotless} || '@' || {domain} end)"


def domain_of(address_sql: str) -> str:
    """The domain of a clean address, providers of several names under one."""
    domain = f"split_part({address_sql}, '@', 2)"
    cases = " ".join(f"when '{a}' then '{b}'" for a, b in _ONE_DOMAIN.items())
    return f"(case {domain} {cases} else {domain} end)"


@cache
def _calling_codes() -> str:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415  # 20 ms, seldom needed

    return "|".join(str(code) for code in sorted(COUNTRY_CODE_TO_REGION_CODE, reverse=True))


def phone(text: str) -> str:
    """The last nine digits of the national number, or fewer where it has fewer (at least six).

    Nine hold any country's subscriber and most of the area; two numbers that agree in nine and
    differ before are one in practice, for one of both lacks its country. An extension is cut off.
    """
    sql = f"regexp_replace(lower({text}), '(ext|x|#|durchwahl|app).*$', '')"
    sql = f"regexp_replace({sql}, '\\(0\\)|[^0-9+]|\\.0$', '', 'g')"
    sql = f"regexp_replace({sql}, '^(\\+|00)({_calling_codes()})', '')"
    sql = f"regexp_replace(regexp_replace({sql}, '^1(\\d{{10}})$', '\\1'), '\\D', '', 'g')"
    # Six to fifteen digits, not all the same: the last nine of them.
    same = "|".join(f"{digit}+" for digit in range(10))
    sql = f"regexp_replace(ltrim({sql}, '0'), '^({same}|123456789?|.{{16,}}|.{{0,5}})$', '')"
    return f"right({sql}, 9)"


def firm(text: str) -> str:
    """A company's name without legal forms, its words divided by blanks."""
    words = folded(f"replace({text}, '''', '')")
    bare = f"regexp_replace({words}, '^the ', '')"
    bare = f"regexp_replace({bare}, '(.)( ({_LEGAL}))+$', '\\1')"
    return f"trim({bare})"


def domain(text: str) -> str:
    """The host of a web address, without "www"."""
    return f"regexp_extract(lower(trim({text})), '^(?:[a-z]+://)?(?:www\\.)?([^/:?# ]+)', 1)"


def own_host(host: str) -> str:
    """A host, NULL where it is a mail provider that anybody may use."""
    return f"case when {host} not in ('', {_listed(PUBLIC_PROVIDERS)}) then {host} end"


def street(text: str) -> str:
    """A street with its number, its frequent words shortened."""
    sql = f"replace(' ' || {folded(text)} || ' ', 'strasse ', 'str ')"
    sql = f"replace(replace({sql}, 'str ', ' str '), '  ', ' ')"
    for long, short in _STREET_WORDS:
        sql = f"replace({sql}, ' {long} ', ' {short} ')"
    return f"trim(replace({sql}, '  ', ' '))"


def postcode(text: str) -> str:
    """A postcode in capitals without blanks; of nine digits of the US the first five."""
    sql = f"regexp_replace(upper({text}), '[^A-Z0-9]|\\.0$', '', 'g')"
    sql = f"case when regexp_matches({sql}, '^\\d{{9}}$') then left({sql}, 5) else {sql} end"
    return f"ltrim({sql}, '0')"


def birth(text: str, slashes: str = "%m/%d/%Y") -> str:
    """A date as year, month, day in eight digits, or a year alone; NULL for what is neither.

    ``slashes`` is the form tried first where slashes divide: the column as a whole tells it.
    """
    v = f"regexp_replace(trim({text}), '[ T].*$|\\.0$', '')"
    eight = f"regexp_extract({v}, '^((?:18|19|20)\\d{{6}})$', 1)"
    date = f"try_strptime({v}, ['%Y-%m-%d', '%Y/%m/%d', '%Y.%m.%d', '%d.%m.%Y', '%d-%m-%Y', "
    date += f"'{slashes}', '%d/%m/%Y', '%m/%d/%Y'])"
    year = f"regexp_extract({v}, '^((?:18|19|20)\\d\\d)$', 1)"
    return f"coalesce(nullif({eight}, ''), strftime({date}, '%Y%m%d'), nullif({year}, ''))"
