"""What must not stand in the repository, and what must agree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import leadline

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:  # an unpacked archive has no git
        return [p for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts]
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name]


def test_locks_carry_no_download_address() -> None:
    pattern = re.compile(r"^(--index-url|--extra-index-url|--find-links)|https?://", re.MULTILINE)
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert locks
    assert not [p.name for p in locks if pattern.search(p.read_text(encoding="utf-8"))]


def test_every_pin_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
        pins = [line for line in text.splitlines() if "==" in line]
        assert pins
        assert all("--hash=sha256:" in line for line in pins)


def test_version_and_changelog_agree() -> None:
    declared = re.search(
        r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert declared is not None
    assert declared.group(1) == leadline.__version__
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_no_placeholder_is_left_in_the_code() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")
    here = Path(__file__)
    found = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p.suffix == ".py"
        and p != here
        and p.exists()
        and marks.search(p.read_text(encoding="utf-8"))
    ]
    assert not found
