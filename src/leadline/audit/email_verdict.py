"""email-validator's verdict on addresses, at the price of a pattern for nearly all of them.

The pattern accepts only what the library accepts as well: letters, digits and ``._%+'-`` in a
part of at most 64 characters without a dot at the edge or two in a row; labels of letters,
digits and inner hyphens, at most 63; a last label of letters. The library judges the rest, and
distinct values of it only; domains of special use are what a rule on test addresses tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Common to RE2 and Java; no look-around, so lengths are asked apart.
FAST = "^[a-z0-9_%+'-]+([.][a-z0-9_%+'-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,24}$"
# Labels that the library must see: punycode, and endings of special use.
UNSURE = "(@|[.])xn--|[.](test|invalid|local|localhost|onion|arpa)$|@..--|[.]..--"
SURELY = re.compile(FAST.removeprefix("^").removesuffix("$"))
MOST = 254  # RFC 5321 path, less the brackets
MOST_LOCAL = 64


def fast_accepts(column: str) -> str:
    """The SQL condition under which an address (lower case, trimmed) is surely valid."""
    pattern = FAST.replace("'", "''")
    return (
        f"(regexp_full_match({column}, '{pattern}') and length({column}) <= {MOST} "
        f"and strpos({column}, '@') <= {MOST_LOCAL + 1} "
        f"and not regexp_matches({column}, '{UNSURE}'))"
    )


def judge_emails(connection: DuckDBPyConnection) -> None:
    """Make ``email_refused`` (email, reason, mended): every address of ``person`` that is bad."""
    doubted = connection.execute(
        f"select distinct email from person where email is not null and not {fast_accepts('email')}"
    ).fetchall()
    refused = [
        [email, reason, mended(str(email))]
        for (email,) in doubted
        if (reason := refusal(str(email))) is not None
    ]
    connection.execute(
        "create or replace temp table email_refused (email varchar, reason varchar, mended varchar)"
    )
    _insert(connection, refused)


def _insert(connection: DuckDBPyConnection, rows: list[list[str | None]]) -> None:
    """Many rows at once: one list a column is faster than a statement a row."""
    if rows:
        emails, reasons, repairs = (list(column) for column in zip(*rows, strict=True))
        connection.execute(
            "insert into email_refused select unnest(?::varchar[]), unnest(?::varchar[]), "
            "unnest(?::varchar[])",
            [emails, reasons, repairs],
        )


def refusal(email: str) -> str | None:
    """Why the library refuses the address, or None; a reserved ending is not a fault of form."""
    if len(email) > 4 * MOST:
        return "The address is longer than any address can be."
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        said = str(error)
        return None if "special-use or reserved" in said else said
    return None


def mended(email: str) -> str | None:
    """The address that was surely meant, or None: what the library then accepts."""
    inside = re.search(r"<([^<>]+@[^<>]+)>", email)
    tried = inside[1] if inside else email
    tried = re.sub(r"^(mailto:|e-?mail:)", "", tried.strip())
    tried = tried.replace("(at)", "@").replace("[at]", "@").replace("(dot)", ".")
    tried = re.sub(r"\s+", "", tried)
    tried = re.sub(r"@+", "@", tried)
    tried = re.sub(r"\.{2,}", ".", tried).replace(",", ".").replace(";", ".")
    tried = tried.replace(".@", "@").replace("@.", "@").strip(".'\"<>()[]")
    if tried == email or tried.count("@") != 1:
        return None
    plain = SURELY.fullmatch(tried) and not re.search(UNSURE, tried)
    if plain and len(tried) <= MOST and tried.index("@") <= MOST_LOCAL:
        return tried
    return tried if refusal(tried) is None else None
