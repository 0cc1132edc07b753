"""The commands on what a team already has: inspect, fix plan, init --from; from real files."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app

CONTACTS = """\
"Record ID","First Name","Last Name","Email","Phone Number","Lifecycle Stage",\
"Country/Region","Create Date"
"101"," Ann","Lee","ann.lee@people.example","030 901820","lead","Germany","2026-01-02 10:00"
"102","Bob","Ray","bob.ray@people.example","","customer","Germany","2026-01-02 10:00"
"103","Cem","Koc","cem.koc@people.example","","","","2026-01-02 10:00"
"104","=cmd()","Oz","dee.oz@people.example","","","","2026-01-02 10:00"
"""

FLOW = {
    "id": "77",
    "name": "Welcome <strangers>",
    "type": "CONTACT_FLOW",
    "flowType": "WORKFLOW",
    "objectTypeId": "0-1",
    "isEnabled": True,
    "revisionId": "3",
    "startActionId": "1",
    "enrollmentCriteria": {
        "type": "LIST_BASED",
        "shouldReEnroll": False,
        "listFilterBranch": {
            "filterBranchType": "OR",
            "filterBranchOperator": "OR",
            "filters": [],
            "filterBranches": [
                {
                    "filterBranchType": "AND",
                    "filterBranchOperator": "AND",
                    "filterBranches": [],
                    "filters": [
                        {
                            "filterType": "PROPERTY",
                            "property": "lifecyclestage",
                            "operation": {
                                "operationType": "ENUMERATION",
                                "operator": "IS_NONE_OF",
                                "values": ["customer"],
                                "includeObjectsWithNoValueSet": True,
                            },
                        }
                    ],
                }
            ],
        },
    },
    "actions": [
        {
            "type": "SINGLE_CONNECTION",
            "actionId": "1",
            "actionTypeId": "0-5",
            "actionTypeVersion": 0,
            "fields": {
                "property_name": "lifecyclestage",
                "value": {"type": "STATIC_VALUE", "staticValue": "lead"},
            },
            "connection": {"edgeType": "STANDARD", "nextActionId": "2"},
        },
        {
            "type": "SINGLE_CONNECTION",
            "actionId": "2",
            "actionTypeId": "0-4",
            "actionTypeVersion": 0,
            "fields": {"content_id": "5500112"},
        },
    ],
}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    (folder / "hubspot-crm-exports-all-contacts-2026-03-05.csv").write_text(CONTACTS, "utf-8")
    (folder / "welcome.json").write_text(json.dumps(FLOW), "utf-8")
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)


def test_an_inspection_says_which_flows_fall_and_writes_one_page(exports: Path) -> None:
    result = run("inspect", exports)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("1 of 1 live flow stands on data that cannot carry them.")
    assert "The whole report: leadline-inspection.html" in result.output
    # Piped, it is plain, and no line is broken.
    assert "\x1b" not in result.output
    assert max(len(line) for line in result.output.splitlines()) > 80
    page = Path("leadline-inspection.html").read_text("utf-8")
    assert "Welcome &lt;strangers&gt;" in page
    assert "ann.lee@" not in page


def test_no_socket_is_opened(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert run("inspect", exports, "--json").exit_code == 1


def test_json_is_one_object_on_one_line_and_no_report_is_written(exports: Path) -> None:
    result = run("inspect", exports, "--json")
    (line,) = result.output.splitlines()
    assert "ann.lee@" not in line
    told = json.loads(line)
    assert told["figures"]["people"] == 4
    assert told["verdicts"][0]["verdict"] == "cannot be carried"
    assert not Path("leadline-inspection.html").exists()


def test_the_exit_code_says_whether_something_was_found(exports: Path, tmp_path: Path) -> None:
    assert run("inspect", exports, "--json", "--fail-on", "never").exit_code == 0
    calm = tmp_path / "people.csv"
    calm.write_text("Email\nann.lee@people.example\n", "utf-8")
    assert run("inspect", calm, "--json").exit_code == 0


def test_a_page_that_cannot_be_written_is_said(exports: Path, tmp_path: Path) -> None:
    result = run("inspect", exports, "--report", tmp_path / "not" / "there.html")
    assert "cannot be written" in str(result.exception)


def test_values_are_shown_only_when_asked_for(exports: Path) -> None:
    assert "ann.lee@" in run("inspect", exports, "--json", "--show-values").output


def test_impact_says_what_hangs_on_a_field(exports: Path) -> None:
    result = run("inspect", exports, "--impact", "contact.lifecycle_stage")
    assert result.exit_code == 0
    assert "Welcome <strangers>" in result.output
    wrong = run("inspect", exports, "--impact", "contact.lifecyclstage")
    assert "Did you mean" in str(wrong.exception)


def test_how_lists_every_vendor_and_needs_no_file() -> None:
    result = run("inspect", "--how")
    assert result.exit_code == 0
    for vendor in ("HubSpot", "Salesforce", "Mailchimp", "Klaviyo", "n8n", "Zoom"):
        assert vendor in result.output


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["inspect"], "no file or folder was named"),
        (["inspect", "gone"], '"gone" is not there'),
        (["inspect", ".", "--as", "hubspot-contacts", "gone.csv"], '"gone.csv" is not there'),
        (["inspect", ".", "--as", "hubspot-contacts"], "does not say shape and file"),
        (["fix", "plan"], "no file or folder was named"),
    ],
)
def test_wrong_use_is_said_with_what_to_do(words: list[str], what: str) -> None:
    result = run(*words)
    assert what in str(result.exception)
    assert getattr(result.exception, "exit_code", None) == 2


def test_a_file_is_taken_for_what_the_person_says(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(CONTACTS, "utf-8")
    told = json.loads(run("inspect", file, "--as", "hubspot-contacts", file, "--json").output)
    assert [(f["shape"], f["asked_for"]) for f in told["files"]] == [("hubspot-contacts", True)]


def test_prices_of_the_team_stand_beside_the_findings(exports: Path, tmp_path: Path) -> None:
    costs = tmp_path / "costs.yaml"
    costs.write_text("currency: EUR\nper_record: { negative-unknown: 1 to 2 }\n", "utf-8")
    told = json.loads(run("inspect", exports, costs, "--json").output)
    assert {f["rule"] for f in told["findings"] if f["money"]} == {"negative-unknown"}
    costs.write_text("currency: EUR\nper_record: { x: cheap }\n", "utf-8")
    assert 'the price of "x" is no figure' in str(run("inspect", exports, costs).exception)


def test_a_fix_plan_is_written_for_review_and_undone_by_its_own_files(exports: Path) -> None:
    result = run("fix", "plan", exports, "--out", "plan")
    assert result.exit_code == 0, result.output
    assert Path("plan/hubspot-contact.csv").read_text("utf-8").splitlines() == [
        '"Record ID","firstname","phone"',
        '"101","Ann","+4930901820"',
    ]
    assert '"101"," Ann","030 901820"' in Path("plan/undo-hubspot-contact.csv").read_text("utf-8")
    again = run("fix", "plan", exports, "--out", "plan")
    assert "exists and is not empty" in str(again.exception)


def test_a_project_is_drafted_from_what_a_team_has(exports: Path) -> None:
    result = run("init", "acme", "--from", exports)
    assert result.exit_code == 0, result.output
    assert '"leadline check" finds nothing wrong in it.' in result.output
    assert Path("acme/workflows/welcome-strangers.yaml").exists()
    assert run("check", "--project", "acme").exit_code == 0
