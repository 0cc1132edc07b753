"""What secrets look like: tokens of vendors, private keys, passwords inside addresses.

Only forms that nothing else has are here, so that what is found is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "a HubSpot token": r"\bpat-[a-z]{2}\d-[0-9a-fA-F]{8}[0-9a-fA-F-]*",
        "a Slack token": r"\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}",
        "a Slack webhook": r"hooks\.slack\.com/services/T\w+/B\w+/\w+",
        "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        "a SendGrid key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
        "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{30,}",
        "a Google key": r"\bAIza[\w-]{35}",
        "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
        "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        "a password in an address": r"://[^\s/:@{}]+:[^\s/@,{}]{3,}@",
    }
)
_ANY = re.compile("|".join(f"({form})" for form in _FORMS.values()))
_NAMES = tuple(_FORMS)
# One of these stands in every secret; a search for plain words is much faster than for forms.
_HINTS = (
    "pat-", "xox", "xapp-", "hooks.slack.com", "AKIA", "ASIA", "SG.", "ghp_", "gho_", "ghu_",
    "ghs_", "ghr_", "AIza", "k_live_", "PRIVATE KEY", "://",
)  # fmt: skip


def secrets(text: str) -> Iterator[tuple[str, int]]:
    """What each secret of a text is, and where it begins; never the secret itself."""
    for found in _ANY.finditer(text) if _may_hold(text) else ():
        yield _NAMES[(found.lastindex or 1) - 1], found.start()


def hidden(text: str) -> str:
    """A text with dots where a secret stands.

    >>> hidden("token pat-na1-0f1e2d3c-aaaa of ours")
    'token … of ours'
    """
    return _ANY.sub("…", text) if _may_hold(text) else text


def _may_hold(text: str) -> bool:
    return any(hint in text for hint in _HINTS)
