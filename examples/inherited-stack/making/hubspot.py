"""HubSpot as it should be: contacts, companies, deals, their properties and their history."""

from __future__ import annotations

from datetime import datetime, timedelta

from making.people import Firm, Person
from making.words import HOUSE_DOMAIN, INDUSTRIES, LEAD_STATUSES, OWNERS, SOURCES, STAGES
from making.world import TAKEN_AT, Row, World

YES_NO = [("Yes", "true"), ("No", "false")]
REGIONS = [("DACH", "dach"), ("UK and Ireland", "uki"), ("Americas", "americas"),
           ("South and West", "south_west"), ("Nordics", "nordics")]  # fmt: skip
REGION_OF = {"DE": "DACH", "GB": "UK and Ireland", "US": "Americas", "SE": "Nordics"}
INTERESTS = [
    ("Automation", "automation"),
    ("Reporting", "reporting"),
    ("Integration", "integration"),
]

# label, internal name, type
CONTACT_COLUMNS = [
    ("Record ID", "hs_object_id", "number"),
    ("First Name", "firstname", "string"),
    ("Last Name", "lastname", "string"),
    ("Email", "email", "string"),
    ("Phone Number", "phone", "phone_number"),
    ("Mobile Phone Number", "mobilephone", "phone_number"),
    ("Company Name", "company", "string"),
    ("Job Title", "jobtitle", "string"),
    ("Street Address", "address", "string"),
    ("City", "city", "string"),
    ("State/Region", "state", "string"),
    ("Postal Code", "zip", "string"),
    ("Country/Region", "country", "string"),
    ("Preferred language", "hs_language", "enumeration"),
    ("Industry", "industry", "enumeration"),
    ("Lifecycle Stage", "lifecyclestage", "enumeration"),
    ("Lead Status", "hs_lead_status", "enumeration"),
    ("HubSpot Score", "hubspotscore", "number"),
    ("Contact owner", "hubspot_owner_id", "enumeration"),
    ("Marketing contact status", "hs_marketable_status", "enumeration"),
    ("Unsubscribed from all email", "hs_email_optout", "bool"),
    ("Email hard bounce reason", "hs_email_hard_bounce_reason_enum", "enumeration"),
    ("Original Source", "hs_analytics_source", "enumeration"),
    ("Record source", "hs_object_source_label", "enumeration"),
    ("Create Date", "createdate", "datetime"),
    ("Last Modified Date", "lastmodifieddate", "datetime"),
    ("Last Activity Date", "notes_last_updated", "datetime"),
    ("Owner assigned date", "hubspot_owner_assigneddate", "datetime"),
    ("Date of first engagement", "hs_sa_first_engagement_date", "datetime"),
    ("Sales region", "sales_region", "enumeration"),
    ("Webinar interest", "webinar_interest", "enumeration"),
    ("Webinar status", "webinar_status", "enumeration"),
    ("Customer type", "customer_type", "enumeration"),
    ("Nurture track", "nurture_track", "enumeration"),
    ("Engagement band", "engagement_band", "enumeration"),
    ("Onboarding status", "onboarding_status", "enumeration"),
    ("Score band", "score_band", "enumeration"),
    ("Associated Company IDs", "associatedcompanyid", "string"),
    ("Associated Company", "associated_company", "string"),
]
COMPANY_COLUMNS = [
    ("Record ID", "hs_object_id", "number"),
    ("Company name", "name", "string"),
    ("Company Domain Name", "domain", "string"),
    ("Phone Number", "phone", "phone_number"),
    ("Street Address", "address", "string"),
    ("City", "city", "string"),
    ("State/Region", "state", "string"),
    ("Postal Code", "zip", "string"),
    ("Country/Region", "country", "string"),
    ("Industry", "industry", "enumeration"),
    ("Number of Employees", "numberofemployees", "number"),
    ("Account tier", "account_tier", "enumeration"),
    ("Company owner", "hubspot_owner_id", "enumeration"),
    ("Create Date", "createdate", "datetime"),
]
DEAL_COLUMNS = [
    ("Record ID", "hs_object_id", "number"),
    ("Deal Name", "dealname", "string"),
    ("Deal Stage", "dealstage", "enumeration"),
    ("Pipeline", "pipeline", "enumeration"),
    ("Amount", "amount", "number"),
    ("Close Date", "closedate", "datetime"),
    ("Renewal date", "renewal_date", "date"),
    ("Deal owner", "hubspot_owner_id", "enumeration"),
    ("Create Date", "createdate", "datetime"),
    ("Last Modified Date", "hs_lastmodifieddate", "datetime"),
    ("Associated Contact IDs", "associated_contact_ids", "string"),
    ("Associated Company IDs", "associated_company_ids", "string"),
]
DEAL_STAGES = [
    ("Appointment Scheduled", "appointmentscheduled"),
    ("Contract Sent", "contractsent"),
    ("Closed Won", "closedwon"),
    ("Closed Lost", "closedlost"),
]
CODES = {"German": "de", "English": "en", "French": "fr", "Swedish": "sv", "Dutch": "nl",
         "Spanish": "es", "Japanese": "ja", "Portuguese": "pt"}  # fmt: skip


