"""Counts the faults of an inherited stack from its files alone, by means of its own.

Nothing here knows how the stack was made: each question is asked of the exports with csv, json
and zipfile, and answered with the keys of the records, or the flow and step, that are wrong.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from disposable_email_domains import blocklist

Row = dict[str, str]
DAY = datetime(2026, 11, 20, 6, 0)
ROLES = {"info", "sales", "office", "support", "contact", "admin"}
JUNK = {"n/a", "-", "test", "xx", "dear customer", "???", "herr", "1234", "unknown", "."}
COUNTRIES = {
    "Germany",
    "United Kingdom",
    "United States",
    "France",
    "Sweden",
    "Netherlands",
    "Spain",
}
ORDER = ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity",
         "customer"]  # fmt: skip
MACHINES = {"AUTOMATION_PLATFORM", "INTEGRATION", "API"}


@dataclass
class Files:
    """The exports of one stack, parsed."""

    contacts: list[Row] = field(default_factory=list)
    companies: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=dict)
    flows: dict[str, dict[str, Any]] = field(default_factory=dict)
    n8n: dict[str, dict[str, Any]] = field(default_factory=dict)
    leads: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)  # Salesforce contacts
    members: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    suppressed: set[str] = field(default_factory=set)


def rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text), strict=True))


def read(exports: Path) -> Files:
    files = Files()
    hub = exports / "hubspot"
    for name in ("contacts", "companies", "deals"):
        path = next(hub.glob(f"hubspot-crm-exports-*-{name}-*.csv"))
        setattr(files, name, rows_of(path.read_text(encoding="utf-8")))
        told = json.loads((hub / f"properties-{name}.json").read_text(encoding="utf-8"))
        files.properties[name] = {each["name"]: each for each in told["results"]}
    files.users = rows_of(next(hub.glob("hubspot-users-*.csv")).read_text(encoding="utf-8"))
    told = json.loads((hub / "property-history-contacts.json").read_text(encoding="utf-8"))
    files.history = {each["id"]: each["propertiesWithHistory"] for each in told["results"]}
    for path in (hub / "flows").glob("flow-*.json"):
        flow = json.loads(path.read_text(encoding="utf-8"))
        files.flows[flow["id"]] = flow
    for path in (exports / "n8n").glob("*.json"):
        flow = json.loads(path.read_text(encoding="utf-8"))
        files.n8n[flow["id"]] = flow
    for name, attribute in (("leads", "leads"), ("contacts", "accounts")):
        path = exports / "salesforce" / f"extract_{name}.csv"
        if path.exists():
            setattr(files, attribute, rows_of(path.read_text(encoding="utf-8")))
    for path in sorted((exports / "mailchimp").glob("audience_export_*.zip")):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            files.members[path.stem] = {
                name.split("_")[0]: rows_of(archive.read(name).decode("utf-8"))
                for name in archive.namelist()
            }
    for path in (exports / "sendgrid").glob("suppression_*.csv"):
        found = rows_of(path.read_text(encoding="utf-8"))
        files.suppressed |= {row["email"] for row in found}
    return files


# --- small questions


def _keys(rows: list[Row], wrong: Callable[[Row], bool], key: str = "Record ID") -> set[str]:
    return {row[key] for row in rows if wrong(row)}


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _main_audience(files: Files) -> dict[str, list[Row]]:
    return max(files.members.values(), key=lambda each: sum(map(len, each.values())), default={})


def _subscribed(files: Files) -> dict[str, Row]:
    return {row["Email Address"]: row for row in _main_audience(files).get("subscribed", [])}


def _live(files: Files) -> list[dict[str, Any]]:
    return [flow for flow in files.flows.values() if flow["isEnabled"]]


def _filters(tree: Any) -> Iterator[dict[str, Any]]:
    """Every property filter anywhere below."""
    if isinstance(tree, dict):
        if tree.get("filterType") == "PROPERTY":
            yield tree
        for value in tree.values():
            yield from _filters(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _filters(value)


def _sets(flow: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for action in flow["actions"]:
        if action.get("actionTypeId") == "0-5":
            fields = action["fields"]
            found[fields["property_name"]].add(fields["value"]["staticValue"])
    return found


def _next(action: dict[str, Any]) -> Iterator[str]:
    for key, value in action.items():
        if key in {"connection", "defaultBranch"}:
            yield value["nextActionId"]
        elif key in {"listBranches", "staticBranches"}:
            yield from (b["connection"]["nextActionId"] for b in value if "connection" in b)


def _enrols_on(flow: dict[str, Any]) -> set[str]:
    criteria = flow.get("enrollmentCriteria", {})
    return {each["property"] for each in _filters(criteria)}


# --- addresses and people


def audience_without_email(f: Files) -> set[str]:
    return _keys(
        f.contacts, lambda r: not r["Email"] and r["Marketing contact status"].startswith("Mark")
    )


def invalid_email(f: Files) -> set[str]:
    good = re.compile(r"[^@\s.]+(\.[^@\s.]+)*@[^@\s.]+(\.[^@\s.]+)+")
    return _keys(f.contacts, lambda r: bool(r["Email"]) and not good.fullmatch(r["Email"]))


def typo_domain(f: Files) -> set[str]:
    def near(domain: str) -> bool:
        right = ("gmail.com", "yahoo.com", "hotmail.com")
        likeness = max(SequenceMatcher(None, domain, each).ratio() for each in right)
        return domain not in right and likeness > 0.85

    return _keys(f.contacts, lambda r: near(_domain(r["Email"])))


def role_address(f: Files) -> set[str]:
    return _keys(f.contacts, lambda r: r["Email"].split("@")[0].lower() in ROLES)


def disposable(f: Files) -> set[str]:
    return _keys(f.contacts, lambda r: _domain(r["Email"]) in blocklist)


def bot_burst(f: Files) -> set[str]:
    odd = [
        row for row in f.contacts
        if row["First Name"] == row["Last Name"]
        and re.search("[bcdfghjklmnpqrstvwxz]{5}", row["First Name"].lower())
    ]  # fmt: skip
    times = sorted(_at(row["Create Date"]) for row in odd)
    assert not times or times[-1] - times[0] < timedelta(hours=1)
    return _keys(odd, lambda r: True)


def duplicate_mailbox(f: Files) -> set[str]:
    boxes: dict[str, list[Row]] = defaultdict(list)
    for row in f.contacts:
        if "@" in row["Email"]:
            name, domain = row["Email"].lower().split("@")[0], _domain(row["Email"])
            boxes[f"{name.split('+')[0]}@{domain}"].append(row)
    return {
        row["Record ID"]
        for rows in boxes.values()
        for row in rows
        if len(rows) > 1 and ("+" in row["Email"] or row["Email"] != row["Email"].lower())
    }


def probably_same(f: Files) -> set[str]:
    places: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in f.contacts:
        if row["Phone Number"] and row["Company Name"]:
            place = (row["Phone Number"], row["Company Name"], row["First Name"])
            places[place].append(row)
    found: set[str] = set()
    for rows in places.values():
        for row in rows:
            for other in rows:
                alike = SequenceMatcher(None, row["Last Name"], other["Last Name"]).ratio()
                apart = _domain(row["Email"]) != _domain(other["Email"])
                if (
                    row is not other
                    and apart
                    and alike > 0.75
                    and _domain(row["Email"]) == "gmail.com"
                ):
                    found.add(row["Record ID"])
    return found


def elsewhere(f: Files) -> set[str]:
    known = {row["Email"] for row in f.contacts}
    bearers = {(row["First Name"], row["Last Name"], row["Company Name"]) for row in f.contacts}
    return _keys(
        f.accounts,
        lambda r: (
            r["Email"] not in known
            and (r["FirstName"], r["LastName"], r["Account.Name"]) in bearers
        ),
        "Id",
    )


def lead_and_contact(f: Files) -> set[str]:
    contacts = {row["Email"] for row in f.accounts}
    return _keys(f.leads, lambda r: r["IsConverted"] == "false" and r["Email"] in contacts, "Id")


def without_company(f: Files) -> set[str]:
    domains = {row["Company Domain Name"] for row in f.companies}
    return _keys(
        f.contacts, lambda r: not r["Associated Company IDs"] and _domain(r["Email"]) in domains
    )


def company_twice(f: Files) -> set[str]:
    def site(row: Row) -> str:
        return row["Company Domain Name"].removeprefix("www.")

    count = Counter(map(site, f.companies))
    first: dict[str, str] = {}
    for row in f.companies:
        first.setdefault(site(row), row["Record ID"])
    return _keys(f.companies, lambda r: count[site(r)] > 1 and first[site(r)] != r["Record ID"])


def mail_tool_only(f: Files) -> set[str]:
    known = {row["Email"].lower() for row in f.contacts}
    return set(_subscribed(f)) - known


# --- consent


def out_and_in(f: Files) -> set[str]:
    inside = _subscribed(f)
    return _keys(
        f.contacts, lambda r: r["Unsubscribed from all email"] == "Yes" and r["Email"] in inside
    )


def without_proof(f: Files) -> set[str]:
    return {e for e, row in _subscribed(f).items() if not row["CONFIRM_TIME"] + row["OPTIN_TIME"]}


def came_back(f: Files) -> set[str]:
    gone = {row["Email Address"]: row for row in _main_audience(f).get("unsubscribed", [])}
    found: set[str] = set()
    for audience in f.members.values():
        for row in audience.get("subscribed", []):
            before = gone.get(row["Email Address"])
            if before is not None and before["UNSUB_TIME"] < row["CONFIRM_TIME"]:
                assert row["CONFIRM_TIME"].startswith("2026-03-03")
                found.add(row["Email Address"])
    return found


def suppressed(f: Files) -> set[str]:
    return f.suppressed & set(_subscribed(f))


def paid(f: Files) -> set[str]:
    return _keys(
        f.contacts,
        lambda r: (
            r["Marketing contact status"] == "Marketing contact"
            and (r["Unsubscribed from all email"] == "Yes" or bool(r["Email hard bounce reason"]))
        ),
    )


# --- values


def greeting(f: Files) -> set[str]:
    return _keys(f.contacts, lambda r: r["First Name"].lower() in JUNK)


def _labels(f: Files, table: str, name: str) -> set[str]:
    return {option["label"] for option in f.properties[table][name]["options"]}


def outside_picklist(f: Files) -> set[str]:
    found: set[str] = set()
    for name, told in f.properties["contacts"].items():
        if told["type"] == "enumeration" and name != "hubspot_owner_id":
            allowed = _labels(f, "contacts", name) | {""}
            found |= _keys(f.contacts, lambda r, told=told, ok=allowed: r[told["label"]] not in ok)
    return found


def different_picklists(f: Files) -> int:
    return len(_labels(f, "companies", "industry") - _labels(f, "contacts", "industry"))


def free_text(f: Files) -> set[str]:
    return _keys(f.contacts, lambda r: r["Country/Region"] not in COUNTRIES)


OWN_TEXT = {"firstname", "lastname", "email", "company", "jobtitle", "address", "city", "state",
            "zip", "country", "associatedcompanyid", "associated_company"}  # fmt: skip


def _text_columns(f: Files) -> list[str]:
    return [
        told["label"]
        for name, told in f.properties["contacts"].items()
        if told["type"] == "string" and name not in OWN_TEXT
    ]


def number_as_text(f: Files) -> set[str]:
    found: set[str] = set()
    for label in _text_columns(f):
        values = [row[label] for row in f.contacts if row[label]]
        if values and all(value.isdecimal() for value in values):
            found |= _keys(f.contacts, lambda r, label=label: bool(r[label]))
    return found


def ambiguous(f: Files) -> set[str]:
    found: set[str] = set()
    for label in _text_columns(f):
        for row in f.contacts:
            date = re.fullmatch(r"(\d\d)/(\d\d)/\d{4}", row[label])
            if date and max(map(int, date.groups())) <= 12 and date[1] != date[2]:
                found.add(row["Record ID"])
    return found


def time_zone(f: Files) -> set[str]:
    return {
        email
        for email, row in _subscribed(f).items()
        if (row["CC"] == "US") != row["TIMEZONE"].startswith("America/")
        or (row["CC"] != "US" and not row["TIMEZONE"].startswith("Europe/"))
    }


def not_normal(f: Files) -> set[str]:
    return _keys(f.contacts, lambda r: bool(r["Phone Number"]) and r["Phone Number"][0] != "+")


def language(f: Files) -> set[str]:
    return _keys(f.contacts, lambda r: r["Preferred language"] in {"Japanese", "Portuguese"})


def invisible(f: Files) -> set[str]:
    return _keys(
        f.contacts, lambda r: bool(re.search(r"[\u200b\u2060\u00a0]|^\s|\s$", r["First Name"]))
    )


def encoding(f: Files) -> set[str]:
    def mangled(text: str) -> bool:
        try:
            return text.encode("cp1252").decode() != text
        except UnicodeError:
            return False

    return _keys(f.contacts, lambda r: mangled(r["Last Name"]))


def fills(f: Files) -> set[str]:
    """Those to whom one import gave one value on one day, where that is many of all contacts."""
    by_day: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, fields in f.history.items():
        for name, lines in fields.items():
            for line in lines:
                if line["sourceType"] == "IMPORT":
                    place = (name, line["value"], line["timestamp"][:10], line["sourceId"])
                    by_day[place].add(key)
    many = len(f.contacts) / 20
    return {key for keys in by_day.values() if len(keys) > many for key in keys}


def twins(f: Files) -> set[str]:
    found: set[str] = set()
    for label in _text_columns(f):
        filled = [row for row in f.contacts if row[label]]
        same = [row for row in filled if row[label] == row["Phone Number"]]
        if filled and len(same) / len(filled) > 0.9:
            found |= _keys(filled, lambda r: True)
    return found


def volume_dead(f: Files) -> int:
    """How many came from a source that brought many, and has brought nobody for 100 days."""
    last: dict[str, datetime] = {}
    count: Counter[str] = Counter()
    for row in f.contacts:
        if row["Original Source"]:
            at = _at(row["Create Date"])
            last[row["Original Source"]] = max(last.get(row["Original Source"], at), at)
            count[row["Original Source"]] += 1
    return sum(count[source] for source, at in last.items() if at < DAY - timedelta(days=100))


# --- stages, owners, history


def contradicts(f: Files) -> set[str]:
    won = {row["Associated Contact IDs"] for row in f.deals if row["Deal Stage"] == "Closed Won"}
    return _keys(
        f.contacts, lambda r: r["Lifecycle Stage"] == "Customer" and r["Record ID"] not in won
    )


def backwards(f: Files) -> set[str]:
    found: set[str] = set()
    for key, fields in f.history.items():
        lines = sorted(fields.get("lifecyclestage", []), key=lambda line: line["timestamp"])
        places = [ORDER.index(line["value"]) for line in lines]
        if places != sorted(places):
            found.add(key)
    return found


def owner_gone(f: Files) -> set[str]:
    gone = {f"{u['First name']} {u['Last name']}" for u in f.users if u["Active"] == "No"}
    return _keys(f.contacts, lambda r: r["Contact owner"].split(" (")[0] in gone)


def unanswered(f: Files) -> set[str]:
    return _keys(
        f.contacts,
        lambda r: (
            bool(r["Owner assigned date"])
            and not r["Date of first engagement"]
            and _at(r["Owner assigned date"]) < DAY - timedelta(days=14)
        ),
    )


def score_stale(f: Files) -> set[str]:
    value, count = Counter(row["HubSpot Score"] for row in f.contacts).most_common(1)[0]
    if count / len(f.contacts) < 0.6:
        return set()
    return _keys(f.contacts, lambda r: r["HubSpot Score"] == value)


def close_date(f: Files) -> set[str]:
    return _keys(
        f.deals,
        lambda r: not r["Deal Stage"].startswith("Closed") and _at(r["Close Date"]) < DAY,
    )


def several_writers(f: Files) -> set[str]:
    found: set[str] = set()
    for key, fields in f.history.items():
        for lines in fields.values():
            machine = [line for line in lines if line["sourceType"] in MACHINES]
            writers = {line["sourceId"] for line in machine}
            if len(writers) > 1 and len({line["value"] for line in machine}) > 1:
                found.add(key)
    return found


def sourceless(f: Files) -> set[str]:
    return _keys(f.leads, lambda r: not r["LeadSource"], "Id")


# --- flows: the id of each, with the number of records where that is the question


def negatives(f: Files) -> dict[str, int]:
    found: dict[str, int] = {}
    for flow in _live(f):
        for each in _filters(flow):
            told = each["operation"]
            if told["operator"] == "IS_NONE_OF" and told["includeObjectsWithNoValueSet"]:
                label = f.properties["contacts"][each["property"]]["label"]
                blank = sum(1 for row in f.contacts if not row[label])
                if blank > len(f.contacts) / 10:
                    found[flow["id"]] = blank
    return found


def unwritten(f: Files) -> dict[str, int]:
    newest: dict[str, str] = {}
    for fields in f.history.values():
        for name, lines in fields.items():
            newest[name] = max([newest.get(name, ""), *(line["timestamp"] for line in lines)])
    limit = (DAY - timedelta(days=365)).strftime("%Y-%m-%dT")
    stale = {name for name, at in newest.items() if at < limit}
    found: dict[str, int] = {}
    for flow in _live(f):
        for name in {each["property"] for each in _filters(flow)} & stale:
            label = f.properties["contacts"][name]["label"]
            found[flow["id"]] = sum(1 for row in f.contacts if row[label])
    return found


def loops(f: Files) -> set[str]:
    live = _live(f)
    again = {
        flow["id"]: _enrols_on(flow)
        for flow in live
        if flow.get("enrollmentCriteria", {}).get("shouldReEnroll")
    }
    return {
        one["id"]
        for one in live
        for other in live
        if one["id"] < other["id"]
        and set(_sets(one)) & again.get(other["id"], set())
        and set(_sets(other)) & again.get(one["id"], set())
    }


def two_writers(f: Files) -> set[str]:
    return {
        one["id"]
        for one in _live(f)
        for other in _live(f)
        if one["id"] < other["id"]
        for name in set(_sets(one)) & set(_sets(other))
        if _sets(one)[name] != _sets(other)[name]
    }


def races(f: Files) -> set[str]:
    brought = set(re.findall(r'"property": "(\w+)"', json.dumps(list(f.n8n.values()))))
    found: set[str] = set()
    for flow in _live(f):
        if flow.get("enrollmentCriteria", {}).get("type") != "EVENT_BASED":
            continue
        first = next(a for a in flow["actions"] if a["actionId"] == flow["startActionId"])
        if {each["property"] for each in _filters(first)} & brought:
            found.add(flow["id"])
    return found


def no_branch(f: Files) -> dict[str, int]:
    found: dict[str, int] = {}
    for flow in _live(f):
        for action in flow["actions"]:
            if action["type"] == "LIST_BRANCH" and "defaultBranch" not in action:
                name = next(_filters(action))["property"]
                label = f.properties["contacts"][name]["label"]
                found[flow["id"]] = sum(1 for row in f.contacts if not row[label])
    return found


def nothing_enters(f: Files) -> set[str]:
    called = re.findall(r'"flow_id": "(\d+)"', json.dumps(list(f.flows.values())))
    return {
        flow["id"]
        for flow in _live(f)
        if "enrollmentCriteria" not in flow and flow["id"] not in called
    }


def unreachable(f: Files) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for flow in _live(f):
        actions = {action["actionId"]: action for action in flow["actions"]}
        seen, todo = set[str](), [flow["startActionId"]]
        while todo:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                todo += _next(actions[each])
        found |= {(flow["id"], lost) for lost in actions.keys() - seen}
    return found


def people_who_left(f: Files) -> set[str]:
    gone = {user["User ID"] for user in f.users if user["Active"] == "No"}
    return {
        flow["id"]
        for flow in _live(f)
        for action in flow["actions"]
        if gone & set(action.get("fields", {}).get("user_ids", []))
    }


def _nodes(flow: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node for node in flow["nodes"] if node["type"].endswith(f".{kind}")]


def sends_to_all(f: Files) -> set[str]:
    return {
        key
        for key, flow in f.n8n.items()
        if _nodes(flow, "sendGrid")
        and any(n["parameters"].get("returnAll") for n in _nodes(flow, "hubspot"))
        and not _nodes(flow, "if") + _nodes(flow, "filter")
    }


def bursts(f: Files) -> set[str]:
    return {
        key
        for key, flow in f.n8n.items()
        if _nodes(flow, "slack")
        and any(n["parameters"].get("returnAll") for n in _nodes(flow, "hubspot"))
        and not _nodes(flow, "splitInBatches") + _nodes(flow, "wait")
    }


def no_error_path(f: Files) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, flow in f.n8n.items():
        starts = ("Trigger", "webhook")
        bare = [
            node
            for node in flow["nodes"]
            if not node["type"].endswith(starts) and not node.get("retryOnFail")
        ]
        if bare and "errorWorkflow" not in flow["settings"]:
            found[key] = len(bare)
    return found


def free_mail_senders(f: Files) -> set[str]:
    return {
        key
        for key, flow in f.n8n.items()
        for node in flow["nodes"]
        if node["parameters"].get("fromEmail", "").endswith("@gmail.com")
    }


Answer = set[str] | int | dict[str, int] | set[tuple[str, str]]
QUESTIONS: dict[str, Callable[[Files], Answer]] = {
    "audience-without-email": audience_without_email,
    "invalid-email": invalid_email,
    "typo-domain": typo_domain,
    "role-address": role_address,
    "test-or-disposable": disposable,
    "bot-burst": bot_burst,
    "duplicate-mailbox": duplicate_mailbox,
    "probably-same-person": probably_same,
    "same-person-elsewhere": elsewhere,
    "lead-and-contact": lead_and_contact,
    "contact-without-company": without_company,
    "company-twice": company_twice,
    "mail-tool-not-crm": mail_tool_only,
    "opt-out-here-opt-in-there": out_and_in,
    "consent-without-proof": without_proof,
    "came-back-by-import": came_back,
    "suppressed-in-live-audience": suppressed,
    "paid-but-unmailable": paid,
    "greeting-junk": greeting,
    "outside-picklist": outside_picklist,
    "different-picklists": different_picklists,
    "free-text-in-branch": free_text,
    "number-as-text": number_as_text,
    "day-month-ambiguous": ambiguous,
    "time-zone": time_zone,
    "not-normal": not_normal,
    "language-against-country": language,
    "invisible-characters": invisible,
    "broken-encoding": encoding,
    "value-suddenly-fills": fills,
    "twin-fields": twins,
    "volume-dead": volume_dead,
    "stage-contradicts-deals": contradicts,
    "stage-backwards": backwards,
    "owner-gone": owner_gone,
    "hand-over-unanswered": unanswered,
    "score-stale": score_stale,
    "close-date-past": close_date,
    "several-writers": several_writers,
    "lead-without-source": sourceless,
    "negative-over-unknown": negatives,
    "read-but-unwritten": unwritten,
    "write-loop": loops,
    "two-writers": two_writers,
    "race-with-sync": races,
    "no-branch-for-unknown": no_branch,
    "nothing-enters": nothing_enters,
    "unreachable-step": unreachable,
    "hard-coded-people": people_who_left,
    "send-without-consent": sends_to_all,
    "burst-over-limit": bursts,
    "missing-error-path": no_error_path,
    "sending-domain": free_mail_senders,
}
