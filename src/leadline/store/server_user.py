"""As whom the embedded PostgreSQL runs, and how that user gets at its files.

PostgreSQL refuses to run as root. An ordinary user runs it as himself. For root it runs
as the owner of the data directory, or of the project, or as the system user ``pgserver``
(the name that the wheel of the server uses too), which is made when it is missing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import StoreUnavailable

SYSTEM_USER = "pgserver"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The owner of the server's processes and files."""

    uid: int
    gid: int

    def owns(self, path: Path) -> bool:
        """Say whether the path belongs to this user."""
        return path.stat().st_uid == self.uid


def run(
    user: ServerUser, command: Sequence[str], *, cwd: Path, pass_fds: tuple[int, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a program as the server's user, in a session of its own; never raises for its answer.

    The session keeps a Ctrl-C in our terminal away from the server.
    """
    other = user if os.geteuid() == 0 else None
    return subprocess.run(  # noqa: S603 (a list, no shell; the programs are PostgreSQL's)
        command,
        cwd=cwd,
        env=clean_environment(os.environ),
        pass_fds=pass_fds,
        start_new_session=True,
        umask=0o077,
        user=other.uid if other else None,
        group=other.gid if other else None,
        extra_groups=() if other else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would change the server (PGPORT) or its language."""
    kept = {name: value for name, value in environment.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def choose(project_dir: Path, data: Path) -> ServerUser:
    """Return the user that the server of this project runs as."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid())
    for path in (data, project_dir):
        owner = path.stat().st_uid if path.exists() else 0
        if owner != 0 and (entry := _known(owner)):
            return ServerUser(owner, entry.pw_gid)
    entry = _system_user()
    return ServerUser(entry.pw_uid, entry.pw_gid)


def hand_over(path: Path, user: ServerUser) -> None:
    """Give the path to the server's user."""
    if os.geteuid() == 0:
        os.chown(path, user.uid, user.gid)


def let_through(path: Path, user: ServerUser) -> None:
    """Let the server's user reach the path.

    Only for root, whose folders are often closed: each parent that the user cannot pass
    gets "pass through" (x) for others, which does not let anyone list or read it.
    """
    if os.geteuid() != 0:
        return
    for parent in path.parents:
        mode = parent.stat()
        if mode.st_uid == user.uid and mode.st_mode & stat.S_IXUSR:
            continue
        if not mode.st_mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)


def let_run(programs: Path, user: ServerUser) -> None:
    """Let the server's user run the programs that an installation by root put down."""
    if os.geteuid() != 0:
        return
    let_through(programs, user)
    probe = programs / "bin" / "postgres"
    with suppress(PermissionError):
        if run(user, [str(probe), "--version"], cwd=Path("/")).returncode == 0:
            return
    # Installed under umask 077: open the public files of the wheel, and only those.
    for path in (programs, *programs.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        runs = path.is_dir() or mode & stat.S_IXUSR
        path.chmod(mode | (0o055 if runs else 0o044))


def _known(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:  # initdb insists on a name
        return None


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is not None:
        # Another process may have been quicker: the look-up decides.
        command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
        run(ServerUser(0, 0), command, cwd=Path("/"))
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise StoreUnavailable(
            "PostgreSQL does not run as root, and no other user could be made for it.",
            fix="Run Leadline as an ordinary user, or set LEADLINE_DATABASE_URL to a database "
            "of your own.",
        ) from None
