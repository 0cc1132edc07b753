"""JSON and XML files as documents: parsed within bounds, and their damage said in words."""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from leadline.errors import LeadlineError
from leadline.inspection.encoding import codec_of, look

MAX_JSON = 256 << 20  # bytes; parsed, a document takes about five times as much memory
MAX_XML = 64 << 20  # a flow of 2,000 elements has 2 MB


class BrokenDocument(LeadlineError):
    """The file is no whole JSON or XML; the message says where it breaks."""


def read_text(file: Path, path: str, most: int) -> str:
    """The whole text of a file. Raises BrokenDocument where it is too large."""
    size = file.stat().st_size
    if size > most:
        raise BrokenDocument(
            f"The file has {size >> 20:,} MB; {most >> 20} MB are read of this kind.",
            path,
            "Give it in several parts.",
        )
    encoding = look(file)
    codec = "utf-8-sig" if encoding.name == "mixed" else codec_of(encoding)
    return file.read_bytes().decode(codec, errors="replace").replace("\0", "")


def parse_json(file: Path, path: str) -> object:
    """The document in a JSON file, or the list of those in a file of JSON lines."""
    text = read_text(file, path, MAX_JSON)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        lines = _json_lines(text)
        if lines is not None:
            return lines
        raise BrokenDocument(*_said(error, text, path)) from error


def _json_lines(text: str) -> list[object] | None:
    """One object a line, as some exports write it; None where it is not that."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines[:5]):
        return None
    try:
        return [orjson.loads(line) for line in lines]
    except orjson.JSONDecodeError:
        return None


def _said(error: orjson.JSONDecodeError, text: str, path: str) -> tuple[str, str, str]:
    where = f"{path}:{error.lineno}"
    if "ecursion" in error.msg:
        return "The JSON is nested deeper than 1,000 levels.", where, "Leave the file out."
    if not text[error.pos :].strip() or "end of data" in error.msg or "EOF" in error.msg:
        return "The JSON is cut off: it ends in the middle.", where, "Fetch the file again."
    return (
        f"This is no valid JSON from line {error.lineno}, column {error.colno} on.",
        where,
        "Fetch the file again, and do not edit it by hand.",
    )


def parse_xml(file: Path, path: str) -> str:
    """The text of an XML file, which its reader parses. Raises BrokenDocument with entities."""
    text = read_text(file, path, MAX_XML)
    if re.search(r"<!ENTITY", text[:100_000], re.IGNORECASE):
        raise BrokenDocument(
            "The XML declares entities of its own, which no export needs.",
            path,
            "Leave the file out.",
        )
    return text
