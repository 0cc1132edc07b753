"""Faults in n8n's workflows."""

from __future__ import annotations

from collections.abc import Callable

from making.n8n_flows import ERRORS, chain, hubspot_key, node, patient, workflow
from making.world import Json, Planted, World

OFFER, DIGEST = "sN5x1Offer000001", "bU7t2Digest00001"
SCHEDULE = {"rule": {"interval": [{"field": "days", "triggerAtHour": 7}]}}
EVERYBODY = {"authentication": "appToken", "operation": "getAll", "returnAll": True,
             "additionalFields": {}}  # fmt: skip


def _all_contacts() -> Json:
    return node("All contacts", "hubspot", 2.1, EVERYBODY, credentials=hubspot_key(), **patient())


def _without_consent(world: World, count: int) -> None:
    del count
    nodes = [
        node("Every morning", "scheduleTrigger", 1.2, SCHEDULE),
        _all_contacts(),
        node("Send the offer", "sendGrid", 1,
             {"resource": "mail", "operation": "send", "fromEmail": "offers@kaldera.example",
              "fromName": "Kaldera", "toEmail": "={{ $json.properties.email.value }}",
              "subject": "Our offer of the week", "contentValue": "<p>See our offers.</p>",
              "additionalFields": {}},
             credentials={"sendGridApi": {"id": "17", "name": "SendGrid"}}, **patient()),
    ]  # fmt: skip
    links = chain("Every morning", "All contacts", "Send the offer")
    world.n8n.append(workflow(OFFER, "Offer of the week", nodes, links,
                              errorWorkflow=ERRORS))  # fmt: skip
    world.plant(Planted("send-without-consent", "n8n", flow=f"n8n/{OFFER}",
                        step="Send the offer", also=("burst-over-limit",)))  # fmt: skip


def _burst(world: World, count: int) -> None:
    del count
    nodes = [
        node("Every morning", "scheduleTrigger", 1.2, SCHEDULE),
        _all_contacts(),
        node("Post each of them", "slack", 2.3,
             {"select": "channel",
              "channelId": {"__rl": True, "mode": "name", "value": "#sales-leads"},
              "text": "={{ $json.properties.company.value }}", "otherOptions": {}},
             credentials={"slackApi": {"id": "14", "name": "Slack"}}, **patient()),
    ]  # fmt: skip
    links = chain("Every morning", "All contacts", "Post each of them")
    world.n8n.append(workflow(DIGEST, "Contacts of the day to Slack", nodes, links,
                              errorWorkflow=ERRORS))  # fmt: skip
    rows = len(world.tables["hubspot.contacts"])
    world.plant(Planted("burst-over-limit", "n8n", flow=f"n8n/{DIGEST}",
                        step="Post each of them", count=rows))  # fmt: skip


def _no_error_path(world: World, count: int) -> None:
    """Nobody hears when the digest fails; where there is none, the orders take its place."""
    del count
    digest = next((each for each in world.n8n if each["id"] == DIGEST), None)
    if digest is not None:
        del digest["settings"]["errorWorkflow"]
        for each in digest["nodes"]:
            for key in ("retryOnFail", "maxTries", "waitBetweenTries"):
                each.pop(key, None)
        world.plant(Planted("missing-error-path", "n8n", flow=f"n8n/{DIGEST}",
                            step="All contacts", count=2))  # fmt: skip
        return
    nodes = [
        node("Order placed", "webhook", 2.1,
             {"httpMethod": "POST", "path": "order-placed", "authentication": "headerAuth",
              "options": {}}, webhookId="0d8a4f55-77b1-4a11-a0f0-7c00d3d1a2b3"),
        node("Ask the shop", "httpRequest", 4.2,
             {"url": "https://shop.kaldera.example/api/orders", "options": {}}),
        node("Save the order", "hubspot", 2.1,
             {"authentication": "appToken", "email": "={{ $json.email }}",
              "additionalFields": {"companyName": "={{ $json.company }}"}, "options": {}},
             credentials=hubspot_key()),
    ]  # fmt: skip
    links = chain("Order placed", "Ask the shop", "Save the order")
    world.n8n.append(workflow("oB3k9Orders00001", "Orders to HubSpot", nodes, links))
    world.plant(Planted("missing-error-path", "n8n", flow="n8n/oB3k9Orders00001",
                        step="Ask the shop", count=2))  # fmt: skip


def _domain(world: World, count: int) -> None:
    """Mail in the name of a free mailbox, which its owner lets nobody else send for."""
    del count
    offer = next((each for each in world.n8n if each["id"] == OFFER), None)
    if offer is not None:
        offer["nodes"][2]["parameters"]["fromEmail"] = "kaldera_team@gmail.com"
        world.plant(Planted("sending-domain", "n8n", flow=f"n8n/{OFFER}", step="Send the offer"))
        return
    nodes = [
        node("Demo asked for", "formTrigger", 2.2, {"formTitle": "Ask for a demo", "options": {}},
             webhookId="77cf0a11-2d6f-4d25-bb5e-0b0f6c9d4e10"),
        node("Confirm the demo", "emailSend", 2.1,
             {"fromEmail": "kaldera_team@gmail.com", "toEmail": "={{ $json.email }}",
              "subject": "Your demo", "html": "<p>We will call you.</p>", "options": {}},
             credentials={"smtp": {"id": "19", "name": "SMTP"}}, **patient()),
    ]  # fmt: skip
    links = chain("Demo asked for", "Confirm the demo")
    world.n8n.append(workflow("dM8q4Demo0000001", "Confirm a demo", nodes, links,
                              errorWorkflow=ERRORS))  # fmt: skip
    world.plant(Planted("sending-domain", "n8n", flow="n8n/dM8q4Demo0000001",
                        step="Confirm the demo", also=("send-without-consent",)))  # fmt: skip


PLANTS: dict[str, Callable[[World, int], None]] = {
    "send-without-consent": _without_consent,
    "burst-over-limit": _burst,
    "missing-error-path": _no_error_path,
    "sending-domain": _domain,
}
