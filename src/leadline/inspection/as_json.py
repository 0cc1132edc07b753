"""An inspection as one JSON document; its shape stands in docs/reference/inspect-json.md.

Keys are only ever added while ``format`` stays the same. Values of people are masked unless
they are asked for.
"""

from __future__ import annotations

from typing import Any

from leadline import __version__
from leadline.blueprint.finding import Broken, Example, Finding
from leadline.inspection.costs import Money
from leadline.inspection.findings import identity
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection, Verdict
from leadline.inspection.reading import Read

FORMAT = 1
"""Raised when a key changes its meaning or goes."""


def as_json(inspection: Inspection, shown: Shown) -> dict[str, Any]:
    """The whole inspection as values that JSON knows."""
    ids = [identity(finding) for finding in inspection.findings]
    figures = inspection.figures
    return {
        "format": FORMAT,
        "leadline": __version__,
        "taken_at": inspection.reading.stack.taken_at.isoformat(),
        "headline": inspection.headline,
        "figures": {
            "files": figures.files,
            "unread": figures.unread,
            "tables": figures.tables,
            "rows": figures.rows,
            "people": figures.people,
            "flows": figures.flows,
            "live_flows": figures.live_flows,
            "steps": figures.steps,
            "opaque_steps": figures.opaque_steps,
            "findings": {str(k): v for k, v in figures.findings.items()},
            "verdicts": {str(k): v for k, v in figures.standing.items()},
        },
        "verdicts": [_verdict(verdict, ids) for verdict in inspection.verdicts],
        "worst": [ids[number] for number in inspection.worst],
        "findings": [
            _finding(finding, ids[number], inspection.money.get(number), shown)
            for number, finding in enumerate(inspection.findings)
        ],
        "causes": [
            {"title": cause.title, "findings": [ids[number] for number in cause.findings]}
            for cause in inspection.causes
        ],
        "not_judged": [
            {"what": each.what, "why": each.why, "fix": each.fix} for each in inspection.unjudged
        ],
        "files": [_file(read) for read in inspection.reading.files],
    }


def _verdict(verdict: Verdict, ids: list[str]) -> dict[str, Any]:
    return {
        "flow": verdict.flow,
        "name": verdict.name,
        "system": verdict.system,
        "verdict": verdict.standing.value,
        "reasons": [
            {
                "finding": ids[reason.finding],
                "severity": reason.weight.value,
                "step": reason.step,
                "how": reason.how,
                "people": reason.people,
            }
            for reason in verdict.reasons
        ],
    }


def _finding(finding: Finding, name: str, money: Money | None, shown: Shown) -> dict[str, Any]:
    rule = finding.rule
    return {
        "id": name,
        "rule": rule.code,
        "title": rule.title,
        "topic": rule.topic,
        "severity": finding.weight.value,
        "message": shown.text(finding.message),
        "system": finding.system,
        "table": finding.table or None,
        "fields": [str(field) for field in finding.fields],
        "flow": finding.flow,
        "step": finding.step,
        "count": finding.count,
        "of": finding.of,
        "repair": rule.repair.value,
        "fix": rule.fix.value,
        "mend": rule.mend,
        "because": finding.because,
        "written_by": finding.written_by,
        "breaks": [_broken(broken) for broken in finding.breaks],
        "money": None if money is None else _money(money),
        "facts": dict(finding.facts),
        "examples": [_example(each, shown) for each in finding.examples],
    }


def _broken(broken: Broken) -> dict[str, Any]:
    return {
        "flow": broken.flow,
        "step": broken.step,
        "how": broken.how,
        "people": broken.people,
    }


def _money(money: Money) -> dict[str, Any]:
    return {
        "low": float(money.low),
        "high": float(money.high),
        "currency": money.currency,
        "basis": money.basis,
    }


def _example(example: Example, shown: Shown) -> dict[str, Any]:
    return {"key": shown.text(example.key), "values": shown.row(example.values)}


def _file(read: Read) -> dict[str, Any]:
    taken = read.recognition
    return {
        "path": read.path,
        "shape": taken.shape,
        "system": taken.system,
        "content": taken.content.value,
        "confidence": taken.confidence,
        "evidence": list(taken.evidence),
        "asked_for": read.asked_for,
        "holds": read.held,
    }
