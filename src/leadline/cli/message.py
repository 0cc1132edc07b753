"""``leadline message``: see a message filled in, and send one to yourself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated

import anyio
import typer
from uuid_utils.compat import uuid7

from leadline.cli.asking import ask_first, tell
from leadline.cli.options import (
    EnvironmentOption,
    JsonOption,
    ProjectOption,
    YesOption,
    in_environment,
)
from leadline.cli.output import json_line
from leadline.cli.outside import Outside, door_of, read_outside
from leadline.cli.samples import sample_values, stand_ins, triggers_of
from leadline.connectors.contract import Mail
from leadline.environment import Opened
from leadline.errors import LeadlineError, UsageError
from leadline.expression.types import Value
from leadline.ledger.gate import listed
from leadline.ledger.outcome import Accepted, Outcome, Throttled
from leadline.message.render import Rendered, RenderedEmail, RenderedText, render
from leadline.project.address import spell, why_impossible
from leadline.project.project import Message
from leadline.runtime.link import Link
from leadline.runtime.properties import event_fact
from leadline.runtime.worker import suppression_digest
from leadline.store import gate
from leadline.store.contact import read_contacts
from leadline.store.why import came_in, whole_person

Values = dict[str, dict[str, Value]]
EmailOption = Annotated[
    str | None, typer.Option("--email", help="With the values of this person; default: samples.")
]
NameArgument = Annotated[str, typer.Argument(help="The message, such as messages/welcome.")]
MOST_EVENTS = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    message = typer.Typer(help="See messages, and send one to yourself.", no_args_is_help=True)
    message.command("preview")(preview)
    message.command("send-test")(send_test)
    app.add_typer(message, name="message")


def preview(
    name: NameArgument,
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    email: EmailOption = None,
    html: Annotated[bool, typer.Option("--html", help="The HTML part, as it is sent.")] = False,
    json: JsonOption = False,
) -> None:
    """Show a message filled in: with sample values, or with those of a person."""
    outside = read_outside(project, env)
    found = find_message(outside, name)
    filled = fill(outside, found, _values(outside, found, email))
    match filled:
        case RenderedText(text) if json:
            json_line({"message": found.name, "kind": "text", "text": text})
        case RenderedText(text):
            typer.echo(text)
        case RenderedEmail() as mail if json:
            json_line(
                {
                    "message": found.name,
                    "kind": "email",
                    "subject": mail.subject,
                    "preheader": mail.preheader,
                    "text": mail.text,
                    "html": mail.html,
                }
            )
        case RenderedEmail() as mail if html:
            typer.echo(mail.html)
        case RenderedEmail() as mail:
            typer.echo(f"Subject: {mail.subject}")
            if mail.preheader:
                typer.echo(f"Preheader: {mail.preheader}")
            typer.echo(f"\n{mail.text.rstrip()}")


def send_test(
    name: NameArgument,
    to: Annotated[str, typer.Option("--to", help="Where to send it: your own address.")],
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    email: EmailOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Send a message once, as a test, through the project's mail connection.

    It stands in no ledger. Outside a sandbox it goes to addresses under only_to; to another
    only with --yes. A suppressed address gets nothing.
    """
    outside = read_outside(project, env)
    found = find_message(outside, name)
    impossible = why_impossible(to)
    if impossible is not None:
        raise UsageError(f'"{to}" takes no mail. {impossible}', fix="Write your own address.")
    filled = fill(outside, found, _values(outside, found, email))
    if not isinstance(filled, RenderedEmail):
        raise UsageError(
            f'"{found.name}" is a chat post: it has no subject.', fix="Name a mail message."
        )
    _may_go(outside, to, yes=yes)
    _not_suppressed(project, env, to)
    link = outside.link(_mail_connection(outside))
    outcome = anyio.run(_send, link, _mail(link, filled, to))
    if not isinstance(outcome, Accepted):
        raise LeadlineError(
            f"The test was not sent: {_trouble(outcome)}.",
            where=f"systems/{link.name}.yaml",
            fix="See what is wrong: leadline systems check.",
        )
    tell(
        json,
        {"message": found.name, "to": to, "connection": link.name, "vendor_id": outcome.vendor_id},
        f"{link.name} accepted the test for {to}.",
    )


# ---------------------------------------------------------------- the message and its values


def find_message(outside: Outside, name: str) -> Message:
    """Find a message by its name, with or without its folder; raises UsageError."""
    messages = outside.compiled.messages
    wanted = name.removesuffix(".md").removesuffix(".mjml")
    for each in (wanted, f"messages/{wanted}"):
        if each in messages:
            return messages[each]
    near = get_close_matches(wanted.removeprefix("messages/"), _short(messages), n=1)
    meant = f' Did you mean "messages/{near[0]}"?' if near else ""
    raise UsageError(
        f'There is no message "{name}".{meant}', fix=f"Use one of: {', '.join(sorted(messages))}."
    )


