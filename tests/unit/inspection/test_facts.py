"""What the data tells the checks of flows: busy minutes, sizes of lists, syncs, tiers."""

from __future__ import annotations

import json
from pathlib import Path

from leadline.audit.canonical import lay_views
from leadline.blueprint.flow_checks.facts import Burst
from leadline.blueprint.graph.flow import FieldRef
from leadline.blueprint.graph.inventory import Sync
from leadline.inspection.facts import facts_of
from leadline.inspection.settings import parse
from tests.unit.audit.stacks import stack_of
from tests.unit.inspection.stacks import read


def facts(text: str):
    with stack_of(text) as stack:
        lay_views(stack)
        return facts_of(stack)


def history(rows: list[str]) -> str:
    header = "object,key,field,value,at,writer_kind,writer,writer_name"
    return "```csv hubspot-history\n" + "\n".join([header, *rows]) + "\n```\n"


def flow(**said: object) -> str:
    return f"```json\n{json.dumps([said])}\n```\n"


READS = [{"field": "hubspot.contact.status", "operator": "is any of", "values": ["registered"]}]
IN_A_MINUTE = [
    f"contact,{n},status,registered,2026-05-01T10:00:{n % 60:02d}Z,API,app," for n in range(90)
]


def test_values_that_change_together_are_a_burst_of_the_flow_that_starts_by_them() -> None:
    found = facts(history(IN_A_MINUTE) + flow(flow="hubspot/1", reads=READS))
    assert found.bursts == {"hubspot/1": Burst(90, 60.0)}


def test_values_that_do_not_let_anybody_in_are_no_burst() -> None:
    others = [row.replace("registered", "cancelled") for row in IN_A_MINUTE]
    assert facts(history(others) + flow(flow="hubspot/1", reads=READS)).bursts == {}


def test_times_without_hours_tell_nothing_of_a_minute() -> None:
    days = [f"contact,{n},status,registered,2026-05-01,API,app," for n in range(90)]
    assert facts(history(days) + flow(flow="hubspot/1", reads=READS)).bursts == {}


def test_registrations_of_one_minute_are_a_burst_of_the_flow_told_by_that_tool() -> None:
    rows = "".join(f"p{n}@acme.de,2026-05-01 10:00:{n % 60:02d}\n" for n in range(40))
    table = f"```csv typeform-registrants\nemail,created_at\n{rows}```\n"
    told = flow(flow="n8n/1", trigger="event", trigger_words="is told by typeform")
    other = flow(flow="n8n/2", trigger="event", trigger_words="is told by calendly")
    assert facts(table + told).bursts == {"n8n/1": Burst(40, 60.0)}
    assert facts(table + other).bursts == {}


def test_what_a_flow_wrote_in_one_minute_is_its_burst() -> None:
    rows = [f"contact,{n},owner,x,2026-05-01T10:00:05Z,AUTOMATION_PLATFORM,7," for n in range(30)]
    writes = [{"field": "hubspot.contact.owner"}]
    found = facts(history(rows) + flow(flow="hubspot/7", trigger="list", writes=writes))
    assert found.bursts == {"hubspot/7": Burst(30, 60.0)}


def test_sizes_of_lists_are_known_by_system_and_id() -> None:
    assert facts("```csv hubspot-lists\nkey,name,members\n41,News,1200\n```\n").lists == {
        "hubspot/41": 1200
    }


def test_a_field_that_an_integration_writes_is_a_sync_from_the_field_that_means_the_same() -> None:
    rows = [f"contact,{n},lifecycle,lead,2026-05-01,INTEGRATION,,Salesforce" for n in range(3)]
    tables = (
        "```csv hubspot-contacts\nkey,email,lifecycle\n1,a@acme.de,lead\n```\n"
        "```csv salesforce-contacts\nkey,email,lifecycle\n1,a@acme.de,lead\n```\n"
    )
    source = FieldRef("salesforce", "contact", "lifecycle")
    target = FieldRef("hubspot", "contact", "lifecycle")
    assert facts(tables + history(rows)).syncs == (Sync(source, target, "Salesforce"),)


def test_an_integration_that_is_one_of_the_flows_is_told_by_the_flow() -> None:
    rows = [f"contact,{n},status,x,2026-05-01,INTEGRATION,178192,n8n" for n in range(3)]
    assert facts(history(rows) + flow(flow="n8n/1")).syncs == ()


def test_a_schedule_that_copies_between_systems_is_a_sync_with_its_pace(tmp_path: Path) -> None:
    def node(name: str, kind: str, parameters: dict[str, object]) -> dict[str, object]:
        return {
            "name": name,
            "type": f"n8n-nodes-base.{kind}",
            "typeVersion": 2.1 if kind == "hubspot" else 1.2,
            "parameters": parameters,
            "position": [0, 0],
            "id": name,
        }

    link = [[{"node": "Read", "type": "main", "index": 0}]]
    then = [[{"node": "Write", "type": "main", "index": 0}]]
    workflow = {
        "id": "copy1",
        "name": "Copy level",
        "active": True,
        "nodes": [
            node(
                "Every hour",
                "scheduleTrigger",
                {"rule": {"interval": [{"field": "hours", "hoursInterval": 2}]}},
            ),
            node(
                "Read",
                "salesforce",
                {"resource": "contact", "operation": "getAll", "options": {}},
            ),
            node(
                "Write",
                "hubspot",
                {
                    "email": "={{ $json.Email }}",
                    "additionalFields": {
                        "customPropertiesUi": {
                            "customPropertiesValues": [
                                {"property": "level", "value": "={{ $json.Level__c }}"}
                            ]
                        }
                    },
                },
            ),
        ],
        "connections": {"Every hour": {"main": link}, "Read": {"main": then}},
        "settings": {},
    }
    stack = read(tmp_path, {"n8n.json": json.dumps(workflow)}).stack
    lay_views(stack)
    found = [sync for sync in facts_of(stack).syncs if sync.target.name == "level"]
    assert [(sync.source.name, sync.name, sync.every_s) for sync in found] == [
        ("Level__c", "Copy level", 7_200.0)
    ]


def test_the_teams_own_tier_is_read_from_the_settings(tmp_path: Path) -> None:
    text = "tiers: { hubspot: professional }\n"
    assert parse(text, "inspect.yaml", ()).tiers == {"hubspot": "professional"}
    files = {"a.csv": "Email\na@acme.de\n", "inspect.yaml": text}
    assert read(tmp_path, files).tiers == {"hubspot": "professional"}
