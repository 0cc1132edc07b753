"""The inherited stack: the same bytes each time, and a truth that its own files confirm."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from email_validator import validate_email

from tests.examples.inherited_reader import QUESTIONS, Answer, Files, read

ROOT = Path(__file__).parents[2] / "examples" / "inherited-stack"
sys.path.insert(0, str(ROOT))

from making.codes import BY_SLUG, CODES, slug_of  # noqa: E402
from making.folder import write  # noqa: E402
from making.stack import LARGE, PLANTS, SMALL, Plan, build  # noqa: E402

MIDDLE = replace(LARGE, people=2_500, each=12, more={}, history=900)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The large stack's plan with fewer people."""
    return written(MIDDLE, tmp_path_factory.mktemp("middle"))


@pytest.fixture(scope="module")
def files(stack: Path) -> Files:
    return read(stack / "exports")


def written(plan: Plan, out: Path) -> Path:
    write(build(plan), out)
    return out


def planted(out: Path) -> list[dict[str, Any]]:
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))["planted"]


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_committed_sample_is_what_the_script_writes(tmp_path: Path) -> None:
    again = everything(written(SMALL, tmp_path))
    assert again == everything(ROOT / "sample")
    assert sum(map(len, again.values())) < 400_000


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    other = everything(written(replace(SMALL, seed="other"), tmp_path))
    sample = everything(ROOT / "sample")
    name = next(name for name in sample if "all-contacts" in name)
    assert other.keys() == sample.keys()
    assert other[name] != sample[name]


def test_every_fault_of_the_table_is_planted_in_the_large_stack(stack: Path) -> None:
    assert LARGE.codes == tuple(code.slug for code in CODES)
    assert (
        {each["code"] for each in planted(stack)} == set(BY_SLUG) == set(PLANTS) == set(QUESTIONS)
    )


def test_the_large_stack_has_thirty_flows_of_which_twenty_seven_run(files: Files) -> None:
    assert len(files.flows) == 30
    assert sum(flow["isEnabled"] for flow in files.flows.values()) == 27
    assert len(files.n8n) == 4


@pytest.mark.parametrize("code", sorted(QUESTIONS))
def test_the_files_say_the_same_as_the_truth(code: str, stack: Path, files: Files) -> None:
    told = next(each for each in planted(stack) if each["code"] == code)
    answer = QUESTIONS[code](files)
    if isinstance(answer, int):
        assert answer == told["count"]
    elif told["keys"]:
        assert answer == set(told["keys"])
        assert told["count"] == len(told["keys"])
    else:
        agrees_on_the_flow(answer, told)


def agrees_on_the_flow(answer: Answer, told: dict[str, Any]) -> None:
    identity = told["flow"].split("/")[1]
    if isinstance(answer, dict):
        assert answer == {identity: told["count"]}
    elif code_has_steps(answer):
        assert answer == {(identity, told["step"])}
    else:
        assert answer == {identity}


def code_has_steps(answer: Answer) -> bool:
    return isinstance(answer, set) and any(isinstance(each, tuple) for each in answer)


def test_flows_and_steps_of_the_truth_are_in_the_files(stack: Path, files: Files) -> None:
    for told in planted(stack):
        if told["flow"] is None:
            continue
        system, identity = told["flow"].split("/")
        if system == "n8n":
            names = {node["name"] for node in files.n8n[identity]["nodes"]}
            assert told["step"] in names
        else:
            steps = {action["actionId"] for action in files.flows[identity]["actions"]}
            assert told["step"] is None or told["step"] in steps


def test_no_record_carries_two_planted_faults(stack: Path) -> None:
    whole = {"number-as-text", "day-month-ambiguous", "score-stale", "twin-fields"}
    whole.add("value-suddenly-fills")  # these concern everybody
    seen: dict[str, str] = {}
    for told in planted(stack):
        for key in [] if told["code"] in whole else told["keys"]:
            assert key not in seen, (seen[key], told["code"])
            seen[key] = told["code"]


def test_one_import_made_several_of_the_faults(stack: Path, files: Files) -> None:
    shared = [each for each in planted(stack) if each["because"] == "import of 3 March 2026"]
    assert len(shared) >= 4
    for told in shared:
        if told["system"] == "hubspot":
            for key in told["keys"]:
                lines = files.history[key][told["fields"][0]]
                assert any(line["sourceType"] == "IMPORT" for line in lines)


@pytest.mark.parametrize("seed", ["sound-1", "sound-2", "sound-3"])
def test_a_stack_without_faults_has_none(seed: str, tmp_path: Path) -> None:
    sound = read(written(Plan(seed, 900), tmp_path) / "exports")
    found = {code: len(answer) if not isinstance(answer, int) else answer
             for code, ask in QUESTIONS.items() if (answer := ask(sound))}  # fmt: skip
    assert not found


