"""The list of rules in the docs; ``PYTHONPATH=src python -m tests.unit.audit.rule_index``."""

from __future__ import annotations

from pathlib import Path

from leadline.audit.rule_files import audits

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "rules" / "README.md"
HEAD = """# Rules of the audit

What an inspection judges in the data. Each page says what goes wrong for people, how it is
judged, what to do, and holds an example that fails and one that is mended; the tests run both. A
rule whose data was not given is listed as not judged, with the reason.

| Rule | Severity | Repair | Fix |
|---|---|---|---|
"""


def index() -> str:
    """The page, made from the rules."""
    rows = [
        f"| [{rule.title}]({rule.code}.md) | {rule.severity.value} | {rule.repair.value} | "
        f"{rule.fix.value} |\n"
        for rule in (audit.rule for audit in audits())
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(index(), encoding="utf-8")
