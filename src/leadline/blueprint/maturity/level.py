"""The five levels of maturity, in their order."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType


class Level(IntEnum):
    """A rung of the ladder; ``NONE`` is the ground on which everybody begins."""

    NONE = 0
    DATA = 1
    INTEGRATION = 2
    TRACKING = 3
    SIMPLE = 4
    ADVANCED = 5

    @property
    def title(self) -> str:
        """What people call it.

        >>> Level.SIMPLE.title, Level(2).title
        ('simple automation', 'integration')
        """
        return _TITLES[self]

    @property
    def meaning(self) -> str:
        """What can be relied on once it is reached."""
        return _MEANINGS[self]

    def __str__(self) -> str:
        return f"level {self.value} ({self.title})"


_TITLES = MappingProxyType(
    {
        Level.NONE: "nothing shown yet",
        Level.DATA: "data",
        Level.INTEGRATION: "integration",
        Level.TRACKING: "tracking",
        Level.SIMPLE: "simple automation",
        Level.ADVANCED: "advanced",
    }
)
_MEANINGS = MappingProxyType(
    {
        Level.NONE: "Nothing is known about what the data and the systems can carry.",
        Level.DATA: "The contact data carries what the workflows read of it.",
        Level.INTEGRATION: "Each system answers, and somebody answers for each system.",
        Level.TRACKING: "What people do arrives, as the tracking plan says.",
        Level.SIMPLE: "Simple workflows do what they promise, and failures are tested and mended.",
        Level.ADVANCED: "Several workflows run together, and releases are changed and taken back.",
    }
)
