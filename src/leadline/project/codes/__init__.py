"""What reading a project, its conditions and its messages can find, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leadline.project.codes.silencing import SILENCING
from leadline.project.explanation import Explanation

PROJECT_CODES: Mapping[str, Explanation] = MappingProxyType({each.code: each for each in SILENCING})
