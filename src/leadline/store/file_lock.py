"""Locks that die with their process: flock on a file.

The kernel drops such a lock when the last descriptor of its opening is closed, by an
orderly end or by SIGKILL alike, so there is no stale lock to recognise and no list of
process ids to keep. A child that inherits the descriptor holds the lock too.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from leadline.store.state_directory import give_to_owner_of_project

POLL_S = 0.02


class LockTimeout(Exception):
    """Another process kept the lock for longer than we were ready to wait."""


@contextmanager
def exclusive(path: Path, *, timeout_s: float) -> Generator[None]:
    """Hold the lock alone for the length of the block; raises LockTimeout."""
    descriptor = hold_exclusive(path, timeout_s=timeout_s)
    try:
        yield
    finally:
        os.close(descriptor)


def hold_exclusive(path: Path, *, timeout_s: float) -> int:
    """Hold the lock alone; closing the returned descriptor gives it back. Raises LockTimeout."""
    descriptor = _open(path)
    deadline = time.monotonic() + timeout_s
    while not _take(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise LockTimeout(str(path))
        time.sleep(POLL_S)
    return descriptor


def hold_shared(path: Path) -> int:
    """Hold the lock together with others; closing the returned descriptor gives it back."""
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def try_exclusive(path: Path) -> int | None:
    """Hold the lock alone, or return None at once where another holds it."""
    descriptor = _open(path)
    if _take(descriptor, fcntl.LOCK_EX):
        return descriptor
    os.close(descriptor)
    return None


def is_held_alone(path: Path) -> bool:
    """Say whether a process holds the lock exclusively; two who ask do not see each other."""
    if not path.exists():
        return False
    descriptor = _open(path)
    try:
        return not _take(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if is_new:
        give_to_owner_of_project(path)
    return descriptor


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
