"""What sort of file it is, told by its first bytes, never by its name alone."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

_HEAD = 64 << 10
# A control character now and then is a broken export; one in fifty bytes is no text.
_CONTROL_SHARE = 0.02
_FEW = 16
_CONTROL = bytes(range(1, 9)) + bytes(range(14, 27)) + bytes(range(28, 32))


class Nature(StrEnum):
    """The sort of a file."""

    EMPTY = "empty"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    JSON = "json"
    XML = "xml"
    PAGE = "web page"
    YAML = "yaml"
    TEXT = "text"
    PACKED = "packed"
    BINARY = "binary"


_MAGIC = (
    (b"PAR1", Nature.PARQUET),
    (b"PK\x03\x04", Nature.WORKBOOK),
    (b"\xd0\xcf\x11\xe0", Nature.WORKBOOK),
    (b"\x1f\x8b", Nature.PACKED),
    (b"7z\xbc\xaf", Nature.PACKED),
    (b"Rar!", Nature.PACKED),
    (b"BZh", Nature.PACKED),
    (b"%PDF", Nature.BINARY),
)


def nature_of(file: Path, name: str) -> Nature:
    """Tell the sort of ``file``; ``name`` decides only between sorts of text."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        return Nature.EMPTY if len(head) < _HEAD else Nature.TEXT
    for magic, nature in _MAGIC:
        if head.startswith(magic):
            return nature
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_utf16(head):
        text = head.decode(
            "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-16-le", "ignore"
        )
        return _text(text.encode().lstrip(b"\xef\xbb\xbf \t\r\n"), name.lower())
    if len(head) - len(head.translate(None, _CONTROL)) > max(_FEW, len(head) * _CONTROL_SHARE):
        return Nature.BINARY
    if head.count(b"\0") > len(head) * 0.1:
        return Nature.BINARY
    return _text(head.lstrip(b"\xef\xbb\xbf \t\r\n"), name.lower())


def _text(head: bytes, name: str) -> Nature:
    start = head[:512].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")):
        return Nature.PAGE
    if start.startswith(b"<"):
        return Nature.XML
    if name.endswith((".csv", ".tsv")):
        return Nature.TEXT
    if start.startswith((b"{", b"[")):
        return Nature.JSON
    if name.endswith((".json", ".jsonl")):
        return Nature.JSON
    return Nature.YAML if name.endswith((".yaml", ".yml")) else Nature.TEXT


def looks_utf16(head: bytes) -> bool:
    """Whether every other byte is mostly zero, as in Latin text of two bytes a character."""
    pairs = len(head) // 2
    if pairs < 8:
        return False
    odd, even = head[1::2].count(0), head[0::2].count(0)
    return max(odd, even) > pairs * 0.7 and min(odd, even) < pairs * 0.1
