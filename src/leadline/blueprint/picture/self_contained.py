"""Pages that hold all they need: one style and one script, which alone are allowed."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

PARTS = Path(__file__).parent
"""The folder of the parts that pages share: the map of one node with its neighbours."""


def templates(*folders: Path) -> Environment:
    """Templates of these folders and the shared ones; everything that is put in is escaped."""
    return Environment(
        loader=FileSystemLoader([*folders, PARTS]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def joined(*files: Path) -> Markup:
    """Style or script of ours, one file after the other."""
    return Markup("\n".join(file.read_text(encoding="utf-8") for file in files))  # noqa: S704  (ours)


def policy(css: str, js: str) -> str:
    """Nothing may load, and only this style and this script may run."""
    return (
        f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(js)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def script_data(value: object) -> Markup:
    """Values inside a script element: no "<" can end it early."""
    text = orjson.dumps(value).decode().replace("<", "\\u003c")
    return Markup(text)  # noqa: S704  (JSON, its "<" written otherwise)
