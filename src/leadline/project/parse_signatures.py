"""signatures.yaml → signatures; a signature of a workflow that is gone is told and kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from leadline.project.entries import Entries, read_record
from leadline.project.file_kinds import SIGNATURE, SIGNATURES
from leadline.project.nodes import MapNode, Node, TextNode
from leadline.project.problems import Report, did_you_mean, quoted
from leadline.project.signatures import Signature


def parse_signatures(
    node: MapNode, workflows: Iterable[str], report: Report
) -> tuple[Signature, ...]:
    """Every signature, in the order of the file; what is wrong with one is reported."""
    entries = Entries(node, SIGNATURES, report)
    found = (_signature(item, report) for item in entries.items("signatures"))
    signatures = tuple(each for each in found if each is not None)
    known = set(workflows)
    for each in signatures:
        if each.workflow not in known:
            report.warning(
                "signature-of-nothing",
                each.where,
                f"there is no workflow {quoted(each.workflow)} that this signature could be for.",
                did_you_mean(each.workflow, known, "Remove the signature if the workflow is gone."),
            )
    return signatures


def _signature(node: Node, report: Report) -> Signature | None:
    entries = read_record(node, SIGNATURE, report)
    if entries is None:
        return None
    workflow, by, meaning = (entries.text(key) for key in ("workflow", "by", "meaning"))
    on = _day(entries.text("on"), report)
    language = entries.word("language")
    note = entries.text("note") if "note" in entries else None
    if workflow is None or by is None or meaning is None or on is None or language is None:
        return None
    return Signature(
        workflow=workflow.value,
        by=by.value,
        on=on,
        language=language,
        meaning=meaning.value,
        where=entries.where,
        note=None if note is None else note.value,
        said=tuple(line.value for line in entries.texts("said")),
    )


def _day(text: TextNode | None, report: Report) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.value)
    except ValueError:
        report.error(
            "not-a-date",
            text.where,
            f"{quoted(text.value)} is not a date.",
            "Write year, month and day: 2026-12-31.",
        )
        return None
