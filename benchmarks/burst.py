"""How long a burst takes against what the limits allow, and how many refusals we cause.

Sandboxes at the published limits (mail 14 a second, HubSpot Starter 100 calls in 10 seconds,
Slack 1 message a second and channel) that answer after 50 ms in the middle, mildly skewed; a
server and workers as processes of their own; no faults; `guard: safe`. The makespan runs from
the first registration sent to the last effect, on the sandboxes' clock. The attainable bound is
that of design section 14: for mail floor((n - 1) / 14) * (1 s + mean answer) + one answer; the
CRM and the chat follow at the end of that chain (demo/outcome.py).

  --quick   500 and 5,000 registrations with two processes: about 8 minutes, for the limit of 14
            mails a second makes 5,000 take six
  (full)    500 and 5,000 with one, two and four processes: about 25 minutes

    python benchmarks/burst.py [--quick] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadline.demo import people
from leadline.demo.ledger_dump import balances, read_ledger
from leadline.demo.outcome import BUNDLE_S, MEAN_ANSWER_S
from leadline.demo.run import Options, register, until_at_rest
from leadline.demo.stage import (
    ANSWER,
    Sandboxes,
    end,
    prepare_hubspot,
    sandboxes,
    start_server,
    start_worker,
    subscribe_feed,
    write_project,
)
from leadline.demo.truth import ask_all
from leadline.environment import open_environment
from leadline.ledger.budget import Rolling, attainable_bound
from leadline.ledger.vendor_limits import SECOND


@dataclass(frozen=True, slots=True)
class Case:
    """One burst: how many register, how many processes work."""

    registrations: int
    processes: int

    def __str__(self) -> str:
        return f"{self.registrations}_with_{self.processes}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one burst took, by connection; ``worst`` is the ratio farthest above the bound."""

    case: Case
    seconds: dict[str, float]
    ratios: dict[str, float]
    throttled: int
    wrong: int

    @property
    def worst(self) -> float:
        return max(self.ratios.values())


MAILS_PER_S = 14  # what the example project states, and the sandbox enforces
QUICK = (Case(500, 2), Case(5_000, 2))
FULL = tuple(Case(n, w) for n in (500, 5_000) for w in (1, 2, 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", type=int, metavar="N", help="only the bursts of N registrations")
    asked = parser.parse_args()
    found: list[Measured] = []
    cases = [c for c in (QUICK if asked.quick else FULL) if asked.only in {None, c.registrations}]
    for case in cases:
        print(f"{case} …", file=sys.stderr, flush=True)
        found.append(asyncio.run(measure(case)))
        shown = ", ".join(f"{k} {v:.3f}" for k, v in found[-1].ratios.items())
        print(f"  over the bound: {shown}", file=sys.stderr, flush=True)
    figures: dict[str, float] = {
        "throttled_calls_caused": sum(m.throttled for m in found),
        "rows_that_differ_from_the_truth": sum(m.wrong for m in found),
        "mean_answer_s": round(MEAN_ANSWER_S, 4),
    }
    for m in found:
        figures |= {f"makespan_s_{m.case}_{name}": s for name, s in m.seconds.items()}
    ratios = {f"makespan_over_attainable_{m.case}": round(m.worst, 3) for m in found}
    ratios["makespan_over_attainable"] = round(max(m.worst for m in found), 3)
    if asked.json:
        print(json.dumps({"benchmark": "burst", "figures": figures, "ratios": ratios}))
        return
    for name, number in (figures | ratios).items():
        print(f"{name:>60}  {number}")


async def measure(case: Case) -> Measured:
    """Let one burst go and hold it against the bound."""
    directory = Path(tempfile.mkdtemp(prefix="leadline-burst-"))
    try:
        async with stage(case, directory) as (ours, address):
            return await burst(case, directory, ours, address)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@asynccontextmanager
async def stage(
    case: Case, directory: Path, more: Mapping[str, str] | None = None
) -> AsyncGenerator[tuple[Sandboxes, str]]:
    """Start the sandboxes, a server, and as many workers beside it as the case asks for.

    ``more`` are files that the project holds beside those of the example.
    """
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(sandboxes(1, ANSWER, mails_per_s=MAILS_PER_S))
        await prepare_hubspot(ours.hubspot)
        write_project(directory, ours, "feed")
        for name, text in (more or {}).items():
            (directory / name).write_text(text, encoding="utf-8")
        logs = directory / ".leadline" / "logs"
        server, address = await start_server(directory, logs)
        stack.push_async_callback(end, server)
        for _ in range(case.processes - 1):
            stack.push_async_callback(end, await start_worker(directory, logs))
        await subscribe_feed(ours.smtp, address)
        await asyncio.sleep(3)  # so that the buckets are shared out before the burst
        yield ours, address


async def burst(case: Case, directory: Path, ours: Sandboxes, address: str) -> Measured:
    """Register everybody, wait until nothing is open, and read the sandboxes' books."""
    everyone = people.registrations(case.registrations, 1)
    reachable = people.reachable(everyone)
    options = Options(directory, case.registrations, faults=False)
    async with open_environment(directory, "dev", role="benchmark", max_connections=2) as opened:
        began = time.time()
        await register(address, everyone)
        await until_at_rest(options, opened, began)
        ledger = await read_ledger(opened, 50 * len(everyone) + 1000)
    truth = await ask_all(ours)
    window = Rolling("messages", MAILS_PER_S, SECOND)
    mail_s = attainable_bound(len(reachable), window, MEAN_ANSWER_S)
    crm_s = mail_s + 2 * MEAN_ANSWER_S
    bounds = {"smtp": mail_s, "hubspot": crm_s, "slack": crm_s + BUNDLE_S + MEAN_ANSWER_S}
    seconds = {kind: round((t.last_at or began) - began, 2) for kind, t in truth.items()}
    return Measured(
        case,
        seconds,
        {kind: seconds[kind] / bounds[kind] for kind in bounds},
        sum(t.figures["throttled_calls_caused"] for t in truth.values()),
        sum(len(b.differences) for b in balances(ledger, truth, reachable)),
    )


if __name__ == "__main__":
    main()
