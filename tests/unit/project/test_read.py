"""Reading the files of a project from disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.errors import UsageError
from leadline.project.parse import parse
from leadline.project.read import MAX_FILE_BYTES, example_files, read_files


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    for name, text in example_files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_the_example_comes_back_as_it_was_written(project: Path) -> None:
    files = read_files(project)
    assert not files.problems
    assert files.texts == {p: t for p, t in example_files().items() if p != ".gitignore"}
    assert parse(files)[1] == ()


def test_only_what_belongs_to_a_project_is_read(project: Path) -> None:
    (project / "notes.txt").write_text("x")
    (project / "messages" / ".hidden.md").write_text("x")
    (project / "messages" / "picture.png").write_bytes(b"\x89PNG")
    (project / ".leadline").mkdir()
    (project / ".leadline" / "state.yaml").write_text("x")
    assert read_files(project) == read_files(project)
    assert read_files(project).texts.keys() == example_files().keys() - {".gitignore"}


def test_a_directory_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'there is no directory ".*/nowhere"\. Name the dir'):
        read_files(tmp_path / "nowhere")


def test_a_file_that_is_not_utf_8_is_told_with_its_place(project: Path) -> None:
    (project / "events.yaml").write_bytes("first: {}\nümlaut: {}\n".encode("latin-1"))
    (found,) = read_files(project).problems
    assert found.code == "not-utf-8"
    assert str(found.where) == "events.yaml:2:1"
    assert "events.yaml" not in read_files(project).texts


def test_a_byte_order_mark_is_no_text(project: Path) -> None:
    path = project / "events.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert parse(read_files(project))[1] == ()


def test_a_huge_file_is_refused(project: Path) -> None:
    (project / "events.yaml").write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    (found,) = read_files(project).problems
    assert (found.code, found.where.file) == ("file-too-large", "events.yaml")


def test_a_link_out_of_the_project_is_refused(project: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("token: x")
    (project / "systems" / "link.yaml").symlink_to(secret)
    (found,) = read_files(project).problems
    assert (found.code, found.where.file) == ("link-out-of-project", "systems/link.yaml")
    assert "systems/link.yaml" not in read_files(project).texts


def test_a_folder_that_is_a_link_out_of_the_project_is_refused(
    project: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (project / "messages").rename(outside)
    (project / "messages").symlink_to(outside)
    (found,) = read_files(project).problems
    assert (found.code, found.where.file) == ("link-out-of-project", "messages")


def test_a_link_inside_the_project_is_followed(project: Path) -> None:
    (project / "messages" / "same.md").symlink_to(project / "messages" / "hot-lead.md")
    files = read_files(project)
    assert files.texts["messages/same.md"] == files.texts["messages/hot-lead.md"]


def test_a_link_to_nothing_is_told(project: Path) -> None:
    (project / "messages" / "gone.md").symlink_to(project / "messages" / "nothing.md")
    (found,) = read_files(project).problems
    assert found.code == "unreadable-file"
    assert found.message == "the file cannot be read: no such file or directory."
