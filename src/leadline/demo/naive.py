"""An ordinary script for the same job: no limits, no retries, no look at what was answered.

It is what many teams begin with, written as such scripts are: it goes through the list as fast
as it can, counts what raised no exception as done, and reports success.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
import httpx

from leadline.demo.people import TITLE, Registration


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the script's own sandboxes are."""

    hubspot: str
    slack: str
    smtp_port: int
    channel: str


async def run_script(people: tuple[Registration, ...], at: Addresses) -> int:
    """Do the job; return how many people the script says it has done."""
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as client:
        done = await asyncio.gather(*(_one(client, at, person) for person in people))
    return sum(done)


async def _one(client: httpx.AsyncClient, at: Addresses, person: Registration) -> bool:
    try:
        await _mail(at, person)
        await _contact(client, at, person)
        await client.post(
            f"{at.slack}/api/chat.postMessage",
            headers={"Authorization": "Bearer xoxb-sandbox"},
            json={"channel": at.channel, "text": f"{person.email} registered for {TITLE}"},
        )
    except Exception:  # noqa: BLE001  (what such scripts do: go on with the next one)
        return False
    return True


async def _mail(at: Addresses, person: Registration) -> None:
    message = EmailMessage()
    message["From"] = "hello@acme.example"
    message["To"] = person.email
    message["Subject"] = f"You are in: {TITLE}"
    message.set_content(f"Hello {person.first_name},\n\nsee you at {TITLE}.\n")
    await aiosmtplib.send(
        message,
        hostname="127.0.0.1",
        port=at.smtp_port,
        username="sandbox",
        password="sandbox-password",  # noqa: S106  (the sandbox's own)
        start_tls=False,
        timeout=30,
    )


async def _contact(client: httpx.AsyncClient, at: Addresses, person: Registration) -> None:
    headers = {"Authorization": "Bearer pat-na1-sandbox"}
    url = f"{at.hubspot}/crm/v3/objects/contacts"
    found = await client.post(
        f"{url}/search",
        headers=headers,
        json={
            "filterGroups": [
                {"filters": [{"propertyName": "email", "operator": "EQ", "value": person.email}]}
            ]
        },
    )
    properties = {
        "email": person.email,
        "firstname": person.first_name or "",
        "company": person.company,
    }
    results: list[dict[str, str]] = found.json().get("results") or []
    if results:
        await client.patch(
            f"{url}/{results[0]['id']}", headers=headers, json={"properties": properties}
        )
    else:
        await client.post(url, headers=headers, json={"properties": properties})
