"""Secrets that stand in a project's files, wherever: in values, in messages, in comments."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.project.problems import Report, Where
from leadline.project.secret_forms import secrets


def refuse_secrets(texts: Mapping[str, str], report: Report) -> None:
    """Report each secret of the files, once a line; what is found is never repeated."""
    told = {(p.where.file, p.where.line) for p in report.problems() if p.code == "secret-in-file"}
    for file, text in texts.items():
        for what, start in secrets(text):
            line = text.count("\n", 0, start) + 1
            if (file, line) not in told:
                told.add((file, line))
                report.error(
                    "secret-in-file",
                    Where(file, line, start - text.rfind("\n", 0, start)),
                    f"this looks like {what}; a secret must not stand in a project file.",
                    "Replace it at the vendor, since the file may be copied already, and write "
                    'where it is found: "env:NAME" or "file:PATH".',
                )
