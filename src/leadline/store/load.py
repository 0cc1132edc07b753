"""Named SQL statements, read from ``queries/<noun>.sql``.

Each statement begins with ``-- name: claim_due``, then ``-- scope: person`` (or connection,
or control), then why it is shaped so, as comments, then the SQL. What stands before the
first name is the header of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import LiteralString, cast

QUERIES = Path(__file__).with_name("queries")
NAME = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)
SCOPE = re.compile(r"^--\s*scope:\s*(\w+)\s*$", re.MULTILINE)


class Scope(StrEnum):
    """The part of the store that a statement touches; its key stands in every condition."""

    PERSON = "person"  # bucket
    CONNECTION = "connection"  # connection_id
    CONTROL = "control"  # small, or hashed by its own key


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: ``text`` is the SQL, ``why`` its comment, ``where`` file and line."""

    name: str
    scope: Scope
    text: LiteralString
    why: str
    where: str


@cache
def load(noun: str) -> Mapping[str, Statement]:
    """Return the statements of one noun by name; raises ValueError for a malformed file."""
    path = QUERIES / f"{noun}.sql"
    return MappingProxyType(parse(path.read_text(encoding="utf-8"), path.name))


def parse(text: str, file: str) -> dict[str, Statement]:
    """Split the text of a query file into its statements."""
    found: dict[str, Statement] = {}
    starts = list(NAME.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=False):  # a file without any has one end
        body = text[start.end() : end].strip()
        where = f"{file}:{text.count(chr(10), 0, start.start()) + 1}"
        head = re.match(r"(?:--[^\n]*(?:\n|$)|\s+)*", body)
        comment = head.group() if head else ""
        sql = body[len(comment) :].strip().removesuffix(";")
        scope = SCOPE.search(comment)
        if scope is None or not sql:
            raise ValueError(f"{where} {start[1]}: a scope line or the SQL is missing")
        if start[1] in found:
            raise ValueError(f"{where} {start[1]} is there twice")
        why = re.sub(r"^--\s?", "", SCOPE.sub("", comment), flags=re.MULTILINE).strip()
        # The files are part of the program, as trusted as a literal in its source.
        trusted = cast(LiteralString, sql)
        found[start[1]] = Statement(start[1], Scope(scope[1]), trusted, why, where)
    return found
