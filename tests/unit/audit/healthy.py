"""A healthy stack: the same people over HubSpot, Salesforce and Mailchimp, with nothing amiss.

Made by a seed; no two people share a name, an address or a phone. Some people are in one system
only where that is right (a lead of yesterday), some have opted out everywhere.
"""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import datetime, timedelta

_FIRST = """
Anna Bernd Clara David Elif Frank Greta Hanno Ines Jakob Karla Lukas Mara Nils Olga Paul Rosa
Stefan Tilda Ulrich Vera Willi Yara Zeno Adam Beata Cyril Dorte Edda Fabian Gisela Henrik Irma
Jonas Katja Leo Mina Noah Ottilie Pia Quirin Ronja Samuel Thea Urs Viola
"""
_LAST = """
Albrecht Baumann Castell Dietrich Engelhardt Fromm Gruber Hofmann Illing Jansen Kowalski
Lindner Moreau Nowak Oberhauser Petersen Quandt Reinhardt Sommer Thalberg Uhlig Vossberg
Wagenknecht Xanthos Zimmermann Ahlers Brockhaus Czerny Dombrowski Eberling Falkenau Gersdorf
Hartwig Isenburg Jaeckel Kirchner Loewenthal
"""
_COMPANIES = """
Nordlicht Bergwerk Seeblick Kupferrad Ahornhof Silberpfeil Waldkante Sturmvogel Eisvogel
Morgenstern Feldspat Granitwerk Lindenbaum Hafenkran Glasmeer Papierboot Ankerplatz Rotbuche
Turmfalke Quellwasser
"""
FIRST, LAST, COMPANIES = (words.split() for words in (_FIRST, _LAST, _COMPANIES))
# country as written, domain ending, zone, language, postcode, state, calling prefix
PLACES = (
    ("Germany", "de", "Europe/Berlin", "de", "80331", "Bayern", "+49 30 90{:05d}"),
    ("Austria", "at", "Europe/Vienna", "de", "1010", "Wien", "+43 1 51{:05d}"),
    ("France", "fr", "Europe/Paris", "fr", "75001", "Paris", "+33 1 42 {:06d}"),
)
INDUSTRIES = ("Steel", "Paper", "Glass", "Food")
SOURCES = ("Webinar", "Fair", "Referral", "Website")
STAGES = ("Lead", "Marketing Qualified Lead", "Opportunity", "Customer")
OWNERS = ("Ola Berg", "Per Dahl", "Siv Lund")
END = datetime(2026, 6, 29)
HUBSPOT = (
    "key,email,first_name,last_name,phone,company_key,company_name,state,postcode,country,"
    "language,time_zone,owner,lifecycle,score,source,created_at,last_activity_at,opted_out,industry"
)
SALESFORCE = (
    "key,email,first_name,last_name,phone,company_name,country,lifecycle,created_at,opted_out"
)
MAILCHIMP = "email,first_name,last_name,consent_at,consent_source"


