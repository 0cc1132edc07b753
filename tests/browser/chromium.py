"""The machine's own Chromium: found, or installed where that is ours to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

VARIABLE = "LEADLINE_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MINUTES_S = 600


@cache
def chromium() -> str | None:
    """The program's path: the one that LEADLINE_CHROMIUM names, or the first that is there.

    On Debian and as root the package is installed; None where there is no browser.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return named
    return _there() or (_there() if _install() else None)


def _there() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _install() -> bool:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return False
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": MINUTES_S}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        ran = subprocess.run([apt, "-q", *words], env=environment, check=False, **quiet)
        if ran.returncode:
            return False
    return True
