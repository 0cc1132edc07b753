"""The requests that this connector makes, and the reading of their answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import quote

from leadline.connectors.contract import NotNow, RecordWrite, Settings
from leadline.connectors.door import Door, Request
from leadline.connectors.hubspot import answers
from leadline.connectors.hubspot.answers import Row
from leadline.connectors.hubspot.values import EMAIL, SEPARATOR
from leadline.connectors.replies import NoReply, Phase, Reply
from leadline.ledger.outcome import Outcome, Throttled, Unavailable, Unknown

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


async def read_by(
    door: Door, id_property: str | None, values: Collection[str], properties: Iterable[str]
) -> dict[str, Row] | Outcome:
    """Read contacts by a unique property (None: the record id), keyed by the value asked for.

    Matched by what each record says, never by position. One that has several addresses is
    found by each of them.
    """
    found: dict[str, Row] = {}
    wanted = sorted(set(values))
    extra = {EMAIL, MORE_EMAILS} if id_property == EMAIL else {id_property or EMAIL}
    names = sorted({*properties, *extra})
    for start in range(0, len(wanted), MOST):
        part = wanted[start : start + MOST]
        body: dict[str, object] = {
            "inputs": [{"id": value} for value in part],
            "properties": names,
            "propertiesWithHistory": [],
        }
        if id_property is not None:
            body["idProperty"] = id_property
        reply = await ask(door, request(door, "POST", f"{CONTACTS}/batch/read", body))
        if not isinstance(reply, Reply):
            return reply
        rows = answers.rows_of(reply) if reply.status not in answers.REFUSED else None
        if rows is None:
            wrong = answers.wrong_of(reply)
            return Unavailable(f"HubSpot does not let contacts be read: {wrong.message}")
        for row in rows:
            found |= dict.fromkeys(_names(row, id_property), row)
    return {value: row for value, row in found.items() if value in set(wanted)}


async def read_one(door: Door, record_id: str) -> Row | None:
    """Read one contact by its id; None where it cannot be read."""
    path = f"{CONTACTS}/{quote(record_id, safe='')}"
    reply = await ask(door, request(door, "GET", path, params={"properties": EMAIL}))
    if not isinstance(reply, Reply) or reply.status != 200:
        return None
    return answers.read_row(reply.fields)


def _names(row: Row, id_property: str | None) -> list[str]:
    if id_property is None:
        return [row.id]
    if id_property != EMAIL:
        value = row.properties.get(id_property)
        return [value] if value else []
    more = (row.properties.get(MORE_EMAILS) or "").split(SEPARATOR)
    return [e.strip().lower() for e in (row.properties.get(EMAIL) or "", *more) if e.strip()]
