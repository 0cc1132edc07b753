"""The faults that can be planted: the one table that names them.

``slug`` is the name used in ``truth.json``; ``aliases`` are other codes under which an inspection
may report the same fault. ``exact`` faults need no judgement, so an inspection is held to a
higher recall there. ``needs`` names the exports without which the fault cannot be planted.
``offline`` is False where only the network could tell.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault."""

    slug: str
    exact: bool = True
    needs: tuple[str, ...] = ("hubspot",)
    aliases: tuple[str, ...] = ()
    offline: bool = True


HM = ("hubspot", "mailchimp")
HS = ("hubspot", "salesforce")

CODES: tuple[Code, ...] = (
    Code("audience-without-email"),
    Code("invalid-email"),
    Code("typo-domain"),
    Code("role-address"),
    Code("test-or-disposable"),
    Code("bot-burst", exact=False),
    Code("duplicate-mailbox"),
    Code("probably-same-person", exact=False),
    Code("same-person-elsewhere", exact=False, needs=HS),
    Code("lead-and-contact", needs=HS),
    Code("contact-without-company"),
    Code("company-twice"),
    Code("opt-out-here-opt-in-there", needs=HM),
    Code("consent-without-proof", needs=HM),
    Code("came-back-by-import", needs=HM),
    Code("suppressed-in-live-audience", needs=(*HM, "sendgrid")),
    Code("paid-but-unmailable"),
    Code("greeting-junk", exact=False),
    Code("outside-picklist"),
    Code("different-picklists"),
    Code("free-text-in-branch"),
    Code("number-as-text"),
    Code("day-month-ambiguous"),
    Code("time-zone", exact=False, needs=HM),
    Code("not-normal"),
    Code("language-against-country", exact=False),
    Code("invisible-characters"),
    Code("broken-encoding", exact=False),
    Code("value-suddenly-fills", exact=False),
    Code("negative-over-unknown"),
    Code("read-but-unwritten"),
    Code("twin-fields", exact=False),
    Code("stage-contradicts-deals"),
    Code("stage-backwards"),
    Code("owner-gone"),
    Code("hand-over-unanswered"),
    Code("score-stale", exact=False),
    Code("close-date-past"),
    Code("several-writers"),
    Code("mail-tool-not-crm", needs=HM),
    Code("volume-dead", exact=False),
    Code("lead-without-source", needs=HS),
    Code("sending-domain", exact=False, needs=("hubspot", "n8n"), offline=False),
    Code("write-loop"),
    Code("two-writers"),
    Code("race-with-sync", exact=False, needs=("hubspot", "n8n")),
    Code("no-branch-for-unknown"),
    Code("missing-error-path", needs=("hubspot", "n8n")),
    Code("nothing-enters"),
    Code("unreachable-step"),
    Code("hard-coded-people"),
    Code("send-without-consent", needs=("hubspot", "n8n")),
    Code("burst-over-limit", needs=("hubspot", "n8n")),
)

BY_SLUG = {code.slug: code for code in CODES}


def slug_of(name: str) -> str | None:
    """The slug that a code of an inspection stands for, or None when none was agreed."""
    for code in CODES:
        if name == code.slug or name in code.aliases:
            return code.slug
    return None
