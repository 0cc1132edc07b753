"""Taking a webhook in: the connector judges it, and what it must know first is fetched here."""

from __future__ import annotations

from leadline.connectors.addresses import Forbidden, is_literal, read_target, resolve
from leadline.connectors.contract import (
    Confirm,
    Connector,
    NeedsCertificate,
    NotGenuine,
    Receipts,
    Received,
    Settings,
    Unreadable,
    Webhook,
)
from leadline.connectors.http_exchange import Answer, Prepared, exchange
from leadline.connectors.outlet import Outlet
from leadline.connectors.replies import NoReply, Phase

FETCH_S = 5.0
MOST_CERTIFICATES = 16


async def receive_webhook(
    connector: Connector, settings: Settings, outlet: Outlet, webhook: Webhook
) -> Receipts | NotGenuine | Unreadable | NoReply:
    """Return what a webhook says; a question whether we want what is sent is answered yes.

    NoReply: the certificate or the confirmation page could not be had. The sender is to be
    told to come again, for its word is neither believed nor refused.
    """
    if connector.receive is None:
        return Unreadable(f"{connector.kind} sends no webhooks")
    received: Received = connector.receive(webhook, settings, outlet.certificates)
    if isinstance(received, NeedsCertificate):
        fetched = await _fetch(outlet, settings, received.url)
        if isinstance(fetched, NoReply):
            return fetched
        if len(outlet.certificates) >= MOST_CERTIFICATES:
            outlet.certificates.clear()
        outlet.certificates[received.url] = fetched.body
        received = connector.receive(webhook, settings, outlet.certificates)
    if isinstance(received, Confirm):
        visited = await _fetch(outlet, settings, received.url)
        return visited if isinstance(visited, NoReply) else Receipts()
    if isinstance(received, NeedsCertificate):
        return NotGenuine("it names one certificate after another")
    return received


async def _fetch(outlet: Outlet, settings: Settings, url: str) -> Answer | NoReply:
    """Get a page that a connector trusts."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    target = read_target(url[: len(url) - len(path)] if url.endswith(path) else url)
    if isinstance(target, Forbidden):
        return NoReply(Phase.NOT_CONNECTED, target.reason)
    addresses = await resolve(
        target.host,
        target.port,
        allow_private=settings.allow_private or is_literal(target.host),
        encrypted=target.scheme == "https",
    )
    if isinstance(addresses, Forbidden):
        return NoReply(Phase.NOT_CONNECTED, addresses.reason)
    prepared = Prepared("GET", path, {}, {}, None)
    found = await exchange(outlet, target, addresses, prepared, FETCH_S)
    if isinstance(found, Answer) and found.status != 200:
        return NoReply(Phase.BEFORE_EFFECT, f"{target.host} answered {found.status}")
    return found
