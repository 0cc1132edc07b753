"""Every code that ``leadline check`` can give, with its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leadline.blueprint.judge import CHECKS
from leadline.project.codes import PROJECT_CODES
from leadline.project.explanation import Explanation
from leadline.project.problems import Problem, Severity

_OF_CHECKS = {
    c.code: Explanation(c.code, c.title, c.marketer, c.engineer, c.mend, c.severity)
    for c in CHECKS.values()
}

EXPLANATIONS: Mapping[str, Explanation] = MappingProxyType(
    dict(sorted((_OF_CHECKS | dict(PROJECT_CODES)).items()))
)
"""The explanations by code: of the checks, and of what reading a project can find."""


def may_silence(problem: Problem) -> bool:
    """Whether a person may accept this finding: a warning or a note, or an error whose check
    allows it. What cannot be read cannot be accepted."""
    if problem.severity is not Severity.ERROR:
        return True
    check = CHECKS.get(problem.code)
    return check is not None and check.silenceable
