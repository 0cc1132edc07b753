"""How long an audit of one table takes, beside four tools that judge tables.

One table of contacts with 25 columns and planted defects, the same Parquet file for all; each
tool in a process of its own, timed without its imports. Peers are installed at versions that
are written down, each set into an environment of its own under build/peers.

  checks alone   sixteen checks: two unique, four filled, four patterns, five lists, one range.
                 pandera on Polars makes these and no profile.
  profile        the profile of all columns and the same checks: Great Expectations (16 checks
                 and whether the other columns are filled), Soda (checks and its profile).
                 ydata-profiling, minimal, makes a profile and no checks.
  rules          what nobody else does: the file read, every rule of a base install that applies
                 to a table of contacts, and the profile.
  stack          the large inherited stack: 30 flows and 50,000 contacts, report included.

    python benchmarks/audit.py [--quick] [--json]

--quick: 100,000 rows instead of 1,000,000, each once instead of three times, no ten millions.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from ground.contacts import write_contacts  # noqa: E402  # after the path is set

PEERS = HERE / "ground" / "peers"
BUILT = HERE.parent / "build" / "peers"


@dataclass(frozen=True)
class Peer:
    """One tool: its script, and what it is installed from."""

    script: str
    requirements: str


PANDAS, SODA = "requirements-pandas.txt", "requirements-soda.txt"
TOOLS = {
    "great_expectations": Peer("with_great_expectations.py", PANDAS),
    "soda": Peer("with_soda.py", SODA),
    "ydata_profiling": Peer("with_ydata_profiling.py", PANDAS),
    "pandera": Peer("with_pandera.py", PANDAS),
}


@dataclass(frozen=True)
class Size:
    """How much is judged, and how often."""

    rows: int
    times: int
    many: int


FULL = Size(1_000_000, 3, 10_000_000)
QUICK = Size(100_000, 1, 0)


def python_of(peer: Peer) -> str:
    """The interpreter of an environment that holds the peer; made where it is not there."""
    place = BUILT / Path(peer.requirements).stem
    python = place / "bin" / "python"
    done = place / "installed"
    if not done.exists():
        print(f"installing {peer.requirements} into {place}", file=sys.stderr, flush=True)
        venv.create(place, with_pip=True)
        asked = ["-r", str(PEERS / peer.requirements)]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *asked], check=True)
        done.touch()
    return str(python)


def ran(command: list[str]) -> dict[str, float]:
    """What a script printed of its seconds and memory."""
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(found.stdout.strip().splitlines()[-1])
    return {"seconds": told["seconds"], "peak_mb": told["peak_mb"]}


def median(times: int, command: list[str]) -> dict[str, float]:
    told = [ran(command) for _ in range(times)]
    return {key: statistics.median(one[key] for one in told) for key in told[0]}


def ours(path: Path, what: str) -> list[str]:
    return [sys.executable, str(PEERS / "with_leadline.py"), str(path), what]


def measure_table(size: Size, folder: Path) -> dict[str, float]:
    path = folder / "contacts.parquet"
    write_contacts(path, size.rows)
    figures: dict[str, float] = {"rows": size.rows}
    for what in ("checks", "profile", "rules"):
        told = median(size.times, ours(path, what))
        figures |= {f"{what}_s": told["seconds"], f"{what}_mb": told["peak_mb"]}
    for name, peer in TOOLS.items():
        told = median(size.times, [python_of(peer), str(PEERS / peer.script), str(path)])
        figures |= {f"{name}_s": told["seconds"], f"{name}_mb": told["peak_mb"]}
    if size.many:
        many = folder / "many.parquet"
        write_contacts(many, size.many)
        told = ran(ours(many, "rules"))
        figures |= {"ten_million_rules_s": told["seconds"], "ten_million_mb": told["peak_mb"]}
    return figures


def measure_stack(folder: Path) -> dict[str, float]:
    """Inspect the large inherited stack as a newcomer does, from the command line."""
    made = folder / "stack"
    script = HERE.parent / "examples" / "inherited-stack" / "make.py"
    subprocess.run([sys.executable, str(script), str(made)], check=True, capture_output=True)
    report = ["--report", str(folder / "report.html"), "--fail-on", "never"]
    command = [sys.executable, "-m", "leadline", "inspect", str(made / "exports"), *report]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=_environment())
    return {"stack_s": time.perf_counter() - began}


def _environment() -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="leadline-audit-") as folder:
        figures = measure_stack(Path(folder))
        figures |= measure_table(QUICK if asked.quick else FULL, Path(folder))
    ratios = {
        name: figures[f"{name}_s"] / figures["profile_s"]
        for name in ("great_expectations", "soda", "ydata_profiling")
    }
    ratios["pandera_checks_alone"] = figures["pandera_s"] / figures["checks_s"]
    figures["peak_mb"] = figures["rules_mb"]
    figures = {name: round(value, 2) for name, value in figures.items()}
    ratios = {name: round(value, 2) for name, value in ratios.items()}
    if asked.json:
        print(json.dumps({"benchmark": "audit", "figures": figures, "ratios": ratios}))
        return
    for name, value in (figures | ratios).items():
        print(f"{name:<28}{value:>14,}")


if __name__ == "__main__":
    main()
