"""Who acts, and whether they mean it; what all commands that act share."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping

import typer

from leadline.cli.output import json_line
from leadline.errors import UsageError


def named(by: str) -> str:
    """Who acts: the name given, else the login name."""
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a user without a name
        return f"user {os.getuid()}"


def ask_first(question: str, yes: bool) -> bool:
    """Ask before acting; raises UsageError where nobody answers."""
    if yes:
        return True
    try:
        if typer.confirm(question, err=True):
            return True
    except typer.Abort:
        raise UsageError(
            "Nobody answered, so that nothing was done.", fix="Say --yes to act without asking."
        ) from None
    typer.echo("Nothing was done.", err=True)
    return False


def tell(json: bool, value: Mapping[str, object], sentence: str) -> None:
    """Say what was done, to a program or to a person."""
    if json:
        json_line(value)
    else:
        typer.echo(sentence)
