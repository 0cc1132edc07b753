"""The ledger of the demo as rows to be held against the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leadline.demo.reconcile import Balance, Intended, balance
from leadline.demo.truth import Truth, contacts_by_email, mails_by_id, posts_by_name
from leadline.environment import Opened
from leadline.journey.action import SaveRecord
from leadline.journey.encoding import decode
from leadline.ledger.coalesce import FieldWrite, SetTo
from leadline.runtime.effects import action_name
from leadline.store import report, work
from leadline.store.report import ActionFilter, ActionLine

DOUBT = frozenset({"held", "unknown"})
"""A run whose action is in doubt waits; its later steps are not intended yet."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every action with its person's address, and what each save wrote.

    ``dead`` are the people whose run ended in the dead letters, with the reason on record.
    """

    lines: tuple[ActionLine, ...]
    emails: Mapping[str, str]
    names: Mapping[str, str]
    writes: Mapping[str, Mapping[str, FieldWrite]]
    dead: frozenset[str]


async def read_ledger(opened: Opened, most: int) -> Ledger:
    """Read the whole ledger of the demo's environment."""
    async with opened.store.transaction() as conn:
        lines = await report.actions(conn, ActionFilter(), most)
        dead = await report.dead_letters(conn, None, most)
        emails = await report.emails_of(conn, list({r.contact_id for r in (*lines, *dead)}))
        keys = [(a.bucket, a.enrollment_id, a.step, a.visit) for a in lines if a.kind == "save"]
        rows = await work.actions_of_work(conn, keys)
    writes: dict[str, Mapping[str, FieldWrite]] = {}
    for row in rows:
        action = decode(row.payload)
        assert isinstance(action, SaveRecord)
        writes[str(action.key)] = action.fields
    return Ledger(
        tuple(lines),
        {line.key: emails.get(line.contact_id, "") for line in lines},
        {line.key: action_name(opened.secret, opened.name, line.key) for line in lines},
        writes,
        frozenset(emails[letter.contact_id] for letter in dead if letter.contact_id in emails),
    )


def balances(
    ledger: Ledger, truth: Mapping[str, Truth], reachable: frozenset[str]
) -> tuple[Balance, Balance, Balance]:
    """Hold mail, CRM and chat against their sandboxes."""
    mails = {k.partition("@")[0]: n for k, n in mails_by_id(truth["smtp"]).items()}
    shorts = posts_by_name(truth["slack"])
    lengths = {len(short) for short in shorts}
    posts = {
        name: sum(shorts[name[:length]] for length in lengths) for name in ledger.names.values()
    }
    contacts = contacts_by_email(truth["hubspot"])
    records = {
        line.key: _written(ledger, line.key, contacts.get(ledger.emails[line.key].lower(), []))
        for line in ledger.lines
        if line.kind == "save"
    }
    held = {ledger.emails[line.key] for line in ledger.lines if line.state in DOUBT}
    later = reachable - ledger.dead - held
    doubled = sum(max(0, len(found) - 1) for found in contacts.values())
    return (
        balance(
            "mail",
            _intended(ledger, "mail", lambda key: mails.get(ledger.names[key], 0)),
            reachable,
        ),
        balance("hubspot", _intended(ledger, "save", lambda key: records[key]), later, doubled),
        balance("slack", _intended(ledger, "post", lambda key: posts[ledger.names[key]]), later),
    )


def _intended(ledger: Ledger, kind: str, effects: Callable[[str], int]) -> list[Intended]:
    return [
        Intended(line.key, line.connection, ledger.emails[line.key], line.state, effects(line.key))
        for line in ledger.lines
        if line.kind == kind
    ]


def _written(ledger: Ledger, key: str, records: list[Mapping[str, str]]) -> int:
    """1 where the person's record shows everything that the action wrote, else 0."""
    if not records:
        return 0
    for name, write in ledger.writes[key].items():
        if isinstance(write, SetTo) and records[0].get(name) != str(write.value):
            return 0
    return 1
