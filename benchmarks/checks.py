"""Whether `leadline check` finds what is broken, and how long it takes.

Four parts. The small projects of tests/broken, each with exactly the findings that it must give.
Some three hundred mutants of the example project, each broken at one place in one of nineteen
generated ways: how many pass without any finding. And a project of 200 workflows, 30 systems and
2,000 fields, checked and drawn as a map in JSON, in processor seconds of one process (files in
memory). Beside them: 500 changes of the example that is signed, half of them of its meaning, half
of its form, and how many signatures are judged wrongly.

    python benchmarks/checks.py [--quick] [--json]

--quick: the large project once instead of three times. The mutants are always all of them.
A silent mutant is printed with the reason why it is silent, or with "not explained".
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from benchmarks.ground.mutants import Mutant, mutants
from benchmarks.ground.projects import project_files
from benchmarks.ground.signing import signoff
from leadline.blueprint.check import Subject
from leadline.blueprint.graph import as_json
from leadline.blueprint.graph.project_map import project_map
from leadline.blueprint.verdict import Verdict, verdict
from leadline.project.files import Files
from leadline.project.project import Project
from leadline.project.read import example_files
from tests.broken.projects import cases, found

TODAY = date(2026, 11, 28)
LEAST_MUTANTS = 200
SEED = 20261128
WORKFLOWS, SYSTEMS, FIELDS = 200, 30, 2_000


def look(project: Project) -> Subject:
    return Subject(project, TODAY)


def small() -> tuple[dict[str, float], list[str]]:
    """The small projects: how many are judged exactly as they should be."""
    wrong = [case.name for case in cases() if found(case) != sorted(case.finds)]
    every = cases()
    correct = [case for case in every if not case.finds]
    figures = {
        "broken_projects": len(every) - len(correct),
        "correct_projects": len(correct),
        "projects_judged_wrongly": len(wrong),
    }
    return figures, [f"judged wrongly: {name}" for name in wrong]


def mutation() -> tuple[dict[str, float], list[str]]:
    """The mutants of the example that give no finding at all."""
    # Without its tests: the checks alone are asked, and a test would notice many of these too.
    example = {p: t for p, t in example_files().items() if not p.startswith("tests/")}
    clean = verdict(Files(example), look)
    assert clean.problems == (), clean.problems
    drawn = tuple(mutants(example))
    assert len(drawn) >= LEAST_MUTANTS
    silent = [m for m in drawn if verdict(Files(m.files), look).problems == ()]
    ways = Counter(m.way for m in drawn)
    figures = {
        "mutants": len(drawn),
        "mutants_ways": len(ways),
        "mutants_silent": len(silent),
        "mutants_silent_share": round(len(silent) / len(drawn), 4),
        "mutants_silent_not_explained": sum(m.excuse is None for m in silent),
    }
    said = [f"mutants: {', '.join(f'{n} {way}' for way, n in ways.most_common())}"]
    return figures, said + [_said(m) for m in silent]


def signing() -> tuple[dict[str, float], list[str]]:
    """Changes of a signed project, and the signatures that were judged wrongly."""
    errors, explanations = signoff(500)
    return {"signoff_changes": 500, "signoff_errors": errors}, explanations


def _said(mutant: Mutant) -> str:
    why = mutant.excuse or "not explained"
    return f"silent: {mutant.way}, {mutant.place}: {mutant.change}\n    {why}"


def speed(rounds: int) -> tuple[dict[str, float], list[str]]:
    """Check and map of a large project; the best of several rounds."""
    files = Files(project_files(WORKFLOWS, SYSTEMS, FIELDS, SEED))
    checks: list[float] = []
    maps: list[float] = []
    judged: Verdict | None = None
    for _ in range(rounds):
        began = time.process_time()
        judged = verdict(files, look)
        checks.append(time.process_time() - began)
        assert judged.project is not None, judged.errors[:3]
        began = time.process_time()
        orjson.dumps(as_json.of_graph(project_map(judged.project, "prod")))
        maps.append(time.process_time() - began)
    assert judged is not None
    figures = {
        "large_check_s": round(min(checks), 3),
        "large_map_json_s": round(min(maps), 3),
        "large_check_and_map_s": round(min(checks) + min(maps), 3),
    }
    return figures, [f"large project: {len(judged.problems)} findings, none an error"]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    figures: dict[str, float] = {}
    lines: list[str] = []
    for part in (small(), mutation(), signing(), speed(1 if options.quick else 3)):
        figures |= part[0]
        lines += part[1]
    ratios = {"large_over_two_seconds": round(figures["large_check_and_map_s"] / 2, 3)}
    if options.json:
        print(json.dumps({"benchmark": "checks", "figures": figures, "ratios": ratios}))
        return
    for name, value in (figures | ratios).items():
        print(f"{name:32} {value:g}")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