def owner_id(name: str) -> str:
    """The id of an owner by name."""
    return str(51_200_300 + 7 * [owner for owner, _, _ in OWNERS].index(name))


def user_id(name: str) -> str:
    """The id of the same person as a user, which is another number."""
    return str(9_410_022 + 13 * [owner for owner, _, _ in OWNERS].index(name))


def stamp(at: datetime | None) -> str:
    """A time as HubSpot exports it: no seconds, no zone."""
    return at.strftime("%Y-%m-%d %H:%M") if at else ""


def options() -> dict[str, dict[str, list[tuple[str, str]]]]:
    """The picklists of each object: (label, internal value)."""
    owners = [(name, owner_id(name)) for name, _, _ in OWNERS]
    industries = list(INDUSTRIES)
    return {
        "contacts": {
            "hs_language": list(CODES.items()),
            "industry": industries,
            "lifecyclestage": [(label, value) for label, value, _ in STAGES],
            "hs_lead_status": list(LEAD_STATUSES),
            "hubspot_owner_id": owners,
            "hs_marketable_status": [
                ("Marketing contact", "true"),
                ("Non-marketing contact", "false"),
            ],
            "hs_email_hard_bounce_reason_enum": [("Unknown user", "UNKNOWN_USER")],
            "hs_analytics_source": [(label, value) for label, value, _ in SOURCES],
            "hs_object_source_label": [
                (label, label.upper().replace(" ", "_"))
                for label in ("Form", "Import", "Integration", "CRM UI")
            ],
            "sales_region": REGIONS,
            "webinar_interest": INTERESTS,
            "webinar_status": [("Registered", "registered"), ("Attended", "attended"),
                               ("No-show", "no_show")],
            "customer_type": [("Prospect", "prospect"), ("Customer", "customer"),
                              ("Partner", "partner")],
            "nurture_track": [("Manufacturing", "manufacturing"), ("Software", "software"),
                              ("General", "general")],
            "engagement_band": [("High", "high"), ("Medium", "medium"), ("Low", "low")],
            "onboarding_status": [("Started", "started"), ("Done", "done")],
            "score_band": [("A", "a"), ("B", "b"), ("C", "c")],
        },
        "companies": {
            "industry": industries,
            "account_tier": [("Tier 1", "tier_1"), ("Tier 2", "tier_2"), ("Tier 3", "tier_3")],
            "hubspot_owner_id": owners,
        },
        "deals": {
            "dealstage": DEAL_STAGES,
            "pipeline": [("Sales Pipeline", "default")],
            "hubspot_owner_id": owners,
        },
    }  # fmt: skip


def company_id(firm: Firm) -> str:
    """HubSpot's id of a firm."""
    return str(18_300_400_000 + firm.number * 37)


def contact_id(person: Person) -> str:
    """HubSpot's id of a person."""
    return str(70_110_200_000 + person.number * 53)


