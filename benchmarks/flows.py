"""How long it takes to read 2,000 flows of 50 nodes each, in one process, and how much is held.

Each flow is the vendor's own JSON or XML text, parsed, recognised and read, one file a flow;
the nodes are dealt as in real ones: mails, waits, branches with filters, writes, webhooks, code.
The clock runs over parsing, recognising and reading. Four of ten flows are HubSpot's, three
n8n's, and one each Klaviyo's, Mautic's and Salesforce's.

    python benchmarks/flows.py [--quick] [--json]

--quick: 400 flows instead of 2,000; seconds are for 2,000 in proportion.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadline.inspection.flows import registry

FLOWS = 2_000
NODES = 50
ROUNDS = 3


def hubspot(draw: random.Random, number: int) -> tuple[str, str]:
    def asks(name: str) -> dict[str, Any]:
        operation = {"operationType": "ENUMERATION", "operator": "IS_NONE_OF"}
        operation |= {"values": ["customer", "other"], "includeObjectsWithNoValueSet": False}
        return {"filterType": "PROPERTY", "property": name, "operation": operation}

    def branch(*names: str) -> dict[str, Any]:
        inner = {"filterBranchType": "AND", "filters": [asks(n) for n in names]}
        return {"filterBranchType": "OR", "filters": [], "filterBranches": [inner]}

    actions: list[dict[str, Any]] = []
    for n in range(1, NODES + 1):
        on = {"edgeType": "STANDARD", "nextActionId": str(n + 1)} if n < NODES else None
        single = {"type": "SINGLE_CONNECTION", "actionId": str(n), "actionTypeVersion": 0}
        value = {"type": "STATIC_VALUE", "staticValue": "lead"}
        task = {"task_type": "CALL", "subject": "Call {{ enrolled_object.firstname }}"}
        task["body"] = "They asked for {{ enrolled_object.topic }}. " * 10
        action = draw.choice(
            [
                {**single, "actionTypeId": "0-1", "fields": {"delta": "60"}, "connection": on},
                {**single, "actionTypeId": "0-4", "fields": {"content_id": "9"}, "connection": on},
                {**single, "actionTypeId": "0-3", "fields": task, "connection": on},
                {
                    **single,
                    "actionTypeId": "0-5",
                    "fields": {"property_name": "lifecyclestage", "value": value},
                    "connection": on,
                },
                {
                    "type": "LIST_BRANCH",
                    "actionId": str(n),
                    "listBranches": [
                        {"branchName": "a", "filterBranch": branch("city"), "connection": on},
                        {"branchName": "b", "filterBranch": branch("zip", "x"), "connection": on},
                    ],
                    "defaultBranch": on,
                },
            ]
        )
        actions.append({k: v for k, v in action.items() if v is not None})
    flow = {
        "id": str(number),
        "name": f"Flow {number}",
        "isEnabled": True,
        "flowType": "WORKFLOW",
        "type": "CONTACT_FLOW",
        "objectTypeId": "0-1",
        "startActionId": "1",
        "actions": actions,
        "enrollmentCriteria": {
            "type": "LIST_BASED",
            "listFilterBranch": branch("lifecyclestage", "country"),
        },
    }
    return f"{number}.json", json.dumps(flow)


def n8n(draw: random.Random, number: int) -> tuple[str, str]:
    nodes: list[dict[str, Any]] = [
        {"name": "N0", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "parameters": {}}
    ]
    email = "={{ $('N0').item.json.body.email }}"
    for n in range(1, NODES):
        kind, version, parameters = draw.choice(
            [
                ("set", 3.4, {"assignments": {"assignments": [{"name": "email", "value": email}]}}),
                ("hubspot", 2.1, {"email": email, "additionalFields": {"firstName": "=x"}}),
                ("httpRequest", 4.2, {"url": "https://api.example.com/x", "method": "POST"}),
                ("slack", 2.2, {"select": "channel", "text": "=Hi {{ $json.name }}"}),
                ("code", 2, {"jsCode": "return $input.first().json.email;\n" * 20}),
                (
                    "if",
                    2.2,
                    {
                        "conditions": {
                            "conditions": [
                                {"leftValue": "={{ $json.a }}", "operator": {"operation": "gt"}}
                            ]
                        }
                    },
                ),
            ]
        )
        nodes.append(
            {
                "id": str(n),
                "name": f"N{n}",
                "type": f"n8n-nodes-base.{kind}",
                "typeVersion": version,
                "parameters": parameters,
            }
        )
    connections = {
        f"N{n}": {"main": [[{"node": f"N{n + 1}", "type": "main", "index": 0}]]}
        for n in range(NODES - 1)
    }
    found = {"id": str(number), "name": "W", "active": True, "settings": {}}
    return f"{number}.json", json.dumps(found | {"nodes": nodes, "connections": connections})


def klaviyo(draw: random.Random, number: int) -> tuple[str, str]:
    message = {"template_id": "T", "name": "M", "subject_line": "Hi {{ first_name }}"}
    asked = {"type": "profile-property", "property": "city"}
    asked["filter"] = {"type": "string", "operator": "equals", "value": "Ulm"}  # type: ignore[assignment]  # JSON of a vendor, whose values differ in type
    groups = {"condition_groups": [{"conditions": [asked]}]}
    actions = [
        {
            "id": str(n),
            "links": {"next": str(n + 1) if n < NODES else None},
            **draw.choice(
                [
                    {"type": "send-email", "data": {"message": message, "status": "live"}},
                    {"type": "time-delay", "data": {"unit": "days", "value": 1}},
                    {"type": "conditional-split", "data": {"profile_filter": groups}},
                ]
            ),
        }
        for n in range(1, NODES + 1)
    ]
    definition = {"triggers": [{"type": "list", "id": "L"}], "profile_filter": groups}
    definition |= {"actions": actions, "entry_action_id": "1"}  # type: ignore[dict-item]  # JSON again
    attributes = {"name": "K", "status": "live", "archived": False, "definition": definition}
    found = {"data": {"type": "flow", "id": str(number), "attributes": attributes}}
    return f"{number}.json", json.dumps(found)


def mautic(draw: random.Random, number: int) -> tuple[str, str]:
    events = [
        {
            "id": n,
            "campaign_id": number,
            "parent_id": n - 1 or None,
            "event_type": "action",
            "trigger_mode": "immediate",
            **draw.choice(
                [
                    {"type": "email.send", "channel": "email", "channel_id": 3, "properties": {}},
                    {"type": "lead.changepoints", "properties": {"points": 5}},
                    {"type": "lead.updatelead", "properties": {"properties": {"city": "Ulm"}}},
                ]
            ),
        }
        for n in range(1, NODES + 1)
    ]
    campaign = {"id": number, "name": "M", "is_published": True}
    found = [{"campaign": [campaign], "campaign_event": events, "lists": [], "dependencies": []}]
    return f"{number}.json", json.dumps(found)


def salesforce(draw: random.Random, number: int) -> tuple[str, str]:
    def element(n: int) -> str:
        on = f"<connector><targetReference>E{n + 1}</targetReference></connector>"
        head = f"<name>E{n}</name><label>E</label>{on if n < NODES - 1 else ''}"
        value = "<value><stringValue>Hot</stringValue></value>"
        given = f"<inputAssignments><field>Rating</field>{value}</inputAssignments>"
        return draw.choice(
            [
                f"<recordUpdates>{head}<object>Lead</object>{given}</recordUpdates>",
                f"<recordLookups>{head}<object>Account</object></recordLookups>",
                f"<actionCalls>{head}<actionType>emailAlert</actionType></actionCalls>",
            ]
        )

    start = "<start><object>Lead</object><triggerType>RecordAfterSave</triggerType></start>"
    inner = "".join(element(n) for n in range(NODES))
    root = '<Flow xmlns="http://soap.sforce.com/2006/04/metadata">'
    return f"F{number}.flow-meta.xml", f"{root}{start}{inner}<status>Active</status></Flow>"


DEAL: list[Callable[[random.Random, int], tuple[str, str]]] = [
    hubspot,
    hubspot,
    hubspot,
    hubspot,
    n8n,
    n8n,
    n8n,
    klaviyo,
    mautic,
    salesforce,
]


def files(count: int) -> list[tuple[str, str]]:
    draw = random.Random(7)
    return [DEAL[n % len(DEAL)](draw, n) for n in range(count)]


def read(found: list[tuple[str, str]]) -> tuple[float, float, int]:
    """Seconds by the clock and of the processor, and how many nodes were read."""
    nodes = 0
    begun, worked = time.perf_counter(), time.process_time()
    for path, text in found:
        document = json.loads(text) if path.endswith(".json") else text
        claim = registry.recognise(document, path)
        assert claim is not None, path
        flows, unread = registry.read(document, path, claim, None)
        assert not unread
        nodes += sum(registry.counts(flows))
    return time.perf_counter() - begun, time.process_time() - worked, nodes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    count = 400 if options.quick else FLOWS
    found = files(count)
    megabytes = sum(len(text) for _, text in found) / 1e6
    results = [read(found) for _ in range(ROUNDS)]
    seconds = statistics.median(clock for clock, _, _ in results)
    worked = statistics.median(cpu for _, cpu, _ in results)
    nodes = results[0][2]
    assert nodes == count * NODES, nodes
    figures = {
        "seconds_2000_flows": round(seconds * FLOWS / count, 2),
        "cpu_seconds_2000_flows": round(worked * FLOWS / count, 2),
        "flows": count,
        "nodes": nodes,
        "nodes_a_second": round(nodes / seconds),
        "megabytes": round(megabytes, 1),
    }
    if options.json:
        print(json.dumps({"benchmark": "flows", "figures": figures, "ratios": {}}))
        return
    print(f"{count:,} flows, {nodes:,} nodes, {megabytes:.1f} MB of text")
    print(f"read in {seconds:.2f} s: {figures['nodes_a_second']:,} nodes a second")
    cpu = figures["cpu_seconds_2000_flows"]
    print(f"2,000 flows: {figures['seconds_2000_flows']} s, {cpu} s of the processor")


if __name__ == "__main__":
    main()
