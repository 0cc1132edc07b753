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
    Code("test-or-disposable", aliases=("test-address", "disposable-address", "internal-address")),
    Code("bot-burst", exact=False),
    Code("duplicate-mailbox", aliases=("exact-duplicates",)),
    Code("probably-same-person", exact=False, aliases=("fuzzy-duplicates",)),
    Code("same-person-elsewhere", exact=False, needs=HS),
    Code("lead-and-contact", needs=HS),
    Code("contact-without-company"),
    Code("company-twice"),
    Code("opt-out-here-opt-in-there", needs=HM, aliases=("consent-conflict",)),
    Code("consent-without-proof", needs=HM),
    Code("came-back-by-import", needs=HM, aliases=("returned-after-opt-out",)),
    Code(
        "suppressed-in-live-audience", needs=(*HM, "sendgrid"), aliases=("suppressed-in-audience",)
    ),
    Code("paid-but-unmailable", aliases=("paid-unmailable",)),
    Code("greeting-junk", exact=False, aliases=("greeting-unfit",)),
    Code("outside-picklist", aliases=("value-outside-picklist",)),
    Code("different-picklists", aliases=("picklists-differ",)),
    Code("free-text-in-branch", aliases=("free-text-branch",)),
    Code("number-as-text", aliases=("value-as-text",)),
    Code("day-month-ambiguous", aliases=("ambiguous-date",)),
    Code("time-zone", exact=False, needs=HM, aliases=("time-zone-unfit",)),
    Code("not-normal", aliases=("phone-unfit", "country-unfit", "state-unfit", "postcode-unfit")),
    Code("language-against-country", exact=False),
    Code("invisible-characters", aliases=("hidden-characters",)),
    Code("broken-encoding", exact=False),
    Code("value-suddenly-fills", exact=False, aliases=("sudden-value",)),
    Code("negative-over-unknown", aliases=("negative-unknown", "unknown-let-in")),
    Code("read-but-unwritten", aliases=("field-nobody-writes",)),
    Code("twin-fields", exact=False),
    Code("stage-contradicts-deals", aliases=("stage-against-deals",)),
    Code("stage-backwards", aliases=("stage-went-backwards", "write-without-change")),
    Code("owner-gone", aliases=("owner-unfit",)),
    Code("hand-over-unanswered", aliases=("handover-unanswered",)),
    Code("score-stale", exact=False, aliases=("score-unfit",)),
    Code("close-date-past", aliases=("deal-dates",)),
    Code("several-writers"),
    Code("mail-tool-not-crm", needs=HM, aliases=("not-in-crm", "not-in-mail-tool")),
    Code("volume-dead", exact=False, aliases=("volume-stopped", "form-without-events")),
    Code("lead-without-source", needs=HS),
    Code("sending-domain", exact=False, needs=("hubspot", "n8n"), offline=False),
    Code("write-loop", aliases=("starts-itself",)),
    Code("two-writers"),
    Code("race-with-sync", exact=False, needs=("hubspot", "n8n"), aliases=("read-before-sync",)),
    Code("no-branch-for-unknown", aliases=("unmatched-leave",)),
    Code("missing-error-path", needs=("hubspot", "n8n"), aliases=("no-error-path",)),
    Code("nothing-enters", aliases=("never-entered",)),
    Code("unreachable-step", aliases=("dead-steps",)),
    Code("hard-coded-people", aliases=("person-left", "hard-coded")),
    Code("send-without-consent", needs=("hubspot", "n8n"), aliases=("no-unsubscribe-link",)),
    Code("burst-over-limit", needs=("hubspot", "n8n"), aliases=("burst",)),
)

BY_SLUG = {code.slug: code for code in CODES}


def slug_of(name: str) -> str | None:
    """The slug that a code of an inspection stands for, or None when none was agreed."""
    for code in CODES:
        if name == code.slug or name in code.aliases:
            return code.slug
    return None
