"""messages/*.md and *.mjml → Message values: front matter and body, not rendered."""

from __future__ import annotations

import re

from leadline.project.nodes import has_forbidden_character
from leadline.project.problems import Report, Where, did_you_mean, listed, quoted
from leadline.project.project import Message

_KEYS = ("subject", "preheader")
_LINE = re.compile(r"(?P<key>[A-Za-z_][\w-]*)\s*:\s*(?P<value>.*?)\s*")
_FENCE = "---"


def parse_message(file: str, text: str, report: Report) -> Message | None:
    """One message file.

    The front matter is read line by line as ``name: rest of the line``, not as YAML: a subject
    may have colons, quotes and Liquid without a thought for what YAML makes of them.
    """
    if has_forbidden_character(file, text, report):
        return None
    name, _, ending = file.rpartition(".")
    lines = text.removeprefix("\ufeff").split("\n")
    front: dict[str, str] = {}
    body_start = 0
    if lines[0].rstrip() == _FENCE:
        end = next((i for i, x in enumerate(lines) if i and x.rstrip() == _FENCE), None)
        if end is None:
            report.error(
                "front-matter-open",
                Where(file, 1),
                'the lines above the text begin with "---" and never end.',
                'Put a line with "---" below the subject and the preheader.',
            )
            return None
        for row in range(1, end):
            _read_line(Where(file, row + 1), lines[row].rstrip("\r"), front, report)
        body_start = end + 1
    body = "\n".join(lines[body_start:])
    if not body.strip():
        report.error(
            "empty-message",
            Where(file, body_start + 1),
            "this message has no text.",
            "Write what people should read.",
        )
        return None
    if ending == "mjml" and "subject" not in front:
        report.error(
            "mail-without-subject",
            Where(file),
            "MJML is for mails, and this one has no subject.",
            'Begin the file with "---", "subject: …", "---".',
        )
    return Message(
        name=name,
        format=ending,
        subject=front.get("subject"),
        preheader=front.get("preheader"),
        body=body,
        where=Where(file),
        body_line=body_start + 1,
    )


def _read_line(where: Where, line: str, front: dict[str, str], report: Report) -> None:
    if not line.strip() or line.startswith("#"):
        return
    found = _LINE.fullmatch(line)
    if found is None:
        report.error(
            "front-matter-line",
            where,
            f"the line {quoted(line.strip())} has no name and colon.",
            f"Write it as name: text; names here are {listed(_KEYS)}.",
        )
        return
    key, value = found["key"], _unquoted(found["value"])
    if key not in _KEYS:
        report.error(
            "unknown-key",
            where,
            f"unknown name {quoted(key)} above a message.",
            did_you_mean(key, _KEYS, f"Known here are {listed(_KEYS)}."),
        )
    elif key in front:
        report.error("duplicate-key", where, f"{quoted(key)} stands here twice.", "Keep one.")
    elif not value:
        report.error(
            "empty-value",
            where,
            f"{quoted(key)} has no value.",
            "Write the text after the colon, or remove the line.",
        )
    else:
        front[key] = value


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        inner = value[1:-1]
        if value[0] not in inner:
            return inner
    return value
