"""What an account may call, and how it tells.

Limits are those of vendors.md section 1: 100 (Free, Starter), 190 (Pro, Enterprise) or 250
(add-on) calls in any 10 s for each app, a daily limit for the account that resets at its midnight,
and 5 searches a second for the account, which alone answer without rate headers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from leadline.sandbox.control import json_answer
from leadline.sandbox.hubspot.answers import Wrong, error_body
from leadline.sandbox.limits import Limits, Window
from leadline.sandbox.listener import Answer
from leadline.sandbox.truth import OURS

Tier = Literal["free", "starter", "pro", "enterprise"]
PER_10_S: Mapping[Tier, int] = {"free": 100, "starter": 100, "pro": 190, "enterprise": 190}
PER_DAY: Mapping[Tier, int] = {
    "free": 250_000,
    "starter": 250_000,
    "pro": 625_000,
    "enterprise": 1_000_000,
}
ADD_ON_PER_10_S = 250
ADD_ON_PER_DAY = 1_000_000
SEARCH_PER_S = 5


@dataclass(frozen=True, slots=True)
class Quota:
    """The windows of one account."""

    limits: Limits
    now: Callable[[], float]
    per_10_s: int
    per_day: int
    time_zone: str

    def burst(self, by: str) -> Window:
        """The window of one app: each token is an app of its own."""
        name = "burst" if by == OURS else f"burst of {by}"
        return self.limits.window(name, self.per_10_s, 10.0)

    def day(self) -> Window:
        """The account's day."""
        return self.limits.window("day", self.per_day, 86_400.0, self.time_zone)

    def windows(self, operation: str, by: str) -> list[Window]:
        """What a call counts against."""
        if operation == "contacts.search":
            return [self.limits.window("search", SEARCH_PER_S, 1.0), self.day()]
        return [self.burst(by), self.day()]

    def with_headers(self, answer: Answer, operation: str, by: str) -> Answer:
        """The answer with what is left, but for a search."""
        if operation == "contacts.search":
            return answer
        now, burst, day = self.now(), self.burst(by), self.day()
        quota = {
            "x-hubspot-ratelimit-max": str(burst.limit),
            "x-hubspot-ratelimit-remaining": str(max(0, burst.limit - burst.used(now))),
            "x-hubspot-ratelimit-interval-milliseconds": "10000",
            "x-hubspot-ratelimit-daily": str(day.limit),
            "x-hubspot-ratelimit-daily-remaining": str(max(0, day.limit - day.used(now))),
        }
        return Answer(answer.status, answer.body, {**answer.headers, **quota})


def per_10_s(tier: Tier, *, add_on: bool) -> int:
    """Calls in any 10 s."""
    return ADD_ON_PER_10_S if add_on else PER_10_S[tier]


def per_day(tier: Tier, *, add_on: bool) -> int:
    """Calls from midnight to midnight."""
    return PER_DAY[tier] + (ADD_ON_PER_DAY if add_on else 0)


def throttled_answer(operation: str, window: str) -> Answer:
    """429 with the policy's name."""
    policy, words = "TEN_SECONDLY_ROLLING", "ten_secondly_rolling"
    if window == "day":
        policy, words = "DAILY", "daily"
    elif operation == "contacts.search":
        policy, words = "SECONDLY", "secondly"
    body = error_body(Wrong(429, "RATE_LIMITS", f"You have reached your {words} limit."))
    body |= {"errorType": "RATE_LIMIT", "policyName": policy}
    body["requestId"] = body["correlationId"]
    return json_answer(429, body)
