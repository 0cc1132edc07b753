"""Answers made by hand, for what no sandbox says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from leadline.connectors.replies import Reply

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def reply(
    status: int,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    *,
    text: str | None = None,
) -> Reply:
    given = text.encode() if text is not None else json.dumps(body).encode()
    return Reply(status, headers or {}, given, AT)
