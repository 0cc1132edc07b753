"""How near a forecast comes to the real run, and how long a large one takes.

The example project's burst is forecast, then really run without faults: sandboxes at the published
limits that answer after 50 ms in the middle (benchmarks/burst.py), two processes. The forecast is
told what the sandboxes state of their answer times, when people came (a forecast is always asked
with arrivals) and how many have no first name; nothing is fitted to what the run took. Compared are
the last completion of each connection, and the last of all (the makespan), both from the first
registration on. Three cases: 500 and 5,000 registrations, and 500 where a second workflow that the
same event starts writes to the same CRM.

100,000 enrollments over ten steps, one replication, are simulated in a process of their own:
processor seconds and peak memory.

  --quick   without the 5,000: about three minutes
  (full)    about twelve minutes, for 14 mails a second make 5,000 take six

    python benchmarks/forecast.py [--quick] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from burst import Case, stage

from leadline.blueprint.forecast.arrivals import Burst, of_burst
from leadline.blueprint.forecast.connection import AnswerTime
from leadline.blueprint.forecast.setting import Setting
from leadline.blueprint.forecast.simulate import simulate
from leadline.blueprint.forecast.tally import Tally
from leadline.cli.forecast_wiring import connections, populations, setting
from leadline.demo import people
from leadline.demo.run import Options, register, until_at_rest
from leadline.demo.stage import ANSWER
from leadline.demo.truth import ask_all
from leadline.environment import open_environment
from leadline.ledger.vendor_limits import Source, Trust
from leadline.project.known import Known, Seen
from leadline.project.read import example_files
from leadline.release.deploy import check_project, compile_checked

EVENT = "webinar.registered"
SANDBOX = {"mail": "smtp", "hubspot": "hubspot", "slack": "slack"}
STATED = AnswerTime(
    ANSWER["median_s"], ANSWER["sigma"], Source("what the sandbox is told", Trust.VENDOR)
)
MOST_PEOPLE = 100_000
SECOND_WORKFLOW = """\
name: Company
why: The CRM hears of each registration at once.
owner: marketing-ops@acme.example
starts: { when: webinar.registered, once_per: event.webinar }
steps:
  - step: note-company
    save_to: hubspot contact
    set:
      company: contact.company
      last_name: contact.last_name