def fill(world: World, with_history: int) -> None:
    """Lay HubSpot's tables and picklists for everybody, and the history of that many."""
    world.columns["hubspot.contacts"] = list(CONTACT_COLUMNS)
    world.columns["hubspot.companies"] = list(COMPANY_COLUMNS)
    world.columns["hubspot.deals"] = list(DEAL_COLUMNS)
    world.options = options()
    used = sorted({p.firm.number for p in world.people if p.firm})
    for number in used:
        world.add("hubspot.companies", _company(world.firms[number]))
    draw = world.draw("hubspot")
    for person in world.people:
        world.add("hubspot.contacts", _contact(world, person), person)
        if person.stage in {"Customer", "Opportunity"} or draw.random() < 0.02:
            world.add("hubspot.deals", _deal(world, person), person)
    _history(world, with_history)


def _company(firm: Firm) -> Row:
    tier = "Tier 1" if firm.size >= 600 else "Tier 2" if firm.size >= 60 else "Tier 3"
    return {
        "Record ID": company_id(firm),
        "Company name": firm.name,
        "Company Domain Name": firm.domain,
        "Phone Number": firm.phone,
        "Street Address": firm.street,
        "City": firm.town.name,
        "State/Region": firm.town.state,
        "Postal Code": firm.postcode,
        "Country/Region": firm.country.name,
        "Industry": firm.industry,
        "Number of Employees": str(firm.size),
        "Account tier": tier,
        "Company owner": firm.owner,
        "Create Date": stamp(
            TAKEN_AT - timedelta(days=760 - firm.number % 40, minutes=firm.number)
        ),
    }


def _contact(world: World, person: Person) -> Row:
    draw = world.draw(f"contact/{person.number}")
    band = "High" if person.score > 55 else "Medium" if person.score > 25 else "Low"
    handed = person.stage in {"Sales Qualified Lead", "Opportunity"}
    handed_at = max(person.created, person.touched - timedelta(days=2))
    firm = person.firm
    return {
        "Record ID": contact_id(person),
        "First Name": person.first,
        "Last Name": person.last,
        "Email": person.email,
        "Phone Number": person.phone,
        "Mobile Phone Number": person.mobile,
        "Company Name": firm.name if firm else "",
        "Job Title": person.job,
        "Street Address": person.street,
        "City": person.town.name,
        "State/Region": person.town.state,
        "Postal Code": person.postcode,
        "Country/Region": person.country.name,
        "Preferred language": person.language,
        "Industry": person.industry,
        "Lifecycle Stage": person.stage,
        "Lead Status": _lead_status(person, draw.random()),
        "HubSpot Score": str(person.score),
        "Contact owner": person.owner,
        "Marketing contact status": "Marketing contact"
        if person.marketing
        else "Non-marketing contact",
        "Unsubscribed from all email": "Yes" if person.opted_out else "No",
        "Email hard bounce reason": "Unknown user" if person.bounced else "",
        "Original Source": person.source,
        "Record source": draw.choices(("Form", "Integration", "CRM UI"), (70, 20, 10))[0],
        "Create Date": stamp(person.created),
        "Last Modified Date": stamp(person.touched),
        "Last Activity Date": stamp(person.touched),
        "Owner assigned date": stamp(handed_at if handed else None),
        "Date of first engagement": stamp(handed_at + timedelta(hours=20) if handed else None),
        "Sales region": REGION_OF.get(person.country.code, "South and West"),
        "Webinar interest": draw.choice(INTERESTS)[0] if draw.random() < 0.6 else "",
        "Webinar status": "",
        "Customer type": "Customer" if person.stage == "Customer" else "Prospect",
        "Nurture track": draw.choice(("Manufacturing", "Software", "General"))
        if person.stage == "Lead"
        else "",
        "Engagement band": band,
        "Onboarding status": draw.choice(("Started", "Done")) if person.stage == "Customer" else "",
        "Score band": {"High": "A", "Medium": "B", "Low": "C"}[band],
        "Associated Company IDs": company_id(firm) if firm else "",
        "Associated Company": firm.name if firm else "",
    }


def _lead_status(person: Person, chance: float) -> str:
    if person.stage in {"Subscriber", "Customer"}:
        return ""
    if person.stage == "Sales Qualified Lead":
        return "Connected" if chance < 0.6 else "In Progress"
    if person.stage == "Opportunity":
        return "Open Deal"
    return "New" if chance < 0.5 else "Attempted to Contact"


