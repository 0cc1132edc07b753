"""Where the parts of an inspection meet: reading, auditing, checking flows, the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from leadline.audit.run import audit as run_rules
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding
from leadline.blueprint.flow_checks import registry
from leadline.blueprint.graph import as_text, questions
from leadline.blueprint.graph.build import build
from leadline.blueprint.graph.resolve import resolve
from leadline.errors import UsageError
from leadline.inspection.facts import facts_of, inventory_of
from leadline.inspection.outcome import Inspection, Options, Unjudged
from leadline.inspection.read import known_shapes, read_stack
from leadline.inspection.reading import Reading
from leadline.inspection.settings import asked

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much (0: not known)."""

Judged = tuple[Sequence[Finding], Sequence[Unjudged]]


def read(paths: Sequence[Path], options: Options, progress: Progress) -> Reading:
    """Recognise and read every file; raises UsageError where a path is not there."""
    settings = asked(options.shapes, known_shapes())
    return read_stack(paths, settings, lambda words: progress(words, 0, 0), options.dns)


def audit(stack: Stack, progress: Progress) -> Judged:
    """Run every rule on the data; what a rule needs and does not find is not judged."""
    findings, unjudged = run_rules(stack, progress)
    return findings, [Unjudged(each.rule.title, _sentence(each.reason)) for each in unjudged]


def check(reading: Reading) -> Judged:
    """Check every flow, alone and together with the others; the audit must have run before."""
    stack = reading.stack
    facts = facts_of(stack, reading.tiers)
    titles = {code: each.rule.title for code, each in registry.CHECKS.items()}
    unjudged = [
        Unjudged(titles[each.code], _sentence(each.why))
        for each in registry.not_judged(stack.flows, facts)
    ]
    return registry.judge(stack.flows, facts), unjudged


def impact(inspection: Inspection, asked: str) -> str:
    """What reads and writes a field, flow or list, and what stops if it goes.

    Raises UsageError, with the nearest name, where nothing is called so.
    """
    stack = inspection.reading.stack
    graph = build(stack.flows, inventory_of(stack))
    resolved = resolve(graph, asked)
    if not resolved.nodes:
        raise UsageError(resolved.message, fix="Names stand in the report, under Map and Data.")
    answers = [as_text.of_node(questions.impact(graph, node)) for node in resolved.nodes]
    return "\n".join(answers).rstrip("\n")


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
