"""A HubSpot account: its settings, its credentials, and the way of a request through it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from leadline.sandbox.config import SandboxConfig
from leadline.sandbox.control import Door, json_answer
from leadline.sandbox.faults import BATCH, FEED, Fault, FaultKind, Faults
from leadline.sandbox.front import Operation
from leadline.sandbox.hubspot.answers import Refused, Wrong, error_body, refused, status_answer
from leadline.sandbox.hubspot.batches import Verb, Writing, record_json
from leadline.sandbox.hubspot.contacts import Contacts, SearchLag
from leadline.sandbox.hubspot.doors import SCOPES, find_door, operation_of
from leadline.sandbox.hubspot.pages import Pages
from leadline.sandbox.hubspot.properties import Property
from leadline.sandbox.hubspot.quota import Quota, Tier, per_10_s, per_day, throttled_answer
from leadline.sandbox.limits import Limits, Refusal, Window
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.timing import Clock
from leadline.sandbox.truth import OURS, Call, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotConfig(SandboxConfig):
    """Settings of the account.

    ``tokens`` says who calls: ``ours`` or a stranger's name, each being an app of its own.
    ``partial`` are the batches that may answer 207. ``backward_stage`` is what happens to a
    lifecycle stage that goes back: sources differ, so both are offered.
    """

    tier: Tier = "starter"
    add_on: bool = False
    time_zone: str = "Europe/Berlin"
    tokens: Mapping[str, str] = field(
        default_factory=lambda: {"pat-na1-sandbox": OURS, "pat-na1-stranger": "stranger"}
    )
    scopes: tuple[str, ...] = SCOPES
    partial: frozenset[Verb] = frozenset({"create", "update", "upsert"})
    backward_stage: Literal["ignore", "refuse"] = "ignore"
    search_lag: SearchLag = field(default_factory=SearchLag)
    contacts: tuple[Mapping[str, str], ...] = ()
    """Contacts that are there from the start."""
    unique_properties: tuple[str, ...] = ()
    """Unique text properties that are there from the start."""
    properties: tuple[Property, ...] = ()
    """More properties of the account's own; one that HubSpot defines itself stays as it is."""
    required: tuple[str, ...] = ()
    """Properties that every new contact must have."""
    daily_limit: int | None = None
    """Another daily limit than the tier's."""


class HubSpotSandbox:
    """One account, served over HTTP."""

    kind = "hubspot"

    def __init__(self, config: HubSpotConfig | None = None) -> None:
        self.config = settings = config or HubSpotConfig()
        self.clock = Clock(settings.clock_skew_s)
        now = self.clock.now
        self.truth = Truth(now, settings.truth_file)
        self.faults = Faults(settings.seed, frozenset(FaultKind) - FEED)
        self.limits = Limits(settings.seed)
        refuse = settings.backward_stage == "refuse"
        self.contacts = Contacts(
            settings.search_lag,
            settings.seed,
            refuse_backward_stage=refuse,
            required=settings.required,
        )
        daily = settings.daily_limit
        self._quota = Quota(
            self.limits,
            now,
            per_10_s(settings.tier, add_on=settings.add_on),
            per_day(settings.tier, add_on=settings.add_on) if daily is None else daily,
            settings.time_zone,
        )
        order = random.Random(f"order:{settings.seed}")  # noqa: S311  (a repeatable draw)
        partial = frozenset[str](settings.partial)
        writing = Writing(self.contacts, self.truth, self.faults, now, partial, order)
        self._pages = Pages(self.contacts, writing, self.truth, self._quota, now)
        for name in settings.unique_properties:
            self.contacts.definitions[name] = Property(name, name, unique=True, own=False)
        for definition in settings.properties:
            self.contacts.definitions.setdefault(definition.name, definition)
        for values in settings.contacts:
            self.contacts.create(values, now())

    def operation(self, request: Request) -> Operation | None:
        """What the request asks for."""
        return operation_of(request)

    def caller(self, request: Request) -> str | None:
        """Who calls, by the bearer token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self.config.tokens.get(token.strip()) if scheme.lower() == "bearer" else None

    def windows(self, request: Request, operation: Operation, by: str) -> list[Window]:
        """The app's burst window or the account's search window, and the account's day."""
        del request
        return self._quota.windows(operation.name, by)

    def perform(self, request: Request, call: Call, fault: Fault | None) -> Answer:
        """Check the scope, do it, and tell the quota in headers (but for a search)."""
        door = find_door(request)
        assert door is not None  # operation() found it
        spoiling = fault if fault is not None and fault.kind in BATCH else None
        try:
            if door.scope and door.scope not in self.config.scopes:
                answer = _missing_scope(door.scope)
            else:
                answer = self._pages.answer(door, request, call, spoiling)
        except Refused as refusal:
            call.error = refusal.wrong.message
            answer = refused(refusal.wrong)
        return self._quota.with_headers(answer, call.operation, call.by)

    def unknown_door(self, request: Request) -> Answer:
        """404 for a path that HubSpot does not have."""
        del request
        return status_answer(404)

    def unauthorised(self, request: Request) -> Answer:
        """401; not a sign that a token merely expired."""
        del request
        message = "Authentication credentials not found or expired."
        return refused(Wrong(401, "INVALID_AUTHENTICATION", message))

    def throttled(self, request: Request, operation: Operation, refusal: Refusal) -> Answer:
        """429 with the policy's name; headers but for a search."""
        answer = throttled_answer(operation.name, refusal.window)
        return self._quota.with_headers(answer, operation.name, self.caller(request) or OURS)

    def failing(self, fault: Fault) -> Answer:
        """The error of a fault: 423, 477, 5xx, 52x."""
        return status_answer(fault.status or 500)

    def control_doors(self) -> Mapping[tuple[str, str], Door]:
        """``GET contacts``: every record as it truly is."""
        return {("GET", "contacts"): self._all_contacts}

    def _all_contacts(self, _: Request) -> JsonValue:
        shown = [record_json(c, tuple(c.properties)) for c in self.contacts.all()]
        return {"contacts": list[JsonValue](shown)}


def _missing_scope(scope: str) -> Answer:
    message = "This app hasn't been granted all required scopes to make this call."
    body = error_body(Wrong(403, "MISSING_SCOPES", message))
    body["errors"] = [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": [scope]},
        }
    ]
    return json_answer(403, body)
