"""The shapes of every answer: success, and one form for every error."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.responses import Response

JSON = "application/json"


def success() -> Response:
    """Say that it is done; Segment's clients take exactly 200 for success."""
    return Response(b'{"success": true}', media_type=JSON)


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say what is wrong: a code in words, and a sentence with what to do."""
    body = orjson.dumps({"code": code, "message": message})
    return Response(body, status, headers=headers, media_type=JSON)
