"""Where the parts of an inspection meet: reading, auditing, checking flows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding
from leadline.blueprint.graph.flow import Flow
from leadline.inspection.outcome import Inspection, Options, Unjudged
from leadline.inspection.reading import Reading

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much (0: not known)."""

Judged = tuple[Sequence[Finding], Sequence[Unjudged]]


def read(paths: Sequence[Path], options: Options, progress: Progress) -> Reading:
    """Recognise and read every file; raises UsageError where a path is not there."""
    from leadline.inspection.read import read_stack  # noqa: PLC0415

    return read_stack(paths, options.shapes, progress, options.dns)


def audit(stack: Stack, progress: Progress) -> Judged:
    """Run every rule on the data; what a rule needed and did not find is not judged."""
    from leadline.audit.run import audit as run_rules  # noqa: PLC0415

    findings, unjudged = run_rules(stack, progress)
    return findings, [Unjudged(*each) for each in unjudged]


def check(stack: Stack) -> Judged:
    """Check every flow, alone and together with the others."""
    from leadline.blueprint.checks.registry import check as run_checks  # noqa: PLC0415

    findings, unjudged = run_checks(stack.flows, None)
    return findings, [Unjudged(*each) for each in unjudged]


def sentences(flow: Flow) -> tuple[str, ...]:
    """A flow in sentences that read one after the other."""
    return ()


def impact(inspection: Inspection, name: str) -> str:
    """What reads and writes a field, and what stops if it goes."""
    return ""
