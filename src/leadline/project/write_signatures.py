"""A signature added to the text of signatures.yaml: nothing that stands there is touched."""

from __future__ import annotations

import json
import re

from leadline.project.signatures import Signature

SIGNATURES = "signatures.yaml"
HEAD = """\
# Who signed what a workflow means: written by "leadline sign", kept in git, newest last.
# "leadline explain" says whether a signature still holds, and what changed where it does not.

signatures:
"""
MOST_LINES = 2_000
"""Lines that a signature keeps; of a longer workflow it keeps the hash alone."""

_ITEM = re.compile(r"^( *)- ", re.MULTILINE)
_EMPTY = re.compile(r"^signatures: *\[ *\] *$", re.MULTILINE)


def with_signature(text: str | None, signature: Signature) -> str:
    """The text of the file with one more signature at its end; None: there is no file yet."""
    before = HEAD if text is None else _EMPTY.sub("signatures:", text)
    if not before.endswith("\n"):
        before += "\n"
    # A list may stand at any depth below its name: a new item stands as deep as the others.
    first = _ITEM.search(before)
    margin = "  " if first is None else first[1]
    return before + "".join(f"{margin}{line}\n" for line in _lines(signature))


def _lines(signature: Signature) -> list[str]:
    lines = [
        f"- workflow: {signature.workflow}",
        f"  by: {_quoted(signature.by)}",
        f"  on: {signature.on.isoformat()}",
        f"  language: {signature.language}",
        f"  meaning: {signature.meaning}",
    ]
    if signature.note is not None:
        lines.append(f"  note: {_quoted(signature.note)}")
    if 0 < len(signature.said) <= MOST_LINES:
        lines.append("  said:")
        lines += [f"    - {_quoted(line)}" for line in signature.said]
    return lines


def _quoted(text: str) -> str:
    """A text in the double quotes of YAML, which takes those of JSON."""
    return json.dumps(text, ensure_ascii=False)
