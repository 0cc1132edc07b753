"""What every sandbox can be told at its start, and how settings are read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import ConfigDict, JsonValue, TypeAdapter, ValidationError

from leadline.errors import UsageError
from leadline.sandbox.faults import Fault
from leadline.sandbox.timing import AnswerTime

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Settings that all sandboxes share.

    ``seed`` decides every draw. ``truth_file`` is appended to. ``faults`` are on from the start.
    ``clock_skew_s`` puts the sandbox's clock ahead of (or behind) the machine's.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    seed: int = 1
    answer_time: AnswerTime = field(default_factory=AnswerTime)
    clock_skew_s: float = 0.0
    truth_file: Path | None = None
    faults: tuple[Fault, ...] = ()


def read_config(settings: type[Settings], values: Mapping[str, JsonValue]) -> Settings:
    """Read settings from JSON values. Raises UsageError that names each wrong one."""
    try:
        return TypeAdapter(settings).validate_python(dict(values))
    except ValidationError as trouble:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in trouble.errors()
        )
        raise UsageError(
            f"The sandbox cannot use these settings: {wrong}.",
            fix="Correct them; the settings are listed in leadline/sandbox.",
        ) from None
