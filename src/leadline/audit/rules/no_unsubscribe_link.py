"""Bulk mail whose text holds no way to unsubscribe."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.audience import live_flows, mail_steps
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Broken, Finding, FixKind, Repair, Rule, Severity
from leadline.blueprint.graph.flow import NO_WAY_OUT, Flow, Live, Purpose, TriggerKind

RULE = Rule(
    "no-unsubscribe-link",
    "Bulk mail without a way to unsubscribe",
    Severity.WARNING,
    Repair.NOT_A_VALUE,
    FixKind.NONE,
    "People who cannot leave press “spam”. Gmail and Yahoo turn the whole domain away when three "
    "in a thousand do, and the law asks for a way out in every marketing mail.",
    "Live flows that begin by themselves (a schedule, a condition, a list, a date), at steps that "
    "mail the subject and whose definition holds the whole text: no link, merge tag or word of "
    "unsubscribing is in it. Answers to a form, an event or a call are not judged, nor mails whose "
    "text lies in the sending tool. Whether the header List-Unsubscribe-Post is set stands in no "
    "export; the report says how to look.",
    "Send through a tool that adds the link and the one-click headers, or add them yourself: "
    "List-Unsubscribe with an https address and List-Unsubscribe-Post: List-Unsubscribe=One-Click.",
    exact=False,
    topic="domain",
    needs=("flows",),
)
BY_ITSELF = {
    TriggerKind.SCHEDULE, TriggerKind.CRITERIA, TriggerKind.LIST, TriggerKind.DATE,
}  # fmt: skip
# Mailbox providers that ask bulk senders for one-click unsubscribe since February 2024.
ASKING = (
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com",
    "rocketmail.com", "aol.com",
)  # fmt: skip


def find(stack: Stack) -> Iterator[Finding]:
    """One finding for each step; tells how many of the data given have a mailbox that asks."""
    asking = people_at(stack, ASKING)
    for flow in live_flows(stack):
        if not any(trigger.kind in BY_ITSELF for trigger in flow.triggers):
            continue
        for step, send in mail_steps(flow):
            if NO_WAY_OUT in step.notes and send.purpose is not Purpose.TRANSACTIONAL:
                yield _finding(flow, step.id, step.words, asking)


def people_at(stack: Stack, domains: tuple[str, ...]) -> int:
    """How many different addresses of people lie at these domains."""
    row = stack.connection.execute(
        "select count(distinct email) from person where domain in (select unnest(?))",
        [list(domains)],
    ).fetchone()
    return int(row[0]) if row else 0


def _finding(flow: Flow, step: str, words: str, asking: int) -> Finding:
    told = f" {asking:,} people of the data have Gmail or Yahoo." if asking else ""
    return Finding(
        RULE,
        f"“{flow.name[:50]}” mails by “{words[:40]}” and offers no way to unsubscribe.{told}",
        flow.system,
        flow=flow.key,
        step=step,
        severity=Severity.NOTE if flow.live is Live.UNSAID else None,
        breaks=(Broken(flow.key, step, "mails people who cannot leave", None),),
    )
