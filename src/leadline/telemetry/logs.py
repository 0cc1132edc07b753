"""Events as log lines: JSON for machines, or plain where a person looks on."""

from __future__ import annotations

import dataclasses
import sys
from typing import cast

import structlog

from leadline.telemetry.events import Event, LoopFailed, StoreLost

_WARNINGS = (StoreLost, LoopFailed)


def configure(*, json: bool) -> None:
    """Choose how events are written; to standard error in any case."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def emit(event: Event) -> None:
    """Write an event."""
    log = cast("structlog.types.FilteringBoundLogger", structlog.get_logger())
    write = log.warning if isinstance(event, _WARNINGS) else log.info
    write(type(event).__name__, **dataclasses.asdict(event))
