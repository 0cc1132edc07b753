"""Salesforce flows: before and after the save, faults, formulas, Process Builder, bad XML."""

from __future__ import annotations

import pytest

from leadline.blueprint.graph.flow import (
    Blank,
    Every,
    Failure,
    Flow,
    Live,
    Neither,
    Some,
    StepKind,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows import registry
from tests.unit.flows.reading import (
    comparisons,
    document,
    read_all,
    read_by,
    read_one,
    ways,
    written,
)

NAME = "Lead_Routing.flow-meta.xml"


def routing() -> Flow:
    return read_one(document(NAME), f"flows/{NAME}")


def flow_of(inner: str, path: str = "A.flow-meta.xml") -> Flow:
    text = f'<Flow xmlns="http://soap.sforce.com/2006/04/metadata">{inner}</Flow>'
    return read_one(text, path)


START = (
    "<start><object>Lead</object><triggerType>{0}</triggerType>"
    "<recordTriggerType>Create</recordTriggerType>"
    "<connector><targetReference>A</targetReference></connector></start>"
)
ASSIGN = (
    "<assignments><name>A</name><label>A</label><assignmentItems>"
    "<assignToReference>$Record.Status</assignToReference><operator>Assign</operator>"
    "<value><stringValue>New</stringValue></value></assignmentItems></assignments>"
)


def test_a_flow_says_object_moment_and_paths_of_its_own() -> None:
    flow = routing()
    assert (flow.key, flow.name, flow.live, flow.object, flow.start) == (
        "salesforce/Lead_Routing",
        "Lead Routing",
        Live.ON,
        "lead",
        "Get_Account",
    )
    saved, later = flow.triggers
    assert (saved.kind, saved.again) == (TriggerKind.RECORD_SAVED, True)
    assert saved.words == "a lead is created or updated, after the save, when it comes to match"
    assert (later.kind, later.starts_at) == (TriggerKind.DATE, "Alert_Owner")
    assert [str(r) for r in later.reads] == ["salesforce.lead.ConvertedDate"]
    assert later.words.startswith("3 days from ConvertedDate")


def test_the_logic_of_conditions_is_kept_with_what_they_do_to_blanks() -> None:
    condition = routing().triggers[0].condition
    assert isinstance(condition, Every)
    country, either = condition.parts
    assert isinstance(either, Some)
    (asked,) = comparisons(country)
    assert (str(asked.field), asked.negative, asked.blank) == (
        "salesforce.lead.Country",
        True,
        Blank.PASSES,
    )
    source, email = comparisons(either)
    assert source.values == ("Webinar",)
    assert email.words == "Email is known"


@pytest.mark.parametrize(
    ("logic", "expected"),
    [("or", Some), ("1 AND NOT 2", Every), ("NOT (1 OR 2)", Neither), ("1 AND (2", None)],
)
def test_custom_logic_is_parsed_or_left_unclear(logic: str, expected: type | None) -> None:
    one = "<filters><field>{0}</field><operator>EqualTo</operator><value/></filters>"
    start = START.format("RecordAfterSave").replace(
        "<start>", f"<start><filterLogic>{logic}</filterLogic>{one.format('X')}{one.format('Y')}"
    )
    condition = flow_of(start + ASSIGN).triggers[0].condition
    if expected is None:
        assert "joined by" in str(condition)
    else:
        assert isinstance(condition, expected)


def test_formulas_and_templates_are_reads_of_what_they_name() -> None:
    steps = routing().steps
    assert read_by(steps["Get_Account"]) == {
        "salesforce.account.Website",
        "salesforce.account.Industry",
        "salesforce.lead.Email",
    }
    assert read_by(steps["Set_Fields"]) == {
        "salesforce.lead.FirstName",
        "salesforce.account.Name",
        "salesforce.lead.Status",
    }
    assert read_by(steps["Make_Task"]) == {"salesforce.lead.Id", "salesforce.lead.Phone"}


def test_after_a_save_the_update_writes_what_was_assigned() -> None:
    steps = routing().steps
    assert steps["Set_Fields"].writes == ()
    assert written(steps["Save_Lead"]) == [
        ("salesforce.lead.Rating", "Hot", "set"),
        ("salesforce.lead.Description", None, "set"),
    ]
    assert (steps["Make_Task"].kind, steps["Make_Task"].people) == (
        StepKind.CREATE,
        ("005000000000001",),
    )


def test_before_a_save_the_assignment_is_the_write() -> None:
    flow = flow_of(START.format("RecordBeforeSave") + ASSIGN)
    assert written(flow.steps["A"]) == [("salesforce.lead.Status", "New", "set")]
    assert flow.triggers[0].words == "a lead is created, before the save"
    assert flow_of(START.format("RecordAfterSave") + ASSIGN).steps["A"].writes == ()


def test_data_elements_have_a_fault_path_or_stop() -> None:
    steps = routing().steps
    assert steps["Save_Lead"].failure is Failure.HANDLED
    assert ("error", "Tell_Admin") in ways(steps["Save_Lead"])
    assert steps["Make_Task"].failure is Failure.STOPS
    assert steps["Set_Fields"].failure is Failure.CANNOT


def test_decisions_sends_calls_and_people_are_read() -> None:
    steps = routing().steps
    assert ways(steps["Is_Big"]) == [("branch", "Set_Fields"), ("else", "Make_Task")]
    (size,) = comparisons(steps["Is_Big"].edges[0].condition)
    assert size.words == "NumberOfEmployees is more than 200"
    assert steps["Alert_Owner"].sends[0].content == "Lead.New_Lead"
    assert steps["Tell_Admin"].people == ("admin@acme.example",)
    assert (steps["Score_It"].kind, steps["Score_It"].understanding) == (
        StepKind.CODE,
        Understanding.READ,
    )
    assert read_by(steps["Score_It"]) == {"salesforce.lead.Email"}
    assert steps["Clean_Up"].calls_flows == ("Lead_Clean_Up",)


def test_what_is_unknown_stays_and_no_text_of_a_message_is_kept() -> None:
    flow = routing()
    assert {"action: teleport", "element: holograms", "flow: galaxies"} <= set(flow.not_understood)
    assert ways(flow.steps["Future"]) == [("next", "Clean_Up")]
    assert ways(flow.steps["Odd"]) == [("next", None)]
    assert "CANARY" not in repr(flow)
    assert registry.counts([flow]) == (8, 1, 2)


def test_process_builder_files_are_flows_with_their_object_beside_the_elements() -> None:
    flow = flow_of(
        "<processType>Workflow</processType><status>Draft</status>"
        "<processMetadataValues><name>ObjectType</name><value><stringValue>Opportunity"
        "</stringValue></value></processMetadataValues>"
        "<startElementReference>A</startElementReference>" + ASSIGN
    )
    assert (flow.object, flow.live, flow.start) == ("opportunity", Live.OFF, "A")
    assert flow.triggers[0].kind is TriggerKind.RECORD_SAVED
    assert "was built in Process Builder" in flow.notes


def test_fields_set_in_a_loop_are_written_where_the_collection_is_saved() -> None:
    loop = (
        "<variables><name>todo</name><objectType>Contact</objectType></variables>"
        "<recordLookups><name>Find</name><label>F</label><object>Contact</object></recordLookups>"
        "<loops><name>Each</name><label>E</label><collectionReference>Find</collectionReference>"
        "<nextValueConnector><targetReference>A</targetReference></nextValueConnector>"
        "<noMoreValuesConnector><targetReference>S</targetReference></noMoreValuesConnector></loops>"
        "<assignments><name>A</name><label>A</label>"
        "<assignmentItems><assignToReference>Each.Level__c</assignToReference>"
        "<operator>Assign</operator><value><stringValue>Gold</stringValue></value>"
        "</assignmentItems><assignmentItems><assignToReference>todo</assignToReference>"
        "<operator>Add</operator><value><elementReference>Each</elementReference></value>"
        "</assignmentItems><connector><targetReference>Each</targetReference></connector>"
        "</assignments><recordUpdates><name>S</name><label>S</label>"
        "<inputReference>todo</inputReference></recordUpdates>"
    )
    flow = flow_of(loop)
    assert ways(flow.steps["Each"]) == [("branch", "A"), ("else", "S")]
    assert written(flow.steps["S"]) == [("salesforce.contact.Level__c", "Gold", "set")]
    assert flow.triggers[0].kind is TriggerKind.CALLED


def test_a_field_of_a_relation_is_a_field_of_that_object() -> None:
    text = "<recordCreates><name>A</name><label>A</label><object>Task</object><inputAssignments>"
    text += "<field>X__c</field><value><elementReference>$Record.Account.Industry"
    text += "</elementReference></value></inputAssignments></recordCreates>"
    flow = flow_of(START.format("RecordAfterSave") + text)
    assert read_by(flow.steps["A"]) == {"salesforce.account.Industry"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (document(NAME), "breaks off or is broken at line"),
        (
            '<!DOCTYPE Flow [<!ENTITY a "aaaa">]><Flow xmlns="http://soap.sforce.com/2006/04/'
            'metadata"><label>&a;</label></Flow>',
            "declares entities",
        ),
    ],
)
def test_xml_that_is_cut_or_hostile_is_named(text: str, what: str) -> None:
    cut = text[:3000] if what.startswith("breaks") else text
    flows, (unread,) = read_all(cut, NAME)
    assert flows == ()
    assert what in unread.what


def test_a_flow_of_a_managed_package_says_that_it_is_empty() -> None:
    assert any("managed package" in n for n in flow_of("<label>X</label>").notes)
