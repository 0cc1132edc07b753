"""What the sandboxes say really happened, asked over their own doors."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import httpx

from leadline.demo.people import Registration
from leadline.demo.stage import Sandbox, Sandboxes

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Truth:
    """One sandbox's book: effects of ours, figures, and the records or messages there are."""

    effects: Sequence[Json]
    figures: Mapping[str, int]
    records: Sequence[Json]

    @property
    def last_at(self) -> float | None:
        """When our last effect came, in seconds since 1970."""
        return max((cast(float, e["at"]) for e in self.effects), default=None)


async def ask(client: httpx.AsyncClient, sandbox: Sandbox) -> Truth:
    """Read one sandbox's book."""
    base = f"{sandbox.control}/_sandbox"
    effects = (await client.get(f"{base}/truth")).json()["effects"]
    figures = (await client.get(f"{base}/figures")).json()
    kind = "contacts" if sandbox.kind == "hubspot" else "messages"
    records = (await client.get(f"{base}/{kind}")).json()[kind]
    return Truth([e for e in effects if e["by"] == "ours"], figures, records)


async def ask_all(sides: Sandboxes) -> dict[str, Truth]:
    """Read the three books of one side."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return {sandbox.kind: await ask(client, sandbox) for sandbox in sides.each()}


async def effects_of(sides: Sandboxes) -> dict[str, int]:
    """How many effects each sandbox has seen so far; one that is down just now is left out."""
    found: dict[str, int] = {}
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        for sandbox in sides.each():
            with contextlib.suppress(httpx.TransportError):
                figures = (await client.get(f"{sandbox.control}/_sandbox/figures")).json()
                found[sandbox.kind] = int(figures["effects"])
    return found


def mails_by_id(mail: Truth) -> Counter[str]:
    """How often each Message-ID was taken, without its angle brackets."""
    return Counter(str(e["key"]).strip("<>") for e in mail.effects)


def posts_by_name(slack: Truth) -> Counter[str]:
    """How often each post, by its (shortened) name in the metadata, stands in a message."""
    found: Counter[str] = Counter()
    for effect in slack.effects:
        key = effect["key"]
        payload: dict[str, list[str]] = json.loads(key) if isinstance(key, str) else {}
        found.update(payload.get("posts", ()))
    return found


def contacts_by_email(hubspot: Truth) -> dict[str, list[Mapping[str, str]]]:
    """The records of each address."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for record in hubspot.records:
        properties = cast(Mapping[str, str], record["properties"])
        found.setdefault(str(properties.get("email", "")).lower(), []).append(properties)
    return found


def reached_by_script(people: Sequence[Registration], truth: Mapping[str, Truth]) -> Json:
    """What the ordinary script did, by the books of its own sandboxes.

    A person is reached who has one mail, one record and one post. Lost are mails, records and
    posts that should be there and are not; doubled are those that are there once more.
    """
    mails = Counter(
        str(cast(Json, e["values"]).get("recipient", cast(Json, e["values"]).get("to", "")))
        for e in truth["smtp"].effects
    )
    contacts = {k: len(v) for k, v in contacts_by_email(truth["hubspot"]).items()}
    texts = [str(m.get("text", "")) for m in truth["slack"].records]
    posts = Counter(text.split(" registered")[0] for text in texts)
    wanted = {p.email for p in people if p.reachable}
    counts = [(mails[e], contacts.get(e.lower(), 0), posts[e]) for e in sorted(wanted)]
    return {
        "reached": sum(all(n == 1 for n in row) for row in counts),
        "lost": sum(n == 0 for row in counts for n in row),
        "duplicated": sum(max(0, n - 1) for row in counts for n in row),
        "throttled_calls_caused": sum(t.figures["throttled_calls_caused"] for t in truth.values()),
    }
