"""Faults in whom one may write to: consents, objections, bounces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from making.mail_tools import COLUMNS, moment, suppress
from making.picking import Fits, in_audience
from making.world import IMPORT_AT, THE_IMPORT, Planted, Row, World, keys_of


def _subscribed(world: World) -> Fits:
    fits = in_audience(world)
    return lambda p: fits(p) and bool(world.row("mailchimp.subscribed", p))


def _clash(world: World, count: int) -> None:
    rows: list[Row] = []
    for person in world.pick("opt-out-here-opt-in-there", count, _subscribed(world)):
        row = world.contact(person)
        row |= {
            "Unsubscribed from all email": "Yes",
            "Marketing contact status": "Non-marketing contact",
        }
        rows.append(row)
    keys = keys_of(rows, "Record ID")
    world.plant(
        Planted("opt-out-here-opt-in-there", "hubspot", "contacts", ("hs_email_optout",), keys,
                count=len(keys), also=("suppressed-in-live-audience", "mail-tool-not-crm",
                                       "came-back-by-import"))
    )  # fmt: skip


def _without_proof(world: World, count: int) -> None:
    keys: list[str] = []
    for person in world.pick("consent-without-proof", count, _subscribed(world)):
        row = world.home["mailchimp.subscribed"][person.number]
        row |= {"OPTIN_TIME": "", "OPTIN_IP": "", "CONFIRM_TIME": "", "CONFIRM_IP": ""}
        keys.append(person.email)
    world.plant(
        Planted("consent-without-proof", "mailchimp", "subscribed", ("CONFIRM_TIME", "OPTIN_TIME"),
                tuple(keys), count=len(keys))
    )  # fmt: skip


def _came_back(world: World, count: int) -> None:
    """The list of 3 March was loaded into a second audience, over the objections of the first."""
    world.tables.setdefault("mailchimp2.subscribed", [])
    early = IMPORT_AT - timedelta(days=60 + count)
    chosen = world.pick(
        "came-back-by-import",
        count,
        lambda p: p.created < early and bool(world.row("mailchimp.unsubscribed", p)),
    )
    keys: list[str] = []
    for number, person in enumerate(chosen):
        gone = world.home["mailchimp.unsubscribed"][person.number]
        gone["UNSUB_TIME"] = gone["LAST_CHANGED"] = moment(IMPORT_AT - timedelta(days=40 + number))
        back = {column: gone[column] for column in COLUMNS["subscribed"]} | {
            "OPTIN_TIME": moment(IMPORT_AT + timedelta(seconds=number)),
            "OPTIN_IP": "127.0.0.1",
            "CONFIRM_TIME": moment(IMPORT_AT + timedelta(seconds=number)),
            "CONFIRM_IP": "127.0.0.1",
            "LAST_CHANGED": moment(IMPORT_AT + timedelta(seconds=number)),
            "LEID": str(700_000 + number),
            "EUID": f"b{gone['EUID'][1:]}",
            "TAGS": '"trade-fair-list-march"',
        }
        for table in ("sendgrid.unsubscribes", "sendgrid.spam_reports"):
            world.drop(table, person)
        world.add("mailchimp2.subscribed", back)
        keys.append(person.email)
    world.plant(
        Planted("came-back-by-import", "mailchimp", "subscribed", ("Email Address",), tuple(keys),
                count=len(keys), because=THE_IMPORT,
                also=("opt-out-here-opt-in-there", "suppressed-in-live-audience",
                      "consent-without-proof", "duplicate-mailbox"))
    )  # fmt: skip


def _suppressed(world: World, count: int) -> None:
    keys: list[str] = []
    for number, person in enumerate(
        world.pick("suppressed-in-live-audience", count, _subscribed(world))
    ):
        suppress(world, person, ("bounces", "spam_reports", "unsubscribes")[number % 3])
        keys.append(person.email)
    world.plant(
        Planted("suppressed-in-live-audience", "mailchimp", "subscribed", ("Email Address",),
                tuple(keys), count=len(keys),
                also=("opt-out-here-opt-in-there", "came-back-by-import", "paid-but-unmailable"))
    )  # fmt: skip


def _paid(world: World, count: int) -> None:
    rows: list[Row] = []
    for person in world.pick("paid-but-unmailable", count, lambda p: not p.mailable):
        for table in ("sendgrid.bounces", "sendgrid.unsubscribes", "sendgrid.spam_reports"):
            world.drop(table, person)
        row = world.contact(person)
        row["Marketing contact status"] = "Marketing contact"
        rows.append(row)
    keys = keys_of(rows, "Record ID")
    world.plant(
        Planted("paid-but-unmailable", "hubspot", "contacts", ("hs_marketable_status",), keys,
                count=len(keys), also=("suppressed-in-live-audience", "mail-tool-not-crm"))
    )  # fmt: skip


PLANTS: dict[str, Callable[[World, int], None]] = {
    "opt-out-here-opt-in-there": _clash,
    "consent-without-proof": _without_proof,
    "came-back-by-import": _came_back,
    "suppressed-in-live-audience": _suppressed,
    "paid-but-unmailable": _paid,
}
