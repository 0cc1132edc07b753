"""What a finding means, said once for each code and for two readers."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.project.problems import Severity


@dataclass(frozen=True, slots=True)
class Explanation:
    """``marketer`` says what goes wrong for people, ``engineer`` why it is so and how it is judged,
    ``mend`` what to do. ``severity`` is the one that its problems have unless one departs."""

    code: str
    title: str
    marketer: str
    engineer: str
    mend: str
    severity: Severity = Severity.ERROR
