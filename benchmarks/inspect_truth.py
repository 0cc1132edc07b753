"""How much of what is wrong does an inspection find, and is what it finds wrong?

  40 stacks  Of 600 to 2,000 people each and different systems, made by the script of
             examples/inherited-stack with five planted faults each, every fault as often as any
             other: 200 in all, each with its place and its records known.
  10 stacks  The same, with nothing planted: blanks, free mail, people who left, seven countries.

A fault counts as found where a finding bears its code and its place, with at least 80 % of its
records. A finding above note that nothing planted accounts for is false. Notes are not judged
false: a healthy stack may have some.

    python benchmarks/inspect_truth.py [--quick] [--json] [--show] [--seed N]

--quick: 11 stacks and 2 correct ones. --show: each miss and each false finding.
--seed: other stacks than those that the rules were tried on while they were written (seed 4).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ground.truth import Judged, Tally, deal, explained, figures, found, sound, tallies
from making.folder import write
from making.stack import Plan, build

from leadline.blueprint.finding import Finding

SEED = 4
FULL = (40, 10)
QUICK = (11, 2)  # each fault at least once


def inspected(exports: Path) -> tuple[Finding, ...]:
    """The findings of an inspection: the one place that knows how it is called."""
    from leadline.inspection.inspect import inspect  # noqa: PLC0415  (asked of when needed)
    from leadline.inspection.outcome import Options  # noqa: PLC0415

    return inspect([exports], Options(), _silent).findings


def _silent(*_: object) -> None:
    """Nobody watches the progress of a benchmark."""


def judged(plan: Plan) -> Judged:
    """Make the stack, inspect what a team would have of it, and keep both sides."""
    with tempfile.TemporaryDirectory() as folder:
        world = build(plan)
        write(world, Path(folder))
        return Judged(tuple(world.planted), inspected(Path(folder) / "exports"))


def share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def table(by_code: dict[str, Tally]) -> str:
    lines = [f"{'rule':<30}{'planted':>8}{'found':>7}{'recall':>8}{'false':>7}{'precision':>11}"]
    lines += [
        f"{name:<30}{each.planted:>8}{each.found:>7}{share(each.recall):>8}"
        f"{each.false:>7}{share(each.precision):>11}"
        for name, each in by_code.items()
    ]
    return "\n".join(lines)


def shown(stacks: Sequence[Judged], correct: Sequence[Judged]) -> str:
    lines: list[str] = []
    for number, stack in enumerate(stacks):
        for each in stack.planted:
            if not found(each, stack.findings):
                place = each.flow or f"{each.system} {each.table} {', '.join(each.fields)}"
                lines.append(f"stack {number} missed {each.code} ({each.count}) at {place}")
        for finding in stack.above_note:
            if not explained(finding, stack.planted):
                lines.append(f"stack {number} false {finding.rule.code}: {finding.message}")
    for number, stack in enumerate(correct):
        for finding in stack.above_note:
            lines.append(f"correct {number} false {finding.rule.code}: {finding.message}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="11 stacks and 2 correct ones")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--show", action="store_true", help="each miss and each false finding")
    parser.add_argument("--seed", type=int, default=SEED, help="what the stacks are drawn from")
    options = parser.parse_args()
    many, few = QUICK if options.quick else FULL
    stacks = [judged(plan) for plan in deal(many, options.seed)]
    correct = [judged(plan) for plan in sound(few, options.seed)]
    told = figures(stacks, correct)
    if options.json:
        print(json.dumps({"benchmark": "inspect_truth", "figures": told, "ratios": {}}))
        return
    print(table(dict(tallies(stacks))))
    if options.show:
        print(f"\n{shown(stacks, correct)}")
    print()
    for name, value in told.items():
        print(f"{name.replace('_', ' '):<32}{value:>8}")


if __name__ == "__main__":
    main()
