"""The README keeps its word: its commands are there, and the demo it shows runs and adds up."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from leadline.store import embedded
from tests.examples.pages import ROOT, blocks

README = ROOT / "README.md"
KEYS = {
    "registrations",
    "people",
    "intended",
    "confirmed",
    "accepted",
    "skipped",
    "superseded",
    "rejected",
    "dead",
    "expired",
    "bounced",
    "held",
    "unknown",
    "waiting",
    "lost",
    "duplicated",
    "throttled_calls_caused",
    "makespan_s",
    "attainable_bound_s",
    "physical_bound_s",
    "connections",
    "naive",
}
STATES = {
    "confirmed",
    "accepted",
    "skipped",
    "superseded",
    "rejected",
    "dead",
    "expired",
    "bounced",
    "held",
    "unknown",
    "waiting",
}
CONNECTION_KEYS = {
    "settles",
    "intended",
    "confirmed",
    "held",
    "lost",
    "duplicated",
    "calls",
    "throttled_calls_caused",
    "makespan_s",
    "attainable_bound_s",
}
NAIVE_KEYS = {
    "reached",
    "lost",
    "duplicated",
    "reported_success",
    "throttled_calls_caused",
}


@pytest.fixture
def home() -> Iterator[Path]:
    # Not below pytest's own folder: the database may run as another user, who cannot go there.
    home = Path(tempfile.mkdtemp(prefix="leadline-readme-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        for project in home.glob("leadline-demo-*"):
            embedded.stop(project)
        shutil.rmtree(home)


def demo(home: Path, *options: str) -> Mapping[str, Any]:
    """Run the demo with these options; it must end well."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")}
    done = subprocess.run(
        [sys.executable, "-m", "leadline", "demo", "--json", "--registrations", "40", *options],
        cwd=home,
        env={**environment, "HOME": str(home), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    found: Mapping[str, Any] = orjson.loads(done.stdout)
    return found


def adds_up(found: Mapping[str, Any]) -> None:
    """Every count is there, and no action is missing from the sums or in two of them."""
    assert found.keys() >= KEYS
    assert found["naive"].keys() >= NAIVE_KEYS
    assert sum(found[state] for state in STATES) == found["intended"]
    each = found["connections"]
    assert set(each) == {"mail", "hubspot", "slack"}
    for one in each.values():
        assert one.keys() >= CONNECTION_KEYS
    for key in ("intended", "lost", "duplicated", "throttled_calls_caused"):
        assert sum(one[key] for one in each.values()) == found[key]
    assert found["makespan_s"] == max(one["makespan_s"] for one in each.values())


def test_the_demo_reaches_everybody_once_and_its_counts_add_up(home: Path) -> None:
    found = demo(home, "--no-faults")
    adds_up(found)
    # Of 40 registrations one is impossible and one comes twice.
    assert (found["registrations"], found["people"]) == (40, 38)
    assert found["intended"] == found["confirmed"] + found["accepted"] == 3 * 38
    assert found["connections"]["mail"]["settles"].startswith("verified")
    for key in ("lost", "duplicated", "throttled_calls_caused"):
        assert found[key] == 0, key


def test_without_a_delivery_feed_what_is_held_was_really_in_doubt(home: Path) -> None:
    found = demo(home, "--evidence", "none")
    adds_up(found)
    for key in ("lost", "duplicated", "throttled_calls_caused", "waiting"):
        assert found[key] == 0, key
    assert found["connections"]["mail"]["settles"].startswith("held")
    # At least one answer of the mail server is lost after its effect, and nobody can be asked.
    assert found["connections"]["mail"]["held"] >= 1
    for one in found["connections"].values():
        assert one["held"] <= one["ambiguous"]


def test_the_readme_begins_with_one_sentence_the_demo_and_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    shown, commands, *_ = blocks(README)
    assert text.startswith("# Leadline\n\nLeadline ")
    assert shown.kind == "text"
    assert "Ledger and books agree in every row." in " ".join(shown.text.split())
    made = [shlex.split(line, comments=True) for line in commands.text.splitlines()]
    assert made == [["make", "demo"], ["make", "test"]]
    assert len(re.findall(r"!\[", text)) <= 3, "badges"


def test_the_demo_of_the_readme_is_shown_in_the_words_of_today() -> None:
    """The figures are those of one run; the words around them are the program's."""
    words = (ROOT / "src/leadline/demo/show.py").read_text(encoding="utf-8")
    strikes = (ROOT / "src/leadline/demo/run.py").read_text(encoding="utf-8")
    shown = blocks(README)[0].text
    for said in (
        "What the ledger says, held against the sandboxes' own books",
        "effects intended:",
        "A plain script did the same job beside it",
    ):
        assert said in shown
        assert said in words
    for said in ("registrations arrive at once.", "A worker is killed (kill -9)"):
        assert said in shown
        assert said in strikes