"""
TEN_STEPS = """\
name: Webinar
why: Ten steps.
owner: marketing-ops@acme.example
starts: { when: webinar.registered, once_per: event.webinar, max_burst: 1000000 }
steps:
  - step: confirmation
    send: messages/webinar-confirmation
    as: transactional
    if_missing: { contact.first_name: there }
  - step: crm
    save_to: hubspot contact
    set:
      first_name: contact.first_name
      last_webinar: event.title
      lifecycle_stage: { to: lead, only: forward }
  - step: tell-sales
    post_to: slack webinar-signups
    text: messages/new-registration
    bundle: 5 seconds
  - { step: a-day, wait: 1 day }
  - step: reminder
    send: messages/webinar-follow-up
    as: transactional
    if_missing: { contact.first_name: there }
  - step: size
    choose:
      - if:
          all: [ contact.company_size is at least 200 ]
        then:
          - step: big
            post_to: slack sales-hot
            text: messages/hot-lead
            bundle: 1 minute
      - else:
          - step: mark
            set: { contact.company: Small }
  - { step: three-days, wait: 3 days }
  - step: note
    save_to: hubspot contact
    set: { company: contact.company }
  - step: last
    send: messages/webinar-follow-up
    as: transactional
    if_missing: { contact.first_name: there }
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One case: how many register, and the workflows that they enter."""

    name: str
    registrations: int
    workflows: tuple[str, ...]
    files: dict[str, str]


FIRST = Run("500", 500, ("webinar",), {})
SHARED = Run("500_shared", 500, ("webinar", "company"), {"workflows/company.yaml": SECOND_WORKFLOW})
LARGE = Run("5000", 5_000, ("webinar",), {})


@dataclass(frozen=True, slots=True)
class Compared:
    """Predicted and real last completion, in seconds, by connection."""

    run: Run
    predicted: dict[str, float]
    real: dict[str, float]

    @property
    def makespan(self) -> float:
        return max(self.predicted.values()) / max(self.real.values())

    @property
    def connections(self) -> dict[str, float]:
        return {name: self.predicted[name] / self.real[name] for name in self.real}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", help="only this case: 500, 500_shared, 5000 or 100k")
    parser.add_argument("--large", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.large:
        print(json.dumps(large()))
        return
    cases = [FIRST, SHARED] if asked.quick else [FIRST, SHARED, LARGE]
    cases = [run for run in cases if asked.only in {None, run.name}]
    figures: dict[str, float] = {}
    if asked.only in {None, "100k"}:
        figures |= large_alone()
        print(f"100,000 enrollments: {figures}", file=sys.stderr, flush=True)
    found: list[Compared] = []
    for run in cases:
        print(f"{run.name} …", file=sys.stderr, flush=True)
        found.append(asyncio.run(compare(run)))
        print(f"  {found[-1].predicted} foretold", file=sys.stderr)
        print(f"  {found[-1].real} in truth", file=sys.stderr, flush=True)
    ratios: dict[str, float] = {}
    for each in found:
        for name, real in each.real.items():
            figures[f"last_s_{each.run.name}_{name}"] = real
            figures[f"predicted_last_s_{each.run.name}_{name}"] = round(each.predicted[name], 2)
        ratios[f"makespan_predicted_over_real_{each.run.name}"] = round(each.makespan, 4)
    if found:
        ratios["makespan_predicted_over_real_worst"] = round(worst(e.makespan for e in found), 4)
        ratios["connection_predicted_over_real_worst"] = round(
            worst(ratio for e in found for ratio in e.connections.values()), 4
        )
    if asked.json:
        print(json.dumps({"benchmark": "forecast", "figures": figures, "ratios": ratios}))
        return
    for name, number in (figures | ratios).items():
        print(f"{name:>60}  {number}")


def worst(ratios: Iterable[float]) -> float:
    """The one farthest from 1, whichever side it is on."""
    return max(ratios, key=lambda ratio: max(ratio, 1 / ratio))


async def compare(run: Run) -> Compared:
    """Run a burst in earnest, and hold its forecast against it."""
    directory = Path(tempfile.mkdtemp(prefix="leadline-forecast-"))
    everyone = people.registrations(run.registrations, 1)
    reachable = people.reachable(everyone)
    options = Options(directory, run.registrations, faults=False)
    try:
        async with stage(Case(run.registrations, 2), directory, run.files) as (ours, address):
            async with open_environment(
                directory, "dev", role="benchmark", max_connections=2
            ) as opened:
                began = time.time()
                await register(address, everyone)
                registered_s = time.time() - began
                await until_at_rest(options, opened, began)
            truth = await ask_all(ours)
        real = {
            name: round((truth[kind].last_at or began) - began, 2) for name, kind in SANDBOX.items()
        }
        nameless = sum(r.first_name is None for r in everyone) / len(everyone)
        tally = foretell(directory, run.workflows, Burst(len(reachable), registered_s), nameless)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return Compared(run, lasts(*tally), real)


def foretell(
    directory: Path, workflows: tuple[str, ...], burst: Burst, nameless: float
) -> tuple[Setting, Tally]:
    """Simulate one replication of a burst in a project."""
    checked = check_project(directory)
    compiled = compile_checked(checked)
    project = checked.project
    assert project is not None
    known = Known(
        datetime.now(UTC).date(),
        1_000,
        {"first_name": Seen(round(nameless * 1_000), 1_000)},
    )
    answers = dict.fromkeys(project.systems, STATED)
    linked = connections(project, "dev", answers, {})
    wanted = setting(project, compiled, workflows, linked, datetime.now(UTC), 30)
    drawn = populations(replace(project, known=known), wanted, [EVENT])
    return wanted, simulate(wanted, of_burst(burst, drawn, 1, 0), 1, 0)


def lasts(wanted: Setting, tally: Tally) -> dict[str, float]:
    """When each connection completes the last action of the workflows that were entered.

    The follow-up of the webinar comes a week later, and no benchmark waits for it.
    """
    found = dict.fromkeys(SANDBOX, 0.0)
    for workflow in wanted.entered:
        for name, flat in wanted.programs[workflow].steps.items():
            connection = getattr(getattr(flat, "step", None), "connection", None)
            if connection is not None:
                over = tally.steps[workflow, name].over_at
                found[connection] = max(found[connection], *over)
    return found


def large_alone() -> dict[str, float]:
    """The large forecast, in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--large"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def large() -> dict[str, float]:
    directory = Path(tempfile.mkdtemp(prefix="leadline-forecast-"))
    try:
        for name, text in example_files().items():
            if name == "workflows/webinar-follow-up.yaml" or name.startswith("tests/"):
                continue
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("[ webinar, webinar-follow-up ]", "[ webinar ]"), "utf-8")
        (directory / "workflows/webinar.yaml").write_text(TEN_STEPS, encoding="utf-8")
        gc.disable()
        began = time.process_time()
        _, tally = foretell(directory, ("webinar",), Burst(MOST_PEOPLE, 3600.0), 0.08)
        took = time.process_time() - began
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    assert len(tally.steps["webinar", "last"].over_at) == MOST_PEOPLE
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "forecast_100k_s": round(took, 2),
        "forecast_100k_mb": round(peak_mb),
        "forecast_100k_actions": sum(book.actions for book in tally.books.values()),
    }


if __name__ == "__main__":
    main()
