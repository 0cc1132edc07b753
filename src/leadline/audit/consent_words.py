"""What a system's own word for consent means: in, out, never asked, bounced."""

from __future__ import annotations

from leadline.audit.sql_text import FALSE_WORDS, clean, name, one_of
from leadline.audit.tables import Meaning, Table

IN = (
    "subscribed", "subscriber", "opted in", "opted-in", "opted_in", "opt-in", "opt in", "optin",
    "double opt-in", "single opt-in", "in", "yes", "true", "1", "granted", "given", "confirmed",
    "consented", "freely given consent from contact", "active",
)  # fmt: skip
OUT = (
    "unsubscribed", "unsubscribe", "opted out", "opted-out", "opted_out", "opt-out", "opt out",
    "optout", "out", "revoked", "withdrawn", "declined", "denied", "suppressed", "complained",
    "spam",
)  # fmt: skip
# A plain "no" says that nobody agreed, not that somebody objected.
NEVER = (
    "never", "never_subscribed", "never subscribed", "nonsubscribed", "non-subscribed",
    "not subscribed", "no", "false", "0", "none", "pending", "unconfirmed", "transactional",
)  # fmt: skip
BOUNCED = ("cleaned", "bounced", "bounce", "hard bounce", "hard_bounce", "hardbounce", "invalid")
NOT_BOUNCED = ("false", "0", "no", "none")
NOT_OUT = (*FALSE_WORDS, "none", "never", "[]", "{}", "subscribed", "in")


def consent_state(table: Table) -> str:
    """The SQL expression of the state: in, out, never, bounced or unknown.

    An objection wins over a bounce, a bounce over an agreement; the table's status (a file of
    unsubscribed) speaks where no column does.
    """
    arms: list[str] = []
    opted_out = table.column(Meaning.OPTED_OUT)
    word = table.column(Meaning.CONSENT)
    bounced = table.column(Meaning.BOUNCED)
    lowered = f"lower({clean(name(word.name))})" if word else None
    status = (table.status or "").lower()
    if opted_out:
        # A flag, or the list of what somebody is suppressed from (Klaviyo): empty is no.
        value = f"lower({clean(name(opted_out.name))})"
        arms.append(f"when {value} is not null and not {one_of(value, NOT_OUT)} then 'out'")
    if lowered:
        arms.append(f"when {one_of(lowered, OUT)} then 'out'")
    if status in OUT:
        arms.append("when true then 'out'")
    if bounced:
        value = f"lower({clean(name(bounced.name))})"
        arms.append(f"when {value} is not null and not {one_of(value, NOT_BOUNCED)} then 'bounced'")
    if lowered:
        arms.append(f"when {one_of(lowered, BOUNCED)} then 'bounced'")
        arms.append(f"when {one_of(lowered, IN)} then 'in'")
        arms.append(f"when {one_of(lowered, NEVER)} then 'never'")
    for words, state in ((BOUNCED, "bounced"), (IN, "in"), (NEVER, "never")):
        if status in words:
            arms.append(f"when true then '{state}'")
    out_at = table.column(Meaning.OPTED_OUT_AT)
    if out_at:
        arms.append(f"when {clean(name(out_at.name))} is not null then 'out'")
    return f"case {' '.join(arms)} else 'unknown' end" if arms else "'unknown'"
