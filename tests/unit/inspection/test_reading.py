"""Reading as a whole: no network, little memory, one answer for the same files."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from leadline.inspection.how import VENDORS, how_text
from leadline.inspection.load import open_store
from leadline.inspection.read import read_stack
from leadline.inspection.tables.registry import BY_NAME
from tests.unit.inspection.stacks import archive, read, table, workbook
from tests.unit.inspection.test_bad_input import GOOD
from tests.unit.inspection.test_vendors import HUBSPOT, ZOOM, mailchimp_zip

WATCHED = """
import sys
from pathlib import Path

opened = []

def watch(event, args):
    if event.startswith("socket.") or event in {"urllib.Request", "http.client.connect"}:
        opened.append(event)

sys.addaudithook(watch)
from leadline.inspection.read import read_stack

reading = read_stack([Path(sys.argv[1])])
print(len(reading.files), len(reading.stack.tables), opened)
"""


def test_no_socket_is_opened_while_reading(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "contacts.csv").write_text(HUBSPOT)
    (given / "latin.csv").write_bytes(GOOD.replace("Ann", "Jörg").encode("latin-1"))
    (given / "audience.zip").write_bytes(mailchimp_zip())
    (given / "zoom.csv").write_text(ZOOM)
    (given / "book.xlsx").write_bytes(
        workbook({"A": [["Record ID", "Company name", "Company owner"], [1, "x", "y"]]})
    )
    (given / "remote.json").write_text(json.dumps({"$ref": "http://example.com/x.json"}))
    (given / "remote.xml").write_text('<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>')
    src = Path(__file__).parents[3] / "src"
    result = subprocess.run(
        [sys.executable, "-c", WATCHED, str(given)],
        env={"PYTHONPATH": str(src), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    files, tables, opened = result.stdout.split(maxsplit=2)
    assert (int(files), int(tables)) == (8, 7), result.stdout
    assert opened.strip() == "[]"


def test_the_store_fetches_and_loads_no_extension() -> None:
    connection = open_store()
    settings = dict(
        connection.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'"
        ).fetchall()
    )
    assert settings == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def test_every_column_is_text_and_blank_is_null(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": GOOD.replace("Ann", '""').replace("Bob", " ")})
    kinds = reading.stack.connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = 'hubspot_contacts'"
    ).fetchall()
    assert dict(kinds) == {
        "_row": "BIGINT",
        "_file": "INTEGER",
        **{column.name: "VARCHAR" for column in table(reading, "hubspot_contacts").columns},
    }
    names = reading.stack.connection.execute(
        "SELECT firstname FROM hubspot_contacts ORDER BY _row"
    ).fetchall()
    assert names == [(None,), (" ",)]


def test_rows_keep_the_order_of_the_file(tmp_path: Path) -> None:
    lines = "".join(f"{n},p{n}@example.com,P,Lead,Kim\n" for n in range(300_000))
    reading = read(tmp_path, {"a.csv": GOOD.partition("\n")[0] + "\n" + lines})
    wrong = reading.stack.connection.execute(
        "SELECT count(*) FROM hubspot_contacts WHERE _row <> hs_object_id::BIGINT + 1"
    ).fetchall()
    assert wrong == [(0,)]
    assert table(reading, "hubspot_contacts").rows == 300_000


def test_a_few_broken_rows_do_not_slow_the_others(tmp_path: Path) -> None:
    lines = [f"{n},p{n}@example.com,P,Lead,Kim\n" for n in range(20_000)]
    lines[9_000] = "9000,p9000@example.com,P\n"
    reading = read(tmp_path, {"a.csv": GOOD.partition("\n")[0] + "\n" + "".join(lines)})
    source = table(reading, "hubspot_contacts").sources[0]
    assert source.rows == 20_000
    assert source.note == "1 row (line 9002) shorter than the header and kept"


def test_the_same_files_give_the_same_reading(tmp_path: Path) -> None:
    files = {"contacts.csv": HUBSPOT, "audience.zip": mailchimp_zip(), "zoom.csv": ZOOM}
    one, two = (read(tmp_path, files) for _ in range(2))
    assert one.files == two.files
    assert one.stack.tables == two.stack.tables
    assert one.stack.taken_at == two.stack.taken_at


def test_progress_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive({"a.csv": GOOD}))
    told: list[str] = []
    read_stack([tmp_path / "a.zip"], progress=told.append)
    assert told[0] == "looking for files"
    assert "reading hubspot-contacts" in told


@pytest.mark.skipif(
    find_spec("leadline.inspection.flows.registry") is None, reason="no readers of flows here"
)
def test_flows_are_handed_to_their_readers_and_share_the_folder(tmp_path: Path) -> None:
    flow = {
        "id": "1",
        "name": "Nurture",
        "isEnabled": True,
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "startActionId": "1",
        "actions": [
            {
                "actionId": "1",
                "type": "SINGLE_CONNECTION",
                "actionTypeId": "0-5",
                "fields": {"property_name": "x", "value": {"staticValue": "y"}},
            }
        ],
    }
    reading = read(tmp_path, {"flow.json": json.dumps(flow), "contacts.csv": GOOD})
    assert [each.name for each in reading.stack.flows] == ["Nurture"]
    assert "hubspot-flows" not in dict(reading.missing)
    (told,) = [each for each in reading.files if each.path.endswith("flow.json")]
    assert told.held.startswith("1 flow, 1 node: ")


def test_every_shape_says_how_its_export_is_got() -> None:
    told = {shape for vendor in VENDORS for way in vendor.ways for shape in way.shapes}
    only_beside = {"hubspot-property-options"}  # comes with the definitions
    assert set(BY_NAME) - told == only_beside
    text = how_text()
    assert "Export Audience" in text
    assert all(len(line) < 200 for line in text.splitlines())


def test_names_of_shapes_begin_with_their_system() -> None:
    assert [s.name for s in BY_NAME.values() if not s.name.startswith(f"{s.system}-")] == []


def test_no_shape_gives_a_meaning_that_it_cannot_need() -> None:
    for shape in BY_NAME.values():
        names = {heading.name for heading in shape.headings}
        for group in shape.needs:
            assert shape.name == "plain-table" or names & set(group), (shape.name, group)
