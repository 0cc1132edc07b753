"""How HubSpot is asked: paths, headers, and the quota that its answers tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

from leadline.connectors.contract import Members, NotNow, Place, Quota, RecordWrite, places
from leadline.connectors.door import Door, NoReply, Reply, Request
from leadline.connectors.replies import as_text
from leadline.ledger.vendor_limits import HUBSPOT

VERSION = "2026-09"
"""The date in the path: HubSpot keeps each for 18 months (vendors.md, "versions")."""
HOME = "https://api.hubapi.com"
CONTACTS = f"/crm/objects/{VERSION}/contacts"
PROPERTIES = f"/crm/properties/{VERSION}/contacts"
ACCOUNT = f"/account-info/{VERSION}/details"
KEY = "leadline_key"
"""The unique property by which a contact that we create is created once."""
MOST_RECORDS = HUBSPOT.sizes["batch"].most
BURST = "ten seconds"
DAY = "day"
LOCKED_S = 2.0
"""A locked record is free after two seconds at the earliest (error page, 423)."""

Verb = Literal["update", "upsert"]


async def read(
    door: Door, path: str, json: object = None, params: Mapping[str, str] | None = None
) -> Reply | NoReply | NotNow:
    """Ask for something; a POST where there is a body."""
    return await door.call(
        Request(
            "GET" if json is None else "POST",
            path,
            places(HUBSPOT, door.settings, "batch"),
            json=json,
            params=params or {},
            bearer=door.settings.secrets["token"],
            quota=quota,
        ),
        home(door),
    )


async def write(
    door: Door,
    verb: Verb,
    inputs: Sequence[Mapping[str, object]],
    writes: Sequence[RecordWrite],
    opened: set[str],
) -> Reply | NoReply | NotNow:
    """Write one batch; its call carries the members of all its writes.

    ``opened`` are the records that an earlier call of the same claim holds open already, and
    are held until the claim is settled: the half of a refused batch does not open them again.
    """
    fresh = tuple(write.record for write in writes if write.record not in opened)
    opened.update(fresh)
    members: Members = tuple(m for write in writes for m in write.members)
    return await door.call(
        Request(
            "POST",
            f"{CONTACTS}/batch/{verb}",
            places(HUBSPOT, door.settings, "batch"),
            json={"inputs": list(inputs)},
            bearer=door.settings.secrets["token"],
            members=members,
            records=fresh,
            refs={m: write.write_id for write in writes for m in write.members},
            quota=quota,
        ),
        home(door),
    )


def home(door: Door) -> str:
    """Where this connection's HubSpot answers."""
    return door.settings.values.get("base_url", HOME)


def quota(reply: Reply) -> Quota:
    """Read what is left of the windows, and which of them was full."""
    remaining = {
        window: int(text)
        for window, header in (
            (BURST, "x-hubspot-ratelimit-remaining"),
            (DAY, "x-hubspot-ratelimit-daily-remaining"),
        )
        if (text := reply.headers.get(header, "")).isascii() and text.isdigit()
    }
    if reply.status != 429:
        return Quota(remaining)
    window = full_window(reply)
    until = None if window == DAY else reply.at + timedelta(seconds=wait_s(reply))
    return Quota(remaining, Place(window), until)


def full_window(reply: Reply) -> str:
    """Which window a 429 is about; newer answers leave the policy's name out."""
    policy = as_text(reply.fields.get("policyName")) or as_text(reply.fields.get("message")) or ""
    return DAY if "daily" in policy.lower() else BURST


def wait_s(reply: Reply) -> float:
    """How long to stay away: a 429 counts milliseconds, a 477 seconds; else what HubSpot says.

    A 429 without a hint frees at the latest after its window of 10 s.
    """
    hint = reply.headers.get("retry-after", "")
    given = float(hint) if hint.isascii() and hint.isdigit() else None
    match reply.status:
        case 429:
            return 10.0 if given is None else min(max(given / 1000, 1.0), 86_400.0)
        case 477:
            return 3_600.0 if given is None else min(given, 86_400.0)
        case 423:
            return max(LOCKED_S, given or 0.0)
        case _:
            return 1.0
