"""Findings as the page shows them: one card each, grouped by cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leadline.blueprint.finding import Broken, Finding, FixKind
from leadline.inspection.fixes.mend import mended_examples
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection
from leadline.inspection.summary import consequences

_FIXES = {
    FixKind.SAFE: "safe: leadline fix plan writes it",
    FixKind.REVIEW: "to be reviewed by a person",
    FixKind.NONE: "by hand",
}


class Cards:
    """The cards of all findings, with the names and anchors that the page refers to."""

    def __init__(self, inspection: Inspection, shown: Shown) -> None:
        self._inspection = inspection
        self._shown = shown
        flows = inspection.reading.stack.flows
        self._flows = {flow.key: flow for flow in flows}
        self._anchors = {flow.key: f"flow-{n}" for n, flow in enumerate(flows, 1)}
        self._steps = {
            (flow.key, step): place for flow in flows for place, step in enumerate(flow.steps, 1)
        }
        self._first: dict[str, str] = {}
        self.cards: list[dict[str, Any]] = [
            self._card(number, finding) for number, finding in enumerate(inspection.findings)
        ]

    def flow_name(self, key: str) -> str:
        """A flow's name as it may be shown."""
        flow = self._flows.get(key)
        return self._shown.text(key if flow is None else flow.name or flow.id)

    def flow_anchor(self, key: str) -> str:
        """Where a flow stands on the page."""
        return self._anchors.get(key, "flows")

    def place(self, key: str, step: str) -> int:
        """The number of a step in its flow: what anchors are made of, whatever ids hold."""
        return self._steps.get((key, step), 0)

    def groups(self) -> list[dict[str, Any]]:
        """Findings by cause; those without a common cause by what they are about."""
        taken: set[int] = set()
        groups: list[dict[str, Any]] = []
        for cause in self._inspection.causes:
            taken.update(cause.findings)
            groups.append(self._group(self._shown.text(cause.title), cause.findings))
        alone: dict[str, list[int]] = {}
        for number, finding in enumerate(self._inspection.findings):
            if number not in taken:
                alone.setdefault(_TOPICS.get(finding.rule.topic, "The data"), []).append(number)
        return [*groups, *(self._group(title, numbers) for title, numbers in alone.items())]

    def _group(self, title: str, numbers: Sequence[int]) -> dict[str, Any]:
        return {"title": title, "cards": [self.cards[number] for number in numbers]}

    def _card(self, number: int, finding: Finding) -> dict[str, Any]:
        rule, text = finding.rule, self._shown.text
        columns = list(dict.fromkeys(name for each in finding.examples for name in each.values))
        rows = [(text(each.key), self._shown.row(each.values)) for each in finding.examples]
        anchor = f"finding-{number + 1}"
        first = self._first.setdefault(rule.code, anchor)
        return {
            "anchor": anchor,
            # What a rule says of itself stands once on the page.
            "explained": "" if first == anchor else first,
            "code": rule.code,
            "title": rule.title,
            "weight": finding.weight.value,
            "message": text(finding.message),
            "where": self._where(finding),
            "consequences": text(consequences(self._inspection, finding, number)),
            "marketer": rule.marketer,
            "engineer": rule.engineer,
            "mend": rule.mend,
            "repair": rule.repair.value,
            "fix": _FIXES[rule.fix],
            "share": _share(finding),
            "fields": [str(field) for field in finding.fields],
            "written_by": text(finding.written_by or ""),
            "facts": [(name.replace("_", " "), text(v)) for name, v in finding.facts.items()],
            "columns": columns,
            "examples": [
                {"key": key, "cells": [values.get(name, "") for name in columns]}
                for key, values in rows
            ],
            "changes": self._changes(finding),
            "breaks": [self._broken(broken) for broken in finding.breaks],
            "flows": list(dict.fromkeys(broken.flow for broken in finding.breaks)),
        }

    def _changes(self, finding: Finding) -> list[dict[str, str]]:
        """Before and after of the safe fix, on the examples."""
        found: list[dict[str, str]] = []
        for key, field, old, new in mended_examples(finding):
            before, after = self._shown.row({field: old}), self._shown.row({field: new})
            found.append(
                {
                    "key": self._shown.text(key),
                    "field": field,
                    "old": before[field],
                    "new": after[field],
                }
            )
        return found

    def _where(self, finding: Finding) -> str:
        if finding.flow is not None:
            return self.flow_name(finding.flow)
        if finding.fields:
            return ", ".join(str(field) for field in finding.fields[:2])
        return finding.table or finding.system or "all systems"

    def _broken(self, broken: Broken) -> dict[str, Any]:
        anchor = self.flow_anchor(broken.flow)
        flow = self._flows.get(broken.flow)
        step = None if broken.step is None or flow is None else flow.steps.get(broken.step)
        return {
            "name": self.flow_name(broken.flow),
            "anchor": anchor if step is None else f"{anchor}-{self.place(broken.flow, step.id)}",
            "step": "" if step is None else self._shown.text(step.words),
            "how": self._shown.text(broken.how),
            "people": broken.people,
        }


_TOPICS = {
    "data": "The data",
    "consent": "Consent",
    "flows": "The flows themselves",
    "joint": "Data and flows together",
    "domain": "Sending domains",
}


def _share(finding: Finding) -> str:
    if finding.count is None:
        return ""
    if not finding.of:
        return f"{finding.count:,}"
    return f"{finding.count:,} of {finding.of:,} ({100 * finding.count / finding.of:.1f} %)"
