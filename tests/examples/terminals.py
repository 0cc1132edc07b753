"""The terminals of a reader who follows a page: one that waits, and some that go on running."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.examples.pages import ROOT, in_order, missing, plain

PATIENCE_S = 120.0
"""A machine may be busy: so long an output may take to become what the page says."""
PAUSE_S = 0.3
ASKING = ("leadline why", "leadline status", "leadline dead-letters", "leadline actions")
"""Commands that change nothing: what they say may be waited for."""


def free_ports() -> dict[str, str]:
    """The ports that pages name, each with a free one that stands in for it."""
    with ExitStack() as stack:
        mail = _mail_pair(stack)
        others = [_bound(stack, 0) for _ in range(3)]
    named = ("8700", "8701", "8702", "8703", "8713")
    return dict(zip(named, map(str, (*others, mail, mail + 10)), strict=True))


def _mail_pair(stack: ExitStack) -> int:
    while True:
        mail = _bound(stack, 0)
        try:
            _bound(stack, mail + 10)
        except OSError:
            continue
        return mail


def _bound(stack: ExitStack, port: int) -> int:
    taken = stack.enter_context(socket.socket())
    taken.bind(("127.0.0.1", port))
    return int(taken.getsockname()[1])


def reader_environment(home: Path, ports: Mapping[str, str]) -> dict[str, str]:
    """A clean environment in which ``leadline`` is found, as after the page's setup."""
    shims = home / "bin"
    shims.mkdir()
    shim = shims / "leadline"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m leadline "$@"\n')
    shim.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LEADLINE_", "PYTEST"))}
    return {
        **kept,
        "HOME": str(home),
        "PATH": f"{shims}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT / "src"),
        "LEADLINE_PORT": ports["8700"],
        "COLUMNS": "100",
    }


class Reader:
    """Runs blocks of a page as its reader would."""

    def __init__(self, home: Path, ports: Mapping[str, str]) -> None:
        self.home = home
        self.here = home
        self.ports = ports
        self.environment = reader_environment(home, ports)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._read: dict[str, int] = {}

    def here_as_written(self, text: str) -> str:
        """The text with the ports of this run."""
        for named, own in self.ports.items():
            text = text.replace(f":{named}", f":{own}").replace(f": {named}", f": {own}")
        return text

    def run(self, script: str, *, fails: bool = False) -> str:
        """Run a block, follow where it went, and return all that it said."""
        went = self.home / "went"
        whole = f"set -e\n{self.here_as_written(script)}\n"
        done = subprocess.run(
            ["bash", "-c", f"trap 'pwd > {shlex.quote(str(went))}' EXIT\n{whole}"],
            cwd=self.here,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
        said = done.stdout.decode()
        assert (done.returncode != 0) == fails, f"{script}\nended with {done.returncode}:\n{said}"
        self.here = Path(went.read_text().strip())
        return said

    def run_until(self, script: str, expected: str, *, fails: bool = False) -> None:
        """Run a block; it must say what is expected, at once or, if it only asks, in the end."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            said = self.run(script, fails=fails)
            wrong = missing(plain(expected), plain(said))
            if wrong is None:
                return
            asks = all(line.startswith(ASKING) for line in script.strip().splitlines())
            assert asks and time.monotonic() < ends, f"{script}\nshould say: {wrong}\nsaid:\n{said}"
            time.sleep(PAUSE_S)

    def begin(self, name: str, script: str) -> None:
        """Run a block in a terminal of its own, from where the page began."""
        with self.output(name).open("wb") as out, self.log(name).open("wb") as log:
            self.running[name] = subprocess.Popen(
                ["bash", "-c", self.here_as_written(script)],
                cwd=self.home,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                start_new_session=True,
            )
        self._read[name] = 0

    def wait_for(self, name: str, expected: str) -> None:
        """Wait until a terminal shows these lines, in this order, after those waited for before."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            shown = plain(self.output(name).read_text(encoding="utf-8"))
            wrong = list(in_order(plain(expected), shown[self._read[name] :]))
            if not wrong:
                self._read[name] = max(shown.index(plain(expected)[-1], self._read[name]), 0) + 1
                return
            ended = self.running[name].poll()
            late = time.monotonic() >= ends
            assert ended is None and not late, (
                f"{name} should show: {wrong[0]}\nit showed: {shown}\n{self.log(name).read_text()}"
            )
            time.sleep(PAUSE_S)

    def end(self) -> None:
        """End what still runs, as Ctrl-C does."""
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
        for process in self.running.values():
            try:
                process.wait(timeout=30)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def output(self, name: str) -> Path:
        return self.home / f"{name}.out"

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"
