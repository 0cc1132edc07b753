"""Mail addresses: the same one spelled the same, and the impossible ones told apart."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # RFC 5321 4.5.3.1.3: 256 with the brackets

# What most addresses look like. What does not match is looked at closely, which takes
# some twenty times as long.
_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_LOCAL_PART = 64  # RFC 5321 4.5.3.1.1


def spell(address: str) -> str:
    """Return the one spelling of an address by which a person is known.

    >>> spell("  Ann.Lee@Example.COM ")
    'ann.lee@example.com'
    """
    address = address.strip().lower()
    return address if address.isascii() else unicodedata.normalize("NFC", address)


def why_impossible(address: str) -> str | None:
    """Say why no mail can go to an address, as a sentence; None where it can be one."""
    if len(address) > LONGEST:
        return f"The address has {len(address):,} characters; at most {LONGEST} are possible."
    if _PLAIN.fullmatch(address) and address.index("@") <= _LOCAL_PART:
        return None
    if "@" not in address:
        return "The address has no @."
    if not address.isprintable():
        return "The address holds a line break or another control character."
    domain = address.rpartition("@")[2]
    if "." not in domain:
        return "The part after the @ is not a domain: it has no dot."
    if domain.rpartition(".")[2].isdecimal():
        return "The part after the @ is not a domain: it ends in a number."
    try:
        validate_email(address, check_deliverability=False, globally_deliverable=False, strict=True)
    except EmailNotValidError as error:
        return f"{str(error).rstrip('.')}."
    return None


def looks_like_one(text: str) -> bool:
    """Tell whether a user id is a mail address."""
    return "@" in text and why_impossible(text.strip()) is None
