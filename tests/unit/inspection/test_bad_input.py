"""Hostile and broken files: each is told in plain words, and the rest is read."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from leadline.errors import UsageError
from leadline.inspection import files
from leadline.inspection.read import read_stack
from tests.unit.inspection.stacks import (
    archive,
    meanings,
    read,
    rows,
    shapes,
    table,
    unread,
    workbook,
)

HEADER = "Record ID,Email,First Name,Lifecycle Stage,Contact owner\n"
GOOD = HEADER + "101,ann@example.com,Ann,Lead,Kim\n102,bob@example.com,Bob,Lead,Kim\n"
COLUMNS = ("hs_object_id", "email", "firstname")


def people(reading: object) -> list[tuple[object, ...]]:
    return rows(reading, "hubspot_contacts", *COLUMNS)  # type: ignore[arg-type]


def test_an_empty_file_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": "", "b.csv": "\ufeff \n\n", "good.csv": GOOD})
    assert unread(reading) == {"a.csv": "The file is empty.", "b.csv": "The file is empty."}
    assert len(people(reading)) == 2


def test_a_header_without_rows_is_a_table_of_none_and_said(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": HEADER})
    assert table(reading, "hubspot_contacts").rows == 0
    assert unread(reading) == {"a.csv": "It has column names and no rows."}


def test_headers_that_stand_there_twice_get_names_of_their_own(tmp_path: Path) -> None:
    text = "Record ID,Email,Email,First Name,,Lifecycle Stage\n101,a@x.com,b@x.com,Ann,?,Lead\n"
    reading = read(tmp_path, {"a.csv": text})
    assert rows(reading, "hubspot_contacts", "email", "email_2", "column_5") == [
        ("a@x.com", "b@x.com", "?")
    ]
    assert meanings(reading, "hubspot_contacts")["email"] == "email"
    assert "column names that stand there twice: Email" in reading.files[0].held


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    reading = read(tmp_path, {"a.txt": GOOD.replace(",", delimiter)})
    assert people(reading)[0] == ("101", "ann@example.com", "Ann")


def test_excels_own_first_line_is_believed(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": "sep=;\r\n" + GOOD.replace(",", ";").replace("\n", "\r\n")})
    assert [row[2] for row in people(reading)] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8-sig", None),
        ("cp1252", "read as cp1252, not as UTF-8"),
        ("utf-16", "read as utf-16, not as UTF-8"),
        ("utf-16-le", "read as utf-16-le, not as UTF-8"),
    ],
)
def test_encodings_are_told_by_their_bytes(tmp_path: Path, encoding: str, told: str | None) -> None:
    text = GOOD.replace("Ann", "Jörg").replace("Bob", "“Zoë” – Groß").replace(",", "\t")
    reading = read(tmp_path, {"a.csv": text.encode(encoding)})
    assert [row[2] for row in people(reading)] == ["Jörg", "“Zoë” – Groß"]
    assert told is None or told in reading.files[0].held


def test_an_eastern_encoding_is_recognised_by_its_letters(tmp_path: Path) -> None:
    names = ["Дмитрий", "Александр", "Екатерина", "Наталья", "Владимир", "Ольга"] * 5
    lines = [f"{n},p{n}@example.com,{name},Lead,Анна" for n, name in enumerate(names, 101)]
    reading = read(tmp_path, {"a.csv": (HEADER + "\n".join(lines)).encode("cp1251")})
    assert people(reading)[0][2] == "Дмитрий"


def test_lines_of_two_encodings_are_each_read_in_their_own(tmp_path: Path) -> None:
    lines = [HEADER.encode()]
    for number in range(200):
        name = "Jürgen".encode("cp1252") if number == 150 else "Zoë".encode()
        lines.append(b"%d,p%d@example.com,%s,Lead,Kim\n" % (number + 101, number, name))
    reading = read(tmp_path, {"a.csv": b"".join(lines)})
    names = [row[2] for row in people(reading)]
    assert (names[149], names[150]) == ("Zoë", "Jürgen")
    assert "lines in two encodings" in reading.files[0].held


def test_ragged_rows_are_kept_or_refused_by_line(tmp_path: Path) -> None:
    text = GOOD + (
        "103,carl@example.com\n"
        "104,dora@example.com,Dora,Lead,Kim,,,\n"
        "105,eve@example.com,Eve, the second,Lead,Kim\n"
        "106,fay@example.com,Fay,Lead,Kim\n"
    )
    reading = read(tmp_path, {"a.csv": text})
    kept = {row[0]: row[2] for row in people(reading)}
    assert kept == {"101": "Ann", "102": "Bob", "103": None, "104": "Dora", "106": "Fay"}
    source = table(reading, "hubspot_contacts").sources[0]
    assert (source.rows, source.refused) == (5, 1)
    assert "1 row (line 4) shorter than the header and kept" in source.note
    assert "1 row (line 6) longer than the header and refused" in source.note


def test_quotes_may_hold_line_breaks_and_quotes(tmp_path: Path) -> None:
    text = (
        HEADER
        + '101,ann@example.com,"Ann\n""Annie"" Lee",Lead,Kim\n102,b@example.com,5" pipe,Lead,Kim\n'
    )
    reading = read(tmp_path, {"a.csv": text})
    assert [row[2] for row in people(reading)] == ['Ann\n"Annie" Lee', '5" pipe']


def test_a_quote_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    text = HEADER + '101,ann@example.com,"Ann,Lead,Kim\n'
    text += "".join(f"{n},p{n}@example.com,P,Lead,Kim\n" for n in range(102, 1102))
    reading = read(tmp_path, {"a.csv": text})
    assert len(people(reading)) == 1000
    source = table(reading, "hubspot_contacts").sources[0]
    assert source.refused == 1
    assert "(line 2) with a quote that never closes and refused" in source.note


def test_a_broken_file_keeps_the_rows_that_are_whole(tmp_path: Path) -> None:
    text = (
        GOOD.replace(",", ";")
        + '103;carl@example.com;5" pipe;Lead;Kim\n'
        + '"104";"dora@example.com";"say ""hi""";"Lead";"Kim"\n'
        + '105;eve@example.com;"Eve\nEve; Eve";Lead;Kim\n'
        + '106;fay@example.com;"Fay"x;Lead;Kim\n'
        + '"107";"gil@example.com";"";"Lead";""\n'
        + ";;;;\n"
    )
    reading = read(tmp_path, {"a.csv": text})
    assert [(row[0], row[2]) for row in people(reading)] == [
        ("101", "Ann"),
        ("102", "Bob"),
        ("103", '5" pipe'),
        ("104", 'say "hi"'),
        ("105", "Eve\nEve; Eve"),
        ("106", "Fayx"),
        ("107", None),
    ]
    assert table(reading, "hubspot_contacts").sources[0].refused == 0


