"""Outputs kept beside the tests; ids and times are written in words that do not change."""

from __future__ import annotations

import os
import re
from pathlib import Path

FOLDER = Path(__file__).with_name("golden")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?: UTC|Z|\+00:00)")


def plain(text: str) -> str:
    """The text without what differs from run to run."""
    text = _TIME.sub("TIME", _UUID.sub("RUN", text))
    return "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"


def check_golden(name: str, text: str) -> None:
    """Compare with the kept output; LEADLINE_GOLDEN=write keeps what is there now."""
    path = FOLDER / f"{name}.txt"
    found = plain(text)
    if os.environ.get("LEADLINE_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    assert found == kept, f"{path} differs: LEADLINE_GOLDEN=write keeps the new output"
