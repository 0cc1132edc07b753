"""What several kinds of step have: a message, a target, a policy, bounds, matching events."""

from __future__ import annotations

