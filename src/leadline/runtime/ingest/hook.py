"""What an outside system sends to ``/v1/hooks/<connection>``, and what it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook as it came: signatures are over the raw bytes.

    ``headers`` have lower-case names; of a repeated one the last stands.
    """

    connection: str
    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


class HookAnswer(Enum):
    """What became of a webhook."""

    TAKEN = "taken"
    """Stored for good, or nothing that concerns us: the sender may forget it."""
    UNKNOWN_CONNECTION = "unknown connection"
    NOT_GENUINE = "not genuine"
    """The signature is missing, wrong or too old."""
    UNREADABLE = "unreadable"


ReceiveHook = Callable[[Hook], Awaitable[HookAnswer]]
