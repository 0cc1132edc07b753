"""The requests that this connector makes, and the reading of their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from leadline.connectors.contract import NotNow, RecordWrite, Settings
from leadline.connectors.door import Door, Request
from leadline.connectors.hubspot import answers
from leadline.connectors.hubspot.answers import Row
from leadline.connectors.hubspot.values import EMAIL, SEPARATOR
from leadline.connectors.replies import NoReply, Phase, Reply
from leadline.ledger.coalesce import FieldWrite, SetTo
from leadline.ledger.outcome import Outcome, Rejected, Throttled, Unavailable, Unknown

API = "https://api.hubapi.com"
VERSION = "2026-09"
"""The date in HubSpot's paths; a version is served for 18 months."""
CONTACTS = f"/crm/objects/{VERSION}/contacts"
PROPERTIES = f"/crm/properties/{VERSION}/contacts"
ACCOUNT = f"/account-info/{VERSION}/details"
KEY_PROPERTY = "leadline_key"
"""The unique property by which a contact that we create is created once."""
MORE_EMAILS = "hs_additional_emails"
MOST = 100
"""Records in one batch."""


async def ask(door: Door, request: Request) -> Reply | Outcome:
    """Send one request; an outcome where its answer means the same for all that it is about.

    What is left to the caller is an answer of 2xx, or one that refuses what was asked.
    """
    answer = await door.call(request, base_url(door.settings))
    match answer:
        case NotNow(until=until, reason=reason):
            return Throttled(until) if until is not None else Unavailable(reason)
        case NoReply(phase=phase, reason=reason):
            if request.members and phase is Phase.AFTER_EFFECT_POSSIBLE:
                return Unknown(reason)
            return Unavailable(reason)
        case Reply():
            found = answers.trouble(answer, writes=bool(request.members))
            return answer if found is None else found


def base_url(settings: Settings) -> str:
    """Where HubSpot is reached: its own address, unless the system's file says another."""
    return settings.values.get("base_url", API)


def request(
    door: Door,
    method: str,
    path: str,
    json: object = None,
    params: Mapping[str, str] | None = None,
    effects: Sequence[RecordWrite] = (),
) -> Request:
    """A request with its credentials and windows, and with what it carries."""
    members = tuple(key for effect in effects for key in effect.members)
    return Request(
        method,
        path,
        (answers.BURST, answers.DAY),
        json=json,
        params=params or {},
        bearer=door.settings.secrets["token"],
        members=members,
        records=tuple(effect.record for effect in effects),
        refs={key: effect.write_id for effect in effects for key in effect.members},
        quota=answers.quota,
    )


@dataclass(slots=True)
class Found:
    """Contacts by the value that they were asked for by, and values that cannot be looked up."""

    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    refused: dict[str, Rejected] = field(default_factory=dict[str, Rejected])


async def read_by(
    door: Door, id_property: str | None, wanted: Iterable[str], properties: Iterable[str]
) -> Found | Outcome:
    """Read contacts by a unique property (None: the record id).

    Matched by what each record says, never by position. One that has several addresses is
    found by each of them. A batch that is refused for one of its values is halved.
    """
    found = Found()
    extra = {EMAIL, MORE_EMAILS} if id_property == EMAIL else {id_property or EMAIL}
    body: dict[str, object] = {
        "properties": sorted({*properties, *extra}),
        "propertiesWithHistory": [],
    }
    if id_property is not None:
        body["idProperty"] = id_property
    ordered = sorted(set(wanted))
    waiting = [ordered[start : start + MOST] for start in range(0, len(ordered), MOST)]
    while waiting:
        part = waiting.pop()
        asked = {**body, "inputs": [{"id": value} for value in part]}
        reply = await ask(door, request(door, "POST", f"{CONTACTS}/batch/read", asked))
        if not isinstance(reply, Reply):
            return reply
        rows = answers.rows_of(reply)
        if rows is not None and reply.status not in answers.REFUSED:
            names = {name: row for row in rows for name in names_of(row, id_property)}
            found.rows |= {value: names[value] for value in part if value in names}
            continue
        wrong = answers.wrong_of(reply)
        if reply.status not in answers.REFUSED:
            return Unavailable("HubSpot's answer is not understood")
        if id_property == KEY_PROPERTY and wrong.blames([KEY_PROPERTY]):
            return found  # without the property nobody has it
        if len(part) == 1:
            found.refused[part[0]] = Rejected(wrong.message, id_property)
        else:
            waiting += [part[: len(part) // 2], part[len(part) // 2 :]]
    return found


async def read_one(door: Door, record_id: str) -> Row | None:
    """Read one contact by its id; None where it cannot be read."""
    path = f"{CONTACTS}/{quote(record_id, safe='')}"
    reply = await ask(door, request(door, "GET", path, params={"properties": EMAIL}))
    if not isinstance(reply, Reply) or reply.status != 200:
        return None
    return answers.read_row(reply.fields)


def names_of(row: Row, id_property: str | None) -> list[str]:
    """The values of a unique property by which a contact is found."""
    if id_property is None:
        return [row.id]
    if id_property != EMAIL:
        value = row.properties.get(id_property)
        return [value] if value else []
    more = (row.properties.get(MORE_EMAILS) or "").split(SEPARATOR)
    return [e.strip().lower() for e in (row.properties.get(EMAIL) or "", *more) if e.strip()]


def is_known_by(name: str, write: FieldWrite, row: Row) -> bool:
    """Whether a write only says an address by which the contact is found already."""
    if name != EMAIL or not isinstance(write, SetTo):
        return False
    return str(write.value).strip().lower() in names_of(row, EMAIL)
