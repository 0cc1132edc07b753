"""What an inspection shows of people: masked, unless the values are asked for.

Values of an example are masked column by column (``audit.masks``); a sentence, such as the name
of a step that mails somebody, has its addresses masked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from leadline.audit.masks import masked

# An address as it stands in a sentence: its domain ends in a letter, not in the full stop.
_ADDRESS = re.compile(r"[^\s@<>,;:()\"'“”]+@(?:[\w-]+\.)+[^\W\d_][\w-]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """How values of people are shown: as they are (``values``), or masked."""

    values: bool = False

    def text(self, sentence: str) -> str:
        """A sentence as it may be shown.

        >>> Shown().text("mail anna@acme.example")
        'mail a***@acme.example'
        """
        return sentence if self.values else _ADDRESS.sub(_address, sentence)

    def row(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values of one example as they may be shown."""
        return masked(values, show=self.values)


def _address(found: re.Match[str]) -> str:
    local, _, domain = found[0].rpartition("@")
    return f"{local[:1]}***@{domain}"
