"""The words that firms, posts and sources are made of."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, in their order."""
    return tuple(text.split())


STEMS = listed(
    "Altmark Nordwind Brixen Calder Dorval Eskdale Ferrano Glenrock Halvor Iverna Jorvik "
    "Kestrel Lumina Meridia Novarra Orbeck Pinehurst Quarzo Rivelo Solvang Tarnwick Umbria "
    "Velden Westmoor Xanten Ysoria Zellwerk Amberg Brookfell Castria Dunmarsh Elbtal Fjordan "
    "Granville Hexley Inverary Juniper Kalmora Larkhill Montara Norvale Ostwald Penrith "
    "Quillon Rosedal Silvano Thornbury Ulmen Vastero Windmere Arvika Belmont Corvina Drayton "
    "Ensign Falkirk Gotthard Holmen Ilmenau Jarrow Kirkwall Lindau Marvell Nordhaven Oakridge "
    "Palmero Ravenna Selwyn Tiverton Urban Valora Wismar Aldgate Birken Clarion Delphin "
    "Ettrick Fenmore Garonne Hadrian Islay Jasper Keswick Lorenzo Malvern Nevada Orion "
    "Pellworm Rockwell Sargasso Tavira Undine Verdano Wexford Alcora Boreal Cintra Dalarna "
    "Estrel Flavia Gannet Harz Ionia"
)
TRADES = listed(
    "Logistics Software Printing Foods Optics Robotics Textiles Timber Insurance Analytics "
    "Packaging Machines Pharma Energy Consulting Tools Marine Bakery Glass Sensors Plastics "
    "Travel Media Furniture Chemicals Security Hydraulics Bikes Ceramics Cloud Metals Medical "
    "Freight Seeds Lighting Paper Steel Payments Studios Networks Interiors Batteries Dairy "
    "Valves Coatings Instruments Learning Fasteners Turbines Cosmetics Solar Cables Cooling "
    "Elevators Brewing Toys Watches Leather Aviation Diagnostics Gardens Rail Water Fitness "
    "Paints Adhesives Lasers Pumps Ventures Grain"
)
FORMS = {
    "DE": "GmbH",
    "GB": "Ltd",
    "US": "Inc.",
    "FR": "SAS",
    "SE": "AB",
    "NL": "B.V.",
    "ES": "S.L.",
}
JOBS = (
    "Head of Marketing",
    "Marketing Manager",
    "Sales Director",
    "Managing Director",
    "IT Manager",
    "Operations Manager",
    "Product Manager",
    "Buyer",
    "Head of Finance",
    "Plant Manager",
    "Digital Marketing Specialist",
    "Customer Success Manager",
)
INDUSTRIES = (
    ("Manufacturing", "MANUFACTURING"),
    ("Computer Software", "COMPUTER_SOFTWARE"),
    ("Logistics and Supply Chain", "LOGISTICS"),
    ("Food Production", "FOOD_PRODUCTION"),
    ("Financial Services", "FINANCIAL_SERVICES"),
    ("Health Care", "HEALTH_CARE"),
    ("Retail", "RETAIL"),
    ("Other", "OTHER"),
)
SOURCES = (
    ("Organic Search", "ORGANIC_SEARCH", 30),
    ("Direct Traffic", "DIRECT_TRAFFIC", 18),
    ("Paid Search", "PAID_SEARCH", 22),
    ("Email Marketing", "EMAIL_MARKETING", 12),
    ("Referrals", "REFERRALS", 18),
)
STAGES = (
    ("Subscriber", "subscriber", 28),
    ("Lead", "lead", 32),
    ("Marketing Qualified Lead", "marketingqualifiedlead", 14),
    ("Sales Qualified Lead", "salesqualifiedlead", 7),
    ("Opportunity", "opportunity", 6),
    ("Customer", "customer", 13),
)
LEAD_STATUSES = (
    ("New", "NEW"),
    ("Open", "OPEN"),
    ("In Progress", "IN_PROGRESS"),
    ("Open Deal", "OPEN_DEAL"),
    ("Unqualified", "UNQUALIFIED"),
    ("Attempted to Contact", "ATTEMPTED_TO_CONTACT"),
    ("Connected", "CONNECTED"),
    ("Bad Timing", "BAD_TIMING"),
)
OWNERS = (
    ("Clara Weiß", "clara.weiss", True),
    ("Tom Hadfield", "tom.hadfield", True),
    ("Ingrid Sörensen", "ingrid.soerensen", True),
    ("Marc Delorme", "marc.delorme", True),
    ("Jonas Brandt", "jonas.brandt", False),
)
# Nobody can have a domain under .corp: ICANN has put the name aside for good, since so many
# use it inside. (Under .example any audit would rightly take the people for tests.)
ENDING = "corp"
HOUSE_DOMAIN = "kaldera.example"  # the firm whose stack this is