def healthy(people: int = 2000, seed: int = 7) -> str:
    """The blocks of the stack, as stacks.stack_of reads them."""
    draw = random.Random(seed)
    hubspot: list[list[object]] = []
    salesforce: list[list[object]] = []
    mail: dict[str, list[list[object]]] = {"subscribed": [], "unsubscribed": []}
    deals: list[list[object]] = []
    companies: dict[str, list[object]] = {}
    history: list[list[object]] = []
    names = [(f, n) for f in FIRST for n in LAST]
    draw.shuffle(names)
    seconds = draw.choices(FIRST, k=len(names))
    names += [(f"{f}-{g}", n) for (f, n), g in zip(names, seconds, strict=True)]
    for number, (first, last) in enumerate(names[:people], start=1):
        country, ending, zone, language, postcode, state, prefix = PLACES[number % len(PLACES)]
        company = f"{COMPANIES[number % 20]} {ending.upper()}"
        domain = f"{COMPANIES[number % 20].lower()}.{ending}"
        email = f"{first}.{last}@{domain}".lower()
        companies.setdefault(domain, [f"9{len(companies):04d}", company, domain, country])
        made = END - timedelta(days=draw.randrange(1, 700), minutes=draw.randrange(1440))
        seen = made + (END - made) * draw.random()
        stage = STAGES[number % 7 if number % 7 < 4 else 0]
        owner = OWNERS[number % 3] if stage not in STAGES[:2] else ""
        out = number % 25 == 0
        phone = prefix.format(number + (420000 if ending == "fr" else 10000))
        score = draw.randrange(1, 97)
        key = 1000 + number
        hubspot.append([
            key, email, first, last, phone, companies[domain][0], company, state, postcode,
            country, language, zone, owner, stage, score, SOURCES[number % 4],
            f"{made:%Y-%m-%d %H:%M}", f"{seen:%Y-%m-%d %H:%M}",
            "true" if out else "", INDUSTRIES[draw.randrange(4)],
        ])  # fmt: skip
        salesforce.append([
            f"003{number:012d}", email, first, last, phone, company, country, stage,
            f"{made:%Y-%m-%dT%H:%M:00.000Z}", "true" if out else "false",
        ])  # fmt: skip
        consent = made + timedelta(minutes=3)
        row: list[object] = [email, first, last, f"{consent:%Y-%m-%d %H:%M:%S}", "sign-up form"]
        if out:
            mail["unsubscribed"].append([*row, f"{seen:%Y-%m-%d %H:%M:%S}"])
        else:
            mail["subscribed"].append(row)
        closes = {"Customer": ("closedwon", f"{made:%Y-%m-%d}")}
        closes["Opportunity"] = ("contractsent", "2026-09-30")
        if stage in closes:
            name, owned = f"{company} {number}", OWNERS[number % 3]
            deals.append([f"D{number}", name, *closes[stage], key, owned])
        stages = [("lead", made, "FORM", "")]
        if stage == "Customer":
            stages.append(("customer", seen, "CRM_UI", OWNERS[0]))
        history += [
            ["contact", key, "lifecyclestage", value, f"{at:%Y-%m-%dT%H:%M:00Z}", kind, writer]
            for value, at, kind, writer in stages
        ]
    owners = [
        [number, name, f"{name.split()[0].lower()}@unser-haus.de", "true"]
        for number, name in enumerate(OWNERS, 1)
    ]
    rows: dict[str, tuple[str, list[list[object]]]] = {
        "hubspot-contacts": (HUBSPOT, hubspot),
        "salesforce-contacts": (SALESFORCE, salesforce),
        "mailchimp-subscribed": (MAILCHIMP, mail["subscribed"]),
        "mailchimp-unsubscribed": (f"{MAILCHIMP},opted_out_at", mail["unsubscribed"]),
        "hubspot-companies": ("key,name,domain,country", list(companies.values())),
        "hubspot-deals": ("key,name,stage,close_date,contact_key,owner", deals),
        "hubspot-owners": ("key,name,email,owner_active", owners),
        "hubspot-options": (
            "object,field,value,label",
            [["contact", "industry", one, one] for one in INDUSTRIES],
        ),
        "hubspot-history": ("object,key,field,value,at,writer_kind,writer", history),
    }
    parts = [_block(shape, *held) for shape, held in rows.items()]
    flows = [
        {"flow": "hubspot/1", "name": "Customers of steel", "sends": True, "reads": [
            {"field": "hubspot.contact.industry", "values": ["Steel"]},
            {"field": "hubspot.contact.lifecycle", "negative": True, "values": ["Lead"],
             "blank": "fails"},
            {"field": "hubspot.contact.opted_out", "negative": True, "values": ["true"],
             "blank": "passes"}]},
        {"flow": "hubspot/2", "name": "Set owner", "live": "on", "reads": [
            {"field": "hubspot.contact.country", "values": ["Germany"], "step": "1"}],
         "writes": [{"field": "hubspot.contact.owner"}]},
    ]  # fmt: skip
    return "\n".join([*parts, f"```json\n{json.dumps(flows)}\n```\n"])


def _block(shape: str, header: str, rows: list[list[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(rows)
    return f"```csv {shape}\n{header}\n{text.getvalue()}```\n"
