"""What exports tell a project: how full fields are, which values are shared, how events come."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from leadline.inspection.inspect import inspect
from leadline.inspection.outcome import Options
from leadline.inspection.project_facts import known_of, not_found
from leadline.project.files import Files
from leadline.project.known import Known, Volume
from leadline.project.parse import parse
from leadline.project.write_known import facts_text
from tests.unit.project.changed import parsed, texts

HEADER = "Record ID,First Name,Email,Lifecycle Stage,Country/Region,Job Title,Number of Employees"
FIELDS = """
  names: { hubspot: lifecyclestage }
job: { type: text, names: { hubspot: jobtitle } }
phone: { type: text, names: { hubspot: phone } }
"""
JOB = ("data/contact.yaml", "\n  names: { hubspot: lifecyclestage }\n", FIELDS)
STAGES = ("Lead", "Customer", "Subscriber", "")


def contacts(count: int, stages: tuple[str, ...] = STAGES) -> str:
    lines = [HEADER]
    for number in range(count):
        stage = stages[number % len(stages)]
        name = "Ann" if number % 2 else ""
        country = "DE" if number else "call ann@acme.example"
        size = "250" if number < 6 else f"49 30 {number:07}"
        lines.append(f"{number},{name},p{number}@a.example,{stage},{country},Job {number},{size}")
    return "\n".join(lines) + "\n"


def counted(
    folder: Path, files: dict[str, str], *changes: tuple[str, str, str]
) -> tuple[Known, tuple[str, ...]]:
    given = folder / "given"
    given.mkdir()
    for name, text in files.items():
        (given / name).write_text(text, encoding="utf-8")
    found = inspect([given], Options(), lambda words, done, total: None)
    project = parsed(JOB, *changes)
    known = known_of(found, project)
    return known, not_found(known, project)


CRM = "hubspot-crm-exports-all-contacts-2026-11-20.csv"


def test_empty_values_are_counted_for_every_mapped_field(tmp_path: Path) -> None:
    known, missing = counted(tmp_path, {CRM: contacts(60)})
    assert known.as_of == date(2026, 11, 20)
    assert known.contacts == 60
    first = known.fields["first_name"]
    assert (first.empty, first.of, first.values) == (30, 60, {})
    assert (known.fields["email"].empty, known.fields["lifecycle_stage"].empty) == (0, 15)
    assert missing == ("last_name", "company", "last_webinar", "phone")


def test_a_column_of_labels_is_told_by_the_values_of_the_list(tmp_path: Path) -> None:
    known, _ = counted(tmp_path, {CRM: contacts(60)})
    stage = known.fields["lifecycle_stage"]
    assert stage.values == {"customer": 15, "lead": 15, "subscriber": 15}
    assert stage.all_values


def test_another_spelling_beside_the_right_one_stays(tmp_path: Path) -> None:
    known, _ = counted(tmp_path, {CRM: contacts(60, ("lead", "Lead", "customer"))})
    assert known.fields["lifecycle_stage"].values == {"Lead": 20, "customer": 20, "lead": 20}


def test_nothing_of_a_single_person_is_kept(tmp_path: Path) -> None:
    known, _ = counted(tmp_path, {CRM: contacts(60)})
    assert known.fields["country"].values == {"DE": 59}
    assert known.fields["job"].values == {}
    assert known.fields["company_size"].values == {}
    written = facts_text(known)
    assert not [word for word in ("ann", "Ann", "@", "49 30", "Job") if word in written]


def test_a_personal_field_and_a_long_number_are_never_listed(tmp_path: Path) -> None:
    rows = [HEADER] + [f"{n},Ann,p{n}@a.example,lead,030 9018200,x,{n}" for n in range(20)]
    known, _ = counted(tmp_path, {CRM: "\n".join(rows) + "\n"})
    assert known.fields["first_name"].values == {}
    assert known.fields["country"].values == {}


ZOOM = """\
Registration Report
Report Generated:,"Mar 1, 2026 6:26 PM"
Topic,Webinar ID,Scheduled Time
Spring,812 3456 7890,"Mar 22, 2026 7:00 PM"
Attendee Details,
First Name,Last Name,Email,Registration Time,Approval Status
"""


def test_registrations_tell_the_average_day_and_the_biggest_burst(tmp_path: Path) -> None:
    rows = [f'A,B,p{n}@a.example,"Feb {20 + n % 2}, 2026 10:{n:02}:00",approved' for n in range(40)]
    known, _ = counted(tmp_path, {"registration_812.csv": ZOOM + "\n".join(rows) + "\n"})
    assert known.events == {"webinar.registered": Volume(20.0, 20, timedelta(hours=1))}


def test_what_blocks_is_counted_by_rule(tmp_path: Path) -> None:
    twice = contacts(60) + contacts(60).partition("\n")[2]
    known, _ = counted(tmp_path, {CRM: twice})
    assert all(count >= 0 for count in known.blocking.values())
    assert list(known.blocking) == sorted(known.blocking)


def test_the_same_exports_give_the_same_file_and_it_is_read_back(tmp_path: Path) -> None:
    known, _ = counted(tmp_path, {CRM: contacts(60)})
    (tmp_path / "again").mkdir()
    again, _ = counted(tmp_path / "again", {CRM: contacts(60)})
    text = facts_text(known)
    assert text == facts_text(again)
    project, problems = parse(Files({**texts(JOB), "facts.yaml": text}))
    assert problems == ()
    assert project is not None
    assert project.known is not None
    assert facts_text(project.known) == text
