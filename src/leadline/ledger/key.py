"""The key of an action, and the hash of what it carries.

A key stops a second *intent*: one (enrollment, step, visit) is one action for ever. Retry and
replay keep the key and add a call. The same key with another payload hash is an incident.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, order=True)
class ActionKey:
    """One intended effect: which run, which step, and which time the run came by there.

    >>> key = ActionKey(UUID("018f0000-0000-7000-8000-000000000001"), "crm", 1)
    >>> str(key)
    '018f0000-0000-7000-8000-000000000001/crm/1'
    >>> ActionKey.parse(str(key)) == key
    True
    """

    enrollment: UUID
    step: str
    visit: int

    def __str__(self) -> str:
        return f"{self.enrollment}/{self.step}/{self.visit}"

    @classmethod
    def parse(cls, text: str) -> ActionKey:
        """Read ``enrollment/step/visit``; ValueError says what is wrong with other text."""
        enrollment, _, rest = text.partition("/")
        step, _, visit = rest.rpartition("/")
        if not step or not (visit.isascii() and visit.isdigit()):
            raise ValueError(f'"{text}" is not an action key: write enrollment/step/visit.')
        try:
            return cls(UUID(enrollment), step, int(visit))
        except ValueError as error:
            raise ValueError(
                f'"{text}" is not an action key: "{enrollment}" is not the id of an enrollment.'
            ) from error


def payload_hash(release: str, document: bytes) -> str:
    """Sha256 (hex) of what an action carries: the release that its texts come from, its values.

    ``document`` is the action as JSON, its keys sorted (``journey.encoding`` writes each value
    in one exact form), so that the same intent has the same hash in every process for ever.

    >>> payload_hash("r1", b'{"n":1}')[:8], payload_hash("r1", b'{"n":"1"}')[:8]
    ('6af7e871', '9dff1429')
    """
    return hashlib.sha256(release.encode("ascii") + b"\n" + document).hexdigest()
