"""How to get the exports that an inspection reads, vendor by vendor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to fetch: what it is, how to get it, and what it lets be judged."""

    what: str
    how: str
    judges: str


WAYS: dict[str, tuple[Way, ...]] = {
    "HubSpot": (
        Way(
            "contacts, companies, deals",
            'In each list: Export, all properties, CSV; tick "internal names" if it is offered.',
            "the data itself",
        ),
        Way(
            "workflows",
            "GET /automation/v4/flows lists the ids; GET /automation/v4/flows/ID gives each one. "
            "Keep every answer as a JSON file. There is no export button.",
            "what reads and writes which field, loops, gaps",
        ),
        Way(
            "action types",
            "GET /automation/2026-09-beta/action-types, kept as a JSON file.",
            "steps of installed apps, which stay opaque without it",
        ),
        Way(
            "property definitions",
            "GET /crm/v3/properties/contacts (companies, deals), kept as JSON.",
            "values outside the picklist, types, labels",
        ),
        Way(
            "property history",
            "GET /crm/v3/objects/contacts?propertiesWithHistory=NAMES, kept as JSON.",
            "who wrote a bad value: which import, flow or person",
        ),
    ),
    "Salesforce": (
        Way(
            "leads, contacts, accounts, opportunities",
            "Data Loader, Export All; or a report exported as details only.",
            "the data itself, and one person kept twice",
        ),
        Way(
            "flows",
            "sf project retrieve start --metadata Flow (gives .flow-meta.xml files).",
            "what the flows read and write, and missing fault paths",
        ),
    ),
    "Mailchimp": (
        Way(
            "audience",
            "Audience, All contacts, Export Audience. Give the whole zip: the status of a "
            "contact stands only in the file's name.",
            "opt-outs and cleaned addresses that came back",
        ),
        Way(
            "automations",
            "Customer journeys cannot be exported; what they do stays not judged.",
            "nothing: the vendor gives no file",
        ),
    ),
    "Klaviyo": (
        Way("profiles", "Lists & segments, Export list to CSV, all properties.", "the data itself"),
        Way(
            "flows",
            "GET /api/flows/ID?additional-fields[flow]=definition, one answer a file.",
            "filters, messages and whether each is live",
        ),
    ),
    "n8n": (
        Way(
            "workflows",
            "n8n export:workflow --all --output=workflows.json, or Download in the editor.",
            "what is read and written, and what happens when a node fails",
        ),
    ),
    "Mautic": (
        Way("campaigns", "Campaigns, Export (Mautic 7 or newer).", "what the campaigns do"),
        Way("contacts", "Contacts, Export to CSV.", "the data itself"),
    ),
    "SendGrid": (
        Way(
            "suppressions",
            "Suppressions: export bounces, blocks, invalid, spam reports and unsubscribes.",
            "people who must not be mailed, and are",
        ),
        Way("activity", "Activity Feed, Export CSV (30 days at most).", "what was sent to whom"),
    ),
    "Zoom and GoTo": (
        Way(
            "registrants and attendees",
            "Reports, Webinar: Registration Report and Attendee Report as CSV.",
            "registrations that never reached the CRM",
        ),
    ),
    "Slack": (
        Way("messages", "Workspace settings, Import/Export data, Export (zip).", "hand-overs"),
    ),
    "Anything else": (
        Way(
            "tables",
            "CSV, TSV, XLSX or Parquet with one row a record and a header. Say what it is with "
            "--as, if it is not recognised.",
            "the data itself",
        ),
        Way(
            "your own prices",
            "costs.yaml beside the files: currency, per_record, per_person.",
            "money, as a range; never from prices of ours",
        ),
    ),
}


def how_text() -> str:
    """The whole list, as the terminal shows it."""
    lines = ["How to get what an inspection reads. Give the files, or the folder they lie in."]
    for vendor, ways in WAYS.items():
        lines += ["", vendor]
        for way in ways:
            lines += [f"  {way.what}", f"    {way.how}", f"    lets be judged: {way.judges}"]
    return "\n".join(lines)
