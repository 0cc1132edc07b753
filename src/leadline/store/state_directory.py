"""The folder ``.leadline`` of a project: what the machine keeps beside what the team writes."""

from __future__ import annotations

import os
from pathlib import Path

NAME = ".leadline"


def state_directory(project_dir: Path) -> Path:
    """Return the project's ``.leadline``, made when it is not there.

    It holds a database and a secret, so it is closed to other users and carries a
    ``.gitignore`` of its own: nothing in it can land in the team's repository.
    Raises OSError when the disk does not allow it.
    """
    directory = project_dir.resolve() / NAME
    if not directory.is_dir():
        directory.mkdir(mode=0o700, exist_ok=True)
        give_to_owner_of_project(directory)
    ignore = directory / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
        give_to_owner_of_project(ignore)
    return directory


def give_to_owner_of_project(path: Path) -> None:
    """Under sudo, leave nothing behind that the owner of the project could not open again."""
    if os.geteuid() != 0:
        return
    for parent in path.parents:
        if parent.name == NAME:
            continue
        owner = parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
        return