def _deal(world: World, person: Person) -> Row:
    draw = world.draw(f"deal/{person.number}")
    won, is_open = person.stage == "Customer", person.stage == "Opportunity"
    stage = "Closed Won" if won else "Contract Sent" if is_open else "Closed Lost"
    ahead = timedelta(days=draw.randint(10, 120), minutes=draw.randint(0, 600))
    renewal = (TAKEN_AT + timedelta(days=draw.randint(20, 360))).strftime("%Y-%m-%d")
    owners = [name for name, _, active in OWNERS if active]
    buyer = person.firm.name if person.firm else person.last
    return {
        "Record ID": str(33_500_100_000 + person.number * 11),
        "Deal Name": f"{buyer} {2025 + person.number % 2}",
        "Deal Stage": stage,
        "Pipeline": "Sales Pipeline",
        "Amount": str(draw.randint(12, 900) * 100),
        "Close Date": stamp(TAKEN_AT + ahead if is_open else person.touched),
        "Renewal date": renewal if won else "",
        "Deal owner": person.owner or draw.choice(owners),
        "Create Date": stamp(person.created + timedelta(minutes=50)),
        "Last Modified Date": stamp(person.touched),
        "Associated Contact IDs": contact_id(person),
        "Associated Company IDs": company_id(person.firm) if person.firm else "",
    }


# Who writes each field, as the history tells it.
WRITERS = {
    "lifecyclestage": (
        "AUTOMATION_PLATFORM",
        "601001",
        "Lifecycle | Move stage by score and deals",
    ),
    "hs_lead_status": ("CRM_UI", "userId:9410022", "CRM"),
    "industry": ("FORM", "f3b1c0de-1102", "Contact us"),
    "country": ("FORM", "f3b1c0de-1102", "Contact us"),
    "sales_region": ("FORM", "f3b1c0de-1102", "Contact us"),
    "webinar_interest": ("FORM", "a77d0b1e-2210", "Webinar registration"),
    "customer_type": ("AUTOMATION_PLATFORM", "601002", "Hygiene | Keep customer type"),
    "nurture_track": ("AUTOMATION_PLATFORM", "601006", "Nurture | Choose a track"),
    "engagement_band": ("AUTOMATION_PLATFORM", "601011", "Ops | Score bands"),
    "score_band": ("AUTOMATION_PLATFORM", "601011", "Ops | Score bands"),
    "onboarding_status": ("AUTOMATION_PLATFORM", "601008", "Onboarding | Customers day 0 to 30"),
    "hubspotscore": ("CALCULATED", "score", "HubSpot Score"),
    "hubspot_owner_id": ("AUTOMATION_PLATFORM", "601003", "Sales | Assign owner by region"),
}
LABEL_OF = {name: label for label, name, _ in CONTACT_COLUMNS}


def value_of(world: World, name: str, text: str) -> str:
    """The internal value behind an exported label."""
    return dict(world.options["contacts"].get(name, [])).get(text, text)


def _history(world: World, count: int) -> None:
    """The history of the contacts touched last: one writer a field, stages only forwards."""
    latest = sorted(world.people, key=lambda p: (p.touched, p.number), reverse=True)[:count]
    for person in sorted(latest, key=lambda p: p.number):
        row = world.contact(person)
        for name, writer in WRITERS.items():
            text = row[LABEL_OF[name]]
            if not text or name == "lifecyclestage":
                continue
            world.changed(person, name, value_of(world, name, text), person.touched, writer)
        _stages(world, person)


def _stages(world: World, person: Person) -> None:
    climbed = [(label, value) for label, value, _ in STAGES]
    reached = [label for label, _ in climbed].index(person.stage)
    span = person.touched - person.created
    for number, (_, value) in enumerate(climbed[: reached + 1]):
        at = person.created + span * (number / (reached + 1))
        world.changed(person, "lifecyclestage", value, at, WRITERS["lifecyclestage"])


def owners() -> list[Row]:
    """The users as their page exports them."""
    return [
        {
            "Owner ID": owner_id(name),
            "User ID": user_id(name),
            "First name": name.split()[0],
            "Last name": name.split()[1],
            "Email": f"{mailbox}@{HOUSE_DOMAIN}",
            "Active": "Yes" if active else "No",
        }
        for name, mailbox, active in OWNERS
    ]
