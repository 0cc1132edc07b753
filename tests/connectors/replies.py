"""Answers made by hand, for what no sandbox says."""

from __future__ import annotations

import json
from collections.abc import Mapping

from leadline.connectors.door import Reply


def reply(
    status: int,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    *,
    text: str | None = None,
) -> Reply:
    given = text.encode() if text is not None else json.dumps(body).encode()
    return Reply(status, headers or {}, given)
