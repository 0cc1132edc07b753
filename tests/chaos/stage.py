"""The stage of a chaos run: a project of its own, its database, the vendor and the processes."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread
import httpx

from leadline.environment import open_environment
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.store import embedded
from leadline.store.pool import URL_VARIABLE
from tests.chaos.worker import ENVIRONMENT

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WRITE_KEY = "toy-key"
READY_S = 60.0
ENDS_S = 20.0
LAST_WORDS = 1500
"""So many bytes of a log are told of a process that ended by itself."""


class VendorEnded(Exception):
    """The toy vendor, which is a part of the harness, ended by itself."""


@dataclass
class Process:
    """One process that may be killed, frozen and started again.

    ``crashes`` holds how it ended where nobody had ended it.
    """

    name: str
    arguments: list[str]
    log: Path
    environ: dict[str, str]
    running: subprocess.Popen[bytes] | None = None
    starts: int = 0
    frozen: bool = False
    crashes: list[str] = field(default_factory=list[str])

    def start(self, **environ: str) -> None:
        """Start it, with a name that no earlier start of it had."""
        assert self.running is None
        self.starts += 1
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", *self.arguments, f"{self.name}-{self.starts}"],
                cwd=ROOT,
                env=self.environ | environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL it."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()
            self.running = None
            self.frozen = False

    def freeze(self) -> None:
        if self.running is not None:
            self.running.send_signal(signal.SIGSTOP)
            self.frozen = True

    def thaw(self) -> None:
        if self.running is not None and self.frozen:
            self.running.send_signal(signal.SIGCONT)
        self.frozen = False

    def ask_to_end(self) -> None:
        """SIGTERM it."""
        if self.running is not None:
            self.thaw()
            self.running.terminate()

    def wait(self) -> None:
        """Wait until it has ended; that it does not, or not well, counts as a crash."""
        if self.running is None:
            return
        try:
            code = self.running.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self.crashes.append(f"{self.name} did not end within {ENDS_S:.0f} s of SIGTERM")
            self.kill()
            return
        self.running = None
        if code not in (0, -signal.SIGTERM):
            self.crashes.append(f"{self.name} ended with {code}: {self.last_words()}")

    def look(self) -> None:
        """Start it again where it ended by itself, and remember that it did."""
        if self.running is None or self.running.poll() is None:
            return
        code = self.running.returncode
        self.crashes.append(f"{self.name} ended by itself with {code}: {self.last_words()}")
        self.running = None
        self.start()

    def last_words(self) -> str:
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS))
            return log.read().decode(errors="replace").strip()


@dataclass
class Stage:
    """Everything that runs; ``directory`` holds project, logs and history."""

    directory: Path
    vendor_url: str
    intake_url: str
    database_url: str
    vendor: Process
    intake: Process
    workers: list[Process]

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, self.intake, self.vendor]

    def look(self) -> None:
        """Start again what ended by itself; raises VendorEnded where the vendor did.

        What it knew of the past is gone with it: nothing could be judged any more.
        """
        for process in [*self.workers, self.intake]:
            process.look()
        vendor = self.vendor.running
        if vendor is not None and vendor.poll() is not None:
            raise VendorEnded(f"It ended with {vendor.returncode}: {self.vendor.last_words()}")

    def histories(self) -> list[Path]:
        return sorted(self.directory.glob("*.jsonl"))

    def history(self, recorder: str) -> Path:
        return self.directory / f"{recorder}.jsonl"


async def set_up(directory: Path, workers: int, seed: int, pace: int) -> Stage:
    """Make the project, start the database, deploy, and start every process."""
    project = directory / "project"
    await anyio.to_thread.run_sync(shutil.copytree, HERE / "project", project)
    environ = os.environ | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "TOY_WRITE_KEY": WRITE_KEY,
    }
    environ.pop(URL_VARIABLE, None)
    await _deploy(project)
    url = await anyio.to_thread.run_sync(embedded.ensure, project)
    vendor_port, intake_port = free_port(), free_port()
    vendor_url = f"http://127.0.0.1:{vendor_port}"

    def process(name: str, *arguments: str) -> Process:
        return Process(name, list(arguments), directory / f"{name}.log", environ)

    own = "tests.chaos.worker"
    stage = Stage(
        directory,
        vendor_url,
        f"http://127.0.0.1:{intake_port}",
        url,
        process(
            "vendor",
            "tests.chaos.vendor",
            str(vendor_port),
            str(directory / "vendor.jsonl"),
            str(seed),
            str(pace),
        ),
        process("intake", own, "serve", str(project), vendor_url, str(intake_port)),
        [
            process(f"w{n}", own, "work", str(project), vendor_url, str(pace))
            for n in range(workers)
        ],
    )
    try:
        for one in stage.processes:
            one.start()
        await ready(f"{vendor_url}/control", {"account": "crm", "fault": "none"})
        await ready(f"{stage.intake_url}/healthz", None)
    except BaseException:
        tear_down(stage)
        raise
    return stage


async def _deploy(project: Path) -> None:
    checked = check_project(project)
    compiled = compile_checked(checked)
    async with open_environment(project, ENVIRONMENT, role="harness") as opened:
        await deploy(opened.store, compiled, checked.files.texts, "chaos")


async def ready(url: str, body: dict[str, object] | None, within_s: float = READY_S) -> None:
    """Wait until something answers there; raises TimeoutError."""
    deadline = time.monotonic() + within_s
    async with httpx.AsyncClient(verify=False, trust_env=False) as http:
        while True:
            try:
                answer = await (http.get(url) if body is None else http.post(url, json=body))
                answer.raise_for_status()
                return
            except httpx.HTTPError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"Nothing answers at {url}: {error}") from error
            await anyio.sleep(0.05)


def tear_down(stage: Stage) -> None:
    """End what still runs, and the database."""
    for one in stage.processes:
        one.ask_to_end()
    for one in stage.processes:
        one.wait()
    embedded.stop(stage.directory / "project")
    embedded.leave(stage.directory / "project")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def faked_clock(hours: float) -> dict[str, str] | None:
    """The environment of a process whose time of day is off; None where this machine has none.

    Only the time of day: what the process measures with its steady clock stays right.
    """
    found = Path(f"/usr/lib/{platform.machine()}-linux-gnu/faketime/libfaketime.so.1")
    if not found.exists():
        return None
    return {
        "LD_PRELOAD": str(found),
        "FAKETIME": f"{hours:+.0f}h",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
