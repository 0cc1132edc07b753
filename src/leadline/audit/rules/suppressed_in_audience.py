"""People who must not be mailed, in the audience of something live."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.audience import decided, entry_of, live_flows, mail_steps, tables_of
from leadline.audit.evidence import Query, findings, system_title
from leadline.audit.sql_text import name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Meaning, Table
from leadline.blueprint.finding import (
    Broken,
    Example,
    Finding,
    FixKind,
    Repair,
    Rule,
    Severity,
)
from leadline.blueprint.graph.flow import FieldRef, Flow, Live

RULE = Rule(
    "suppressed-in-audience",
    "Suppressed people in a live audience",
    Severity.BLOCKING,
    Repair.NOT_A_VALUE,
    FixKind.REVIEW,
    "Something that runs today mails people who unsubscribed, complained or whose mailbox is dead, "
    "because the tool that sends does not know what the other tool knows.",
    "An address is suppressed by a list of bounces, complaints or unsubscribes, or by a record "
    "that is out or bounced, of any system. A live flow that sends mail takes it when the flow's "
    "way in, as SQL over the data given, is certainly true. Whom the sender's own system knows as "
    "suppressed counts only where the file says that the mail does not ask for consent. Apart from "
    "flows: people opted in in one system whose address bounced or complained in another.",
    "Sync suppressions into the sending tool, and make “is suppressed” keep people out of every "
    "flow that sends.",
    topic="joint",
    needs=("suppression|consent",),
)
MESSAGE = "{count} people opted in in {system} are dead or complaining addresses in {other_title}."
EXAMPLES = 5
LIST = """
    create or replace temp table suppressed as
    select distinct email, system from suppression where email is not null
    union
    select distinct email, system from person
    where email is not null and consent_state in ('out', 'bounced')
"""
DEAD = """
    with dead as (
      select email, min(system) as system from (
        select email, system from suppression
        where email is not null and lower(status) not in ('unsubscribes', 'unsubscribed',
          'global_unsubscribes', 'group_unsubscribes')
        union all
        select email, system from person where email is not null and consent_state = 'bounced'
      ) said group by email
    )
    select p.system, p.tbl, p.row, p.key, 'consent_state' as field, d.system as fact_other, p.email
    from person p join dead d on d.email = p.email and d.system <> p.system
    where p.consent_state = 'in'
"""


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each live flow that sends, then the lists."""
    stack.connection.execute(LIST)
    for flow in live_flows(stack):
        entry = entry_of(flow)
        sends = list(mail_steps(flow))
        if entry is None or not sends:
            continue
        blind = any(send.checks_consent is False for _, send in sends)
        for table in tables_of(stack, flow):
            found = _judge(stack, flow, table, decided(entry, table), sends[0][0].id, blind=blind)
            if found is not None:
                yield found
    yield from findings(RULE, stack, Query(DEAD, MESSAGE))


def _judge(
    stack: Stack, flow: Flow, table: Table, taken: str, step: str, *, blind: bool
) -> Finding | None:
    # What the sender's own system knows, it keeps out itself: in any of its tables.
    own = f"(select email from suppressed where system = {text(table.system)})"
    other = "" if blind else f"and s.system <> {text(table.system)} and s.email not in {own}"
    source = (  # made of names and conditions of ours; values are quoted
        f"from person p join {name(table.name)} t on t._row = p.row "
        f"join (select email, min(system) as system from suppressed s where true {other} "
        f"group by email) s on s.email = p.email where p.tbl = {text(table.name)} and ({taken})"
    )
    row = stack.connection.execute(f"select count(*), min(s.system) {source}").fetchone()
    assert row is not None
    people = int(row[0])
    if not people:
        return None
    rows = stack.connection.execute(
        f"select coalesce(p.key, cast(p.row as varchar)), p.email, s.system {source} "
        f"order by p.row limit {EXAMPLES}"
    ).fetchall()
    email = table.column(Meaning.EMAIL)
    return Finding(
        RULE,
        f"Flow “{flow.name[:50]}” mails {people:,} "
        f"{'person who is' if people == 1 else 'people who are'} suppressed in "
        f"{system_title(str(row[1]))}.",
        flow.system,
        table=table.name,
        fields=(FieldRef(table.system, table.object, email.name),) if email else (),
        flow=flow.key,
        step=step,
        count=people,
        of=table.rows,
        severity=Severity.WARNING if flow.live is Live.UNSAID else None,
        examples=tuple(
            Example(str(key), {"email": str(mail), "suppressed in": str(where)})
            for key, mail, where in rows
        ),
        breaks=(Broken(flow.key, step, "mails suppressed people", people),),
    )