def test_lines_that_end_with_a_return_alone_are_lines(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": GOOD.replace("\n", "\r")})
    assert len(people(reading)) == 2


def test_nul_bytes_are_left_out_and_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": GOOD.replace("Ann", "A\0n\0n")})
    assert people(reading)[0][2] == "Ann"
    assert "2 NUL bytes left out" in reading.files[0].held


def test_a_line_of_100_mb_is_refused_and_the_others_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with file.open("w") as out:
        out.write(GOOD)
        out.write("103,")
        for _ in range(100):
            out.write("x" * (1 << 20))
        out.write(",Carl,Lead,Kim\n104,dora@example.com,Dora,Lead,Kim\n")
    reading = read_stack([file])
    file.unlink()
    assert [row[0] for row in people(reading)] == ["101", "102", "104"]
    source = table(reading, "hubspot_contacts").sources[0]
    assert source.refused == 1
    assert "1 row (line 4) longer than 1 MB and refused" in source.note


def test_a_file_that_is_one_huge_line_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": "x," * (3 << 20), "good.csv": GOOD})
    assert "Its first line, where a table has its column names" in unread(reading)["a.csv"]
    assert len(people(reading)) == 2


def test_binary_is_no_table(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 40
    reading = read(tmp_path, {"a.csv": noise, "b.xlsx": b"PK\x03\x04" + noise, "good.csv": GOOD})
    assert unread(reading)["a.csv"] == "The file holds no text that could be a table."
    assert "damaged" in unread(reading)["b.xlsx"]
    assert len(people(reading)) == 2


def test_formulas_are_kept_as_text(tmp_path: Path) -> None:
    formula = '=HYPERLINK(""http://x.example"",""Ann"")'
    reading = read(tmp_path, {"a.csv": HEADER + f'101,ann@example.com,"{formula}",Lead,@SUM(1)\n'})
    assert people(reading)[0][2] == '=HYPERLINK("http://x.example","Ann")'


def test_impossible_years_do_not_move_the_day_of_the_audit(tmp_path: Path) -> None:
    header = "Record ID,Email,Create Date,Lifecycle Stage\n"
    lines = "".join(
        f"{n},p{n}@example.com,{day},Lead\n"
        for n, day in enumerate(["0001-01-01", "9999-12-31", "2026-02-03 10:00", "31.12.2025"], 101)
    )
    reading = read(tmp_path, {"a.csv": header + lines})
    assert reading.stack.taken_at.isoformat() == "2026-02-03T10:00:00+00:00"
    assert rows(reading, "hubspot_contacts", "createdate")[1] == ("9999-12-31",)


def test_without_any_date_the_time_of_the_file_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(GOOD)
    os.utime(file, (1_770_000_000, 1_770_000_000))
    assert read_stack([file]).stack.taken_at.timestamp() == 1_770_000_000


def test_the_date_in_a_files_name_counts(tmp_path: Path) -> None:
    reading = read(tmp_path, {"hubspot-crm-exports-all-2026-03-01.csv": GOOD})
    assert reading.stack.taken_at.isoformat() == "2026-03-01T00:00:00+00:00"


def test_every_sheet_of_a_workbook_is_read_with_dates_in_iso_form(tmp_path: Path) -> None:
    book = workbook(
        {
            "People": [
                ["All contacts"],
                [],
                ["Record ID", "Email", "Create Date", "Last Activity Date", "Lifecycle Stage"],
                [12345678901, "ann@example.com", (46053, 1), (46053.5, 2), "Lead"],
            ],
            "Firms": [
                ["Record ID", "Company name", "Company Domain Name"],
                [9, "Example Ltd", "example.com"],
            ],
            "Empty": [],
        }
    )
    reading = read(tmp_path, {"export.xlsx": book})
    assert shapes(reading) == {
        "export.xlsx!Firms": "hubspot-companies",
        "export.xlsx!People": "hubspot-contacts",
    }
    assert rows(
        reading, "hubspot_contacts", "hs_object_id", "createdate", "notes_last_updated"
    ) == [("12345678901", "2026-01-31", "2026-01-31 12:00:00")]


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a"])
def test_a_workbook_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path, name: str) -> None:
    book = workbook({"A": [["Record ID", "Email", "Lifecycle Stage"], [101, "a@x.com", "Lead"]]})
    reading = read(tmp_path, {name: book, "in.zip": archive({"b.xlsx": book + b"\0"})})
    assert rows(reading, "hubspot_contacts", "email")[0] == ("a@x.com",)
    assert shapes(reading)["in.zip!b.xlsx!A"] == "hubspot-contacts"


def test_a_workbook_that_is_cut_off_is_named(tmp_path: Path) -> None:
    book = workbook({"People": [["Record ID", "Email"], [1, "a@example.com"]]})
    reading = read(tmp_path, {"a.xlsx": book[: len(book) // 2], "good.csv": GOOD})
    assert "damaged" in unread(reading)["a.xlsx"]
    assert len(people(reading)) == 2


def test_parquet_is_read_and_its_damage_is_named(tmp_path: Path) -> None:
    import duckdb

    file = tmp_path / "a.parquet"
    duckdb.sql(
        'COPY (SELECT 101 AS "Record ID", \'ann@example.com\' AS "Email", \'\' AS "First Name", '
        "'Lead' AS \"Lifecycle Stage\", DATE '2026-01-31' AS \"Create Date\", "
        f"'Kim' AS \"Contact owner\") TO '{file}' (FORMAT parquet)"
    )
    content = file.read_bytes()
    reading = read(tmp_path, {"a.parquet": content, "b.parquet": content[:-20]})
    assert rows(reading, "hubspot_contacts", *COLUMNS, "createdate") == [
        ("101", "ann@example.com", None, "2026-01-31")
    ]
    assert unread(reading) == {"b.parquet": "The Parquet file is damaged or cut off."}


def test_json_that_is_cut_off_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    whole = json.dumps({"results": [{"id": "1", "properties": {"email": "a@example.com"}}] * 9})
    reading = read(tmp_path, {"contacts.json": whole[:200], "good.csv": GOOD})
    assert unread(reading) == {"contacts.json:1": "The JSON is cut off: it ends in the middle."}
    assert len(people(reading)) == 2


def test_json_that_is_broken_names_its_line(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.json": '{\n  "a": 1,\n  oops\n}'})
    assert list(unread(reading)) == ["a.json:3"]


def test_json_nested_without_end_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.json": "[" * 200_000 + "]" * 200_000, "good.csv": GOOD})
    assert len(reading.unread) == 1
    assert len(people(reading)) == 2


def test_json_from_powershell_is_read(tmp_path: Path) -> None:
    text = json.dumps({"results": [{"id": "51", "properties": {"email": "zoë@example.com"}}]})
    reading = read(tmp_path, {"contacts.json": text.encode("utf-16")})
    assert rows(reading, "hubspot_contacts", "email") == [("zoë@example.com",)]


def test_json_of_nothing_known_is_not_recognised(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.json": '{"x": [1, 2]}', "b.json": "[]", "c.xml": "<a/>"})
    assert len(reading.unread) == 3
    assert all("not recognised" in what for what in unread(reading).values())


def test_a_web_page_named_like_a_workbook_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path, {"report.xls": "<html><table><tr><td>Email</td></tr></table></html>"})
    assert "web page" in unread(reading)["report.xls"]


def test_parts_of_one_export_become_one_table(tmp_path: Path) -> None:
    parts = archive(
        {
            "part-1.csv": GOOD,
            "part-2.csv": "Record ID,Email,Lifecycle Stage,Contact owner,Tier\n"
            "103,carl@example.com,Lead,Kim,gold\n",
        }
    )
    reading = read(tmp_path, {"hubspot-crm-exports-all.zip": parts})
    assert rows(reading, "hubspot_contacts", "_row", "_file", "hs_object_id", "tier") == [
        (1, 0, "101", None),
        (2, 0, "102", None),
        (3, 1, "103", "gold"),
    ]
    assert reading.unread == ()


def test_two_files_that_claim_to_be_the_same_thing_are_told_and_count_once(
    tmp_path: Path,
) -> None:
    newer = GOOD.replace("Bob", "Robert") + "103,carl@example.com,Carl,Lead,Kim\n"
    files = {"contacts-2026-03-01.csv": newer, "contacts-2026-01-01.csv": GOOD + "99,,,,\n"}
    reading = read(tmp_path, files)
    (told,) = reading.unread
    assert told.where == "given/contacts-2026-01-01.csv and given/contacts-2026-03-01.csv"
    assert told.what == (
        "Both hold hubspot contact records, 2 of them the same: those were taken from the second "
        "only."
    )
    assert sorted((str(row[0]), row[2]) for row in people(reading)) == [
        ("101", "Ann"),
        ("102", "Robert"),
        ("103", "Carl"),
        ("99", None),
    ]
    found = table(reading, "hubspot_contacts")
    assert (found.rows, [source.rows for source in found.sources]) == (4, [1, 3])
    assert found.sources[0].note == "2 records read from another file instead"


def test_a_fuller_file_wins_over_a_newer_one(tmp_path: Path) -> None:
    part = "Record ID,Email,Lifecycle Stage\n101,ann@example.com,Customer\n"
    reading = read(tmp_path, {"all.csv": GOOD, "view-2026-03-01.csv": part})
    assert rows(reading, "hubspot_contacts", "firstname", "lifecyclestage") == [
        ("Ann", "Lead"),
        ("Bob", "Lead"),
    ]


def test_the_same_person_in_two_exports_without_ids_stays_twice_and_is_told(
    tmp_path: Path,
) -> None:
    text = "Email,Lifecycle Stage,Marketing contact status\na@example.com,Lead,Marketing contact\n"
    reading = read(tmp_path, {"a.csv": text, "b.csv": text.replace("Lead,", "Customer,")})
    assert table(reading, "hubspot_contacts").rows == 2
    assert "1 of them the same; both were read." in reading.unread[0].what


def test_lists_of_unknown_origin_stay_tables_of_their_own(tmp_path: Path) -> None:
    files = {"fair 2026.csv": "Email,Booth\na@example.com,1\n", "x.csv": "Email\na@example.com\n"}
    reading = read(tmp_path, files)
    names = [each.name for each in reading.stack.tables]
    assert names == ["plain_contacts_fair_2026", "plain_contacts_x"]


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    text = GOOD + "".join(f"{n},p{n}@example.com,P,Lead,Kim\n" for n in range(103, 120))
    reading = read(tmp_path, {"a.csv": text, "copy of a.csv": text})
    assert unread(reading) == {
        "copy of a.csv": "It has the same bytes as given/a.csv and was read once."
    }
    assert len(people(reading)) == 19


def test_a_zip_bomb_is_refused_and_its_neighbours_are_read(tmp_path: Path) -> None:
    bomb = archive({"bomb.csv": b"0" * (48 << 20), "good.csv": GOOD})
    assert len(bomb) < 200_000
    reading = read(tmp_path, {"a.zip": bomb})
    assert "as only a zip bomb does" in unread(reading)["a.zip!bomb.csv"]
    assert len(people(reading)) == 2


def test_a_workbook_bomb_is_refused(tmp_path: Path) -> None:
    book = archive({"[Content_Types].xml": "<Types/>", "xl/sharedStrings.xml": b"0" * (80 << 20)})
    reading = read(tmp_path, {"a.xlsx": book})
    assert "as a bomb does" in unread(reading)["a.xlsx"]


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    inner = archive({"good.csv": GOOD})
    reading = read(
        tmp_path, {"a.zip": archive({"b.zip": inner, "c.zip": archive({"d.zip": inner})})}
    )
    assert [read.path for read in reading.files] == ["given/a.zip!b.zip!good.csv"]
    assert "an archive 3 levels deep" in unread(reading)["a.zip!c.zip!d.zip"]


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 5)
    many = archive({f"{n}.csv": GOOD for n in range(9)})
    reading = read(tmp_path, {"a.zip": many, "good.csv": GOOD})
    assert "The archive holds 9 files; 5 are read at most." in unread(reading)["a.zip"]
    assert len(people(reading)) == 2


def test_a_damaged_archive_gives_what_lies_before_the_damage(tmp_path: Path) -> None:
    whole = archive({"good.csv": GOOD, "other.csv": HEADER * 50}, packed=False)
    at = whole.index(HEADER.encode() * 3)
    broken = whole[: at + 9] + b"????" + whole[at + 13 :]
    reading = read(tmp_path, {"a.zip": broken, "cut.zip": whole[:200]})
    assert len(people(reading)) == 2
    assert set(unread(reading)) == {"a.zip!other.csv", "cut.zip"}


def test_a_member_with_a_path_to_elsewhere_is_written_nowhere_else(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.zip": archive({"../../evil.csv": GOOD})})
    assert len(people(reading)) == 2
    assert not list(tmp_path.rglob("evil*")) + list(tmp_path.parent.glob("evil*"))


def test_a_locked_archive_is_named(tmp_path: Path) -> None:
    content = bytearray(archive({"good.csv": GOOD}))
    content[6] |= 1  # the flag of the member
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and of the directory
    reading = read(tmp_path, {"a.zip": bytes(content)})
    assert "locked by a password" in unread(reading)["a.zip!good.csv"]


def test_hidden_and_system_files_are_passed_over(tmp_path: Path) -> None:
    content = archive({"__MACOSX/._a.csv": b"\0\1", "a.csv": GOOD, ".DS_Store": "x"})
    reading = read(tmp_path, {"a.zip": content, ".git/config": "x", "Thumbs.db": "x"})
    assert [file.path for file in reading.files] == ["given/a.zip!a.csv"]
    assert reading.unread == ()


def test_pipes_and_links_in_circles_are_passed_over(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "circle").symlink_to(given)
    (given / "gone.csv").symlink_to(given / "nowhere")
    os.mkfifo(given / "pipe.csv")
    (given / "good.csv").write_text(GOOD)
    reading = read_stack([given])
    assert unread(reading) == {
        "gone.csv": "The file cannot be opened (No such file or directory).",
        "pipe.csv": "This is no regular file.",
    }
    assert len(people(reading)) == 2


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        read_stack([tmp_path / "nowhere"])


def test_values_of_people_stand_in_no_message(tmp_path: Path) -> None:
    text = GOOD + 'secret@example.com,"x\n105,a,b,c,d,e,secret@example.com\nsecret@example.com\n'
    reading = read(tmp_path, {"a.csv": text, "b.json": '{"a": "secret@example.com'})
    told = repr([reading.files, reading.unread, [t.sources for t in reading.stack.tables]])
    assert "secret" not in told


def test_every_message_says_what_to_do_in_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as out:
        out.writestr("a.bin", bytes(range(256)))
    reading = read(
        tmp_path,
        {
            "x.zip": (tmp_path / "x.zip").read_bytes(),
            "a.csv": "",
            "b.csv": "u,v\n1,2\n",
            "c.json": "{",
            "d.gz": b"\x1f\x8b\x08",
            "e.yaml": "a: 1",
            "f.csv": HEADER,
            "g.xlsx": b"PK\x03\x04",
        },
    )
    assert len(reading.unread) == 8
    for each in reading.unread:
        assert each.what.endswith(".")
        assert each.fix.endswith(".")
        assert max(len(each.what), len(each.fix)) < 200
