"""Which reader takes a document, texts that break off, and three tools that tell little."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from leadline.blueprint.graph.flow import Live, StepKind, TriggerKind
from leadline.inspection.flows import (
    activecampaign,
    customerio,
    json_text,
    mailchimp,
    registry,
)
from leadline.inspection.flows.document import ORDER_UNTOLD
from leadline.inspection.flows.hubspot import older
from leadline.inspection.recognition import Content, Recognition
from tests.unit.flows.reading import document, read_all, read_one, ways

FILES = {
    "hubspot-webinar.json": "hubspot-flows",
    "n8n-registrations.json": "n8n-workflows",
    "klaviyo-welcome.json": "klaviyo-flows",
    "mautic-nurture.json": "mautic-campaigns",
    "Lead_Routing.flow-meta.xml": "salesforce-flow",
}


@pytest.mark.parametrize(("name", "shape"), FILES.items())
def test_one_reader_claims_a_file_and_is_sure(name: str, shape: str) -> None:
    claims = registry.claims(document(name), name)
    assert [claim.shape for claim in claims] == [shape]
    assert claims[0].confidence >= 0.9
    assert claims[0].evidence


@pytest.mark.parametrize(
    "found",
    [
        None,
        [],
        {},
        "",
        3,
        {"results": []},
        {"results": [{"name": "email", "label": "Email", "type": "string"}]},
        [{"id": 1, "email": "a@b.example"}],
        {"nodes": [], "edges": []},
        "<html></html>",
    ],
)
def test_what_is_no_definition_is_claimed_by_nobody(found: object) -> None:
    assert registry.recognise(found, "x.json") is None


def test_a_shape_without_a_reader_is_named() -> None:
    claim = Recognition("hubspot-contacts", "hubspot", Content.TABLE, 1.0, ())
    flows, (unread,) = registry.read({}, "x.csv", claim, None)
    assert flows == ()
    assert "hubspot-contacts" in unread.what


def test_counts_are_of_all_nodes() -> None:
    flows = [read_one(document(name), name) for name in FILES]
    assert sum(registry.counts(flows)) == sum(len(flow.steps) for flow in flows)


def test_every_flow_names_what_its_format_cannot_tell() -> None:
    assert all(read_one(document(name), name).cannot_say for name in FILES)


def test_the_page_of_formats_names_every_shape_and_every_gap() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/flow-formats.md").read_text("utf-8")
    shapes = [shape for reader in registry.READERS for shape in reader.shapes]
    assert [shape for shape in shapes if f"`{shape}`" not in page] == []
    gaps = {gap for name in FILES for gap in read_one(document(name), name).cannot_say}
    gaps |= {*older.CANNOT_SAY, *customerio.CANNOT_SAY}
    gaps |= {*activecampaign.CANNOT_SAY, *mailchimp.CANNOT_SAY}
    assert [gap for gap in gaps if gap not in page] == []


def test_a_cut_json_file_is_named_and_the_rest_is_read() -> None:
    flow = document("hubspot-webinar.json")
    text = json.dumps({"results": [flow, flow, flow]}, indent=1)
    found, (unread,) = json_text.parse("\ufeff" + text[:-2000], "flows.json")
    flows, _ = read_all(found)
    assert len(flows) == 2
    assert unread.where.startswith("flows.json, line ")
    assert "2 entries before it are whole" in unread.what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"id": "1", "actions": [', "breaks off"),
        ("", "breaks off"),
        ("[" * 100_000, "breaks off|nested deeper"),
        ('{"a": ' + "1" * 5000 + "}", "4,300 digits"),
        ("\x00\x01", "breaks off"),
    ],
)
def test_text_that_is_no_json_is_named(text: str, what: str) -> None:
    found, (unread,) = json_text.parse(text, "x.json")
    assert found is None
    assert any(part in unread.what for part in what.split("|"))


def test_customer_io_tells_starts_and_messages_and_no_order() -> None:
    campaign: dict[str, Any] = {
        "id": 5,
        "name": "Trial",
        "state": "running",
        "event_name": "trial_started",
        "trigger_segment_ids": [],
        "filter_segment_ids": [9],
        "actions": [{"id": n, "type": t} for n, t in enumerate(("email", "webhook", "x"))],
        "first_started": 1,
    }
    flow = read_one({"campaign": campaign})
    assert (flow.key, flow.live) == ("customerio/5", Live.ON)
    assert flow.triggers[0].kind is TriggerKind.EVENT
    assert ORDER_UNTOLD in flow.cannot_say
    assert registry.counts([flow]) == (1, 1, 1)


def test_active_campaign_tells_names_and_states() -> None:
    listed = {
        "automations": [
            {"id": "1", "name": "A", "status": "1", "entered": "40", "exited": "3"},
            {"id": "2", "name": "B", "status": "2", "entered": "0", "exited": "0"},
        ],
        "meta": {"starts": [{"id": "7", "series": "1", "type": "subscribe"}]},
    }
    (first, second), (unread,) = read_all(listed)
    assert (first.live, second.live) == (Live.ON, Live.OFF)
    assert first.triggers[0].kind is TriggerKind.LIST
    assert second.triggers == ()
    assert "by name" in unread.what


def test_mailchimp_classic_is_read_with_its_emails_in_order() -> None:
    automation = {
        "id": "a1",
        "status": "sending",
        "emails_sent": 5,
        "settings": {"title": "Welcome"},
        "recipients": {"list_id": "L1"},
        "trigger_settings": {"workflow_type": "signup"},
        "emails": [
            {"id": "e2", "position": 2, "delay": {"amount": 2, "type": "day"}, "status": "save"},
            {"id": "e1", "position": 1, "delay": {"amount": 1, "type": "hour"}},
        ],
    }
    flow = read_one({"automations": [automation], "total_items": 1})
    assert (flow.name, flow.live, flow.start) == ("Welcome", Live.ON, "e1")
    assert ways(flow.steps["e1"]) == [("next", "e2")]
    assert flow.steps["e2"].wait_s == 2 * 86400
    assert (flow.steps["e2"].kind, flow.steps["e2"].sends[0].live) == (StepKind.SEND, Live.OFF)


def test_no_vendor_imports_another() -> None:
    folder = Path(registry.__file__).parent
    shared = {"document", "json_text", "revising", "registry"}
    vendors = {path.stem for path in folder.iterdir()} - shared - {"__init__", "__pycache__"}
    assert len(vendors) == 8
    for path in folder.rglob("*.py"):
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        if own in shared or own == "__init__":
            continue
        found = re.findall(r"leadline\.inspection\.flows\.(\w+)", path.read_text("utf-8"))
        assert set(found) & vendors <= {own}, path
