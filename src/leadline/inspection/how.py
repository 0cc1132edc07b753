"""How to get each export, vendor by vendor, and what it lets be judged.

Menus as the vendors name them; they move now and then, the formats seldom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to fetch. ``shapes`` are the names under which it is recognised; ``judges``
    says what can be judged with it, and cannot without."""

    what: str
    how: str
    judges: str
    shapes: tuple[str, ...] = ()
    automations: bool = False  # the name is that of its reader of flows
    missed: bool = True  # said where the vendor is there and this is not


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor; ``system`` is its name in tables and flows."""

    name: str
    system: str
    ways: tuple[Way, ...]


_HUBSPOT = Vendor(
    "HubSpot",
    "hubspot",
    (
        Way(
            "contacts",
            "CRM, Contacts, All contacts, Export: CSV, all properties on records; every part of "
            "the zip.",
            "the people: addresses, consent, owners, stages",
            ("hubspot-contacts",),
        ),
        Way(
            "companies",
            "CRM, Companies, Export: CSV, all properties on records.",
            "companies kept twice, contacts without their company",
            ("hubspot-companies",),
        ),
        Way(
            "deals",
            "CRM, Deals, Export: CSV, all properties on records.",
            "stages that deals contradict, open deals without a date",
            ("hubspot-deals",),
        ),
        Way(
            "workflows",
            "There is no export button. GET /automation/v4/flows lists the ids, GET "
            "/automation/v4/flows/ID gives one: keep each answer as a JSON file.",
            "what reads and writes which field, loops, and which flows the data cannot carry",
            ("hubspot-flows",),
            automations=True,
        ),
        Way(
            "action types",
            "GET /automation/2026-09-beta/action-types, kept as a JSON file.",
            "steps of installed apps, opaque otherwise",
            ("hubspot-action-types",),
        ),
        Way(
            "property definitions",
            "GET /crm/v3/properties/contacts (companies, deals), one JSON file each; or Settings, "
            "Properties, Export all properties.",
            "values outside a picklist, and labels that you renamed",
            ("hubspot-properties", "hubspot-property-file"),
        ),
        Way(
            "property history",
            "GET /crm/v3/objects/contacts?propertiesWithHistory=NAMES, kept as JSON files.",
            "who wrote a bad value (import, flow or person), and stages that went backwards",
            ("hubspot-property-history",),
        ),
        Way(
            "lists",
            "POST /crm/v3/lists/search with additionalProperties hs_list_size, kept as a JSON "
            "file.",
            "how many people a flow's list brings, and lists of one name with different sizes",
            ("hubspot-lists",),
            missed=False,
        ),
        Way(
            "owners",
            "GET /crm/v3/owners, and once more with archived=true, kept as JSON files.",
            "records whose owner has left",
            ("hubspot-owners",),
        ),
    ),
)

_SALESFORCE = Vendor(
    "Salesforce",
    "salesforce",
    (
        Way(
            "leads",
            "Data Loader, Export, Lead, all fields; or a report with Lead ID, details only.",
            "one person kept as lead and as contact",
            ("salesforce-leads",),
        ),
        Way(
            "contacts",
            "Data Loader, Export, Contact, all fields; or a report with Contact ID, details only.",
            "the people, and whom HubSpot or the mail tool lacks",
            ("salesforce-contacts",),
        ),
        Way(
            "accounts",
            "Data Loader, Export, Account, all fields.",
            "accounts kept twice",
            ("salesforce-accounts",),
        ),
        Way(
            "opportunities",
            "Data Loader, Export, Opportunity, all fields.",
            "stages that deals contradict, open deals without a date",
            ("salesforce-opportunities",),
        ),
        Way(
            "users",
            "Data Loader, Export, User: Id, Username, Name, Email, IsActive.",
            "records whose owner has left",
            ("salesforce-users",),
        ),
        Way(
            "field history",
            "Data Loader, Export, ContactHistory and LeadHistory (where tracking is on).",
            "who wrote a bad value",
            ("salesforce-field-history",),
            missed=False,
        ),
        Way(
            "flows",
            "sf project retrieve start --metadata Flow gives .flow-meta.xml files.",
            "what the flows read and write, and missing fault paths",
            ("salesforce-flows",),
            automations=True,
        ),
    ),
)

_MAILCHIMP = Vendor(
    "Mailchimp",
    "mailchimp",
    (
        Way(
            "audience",
            "Audience, All contacts, Export Audience. Give the whole zip: the status of a contact "
            "stands only in the names of its four files.",
            "opt-outs and cleaned addresses that came back, people missing in the CRM",
            ("mailchimp-audience",),
        ),
        Way(
            "audiences",
            "GET /3.0/lists, kept as a JSON file.",
            "lists of one name with different sizes",
            ("mailchimp-audiences",),
            missed=False,
        ),
        Way(
            "automations",
            "Mailchimp gives no file of a customer journey; classic automations are listed by GET "
            "/3.0/automations.",
            "nothing: what the journeys do cannot be told from any export",
            missed=False,
        ),
    ),
)

_OTHERS = (
    Vendor(
        "Klaviyo",
        "klaviyo",
        (
            Way(
                "profiles",
                "Lists & segments, the list, Manage, Export list to CSV, all properties.",
                "consent and suppression, which Klaviyo keeps apart",
                ("klaviyo-profiles",),
            ),
            Way(
                "lists",
                "GET /api/lists/ID?additional-fields[list]=profile_count (segments: [segment]), "
                "the answers joined into one JSON file with data as a list.",
                "how many people a list brings, and lists of one name with different sizes",
                ("klaviyo-lists",),
                missed=False,
            ),
            Way(
                "flows",
                "GET /api/flows/ID?additional-fields[flow]=definition, one JSON file each.",
                "filters, messages, and whether each message is live",
                ("klaviyo-flows",),
                automations=True,
            ),
        ),
    ),
    Vendor(
        "SendGrid",
        "sendgrid",
        (
            Way(
                "suppressions",
                "Suppressions: download bounces, blocks, invalid, spam reports and unsubscribes; "
                "keep the names of the files.",
                "people who must not be mailed and still are in a live audience",
                ("sendgrid-suppressions",),
            ),
            Way(
                "activity",
                "Activity, Download CSV (30 days and a million events at most).",
                "what was sent to whom, and what bounced",
                ("sendgrid-activity",),
            ),
        ),
    ),
    Vendor(
        "Zoom",
        "zoom",
        (
            Way(
                "registrations",
                "Reports, Webinar, Registration Report, Generate CSV Report.",
                "registrations that never reached the CRM",
                ("zoom-registrations",),
            ),
            Way(
                "attendees",
                "Reports, Webinar, Attendee Report, Generate CSV Report.",
                "who came, against what the CRM says",
                ("zoom-attendees",),
            ),
        ),
    ),
    Vendor(
        "GoTo Webinar",
        "goto",
        (
            Way(
                "attendees",
                "Reports, Attendee report, CSV.",
                "registrations that never reached the CRM",
                ("goto-attendees",),
            ),
        ),
    ),
    Vendor(
        "Slack",
        "slack",
        (
            Way(
                "messages",
                "Settings, Import/Export data, Export: give the zip as it is.",
                "hand-overs to sales, and whether anybody answered",
                ("slack-messages", "slack-users", "slack-channels"),
            ),
        ),
    ),
    Vendor(
        "n8n",
        "n8n",
        (
            Way(
                "workflows",
                "n8n export:workflow --all --output=workflows.json, or Download in the editor.",
                "what they read and write, and what happens when a node fails",
                ("n8n-workflows",),
                automations=True,
            ),
        ),
    ),
    Vendor(
        "Mautic",
        "mautic",
        (
            Way(
                "campaigns",
                "Campaigns, Export (Mautic 7 or newer).",
                "what the campaigns do",
                ("mautic-campaigns",),
                automations=True,
            ),
        ),
    ),
    Vendor(
        "Calendly",
        "calendly",
        (
            Way(
                "bookings",
                "Meetings, Export.",
                "bookings that never reached the CRM",
                ("calendly-events",),
            ),
        ),
    ),
    Vendor(
        "Typeform",
        "typeform",
        (
            Way(
                "responses",
                "The form, Results, Responses, Download all responses, CSV.",
                "answers that never reached the CRM",
                ("typeform-responses",),
            ),
        ),
    ),
    Vendor(
        "Google Contacts",
        "google",
        (Way("contacts", "Export, Google CSV.", "the people", ("google-contacts",)),),
    ),
    Vendor(
        "Anything else",
        "plain",
        (
            Way(
                "tables",
                "CSV, TSV, XLSX or Parquet, one row a record, column names first. What is not "
                "recognised is read with --as SHAPE FILE, or as inspect.yaml says.",
                "whatever its column names plainly say",
                ("plain-contacts", "plain-companies", "plain-table"),
                missed=False,
            ),
            Way(
                "your own prices",
                "costs.yaml beside the files.",
                "money, as a range; never from prices of ours",
                missed=False,
            ),
        ),
    ),
)

VENDORS: tuple[Vendor, ...] = (_HUBSPOT, _SALESFORCE, _MAILCHIMP, *_OTHERS)

WAYS: Mapping[str, tuple[Way, ...]] = MappingProxyType({v.name: v.ways for v in VENDORS})


def missing(
    systems: Iterable[str], shapes: Iterable[str], automated: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """What was not given of the vendors that are there, each with what it would let be judged.

    ``automated`` are the systems of which any flow was read.
    """
    there, given, flows = set(systems), set(shapes), set(automated)
    return tuple(
        (way.shapes[0], f"It lets be judged: {way.judges}.")
        for vendor in VENDORS
        if vendor.system in there
        for way in vendor.ways
        if way.missed and way.shapes
        if not (vendor.system in flows if way.automations else given & set(way.shapes))
    )


def how_text() -> str:
    """The whole list, as a terminal shows it."""
    lines = ["How to get what an inspection reads. Give the files, or the folder they lie in."]
    for vendor in VENDORS:
        lines += ["", vendor.name]
        for way in vendor.ways:
            lines += [f"  {way.what}", f"    {way.how}", f"    lets be judged: {way.judges}"]
            if way.shapes:
                lines.append(f"    recognised as: {', '.join(way.shapes)}")
    return "\n".join(lines)
