"""Values of people as a report may show them: enough to recognise a kind of fault, not a person.

``ann.smith@example.com`` is ``a***@example.com``, ``+49 170 1234567`` is ``+49 ***67``, ``Smith``
is ``S***``. What carries the fault stays visible: edge spaces as ``␣``, invisible characters by
their code, a placeholder that names nobody (``n/a``, ``test``) whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
PHONE = re.compile(r"^[+(]?[0-9][0-9 ()./+-]{5,}(?:\s*(?:x|ext\.?)\s*[0-9]+)?$", re.IGNORECASE)
DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}")
OF_A_PERSON = re.compile(
    r"name|vorname|nachname|prenom|phone|mobile|telefon|fax|street|address|birth|notes?$",
    re.IGNORECASE,
)
NOT_OF_A_PERSON = re.compile(r"company|domain|flow|owner_state|field|file", re.IGNORECASE)
NOBODY = {"n/a", "na", "none", "null", "test", "unknown", "-", ".", "x", "xx", "xxx", "tbd", "?"}
KEPT_LENGTH = 120


def masked(values: Mapping[str, str], *, show: bool = False) -> dict[str, str]:
    """The example's values as they may be shown; ``show`` keeps the people's values."""
    return {
        field: visible(value) if show else visible(mask(field, value))
        for field, value in values.items()
    }


def mask(field: str, value: str) -> str:
    """One value with what tells a person hidden: any address, phones, names, streets."""
    if value.strip().lower() in NOBODY:
        return value
    if "@" in value:
        return EMAIL.sub(_mask_email, value) if EMAIL.search(value) else _mask_word(value)
    if PHONE.match(value.strip()) and not DATE.match(value.strip()) and _digits(value) >= 7:
        return _mask_phone(value)
    if OF_A_PERSON.search(field) and not NOT_OF_A_PERSON.search(field):
        return _mask_word(value)
    return value


def visible(value: str) -> str:
    """The value with edge spaces and characters that nobody sees made visible, and cut."""
    start = len(value) - len(value.lstrip(" "))
    end = len(value) - len(value.rstrip(" ")) if value.strip(" ") else 0
    kept = "␣" * start + value[start : len(value) - end] + "␣" * end
    kept = "".join(char if char == " " or char.isprintable() else _code(char) for char in kept)
    return kept if len(kept) <= KEPT_LENGTH else kept[:KEPT_LENGTH] + "…"


def _code(char: str) -> str:
    return f"⟨{unicodedata.name(char, f'U+{ord(char):04X}').lower()}⟩"


def _digits(value: str) -> int:
    return sum(char.isdigit() for char in value)


def _mask_email(found: re.Match[str]) -> str:
    local, _, domain = found[0].rpartition("@")
    return f"{local[:1]}***@{domain}"


def _mask_phone(value: str) -> str:
    head = re.match(r"\s*(\+[0-9]{1,3}[ (-]?|00[0-9]{2}|0|[(])?", value)
    return f"{head[0] if head else ''}***{value.rstrip()[-2:]}"


def _mask_word(value: str) -> str:
    """First letter of the text; edge spaces stay, for they may be the fault."""
    inner = value.strip()
    if not inner:
        return value
    start = value.index(inner[0])
    return value[:start] + inner[0] + "***" + value[start + len(inner) :]