def test_a_sound_stack_is_not_sterile(tmp_path: Path) -> None:
    sound = read(written(Plan("sound-1", 900), tmp_path) / "exports")
    contacts = sound.contacts
    assert any(not row["Phone Number"] for row in contacts)
    assert any(not row["Email"] for row in contacts)
    assert any(not row["Job Title"] for row in contacts)
    assert any(row["Email"].endswith("@gmail.com") for row in contacts)
    assert any(row["Unsubscribed from all email"] == "Yes" for row in contacts)
    assert len({row["Country/Region"] for row in contacts}) >= 5


def test_addresses_are_valid_and_can_belong_to_nobody(tmp_path: Path) -> None:
    sound = read(written(Plan("sound-1", 300), tmp_path) / "exports")
    for row in sound.contacts:
        if not row["Email"]:
            continue
        validate_email(row["Email"], check_deliverability=False)
        name, domain = row["Email"].split("@")
        assert domain.endswith(".corp") or (domain == "gmail.com" and "_" in name)


def zoom_blocks(text: str) -> Iterator[list[list[str]]]:
    lines = list(csv.reader(io.StringIO(text)))
    marks = [n for n, line in enumerate(lines) if line[0] in {"Attendee Details", "Host Details"}]
    for start, end in zip(marks, [*marks[1:], len(lines)], strict=True):
        yield lines[start + 1 : end]


def test_zoom_repeats_who_joins_twice_and_keeps_the_host_apart(stack: Path) -> None:
    path = next((stack / "exports" / "zoom").glob("attendee_*.csv"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfAttendee Report")
    hosts, guests = zoom_blocks(path.read_text(encoding="utf-8-sig"))
    assert hosts[0] != guests[0]
    emails = [line[guests[0].index("Email")] for line in guests[1:]]
    assert len(set(emails)) < len(emails)
    absent = [line for line in guests[1:] if line[0] == "No"]
    assert absent
    assert all(line[guests[0].index("Join Time")] == "--" for line in absent)


def test_the_salesforce_report_ends_with_its_trailer(stack: Path) -> None:
    path = next((stack / "exports" / "salesforce").glob("report_*.csv"))
    lines = list(csv.reader(io.StringIO(path.read_bytes().decode("iso-8859-1"))))
    trailer = [line[0] for line in lines[-6:] if line]
    assert any(text.startswith("Copyright (c) 2000-2026 salesforce.com") for text in trailer)
    ids = [line[0] for line in lines[1:] if len(line) > 1]
    assert trailer[-1] == f"Grand Totals ({len(ids)} records)"
    assert all(len(each) == 15 for each in ids)
    long_ids = {row["Id"][:15] for row in read(stack / "exports").leads}
    assert set(ids) <= long_ids


def test_the_slack_archive_has_a_file_for_each_day_of_a_channel(stack: Path) -> None:
    path = next((stack / "exports" / "slack").glob("*.zip"))
    with zipfile.ZipFile(path) as archive:
        held = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert {"channels.json", "users.json"} <= held.keys()
    days = [name for name in held if name.startswith("sales-leads/2026-")]
    assert len(days) == 3
    assert all(message["ts"].count(".") == 1 for day in days for message in held[day])


def test_the_flow_index_lists_names_without_content(stack: Path, files: Files) -> None:
    path = stack / "exports" / "hubspot" / "flows" / "_index.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert {each["id"] for each in listed} == files.flows.keys()
    assert not any("actions" in each for each in listed)


def test_every_connection_leads_to_an_action_and_every_read_field_is_defined(files: Files) -> None:
    names = {"0-1": "contacts", "0-2": "companies", "0-3": "deals"}
    for flow in files.flows.values():
        text = json.dumps(flow)
        known = {action["actionId"] for action in flow["actions"]}
        assert set(find_all(flow, "nextActionId")) <= known
        assert int(flow["nextAvailableActionId"]) > max(map(int, known))
        assert (
            set(find_all(flow, "property")) <= files.properties[names[flow["objectTypeId"]]].keys()
        )
        assert "secretName" not in text or '"secretValue"' not in text


def find_all(tree: Any, key: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key:
                yield value
            else:
                yield from find_all(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from find_all(value, key)


def test_codes_of_an_inspection_are_matched_in_one_table() -> None:
    assert slug_of("typo-domain") == "typo-domain"
    assert slug_of("no-such-code") is None
    names = [name for code in CODES for name in (code.slug, *code.aliases)]
    assert len(names) == len(set(names))