def _short(messages: Mapping[str, Message]) -> list[str]:
    return [each.removeprefix("messages/") for each in messages]


def fill(outside: Outside, message: Message, values: Values) -> Rendered:
    """Fill a message in; raises LeadlineError where it cannot be."""
    filled = render(message, values, outside.compiled.time_zone)
    if isinstance(filled, RenderedEmail | RenderedText):
        return filled
    where = f"{message.name}.{message.format}"
    place = where if filled.line is None else f"{where}:{filled.line}"
    raise LeadlineError(filled.message, where=place, fix=filled.fix)


def _values(outside: Outside, message: Message, email: str | None) -> Values:
    if email is None:
        return sample_values(outside.compiled, message.name, datetime.now(UTC))

    async def read(opened: Opened) -> Values:
        return await _values_of(opened, outside, message, email)

    known = in_environment(outside.directory, outside.environment.name, read)
    for ref, value in stand_ins(outside.compiled, message.name).items():
        scope = known.setdefault(ref.scope, {})
        if scope.get(ref.name) is None:
            scope[ref.name] = value
    return known


async def _values_of(opened: Opened, outside: Outside, message: Message, email: str) -> Values:
    """The contact's values, and those of the newest event that can have started the message."""
    compiled = outside.compiled
    starting = triggers_of(compiled, message.name)
    fields = [compiled.fields[name] for name in sorted(compiled.fields)]
    async with opened.store.connection() as conn:
        people = await whole_person(conn, sorted({email.strip(), spell(email)}))
        if not people:
            raise LeadlineError(
                f"Nobody with the address {email} is known here.",
                fix="Leave --email out to see the message with sample values.",
            )
        survivors = [(p.bucket, p.id) for p in people if p.survives]
        contacts = await read_contacts(conn, survivors, fields)
        buckets, ids = sorted({p.bucket for p in people}), [p.id for p in people]
        events = await came_in(conn, buckets, ids, MOST_EVENTS)
    contact = {name: v for each in contacts.values() for name, v in each.values.items()}
    newest = next((e for e in events if e.name in starting and e.rejected is None), None)
    if newest is None:
        return {"contact": contact, "event": {}}
    declared = compiled.events.get(newest.name)
    fact = event_fact(declared, newest.name, newest.id, newest.properties, newest.occurred_at)
    return {"contact": contact, "event": dict(fact.properties)}


# ---------------------------------------------------------------- sending


def _may_go(outside: Outside, to: str, *, yes: bool) -> None:
    environment = outside.environment
    if environment.sandbox or (environment.only_to and listed(to, environment.only_to)):
        return
    if not ask_first(
        f'"{environment.name}" is no sandbox and {to} is not under only_to. Send it?', yes
    ):
        raise typer.Exit(1)


def _not_suppressed(project: ProjectOption, env: EnvironmentOption, to: str) -> None:
    async def look(opened: Opened) -> str | None:
        digest = suppression_digest(opened.secret, to)
        async with opened.store.connection() as conn:
            return (await gate.suppressed(conn, [digest])).get(digest)

    reason = in_environment(project, env, look)
    if reason is not None:
        raise LeadlineError(
            f"{to} is suppressed ({reason}), so nothing is sent.",
            fix=f"If it may be written to again: leadline unsuppress {to}.",
        )


def _mail_connection(outside: Outside) -> str:
    mail = [name for name, s in sorted(outside.compiled.systems.items()) if s.kind == "smtp"]
    if not mail:
        raise UsageError("The project has no mail connection.", fix="Add systems/mail.yaml.")
    return mail[0]


def _mail(link: Link, filled: RenderedEmail, to: str) -> Mail:
    sender = link.settings.values["from"]
    domain = sender.rpartition("@")[2].strip(" >")
    name = f"test-{uuid7()}"
    return Mail(
        members=(),
        to=to,
        from_=sender,
        subject=f"[test] {filled.subject}",
        html=filled.html,
        text=filled.text,
        message_id=f"<{name}@{domain}>",
        envid=name,
    )


async def _send(link: Link, mail: Mail) -> Outcome:
    async with door_of(link) as door:
        return (await link.connector.perform(door, (mail,)))[0]


def _trouble(outcome: Outcome) -> str:
    if isinstance(outcome, Throttled):
        return "its limit is reached; try again in a moment"
    return "" if isinstance(outcome, Accepted) else outcome.reason.rstrip(".")
