"""The stack on disk: each tool's export as that tool writes it, and the truth beside them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from making import hubspot, mail_tools, rooms, salesforce
from making.world import TAKEN_AT, Json, Row, World

DAY = TAKEN_AT.strftime("%Y-%m-%d")
FIELD_TYPES = {"string": "text", "phone_number": "phonenumber", "number": "number",
               "datetime": "date", "date": "date", "enumeration": "select",
               "bool": "booleancheckbox"}  # fmt: skip
OBJECTS = ("contacts", "companies", "deals")
AUDIENCES = (("mailchimp", "4be1c0d2a7"), ("mailchimp2", "91f3aa08ce"))
COSTS = """# What trouble costs us, as finance reckons it.
currency: EUR
per_record:
  paid-unmailable: 0.15 to 0.45
per_person:
  Newsletter | Everybody but partners: 0.50 to 2
  Webinar | Follow-up, came or not: 1 to 4
"""


def write(world: World, out: Path) -> None:
    """Write ``out/exports`` (what the team has) and ``out/truth.json`` (what is wrong with it)."""
    exports = out / "exports"
    _hubspot(world, exports / "hubspot")
    if "salesforce" in world.systems:
        _salesforce(world, exports / "salesforce")
    if "mailchimp" in world.systems:
        _mailchimp(world, exports / "mailchimp")
    if "sendgrid" in world.systems:
        for kind, columns in mail_tools.SUPPRESSIONS.items():
            path = exports / "sendgrid" / f"suppression_{kind}.csv"
            _text(path, table(world.tables[f"sendgrid.{kind}"], columns))
    if "zoom" in world.systems:
        number = rooms.WEBINAR.replace(" ", "")
        _text(
            exports / "zoom" / f"attendee_{number}_2026_10_14.csv",
            "\ufeff" + rooms.attendees(world),
        )
        path = exports / "zoom" / f"registration_{number}_2026_10_14.csv"
        _text(path, "\ufeff" + rooms.registrations(world))
    if "slack" in world.systems:
        members = {name: dump(value) for name, value in rooms.slack(world).items()}
        archive(exports / "slack" / "Kaldera Slack export Nov 17 2026 - Nov 19 2026.zip", members)
    for each in world.n8n:
        name = "".join(sign if sign.isalnum() else "_" for sign in each["name"])
        _text(exports / "n8n" / f"{name}.json", json.dumps(each, indent=2, ensure_ascii=False))
    _text(exports / "costs.yaml", COSTS)
    _text(out / "truth.json", truth(world))


def truth(world: World) -> str:
    """Everything that was planted."""
    entries = [planted.as_json() for planted in world.planted]
    about = {"taken_at": DAY, "seed": str(world.seed), "systems": sorted(world.systems)}
    return json.dumps({**about, "planted": entries}, indent=1, ensure_ascii=False) + "\n"


def _hubspot(world: World, folder: Path) -> None:
    for name in OBJECTS:
        columns = world.columns[f"hubspot.{name}"]
        rows = world.tables.get(f"hubspot.{name}", [])
        path = folder / f"hubspot-crm-exports-all-{name}-{DAY}.csv"
        _text(path, table(rows, [label for label, _, _ in columns], every=True))
        _text(folder / f"properties-{name}.json", dump(definitions(world, name)))
    _text(folder / f"hubspot-users-{DAY}.csv", table(hubspot.owners(), list(hubspot.owners()[0])))
    _text(folder / "property-history-contacts.json", dump(history(world)))
    for flow in world.flows:
        _text(folder / "flows" / f"flow-{flow['id']}.json", json.dumps(flow, indent=1) + "\n")
    keys = ("id", "isEnabled", "flowType", "objectTypeId", "revisionId", "name", "createdAt",
            "updatedAt")  # fmt: skip
    listing = [{key: flow[key] for key in keys} for flow in world.flows]
    _text(folder / "flows" / "_index.json", json.dumps({"results": listing}, indent=1) + "\n")


def definitions(world: World, name: str) -> Json:
    """The properties of an object as the API tells them."""
    results: list[Json] = []
    for label, internal, kind in world.columns[f"hubspot.{name}"]:
        options = world.options[name].get(internal, [])
        results.append(
            {
                "name": internal,
                "label": label,
                "type": kind,
                "fieldType": "calculation_score"
                if internal == "hubspotscore"
                else FIELD_TYPES[kind],
                "groupName": "contactinformation" if name == "contacts" else f"{name}information",
                "description": "",
                "options": [
                    {"label": text, "value": value, "hidden": False, "displayOrder": place}
                    for place, (text, value) in enumerate(options)
                ],
                "calculated": internal == "hubspotscore",
                "hidden": False,
                "hasUniqueValue": internal == "hs_object_id",
                "archived": False,
            }
        )
    return {"results": results}


def history(world: World) -> Json:
    """The history of contacts as the API tells it: the newest value first."""
    results = [
        {"id": key, "propertiesWithHistory": dict(sorted(fields.items())), "archived": False}
        for key, fields in sorted(world.history.items())
    ]
    return {"results": results}


def _salesforce(world: World, folder: Path) -> None:
    for name, columns in (
        ("leads", salesforce.LEAD_COLUMNS),
        ("contacts", salesforce.CONTACT_COLUMNS),
        ("users", salesforce.USER_COLUMNS),
    ):
        rows = world.tables.get(f"salesforce.{name}", [])
        _text(folder / f"extract_{name}.csv", table(rows, columns, every=True))
    path = folder / f"report_open_leads_{DAY}.csv"
    path.write_bytes(salesforce.report(world).encode("iso-8859-1", errors="replace"))


def _mailchimp(world: World, folder: Path) -> None:
    for audience, mark in AUDIENCES:
        members = {
            f"{status}_email_audience_export_{mark}.csv": table(
                world.tables[f"{audience}.{status}"], mail_tools.COLUMNS[status]
            )
            for status in mail_tools.STATUSES
            if f"{audience}.{status}" in world.tables
        }
        if members:
            archive(folder / f"audience_export_{mark}.zip", members)


def table(rows: Sequence[Row], columns: Sequence[str], *, every: bool = False) -> str:
    """Rows as CSV; ``every`` quotes every cell."""
    target = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    writer = csv.writer(target, quoting=quoting, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return target.getvalue()


def dump(value: Any) -> str:
    """JSON without spaces, as an API sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def archive(path: Path, members: dict[str, str]) -> None:
    """A zip whose bytes depend on nothing but its members: stored, with a fixed time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name, (TAKEN_AT.year, TAKEN_AT.month, TAKEN_AT.day, 6, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            target.writestr(entry, text.encode())


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
