"""The reference of all commands, made from the program itself: docs/reference/commands.md.

``python -m leadline.cli.reference`` prints it; a test holds the kept page against it.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import cast

import typer
from typer.models import ArgumentInfo, OptionInfo

HEAD = """\
# Commands

Made from the program by `python -m leadline.cli.reference`; do not edit.

`leadline` without a command shows what you can do, what each needs and how long it takes.
Every command has `--help`. Where a project is needed, it is the nearest directory above with a
`leadline.yaml`, or the one that `--project` names; the environment is that of `--env`, of
`LEADLINE_ENV`, or `dev`.

Exit codes: 0 all is well or done; 1 a problem was found, or something went wrong; 2 the command
was used wrongly. What went wrong is said on the error output, with what to do.

`--json` prints one JSON object a line, times in UTC. `leadline actions --json` has exactly `key`
(`enrollment/step/visit`), `workflow`, `step`, `email`, `connection`, `kind`, `state`, `reason`,
`vendor_id` and `at`. Who acts (`--by`, else the login name) and why (`--why`) stand in the audit
log.
"""


def reference(app: typer.Typer) -> str:
    """Write the page."""
    parts = [HEAD]
    for name, callback in commands(app):
        parts.append(f"## leadline {name}\n")
        parts.append(f"    {_usage(name, callback)}\n")
        parts.append(f"{inspect.cleandoc(callback.__doc__ or '')}\n")
        rows = list(_rows(callback))
        if rows:
            parts.append("| | |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def commands(app: typer.Typer, above: str = "") -> Iterator[tuple[str, Callable[..., object]]]:
    """Each command with its function, in the order in which help shows them."""
    for command in app.registered_commands:
        callback = command.callback
        assert callback is not None
        yield f"{above}{command.name or callback.__name__}", callback
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{above}{group.name} ")


Info = ArgumentInfo | OptionInfo


def _parameters(
    callback: Callable[..., object],
) -> Iterator[tuple[inspect.Parameter, Info, object]]:
    """Each parameter: how it is declared, what it says of itself, and its type."""
    hints = typing.get_type_hints(callback, include_extras=True)
    for name, parameter in inspect.signature(callback).parameters.items():
        hint = hints[name]
        kind, *said = typing.get_args(hint)
        (info,) = [each for each in said if isinstance(each, ArgumentInfo | OptionInfo)]
        yield parameter, info, kind


def _usage(name: str, callback: Callable[..., object]) -> str:
    words = [f"leadline {name}"]
    for parameter, info, kind in _parameters(callback):
        if isinstance(info, OptionInfo):
            if parameter.default is inspect.Parameter.empty:
                words.append(f"{_option(parameter.name, info)} {_metavar(parameter.name, kind)}")
            continue
        shown = parameter.name.upper() + ("..." if "list" in str(kind) else "")
        required = parameter.default is inspect.Parameter.empty
        words.append(shown if required else f"[{shown}]")
    return " ".join([*words, "[OPTIONS]"])


def _rows(callback: Callable[..., object]) -> Iterator[str]:
    for parameter, info, kind in _parameters(callback):
        if isinstance(info, ArgumentInfo):
            shown = parameter.name.upper()
        else:
            value = "" if kind is bool else f" {_metavar(parameter.name, kind)}"
            shown = f"{_option(parameter.name, info)}{value}"
        default = parameter.default
        told = info.help or ""
        if isinstance(default, int | str) and not isinstance(default, bool) and default != "":
            told = f"{told} Default: {default}."
        yield f"| `{shown}` | {told} |"


def _option(name: str, info: OptionInfo) -> str:
    # What stands first inside Annotated[…, Option("--name")] is kept as its default.
    given = (info.default, *(info.param_decls or ()))
    declared = [each for each in given if isinstance(each, str) and each.startswith("--")]
    return declared[0] if declared else f"--{name.replace('_', '-')}"


def _metavar(name: str, kind: object) -> str:
    choices = cast("Mapping[str, StrEnum]", getattr(kind, "__members__", {}))
    if choices:
        return "|".join(choices.values())
    if "int" in str(kind):
        return "N"
    return re.sub(r"[^A-Z]", "_", name.upper())


def main() -> None:
    """Print the page."""
    from leadline.cli.main import app  # noqa: PLC0415  (the program imports this folder)

    sys.stdout.write(reference(app))


if __name__ == "__main__":
    main()
