"""The tutorial is followed as it is written: its commands, its files, its outputs.

What the tests change: the ports, so that nothing else on the machine is in the way. What differs
from run to run (times, ids, numbers) is not compared. Blocks marked ``long`` are not run.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.store import embedded
from tests.examples.pages import ROOT, Block, blocks, missing, plain
from tests.examples.terminals import Reader, free_ports

TUTORIAL = ROOT / "docs" / "tutorial" / "first-workflow.md"


@pytest.fixture
def reader() -> Iterator[Reader]:
    # Not below pytest's own folder: the database may run as another user, who cannot go there.
    home = Path(tempfile.mkdtemp(prefix="leadline-tutorial-"))
    home.chmod(0o755)
    reader = Reader(home, free_ports())
    try:
        yield reader
    finally:
        reader.end()
        embedded.stop(home / "first")
        shutil.rmtree(home)


def test_a_stranger_can_follow_the_tutorial(reader: Reader) -> None:
    page = blocks(TUTORIAL)
    for number, block in enumerate(page):
        follow(reader, block, page[number + 1 :])
        if block.text.startswith("leadline init"):
            _use_free_ports(reader)
    for name in reader.running:
        assert "Traceback" not in reader.log(name).read_text(encoding="utf-8")


def follow(reader: Reader, block: Block, after: list[Block]) -> None:
    """Do what a block says; an output of this terminal belongs to the commands before it."""
    match block.kind, block.words:
        case "sh", ("long",):
            return
        case "sh", () | ("fails",):
            fails = block.words == ("fails",)
            said = after[0] if after and after[0].info == ("text",) else None
            if said is None:
                reader.run(block.text, fails=fails)
            else:
                reader.run_until(block.text, said.text, fails=fails)
        case "sh", (name,):
            reader.begin(name, block.text)
        case "text", ():
            return  # compared with the commands before it
        case "text", (name,):
            reader.wait_for(name, block.text)
        case _, ("append", name):
            with (reader.here / name).open("a", encoding="utf-8") as file:
                file.write(block.text)
        case _, ("write", name):
            (reader.here / name).write_text(block.text, encoding="utf-8")
        case "diff", (name,):
            _change(reader.here / name, block)
        case _:
            raise AssertionError(f"line {block.line}: nobody knows what to do with {block.info}")


def _change(path: Path, block: Block) -> None:
    text = path.read_text(encoding="utf-8")
    lines = block.text.splitlines()
    old = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    new = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(old) == 1, f"line {block.line}: {old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _use_free_ports(reader: Reader) -> None:
    for path in sorted((reader.here / "systems").glob("*.yaml")):
        path.write_text(reader.here_as_written(path.read_text("utf-8")), encoding="utf-8")


def test_an_output_is_compared_line_by_line() -> None:
    found = plain("one 1\ntwo 22\n\nthree")
    assert missing(plain("one 9\ntwo 3\n\nthree"), found) is None
    assert missing(plain("one 9\n...\nthree"), found) is None
    assert missing(plain("one 9\n..."), found) is None
    assert missing(plain("one 9\ntwo 3"), found) == "nothing, but found: "
    assert missing(plain("one 9\nthree"), found) == "three"
    assert missing(plain("...\nfour"), found) == "four"
