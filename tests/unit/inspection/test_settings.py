"""What a person says of a file wins, and what is said wrongly is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadline.audit.tables import Meaning
from leadline.errors import UsageError
from leadline.inspection.read import known_shapes, read_stack
from leadline.inspection.settings import NOTHING_SAID, Settings, asked, parse
from leadline.ledger import vendor_limits
from tests.unit.inspection.stacks import archive, meanings, read, rows, shapes, unread, workbook

ODD = "Nummer,Mail privat,Bemerkung\n7,ann@example.com,x\n"


def said(text: str) -> Settings:
    return parse(text, "inspect.yaml", known_shapes())


def test_a_file_is_taken_for_what_is_said_of_it(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("Record ID,Note\n51,x\n")
    reading = read_stack([file], asked({file: "hubspot-contacts"}, known_shapes()))
    (told,) = reading.files
    assert (told.recognition.shape, told.recognition.confidence) == ("hubspot-contacts", 1.0)
    assert told.asked_for
    assert told.recognition.evidence == ("said so by --as",)
    assert rows(reading, "hubspot_contacts", "hs_object_id") == [("51",)]


def test_inspect_yaml_in_the_folder_names_shapes_and_meanings(tmp_path: Path) -> None:
    text = (
        "files:\n  odd.csv:\n    as: plain-contacts\n"
        "    columns: { Mail privat: email, Nummer: key }\n"
    )
    reading = read(tmp_path, {"odd.csv": ODD, "inspect.yaml": text})
    assert shapes(reading) == {"inspect.yaml": "inspect-settings", "odd.csv": "plain-contacts"}
    assert meanings(reading, "plain_contacts") == {"key": "nummer", "email": "mail_privat"}
    assert reading.unread == ()


def test_a_meaning_that_is_said_takes_it_from_the_column_that_had_it(tmp_path: Path) -> None:
    text = "Email,Work mail,First Name\na@example.com,b@example.com,Ann\n"
    settings = said('files:\n  "*.csv": { columns: { work mail: email } }')
    reading = read(tmp_path, {"list.csv": text}, settings)
    assert meanings(reading, "plain_contacts")["email"] == "work_mail"


def test_a_meaning_can_be_taken_away(tmp_path: Path) -> None:
    settings = said("files:\n  list.csv: { columns: { First Name: other } }")
    reading = read(tmp_path, {"list.csv": "Email,First Name\na@example.com,x\n"}, settings)
    assert "first_name" not in meanings(reading, "plain_contacts")


def test_a_member_of_an_archive_can_be_named(tmp_path: Path) -> None:
    settings = said("files: { old.zip!odd.csv: { as: plain-table } }")
    reading = read(
        tmp_path, {"old.zip": archive({"odd.csv": ODD, "more.csv": ODD + "8,,\n"})}, settings
    )
    assert shapes(reading) == {"old.zip!odd.csv": "plain-table"}


def test_a_sheet_of_a_workbook_can_be_named(tmp_path: Path) -> None:
    book = workbook({"People": [["Id", "Note"], [1, "x"]], "Else": [["Id", "Note"], [1, "x"]]})
    settings = said("files:\n  book.xlsx!People: { as: plain-table }\n")
    reading = read(tmp_path, {"book.xlsx": book}, settings)
    assert shapes(reading) == {"book.xlsx!People": "plain-table"}
    assert [each.where for each in reading.unread] == ["given/book.xlsx!Else"]


def test_what_is_said_of_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path, {"odd.csv": ODD}, said("files:\n  od.csv: { as: plain-table }\n"))
    assert unread(reading)["inspect.yaml:2"] == 'No file that was given is "od.csv".'


def test_settings_inside_of_an_archive_are_not_followed(tmp_path: Path) -> None:
    text = "files: { odd.csv: { as: plain-table } }"
    reading = read(tmp_path, {"a.zip": archive({"inspect.yaml": text, "odd.csv": ODD})})
    assert reading.files == ()
    assert set(unread(reading)) == {"a.zip!inspect.yaml", "a.zip!odd.csv"}


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "odd.csv").write_text(ODD)
    (given / "inspect.yaml").write_text("files: { odd.csv: { as: plain-contacts } }")
    settings = asked({given / "odd.csv": "plain-table"}, known_shapes())
    assert shapes(read_stack([given], settings))["odd.csv"] == "plain-table"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "files:\n  a.csv: { as: hubspot-contact }",
            'inspect.yaml:2:16 there is no shape "hubspot-contact". Did you mean '
            '"hubspot-contacts"?',
        ),
        (
            "files:\n  a.csv: { columns: { Mail: emial } }",
            'inspect.yaml:2:29 there is no meaning "emial". Did you mean "email"?',
        ),
        ("files:\n  a.csv: { columns: { A: email, B: email } }", "two columns are said to be"),
        (
            "file:\n  a.csv: {}",
            'inspect.yaml:1:1 unknown key "file". Known here are "files" and "tiers".',
        ),
        (
            "tiers: { hubspt: starter }",
            'inspect.yaml:1:10 the limits of "hubspt" are not known. Did you mean "hubspot"?',
        ),
        (
            "tiers: { hubspot: profesional }",
            'inspect.yaml:1:19 hubspot has no tier "profesional". Did you mean "professional"?',
        ),
        ("files:\n  a.csv: { is: x }", 'unknown key "is".'),
        ("files: [ a.csv ]", "A list of names with values was expected here."),
        ("files: &a { b.csv: *a }", "inspect.yaml:1"),
        ("files: {", "inspect.yaml:1"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        said(text)
    assert message in str(error.value)


def test_an_unknown_shape_on_the_command_line_is_refused() -> None:
    with pytest.raises(UsageError, match='Did you mean "zoom-attendees"'):
        asked({Path("a.csv"): "zoom-attendee"}, known_shapes())


def test_an_empty_file_of_settings_says_nothing() -> None:
    assert said("files: {}") == NOTHING_SAID
    assert Meaning("email") is Meaning.EMAIL


def test_a_document_cannot_be_read_as_a_table_of_another_vendor(tmp_path: Path) -> None:
    settings = said("files: { a.json: { as: zoom-attendees } }")
    reading = read(tmp_path, {"a.json": "[{}]"}, settings)
    assert unread(reading) == {"a.json": "A JSON document cannot be read as zoom-attendees."}


def test_the_page_names_every_shape_meaning_and_tier() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/inspect-yaml.md").read_text()
    names = [*known_shapes(), *Meaning, *vendor_limits.INSPECTED]
    names += [tier for limits in vendor_limits.INSPECTED.values() for tier in limits.tiers]
    assert [name for name in names if f"`{name}`" not in page] == []
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    read = said(example[1])
    assert [each.shape for each in read.overrides] == [
        "hubspot-contacts",
        "plain-contacts",
        "plain-contacts",
    ]
    assert read.tiers == {"hubspot": "professional"}
