"""The processes of one embedded server: which live, how one starts, how all end.

Whether a server lives is asked of the kernel, not guessed from a process id. The server
inherits a descriptor with an exclusive flock on ``postgres.alive``, and so does every
process that it forks. The lock is free exactly when the postmaster and all its backends
are gone: a zombie holds no descriptor, an orphaned backend does, a process id that was
given to a stranger means nothing, and a server in another container counts.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from leadline.store.file_lock import POLL_S, hold_exclusive, is_held_alone
from leadline.store.server_user import ServerUser, run

# The shell only redirects and goes to the background, so that the server is nobody's
# child: no process of ours has to wait for it, and none takes it along when it ends.
IN_BACKGROUND = '"$@" </dev/null >>"$0" 2>&1 &'
ORPHANS_MAY_TAKE_S = 1.0
KILLED_MAY_TAKE_S = 5.0
LOG_KEPT_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where one embedded server lives, below a project's ``.leadline``."""

    data: Path
    alive: Path

    @property
    def log(self) -> Path:
        """What the server itself says."""
        return self.data / "server.log"

    @property
    def cluster(self) -> str:
        """The name that stands in the title of each of the server's processes.

        It follows the directory when the project is moved, and a copy has another.
        """
        at = self.data.stat()
        return f"leadline-{at.st_dev:x}-{at.st_ino:x}"


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The postmaster that a data directory names in ``postmaster.pid``."""

    pid: int
    sockets: str
    ready: bool


def read_pid_file(place: Place) -> Postmaster | None:
    """Return what ``postmaster.pid`` says, or None where it is missing or half written.

    Its lines: pid, data directory, start time, port, socket directory, address, shared
    memory, status (PostgreSQL 18, miscadmin.h, LOCK_FILE_LINE_*).
    """
    try:
        lines = (place.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return None
    if not lines[0].strip().isdigit():
        return None
    sockets = lines[4].strip() if len(lines) > 4 else ""
    return Postmaster(int(lines[0]), sockets, len(lines) > 7 and lines[7].strip() == "ready")


def find_postmaster(place: Place) -> Postmaster | None:
    """Return the living postmaster of this place: not a zombie, not a stranger with its id."""
    named = read_pid_file(place)
    if named is None:
        return None
    try:
        process = psutil.Process(named.pid)
        dead = process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
        return None if dead or not _belongs(process, place) else named
    except psutil.Error:
        return None


def starts(place: Place) -> bool:
    """Say whether a server was begun here that has not yet written ``postmaster.pid``."""
    return read_pid_file(place) is None and is_held_alone(place.alive)


def anything_lives(place: Place) -> bool:
    """Say whether any process of the server is left, postmaster or backend."""
    return is_held_alone(place.alive) or find_postmaster(place) is not None


def spawn(place: Place, command: Sequence[str], user: ServerUser, sockets: Path) -> str:
    """Start a postmaster in the background, holding the lock ``alive``; return early complaints.

    Must be called only when nothing lives here: what a dead server left is removed.
    """
    holder = hold_exclusive(place.alive, timeout_s=KILLED_MAY_TAKE_S)
    try:
        _clear_traces(place, sockets)
        shell = ["/bin/sh", "-c", IN_BACKGROUND, str(place.log), *command]
        return run(user, shell, cwd=place.data, pass_fds=(holder,)).stderr
    finally:
        os.close(holder)


def end_orphans(place: Place) -> tuple[int, ...]:
    """End what a dead postmaster left behind; return the ids of those that would not go.

    A backend whose postmaster died ends by itself at its next wait; one in a long
    computation does not, and a new server refuses to start beside it. What it had not
    committed is undone by the recovery, as after any crash.
    """
    if wait_until(lambda: not anything_lives(place), ORPHANS_MAY_TAKE_S):
        return ()
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for process in _processes(place):
            _send(process.pid, number)
        if wait_until(lambda: not anything_lives(place), KILLED_MAY_TAKE_S):
            return ()
    return tuple(process.pid for process in _processes(place))


def shut_down(place: Place, postmaster: Postmaster, *, timeout_s: float) -> bool:
    """Stop the server: connections are cut, what is committed is kept; False if it lives on."""
    for number, patience_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, KILLED_MAY_TAKE_S)):
        _send(postmaster.pid, number)
        if wait_until(lambda: not anything_lives(place), patience_s):
            return True
    return not end_orphans(place)


def log_size(place: Place) -> int:
    """Return the length of the server's log, having put a long one aside. Bytes."""
    if not place.log.exists():
        return 0
    size = place.log.stat().st_size
    if size > LOG_KEPT_BYTES and not anything_lives(place):
        place.log.replace(place.log.with_suffix(".log.old"))
        return 0
    return size


def log_since(place: Place, position: int) -> str:
    """Return what the server said after that position of its log."""
    if not place.log.exists():
        return ""
    with place.log.open("rb") as log:
        log.seek(position)
        return log.read(LOG_KEPT_BYTES).decode(errors="replace")


def _clear_traces(place: Place, sockets: Path) -> None:
    # PostgreSQL believes a lock file whose process id exists, even as a zombie; we know
    # that nobody is left. Its second check, on shared memory, stays in force.
    for trace in (place.data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        trace.unlink(missing_ok=True)


def _processes(place: Place) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and _belongs(process, place):
                found.append(process)
        except psutil.Error:  # ended while we looked, or not ours to see
            continue
    return found


def _belongs(process: psutil.Process, place: Place) -> bool:
    # Each process of the server carries the cluster's name in its title. The data
    # directory recognises a server that somebody started by hand.
    if process.name() != "postgres":
        return False
    title = process.cmdline()
    return any(place.cluster in part or part == str(place.data) for part in title)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], patience_s: float) -> bool:
    """Wait for the condition; False where it did not come true in that many seconds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
