"""What reading a project, its conditions and its messages can find, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leadline.project.codes.cases import CASES
from leadline.project.codes.conditions import CONDITIONS
from leadline.project.codes.files import FILES
from leadline.project.codes.names import NAMES
from leadline.project.codes.silencing import SILENCING
from leadline.project.codes.steps import STEPS
from leadline.project.codes.systems import SYSTEMS
from leadline.project.codes.values import VALUES
from leadline.project.explanation import Explanation

_ALL = (FILES, VALUES, NAMES, STEPS, CONDITIONS, SYSTEMS, SILENCING, CASES)

PROJECT_CODES: Mapping[str, Explanation] = MappingProxyType(
    {each.code: each for part in _ALL for each in part}
)
